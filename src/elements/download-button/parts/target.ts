import type { DownloadTarget } from '../../../transfer/types.js';

/**
 * Where a button saves to. `auto`: one file as a file, more into a folder the person picks, or a zip without such a
 * picker. `file`: one file under a name and in a place the person picks. `stream`: by the browser, while the bytes come
 * (`registerDownloadWorker`). `browser`: by the browser alone, without the page.
 */
export type DownloadDestination = 'auto' | 'files' | 'stream' | 'browser' | 'file' | 'folder' | 'zip';

interface PickerWindow {
  showDirectoryPicker?(options?: {
    mode?: 'read' | 'readwrite';
    id?: string;
  }): Promise<FileSystemDirectoryHandle>;
  showSaveFilePicker?(options?: { suggestedName?: string; id?: string }): Promise<FileSystemFileHandle>;
}

const isOneFile = ([path, ...more]: readonly string[]): boolean =>
  Boolean(path) && more.length === 0 && !path!.endsWith('/');

/**
 * What a person can choose between for these paths in this browser; fewer than two: there is no choice.
 * `withMetadata`: there is a second file to each.
 */
export function destinationsFor(
  paths: readonly string[],
  withMetadata: boolean,
): readonly Exclude<DownloadDestination, 'auto' | 'stream' | 'browser'>[] {
  const picker = globalThis as unknown as PickerWindow;
  if (paths.length === 0) return [];
  if (isOneFile(paths)) return picker.showSaveFilePicker && !withMetadata ? ['files', 'file'] : ['files'];
  const hasFolder = paths.some(path => path === '' || path.endsWith('/'));
  return [
    ...(picker.showDirectoryPicker ? (['folder'] as const) : []),
    'zip',
    // A browser saves files, not folders; and a hundred of them it asks about.
    ...(hasFolder ? [] : (['files'] as const)),
  ];
}

/**
 * Asks the person for a place where one is needed and the browser can. Must run while the click counts as the
 * person's. Undefined: the person changed their mind.
 */
export async function chooseTarget(
  paths: readonly string[],
  destination: DownloadDestination,
  suggestedName: string,
): Promise<DownloadTarget | undefined> {
  const picker = globalThis as unknown as PickerWindow;
  const one = isOneFile(paths);
  if (destination === 'zip' || destination === 'stream' || destination === 'browser') return destination;
  if (destination === 'files' || (destination === 'auto' && one)) return 'files';
  try {
    if (destination === 'file')
      return one && picker.showSaveFilePicker
        ? await picker.showSaveFilePicker({ suggestedName, id: 'download' })
        : one
          ? 'files'
          : 'zip';
    if (!picker.showDirectoryPicker) return 'zip';
    return await picker.showDirectoryPicker({ mode: 'readwrite', id: 'download' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    // A frame of another site may not open pickers: what needs none is what is left.
    return one ? 'files' : 'zip';
  }
}

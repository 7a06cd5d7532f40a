import type { DownloadTarget } from '../../../transfer/types.js';

/** Where a button saves to. `auto`: one file as a file, more into a folder the person picks, or a zip without one. */
export type DownloadDestination = 'auto' | 'files' | 'folder' | 'zip';

type PickerWindow = Window & {
  showDirectoryPicker?(options?: {
    mode?: 'read' | 'readwrite';
    id?: string;
  }): Promise<FileSystemDirectoryHandle>;
};

/**
 * Asks the person for a folder where one is needed and the browser can. Must run while the click counts as the
 * person's. Undefined: the person changed their mind.
 */
export async function chooseTarget(
  paths: readonly string[],
  destination: DownloadDestination,
): Promise<DownloadTarget | undefined> {
  const isOneFile = paths.length === 1 && !paths[0]!.endsWith('/');
  if (destination === 'zip') return 'zip';
  if (destination === 'files' || (destination === 'auto' && isOneFile)) return 'files';
  const picker = window as PickerWindow;
  if (!picker.showDirectoryPicker) return 'zip';
  try {
    return await picker.showDirectoryPicker({ mode: 'readwrite', id: 'download' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    // A frame of another site may not open pickers: the zip needs none.
    return 'zip';
  }
}

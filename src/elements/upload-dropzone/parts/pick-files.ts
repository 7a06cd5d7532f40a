import type { AcceptRule } from '../../../core/accept.js';
import { itemsFromHandles } from '../../../transfer/drop-items.js';
import type { UploadInput } from '../../../transfer/types.js';

interface PickerType {
  readonly description?: string;
  readonly accept: Record<string, string[]>;
}
type PickerWindow = Window & {
  showOpenFilePicker?(options?: {
    multiple?: boolean;
    types?: PickerType[];
    id?: string;
  }): Promise<FileSystemFileHandle[]>;
  showDirectoryPicker?(options?: { mode?: 'read'; id?: string }): Promise<FileSystemDirectoryHandle>;
};

/** The native picker takes MIME types with extensions; an extension alone goes under a type that has none. */
export function pickerTypes(rules: readonly AcceptRule[]): PickerType[] {
  if (rules.length === 0) return [];
  const accept: Record<string, string[]> = {};
  for (const { type, extension } of rules) {
    if (type) accept[type] ??= [];
    // The picker refuses extensions with other characters or longer than 16.
    else if (extension && /^\.[A-Za-z0-9.+]{1,15}$/.test(extension) && !extension.endsWith('.'))
      (accept['application/octet-stream'] ??= []).push(extension);
    else return [];
  }
  return [{ accept }];
}

export interface PickOptions {
  readonly accept: readonly AcceptRule[];
  readonly multiple: boolean;
  readonly signal: AbortSignal;
}

/** What was picked; or the person changed their mind; or the browser has no such picker here: use an `<input>`. */
export type Picked = AsyncIterable<UploadInput> | 'cancelled' | 'impossible';

async function pick(
  open: (() => Promise<FileSystemHandle[]>) | undefined,
  signal: AbortSignal,
): Promise<Picked> {
  if (!open) return 'impossible';
  try {
    return itemsFromHandles(await open(), { signal });
  } catch (error) {
    // Other errors: frames of other sites may not open pickers, or the types were not to its taste.
    return error instanceof DOMException && error.name === 'AbortError' ? 'cancelled' : 'impossible';
  }
}

/**
 * Opens the browser's own picker where it gives handles: a file known by its handle can be read again after a reload
 * without asking the person.
 */
export function pickFiles({ accept, multiple, signal }: PickOptions): Promise<Picked> {
  const { showOpenFilePicker } = window as PickerWindow;
  const types = pickerTypes(accept);
  const options = { id: 'upload', multiple, ...(types.length > 0 ? { types } : {}) };
  return pick(showOpenFilePicker && (() => showOpenFilePicker.call(window, options)), signal);
}

export function pickFolder({ signal }: PickOptions): Promise<Picked> {
  const { showDirectoryPicker } = window as PickerWindow;
  const options = { id: 'upload', mode: 'read' } as const;
  return pick(showDirectoryPicker && (async () => [await showDirectoryPicker.call(window, options)]), signal);
}

/**
 * Files and folders that a person dropped, chose or pasted, as a stream: the first files are there while the rest is
 * still being found. Nothing is lost on the way: folders are read to their end, empty ones are kept, and what cannot
 * be read is said.
 */
import { TransferError } from '../core/errors.js';
import type { UploadExtra, UploadFile, UploadInput } from './types.js';

export interface ScanOptions {
  /** Ends the scan; the stream then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Files of one folder that are opened ahead, in order: each takes a round trip to the browser's own process. */
const openAhead = 16;
/** So many folders with the same content inside one another are a link that leads back. */
const mostRepeats = 8;
const deepest = 200;

/** One thing in a folder, whichever of the two browser interfaces it came from. */
interface Node {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  open(): Promise<File>;
  children(): AsyncIterable<Node>;
  readonly handle?: FileSystemFileHandle;
}

type DirectoryHandle = FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> };

function fromHandle(handle: FileSystemHandle): Node {
  const file = handle as FileSystemFileHandle;
  return {
    name: handle.name,
    kind: handle.kind,
    open: () => file.getFile(),
    async *children() {
      for await (const child of (handle as DirectoryHandle).values()) yield fromHandle(child);
    },
    ...(handle.kind === 'file' ? { handle: file } : {}),
  };
}

function fromEntry(entry: FileSystemEntry): Node {
  return {
    name: entry.name,
    kind: entry.isDirectory ? 'directory' : 'file',
    open: () => new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    async *children() {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      // Chromium gives a hundred at a time; only an empty answer is the end.
      for (;;) {
        const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
          reader.readEntries(resolve, reject),
        );
        if (batch.length === 0) return;
        for (const child of batch) yield fromEntry(child);
      }
    },
  };
}

function unreadable(path: string, what: string, cause: unknown): UploadExtra {
  const error = new TransferError(
    `${what} Check that it still exists and that you may open it, then add it again. Everything else is added.`,
    { kind: 'fatal', reason: 'unreadable', path, cause },
  );
  return { kind: 'unreadable', path, error };
}

async function openFile(node: Node, path: string): Promise<UploadInput> {
  try {
    const file = await node.open();
    return fileInput(file, path, node.handle);
  } catch (error) {
    return unreadable(path, `The browser could not open \u201c${node.name}\u201d.`, error);
  }
}

function fileInput(file: File, path: string, handle?: FileSystemFileHandle): UploadFile {
  return {
    file,
    path,
    size: file.size,
    type: file.type,
    modified: file.lastModified,
    ...(handle === undefined ? {} : { handle }),
  };
}

/** Child-name lists of the folders on the way down, to notice links that lead back. */
type Trail = readonly string[];

async function* walkFolder(
  node: Node,
  path: string,
  trail: Trail,
  signal?: AbortSignal,
): AsyncGenerator<UploadInput> {
  const children: Node[] = [];
  let failure: UploadExtra | undefined;
  try {
    for await (const child of node.children()) {
      signal?.throwIfAborted();
      children.push(child);
    }
  } catch (error) {
    signal?.throwIfAborted();
    failure = unreadable(path, `The folder \u201c${node.name}\u201d could not be read completely.`, error);
  }
  if (children.length === 0 && failure === undefined && path !== '') yield { kind: 'folder', path };
  children.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));

  const names = children.map(child => child.name).join('/');
  const repeats = trail.filter(other => other === names).length;
  if (children.length > 0 && (repeats >= mostRepeats || trail.length >= deepest)) {
    yield unreadable(
      path,
      `The folder \u201c${node.name}\u201d seems to contain itself (a link that leads back).`,
      undefined,
    );
    return;
  }

  const files = children.filter(child => child.kind === 'file');
  const opening: Promise<UploadInput>[] = [];
  for (let next = 0, index = 0; index < files.length; index += 1) {
    for (; next < files.length && next < index + openAhead; next += 1) {
      opening.push(openFile(files[next]!, path + files[next]!.name));
    }
    signal?.throwIfAborted();
    yield await opening.shift()!;
  }
  if (failure !== undefined) yield failure;
  const deeper = [...trail, names];
  for (const folder of children) {
    if (folder.kind === 'directory') yield* walkFolder(folder, `${path}${folder.name}/`, deeper, signal);
  }
}

async function* walk(node: Node, signal?: AbortSignal): AsyncGenerator<UploadInput> {
  signal?.throwIfAborted();
  if (node.kind === 'file') yield await openFile(node, node.name);
  else yield* walkFolder(node, node.name === '' ? '' : `${node.name}/`, [], signal);
}

/**
 * What `showOpenFilePicker`, `showDirectoryPicker` or the origin-private file system gave. Paths begin with the
 * name of the chosen file or folder.
 */
export async function* itemsFromHandles(
  handles: Iterable<FileSystemHandle>,
  { signal }: ScanOptions = {},
): AsyncGenerator<UploadInput> {
  for (const handle of handles) yield* walk(fromHandle(handle), signal);
}

/** What `<input type="file">` gave; with `webkitdirectory`, paths begin with the chosen folder's name. */
export async function* itemsFromFiles(
  files: Iterable<File> | ArrayLike<File>,
  { signal }: ScanOptions = {},
): AsyncGenerator<UploadInput> {
  for (const file of Array.from(files)) {
    signal?.throwIfAborted();
    yield fileInput(file, file.webkitRelativePath || file.name);
  }
}

interface DroppedItem {
  readonly entry: FileSystemEntry | null;
  readonly handle: Promise<FileSystemHandle | null> | undefined;
  readonly file: File | null;
}

function take(item: DataTransferItem): DroppedItem {
  const withHandle = item as DataTransferItem & {
    getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
  };
  // Asked for at once: after the event the list is empty. A refused handle leaves the other two.
  const handle = withHandle.getAsFileSystemHandle?.().catch(() => null);
  return { entry: item.webkitGetAsEntry?.() ?? null, handle, file: item.getAsFile() };
}

async function* walkDropped(
  dropped: readonly DroppedItem[],
  signal?: AbortSignal,
): AsyncGenerator<UploadInput> {
  for (const { entry, handle, file } of dropped) {
    const found = await handle;
    if (found) yield* walk(fromHandle(found), signal);
    else if (entry) yield* walk(fromEntry(entry), signal);
    else if (file) yield fileInput(file, file.name);
  }
}

/**
 * What was dropped: files and whole folders. Call it inside the `drop` event, which is the only time the browser shows
 * them; the stream can be read later.
 */
export function itemsFromDataTransfer(
  transfer: DataTransfer,
  { signal }: ScanOptions = {},
): AsyncIterable<UploadInput> {
  const items = Array.from(transfer.items ?? []).filter(item => item.kind === 'file');
  if (items.length === 0) return itemsFromFiles(transfer.files, signal === undefined ? {} : { signal });
  return walkDropped(items.map(take), signal);
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Image data has no name: browsers call all of it `image.png`, stamped with this moment. */
const isUnnamed = (file: File, now: number): boolean =>
  /^image\.[a-z]+$/.test(file.name) &&
  file.type.startsWith('image/') &&
  Math.abs(now - file.lastModified) < 5_000;

async function* renamePastedImages(
  inputs: AsyncIterable<UploadInput>,
  now: Date,
): AsyncGenerator<UploadInput> {
  let count = 0;
  for await (const input of inputs) {
    const file = 'file' in input && input.file instanceof File ? input.file : undefined;
    if (file === undefined || !isUnnamed(file, now.getTime())) {
      yield input;
      continue;
    }
    count += 1;
    const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    const time = `${two(now.getHours())}.${two(now.getMinutes())}.${two(now.getSeconds())}`;
    const extension = file.name.slice(file.name.lastIndexOf('.'));
    const name = `Pasted image ${day} at ${time}${count > 1 ? ` (${count})` : ''}${extension}`;
    yield { ...(input as UploadFile), path: name };
  }
}

/**
 * What was pasted. Call it inside the `paste` event. A pasted picture gets a name with the time in it, so that the
 * next one does not replace it.
 */
export function itemsFromClipboard(
  transfer: DataTransfer,
  options: ScanOptions = {},
): AsyncIterable<UploadInput> {
  return renamePastedImages(itemsFromDataTransfer(transfer, options), new Date());
}

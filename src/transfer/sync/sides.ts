/** The files of each end of a synchronisation, by their path below it. */
import { type Entry, isUnfinished } from '../../core/entry.js';
import { errorName } from '../../core/errors.js';
import { toFolderPath } from '../../core/path.js';
import { yieldToEventLoop } from '../clock.js';
import type { TransferContext } from '../context.js';
import { LocalNames, localName, remoteName } from '../names.js';
import { everythingBelow, isMissingFolder } from '../operations/tree.js';
import { asTransferError } from '../transfer-errors.js';

export interface LocalFile {
  /** As a storage would write it. */
  readonly path: string;
  /** Segments on this disk. */
  readonly place: readonly string[];
  readonly handle: FileSystemFileHandle;
  readonly file: File;
}

export interface RemoteFile {
  /** Path below the folder. */
  readonly path: string;
  /** Still on its way into the storage. */
  readonly unfinished: boolean;
  readonly entry: Entry;
}

type Directory = FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> };

/** The remote segment that was saved under this local name, if it was; else the name itself. */
function asRemote(name: string): string {
  const remote = remoteName(name);
  return localName(remote) === name ? remote : name;
}

/** Every file below a directory, found by its place on the disk. */
export async function localFiles(
  root: FileSystemDirectoryHandle,
  signal: AbortSignal,
): Promise<Map<string, LocalFile>> {
  const files = new Map<string, LocalFile>();
  const folders: { readonly directory: Directory; readonly place: readonly string[] }[] = [
    { directory: root as Directory, place: [] },
  ];
  for (let next = folders.pop(); next; next = folders.pop()) {
    for await (const child of next.directory.values()) {
      signal.throwIfAborted();
      const place = [...next.place, child.name];
      if (child.kind === 'directory') folders.push({ directory: child as Directory, place });
      else {
        const handle = child as FileSystemFileHandle;
        const path = place.map(asRemote).join('/');
        const file = await opened(handle, path);
        if (file) files.set(place.join('/'), { path, place, handle, file });
        if (files.size % 200 === 0) await yieldToEventLoop();
      }
    }
  }
  return withOwnPaths(files);
}

/** Whether the directory gives a file under this name, which a disk may also do when it is spelt otherwise there. */
export async function hasFile(root: FileSystemDirectoryHandle, place: readonly string[]): Promise<boolean> {
  try {
    let folder = root;
    for (const segment of place.slice(0, -1)) folder = await folder.getDirectoryHandle(segment);
    await folder.getFileHandle(place.at(-1)!);
    return true;
  } catch (error) {
    if (['NotFoundError', 'TypeMismatchError'].includes(errorName(error) ?? '')) return false;
    throw asTransferError(error, place.join('/'));
  }
}

/** Undefined: it went while the directory was read. */
async function opened(handle: FileSystemFileHandle, path: string): Promise<File | undefined> {
  try {
    return await handle.getFile();
  } catch (error) {
    if (errorName(error) === 'NotFoundError') return undefined;
    throw asTransferError(error, path);
  }
}

/** Beside a file that is called `a?b`, one called `a%3Fb` cannot stand for it: that is its own name. */
function withOwnPaths(files: Map<string, LocalFile>): Map<string, LocalFile> {
  for (const [name, file] of files) {
    if (file.path !== name && files.has(file.path)) files.set(name, { ...file, path: name });
  }
  return files;
}

/** Every file below a folder of a storage, sorted by path, so that local names come out the same every time. */
export async function remoteFiles(
  context: TransferContext,
  path: string,
  signal: AbortSignal,
): Promise<RemoteFile[]> {
  const folder = toFolderPath(path);
  const opaque = context.adapter.capabilities.folders === 'none';
  const files: RemoteFile[] = [];
  for await (const entry of everythingBelow(context, folder, signal)) {
    if (entry.kind !== 'file') continue;
    // Where ids identify, the first segment is the id, and the name is what follows.
    const below = opaque ? entry.path.slice(entry.path.indexOf('/') + 1) : entry.path.slice(folder.length);
    files.push({ path: below, entry, unfinished: isUnfinished(entry) });
  }
  // Of several files of one name the newest stands for it.
  const age = ({ entry }: RemoteFile): number => entry.modified ?? entry.created ?? 0;
  return files.sort((one, other) =>
    one.path === other.path ? age(other) - age(one) : one.path < other.path ? -1 : 1,
  );
}

/** What the target holds. Where folders exist by themselves, one that does not is made on the way. */
export async function targetFiles(
  context: TransferContext,
  path: string,
  signal: AbortSignal,
): Promise<RemoteFile[]> {
  try {
    return await remoteFiles(context, path, signal);
  } catch (error) {
    if (isMissingFolder(context.adapter, error)) return [];
    throw error;
  }
}

/** The place on a disk that each remote file gets. */
export function placesOf(files: readonly RemoteFile[]): Map<RemoteFile, readonly string[]> {
  const names = new LocalNames();
  return new Map(files.map(file => [file, names.place(file.path)]));
}

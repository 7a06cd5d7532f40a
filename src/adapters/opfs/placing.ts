/** How a file comes to its place whole: written beside, then moved there in one step. */
import { errorName } from '../../core/errors.js';
import { nameOf, parentPath } from '../../core/path.js';
import { problem } from './problems.js';
import { type Directory, ownPrefix, type Tree } from './tree.js';

const unfinishedFolder = `${ownPrefix}unfinished`;
/** What a page that has gone left unfinished is removed after so many milliseconds. */
const leftOverAge = 24 * 60 * 60 * 1000;

/** https://github.com/whatwg/fs/pull/10: in Chromium 110, Firefox 111 and Safari 16; not in TypeScript's library. */
type Movable = FileSystemFileHandle & {
  move?(parent: FileSystemDirectoryHandle, name: string): Promise<void>;
};

/** The browser has no way to move what is there: directories on some disks, old versions. */
const cannotMove = new Set(['NotSupportedError', 'NotAllowedError', 'TypeError', 'AbortError']);

export async function moveFile(tree: Tree, handle: FileSystemFileHandle, to: string): Promise<boolean> {
  const parent = await tree.makeFolder(parentPath(to));
  // A folder of that name would be an error of its own in every browser: said here the same way.
  await parent.getFileHandle(nameOf(to)).catch((error: unknown) => {
    if (errorName(error) !== 'NotFoundError') throw error;
  });
  try {
    if (!('move' in handle)) return false;
    await (handle as Required<Movable>).move(parent, nameOf(to));
    return true;
  } catch (error) {
    if (cannotMove.has(errorName(error))) return false;
    throw error;
  }
}

/** Writes all of `blob` to `handle`; what was there stays until the last byte is on disk. */
async function write(handle: FileSystemFileHandle, blob: Blob, signal: AbortSignal): Promise<void> {
  const writable = await handle.createWritable();
  await blob.stream().pipeTo(writable, { signal });
}

/** Where nothing can be moved: writes to the place itself, and takes a file away that did not become whole. */
export async function writeInPlace(tree: Tree, to: string, blob: Blob, signal: AbortSignal): Promise<void> {
  const parent = await tree.makeFolder(parentPath(to));
  const isNew = (await tree.file(to)) === undefined;
  const handle = await parent.getFileHandle(nameOf(to), { create: true });
  try {
    await write(handle, blob, signal);
  } catch (error) {
    if (isNew) await parent.removeEntry(nameOf(to)).catch(() => {});
    throw error;
  }
}

export class Unfinished {
  readonly #tree: Tree;
  readonly #leavesNoFolder: boolean;
  #opened: Promise<Directory> | undefined;
  #writers = 0;
  #swept = false;

  constructor(tree: Tree, { leavesNoFolder }: { leavesNoFolder: boolean }) {
    this.#tree = tree;
    this.#leavesNoFolder = leavesNoFolder;
  }

  /** A file for bytes that are not whole yet, which no listing shows. */
  async create(): Promise<{ readonly name: string; readonly handle: FileSystemFileHandle }> {
    if (!this.#swept) {
      this.#swept = true;
      await this.#sweep().catch(() => {});
    }
    const name = crypto.randomUUID();
    const create = async () => (await this.#folder()).getFileHandle(name, { create: true });
    // A person, or another tab, may have removed the folder meanwhile.
    const handle = await create().catch(() => {
      this.#opened = undefined;
      return create();
    });
    this.#writers += 1;
    return { name, handle };
  }

  /** Writes `blob` aside, and brings it to `to` when it is whole. */
  async copy(blob: Blob, to: string, signal: AbortSignal): Promise<void> {
    const { name, handle } = await this.create();
    let isMoved = false;
    try {
      await write(handle, blob, signal);
      isMoved = await moveFile(this.#tree, handle, to);
      if (!isMoved) await writeInPlace(this.#tree, to, blob, signal);
    } finally {
      await this.end(name, isMoved);
    }
  }

  /** Ends the use of what `create` gave; `isMoved`: it is no longer here. */
  async end(name: string, isMoved: boolean): Promise<void> {
    if (!isMoved) await (await this.#folder()).removeEntry(name).catch(() => {});
    this.#writers -= 1;
    if (!this.#leavesNoFolder || this.#writers > 0) return;
    // On a person's disk an empty folder would be found and wondered at.
    this.#opened = undefined;
    await (await this.#tree.root()).removeEntry(unfinishedFolder).catch(() => {});
  }

  #folder(): Promise<Directory> {
    this.#opened ??= this.#tree.makeFolder(unfinishedFolder);
    return this.#opened;
  }

  async #sweep(): Promise<void> {
    const folder = await this.#folder();
    for (const name of await this.#tree.names(folder, false)) {
      const { lastModified } = await (await folder.getFileHandle(name)).getFile();
      if (Date.now() - lastModified > leftOverAge) await folder.removeEntry(name);
    }
  }
}

/** Two writers of one path take turns, in all tabs where the browser has Web Locks. */
export async function inTurn<Value>(
  name: string,
  signal: AbortSignal,
  body: () => Promise<Value>,
): Promise<Value> {
  if (navigator.locks === undefined) return body();
  return navigator.locks.request(`${ownPrefix}opfs:${name}`, { signal }, body) as Promise<Value>;
}

export const taken = (path: string) =>
  problem('exists', 'There is already something of this name. It was left as it is.', path);

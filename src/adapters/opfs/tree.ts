/** The folders and files below one directory handle, by path. */
import type { Entry } from '../../core/entry.js';
import { errorName } from '../../core/errors.js';
import { nameOf, parentPath } from '../../core/path.js';
import { problem } from './problems.js';

/** Begins the names of what the kit keeps for itself at the root; nobody else sees those. */
export const ownPrefix = 'file-transfer-elements.';

/** What TypeScript's library leaves out. */
export type Directory = FileSystemDirectoryHandle & {
  entries(): AsyncIterable<[name: string, handle: FileSystemHandle]>;
};

/** Browsers differ in what they call it. */
const notEmpty = new Set(['InvalidModificationError', 'NoModificationAllowedError']);

const absent = new Set(['NotFoundError', 'TypeMismatchError', 'TypeError']);

/** `undefined` where there is nothing of that kind under that name. */
export async function ifThere<Value>(found: Promise<Value>): Promise<Value | undefined> {
  try {
    return await found;
  } catch (error) {
    if (absent.has(errorName(error))) return undefined;
    throw error;
  }
}

const isOwn = (path: string): boolean => path.startsWith(ownPrefix);

const namesOf = (path: string): string[] => (path === '' ? [] : path.replace(/\/$/, '').split('/'));

/**
 * @throws TransferError (`invalid-name`) where some browser could not keep such a path; before a byte is written, and the
 * same in all of them
 */
export function checkPath(path: string): void {
  const names = namesOf(path);
  if (names.length === 0 || names.some(name => name === '' || name === '.' || name === '..')) {
    throw problem('invalid-name', 'A file needs a name, and “.” and “..” are none.', path);
  }
  // Chromium refuses it on every system.
  if (path.includes('\\')) {
    throw problem('invalid-name', 'Browsers keep no names with a backslash. Rename it.', path);
  }
  if (isOwn(path)) {
    throw problem(
      'invalid-name',
      `Names that begin with “${ownPrefix}” are kept for this page’s own files. Rename it.`,
      path,
    );
  }
}

export class Tree {
  readonly #open: () => Promise<FileSystemDirectoryHandle>;
  #root: Promise<FileSystemDirectoryHandle> | undefined;

  /** @param open gives the root; asked again after it failed */
  constructor(open: () => Promise<FileSystemDirectoryHandle>) {
    this.#open = open;
  }

  root(): Promise<Directory> {
    this.#root ??= this.#open().catch((error: unknown) => {
      this.#root = undefined;
      throw error;
    });
    return this.#root as Promise<Directory>;
  }

  /** The folder at `path` (`''`: the root); undefined when there is none. */
  async folder(path: string): Promise<Directory | undefined> {
    let folder: FileSystemDirectoryHandle | undefined = await this.root();
    if (isOwn(path)) return undefined;
    for (const name of namesOf(path)) {
      folder = await ifThere(folder.getDirectoryHandle(name));
      if (!folder) return undefined;
    }
    return folder as Directory;
  }

  /** The folder at `path`, made with all that leads to it. */
  async makeFolder(path: string): Promise<Directory> {
    let folder: FileSystemDirectoryHandle = await this.root();
    for (const name of namesOf(path)) folder = await folder.getDirectoryHandle(name, { create: true });
    return folder as Directory;
  }

  async file(path: string): Promise<FileSystemFileHandle | undefined> {
    const isNone = path === '' || path.endsWith('/') || isOwn(path);
    const parent = isNone ? undefined : await this.folder(parentPath(path));
    return parent && ifThere(parent.getFileHandle(nameOf(path)));
  }

  /** Removes a file, or a folder in which nothing is. What is not there is removed already. */
  async remove(path: string): Promise<void> {
    // A file's path must not remove an empty folder of that name, which `removeEntry` would do.
    if (!(path.endsWith('/') ? await this.folder(path) : await this.file(path))) return;
    const parent = await this.folder(parentPath(path));
    await parent?.removeEntry(nameOf(path)).catch((error: unknown) => {
      // Something is in it, or came to it meanwhile: that is not for this call to remove.
      if (!notEmpty.has(errorName(error)) || !path.endsWith('/')) throw error;
    });
  }

  /** Names in a folder, those of folders with a slash at the end, in no order. */
  async names(folder: Directory, isRoot: boolean): Promise<string[]> {
    const names: string[] = [];
    for await (const [name, { kind }] of folder.entries()) {
      if (isRoot && isOwn(name)) continue;
      names.push(kind === 'directory' ? `${name}/` : name);
    }
    return names;
  }
}

export const folderEntry = (path: string): Entry => ({ id: path, path, name: nameOf(path), kind: 'folder' });

export async function fileEntry(path: string, handle: FileSystemFileHandle): Promise<Entry> {
  const { size, lastModified, type } = await handle.getFile();
  return {
    id: path,
    path,
    name: nameOf(path),
    kind: 'file',
    size,
    modified: lastModified,
    ...(type === '' ? {} : { type }),
  };
}

import { TransferError } from '../../core/errors.js';
import type { DownloadOptions } from '../types.js';
import { withSinkErrors } from './errors.js';
import { FileHandleSink } from './file-handle.js';
import type { Sink } from './sink.js';

export type LocalConflict = NonNullable<DownloadOptions['conflict']>;

/** Where a file goes in the directory, or why it need not go there. */
export type Placement =
  | { readonly sink: Sink; readonly name: string }
  | { readonly skipped: 'same' | 'exists'; readonly existing: File };

/** A directory the person picked. Makes its folders as they are needed, each once. */
export class DirectoryTarget {
  readonly #root: FileSystemDirectoryHandle;
  readonly #folders = new Map<string, Promise<FileSystemDirectoryHandle>>();

  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  #folder(segments: readonly string[]): Promise<FileSystemDirectoryHandle> {
    if (segments.length === 0) return Promise.resolve(this.#root);
    const key = segments.join('/');
    let folder = this.#folders.get(key);
    if (folder === undefined) {
      folder = this.#folder(segments.slice(0, -1)).then(parent =>
        parent.getDirectoryHandle(segments.at(-1)!, { create: true }),
      );
      this.#folders.set(key, folder);
      // A folder that could not be made may be made later.
      folder.catch(() => this.#folders.delete(key));
    }
    return folder;
  }

  /**
   * Finds the place for a file. `segments` are safe local names. `isSame` is asked for `skip-same` only.
   * Throws `TransferError` (`exists`) for `fail`.
   */
  place(
    segments: readonly string[],
    conflict: LocalConflict,
    isSame: (existing: File) => Promise<boolean>,
  ): Promise<Placement> {
    const wanted = segments.at(-1)!;
    return withSinkErrors(wanted, async () => {
      const folder = await this.#folder(segments.slice(0, -1));
      const existing = conflict === 'replace' ? undefined : await existingFile(folder, wanted);
      if (existing === undefined) return this.#sink(folder, wanted);
      if (conflict === 'skip') return { skipped: 'exists', existing };
      if (conflict === 'skip-same') {
        return (await isSame(existing)) ? { skipped: 'same', existing } : this.#sink(folder, wanted);
      }
      if (conflict === 'rename') return this.#sink(folder, await freeName(folder, wanted));
      throw new TransferError(`There is a file \u201c${wanted}\u201d already. It was left as it is.`, {
        kind: 'fatal',
        reason: 'exists',
      });
    });
  }

  async #sink(folder: FileSystemDirectoryHandle, name: string): Promise<Placement> {
    const isNew = (await existingFile(folder, name)) === undefined;
    const handle = await folder.getFileHandle(name, { create: true });
    const remove = async (): Promise<void> => {
      if (isNew) await folder.removeEntry(name);
    };
    return { sink: new FileHandleSink(handle, { remove }), name };
  }
}

async function existingFile(folder: FileSystemDirectoryHandle, name: string): Promise<File | undefined> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if ((error as Error).name === 'NotFoundError') return undefined;
    throw error;
  }
}

async function freeName(folder: FileSystemDirectoryHandle, wanted: string): Promise<string> {
  const dot = wanted.lastIndexOf('.');
  const split = dot > 0 ? dot : wanted.length;
  for (let count = 2; ; count += 1) {
    const name = `${wanted.slice(0, split)} (${count})${wanted.slice(split)}`;
    if ((await existingFile(folder, name)) === undefined) return name;
  }
}

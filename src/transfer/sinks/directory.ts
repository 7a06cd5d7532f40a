import { TransferError } from '../../core/errors.js';
import type { DownloadOptions } from '../types.js';
import { numberedPath } from '../upload/free-name.js';
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
  /** The last look for a free name in each folder: the next one has to see the file that came of it. */
  readonly #turns = new Map<string, Promise<unknown>>();

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
   * `hasContent`: the file is known not to be empty. Then an empty one of its name is what a tab leaves that is closed
   * before its download ends, and counts as nothing for `skip`.
   * Throws `TransferError` (`exists`) for `fail`.
   */
  place(
    segments: readonly string[],
    conflict: LocalConflict,
    isSame: (existing: File) => Promise<boolean>,
    hasContent = false,
  ): Promise<Placement> {
    const wanted = segments.at(-1)!;
    const above = segments.slice(0, -1);
    return withSinkErrors(wanted, async () => {
      const folder = await this.#folder(above);
      if (conflict === 'rename') return this.#inTurn(above.join('/'), () => this.#renamed(folder, wanted));
      const existing = conflict === 'replace' ? undefined : await existingFile(folder, wanted);
      if (existing === undefined) return this.#sink(folder, wanted);
      if (conflict === 'skip') {
        const wasBegunOnly = hasContent && existing.size === 0;
        return wasBegunOnly ? this.#sink(folder, wanted) : { skipped: 'exists', existing };
      }
      if (conflict === 'skip-same') {
        return (await isSame(existing)) ? { skipped: 'same', existing } : this.#sink(folder, wanted);
      }
      throw new TransferError(`There is a file \u201c${wanted}\u201d already. It was left as it is.`, {
        kind: 'fatal',
        reason: 'exists',
      });
    });
  }

  async #renamed(folder: FileSystemDirectoryHandle, wanted: string): Promise<Placement> {
    const isTaken = (await existingFile(folder, wanted)) !== undefined;
    return this.#sink(folder, isTaken ? await freeName(folder, wanted) : wanted);
  }

  #inTurn<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work, work);
    this.#turns.set(key, turn);
    turn.catch(() => {});
    return turn;
  }

  async #sink(folder: FileSystemDirectoryHandle, name: string): Promise<Placement> {
    const existed = (await existingFile(folder, name)) !== undefined;
    const handle = await folder.getFileHandle(name, { create: true });
    return {
      sink: new FileHandleSink(handle, { existed, remove: () => folder.removeEntry(name) }),
      name,
    };
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
  for (let number = 2; ; number += 1) {
    const name = numberedPath(wanted, number);
    if ((await existingFile(folder, name)) === undefined) return name;
  }
}

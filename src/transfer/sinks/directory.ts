import { TransferError } from '../../core/errors.js';
import { numberedName } from '../names.js';
import type { ConflictPolicy } from '../types.js';
import { withSinkErrors } from './errors.js';
import { PickedFile } from './picked-file.js';

export type LocalConflict = ConflictPolicy;

/** What a person, or the page for them, says about a file that is there already and is another one. */
export type LocalAnswer = 'replace' | 'rename' | 'skip';

export interface PlaceQuestions {
  /** Asked for `skip-same` and `ask` only. */
  isSame(existing: File): Promise<boolean>;
  /** Asked for `ask` only, about what is not the same. */
  ask(existing: File): Promise<LocalAnswer>;
}

/** Where a file goes in the directory, or why it need not go there. */
export type Placement =
  | { readonly file: PickedFile; readonly name: string }
  | { readonly skipped: 'same' | 'exists'; readonly existing: File };

/** A directory the person picked. Makes its folders as they are needed, each once. */
export class DirectoryTarget {
  readonly #root: FileSystemDirectoryHandle;
  readonly #folders = new Map<string, Promise<FileSystemDirectoryHandle>>();
  /** The last look for a free name in each folder: the next one has to see the file that came of it. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Files that this target has given out, by their folder's key and their name. */
  readonly #given = new Set<string>();

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
   * Finds the place for a file. `segments` are safe local names.
   * `hasContent`: the file is known not to be empty. Then an empty one of its name is what a tab leaves that is closed
   * before its download ends, and counts as nothing for `skip` and `ask`. `wasBegun`: an earlier page has left bytes of this very
   * file, so an empty one of its name is the place it had made for them, whatever the policy.
   * Throws `TransferError` (`exists`) for `fail`.
   */
  place(
    segments: readonly string[],
    conflict: LocalConflict,
    questions: PlaceQuestions,
    hasContent = false,
    wasBegun = false,
  ): Promise<Placement> {
    const wanted = segments.at(-1)!;
    const above = segments.slice(0, -1);
    const key = above.join('/');
    return withSinkErrors(wanted, async () => {
      const folder = await this.#folder(above);
      const isFree = (name: string, existing: File | undefined): boolean =>
        existing === undefined || (wasBegun && existing.size === 0 && !this.#given.has(`${key}/${name}`));
      const give = async (name: string): Promise<Placement> => {
        const existed = !isFree(name, await existingFile(folder, name));
        this.#given.add(`${key}/${name}`);
        const handle = await folder.getFileHandle(name, { create: true });
        return { file: new PickedFile(handle, { existed, remove: () => folder.removeEntry(name) }), name };
      };
      const keepBoth = (): Promise<Placement> =>
        this.#inTurn(key, async () => give(await freeName(folder, wanted, isFree)));
      if (conflict === 'rename') return keepBoth();
      const existing = conflict === 'replace' ? undefined : await existingFile(folder, wanted);
      if (existing === undefined || isFree(wanted, existing)) return give(wanted);
      const isLeftover = hasContent && existing.size === 0;
      // A tab that was closed leaves empty files behind.
      if (conflict === 'fail' && isLeftover) return give(wanted);
      if (conflict === 'skip') return isLeftover ? give(wanted) : { skipped: 'exists', existing };
      if (conflict === 'skip-same' || conflict === 'ask') {
        if (isLeftover) return give(wanted);
        if (await questions.isSame(existing)) return { skipped: 'same', existing };
        const answer = conflict === 'ask' ? await questions.ask(existing) : 'replace';
        if (answer === 'skip') return { skipped: 'exists', existing };
        return answer === 'rename' ? keepBoth() : give(wanted);
      }
      throw new TransferError(`There is a file \u201c${wanted}\u201d already. It was left as it is.`, {
        kind: 'fatal',
        reason: 'exists',
      });
    });
  }

  #inTurn<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work, work);
    this.#turns.set(key, turn);
    turn.catch(() => {});
    return turn;
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

async function freeName(
  folder: FileSystemDirectoryHandle,
  wanted: string,
  isFree: (name: string, existing: File | undefined) => boolean,
): Promise<string> {
  let name = wanted;
  for (let number = 2; !isFree(name, await existingFile(folder, name)); number += 1) {
    name = numberedName(wanted, number);
  }
  return name;
}

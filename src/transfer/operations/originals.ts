import type { Entry } from '../../core/entry.js';
import type { TransferContext } from '../context.js';
import { walkBelow } from './tree.js';

/** What tells two versions of a file apart, as far as a listing says. */
const versionOf = ({ size, etag, modified, version }: Entry): string =>
  JSON.stringify([
    version ?? null,
    etag ?? null,
    size ?? null,
    etag === undefined ? (modified ?? null) : null,
  ]);

/**
 * The files of a folder as they were when its move began. Copying a large folder takes long, and what somebody stores
 * under an old path meanwhile was not copied: deleting it would lose it.
 */
export class Originals {
  readonly #context: TransferContext;
  readonly #folder: string;
  readonly #before = new Map<string, string>();
  #now: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(context: TransferContext, folder: string) {
    this.#context = context;
    this.#folder = folder;
  }

  note(entry: Entry): void {
    this.#before.set(entry.path, versionOf(entry));
  }

  /**
   * Whether another version is there now than was copied. Looks once for the whole folder: ask when all is copied. A
   * file that is gone has not changed.
   */
  async hasChanged(path: string, signal: AbortSignal): Promise<boolean> {
    this.#now ??= this.#look(signal);
    const looking = this.#now;
    try {
      const now = (await looking).get(path);
      return now !== undefined && now !== this.#before.get(path);
    } catch (error) {
      // The next one to ask looks again.
      if (this.#now === looking) this.#now = undefined;
      throw error;
    }
  }

  /** A retry looks with fresh eyes. */
  forget(): void {
    this.#now = undefined;
  }

  async #look(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const now = new Map<string, string>();
    for await (const { entry } of walkBelow(this.#context, this.#folder, signal)) {
      if (entry.kind === 'file') now.set(entry.path, versionOf(entry));
    }
    return now;
  }
}

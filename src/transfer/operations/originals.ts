import type { Entry } from '../../core/entry.js';
import { abortable } from '../clock.js';
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

/** Deleting many files takes its time: after so many milliseconds the folder is looked at again. */
const lookAgainAfter = 30_000;

/**
 * The files of a folder as they were when its move began. Copying a large folder takes long, and what somebody stores
 * under an old path meanwhile was not copied: deleting it would lose it.
 */
export class Originals {
  readonly #context: TransferContext;
  readonly #folder: string;
  readonly #before = new Map<string, string>();
  readonly #stop: AbortSignal;
  #now: Promise<ReadonlyMap<string, string>> | undefined;
  #freshUntil = 0;

  /** `stop`: of the whole job, since one look is for all that ask. */
  constructor(context: TransferContext, folder: string, stop: AbortSignal) {
    this.#context = context;
    this.#folder = folder;
    this.#stop = stop;
  }

  note(entry: Entry): void {
    this.#before.set(entry.path, versionOf(entry));
  }

  /**
   * Whether another version is there now than was copied. One look, at the whole folder, serves all that ask within
   * half a minute: ask when all is copied. A file that is gone has not changed.
   */
  async hasChanged(path: string, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#context;
    if (clock.now() > this.#freshUntil) this.#now = undefined;
    this.#now ??= this.#lookOnce();
    const looking = this.#now;
    try {
      const now = (await abortable(looking, signal)).get(path);
      return now !== undefined && now !== this.#before.get(path);
    } catch (error) {
      // The next one to ask looks again, unless only this one was stopped.
      if (this.#now === looking && !signal.aborted) this.#now = undefined;
      throw error;
    }
  }

  /** A retry looks with fresh eyes. */
  forget(): void {
    this.#now = undefined;
  }

  /** Its answer is good for a while after it came, and for as long as it took: large folders are not walked for ever. */
  async #lookOnce(): Promise<ReadonlyMap<string, string>> {
    const { clock } = this.#context;
    const began = clock.now();
    this.#freshUntil = Number.POSITIVE_INFINITY;
    const found = await this.#look();
    this.#freshUntil = clock.now() + Math.max(lookAgainAfter, clock.now() - began);
    return found;
  }

  async #look(): Promise<ReadonlyMap<string, string>> {
    const now = new Map<string, string>();
    for await (const { entry } of walkBelow(this.#context, this.#folder, this.#stop)) {
      if (entry.kind === 'file') now.set(entry.path, versionOf(entry));
    }
    return now;
  }
}

import { TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import { everythingBelow } from '../operations/tree.js';
import type { ConflictPolicy } from '../types.js';

/**
 * Whether all files of a job find room in a container that holds only so many. Asked for the whole job before its first
 * file begins: half of a data set in a full record helps nobody.
 */
export class FileRoom {
  readonly #context: TransferContext;
  readonly #most: number;
  readonly #policy: ConflictPolicy;
  readonly #paths = new Set<string>();
  /** Files that would take a path twice, and get a name of their own each. */
  #doubles = 0;

  private constructor(context: TransferContext, most: number, policy: ConflictPolicy) {
    this.#context = context;
    this.#most = most;
    this.#policy = policy;
  }

  /** Undefined: the container holds any number. */
  static of(context: TransferContext, policy: ConflictPolicy): FileRoom | undefined {
    const most = context.adapter.capabilities.maxFiles;
    return most === undefined ? undefined : new FileRoom(context, most, policy);
  }

  /** A file of the job goes to `path`. Throws `TransferError` (`too-many`) once they cannot fit, whatever is there. */
  claim(path: string): void {
    if (this.#paths.has(path) && this.#policy === 'rename') this.#doubles += 1;
    this.#paths.add(path);
    if (this.#paths.size + this.#doubles > this.#most) throw this.#error(undefined);
  }

  /** Rejects with `TransferError` (`too-many`) when they do not fit beside what is there. */
  async check(signal: AbortSignal): Promise<void> {
    if (this.#paths.size === 0) return;
    let there = 0;
    let fresh = this.#paths.size + this.#doubles;
    for await (const { path, kind } of everythingBelow(this.#context, '', signal)) {
      if (kind !== 'file') continue;
      there += 1;
      if (this.#paths.has(path) && this.#policy !== 'rename') fresh -= 1;
    }
    if (there + fresh > this.#most) throw this.#error({ there, fresh });
  }

  #error(counts: { there: number; fresh: number } | undefined): TransferError {
    const { label } = this.#context.adapter;
    const found = counts
      ? `${counts.there} are there, and ${counts.fresh} would be added`
      : 'more than that were chosen';
    return new TransferError(
      `${label} holds at most ${this.#most} files: ${found}. Nothing was sent. Choose fewer, delete some, or pack several into one archive.`,
      { kind: 'fatal', reason: 'too-many' },
    );
  }
}

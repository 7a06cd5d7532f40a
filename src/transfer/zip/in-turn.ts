import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';

/** Members of an archive that is written from front to back: each waits for the one before it. */
export class InTurn {
  #next = 0;
  /** Nothing behind this one can be written any more. */
  #gap = Number.POSITIVE_INFINITY;
  #moved = Promise.withResolvers<void>();

  /** Resolves when it is the turn of `index`. Rejects when an earlier one will never be there. */
  async of(index: number, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      this.check(index);
      if (index <= this.#next) return;
      const moved = this.#moved.promise;
      await (signal === undefined ? moved : abortable(moved, signal));
    }
  }

  /** Throws when an earlier one than `index` will never be there. */
  check(index: number): void {
    if (index <= this.#gap) return;
    throw new TransferError('An earlier file could not be fetched, so the zip cannot go on.', {
      kind: 'fatal',
      reason: 'archive-incomplete',
    });
  }

  /** `index` is written. */
  passed(index: number): void {
    this.#next = Math.max(this.#next, index + 1);
    this.#move();
  }

  /** `index` will not come. */
  lost(index: number): void {
    if (index >= this.#next) this.#gap = Math.min(this.#gap, index);
    this.#move();
  }

  #move(): void {
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }
}

import type { TransferItem, TransferJob } from '../transfer/types.js';
import type { TransferUploaderOptions } from './options.js';
import { type OnItsWay, PassedOn } from './passed-on.js';

type How = NonNullable<TransferUploaderOptions['progress']>;

/** Which of a file's bytes Uppy is told to be uploaded. */
export class ProgressCount {
  readonly #job: TransferJob;
  readonly #how: How;
  readonly #passedOn = new PassedOn();

  constructor(job: TransferJob, how: How = 'estimated') {
    this.#job = job;
    this.#how = how;
  }

  /** To be called whenever the numbers moved, with the indexes of all files that are on their way. */
  look(moving: readonly number[]): void {
    if (this.#how !== 'estimated' || moving.length === 0) return;
    const { items, snapshot } = this.#job;
    const files = moving.flatMap((index): OnItsWay[] => {
      const item = items.at(index);
      return item ? [{ index, acknowledged: item.acknowledged, sent: item.sent }] : [];
    });
    this.#passedOn.update(files, snapshot.bytes, snapshot.speed, performance.now());
  }

  of({ index, acknowledged, sent }: TransferItem): number {
    if (this.#how === 'estimated') return Math.max(acknowledged, this.#passedOn.of(index));
    return this.#how === 'sent' ? sent : acknowledged;
  }

  /** The file is over. */
  forget(index: number): void {
    this.#passedOn.forget(index);
  }
}

import type { ItemResult } from '../../adapters/adapter.js';
import { TransferError } from '../../core/errors.js';
import { Batcher } from '../../core/jobs/batcher.js';
import { yieldToEventLoop } from '../clock.js';
import type { TransferContext } from '../context.js';

/** What S3 takes in one call, and others can split. */
const pathsInOneCall = 1000;
const callsAtOnce = 3;

/** What the storage says nothing about may still be there. Deleting it again does no harm. */
const unsaid = (path: string): ItemResult => ({
  path,
  error: new TransferError(
    `The storage did not say whether ${path} was deleted. Reload the listing, and try again if it is still there.`,
    { kind: 'retry', reason: 'invalid-answer', path },
  ),
});

/** Deletes paths, many in one call. An error that belongs to one path rejects that one alone. */
export class Removal {
  readonly #batcher: Batcher<string, ItemResult>;

  constructor(context: TransferContext) {
    const { signal } = new AbortController();
    this.#batcher = new Batcher({
      most: pathsInOneCall,
      calls: callsAtOnce,
      // A task of its own lets all items of a batch that just began take part.
      schedule: run => void yieldToEventLoop().then(run),
      async run(paths) {
        const results = await context.adapter.remove!(paths, { signal });
        const byPath = new Map(results.map(result => [result.path, result]));
        return paths.map(path => byPath.get(path) ?? unsaid(path));
      },
    });
  }

  /** Resolves when the path is gone; also when it was gone before. */
  async remove(path: string, signal?: AbortSignal): Promise<void> {
    const { error } = await this.#batcher.add(path, signal);
    if (error && error.reason !== 'not-found') throw error;
  }
}

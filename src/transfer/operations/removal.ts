import type { ItemResult } from '../../adapters/adapter.js';
import { Batcher } from '../../core/jobs/batcher.js';
import type { TransferContext } from '../context.js';

/** What S3 takes in one call, and others can split. */
const pathsInOneCall = 1000;
const callsAtOnce = 3;

/** Deletes paths, many in one call. An error that belongs to one path rejects that one alone. */
export class Removal {
  readonly #batcher: Batcher<string, ItemResult>;

  constructor(context: TransferContext) {
    const { signal } = new AbortController();
    this.#batcher = new Batcher({
      most: pathsInOneCall,
      calls: callsAtOnce,
      // A task of its own lets all items of a batch that just began take part.
      schedule: run => void setTimeout(run, 0),
      async run(paths) {
        const results = await context.adapter.remove!(paths, { signal });
        const byPath = new Map(results.map(result => [result.path, result]));
        return paths.map((path, index) => byPath.get(path) ?? results[index] ?? { path });
      },
    });
  }

  /** Resolves when the path is gone; also when it was gone before. */
  async remove(path: string, signal?: AbortSignal): Promise<void> {
    const { error } = await this.#batcher.add(path, signal);
    if (error && error.reason !== 'not-found') throw error;
  }
}

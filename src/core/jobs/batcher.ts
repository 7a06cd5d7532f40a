/**
 * Gathers single wishes into calls for many at once: storages delete a thousand files as fast as one. Wishes that
 * come in the same turn of the event loop share a call.
 */
export interface BatcherOptions<Key, Result> {
  /** Most keys of one call. */
  readonly most: number;
  /** Most calls at once. */
  readonly calls: number;
  /** Resolves to one result for each key, in their order. */
  run(keys: readonly Key[]): Promise<readonly Result[]>;
  /** Runs later, once the current turn's wishes are in. Default: a microtask. */
  schedule?(run: () => void): void;
}

interface Wish<Key, Result> {
  readonly key: Key;
  resolve(result: Result): void;
  reject(error: unknown): void;
  gone: boolean;
}

export class Batcher<Key, Result> {
  readonly #options: BatcherOptions<Key, Result>;
  #wishes: Wish<Key, Result>[] = [];
  #running = 0;
  #scheduled = false;

  constructor(options: BatcherOptions<Key, Result>) {
    this.#options = options;
  }

  /** Resolves to the result for one key. A wish that is aborted before its call begins takes no part in it. */
  add(key: Key, signal?: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const wish: Wish<Key, Result> = { key, resolve, reject, gone: false };
      signal?.addEventListener(
        'abort',
        () => {
          wish.gone = true;
          reject(signal.reason);
        },
        { once: true },
      );
      this.#wishes.push(wish);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    (this.#options.schedule ?? queueMicrotask)(() => {
      this.#scheduled = false;
      this.#start();
    });
  }

  #start(): void {
    this.#wishes = this.#wishes.filter(wish => !wish.gone);
    while (this.#wishes.length > 0 && this.#running < this.#options.calls) {
      void this.#call(this.#wishes.splice(0, this.#options.most));
    }
  }

  async #call(wishes: readonly Wish<Key, Result>[]): Promise<void> {
    this.#running += 1;
    try {
      const results = await this.#options.run(wishes.map(wish => wish.key));
      for (const [index, wish] of wishes.entries()) {
        const result = results[index];
        if (result === undefined) wish.reject(new Error('The call gave no result for one of its keys.'));
        else wish.resolve(result);
      }
    } catch (error) {
      for (const wish of wishes) wish.reject(error);
    } finally {
      this.#running -= 1;
      if (this.#wishes.length > 0) this.#schedule();
    }
  }
}

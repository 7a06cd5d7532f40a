import type { Relocation } from '../../core/jobs/relocation.js';
import type { TransferContext } from '../context.js';
import { patiently } from '../patiently.js';
import { isSameContent } from './copies.js';
import type { Removal } from './removal.js';
import { everythingBelow } from './tree.js';

/** A person who cancels does not want to wait for a storage that cannot be reached. */
const longestWait = 30_000;
const attempts = 3;

/**
 * Removes the copies that a cancelled move had made, as long as the originals are there. In doubt a copy stays: a file
 * that is there twice is better than one that is nowhere.
 */
export class TakeBack {
  readonly #context: TransferContext;
  readonly #removal: Removal;
  readonly #originals = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(context: TransferContext, removal: Removal) {
    this.#context = context;
    this.#removal = removal;
  }

  /** A copy that the storage confirmed. `folder`: what is being moved, when the file is part of it. */
  async ownCopy({ from, to }: Relocation, folder?: string): Promise<void> {
    const isThere =
      folder === undefined
        ? (await this.#stat(from)) !== undefined
        : (await this.#originalsBelow(folder)).has(from);
    if (isThere) await this.#remove(to);
  }

  /** What the storage may have copied without the answer arriving, at a place where nothing was before. */
  async unconfirmed({ from, to }: Relocation): Promise<void> {
    const [source, target] = await Promise.all([this.#stat(from), this.#stat(to)]);
    if (source && target && isSameContent(source, target)) await this.#remove(to);
  }

  /** The marker of an empty folder, at a place where nothing was before. */
  async marker(to: string): Promise<void> {
    await this.#remove(to);
  }

  /** Listed once for a folder, not asked for each of its files. */
  #originalsBelow(folder: string): Promise<ReadonlySet<string>> {
    let originals = this.#originals.get(folder);
    if (!originals) {
      originals = this.#list(folder);
      this.#originals.set(folder, originals);
    }
    return originals;
  }

  async #list(folder: string): Promise<ReadonlySet<string>> {
    const paths = new Set<string>();
    for await (const { path } of everythingBelow(this.#context, folder, AbortSignal.timeout(longestWait))) {
      paths.add(path);
    }
    return paths;
  }

  #stat(path: string) {
    return this.#patiently(async signal => this.#context.adapter.stat?.(path, { signal }));
  }

  async #remove(path: string): Promise<void> {
    await this.#patiently(() => this.#removal.remove(path));
    this.#context.changed(path);
  }

  #patiently<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(longestWait);
    return patiently(this.#context, { signal }, call, { budget: attempts });
  }
}

import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import { patiently } from '../patiently.js';
import { changedRemote } from './answers.js';

type Told = Pick<Entry, 'path'> & Partial<Entry>;

/** Listings tell milliseconds, single answers often whole seconds. */
const seconds = (time: number): number => Math.floor(time / 1000);

function isOther(one: Told, other: Told): boolean {
  if (one.size !== undefined && other.size !== undefined && one.size !== other.size) return true;
  if (one.etag !== undefined && other.etag !== undefined) return one.etag !== other.etag;
  if (one.modified === undefined || other.modified === undefined) return false;
  return seconds(one.modified) !== seconds(other.modified);
}

/**
 * The version of a file by what the adapter tells of it: for storages whose answers carry nothing that a page may read
 * and that names their version. It is told before the first byte and asked for after the last one; when both are the
 * same, so are all bytes between.
 */
export class ToldVersion {
  readonly #context: TransferContext;
  #told: Told;

  /** @param told what was known before anything was requested */
  constructor(context: TransferContext, told: Told) {
    this.#context = context;
    this.#told = told;
  }

  /** What the adapter tells names the version, so that another one is noticed. */
  get namesVersion(): boolean {
    const { etag, version, modified } = this.#told;
    if (this.#context.adapter.stat === undefined) return false;
    return etag !== undefined || version !== undefined || modified !== undefined;
  }

  /**
   * Asks the adapter, where it can be asked. Throws `TransferError` of kind `restart` when it tells another version
   * than before; from then on that one counts, so a listing that was old costs one new beginning. Resolves to the size
   * that it tells now.
   */
  async compare(signal: AbortSignal): Promise<number | undefined> {
    const { adapter } = this.#context;
    const { path } = this.#told;
    // A folder that the platform packs is no file that could be asked for.
    if (adapter.stat === undefined || path === '' || path.endsWith('/')) return undefined;
    let found: Entry | undefined;
    try {
      found = await patiently(this.#context, { signal }, () => adapter.stat!(path, { signal }));
    } catch (error) {
      signal.throwIfAborted();
      // Not every storage lets pages ask for it; then nothing is known.
      if (error instanceof TransferError) return undefined;
      throw error;
    }
    if (found === undefined) throw changedRemote(path);
    const before = this.#told;
    this.#told = found;
    if (isOther(before, found)) throw changedRemote(path);
    return found.size;
  }
}

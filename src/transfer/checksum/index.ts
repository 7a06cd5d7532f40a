/** Checksums of blobs and buffers, computed beside the page. */
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';
import { canHash, type HashSource, hashSource } from './hash-source.js';
import { createIncrementalHash, fullChecksum, type IncrementalHash } from './incremental.js';
import { NotInWorkerError, NoWorkerError, WorkerLostError, WorkerPool } from './worker-pool.js';

export { fromBase64, fromHex, toBase64, toHex } from './bytes.js';
export {
  combineChecksums,
  combineCrc,
  compositeChecksum,
  formatChecksum,
  parseChecksum,
  type SizedChecksum,
} from './combine.js';
export { isCombinable } from './crc.js';
export { fullChecksum, type IncrementalHash } from './incremental.js';

export interface HashOptions {
  readonly signal?: AbortSignal;
  /** Told the bytes hashed so far. */
  readonly onBytes?: (bytes: number) => void;
}

export interface Hasher {
  /**
   * Whether this page can compute the algorithm over `size` bytes. False only where a policy forbids WebAssembly:
   * then for MD5, and for SHA of more than 256 MiB.
   */
  supports(algorithm: ChecksumAlgorithm, size?: number): Promise<boolean>;
  /**
   * Reads the blob once and computes all `algorithms`, in a worker where one may run, else in slices on this thread.
   * Rejects with the signal's reason, or `TransferError`: `unreadable` when the blob's file has gone, changed or may
   * not be read; `not-supported`, see {@link Hasher.supports}.
   */
  hash(
    blob: Blob,
    algorithms: readonly ChecksumAlgorithm[],
    options?: HashOptions,
  ): Promise<Map<ChecksumAlgorithm, Checksum>>;
  /** The same for bytes in memory, which stay the caller's. A few are hashed on this thread at once. */
  hashBytes(
    bytes: Uint8Array,
    algorithms: readonly ChecksumAlgorithm[],
    options?: HashOptions,
  ): Promise<Map<ChecksumAlgorithm, Checksum>>;
  /** A hash fed piece by piece on this thread. Rejects with `TransferError` (`not-supported`). */
  incremental(algorithm: ChecksumAlgorithm): Promise<IncrementalHash>;
  /** Ends the workers now; otherwise they end by themselves after ten idle seconds. Can be used again afterwards. */
  close(): void;
}

/** Bytes hashed on this thread between two chances for the page to react. */
const pageSlice = 512 * 1024;

/** So few bytes are hashed here in less time than it takes to ask a worker. */
const smallerThanAMessage = 64 * 1024;

async function canHashAll(algorithms: readonly ChecksumAlgorithm[], size: number): Promise<boolean> {
  for (const algorithm of algorithms) if (!(await canHash(algorithm, size))) return false;
  return true;
}

const checksumsOf = (
  algorithms: readonly ChecksumAlgorithm[],
  digests: ReadonlyMap<ChecksumAlgorithm, Uint8Array>,
): Map<ChecksumAlgorithm, Checksum> =>
  new Map(algorithms.map(algorithm => [algorithm, fullChecksum(algorithm, digests.get(algorithm)!)]));

const breathe = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));

function readingError(error: unknown, blob: HashSource): unknown {
  const name = error instanceof Error ? error.name : '';
  if (name !== 'NotReadableError' && name !== 'NotFoundError') return error;
  const file = typeof File !== 'undefined' && blob instanceof File ? blob.name : undefined;
  return new TransferError(
    `${file ?? 'The file'} can no longer be read: it was changed, moved or removed, or may not be opened. Choose it again.`,
    { kind: 'fatal', reason: 'unreadable', cause: error, ...(file === undefined ? {} : { path: file }) },
  );
}

class PooledHasher implements Hasher {
  readonly #pool: WorkerPool;
  #workersRun = typeof globalThis.Worker === 'function';
  /** On the page's thread one job runs at a time. */
  #pageQueue: Promise<unknown> = Promise.resolve();

  constructor(start?: () => Worker) {
    this.#pool = new WorkerPool(start);
  }

  async supports(algorithm: ChecksumAlgorithm, size?: number): Promise<boolean> {
    if (await canHash(algorithm, size)) return true;
    if (!this.#workersRun) return false;
    // A worker's policy comes with its own script and may allow what the page's forbids.
    const nothing = new Uint8Array();
    return this.#pool.run(nothing, ['md5'], {}).then(
      () => true,
      () => false,
    );
  }

  hash(blob: Blob, algorithms: readonly ChecksumAlgorithm[], options?: HashOptions) {
    return this.#run(blob, algorithms, options ?? {});
  }

  async hashBytes(bytes: Uint8Array, algorithms: readonly ChecksumAlgorithm[], options?: HashOptions) {
    if (bytes.length <= smallerThanAMessage && (await canHashAll(algorithms, bytes.length))) {
      options?.signal?.throwIfAborted();
      const digests = await hashSource(bytes, algorithms, { sliceSize: pageSlice, onBytes() {} });
      options?.onBytes?.(bytes.length);
      return checksumsOf(algorithms, digests);
    }
    return this.#run(bytes, algorithms, options ?? {});
  }

  incremental(algorithm: ChecksumAlgorithm): Promise<IncrementalHash> {
    return createIncrementalHash(algorithm);
  }

  close(): void {
    this.#pool.close();
  }

  async #run(source: HashSource, algorithms: readonly ChecksumAlgorithm[], options: HashOptions) {
    options.signal?.throwIfAborted();
    let digests: ReadonlyMap<ChecksumAlgorithm, Uint8Array>;
    try {
      digests = this.#workersRun
        ? await this.#pool.run(source, algorithms, options)
        : await this.#inPage(source, algorithms, options);
    } catch (error) {
      if (error instanceof NoWorkerError) this.#workersRun = false;
      else if (!(error instanceof NotInWorkerError || error instanceof WorkerLostError))
        throw readingError(error, source);
      try {
        digests = await this.#inPage(source, algorithms, options);
      } catch (pageError) {
        throw readingError(pageError, source);
      }
    }
    return checksumsOf(algorithms, digests);
  }

  #inPage(source: HashSource, algorithms: readonly ChecksumAlgorithm[], { signal, onBytes }: HashOptions) {
    const job = this.#pageQueue.then(() => {
      signal?.throwIfAborted();
      return hashSource(source, algorithms, {
        sliceSize: pageSlice,
        async onBytes(bytes) {
          onBytes?.(bytes);
          await breathe();
          signal?.throwIfAborted();
        },
      });
    });
    this.#pageQueue = job.catch(() => {});
    return signal ? abortable(job, signal) : job;
  }
}

/**
 * Makes a hasher. Cheap: workers start with the first job.
 * @param start makes a worker; for pages that must load the worker's script in a way of their own
 */
export function createHasher(start?: () => Worker): Hasher {
  return new PooledHasher(start);
}

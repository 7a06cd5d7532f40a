/** Hashes one blob or buffer with several algorithms in one reading. Runs in the worker and, as a fallback, in the page. */
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import {
  canHashIncrementally,
  createIncrementalHash,
  type IncrementalHash,
  unavailable,
} from './incremental.js';

/** Bytes that fit in memory: without WebAssembly, SHA needs all of them at once. */
export const largestWhole = 256 * 1024 * 1024;

export type HashSource = Blob | Uint8Array;

export interface HashSourceHooks {
  /** Bytes read by one step. */
  readonly sliceSize: number;
  /** Called with the bytes hashed so far; may make the reading wait. Throws to stop it. */
  onBytes(bytes: number): void | Promise<void>;
}

const webCryptoNames: Partial<Record<ChecksumAlgorithm, string>> = { sha1: 'SHA-1', sha256: 'SHA-256' };

/** Whether {@link hashSource} can compute this algorithm here for a source of `size` bytes. */
export async function canHash(algorithm: ChecksumAlgorithm, size = 0): Promise<boolean> {
  if (await canHashIncrementally(algorithm)) return true;
  return (
    webCryptoNames[algorithm] !== undefined && globalThis.crypto?.subtle !== undefined && size <= largestWhole
  );
}

const sizeOf = (source: HashSource): number => (source instanceof Blob ? source.size : source.byteLength);

async function read(source: HashSource, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!(source instanceof Blob)) return source.subarray(start, end) as Uint8Array<ArrayBuffer>;
  return new Uint8Array(await source.slice(start, end).arrayBuffer());
}

export async function hashSource(
  source: HashSource,
  algorithms: readonly ChecksumAlgorithm[],
  { sliceSize, onBytes }: HashSourceHooks,
): Promise<Map<ChecksumAlgorithm, Uint8Array>> {
  const size = sizeOf(source);
  const incremental: IncrementalHash[] = [];
  const whole: ChecksumAlgorithm[] = [];
  for (const algorithm of algorithms) {
    if (!(await canHash(algorithm, size))) throw unavailable(algorithm);
    if (await canHashIncrementally(algorithm)) incremental.push(await createIncrementalHash(algorithm));
    else whole.push(algorithm);
  }
  const digests = new Map<ChecksumAlgorithm, Uint8Array>();
  if (whole.length > 0) {
    const bytes = await read(source, 0, size);
    for (const algorithm of whole) {
      digests.set(algorithm, new Uint8Array(await crypto.subtle.digest(webCryptoNames[algorithm]!, bytes)));
    }
  }
  // The next slice is being read while this one is hashed.
  let next = read(source, 0, Math.min(sliceSize, size));
  for (let offset = 0; offset < size; ) {
    const bytes = await next;
    if (bytes.length === 0) break;
    offset += bytes.length;
    if (offset < size) {
      next = read(source, offset, Math.min(offset + sliceSize, size));
      // It is awaited in the next round, or never when hashing stops here.
      next.catch(() => {});
    }
    for (const hash of incremental) hash.update(bytes);
    await onBytes(offset);
  }
  for (const hash of incremental) digests.set(hash.algorithm, hash.digest());
  return digests;
}

import type { PartRange } from '../../adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';

/** The bytes of a file that is not in this browser: each part is brought here when its turn comes. */
export interface RemoteContent {
  /** Parts that may be here at once: what they take is memory. */
  atOnce(partSize: number): number;
  /** Resolves to the bytes, and keeps them until {@link release}. Asked again, it fetches nothing twice. */
  part(range: PartRange, signal: AbortSignal): Promise<Blob>;
  release(range: PartRange): void;
  /** To be computed of every part on its way, so that nobody has to fetch it once more for that. */
  readonly alsoHash: readonly ChecksumAlgorithm[];
  /** All parts went through here. Rejects when they are not what the file is said to be. */
  accept(hashWhole: (algorithm: ChecksumAlgorithm) => Promise<Checksum>): Promise<void>;
}

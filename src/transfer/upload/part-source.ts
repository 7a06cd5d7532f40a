import type { PartRange } from '../../adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import type { Hasher } from '../checksum/index.js';

/** Where the parts of an upload come from. What sends and hashes them asks here, wherever the bytes are. */
export interface PartSource {
  /** There is no whole to send in one request, only parts. */
  readonly partsOnly: boolean;
  /** Whether a part costs little to read once more, so that nothing is computed of it ahead of need. */
  readonly rereads: boolean;
  /** To be computed of every part when it is read, whatever the target asks for. */
  readonly alsoHash: readonly ChecksumAlgorithm[];
  /** Another number than before: what was read until then is of a version that is gone. */
  readonly version: number;
  /** Parts of so many bytes that may be here at once: what they take is memory. */
  atOnce(partSize: number): number;
  /**
   * Resolves to the bytes, and keeps them until {@link release}. Asked again, it fetches nothing twice. Rejects with the
   * signal's reason, or with `TransferError`.
   */
  part(range: PartRange, signal: AbortSignal): Promise<Blob>;
  /** The part has been sent, or hashed, and is not needed any more. */
  release(range: PartRange): void;
  /** Digest of all parts in their order, for algorithms whose values of parts do not combine. */
  hashWhole(
    algorithm: ChecksumAlgorithm,
    parts: Iterable<PartRange>,
    hasher: Hasher,
    signal: AbortSignal,
  ): Promise<Checksum>;
  /** Every part was sent. Rejects with `TransferError` when they are not what the file is said to be. */
  accept(hashWhole: (algorithm: ChecksumAlgorithm) => Promise<Checksum>): Promise<void>;
  /** What it means that a part is read with other bytes than before. */
  changed(path: string): TransferError;
}

/** A file of this computer, or bytes in this page. A slice is a mere reference until somebody reads it. */
export class BlobParts implements PartSource {
  readonly partsOnly = false;
  readonly rereads = true;
  readonly alsoHash: readonly ChecksumAlgorithm[] = [];
  readonly version = 0 as number;
  readonly #blob: Blob;

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  atOnce(): number {
    return Number.POSITIVE_INFINITY;
  }

  async part({ start, end }: PartRange): Promise<Blob> {
    return this.#blob.slice(start, end);
  }

  release(): void {}

  async hashWhole(
    algorithm: ChecksumAlgorithm,
    _parts: Iterable<PartRange>,
    hasher: Hasher,
    signal: AbortSignal,
  ): Promise<Checksum> {
    return (await hasher.hash(this.#blob, [algorithm], { signal })).get(algorithm)!;
  }

  async accept(): Promise<void> {}

  changed(path: string): TransferError {
    return new TransferError(
      `${path} changed on disk since its upload began. Nothing of it was stored: choose it again to upload the new version.`,
      { kind: 'fatal', reason: 'changed-local', path },
    );
  }
}

import type { CallOptions } from '../../adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm, Verification } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import {
  combineChecksums,
  compositeChecksum,
  fullChecksum,
  type Hasher,
  type IncrementalHash,
  isCombinable,
} from '../checksum/index.js';
import type { StorageHabits } from '../link.js';
import type { Segment } from './segments.js';
import { chooseExpectation, type Expectation, mismatch, needsOrder } from './verify.js';

/** Up to this size an MD5 is worth the time when only a guess says that it is one. */
const cheapToHash = 64 * 1024 * 1024;

/** A proof; or: only weaker proofs are possible; the finished file has to be read; the bytes are wrong. */
export type Judgement = Verification | 'weak' | 'read-back' | 'damaged';

/** What an answer, or the adapter, says about the whole file. */
export interface Sayings {
  /** Checksums of the whole, as the adapter knows them. */
  readonly said: readonly Checksum[];
  /** Checksums in the answer's headers: of the whole, or of the range. */
  readonly inHeaders: readonly Checksum[];
  readonly etag: string | undefined;
  readonly total: number | undefined;
  /** Bytes of each part but the last, when {@link said} holds a checksum over the digests of parts. */
  readonly partSize?: number | undefined;
  /** Whether all parts are of that size, where it was only concluded. */
  readonly confirmPartSize?: ((options: CallOptions) => Promise<boolean>) | undefined;
}

const same = (one: Checksum, other: Checksum): boolean =>
  one.algorithm === other.algorithm && one.value === other.value && one.scope === other.scope;

/** Of each part, in order; undefined when a segment reaches over the end of one, or was hashed otherwise. */
function checksumsOfParts(
  segments: readonly Segment[],
  algorithm: ChecksumAlgorithm,
  partSize: number,
): Checksum[] | undefined {
  const parts: { size: number; checksum: Checksum }[][] = [];
  for (const { start, written, checksums } of segments) {
    const part = Math.floor(start / partSize);
    const checksum = checksums?.find(each => each.algorithm === algorithm);
    if (checksum === undefined || start + written > (part + 1) * partSize) return undefined;
    (parts[part] ??= []).push({ size: written, checksum });
  }
  return parts.map(combineChecksums);
}

/** Hashes one file on its way and judges it at the end. */
export class FileCheck {
  readonly #hasher: Hasher;
  readonly #habits: StorageHabits;
  readonly #path: string;
  readonly #wanted: readonly ChecksumAlgorithm[];
  #expected: Expectation | undefined;
  #confirmPartSize: Sayings['confirmPartSize'];
  #said: readonly Checksum[] = [];
  /** Headers of ranges describe the whole only if all of them say the same. */
  #inHeaders: readonly Checksum[] = [];
  /** For digests that need the bytes in order and get them so. */
  #inOrder: IncrementalHash | undefined;
  #mayReadBack = false;
  /** What the file hashed to when it was wrong the first time. */
  #wrongBefore: string | undefined;

  /** @param wanted combinable checksums to compute for the caller's own purposes */
  constructor(hasher: Hasher, habits: StorageHabits, path: string, wanted: readonly ChecksumAlgorithm[]) {
    this.#hasher = hasher;
    this.#habits = habits;
    this.#path = path;
    this.#wanted = wanted;
  }

  /** Everything begins again; only what was wrong before is remembered. */
  reset(): void {
    this.#expected = undefined;
    this.#said = [];
    this.#inHeaders = [];
    this.#inOrder = undefined;
  }

  /** The first answer: decides what to check against. */
  async learn({ said, inHeaders, etag, total, partSize, confirmPartSize }: Sayings): Promise<void> {
    this.#confirmPartSize = confirmPartSize;
    this.#said = said;
    this.#inHeaders = inHeaders;
    const guess = total !== undefined && total <= cheapToHash ? etag : undefined;
    this.#expected = await chooseExpectation(
      [...said, ...inHeaders],
      partSize,
      guess,
      this.#habits.md5Etags,
      algorithm => this.#hasher.supports(algorithm, total),
    );
  }

  /** The storage has said nothing yet that all bytes can be compared with. */
  get lacksChecksum(): boolean {
    return this.#expected?.from !== 'storage';
  }

  /** Ranges must not reach over multiples of so many bytes, or what they hash to cannot be used. */
  get partSize(): number | undefined {
    const { checksum, partSize } = this.#expected ?? {};
    return checksum && isCombinable(checksum.algorithm) ? partSize : undefined;
  }

  /** A later answer. */
  compare(inHeaders: readonly Checksum[]): void {
    this.#inHeaders = this.#inHeaders.filter(known => inHeaders.some(each => same(known, each)));
  }

  /**
   * How the bytes will come. In parallel, digests that need order are computed by reading the finished file back.
   * Where that is impossible the bytes have to come in order, and {@link needsBytesInOrder} says so from then on.
   * @param mayReadBack it can be read before it takes the place of anything
   */
  async prepare(comesInOrder: boolean, mayReadBack: boolean): Promise<void> {
    this.#mayReadBack = mayReadBack;
    if (this.#expected === undefined || !needsOrder(this.#expected) || !comesInOrder) return;
    this.#inOrder = await this.#hasher.incremental(this.#expected.checksum.algorithm);
  }

  /** What is expected cannot be put together from what segments hash to. */
  get needsOrder(): boolean {
    return needsOrder(this.#expected);
  }

  get needsBytesInOrder(): boolean {
    return this.#inOrder !== undefined;
  }

  async beginSegment(segment: Segment): Promise<void> {
    const algorithms = new Set(this.#wanted);
    const expected = this.#expected?.checksum.algorithm;
    if (expected !== undefined && isCombinable(expected)) algorithms.add(expected);
    segment.hashes = await Promise.all([...algorithms].map(algorithm => this.#hasher.incremental(algorithm)));
  }

  /** All bytes of `segment` are hashed. */
  endSegment(segment: Segment): void {
    segment.checksums ??= segment.hashes.map(hash => fullChecksum(hash.algorithm, hash.digest()));
    segment.hashes = [];
  }

  update(segment: Segment, bytes: Uint8Array): void {
    for (const hash of segment.hashes) hash.update(bytes);
    this.#inOrder?.update(bytes);
  }

  /** Checksums of the whole that follow from what was hashed on the way. To be called once. */
  async computed(segments: readonly Segment[]): Promise<Checksum[]> {
    for (const segment of segments) this.endSegment(segment);
    const checksums: Checksum[] = [];
    for (const { algorithm } of segments[0]?.checksums ?? []) {
      const parts = segments.flatMap(segment => {
        const checksum = segment.checksums!.find(each => each.algorithm === algorithm);
        return checksum === undefined ? [] : [{ size: segment.written, checksum }];
      });
      // Stretches of an earlier page may have been hashed otherwise.
      if (parts.length === segments.length) checksums.push(combineChecksums(parts));
    }
    if (this.#inOrder) checksums.push(fullChecksum(this.#inOrder.algorithm, this.#inOrder.digest()));
    this.#inOrder = undefined;
    const { partSize } = this;
    const ofParts = partSize && checksumsOfParts(segments, this.#expected!.checksum.algorithm, partSize);
    if (ofParts) checksums.push(await this.#composite(ofParts));
    return checksums;
  }

  #composite(ofParts: readonly Checksum[]): Promise<Checksum> {
    return compositeChecksum(ofParts, (bytes, algorithms) => this.#hasher.hashBytes(bytes, algorithms));
  }

  /** Hashes a finished file for a digest that could not be computed on the way. */
  async readBack(content: Blob, signal: AbortSignal): Promise<Checksum> {
    const { checksum, partSize } = this.#expected!;
    const { algorithm } = checksum;
    const hash = async (blob: Blob): Promise<Checksum> =>
      (await this.#hasher.hash(blob, [algorithm], { signal })).get(algorithm)!;
    if (partSize === undefined) return hash(content);
    const ofParts: Checksum[] = [];
    for (let start = 0; start < content.size; start += partSize) {
      ofParts.push(await hash(content.slice(start, start + partSize)));
    }
    return this.#composite(ofParts);
  }

  judge(checksums: readonly Checksum[]): Judgement {
    if (this.#expected === undefined) return 'weak';
    const { checksum, from } = this.#expected;
    const { algorithm, value, scope } = checksum;
    const found = checksums.find(each => each.algorithm === algorithm && each.scope === scope);
    if (found === undefined) return this.#mayReadBack ? 'read-back' : 'weak';
    if (found.value === value) {
      return { level: from === 'etag' ? 'etag' : 'checksum', by: 'page', algorithm };
    }
    // A range's own checksum, sent with each range, is none of the whole.
    const certain =
      from === 'etag' ||
      this.#said.some(each => each.algorithm === algorithm && each.scope === scope) ||
      this.#inHeaders.some(each => each.value === value);
    return certain ? 'damaged' : 'weak';
  }

  /**
   * The bytes are not what they should be: throws, for another try from the start or for good. Returns when what they
   * should be turns out to be unknown.
   */
  async damaged(checksums: readonly Checksum[], signal: AbortSignal): Promise<void> {
    const { checksum, from, partSize } = this.#expected!;
    // Bytes that may be right are not thrown away because their parts were cut otherwise than it seemed.
    const isCutSo =
      partSize === undefined ||
      this.#confirmPartSize === undefined ||
      (await this.#confirmPartSize({ signal }).catch(() => true));
    signal.throwIfAborted();
    if (!isCutSo) return;
    const found = checksums.find(
      ({ algorithm, scope }) => algorithm === checksum.algorithm && scope === checksum.scope,
    )!.value;
    if (from === 'etag' && this.#wrongBefore === found) {
      // Twice the same bytes: the ETag is no MD5 at this storage.
      this.#habits.md5Etags = false;
      return;
    }
    const error = mismatch(this.#path, checksum, found);
    if (this.#wrongBefore !== undefined) throw error;
    this.#wrongBefore = found;
    throw new TransferError(error.message, { kind: 'restart', reason: error.reason, path: this.#path });
  }
}

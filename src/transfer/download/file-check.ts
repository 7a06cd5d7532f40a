import type { Checksum, ChecksumAlgorithm, Verification } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import {
  combineChecksums,
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
}

const same = (one: Checksum, other: Checksum): boolean =>
  one.algorithm === other.algorithm && one.value === other.value && one.scope === other.scope;

/** Hashes one file on its way and judges it at the end. */
export class FileCheck {
  readonly #hasher: Hasher;
  readonly #habits: StorageHabits;
  readonly #path: string;
  readonly #wanted: readonly ChecksumAlgorithm[];
  #expected: Expectation | undefined;
  #said: readonly Checksum[] = [];
  /** Headers of ranges describe the whole only if all of them say the same. */
  #inHeaders: readonly Checksum[] = [];
  /** For digests that need the bytes in order and get them so. */
  #inOrder: IncrementalHash | undefined;
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
  async learn({ said, inHeaders, etag, total }: Sayings): Promise<void> {
    this.#said = said;
    this.#inHeaders = inHeaders;
    const guess = total !== undefined && total <= cheapToHash ? etag : undefined;
    this.#expected = await chooseExpectation(
      [...said, ...inHeaders],
      guess,
      this.#habits.md5Etags,
      algorithm => this.#hasher.supports(algorithm, total),
    );
  }

  /** A later answer. */
  compare(inHeaders: readonly Checksum[]): void {
    this.#inHeaders = this.#inHeaders.filter(known => inHeaders.some(each => same(known, each)));
  }

  /**
   * How the bytes will come. In parallel, digests that need order are computed by reading the finished file back.
   * Where that is impossible the bytes have to come in order, and {@link needsBytesInOrder} says so from then on.
   */
  async prepare(comesInOrder: boolean): Promise<void> {
    if (this.#expected === undefined || !needsOrder(this.#expected) || !comesInOrder) return;
    this.#inOrder = await this.#hasher.incremental(this.#expected.checksum.algorithm);
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
  computed(segments: readonly Segment[]): Checksum[] {
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
    return checksums;
  }

  /** Hashes a finished file for a digest that could not be computed on the way. */
  async readBack(content: Blob, signal: AbortSignal): Promise<Checksum> {
    const { algorithm } = this.#expected!.checksum;
    return (await this.#hasher.hash(content, [algorithm], { signal })).get(algorithm)!;
  }

  judge(checksums: readonly Checksum[]): Judgement {
    if (this.#expected === undefined) return 'weak';
    const { checksum, from } = this.#expected;
    const { algorithm, value } = checksum;
    const found = checksums.find(each => each.algorithm === algorithm);
    if (found === undefined) return 'read-back';
    if (found.value === value) {
      return { level: from === 'etag' ? 'etag' : 'checksum', by: 'page', algorithm };
    }
    // A range's own checksum, sent with each range, is none of the whole.
    const certain =
      from === 'etag' ||
      this.#said.some(each => each.algorithm === algorithm && each.scope === 'full') ||
      this.#inHeaders.some(each => each.value === value);
    return certain ? 'damaged' : 'weak';
  }

  /**
   * The bytes are not what they should be: throws, for another try from the start or for good. Returns when what they
   * should be turns out to be unknown.
   */
  damaged(checksums: readonly Checksum[]): void {
    const { checksum, from } = this.#expected!;
    const found = checksums.find(each => each.algorithm === checksum.algorithm)!.value;
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

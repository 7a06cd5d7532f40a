import type { Checksum } from '../../core/checksum.js';
import type { IncrementalHash } from '../checksum/index.js';
import type { KeptStretch } from '../sinks/staged-journal.js';

/** A stretch of the file that is fetched by one request at a time. */
export interface Segment {
  readonly start: number;
  /** Offset after the last byte; infinite while the size is not known. */
  end: number;
  /** Bytes from `start` on that are written. */
  written: number;
  /** While bytes still come. Each may hold memory that a page has little of, so they end with the segment. */
  hashes: readonly IncrementalHash[];
  /** What {@link hashes} came to, once all bytes are written. */
  checksums?: readonly Checksum[];
}

const mebibyte = 1024 * 1024;
/** Size of the first request, which also finds out what the storage can do. */
export const firstSegment = 8 * mebibyte;
const smallest = 4 * mebibyte;
const largest = 32 * mebibyte;
/**
 * Bytes that all connections together may have been asked for at a time. An engine takes in what comes whether it is
 * read or not: Firefox and WebKit all of it, Chromium some 60 MiB of each answer unless that says `no-store`.
 */
const mostAsked = 64 * mebibyte;
/** Where bytes are needed in order, what comes before its turn is held in memory: then many small segments. */
const largestInOrder = 4 * mebibyte;
/** Below this a segment takes too short, above it too long, in milliseconds. */
const tooShort = 1500;
const tooLong = 5000;

/** Which stretches of a file are done, under way, or still to be fetched. */
export class SegmentTable {
  /** From front to back: each begins where the one before it ends. */
  readonly #all: Segment[] = [];
  /** The segments before this one are written. */
  #frontier = 0;
  /** Interrupted ones, to be finished first. */
  readonly #again: Segment[] = [];
  #next = 0;
  #size = firstSegment;
  #most = largest;
  #partSize = Number.POSITIVE_INFINITY;
  #written = 0;
  total = Number.POSITIVE_INFINITY;

  /** The bytes are needed from front to back. */
  inOrderOnly(): void {
    this.#most = largestInOrder;
  }

  /** Takes up what an earlier page has fetched of a file of `total` bytes. The stretches must not overlap. */
  restore(total: number, stretches: readonly KeptStretch[]): void {
    this.total = total;
    for (const { start, size, checksums } of [...stretches].sort((one, other) => one.start - other.start)) {
      for (let gap = this.#next, end = gap; gap < start; gap = end) {
        end = Math.min(start, gap + firstSegment, this.#partEnd(gap));
        const missing: Segment = { start: gap, end, written: 0, hashes: [] };
        this.#all.push(missing);
        this.#again.push(missing);
      }
      this.#all.push({ start, end: start + size, written: size, hashes: [], checksums });
      this.#written += size;
      this.#next = start + size;
    }
  }

  /** The stretches of which every byte is written and hashed. */
  finished(): KeptStretch[] {
    return this.#all.flatMap(({ start, written, checksums }) =>
      checksums === undefined ? [] : [{ start, size: written, checksums }],
    );
  }

  /** Makes the segment for the next bytes, or gives back an interrupted one. Undefined when all are given out. */
  take(workers: number): Segment | undefined {
    const again = this.#again.shift();
    if (again !== undefined) return again;
    const left = this.total - this.#next;
    if (left <= 0 && this.#all.length > 0) return undefined;
    // Towards the end all connections share what is left.
    const share = Math.max(mebibyte, Math.ceil(left / Math.max(1, workers)));
    const isFirst = this.#all.length === 0;
    if (!isFirst) this.#size = Math.min(this.#size, this.#mostFor(workers));
    const size = isFirst ? Math.min(this.#size, left) : Math.min(this.#size, share, left);
    const start = this.#next;
    const end = Math.min(start + size, this.#partEnd(start));
    const segment: Segment = { start, end, written: 0, hashes: [] };
    this.#all.push(segment);
    this.#next = segment.end;
    return segment;
  }

  #mostFor(workers: number): number {
    const share = Math.floor(mostAsked / Math.max(1, workers) / mebibyte) * mebibyte;
    return Math.min(this.#most, Math.max(smallest, share));
  }

  /** Position of the next new segment; undefined when none is left or an interrupted one comes first. */
  get nextStart(): number | undefined {
    return this.#again.length > 0 || this.#next >= this.total ? undefined : this.#next;
  }

  /** One request takes all the rest: the storage sends no ranges. */
  takeAllInOne(segment: Segment): void {
    segment.end = this.total;
    this.#next = this.total;
  }

  /** The size is known now; the segment under way may have been too long. */
  setTotal(total: number): void {
    this.total = total;
    for (const segment of this.#all) segment.end = Math.min(segment.end, total);
    this.#next = Math.min(this.#next, total);
  }

  /** No segment may reach over a multiple of `partSize` bytes; that of the first request is cut. */
  alignTo(partSize: number): void {
    this.#partSize = partSize;
    const [first] = this.#all;
    if (first === undefined) return;
    first.end = Math.min(first.end, partSize);
    this.#next = first.end;
  }

  #partEnd(start: number): number {
    if (this.#partSize === Number.POSITIVE_INFINITY) return this.#partSize;
    return (Math.floor(start / this.#partSize) + 1) * this.#partSize;
  }

  giveBack(segment: Segment): void {
    this.#again.push(segment);
  }

  /** A segment of `bytes` took so many milliseconds: the next ones adapt. */
  measured(bytes: number, milliseconds: number): void {
    if (bytes < this.#size) return;
    if (milliseconds < tooShort) this.#size = Math.min(largest, this.#size * 2);
    else if (milliseconds > tooLong) this.#size = Math.max(smallest, this.#size / 2);
  }

  /** So many bytes more of `segment` are written. */
  wrote(segment: Segment, bytes: number): void {
    segment.written += bytes;
    this.#written += bytes;
  }

  /** Bytes written of all segments. */
  get written(): number {
    return this.#written;
  }

  /** Everything before this offset is written. Asked for with each segment, so it never begins at the first one. */
  get frontier(): number {
    for (let next = this.#all[this.#frontier]; next !== undefined; next = this.#all[this.#frontier]) {
      const end = next.start + next.written;
      if (end < next.end) return end;
      this.#frontier += 1;
    }
    return this.#next;
  }

  /** From front to back, as they were made. */
  inOrder(): readonly Segment[] {
    return this.#all;
  }
}

/** File content that follows from the seed alone: page and driver make the same bytes without sending them around. */
import { Random } from './random.js';

export interface ContentOf {
  /** Number of the file in the run. */
  readonly file: number;
  /** Grows when the file changes on disk. */
  readonly version: number;
  readonly size: number;
}

const baseSize = 65_536;
const stampEvery = 4096;

/**
 * No two blocks of a run are alike: each begins with its file, its version and its place, so that a part in the wrong
 * place, of another file or of another version shows in the hash.
 */
export class Content {
  readonly #seed: number;
  readonly #base = new Uint8Array(baseSize);

  constructor(seed: number) {
    this.#seed = seed;
    const random = new Random(seed ^ 0x5eed);
    const words = new Uint32Array(this.#base.buffer);
    for (let at = 0; at < words.length; at++) words[at] = Math.floor(random.next() * 4_294_967_296);
  }

  /** In pieces of at most 1 MiB. */
  *pieces({ file, version, size }: ContentOf): Generator<Uint8Array<ArrayBuffer>> {
    const stamp = new Uint32Array([this.#seed, file, version, 0]);
    const stampBytes = new Uint8Array(stamp.buffer);
    for (let start = 0; start < size; start += 1 << 20) {
      const piece = new Uint8Array(Math.min(1 << 20, size - start));
      for (let at = 0; at < piece.length; at += baseSize) {
        piece.set(this.#base.subarray(0, Math.min(baseSize, piece.length - at)), at);
      }
      for (let at = 0; at < piece.length; at += stampEvery) {
        stamp[3] = (start + at) / stampEvery;
        piece.set(stampBytes.subarray(0, Math.min(stampBytes.length, piece.length - at)), at);
      }
      yield piece;
    }
  }
}

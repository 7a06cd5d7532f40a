import { TransferError } from '../../core/errors.js';

/** Most bytes that one download may hold in memory, by default. */
export const largestInMemory = 1024 * 1024 * 1024;

/** What the files of one download may take of the memory, together. */
export class MemoryRoom {
  readonly #most: number;
  #taken = 0;

  /** @param most bytes */
  constructor(most = largestInMemory) {
    this.#most = most;
  }

  /**
   * For a file that has `taken` bytes of the room already and needs `size` in all. Returns what it has then. Throws
   * `TransferError` (`too-large`).
   */
  grow(taken: number, size: number): number {
    if (size <= taken) return taken;
    const others = this.#taken - taken;
    if (others + size > this.#most) throw tooLarge(this.#most, size > this.#most);
    this.#taken = others + size;
    return size;
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
  }
}

function tooLarge(most: number, isAlone: boolean): TransferError {
  const limit = most < 1024 ** 2 ? `${most} bytes` : `${Math.floor(most / 1024 ** 2)} MiB`;
  const what = isAlone ? 'The file is' : 'The files together are';
  return new TransferError(
    `${what} too large to hold in memory (more than ${limit}). Download to disk instead.`,
    { kind: 'fatal', reason: 'too-large' },
  );
}

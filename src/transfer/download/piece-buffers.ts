/** Bytes that are written at once: small writes are slow in every engine. */
export const pieceSize = 1024 * 1024;

/**
 * Buffers that are used again by all requests of a file. One left behind by each request would be garbage that no
 * engine is in a hurry to collect, because it lies outside the heap of the page: 100 MiB in ten seconds on a fast link.
 */
export class PieceBuffers {
  readonly #free: ArrayBuffer[] = [];

  /** @param size bytes, up to {@link pieceSize} */
  take(size: number): ArrayBuffer {
    return (size === pieceSize ? this.#free.pop() : undefined) ?? new ArrayBuffer(size);
  }

  giveBack(buffer: ArrayBuffer | undefined): void {
    if (buffer?.byteLength === pieceSize) this.#free.push(buffer);
  }
}

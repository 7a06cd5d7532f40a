/** Reads lines and runs of bytes out of a stream of chunks, without holding more than a line and a chunk. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #fill(): Promise<boolean> {
    if (this.#ended) return false;
    const { value, done } = await this.#source.next();
    if (done) {
      this.#ended = true;
      return false;
    }
    this.#buffer = this.#buffer.length === 0 ? value : Buffer.concat([this.#buffer, value]);
    return true;
  }

  /** Up to and without the separator, which is consumed. Undefined when the stream ends or the limit passes first. */
  async until(separator: Buffer, limit: number): Promise<Buffer | undefined> {
    for (;;) {
      const at = this.#buffer.indexOf(separator);
      if (at >= 0 && at <= limit) {
        const found = this.#buffer.subarray(0, at);
        this.#buffer = this.#buffer.subarray(at + separator.length);
        return found;
      }
      if (at > limit || this.#buffer.length > limit + separator.length || !(await this.#fill()))
        return undefined;
    }
  }

  /** The next so many bytes, in pieces as they come; fewer when the stream ends. */
  async *take(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      if (this.#buffer.length === 0 && !(await this.#fill())) return;
      const piece = this.#buffer.subarray(0, left);
      this.#buffer = this.#buffer.subarray(piece.length);
      left -= piece.length;
      if (piece.length > 0) yield piece;
    }
  }

  /** Everything before the separator, in pieces; it is consumed. Returns false when the stream ended without it. */
  async *takeUntil(separator: Buffer): AsyncGenerator<Buffer, boolean> {
    for (;;) {
      const at = this.#buffer.indexOf(separator);
      if (at >= 0) {
        const piece = this.#buffer.subarray(0, at);
        this.#buffer = this.#buffer.subarray(at + separator.length);
        if (piece.length > 0) yield piece;
        return true;
      }
      // The separator's beginning may be the end of what is here.
      const safe = this.#buffer.length - separator.length + 1;
      if (safe > 0) {
        const piece = this.#buffer.subarray(0, safe);
        this.#buffer = this.#buffer.subarray(safe);
        yield piece;
      }
      if (!(await this.#fill())) return false;
    }
  }

  /** What is left. */
  async *rest(): AsyncGenerator<Buffer> {
    if (this.#buffer.length > 0) yield this.#buffer;
    this.#buffer = Buffer.alloc(0);
    while (await this.#fill()) {
      yield this.#buffer;
      this.#buffer = Buffer.alloc(0);
    }
  }
}

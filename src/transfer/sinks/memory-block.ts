/**
 * A stretch of a file in memory that takes bytes at any place, again and again. Once it has been filled it becomes a
 * blob: browsers move those out of the page's memory, to disk if need be.
 */
export class MemoryBlock {
  readonly #length: number;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #packed: Blob | undefined;
  #unpacking: Promise<void> | undefined;
  /** Bytes written since it was last made or opened. What came twice counts twice: then it is packed early. */
  #written = 0;
  #end = 0;

  constructor(length: number) {
    this.#length = length;
  }

  async write(at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    // Again after each wait: another write may have packed it meanwhile.
    while (this.#packed) await (this.#unpacking ??= this.#unpack(this.#packed));
    this.#bytes ??= new Uint8Array(this.#length);
    this.#bytes.set(bytes, at);
    this.#end = Math.max(this.#end, at + bytes.length);
    this.#written += bytes.length;
    if (this.#written < this.#length || this.#end < this.#length) return;
    this.#packed = new Blob([this.#bytes]);
    this.#bytes = undefined;
  }

  /** A file that is written once more is so as a whole, or a member of an archive is. */
  async #unpack(blob: Blob): Promise<void> {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    this.#bytes = bytes;
    this.#packed = undefined;
    this.#unpacking = undefined;
    this.#written = 0;
  }

  /** As far as anything was written. */
  get content(): BlobPart {
    return this.#packed ?? this.#bytes?.subarray(0, this.#end) ?? '';
  }
}

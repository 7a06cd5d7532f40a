import { MemoryBlock } from './memory-block.js';
import { MemoryRoom } from './memory-room.js';
import type { Sink, SinkFacts } from './sink.js';

/** Bytes. A blob for each write would cost browsers some twenty thousand bytes each, and a zip has thousands of writes. */
const blockLength = 1024 * 1024;

/** A file that is held in memory until it is whole, as {@link MemoryBlock}s. */
export class MemorySink implements Sink {
  readonly facts: SinkFacts = {
    seekable: true,
    canResume: true,
    canVerify: true,
    survivesReload: false,
    survivesTabClose: false,
    needsClick: false,
    copiesTwice: false,
  };
  readonly #type: string;
  readonly #room: MemoryRoom;
  readonly #deliver: (blob: Blob) => Promise<string | undefined>;
  #size: number | undefined;
  #blocks: MemoryBlock[] = [];
  #blob: Blob | undefined;
  /** Bytes of the room. */
  #taken = 0;

  constructor(
    type: string,
    {
      room = new MemoryRoom(),
      deliver,
    }: { room?: MemoryRoom; deliver?: (blob: Blob) => Promise<string | undefined> } = {},
  ) {
    this.#type = type;
    this.#room = room;
    this.#deliver = deliver ?? (async () => undefined);
  }

  async open(size: number | undefined): Promise<void> {
    this.#size = size;
    this.#blocks = [];
    this.#taken = this.#room.grow(this.#taken, size ?? 0);
  }

  async write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    this.#taken = this.#room.grow(this.#taken, position + bytes.length);
    for (let done = 0; done < bytes.length; ) {
      const index = Math.floor((position + done) / blockLength);
      const at = position + done - index * blockLength;
      const piece = bytes.subarray(done, done + blockLength - at);
      await this.#block(index).write(at, piece);
      done += piece.length;
    }
    return bytes.buffer;
  }

  #block(index: number): MemoryBlock {
    const rest = (this.#size ?? Number.POSITIVE_INFINITY) - index * blockLength;
    this.#blocks[index] ??= new MemoryBlock(rest > 0 ? Math.min(blockLength, rest) : blockLength);
    return this.#blocks[index];
  }

  async close(): Promise<Blob> {
    const content = this.#blocks.filter(Boolean).map(block => block.content);
    this.#blocks = [];
    return (this.#blob = new Blob(content, { type: this.#type }));
  }

  deliver(): Promise<string | undefined> {
    return this.#deliver(this.#blob!);
  }

  async abort(): Promise<void> {
    this.#room.giveBack(this.#taken);
    this.#taken = 0;
    this.#blocks = [];
    this.#blob = undefined;
  }
}

import { TransferError } from '../../core/errors.js';
import type { Sink, SinkFacts } from './sink.js';

/** Most bytes taken into memory, by default. */
export const largestInMemory = 1024 * 1024 * 1024;

/**
 * A blob. Each write becomes a blob of its own at once: browsers move those out of the page's memory, to disk if need
 * be, where an array of chunks would stay.
 */
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
  readonly #most: number;
  readonly #deliver: (blob: Blob) => Promise<string | undefined>;
  #pieces = new Map<number, Blob>();
  #bytes = 0;
  #blob: Blob | undefined;

  constructor(
    type: string,
    {
      most = largestInMemory,
      deliver,
    }: { most?: number; deliver?: (blob: Blob) => Promise<string | undefined> } = {},
  ) {
    this.#type = type;
    this.#most = most;
    this.#deliver = deliver ?? (async () => undefined);
  }

  async open(size: number | undefined): Promise<void> {
    this.#pieces = new Map();
    this.#bytes = 0;
    this.#guard(size ?? 0);
  }

  #guard(size: number): void {
    if (size <= this.#most) return;
    throw new TransferError(
      `The file is too large to hold in memory (more than ${Math.round(this.#most / 1024 ** 2)} MiB). Download it to disk instead.`,
      { kind: 'fatal', reason: 'too-large' },
    );
  }

  async write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    const before = this.#pieces.get(position)?.size ?? 0;
    this.#bytes += bytes.length - before;
    this.#guard(this.#bytes);
    this.#pieces.set(position, new Blob([bytes]));
    return bytes.buffer;
  }

  async close(): Promise<Blob> {
    const inOrder = [...this.#pieces].sort(([one], [other]) => one - other).map(([, piece]) => piece);
    this.#pieces.clear();
    return (this.#blob = new Blob(inOrder, { type: this.#type }));
  }

  deliver(): Promise<string | undefined> {
    return this.#deliver(this.#blob!);
  }

  async abort(): Promise<void> {
    this.#pieces.clear();
    this.#blob = undefined;
  }
}

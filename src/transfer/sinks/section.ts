import type { Sink, SinkFacts } from './sink.js';

/** A stretch of a larger file: one member of an archive. The file itself is opened, closed and given up by its owner. */
export class SectionSink implements Sink {
  readonly facts: SinkFacts;
  readonly #whole: Sink;
  readonly #offset: number;

  constructor(whole: Sink, offset: number) {
    this.#whole = whole;
    this.#offset = offset;
    this.facts = whole.facts;
  }

  async open(): Promise<void> {}

  write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined> {
    return this.#whole.write(this.#offset + position, bytes);
  }

  async close(): Promise<undefined> {
    return undefined;
  }

  async deliver(): Promise<undefined> {
    return undefined;
  }

  async abort(): Promise<void> {}
}

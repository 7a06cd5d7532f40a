import type { Sink, SinkFacts } from './sink.js';
import type { KeptContent } from './staged-journal.js';

interface Stretch {
  /** Bytes before it in the larger file. */
  readonly offset: number;
  /** Its own bytes. */
  readonly size: number;
}

/** A stretch of a larger file: one member of an archive. The file itself is opened, closed and given up by its owner. */
export class SectionSink implements Sink {
  readonly facts: SinkFacts;
  readonly cannotReadBack = true;
  readonly #whole: Sink;
  readonly #offset: number;
  readonly #size: number;
  readonly keep: (content: KeptContent) => void;

  /** @param keep notes what is written of the stretch, as {@link Sink.keep} does for a whole file */
  constructor(whole: Sink, { offset, size }: Stretch, keep: (content: KeptContent) => void) {
    this.#whole = whole;
    this.#offset = offset;
    this.#size = size;
    this.keep = keep;
    this.facts = whole.facts;
  }

  async open(): Promise<void> {}

  async write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined> {
    // Whatever went wrong before: what stands behind it belongs to another member.
    if (position + bytes.length > this.#size) throw new RangeError('A member does not fit into its place.');
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

import { abortable } from '../clock.js';
import { MemorySink } from './memory.js';
import type { Sink, SinkFacts } from './sink.js';

export interface Turn {
  /** Resolves when all that comes before is written. Rejects when that will never be, or with the signal's reason. */
  wait(signal: AbortSignal | undefined): Promise<void>;
  /** Writes all of the member, once. */
  write(content: Blob): Promise<void>;
}

/**
 * A small member of an archive that is written from front to back: fetched into memory while earlier ones are still
 * written, and put behind them when it is handed over.
 */
export class HeldSection implements Sink {
  readonly facts: SinkFacts;
  readonly #held = new MemorySink('');
  readonly #turn: Turn;
  #content: Blob | undefined;
  #writing: Promise<void> | undefined;

  constructor(whole: Sink, turn: Turn) {
    this.facts = { ...whole.facts, seekable: true };
    this.#turn = turn;
  }

  open(size: number | undefined): Promise<void> {
    return this.#held.open(size);
  }

  write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    return this.#held.write(position, bytes);
  }

  async close(): Promise<Blob> {
    return (this.#content = await this.#held.close());
  }

  async deliver(signal?: AbortSignal): Promise<undefined> {
    if (this.#writing === undefined) {
      await this.#turn.wait(signal);
      // A pause does not stop it half-way: what is in the archive cannot be written again.
      this.#writing = this.#turn.write(this.#content!);
    }
    if (signal === undefined) await this.#writing;
    else await abortable(this.#writing, signal);
    this.#content = undefined;
    return undefined;
  }

  async abort(): Promise<void> {
    this.#content = undefined;
    await this.#held.abort();
  }
}

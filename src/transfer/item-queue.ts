import type { Lane } from './job.js';

/** First in, first out, without moving what is left when the first leaves. */
class Line {
  #indexes: number[] = [];
  #head = 0;

  push(index: number): void {
    this.#indexes.push(index);
  }

  take(usable: (index: number) => boolean): number | undefined {
    while (this.#head < this.#indexes.length) {
      const index = this.#indexes[this.#head++]!;
      if (this.#head > 4096 && this.#head * 2 > this.#indexes.length) {
        this.#indexes = this.#indexes.slice(this.#head);
        this.#head = 0;
      }
      if (usable(index)) return index;
    }
    this.#indexes = [];
    this.#head = 0;
    return undefined;
  }
}

/**
 * The items a job has still to begin. Items that were paused or cancelled meanwhile stay in it and are passed over
 * when their turn comes: taking them out would cost a search.
 */
export class ItemQueue {
  readonly #lanes: Record<Lane, Line> = { small: new Line(), large: new Line() };
  readonly #first: number[] = [];

  push(lane: Lane, index: number): void {
    this.#lanes[lane].push(index);
  }

  /** Before everything else: what a person just resumed. */
  pushFirst(index: number): void {
    this.#first.push(index);
  }

  take(lane: Lane, usable: (index: number) => boolean): number | undefined {
    return this.#lanes[lane].take(usable);
  }

  takeFirst(usable: (index: number) => boolean): number | undefined {
    for (let index = this.#first.shift(); index !== undefined; index = this.#first.shift()) {
      if (usable(index)) return index;
    }
    return undefined;
  }
}

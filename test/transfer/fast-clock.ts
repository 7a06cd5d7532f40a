import type { Clock } from '../../src/transfer/clock.js';

/** A clock on which waiting costs nothing: timers fire in the next tasks, and its time jumps to where they would be. */
export class FastClock implements Clock {
  #now = 1_800_000_000_000;
  /** Delays that were asked for, in milliseconds. */
  readonly delays: number[] = [];
  /** What `random` returns; in the middle by default. */
  fraction = 0.5;

  now(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    this.delays.push(milliseconds);
    const due = this.#now + milliseconds;
    return globalThis.setTimeout(() => {
      this.#now = Math.max(this.#now, due);
      callback();
    }, 0);
  }

  clearTimeout(handle: unknown): void {
    globalThis.clearTimeout(handle as number);
  }

  random(): number {
    return this.fraction;
  }
}

import type { Clock } from '../../src/transfer/clock.js';

/** A clock that runs faster than the world, so that real outages of a second outlast the engine's real patience. */
export class QuickClock implements Clock {
  readonly #factor: number;
  readonly #start = Date.now();
  #ahead = 0;

  /** @param factor how many of its milliseconds pass in one */
  constructor(factor: number) {
    this.#factor = factor;
  }

  now(): number {
    return Math.round(this.#start + (Date.now() - this.#start) * this.#factor) + this.#ahead;
  }

  /** What a machine does that wakes up: time is later, and no timer has fired meanwhile. */
  jump(milliseconds: number): void {
    this.#ahead += milliseconds;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    return globalThis.setTimeout(callback, milliseconds / this.#factor);
  }

  clearTimeout(handle: unknown): void {
    globalThis.clearTimeout(handle as number);
  }

  random(): number {
    return Math.random();
  }
}

import type { Clock } from '../../src/transfer/clock.js';

/**
 * How many of the engine's milliseconds pass in a real one. Twenty, unless the environment variable `FAULTS_HASTE` says
 * otherwise: times that are told are the truer the slower it runs, since the machine's own time counts so many times.
 */
export async function usualHaste(): Promise<number> {
  const servers = (await (await fetch('/__servers.json')).json()) as { haste?: number };
  return servers.haste ?? 20;
}

/** A clock that runs faster than the world, so that real outages of a second outlast the engine's real patience. */
export class QuickClock implements Clock {
  /** How many of its milliseconds pass in one. */
  readonly factor: number;
  readonly #start = Date.now();
  #ahead = 0;
  /** Milliseconds that every timer takes at least: browsers wake a tab in the background once a minute. */
  least = 0;

  constructor(factor: number) {
    this.factor = factor;
  }

  now(): number {
    return Math.round(this.#start + (Date.now() - this.#start) * this.factor) + this.#ahead;
  }

  /** What a machine does that wakes up: time is later, and no timer has fired meanwhile. */
  jump(milliseconds: number): void {
    this.#ahead += milliseconds;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    return globalThis.setTimeout(callback, Math.max(this.least, milliseconds) / this.factor);
  }

  clearTimeout(handle: unknown): void {
    globalThis.clearTimeout(handle as number);
  }

  random(): number {
    return Math.random();
  }
}

import { type Clock, sleep } from './clock.js';

/**
 * Keeps the bytes of a manager below a rate by delaying the start of requests: a request that has begun cannot be
 * slowed down in a browser.
 */
export class Pacer {
  readonly #clock: Clock;
  /** Bytes per second; undefined: no limit. */
  bandwidth: number | undefined;
  #free = 0;

  constructor(clock: Clock, bandwidth?: number) {
    this.#clock = clock;
    this.bandwidth = bandwidth;
  }

  /** Waits until `bytes` more fit below the rate. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const { bandwidth } = this;
    if (bandwidth === undefined || bandwidth <= 0 || !Number.isFinite(bandwidth)) return;
    const now = this.#clock.now();
    const start = Math.max(now, this.#free);
    this.#free = start + (bytes * 1000) / bandwidth;
    if (start > now) await sleep(this.#clock, start - now, signal);
  }
}

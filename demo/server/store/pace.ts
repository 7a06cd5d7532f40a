import { setTimeout as sleep } from 'node:timers/promises';

/** Holds a stream of bytes to a rate. One per connection or request. */
export class Pace {
  #free = 0;

  /** Waits until so many bytes may have passed. `bytesPerSecond` of 0 does not wait. */
  async pass(bytes: number, bytesPerSecond: number, signal: AbortSignal): Promise<void> {
    if (bytesPerSecond <= 0) return;
    const now = performance.now();
    this.#free = Math.max(this.#free, now) + (bytes / bytesPerSecond) * 1000;
    if (this.#free - now > 1) await sleep(this.#free - now, undefined, { signal });
  }
}

/** Nothing happens, for so many milliseconds or until the signal. Rejects when the signal ends it. */
export function silence(milliseconds: number | undefined, signal: AbortSignal): Promise<void> {
  return sleep(milliseconds ?? 0x7fffffff, undefined, { signal });
}

import type { Clock } from './clock.js';

/** Leave for one request's bytes. */
export interface PacedTurn {
  /** These bytes of it never went out: others may go in their place. Counted once. */
  giveBack(bytes: number): void;
}

interface Waiter {
  readonly bytes: number;
  go(): void;
}

/**
 * Keeps the bytes of a manager below a rate by delaying the start of requests: a request that has begun cannot be
 * slowed down in a browser. Requests go in the order in which they asked, each once the bytes of those before it would
 * have gone at that rate.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #line: Waiter[] = [];
  #bandwidth: number | undefined;
  /** Bytes let go that the rate has not caught up with, as of {@link #countedAt}. */
  #ahead = 0;
  #countedAt = 0;
  #timer: unknown;

  constructor(clock: Clock, bandwidth?: number) {
    this.#clock = clock;
    this.#bandwidth = limitOf(bandwidth);
  }

  /** Bytes per second; undefined: no limit. Those who wait go on at the new rate at once. */
  get bandwidth(): number | undefined {
    return this.#bandwidth;
  }

  set bandwidth(value: number | undefined) {
    this.#count();
    this.#bandwidth = limitOf(value);
    this.#serve();
  }

  /** Waits until `bytes` more fit below the rate. Rejects with the signal's reason when that comes first. */
  take(bytes: number, signal: AbortSignal): Promise<PacedTurn> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const waiter: Waiter = {
        bytes,
        go: () => {
          signal.removeEventListener('abort', stop);
          resolve(this.#turn(bytes));
        },
      };
      const stop = (): void => {
        this.#line.splice(this.#line.indexOf(waiter), 1);
        reject(signal.reason);
        this.#serve();
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#line.push(waiter);
      this.#serve();
    });
  }

  #turn(bytes: number): PacedTurn {
    let open = true;
    return {
      giveBack: unsent => {
        if (!open) return;
        open = false;
        this.#count();
        // Never below nothing: time in which little was sent is no leave for a burst.
        this.#ahead = Math.max(0, this.#ahead - Math.min(bytes, unsent));
        this.#serve();
      },
    };
  }

  #count(): void {
    const now = this.#clock.now();
    const gone =
      this.#bandwidth === undefined ? this.#ahead : ((now - this.#countedAt) * this.#bandwidth) / 1000;
    this.#ahead = Math.max(0, this.#ahead - Math.max(0, gone));
    this.#countedAt = now;
  }

  #serve(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#count();
    while (this.#line.length > 0 && (this.#bandwidth === undefined || this.#ahead === 0)) {
      const next = this.#line.shift()!;
      this.#ahead += next.bytes;
      next.go();
    }
    if (this.#line.length === 0 || this.#bandwidth === undefined) return;
    const milliseconds = Math.ceil((this.#ahead * 1000) / this.#bandwidth);
    this.#timer = this.#clock.setTimeout(() => this.#serve(), milliseconds);
  }
}

/** No rate, or none that means anything, is no limit. */
function limitOf(bandwidth: number | undefined): number | undefined {
  return bandwidth !== undefined && bandwidth > 0 && Number.isFinite(bandwidth) ? bandwidth : undefined;
}

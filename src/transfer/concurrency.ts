/**
 * How many connections one origin gets right now. Up to what an HTTP/1.1 browser opens anyway it simply uses them;
 * beyond that it climbs while more connections bring more bytes and steps back when the last step brought nothing.
 * When the network or the storage loses requests it backs off, and climbs again one connection a round.
 */
export interface AdaptiveLimitOptions {
  /** Most connections. Default 6: what browsers open to one HTTP/1.1 origin. */
  readonly ceiling?: number;
  /** Connections to begin with. Default: the ceiling, at most 6. */
  readonly start?: number;
}

/** Connections a browser opens to one HTTP/1.1 origin. */
export const httpOneConnections = 6;

/** Throughput is compared over windows of at least this many milliseconds… */
const window = 2000;
/** …and at least this many requests for each connection: a window with three answers in it measures chance. */
const roundsPerWindow = 2;
/** A step is kept when throughput rose by this share; less is noise. */
const worthwhile = 1.05;
/** How long to leave a limit alone, in windows, after a step up brought nothing. */
const rest = 8;

export class AdaptiveLimit {
  #ceiling: number;
  #limit: number;
  #windowStart: number | undefined;
  #requests = 0;
  #bytes = 0;
  #saturated = true;
  #lastRate = 0;
  #steppedUp = false;
  #restLeft = 0;
  #lastLoss = Number.NEGATIVE_INFINITY;

  constructor({ ceiling = httpOneConnections, start }: AdaptiveLimitOptions = {}) {
    this.#ceiling = Math.max(1, Math.floor(ceiling));
    this.#limit = Math.min(this.#ceiling, start ?? httpOneConnections);
  }

  get limit(): number {
    return this.#limit;
  }

  get ceiling(): number {
    return this.#ceiling;
  }

  set ceiling(value: number) {
    const ceiling = Math.max(1, Math.floor(value));
    if (ceiling === this.#ceiling) return;
    const wasFull = this.#limit >= Math.min(this.#ceiling, httpOneConnections);
    this.#ceiling = ceiling;
    this.#limit = Math.min(ceiling, wasFull ? Math.max(this.#limit, httpOneConnections) : this.#limit);
  }

  /** A request ended well after moving `bytes`; `busy`: every connection of the limit was in use. */
  succeeded(bytes: number, now: number, busy: boolean): void {
    this.#windowStart ??= now;
    this.#requests += 1;
    this.#bytes += bytes;
    this.#saturated &&= busy;
    if (this.#limit < Math.min(this.#ceiling, httpOneConnections)) {
      if (this.#requests < this.#limit) return;
      this.#limit += 1;
      this.#newWindow(now);
      return;
    }
    const elapsed = now - this.#windowStart;
    if (elapsed < window || this.#requests < this.#limit * roundsPerWindow) return;
    this.#decide((this.#bytes * 1000) / elapsed);
    this.#newWindow(now);
  }

  #newWindow(now: number | undefined): void {
    this.#windowStart = now;
    this.#requests = 0;
    this.#bytes = 0;
    this.#saturated = true;
  }

  #decide(rate: number): void {
    // Throughput of connections that were not all in use says nothing about the limit.
    if (!this.#saturated) {
      this.#steppedUp = false;
      return;
    }
    if (this.#steppedUp && rate < this.#lastRate * worthwhile) {
      this.#limit -= 1;
      this.#steppedUp = false;
      this.#restLeft = rest;
    } else if (this.#restLeft > 0) {
      this.#restLeft -= 1;
    } else if (this.#limit < this.#ceiling) {
      this.#limit += 1;
      this.#steppedUp = true;
    } else {
      this.#steppedUp = false;
    }
    this.#lastRate = rate;
  }

  /** A request was lost (connection cut, stalled, 429, 503). Losses that come together count once. */
  lost(now: number): void {
    const since = now - this.#lastLoss;
    if (since >= 0 && since < window) return;
    this.#lastLoss = now;
    this.#limit = Math.max(1, Math.floor(this.#limit * 0.7));
    this.#steppedUp = false;
    this.#restLeft = 0;
    this.#lastRate = 0;
    this.#newWindow(undefined);
  }
}

/**
 * Finds the connection that holds up a file: much slower than its peers, for a while. Storages throttle connections
 * one by one, and a route may go bad for one of them only; then the rest of its range is better asked for anew.
 */
import type { Clock } from '../clock.js';

/** Speed is judged over so many milliseconds: one hiccup is no slowness. */
const lookBack = 5_000;
const lookEvery = 500;
/** Slower than the others by this factor. */
const muchSlower = 4;
/** With less than so many milliseconds to go, a connection is left to end. */
const worthIt = 3_000;
/** Milliseconds. A longer wait for the sink says nothing of the connection. */
const notable = 100;
/** Others, running or lately done, that it takes to know what is usual. */
const fewestOthers = 2;
const othersRemembered = 6;

/** One request for a range. */
export class WatchedConnection {
  readonly #samples: { at: number; bytes: number }[];
  readonly #left: () => number;
  readonly replace: () => void;
  #bytes = 0;
  /** Pieces that the sink has not taken yet. */
  #waiting = 0;
  #waitedUntil = Number.NEGATIVE_INFINITY;

  constructor(now: number, left: () => number, replace: () => void) {
    this.#samples = [{ at: now, bytes: 0 }];
    this.#left = left;
    this.replace = replace;
  }

  count(bytes: number, now: number): void {
    this.#bytes += bytes;
    if (now - this.#samples.at(-1)!.at >= lookEvery) this.#samples.push({ at: now, bytes: this.#bytes });
    while (this.#samples.length > 2 && now - this.#samples[1]!.at >= lookBack) this.#samples.shift();
  }

  /** The sink is waited for, until the function that comes back is called. */
  wait(clock: Pick<Clock, 'now'>): () => void {
    const began = clock.now();
    this.#waiting += 1;
    return () => {
      this.#waiting -= 1;
      const now = clock.now();
      if (now - began > notable) this.#waitedUntil = now;
    };
  }

  /** Bytes per millisecond, lately. */
  rate(now: number): number {
    const { at, bytes } = this.#samples[0]!;
    return (this.#bytes - bytes) / Math.max(1, now - at);
  }

  /** Old enough to be judged, and with enough left to make a new connection worth while. */
  isJudged(now: number): boolean {
    if (this.#waiting > 0) return false;
    const since = Math.max(this.#samples[0]!.at, this.#waitedUntil);
    return now - since >= lookBack && this.#left() > this.rate(now) * worthIt;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** The connections of one file. */
export class SlowConnections {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #running = new Set<WatchedConnection>();
  /** Rates of those that ended well. */
  readonly #done: number[] = [];
  #lookedAt = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /**
   * @param left bytes that the request still has to bring
   * @param replace called once at most, when the connection is much slower than the others
   */
  begin(left: () => number, replace: () => void): WatchedConnection {
    const connection = new WatchedConnection(this.#clock.now(), left, replace);
    this.#running.add(connection);
    return connection;
  }

  received(connection: WatchedConnection, bytes: number): void {
    const now = this.#clock.now();
    connection.count(bytes, now);
    if (now - this.#lookedAt < lookEvery) return;
    this.#lookedAt = now;
    this.#look(now);
  }

  /** `connection` waits for the sink, until the function that comes back is called. */
  waits(connection: WatchedConnection): () => void {
    return connection.wait(this.#clock);
  }

  /** `well`: all bytes came; their speed counts as usual. */
  end(connection: WatchedConnection, well: boolean): void {
    if (!this.#running.delete(connection) || !well) return;
    this.#done.push(connection.rate(this.#clock.now()));
    if (this.#done.length > othersRemembered) this.#done.shift();
  }

  /** Replaces the slowest one at most: with it gone the others may be seen in another light. */
  #look(now: number): void {
    let slowest: WatchedConnection | undefined;
    for (const connection of this.#running) {
      if (!connection.isJudged(now)) continue;
      if (slowest === undefined || connection.rate(now) < slowest.rate(now)) slowest = connection;
    }
    if (slowest === undefined) return;
    const others = [...this.#done];
    for (const connection of this.#running) if (connection !== slowest) others.push(connection.rate(now));
    if (others.length < fewestOthers || slowest.rate(now) * muchSlower >= median(others)) return;
    this.#running.delete(slowest);
    slowest.replace();
  }
}

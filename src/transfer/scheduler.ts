import { type Clock, systemClock } from './clock.js';
import { AdaptiveLimit, httpOneConnections } from './concurrency.js';

/** What a connection is wanted for, most urgent first. */
export type RequestPriority = 'bytes' | 'complete' | 'sign' | 'begin';

const priorities: readonly RequestPriority[] = ['bytes', 'complete', 'sign', 'begin'];

/** A less urgent request is served after this many more urgent ones went first: nothing waits for ever. */
const patience = 6;

/** Requests of one flow share fairly with other flows, however many of them wait. Any object; compared by identity. */
export type Flow = object;

export interface AcquireOptions {
  /** Origins that would do; the least loaded one is chosen. */
  readonly origins: readonly string[];
  /** Default `bytes`. */
  readonly priority?: RequestPriority;
  readonly signal: AbortSignal;
  /**
   * Who asks. A free connection goes to the flow that holds the fewest: give every large file a flow of its own and
   * all small files of a job one together, so that neither kind waits for the other. Default: one for all.
   */
  readonly flow?: Flow;
  /**
   * Most connections for each of these origins, when the caller wants another number than the default 6. Of callers at
   * work at the same time the last one's number counts; an origin that nobody uses has the default again.
   */
  readonly ceiling?: number;
  /** A reservation made for this request; its origin is taken. */
  readonly reservation?: Reservation;
}

/** A connection that may be used until it is released. */
export interface Lease {
  readonly origin: string;
  /**
   * Gives the connection back. Say how it went: `bytes` that really moved, or `lost` when the connection broke,
   * stalled or the storage asked to slow down. Calling it again does nothing.
   */
  release(outcome?: { readonly bytes?: number; readonly lost?: boolean }): void;
}

/** An origin chosen ahead of the request, for a signature that must name it. */
export interface Reservation {
  readonly origin: string;
  /** Gives it up. `acquire` does it by itself. */
  cancel(): void;
}

interface Waiter {
  readonly flow: Flow;
  skipped: number;
  grant(origin: string): void;
}

/** Waiters of one priority at one set of origins, first come first served within a flow. */
class WaitingLine {
  readonly #flows = new Map<Flow, Waiter[]>();
  size = 0;

  add(waiter: Waiter): void {
    const line = this.#flows.get(waiter.flow);
    if (line) line.push(waiter);
    else this.#flows.set(waiter.flow, [waiter]);
    this.size += 1;
  }

  remove(waiter: Waiter): boolean {
    const line = this.#flows.get(waiter.flow);
    const position = line?.indexOf(waiter) ?? -1;
    if (!line || position < 0) return false;
    line.splice(position, 1);
    if (line.length === 0) this.#flows.delete(waiter.flow);
    this.size -= 1;
    return true;
  }

  /** First waiter of the flow that holds the fewest connections; a tie goes to the flow that has waited longer. */
  best(holds: (flow: Flow) => number, served: (flow: Flow) => number): Waiter | undefined {
    let best: Waiter | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    let oldest = Number.POSITIVE_INFINITY;
    for (const [flow, line] of this.#flows) {
      const held = holds(flow);
      const last = served(flow);
      if (held < fewest || (held === fewest && last < oldest)) {
        best = line[0];
        fewest = held;
        oldest = last;
      }
    }
    return best;
  }
}

/** The connections of one origin. */
class ConnectionBudget {
  readonly limit = new AdaptiveLimit();
  /** What holds for callers that ask for no number of their own. */
  usualCeiling = httpOneConnections;
  active = 0;
  reserved = 0;
  /** Nothing goes out before this time. */
  brakedUntil = 0;
  brakeTimer: unknown;
  readonly lines = new Map<RequestPriority, WaitingLine>(priorities.map(name => [name, new WaitingLine()]));

  get isIdle(): boolean {
    return this.active === 0 && this.waiting === 0;
  }

  get waiting(): number {
    let waiting = 0;
    for (const line of this.lines.values()) waiting += line.size;
    return waiting;
  }
}

/**
 * One budget of connections per origin, shared by all jobs of the page: the browser would queue what is too much in
 * an order of its own, and time spent in its queue looks like a stalled connection.
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #budgets = new Map<string, ConnectionBudget>();
  readonly #held = new WeakMap<Flow, number>();
  readonly #served = new WeakMap<Flow, number>();
  readonly #everyone: Flow = {};
  #turn = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  #budget(origin: string): ConnectionBudget {
    let budget = this.#budgets.get(origin);
    if (!budget) this.#budgets.set(origin, (budget = new ConnectionBudget()));
    return budget;
  }

  #load(origin: string): number {
    const budget = this.#budget(origin);
    const load = budget.active + budget.reserved + budget.waiting;
    const braked = budget.brakedUntil > this.#clock.now();
    return load / budget.limit.limit + (braked ? 1000 : 0);
  }

  #leastLoaded(origins: readonly string[]): string {
    let best = origins[0];
    if (best === undefined) throw new RangeError('At least one origin is needed.');
    let least = this.#load(best);
    for (const origin of origins.slice(1)) {
      const load = this.#load(origin);
      if (load < least) {
        best = origin;
        least = load;
      }
    }
    return best;
  }

  /** Connections that these origins give now, together. */
  capacity(origins: readonly string[]): number {
    return origins.reduce((sum, origin) => sum + this.#budget(origin).limit.limit, 0);
  }

  /** Sets the most connections of an origin. Default 6. */
  setCeiling(origin: string, ceiling: number): void {
    const budget = this.#budget(origin);
    budget.usualCeiling = ceiling;
    budget.limit.ceiling = ceiling;
    this.#serve(origin);
  }

  /** Chooses an origin now for a request that will be made soon. */
  reserve(origins: readonly string[]): Reservation {
    const origin = this.#leastLoaded(origins);
    const budget = this.#budget(origin);
    budget.reserved += 1;
    let open = true;
    return {
      origin,
      cancel: () => {
        if (open) budget.reserved -= 1;
        open = false;
      },
    };
  }

  /** Waits for a connection. Rejects with the signal's reason when that comes first. */
  acquire(options: AcquireOptions): Promise<Lease> {
    const { signal, priority = 'bytes', flow = this.#everyone, reservation, ceiling } = options;
    reservation?.cancel();
    if (signal.aborted) return Promise.reject(signal.reason);
    const origin = reservation?.origin ?? this.#leastLoaded(options.origins);
    const budget = this.#budget(origin);
    for (const each of new Set([...options.origins, origin])) {
      const { limit, isIdle, usualCeiling } = this.#budget(each);
      if (ceiling !== undefined) limit.ceiling = ceiling;
      else if (isIdle) limit.ceiling = usualCeiling;
    }
    return new Promise((resolve, reject) => {
      const line = budget.lines.get(priority)!;
      const waiter: Waiter = {
        flow,
        skipped: 0,
        grant: () => {
          signal.removeEventListener('abort', stop);
          resolve(this.#lease(origin, budget, flow));
        },
      };
      const stop = (): void => {
        if (line.remove(waiter)) reject(signal.reason);
      };
      signal.addEventListener('abort', stop, { once: true });
      line.add(waiter);
      this.#serve(origin);
    });
  }

  #lease(origin: string, budget: ConnectionBudget, flow: Flow): Lease {
    budget.active += 1;
    this.#held.set(flow, (this.#held.get(flow) ?? 0) + 1);
    this.#served.set(flow, ++this.#turn);
    let open = true;
    return {
      origin,
      release: ({ bytes = 0, lost = false } = {}) => {
        if (!open) return;
        open = false;
        const busy = budget.active >= budget.limit.limit;
        budget.active -= 1;
        this.#held.set(flow, (this.#held.get(flow) ?? 1) - 1);
        if (lost) budget.limit.lost(this.#clock.now());
        else if (bytes > 0) budget.limit.succeeded(bytes, this.#clock.now(), busy);
        this.#serve(origin);
      },
    };
  }

  #serve(origin: string): void {
    const budget = this.#budget(origin);
    const now = this.#clock.now();
    if (budget.brakedUntil > now) return;
    while (budget.active < budget.limit.limit) {
      const next = this.#next(budget);
      if (!next) return;
      next.line.remove(next.waiter);
      next.waiter.grant(origin);
    }
  }

  #next(budget: ConnectionBudget): { line: WaitingLine; waiter: Waiter } | undefined {
    let chosen: { line: WaitingLine; waiter: Waiter } | undefined;
    const holds = (flow: Flow): number => this.#held.get(flow) ?? 0;
    const served = (flow: Flow): number => this.#served.get(flow) ?? 0;
    for (const priority of priorities) {
      const line = budget.lines.get(priority)!;
      const waiter = line.best(holds, served);
      if (!waiter) continue;
      if (!chosen) chosen = { line, waiter };
      else if (++waiter.skipped > patience) return { line, waiter };
    }
    return chosen;
  }

  /** Holds back everything to an origin for a while (`Retry-After`). A longer brake that is on already stays. */
  brake(origin: string, milliseconds: number): void {
    const budget = this.#budget(origin);
    const until = this.#clock.now() + milliseconds;
    if (until <= budget.brakedUntil) return;
    budget.brakedUntil = until;
    this.#clock.clearTimeout(budget.brakeTimer);
    budget.brakeTimer = this.#clock.setTimeout(() => {
      // The clock may have been set back meanwhile; the timer's word counts.
      budget.brakedUntil = 0;
      this.#serve(origin);
    }, milliseconds);
  }

  /** Numbers for tests and diagnosis. */
  inspect(origin: string): { active: number; waiting: number; reserved: number; limit: number } {
    const budget = this.#budget(origin);
    const { active, waiting, reserved } = budget;
    return { active, waiting, reserved, limit: budget.limit.limit };
  }
}

let shared: Scheduler | undefined;

/** The page's scheduler. */
export function pageScheduler(): Scheduler {
  return (shared ??= new Scheduler());
}

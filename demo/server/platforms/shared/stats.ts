/** What a stand-in saw, for tests and for the demo's page of switches. Holds no token. */
export interface ApiRequestLog {
  /** Name of the route; empty while unknown. */
  operation: string;
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly origin: string | undefined;
  /** Lower-case names of the request's headers. */
  readonly headerNames: readonly string[];
  /** 0 while no answer was sent; 499 when the client hung up first. */
  status: number;
  /** Milliseconds since 1970. */
  readonly started: number;
  ended: number | undefined;
  /** When a fault rule took effect on it. */
  fault: number | undefined;
}

export interface ApiStats {
  /** The last 20,000 requests, oldest first. */
  readonly log: readonly ApiRequestLog[];
  /** Requests by name of the route. */
  readonly counts: Readonly<Record<string, number>>;
  reset(): void;
}

const LOG_LIMIT = 20_000;

export class ApiRequestStats implements ApiStats {
  log: ApiRequestLog[] = [];
  counts: Record<string, number> = {};

  add(entry: ApiRequestLog): void {
    this.log.push(entry);
    if (this.log.length > LOG_LIMIT + 1000) this.log.splice(0, this.log.length - LOG_LIMIT);
  }

  name(entry: ApiRequestLog, operation: string): void {
    entry.operation = operation;
    this.counts[operation] = (this.counts[operation] ?? 0) + 1;
  }

  reset(): void {
    this.log = [];
    this.counts = {};
  }
}

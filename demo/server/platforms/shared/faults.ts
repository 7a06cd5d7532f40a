/** Misbehaviour of a stand-in's API on demand. The storage behind it has its own (`store.faults`). */

export interface ApiFaultRequest {
  /** Name of the route, e.g. `list`. */
  readonly operation: string;
  readonly method: string;
  /** Path as it came, percent-encoded, without the query. */
  readonly path: string;
}

/**
 * The conditions must all hold; the first `skip` matching requests pass, the next `times` are hit, then the rule is
 * spent.
 */
export interface ApiFaultRule {
  operation?: string | string[];
  method?: string;
  match?: (request: ApiFaultRequest) => boolean;
  skip?: number;
  /** Default: for ever. */
  times?: number;

  /** Refuse with this HTTP status in the platform's own envelope. */
  status?: number;
  code?: string;
  message?: string;
  headers?: Record<string, string>;
  /** Answer this text as it is in place of the envelope: a proxy's page, a success that is a failure. */
  body?: string;
  /** `content-type` of `body`. Default `application/json`. */
  bodyType?: string;
  /** Milliseconds to wait before anything else. */
  delay?: number;
  /** Cut the connection in place of doing anything. */
  cut?: boolean;
  /** Do the work, then cut the connection in place of answering. */
  loseAnswer?: boolean;
  /** Cut the connection after so many bytes of the answer's body. */
  cutAfterBytes?: number;
  /** Reset the connection after so many bytes of the request's body. */
  resetAfterBytesIn?: number;
  /** Go silent: before anything, in the middle of the request's or the answer's body, or in place of the answer. */
  stall?: 'before' | 'request' | 'response' | 'after';
  /** Bytes of the body (`request`, `response`) that pass before the silence. Default 0. */
  stallAfterBytes?: number;
  /** Bytes a second of the answer's body. */
  bytesPerSecond?: number;
}

export type ApiFaultPlan = Omit<ApiFaultRule, 'operation' | 'method' | 'match' | 'skip' | 'times'>;

export interface ApiFaults {
  rules: ApiFaultRule[];
  /** Milliseconds added to every request, preflights too. */
  delay: number;
  /** Connections are reset before anything is heard, those of requests that come over older ones too. */
  unreachable: boolean;
  /** Adds a rule for the next `times` matching requests (default 1) and returns it. */
  failNext(rule: ApiFaultRule): ApiFaultRule;
  /** Back to good behaviour. */
  reset(): void;
}

export function createApiFaults(initial: Partial<Pick<ApiFaults, 'rules' | 'delay'>> = {}): ApiFaults {
  return {
    rules: [],
    delay: 0,
    unreachable: false,
    ...initial,
    failNext(rule) {
      const added: ApiFaultRule = { times: 1, ...rule };
      this.rules.push(added);
      return added;
    },
    reset() {
      this.rules = [];
      this.delay = 0;
      this.unreachable = false;
    },
  };
}

/** Uses up one turn of each rule that matches. Spent rules leave the list. */
export function planApiFaults(faults: ApiFaults, request: ApiFaultRequest): ApiFaultPlan {
  let plan: ApiFaultPlan = {};
  for (const rule of [...faults.rules]) {
    const { operation, method, match, skip, times, ...effects } = rule;
    if (operation !== undefined && ![operation].flat().includes(request.operation)) continue;
    if (method !== undefined && method !== request.method) continue;
    if (match && !match(request)) continue;
    if (skip) {
      rule.skip = skip - 1;
      continue;
    }
    if (times !== undefined) {
      if (times <= 1) faults.rules = faults.rules.filter(other => other !== rule);
      else rule.times = times - 1;
      if (times <= 0) continue;
    }
    plan = { ...plan, ...effects };
  }
  return plan;
}

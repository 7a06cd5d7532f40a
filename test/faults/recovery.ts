/** How long it takes until things go on after a trouble, as the servers saw it. Told in the table, never asserted. */

import type { LoggedRequest } from '../../demo/server/store/options.js';

type Logged = Pick<
  LoggedRequest,
  'operation' | 'key' | 'path' | 'range' | 'started' | 'ended' | 'fault' | 'status' | 'code'
>;

/** One request to a server in trouble. Times are milliseconds since 1970. */
export interface TracedRequest {
  /** The same for a request and its repetition. */
  readonly what: string;
  readonly started: number;
  readonly ended: number | undefined;
  /** When a fault took effect on it. */
  readonly fault: number | undefined;
  readonly status: number;
}

/** The store's log as a trace. A range that goes on where it broke off has the same end. */
export const traceOf = (log: readonly Logged[]): TracedRequest[] =>
  log.map(({ operation, key, path, range, started, ended, fault, status, code }) => ({
    what: [operation, key, /partNumber=\d+/.exec(path)?.[0], range?.split('-').at(-1)].join(' '),
    started,
    ended,
    fault,
    status: code === undefined ? status : 500,
  }));

const isGood = ({ status, ended }: TracedRequest): boolean =>
  status >= 200 && status < 400 && ended !== undefined;

/** When something was well again, at or after a time; a request under way over that time counts from its answer on. */
function wellAfter(time: number, requests: readonly TracedRequest[]): number | undefined {
  const times = requests
    .filter(request => isGood(request) && request.ended! >= time)
    .map(({ started, ended }) => (started >= time ? started : ended!));
  return times.length > 0 ? Math.min(...times) : undefined;
}

/**
 * Milliseconds from the end of the trouble until the request is under way that then succeeds: for faults of single
 * requests from the last one on each to its own repetition (the longest counts), for a trouble of everything from its
 * end (`over`) to whatever succeeds next. Undefined: there was no trouble, or nothing succeeded after it.
 */
export function recoveryOf(trace: readonly TracedRequest[], over: number | undefined): number | undefined {
  const requests = trace.filter(({ what }) => !/^(?:preflight|unknown)/i.test(what));
  const faults = new Map<string, number>();
  for (const request of requests) {
    // A late answer is none that has to be repeated.
    if (request.fault === undefined || isGood(request)) continue;
    faults.set(request.what, Math.max(request.fault, faults.get(request.what) ?? 0));
  }
  const found = [...faults].map(([what, fault]) => {
    const well =
      wellAfter(
        fault,
        requests.filter(request => request.what === what),
      ) ?? wellAfter(fault, requests);
    return well === undefined ? undefined : well - fault;
  });
  if (over !== undefined) {
    const well = wellAfter(over, requests);
    found.push(well === undefined ? undefined : well - over);
  }
  const known = found.filter(time => time !== undefined);
  return known.length > 0 && known.length === found.length ? Math.max(...known) : undefined;
}

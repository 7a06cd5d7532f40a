import type { Exchange } from './exchange.js';
import { Refusal } from './refusal.js';

export interface RateLimitQuirks {
  /** So many of the next requests are answered 429. */
  rateLimited: number;
  /** Seconds in the `Retry-After` of those; undefined: no such header. */
  retryAfter: number | undefined;
}

export const unlimited: RateLimitQuirks = { rateLimited: 0, retryAfter: 1 };

/** For `before` of a stand-in: refuses as many requests as its switch says. */
export function limitRate(quirks: RateLimitQuirks): (exchange: Exchange) => void {
  return () => {
    if (quirks.rateLimited <= 0) return;
    quirks.rateLimited -= 1;
    const { retryAfter } = quirks;
    throw new Refusal(429, {
      message: 'Too many requests',
      ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
    });
  };
}

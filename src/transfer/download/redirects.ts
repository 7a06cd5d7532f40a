import { originOf } from '../transfer-errors.js';

/**
 * Where the URLs of one file led to. Once a redirect has been followed, later ranges go to its end at once: no second
 * preflight, no API that counts each range, and a storage sees the page's own origin instead of `null`. The way through
 * the redirect is always there for when that end, often signed for a minute, serves no longer.
 */
export class Redirects {
  readonly #ends = new Map<string, string>();
  /** Origins that this page has read from by itself, without the redirect. */
  readonly #reached = new Set<string>();
  /** Origins that it could not: they may let only `Origin: null` read. */
  readonly #barred = new Set<string>();

  /** The end of the redirect that begins at `url`, or `url` itself. */
  endOf(url: string): string {
    return this.#ends.get(url) ?? url;
  }

  /** A request that began at `url` brought what was hoped for. */
  answered(url: string, response: Pick<Response, 'redirected' | 'url'>): void {
    const origin = originOf(response.url);
    if (origin === undefined) return;
    if (!response.redirected) this.#reached.add(origin);
    else if (!this.#barred.has(origin)) this.#ends.set(url, response.url);
  }

  /** `end` refused to serve: the next request goes through the redirect again. */
  drop(end: string): void {
    for (const [url, known] of this.#ends) if (known === end) this.#ends.delete(url);
  }

  /** The connection to `end` was lost. Returns whether nothing was ever read there without the redirect. */
  lost(end: string): boolean {
    this.drop(end);
    const origin = originOf(end);
    if (origin === undefined || this.#reached.has(origin)) return false;
    this.#barred.add(origin);
    return true;
  }

  forget(): void {
    this.#ends.clear();
  }
}

import type { CallOptions } from '../adapter.js';

export interface DeepOriginOptions {
  /** Key of the organisation, or `shared` for the public data. */
  readonly orgKey: string;
  /**
   * The access token (a JWT), asked for before each request; caching and renewal are the page's. It goes to the
   * API's origin and never to signed URLs.
   */
  readonly getToken: (options: CallOptions) => Promise<string | undefined> | string | undefined;
  /** Address of the API, without `/files`. Default `https://api.deeporigin.io`. */
  readonly baseUrl?: string;
  /** Name shown to the person. Default: the organisation's key. */
  readonly label?: string;
  /**
   * How files go up. `signed`: by signed URL, past the API's servers. `form`: as a form through the API. Default
   * `auto`: small files as a form, which takes half the round trips, larger ones by signed URL; and as a form
   * altogether when the storage's CORS rules leave this page out.
   */
  readonly uploads?: 'auto' | 'signed' | 'form';
  /** Largest file in bytes that `auto` sends as a form. Default 256 KiB. */
  readonly formUpTo?: number;
  /**
   * `signed` (default): downloads come straight from the storage, in parallel ranges. `direct`: through the API, in one
   * hop with the token; for small files, or when the storage's CORS rules leave this page out.
   */
  readonly downloads?: 'signed' | 'direct';
  /** Entries of one page of a listing, 1 to 1,000. Default 1,000. */
  readonly maxKeys?: number;
  /** Sent as `last-count` with each listing: the count of objects the page last knew. Default: not sent. */
  readonly lastCount?: number;
  /** Sent as `delimiter` with listings of one level; empty: not sent. Default `/`. */
  readonly delimiter?: string;
  /** Deletions at the same time. Default 20. */
  readonly maxWorkers?: number;
  /** Repetitions of a failed call that the engine does not repeat itself. Default 3, so up to 4 attempts. */
  readonly maxRetries?: number;
  /** Seconds to pause after the first failure; doubled with each further one, at most 60 s. Default 1. */
  readonly retryBackoffFactor?: number;
  /** Milliseconds until an answer must have begun. Default 10,000. */
  readonly timeout?: number;
  /** The same for deletions. Default: `timeout`. */
  readonly deleteTimeout?: number;
  /** The same for imports, whose answer comes when the server has fetched everything. Default 600,000. */
  readonly importTimeout?: number;
  /** Milliseconds that a signed URL counts as valid when it does not say so itself. Default 300,000. */
  readonly assumedLinkLife?: number;
}

export const DEFAULT_BASE_URL = 'https://api.deeporigin.io';
export const LARGEST_PAGE = 1000;
/** The storage's limit for one PUT, in bytes. */
export const LARGEST_FILE = 5 * 1024 ** 3;

/** @throws TypeError when an option cannot be right. */
export function checkOptions({
  orgKey,
  baseUrl = DEFAULT_BASE_URL,
  maxKeys = 1,
  maxWorkers = 1,
}: DeepOriginOptions): void {
  if (orgKey === '' || orgKey.includes('/'))
    throw new TypeError('orgKey must be the key of an organisation.');
  if (!URL.canParse(baseUrl)) throw new TypeError('baseUrl must be an absolute URL.');
  if (!(maxKeys >= 1 && maxKeys <= LARGEST_PAGE)) throw new TypeError('maxKeys must be from 1 to 1,000.');
  if (!(maxWorkers >= 1)) throw new TypeError('maxWorkers must be at least 1.');
}

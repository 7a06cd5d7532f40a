import type { CallOptions } from '../adapter.js';

export interface SmartsBioOptions {
  /** The workspace whose files are shown. Without one only `containers` makes sense. */
  readonly workspaceId?: string;
  /**
   * An API key with the scope `files`, or the token of a signed-in user; asked for before each request. It goes to the
   * API's origin and never to the storage.
   */
  readonly getToken: (options: CallOptions) => Promise<string | undefined> | string | undefined;
  /** Address of the API. Default `https://api.smarts.bio`. */
  readonly baseUrl?: string;
  /** Name shown to the person. Default: the workspace's id. */
  readonly label?: string;
  /** Header that carries the key: `authorization` (`Bearer …`, the default) or `x-api-key`. */
  readonly keyHeader?: 'authorization' | 'x-api-key';
  /** Sent as `X-Smarts-Client`, e.g. `portal/1.0`. Default: not sent. */
  readonly client?: string;
  /** Files above this size in bytes go straight to the storage. Default 10 MB, as the official clients do it. */
  readonly presignAbove?: number;
  /**
   * `signed` (default): downloads come from the storage, in parallel ranges. `content`: through the API. With `auto`
   * the first download finds out whether the storage answers this page.
   */
  readonly downloads?: 'auto' | 'signed' | 'content';
  /** Whether the key may rename, move, make folders and write metadata. Default true. */
  readonly manage?: boolean;
  /** Entries of one page of a listing, 1 to 1,000. Default 1,000, or 100 where the server takes no more. */
  readonly pageSize?: number;
  /** Repetitions of a failed call that the engine does not repeat itself. Default 3, so up to 4 attempts. */
  readonly maxRetries?: number;
  /** Milliseconds to pause after the first failure; doubled with each further one. Default 500. */
  readonly retryPause?: number;
  /** Milliseconds until an answer must have begun. Default 120,000. */
  readonly timeout?: number;
}

export const DEFAULT_BASE_URL = 'https://api.smarts.bio';
export const LARGEST_PAGE = 1000;
/** What the documents name as the default of a page, so every server takes it. */
export const SURE_PAGE = 100;
/** Most bytes that the form takes: the documentation says 500 MB. */
export const LARGEST_FORM = 500_000_000;
/** The storage's limit for one PUT, in bytes. */
export const LARGEST_FILE = 5 * 1024 ** 3;

/** @throws TypeError when an option cannot be right. */
export function checkOptions({
  baseUrl = DEFAULT_BASE_URL,
  pageSize = 1,
  presignAbove = 0,
}: SmartsBioOptions): void {
  if (!URL.canParse(baseUrl)) throw new TypeError('baseUrl must be an absolute URL.');
  if (!(pageSize >= 1 && pageSize <= LARGEST_PAGE)) throw new TypeError('pageSize must be from 1 to 1,000.');
  if (!(presignAbove <= LARGEST_FORM)) throw new TypeError('presignAbove can be 500 MB at most.');
}

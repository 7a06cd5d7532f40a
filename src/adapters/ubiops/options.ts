/** What a page says about its UbiOps project. */
import type { CallOptions } from '../adapter.js';

export interface UbiOpsOptions {
  /**
   * Address of the API. Default `https://api.ubiops.com/v2.1`; `/v2.1` is appended to an address without a version.
   * A proxy in front of it must hand on paths as they are: `%2F` in a file name may not become a slash.
   */
  readonly baseUrl?: string;
  /**
   * The API token of a user or service user, with or without the word `Token` before it. Called before each request
   * to the API; it goes to the API's origin alone, never to the storage behind it.
   */
  readonly getToken: (options: CallOptions) => Promise<string> | string;
  /** Name of the project. */
  readonly project: string;
  /** Name of the bucket to show. Default `default`, which every project has. */
  readonly bucket?: string;
  /** Name shown to the person. Default: the bucket's name. */
  readonly label?: string;
  /** Files asked for in one page of a listing: 1 to 1,000, which is the default. */
  readonly pageSize?: number;
  /** Files that go up in parts, from this size in bytes on. Default 32 MiB; at most 5,000 MiB. */
  readonly partsFrom?: number;
  /** Largest file in bytes. Default 5 TiB, what Amazon S3 takes; Azure takes more. */
  readonly maxFileSize?: number;
  /**
   * `Content-Type` sent with a file that goes up in one piece, which the storage then returns with it. `none`
   * (default): none is sent, as with the platform's own clients. `file`: the file's own type. Storages whose
   * signatures cover the type refuse all but `none`.
   */
  readonly contentType?: 'none' | 'file';
  /** Requests of one `remove` that are under way at the same time. Default 5. */
  readonly maxWorkers?: number;
  /** How often a failed listing, deletion and the like is tried again. Default 3. Uploads have their own budget. */
  readonly maxRetries?: number;
  /** Seconds to pause after the first failure; doubled with each further one. Default: full jitter, some seconds. */
  readonly retryBackoffFactor?: number;
  /** Milliseconds until an answer of the API must have begun. Default 30,000. */
  readonly timeout?: number;
}

export const DEFAULT_BASE_URL = 'https://api.ubiops.com/v2.1';
export const DEFAULT_BUCKET = 'default';

export const MiB = 1024 ** 2;
/** The strictest rules of the four storages; which one it is shows only once an upload has begun. */
export const MIN_PART_SIZE = 5 * MiB;
export const MAX_PART_SIZE = 4000 * MiB;
export const MAX_PARTS = 10_000;
/** Most bytes that every storage takes in one request. */
export const MAX_SINGLE_REQUEST = 5000 * MiB;
export const DEFAULT_PARTS_FROM = 32 * MiB;
export const DEFAULT_MAX_FILE_SIZE = 5 * 1024 ** 4;
export const MOST_FILES_A_PAGE = 1000;

/** @throws TypeError for an address that is none. */
export function apiUrlOf(baseUrl: string = DEFAULT_BASE_URL): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new TypeError(
      'ubiops(): baseUrl must be the http(s) address of the API, such as https://api.ubiops.com/v2.1.',
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path}${/\/v\d+(?:\.\d+)*$/.test(path) ? '' : '/v2.1'}`;
}

/** @throws TypeError for options that cannot work: a programmer's mistake, told at once. */
export function checkOptions({ project, bucket, getToken, pageSize = 1 }: UbiOpsOptions): void {
  if (typeof getToken !== 'function') throw new TypeError('ubiops(): getToken must be a function.');
  if (!project) throw new TypeError('ubiops(): name the project.');
  if (bucket === '') throw new TypeError('ubiops(): bucket must not be empty; leave it out for “default”.');
  if (!(pageSize >= 1)) throw new TypeError('ubiops(): pageSize must be at least 1.');
}

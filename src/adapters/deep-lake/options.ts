import type { CallOptions } from '../adapter.js';

export interface DeepLakeOptions {
  /** Name of the workspace. */
  readonly workspace: string;
  /**
   * The access token, asked for before each request; caching and renewal are the page's. It goes to the API's origin
   * only.
   */
  readonly getToken: (options: CallOptions) => Promise<string | undefined> | string | undefined;
  /** Address of the API. Default `https://api.deeplake.ai`. */
  readonly baseUrl?: string;
  /** UUID of the organisation, sent as `X-Activeloop-Org-Id`. Default: not sent. */
  readonly orgId?: string;
  /** Name shown to the person. Default: the workspace's name. */
  readonly label?: string;
  /**
   * What an upload's file name is: the last segment of its path (`name`, the default), or the whole `path`, slashes
   * included. The storage has no folders either way, and a server may cut slashes.
   */
  readonly fileNames?: 'name' | 'path';
  /** Largest file in bytes. The platform documents no limit. Default: none. */
  readonly maxFileSize?: number;
  /** Entries of one page of a listing. Default 100. The server may give fewer. */
  readonly pageSize?: number;
  /** How values are marked in SQL: `$1, $2` (`dollar`, the default) or `?` (`question`). */
  readonly placeholders?: 'dollar' | 'question';
  /** Deletions at the same time. Default 5, as the platform's own tools do. */
  readonly maxWorkers?: number;
  /** Repetitions of a failed call that the engine does not repeat itself. Default 3, so up to 4 attempts. */
  readonly maxRetries?: number;
  /** Seconds to pause after the first failure; doubled with each further one, at most 60 s. Default 1. */
  readonly retryBackoffFactor?: number;
  /** Milliseconds until an answer must have begun. Default 30,000. Uploads are watched by the engine instead. */
  readonly timeout?: number;
}

export const DEFAULT_BASE_URL = 'https://api.deeplake.ai';

/** @throws TypeError when an option cannot be right. */
export function checkOptions(options: DeepLakeOptions): void {
  const { workspace, baseUrl = DEFAULT_BASE_URL, pageSize = 1, maxWorkers = 1, maxRetries = 0 } = options;
  if (workspace === '' || workspace === '.' || workspace === '..' || !workspace.isWellFormed()) {
    throw new TypeError('workspace must be the name of a workspace.');
  }
  if (!URL.canParse(baseUrl)) throw new TypeError('baseUrl must be an absolute URL.');
  if (!(Number.isInteger(pageSize) && pageSize >= 1)) throw new TypeError('pageSize must be at least 1.');
  if (!(maxWorkers >= 1)) throw new TypeError('maxWorkers must be at least 1.');
  if (!(maxRetries >= 0)) throw new TypeError('maxRetries must not be negative.');
}

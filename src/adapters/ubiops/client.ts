/** One bucket of a project as its calls see it: addresses, the token, sending, and what was learnt of the storage. */
import { TransferError } from '../../core/errors.js';
import type { TransferResponse } from '../adapter.js';
import { createHttpClient, type HttpClient, readJson } from '../http.js';
import { withRetry } from '../retry.js';
import { readApiError } from './errors.js';
import { apiUrlOf, DEFAULT_BUCKET, type UbiOpsOptions } from './options.js';

export interface CallApiOptions {
  readonly signal: AbortSignal;
  /** Path for errors. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Statuses that are an answer here, not an error. */
  readonly accept?: readonly number[];
  /** Tries it again as the options say. Default false: a plan's calls are repeated by the engine. */
  readonly again?: boolean;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export class UbiOpsClient {
  readonly options: UbiOpsOptions;
  readonly bucket: string;
  /** Storage refuses or hides what an upload in parts needs; what is known of it is shared by all uploads. */
  readonly learnt = {
    /** The storage's CORS rules hide `ETag`, without which most uploads in parts cannot be completed. */
    etagHidden: false,
    /** Paths that refused parts because of what an earlier upload left there; a single request clears it. */
    singleOnly: new Set<string>(),
  };
  /** For signed URLs: has no token to send. */
  readonly storage: HttpClient = createHttpClient();
  readonly #base: string;
  readonly #http: HttpClient;

  constructor(options: UbiOpsOptions) {
    this.options = options;
    this.bucket = options.bucket ?? DEFAULT_BUCKET;
    this.#base = apiUrlOf(options.baseUrl);
    this.#http = createHttpClient({
      subject: 'UbiOps',
      token: {
        origin: new URL(this.#base).origin,
        scheme: 'Token',
        getToken: async call => (await options.getToken(call)).trim().replace(/^Token\s+/i, ''),
      },
    });
  }

  get bucketsPath(): string {
    return `/projects/${segment(this.options.project, 'project')}/buckets`;
  }

  bucketPath(name: string = this.bucket): string {
    return `${this.bucketsPath}/${segment(name, 'bucket')}`;
  }

  /** A file's whole path is one segment, its slashes encoded. */
  filePath(path: string, step = ''): string {
    return `${this.bucketPath()}/files/${segment(path, 'file', path)}${step}`;
  }

  /** @throws TransferError for every refusal that is not accepted. */
  call(method: Method, path: string, options: CallApiOptions): Promise<TransferResponse> {
    const { maxRetries = 3, retryBackoffFactor } = this.options;
    return withRetry(() => this.#once(method, path, options), {
      signal: options.signal,
      attempts: options.again ? maxRetries + 1 : 1,
      ...(retryBackoffFactor === undefined
        ? {}
        : { backoff: (failures: number) => retryBackoffFactor * 2 ** (failures - 1) * 1000 }),
    });
  }

  /** A call whose answer is a JSON object. */
  async callJson(method: Method, path: string, options: CallApiOptions): Promise<Record<string, unknown>> {
    return asObject(readJson(await this.call(method, path, options), 'UbiOps'));
  }

  async #once(method: Method, path: string, options: CallApiOptions): Promise<TransferResponse> {
    const { signal, query = {}, json, accept, path: filePath } = options;
    const pairs = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const text = pairs.map(pair => pair.map(encodeURIComponent).join('=')).join('&');
    const { timeout } = this.options;
    const response = await this.#http.send(
      {
        method,
        url: `${this.#base}${path}${text === '' ? '' : `?${text}`}`,
        ...(json === undefined ? {} : { json }),
        ...(timeout === undefined ? {} : { timeout }),
      },
      { signal },
    );
    if (accept?.includes(response.status)) return response;
    const error = readApiError(response, filePath);
    if (error) throw error;
    return response;
  }
}

/** @throws TransferError (`invalid-name`) for what no URL can carry as one segment. */
function segment(text: string, what: string, path?: string): string {
  if (text !== '' && text !== '.' && text !== '..' && text.isWellFormed()) return encodeURIComponent(text);
  throw new TransferError(
    text === ''
      ? `The ${what} needs a name.`
      : `Browsers cannot send this as the name of a ${what}. Choose another name.`,
    { kind: 'fatal', reason: 'invalid-name', ...(path === undefined ? {} : { path }) },
  );
}

/** @throws TransferError (`invalid-answer`) */
export function asObject(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw unexpected();
}

export function unexpected(what = 'another form than the documented one'): TransferError {
  return new TransferError(
    `UbiOps answered in a form this page does not understand (${what}). Check the address of the API.`,
    { kind: 'fatal', reason: 'invalid-answer' },
  );
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** Milliseconds since 1970 of an ISO time with microseconds. */
export function timeOf(value: unknown): number | undefined {
  const time = Date.parse(textOf(value) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

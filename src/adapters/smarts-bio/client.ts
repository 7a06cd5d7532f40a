/** The API for one workspace: addresses, key, retries, envelope. */
import { TransferError } from '../../core/errors.js';
import type { CallOptions, TransferResponse } from '../adapter.js';
import { createHttpClient, type HttpClient, type HttpRequest, readJson } from '../http.js';
import { askForToken } from '../page-function.js';
import { withRetry } from '../retry.js';
import { StorageReach } from '../storage-reach.js';
import { problem, readApiError, SUBJECT } from './errors.js';
import { KeyRoot } from './keys.js';
import { checkOptions, DEFAULT_BASE_URL, LARGEST_PAGE, type SmartsBioOptions } from './options.js';

export interface CallDetails {
  /** Path for the error. */
  readonly path?: string;
  /** Repeat after failures. Default false: the engine repeats what a plan does. */
  readonly direct?: boolean;
}

export interface ApiCall extends Pick<HttpRequest, 'method'> {
  /** Below `/v1`. */
  readonly route: string;
  /** The workspace is added. */
  readonly query?: Readonly<Record<string, string>>;
  /** The workspace is added. */
  readonly json?: Readonly<Record<string, unknown>>;
}

const LONGEST_PAUSE = 30_000;

export class SmartsBioClient {
  readonly options: SmartsBioOptions;
  /** What all storage keys of the workspace begin with, once one was seen. */
  readonly keys = new KeyRoot();
  /** Whether the storage takes uploads from this page. */
  readonly uploads = new StorageReach();
  /** Whether the storage gives downloads to this page; undefined until it was tried. */
  storageAnswers: boolean | undefined;
  /** Most entries that a page may be asked for; falls when the API refuses as many. */
  largestPage = LARGEST_PAGE;
  readonly #base: string;
  readonly #http: HttpClient;

  constructor(options: SmartsBioOptions) {
    checkOptions(options);
    this.options = options;
    this.#base = `${(options.baseUrl ?? DEFAULT_BASE_URL).replace(/\/+$/, '')}/v1`;
    const { keyHeader = 'authorization' } = options;
    this.#http = createHttpClient({
      subject: SUBJECT,
      token: {
        origin: new URL(this.#base).origin,
        getToken: async call => options.getToken(call),
        header: keyHeader,
        scheme: keyHeader === 'authorization' ? 'Bearer' : '',
      },
    });
  }

  /** @throws TransferError when none is chosen. */
  get workspace(): string {
    const { workspaceId } = this.options;
    if (!workspaceId) throw problem('invalid-input', 'No workspace is chosen. Choose one first.');
    return workspaceId;
  }

  url(route: string, query: Readonly<Record<string, string>> = {}): string {
    const search = Object.entries(query).map(pair => pair.map(encodeURIComponent).join('='));
    return `${this.#base}/${route}${search.length > 0 ? `?${search.join('&')}` : ''}`;
  }

  /** The headers of a request that somebody else sends to the API. */
  async headers(call: CallOptions): Promise<Record<string, string>> {
    const { keyHeader = 'authorization', getToken } = this.options;
    const key = await askForToken(getToken, call);
    const value = keyHeader === 'authorization' ? `Bearer ${key}` : key;
    return { ...this.#clientHeader, ...(key === undefined ? {} : { [keyHeader]: value! }) };
  }

  /** Sends one call. @throws TransferError for every refusal. */
  send(
    { method, route, query, json }: ApiCall,
    call: CallOptions,
    details: CallDetails = {},
  ): Promise<TransferResponse> {
    const { maxRetries = 3, retryPause = 500, timeout = 120_000 } = this.options;
    const once = async () => {
      const response = await this.#http.send(
        {
          method,
          url: this.url(route, query && { workspace_id: this.workspace, ...query }),
          headers: { accept: 'application/json', ...this.#clientHeader },
          ...(json ? { json: { workspace_id: this.workspace, ...json } } : {}),
          timeout,
        },
        call,
      );
      const error = readApiError(response, details.path);
      if (error) throw error;
      return response;
    };
    return withRetry(once, {
      signal: call.signal,
      attempts: details.direct ? maxRetries + 1 : 1,
      backoff: failures => Math.min(LONGEST_PAUSE, retryPause * 2 ** (failures - 1)),
    });
  }

  /** The answer without its envelope, where it has one. */
  async data(request: ApiCall, call: CallOptions, details?: CallDetails): Promise<unknown> {
    const answer = readJson(await this.send(request, call, details), SUBJECT);
    return unwrap(answer);
  }

  /** Whether anything at this URL answers this page. No credentials go there. */
  async answers(url: string, call: CallOptions): Promise<boolean> {
    try {
      await this.#http.send({ method: 'GET', url, headers: { range: 'bytes=0-0' } }, call);
      return true;
    } catch (error) {
      if (error instanceof TransferError && error.reason === 'aborted') throw error;
      return false;
    }
  }

  get #clientHeader(): Record<string, string> {
    const { client } = this.options;
    return client === undefined ? {} : { 'x-smarts-client': client };
  }
}

/** `data` where there is one, else the answer itself. */
export function unwrap(answer: unknown): unknown {
  const isObject = typeof answer === 'object' && answer !== null && !Array.isArray(answer);
  return isObject && 'data' in answer && answer.data !== undefined ? answer.data : answer;
}

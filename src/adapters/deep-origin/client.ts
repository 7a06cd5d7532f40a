/** The API of one organisation: addresses, token, retries. */
import type { CallOptions, TransferResponse } from '../adapter.js';
import { createHttpClient, type HttpClient, type HttpRequest, readJson } from '../http.js';
import { askForToken } from '../page-function.js';
import { withRetry } from '../retry.js';
import { StorageReach } from '../storage-reach.js';
import { readApiError, SUBJECT } from './errors.js';
import { checkOptions, DEFAULT_BASE_URL, type DeepOriginOptions } from './options.js';
import { encodePath } from './paths.js';
import { requireLiveToken } from './token.js';

export interface CallDetails {
  /** Path for the error. */
  readonly path?: string;
  /** Repeat after failures. Default false: the engine repeats what a plan does. */
  readonly direct?: boolean;
  readonly timeout?: number;
  /** Statuses that are an answer here, not an error. */
  readonly accept?: readonly number[];
}

type Call = Omit<HttpRequest, 'url' | 'timeout'> & { readonly url: string };

const LONGEST_PAUSE = 60_000;

export class DeepOriginClient {
  readonly options: DeepOriginOptions;
  /** Whether the storage behind the API takes requests from this page. */
  readonly reach = new StorageReach();
  /** Largest file that goes as a form; falls when the API says it was too large. */
  formUpTo: number;
  /** A listing's `prefix` is compared with whole paths, not with what follows the folder. */
  prefixesAreWhole = false;
  readonly #base: string;
  readonly #http: HttpClient;

  constructor(options: DeepOriginOptions) {
    checkOptions(options);
    this.options = options;
    this.#base = `${(options.baseUrl ?? DEFAULT_BASE_URL).replace(/\/+$/, '')}/files`;
    const { uploads = 'auto' } = options;
    const small = options.formUpTo ?? 256 * 1024;
    this.formUpTo = uploads === 'signed' ? -1 : uploads === 'form' ? Number.POSITIVE_INFINITY : small;
    this.#http = createHttpClient({
      subject: SUBJECT,
      token: { origin: new URL(this.#base).origin, getToken: call => this.#token(call) },
    });
  }

  /** Address of something of the service that belongs to no organisation. */
  serviceUrl(name: 'health' | 'version'): string {
    return `${this.#base}/${name}`;
  }

  /** Address of a file, or of a route about it. The root is the empty path. */
  url(path: string, route?: 'directory' | 'signedUrl' | 'zip', query: Record<string, string> = {}): string {
    const search = Object.entries(query).map(pair => pair.map(encodeURIComponent).join('='));
    const parts = [this.#base, encodeURIComponent(this.options.orgKey), route, path && encodePath(path)];
    return (
      parts.filter(part => part !== undefined).join('/') + (search.length > 0 ? `?${search.join('&')}` : '')
    );
  }

  /** The headers of a request that somebody else sends to the API. */
  async headers(call: CallOptions): Promise<Record<string, string>> {
    const token = await this.#token(call);
    return {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  /** Sends one call. @throws TransferError for every refusal that is not accepted. */
  send(request: Call, call: CallOptions, details: CallDetails = {}): Promise<TransferResponse> {
    const { maxRetries = 3, retryBackoffFactor = 1, timeout = 10_000 } = this.options;
    const once = async () => {
      const response = await this.#http.send(
        {
          ...request,
          headers: { accept: 'application/json', ...request.headers },
          timeout: details.timeout ?? timeout,
        },
        call,
      );
      const error = details.accept?.includes(response.status)
        ? undefined
        : readApiError(response, details.path);
      if (error) throw error;
      return response;
    };
    return withRetry(once, {
      signal: call.signal,
      attempts: details.direct ? maxRetries + 1 : 1,
      backoff: failures => Math.min(LONGEST_PAUSE, retryBackoffFactor * 1000 * 2 ** (failures - 1)),
    });
  }

  async sendForJson(request: Call, call: CallOptions, details?: CallDetails): Promise<unknown> {
    return readJson(await this.send(request, call, details), SUBJECT);
  }

  async #token(call: CallOptions): Promise<string | undefined> {
    const token = await askForToken(given => this.options.getToken(given), call);
    if (token !== undefined) requireLiveToken(token);
    return token;
  }
}

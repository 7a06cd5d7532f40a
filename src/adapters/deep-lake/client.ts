/** The API of one workspace: addresses, token, organisation, retries. */
import type { CallOptions, TransferResponse } from '../adapter.js';
import { createHttpClient, type HttpClient, type HttpRequest, readJson } from '../http.js';
import { askForToken } from '../page-function.js';
import { withRetry } from '../retry.js';
import { readApiError, SUBJECT } from './errors.js';
import { checkOptions, DEFAULT_BASE_URL, type DeepLakeOptions } from './options.js';

export interface CallDetails {
  /** Path for the error. */
  readonly path?: string;
  /** Repeat after failures. Default false: for what is not safe to repeat, and for what the engine repeats. */
  readonly again?: boolean;
  /** Statuses that are an answer here, not an error. */
  readonly accept?: readonly number[];
  /** Statuses that are an answer from the second attempt on: the first may have done its work unheard. */
  readonly acceptLater?: readonly number[];
}

const LONGEST_PAUSE = 60_000;

export class DeepLakeClient {
  readonly options: DeepLakeOptions;
  /** Ids of the files that uploads of this adapter are known to have made. */
  readonly made = new Set<string>();
  readonly #base: string;
  readonly #http: HttpClient;

  constructor(options: DeepLakeOptions) {
    checkOptions(options);
    this.options = options;
    this.#base = (options.baseUrl ?? DEFAULT_BASE_URL).replace(/\/+$/, '');
    this.#http = createHttpClient({
      subject: SUBJECT,
      token: { origin: new URL(this.#base).origin, getToken: async call => options.getToken(call) },
    });
  }

  /** Address of something outside workspaces. */
  serviceUrl(...segments: readonly string[]): string {
    return [this.#base, ...segments.map(encodeURIComponent)].join('/');
  }

  /** Address of something in the workspace. */
  url(...segments: readonly string[]): string {
    return this.serviceUrl('workspaces', this.options.workspace, ...segments);
  }

  /** The headers of a request that somebody else sends to the API. */
  async headers(call: CallOptions): Promise<Record<string, string>> {
    const token = await askForToken(given => this.options.getToken(given), call);
    return { ...this.#common(), ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  }

  #common(): Record<string, string> {
    const { orgId } = this.options;
    return orgId === undefined ? {} : { 'x-activeloop-org-id': orgId };
  }

  /** Sends one call. @throws TransferError for every refusal that is not accepted. */
  send(
    request: Omit<HttpRequest, 'timeout'>,
    { signal }: CallOptions,
    { path, again = false, accept = [], acceptLater = [] }: CallDetails = {},
  ): Promise<TransferResponse> {
    const { maxRetries = 3, retryBackoffFactor = 1, timeout = 30_000 } = this.options;
    const once = async (attempt: number) => {
      const headers = { accept: 'application/json', ...this.#common(), ...request.headers };
      const response = await this.#http.send({ ...request, headers, timeout }, { signal });
      const accepted = attempt > 1 ? [...accept, ...acceptLater] : accept;
      const error = accepted.includes(response.status) ? undefined : readApiError(response, path);
      if (error) throw error;
      return response;
    };
    return withRetry(once, {
      signal,
      attempts: again ? maxRetries + 1 : 1,
      backoff: failures => Math.min(LONGEST_PAUSE, retryBackoffFactor * 1000 * 2 ** (failures - 1)),
    });
  }

  async sendForJson(
    request: Omit<HttpRequest, 'timeout'>,
    call: CallOptions,
    details?: CallDetails,
  ): Promise<unknown> {
    return readJson(await this.send(request, call, details), SUBJECT);
  }
}

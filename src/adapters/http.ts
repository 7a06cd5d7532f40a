/**
 * The HTTP client of all adapters, for control calls: listing, signing, completing. File content does not go through
 * it. The only file that imports ky.
 *
 * It makes one attempt and resolves to whatever the server answered, refusals too; platforms read those. No answer at
 * all is a {@link TransferError}. `retry.ts` repeats, where repeating is safe: a signed request must be signed again
 * first, and some refusals come with status 200, so ky's own retry is off.
 */
import ky, { TimeoutError } from 'ky';
import { TransferError } from '../core/errors.js';
import { readText } from '../core/read-text.js';
import type { CallOptions, TransferResponse } from './adapter.js';
import { abortedError, hostOf, noAnswerError, timeoutError } from './http-errors.js';
import { askForToken } from './page-function.js';

/** Credentials of an API, bound to the one origin they were made for. */
export interface TokenSource {
  /** Requests to any other origin never carry the token. */
  readonly origin: string;
  /** Called before each request; caching and renewal are the owner's. */
  getToken(options: CallOptions): Promise<string | undefined>;
  /** Header that carries it. Default `authorization`. */
  readonly header?: string;
  /** Word before the token. Default `Bearer`; empty for none. */
  readonly scheme?: string;
}

export interface HttpClientOptions {
  /** Who is spoken to, as the beginning of a sentence. Default `The storage`. */
  readonly subject?: string;
  readonly token?: TokenSource;
  /** Cookies of the page. Default `omit`: storages know people by signatures and tokens. */
  readonly credentials?: RequestCredentials;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Blob | FormData;
  /** Sent as JSON, in place of `body`. */
  readonly json?: unknown;
  /** Milliseconds until the answer must have begun. Default 30,000. */
  readonly timeout?: number;
  /** Milliseconds until the answer must have ended. Default: 60,000 more than `timeout`. */
  readonly bodyTimeout?: number;
  /** The headers hold a secret of the page: a redirect is an error, not followed. Default false. */
  readonly secret?: boolean;
}

export interface HttpClient {
  /** @throws TransferError when no answer came: network, CORS, time, abort, a redirect that may not be followed. */
  send(request: HttpRequest, options: CallOptions): Promise<TransferResponse>;
}

/** In characters. A listing of 1,000 keys of 1,024 bytes, all percent-encoded, is below 4 Mi. */
const LARGEST_BODY = 16 * 1024 * 1024;

export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const { token, subject = 'The storage', credentials = 'omit' } = options;

  async function send(request: HttpRequest, call: CallOptions): Promise<TransferResponse> {
    if (call.signal.aborted) throw abortedError();
    if (token === undefined || new URL(request.url).origin !== token.origin) {
      return sendWith(request, {}, request.secret === true, call);
    }
    const { header = 'authorization', scheme = 'Bearer' } = token;
    const ask = () => askForToken(given => token.getToken(given), call);
    const withToken = (value: string | undefined) =>
      sendWith(
        request,
        value === undefined ? {} : { [header]: scheme ? `${scheme} ${value}` : value },
        true,
        call,
      );
    const value = await ask();
    const response = await withToken(value);
    if (response.status !== 401 || value === undefined) return response;
    // It may have ended on its way, and the page may have another one by now.
    const next = await ask().catch(error => {
      // That the page cannot fetch one at the moment says nothing about what it has.
      const mayPass = error instanceof TransferError && (error.kind === 'retry' || error.kind === 'wait');
      if (mayPass || call.signal.aborted) throw error;
      return undefined;
    });
    return next === undefined || next === value ? response : withToken(next);
  }

  async function sendWith(
    request: HttpRequest,
    credential: Readonly<Record<string, string>>,
    secret: boolean,
    { signal }: CallOptions,
  ): Promise<TransferResponse> {
    const { timeout = 30_000 } = request;
    const headers: Record<string, string> = { ...request.headers, ...credential };
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), request.bodyTimeout ?? timeout + 60_000);
    try {
      const response = await ky(request.url, {
        method: request.method,
        headers,
        ...(request.json === undefined ? {} : { json: request.json }),
        ...(request.body === undefined ? {} : { body: request.body }),
        credentials,
        // Only for reading: browsers then send `Cache-Control: no-cache`, which S3 would keep with a new object.
        cache: isReading(request.method) ? 'no-store' : 'default',
        // Browsers drop Authorization when a redirect leaves the origin, but not the headers some APIs use instead.
        redirect: secret ? 'manual' : 'follow',
        signal: AbortSignal.any([signal, deadline.signal]),
        timeout,
        retry: 0,
        throwHttpErrors: false,
      });
      if (secret && (response.type === 'opaqueredirect' || isRedirect(response.status))) {
        throw redirectError(request.url, subject);
      }
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await textOf(response, subject),
        url: withoutQuery(response.url || request.url),
      };
    } catch (error) {
      // The original is dropped on purpose: ky and some engines put the whole URL, signature included, in its text.
      if (error instanceof TransferError) throw error;
      if (signal.aborted) throw abortedError();
      if (deadline.signal.aborted || error instanceof TimeoutError) throw timeoutError(request.url, subject);
      throw noAnswerError(request.url, subject);
    } finally {
      clearTimeout(timer);
    }
  }

  return { send };
}

/** @throws TransferError (`invalid-answer`) when the body is no JSON. */
export function readJson(response: TransferResponse, subject = 'The server'): unknown {
  try {
    return JSON.parse(response.body);
  } catch {
    throw new TransferError(
      `${subject} answered in a form this page does not understand (${response.status}, no JSON).`,
      { kind: response.status >= 500 ? 'retry' : 'fatal', reason: 'invalid-answer', status: response.status },
    );
  }
}

function isReading(method: HttpRequest['method']): boolean {
  return method === 'GET' || method === 'HEAD';
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

function redirectError(url: string, subject: string): TransferError {
  return new TransferError(
    `${subject} (${hostOf(url)}) wants to send this page on to another address. That was not done, because the request holds your access; check the address of the storage.`,
    { kind: 'fatal', reason: 'invalid-answer' },
  );
}

async function textOf(response: Response, subject: string): Promise<string> {
  const { text, complete } = await readText(response, LARGEST_BODY);
  if (complete) return text;
  throw new TransferError(`${subject} sent a larger answer than this page can take.`, {
    kind: 'fatal',
    reason: 'invalid-answer',
    status: response.status,
  });
}

function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

import type { Delivery, LocalDelivery, SignedRequest, TransferResponse } from '../adapters/adapter.js';
import { errorName, TransferError } from '../core/errors.js';
import { readText } from '../core/read-text.js';
import { abortable, type Clock } from './clock.js';
import { multipartBody } from './multipart.js';
import { networkError, originOf, publicUrl } from './transfer-errors.js';
import { watch } from './watchdog.js';

/** Bodies up to this size go by `fetch` and show no progress on their way. */
export const smallBody = 256 * 1024;
/** Most of an answer's body that is kept, in characters. */
const longestBody = 1024 * 1024;
/** No byte moved for this long: the connection is dead, whatever the browser says. Milliseconds. */
const stallAfter = 25_000;
/** The answer has to begin this long after the last byte went out, and longer after large bodies. */
const answerWithin = 60_000;
const answerBytesPerMillisecond = 8 * 1024;
/** Slowest link on which a small body still gets through before its deadline, in bytes per millisecond. */
const slowestLink = 8;

export interface SendOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Told the bytes handed over so far. */
  readonly onSent?: (bytes: number) => void;
  /** Name for the file in a form that gives none. */
  readonly fileName?: string;
  /** MIME type for the file in a form. */
  readonly type?: string;
  /** The body's bytes, when they were read already. */
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
  /** Overrides for tests, in milliseconds. */
  readonly stallAfter?: number;
  readonly answerWithin?: number;
}

export const isLocal = (delivery: Delivery): delivery is LocalDelivery => 'deliver' in delivery;

const fileFieldOf = (request: SignedRequest): string => request.fileField ?? 'file';
const fileNameOf = (request: SignedRequest, options: SendOptions): string =>
  request.fileName ?? options.fileName ?? 'file';

function formOf(request: SignedRequest, body: Blob, options: SendOptions): FormData {
  const form = new FormData();
  for (const [name, value] of request.fields ?? []) form.append(name, value);
  // S3 ignores every field after the file, so the file comes last.
  const typed = options.type ? body.slice(0, body.size, options.type) : body;
  form.append(fileFieldOf(request), typed, fileNameOf(request, options));
  return form;
}

const stalled = (url: string): TransferError =>
  new TransferError(`The connection to ${originOf(url) ?? 'the storage'} moved no byte for a while.`, {
    kind: 'retry',
    reason: 'stalled',
  });

const noAnswer = (url: string): TransferError =>
  new TransferError(`${originOf(url) ?? 'The storage'} took the bytes but did not answer in time.`, {
    kind: 'retry',
    reason: 'timeout',
  });

function parseHeaders(raw: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of raw.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

function sendByXhr(request: SignedRequest, body: Blob | FormData, size: number, options: SendOptions) {
  const { signal, clock } = options;
  return new Promise<TransferResponse>((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let settled = false;
    const end = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      dog.stop();
      signal.removeEventListener('abort', stop);
      finish();
    };
    const fail = (error: unknown): void =>
      end(() => {
        reject(error);
        xhr.abort();
      });
    const stop = (): void => fail(signal.reason);
    const dog = watch(clock, options.stallAfter ?? stallAfter, () =>
      fail(bodyOut ? noAnswer(request.url) : stalled(request.url)),
    );
    let bodyOut = false;
    const answerDeadline = (options.answerWithin ?? answerWithin) + size / answerBytesPerMillisecond;
    const out = (): void => {
      if (bodyOut) return;
      bodyOut = true;
      options.onSent?.(size);
      dog.allow(answerDeadline);
    };
    xhr.upload.onprogress = event => {
      dog.alive();
      options.onSent?.(Math.min(event.loaded, size));
      if (event.lengthComputable && event.loaded >= event.total) out();
    };
    xhr.upload.onload = out;
    xhr.onprogress = () => dog.alive();
    xhr.onload = () =>
      end(() =>
        resolve({
          status: xhr.status,
          headers: parseHeaders(xhr.getAllResponseHeaders()),
          body: xhr.responseText.slice(0, longestBody),
          url: publicUrl(xhr.responseURL || request.url),
        }),
      );
    xhr.onerror = () => fail(networkError(originOf(request.url)));
    xhr.onabort = () => fail(signal.aborted ? signal.reason : networkError(originOf(request.url)));
    try {
      xhr.open(request.method, request.url);
      xhr.responseType = 'text';
      for (const [name, value] of Object.entries(request.headers ?? {})) xhr.setRequestHeader(name, value);
      signal.addEventListener('abort', stop);
      xhr.send(body);
    } catch (error) {
      fail(unsendable(request, error));
    }
  });
}

function unsendable(request: SignedRequest, error: unknown): TransferError {
  return new TransferError(
    `The request to ${originOf(request.url) ?? 'the storage'} could not be made: its address or one of its headers is not valid. Whoever runs this page has to look at the signer.`,
    { kind: 'fatal', reason: 'signer', cause: errorName(error) },
  );
}

async function sendByFetch(
  request: SignedRequest,
  body: Blob | FormData | Uint8Array<ArrayBuffer>,
  size: number,
  options: SendOptions,
) {
  const { signal, clock } = options;
  const own = new AbortController();
  const stop = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', stop);
  let late = false;
  const dog = watch(clock, (options.answerWithin ?? answerWithin) + size / slowestLink, () => {
    late = true;
    own.abort();
  });
  try {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
    const response = await fetch(request.url, {
      method: request.method,
      headers,
      body,
      // No cache mode: `no-store` would send `Cache-Control: no-cache`, which S3 keeps with the object.
      credentials: 'omit',
      signal: own.signal,
    });
    dog.alive();
    const { text } = await readText(response, longestBody);
    options.onSent?.(size);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: text,
      url: publicUrl(response.url || request.url),
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (late) throw noAnswer(request.url);
    // `fetch` says TypeError for a lost connection; before anything was sent it also says so for a bad header.
    if (error instanceof TypeError && !isRequest(request)) throw unsendable(request, error);
    throw networkError(originOf(request.url));
  } finally {
    dog.stop();
    signal.removeEventListener('abort', stop);
  }
}

function isRequest(request: SignedRequest): boolean {
  try {
    new Request(request.url, { method: request.method, headers: { ...request.headers } });
    return true;
  } catch {
    return false;
  }
}

/** The browser would add a Content-Type that nobody signed. Parts have none already, and each slice costs a wait. */
const withoutType = (body: Blob): Blob => (body.type === '' ? body : body.slice(0, body.size));

/**
 * Sends one body and returns the storage's answer, whatever its status. Large bodies go by XMLHttpRequest, which
 * reports progress; small ones by `fetch`, and so does everything that needs no CORS preflight, which an upload
 * listener would bring back. Rejects with the signal's reason, or `TransferError` of kind `retry` when the connection
 * broke, stalled or no answer came.
 */
export async function send(delivery: Delivery, body: Blob, options: SendOptions): Promise<TransferResponse> {
  options.signal.throwIfAborted();
  if (isLocal(delivery)) {
    const { signal } = options;
    return abortable(delivery.deliver(body, { signal, onSent: bytes => options.onSent?.(bytes) }), signal);
  }
  const byFetch = body.size <= smallBody || (delivery.preflightFree === true && body.size <= 4 * smallBody);
  if (byFetch && options.bytes) return sendBytes(delivery, options.bytes, body.type, options);
  const content = delivery.fields ? formOf(delivery, body, options) : withoutType(body);
  return byFetch
    ? sendByFetch(delivery, content, body.size, options)
    : sendByXhr(delivery, content, body.size, options);
}

function sendBytes(
  request: SignedRequest,
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  options: SendOptions,
): Promise<TransferResponse> {
  if (!request.fields) return sendByFetch(request, bytes, bytes.length, options);
  const body = multipartBody(request.fields, {
    field: fileFieldOf(request),
    name: fileNameOf(request, options),
    type: options.type || type,
    bytes,
  });
  // `multipart/form-data` is one of the three content types that need no preflight.
  const headers = { ...request.headers, 'content-type': body.contentType };
  return sendByFetch({ ...request, headers }, body.bytes, bytes.length, options);
}

/** What the absence of an answer, or an HTTP status alone, means. Platforms refine it by their own error bodies. */
import { type ErrorKind, type ErrorReason, TransferError } from '../core/errors.js';
import { retryAfterOf } from '../core/retry-after.js';

/** Longest piece of a server's own words that is kept. */
const LONGEST_QUOTE = 300;

export function abortedError(): TransferError {
  return new TransferError('Stopped before it was done.', { kind: 'fatal', reason: 'aborted' });
}

/** The host of a URL, for sentences: never the path or the query, which may hold a signature. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the server';
}

/** A server's own words, safe to show: one line, short, without URLs' queries, which may be signatures. */
export function quote(words: string | undefined): string | undefined {
  const line = words
    ?.replace(/\?[^\s"'<>]*/g, match => (match.includes('=') ? '?…' : match))
    .replace(/\s+/g, ' ')
    .trim();
  if (!line) return undefined;
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line;
}

/** `(403 AccessDenied, request 7F2A)`: what whoever runs the server wants to know. */
export function reference(status: number, code?: string, requestId?: string): string {
  const words = code ? `${status} ${code}` : String(status);
  return requestId ? `(${words}, request ${requestId})` : `(${words})`;
}

export interface StatusMeaning {
  readonly kind: ErrorKind;
  readonly reason: ErrorReason;
  /** What happened and what to do; the reference is put before the last sentence's end by the caller. */
  readonly text: string;
}

/** The meaning of a status from 400 on, when nothing more is known. `subject` begins the sentence: “The storage”. */
export function meaningOfStatus(status: number, subject: string): StatusMeaning {
  switch (status) {
    case 400:
      return { kind: 'fatal', reason: 'invalid-input', text: `${subject} did not accept the request.` };
    case 401:
      return {
        kind: 'fatal',
        reason: 'unauthorized',
        text: `${subject} does not know who you are. Sign in again.`,
      };
    case 403:
      return {
        kind: 'fatal',
        reason: 'forbidden',
        text: `${subject} does not allow this. Ask whoever runs it for access.`,
      };
    case 404:
    case 410:
      return { kind: 'fatal', reason: 'not-found', text: `${subject} does not have this any more.` };
    case 405:
    case 501:
      return { kind: 'fatal', reason: 'not-supported', text: `${subject} cannot do this.` };
    case 408:
      return { kind: 'retry', reason: 'timeout', text: `${subject} waited too long for the data.` };
    case 409:
      return {
        kind: 'fatal',
        reason: 'conflict',
        text: `${subject} holds something else under this name, or somebody else is changing it.`,
      };
    case 412:
      return {
        kind: 'fatal',
        reason: 'changed-remote',
        text: `The file at the storage changed meanwhile, so nothing was overwritten. Reload the listing.`,
      };
    case 413:
      return { kind: 'fatal', reason: 'too-large', text: `${subject} does not take files of this size.` };
    case 415:
      return { kind: 'fatal', reason: 'wrong-type', text: `${subject} does not take this type of file.` };
    case 429:
      return { kind: 'retry', reason: 'rate-limited', text: `${subject} asks to go slower.` };
    case 507:
      return {
        kind: 'fatal',
        reason: 'storage-full',
        text: `${subject} is full. What is stored is safe; free some space there, then try again.`,
      };
    default:
      if (status >= 500) {
        return { kind: 'retry', reason: 'server', text: `${subject} had an error of its own.` };
      }
      return { kind: 'fatal', reason: 'unknown', text: `${subject} refused the request.` };
  }
}

/**
 * Whether a server's own words say that no more may be stored: platforms put that into 400, 403, 409 and 413 alike, and
 * some hand on the codes of the storage behind them.
 */
export const tellsQuota = (words: string | undefined): boolean =>
  /\bquota\b|QuotaExceeded|InsufficientStorage|StorageFull|\bstorage (?:limit|space|capacity)\b|\bout of (?:disk|storage)\b/i.test(
    words ?? '',
  );

export interface StatusErrorDetails {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly requestId?: string | undefined;
  readonly path?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Joins a meaning with what the server said. */
export function errorOf(
  status: number,
  meaning: StatusMeaning,
  { code, message, requestId, path, headers }: StatusErrorDetails = {},
): TransferError {
  const retryAfter = headers && retryAfterOf(headers['retry-after']);
  const serverMessage = quote(message);
  return new TransferError(`${meaning.text} ${reference(status, code, requestId)}`, {
    kind: meaning.kind,
    reason: meaning.reason,
    status,
    ...(code ? { serverCode: code } : {}),
    ...(serverMessage ? { serverMessage } : {}),
    ...(requestId ? { requestId } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(path === undefined ? {} : { path }),
  });
}

/** The error of a status from 400 on, when nothing more is known. */
export function statusError(status: number, subject: string, details?: StatusErrorDetails): TransferError {
  return errorOf(status, meaningOfStatus(status, subject), details);
}

/** No answer came: the browser does not tell a page whether the network or a CORS rule was in the way. */
export function noAnswerError(url: string, subject: string): TransferError {
  const host = hostOf(url);
  if (globalThis.navigator?.onLine === false) {
    return new TransferError('There is no connection to the internet. What is stored is safe.', {
      kind: 'wait',
      reason: 'offline',
    });
  }
  if (isCrossOrigin(url)) {
    return new TransferError(
      `${subject} (${host}) could not be reached, or does not let this site read its answer. Check the connection; if it is fine, whoever runs the storage has to allow this site (CORS) and check the keys: refusals often come without CORS headers.`,
      { kind: 'retry', reason: 'cors-or-network' },
    );
  }
  return new TransferError(`${subject} (${host}) could not be reached. Check the connection.`, {
    kind: 'retry',
    reason: 'network',
  });
}

export function timeoutError(url: string, subject: string): TransferError {
  return new TransferError(`${subject} (${hostOf(url)}) did not answer in time.`, {
    kind: 'retry',
    reason: 'timeout',
  });
}

function isCrossOrigin(url: string): boolean {
  const own = globalThis.location?.origin;
  return own !== undefined && URL.canParse(url) && new URL(url).origin !== own;
}

/** What the refusals of the API, and of the storages behind it, mean. */
import { type ErrorKind, type ErrorReason, TransferError } from '../../core/errors.js';
import type { TransferResponse } from '../adapter.js';
import { errorOf, meaningOfStatus, quote, type StatusMeaning, tellsQuota } from '../http-errors.js';
import { readStorageError, type StorageErrorContext } from '../signed-url.js';
import { childText, parseXml } from '../xml.js';

const SUBJECT = 'UbiOps';
/** What the platform's own client assumes when the header is missing, or hidden by CORS. Seconds. */
const ASSUMED_RESET = 59;

/** The error in an answer of the API; undefined for a success. */
export function readApiError(response: TransferResponse, path?: string): TransferError | undefined {
  const { status, headers } = response;
  if (status >= 200 && status < 300) return undefined;
  const message = wordsOf(response.body);
  if (status === 429) {
    const seconds = resetOf(headers['x-ratelimit-reset']) + 1;
    return errorOf(
      status,
      {
        kind: 'retry',
        reason: 'rate-limited',
        text: `UbiOps takes no more requests for ${seconds} ${seconds === 1 ? 'second' : 'seconds'}. Nothing is lost.`,
      },
      { message, path, headers: { 'retry-after': headers['retry-after'] ?? String(seconds) } },
    );
  }
  // Its own JSON says so even with a status from 500 on, when the storage behind the bucket refused the platform.
  const isFull = status !== 401 && tellsQuota(message);
  return errorOf(status, meaningOf(isFull ? 402 : status, message), { message, path, headers });
}

function meaningOf(status: number, message: string | undefined): StatusMeaning {
  switch (status) {
    case 400:
      if (message && /\balready\b.*\b(?:exists?|in use|taken)\b/i.test(message)) {
        return fatal('exists', 'There is already something of this name. It was left as it is.');
      }
      if (message) return fatal('invalid-input', `UbiOps did not accept this: ${withoutStop(message)}.`);
      return meaningOfStatus(status, SUBJECT);
    case 401:
      return fatal(
        'unauthorized',
        'UbiOps does not accept the token of this page. It may have ended or been revoked: put in a valid one.',
      );
    case 402:
      return fatal(
        'quota',
        'What the UbiOps subscription, or the storage of this bucket, allows is used up. What is stored is safe; ask whoever runs the project, or delete something.',
      );
    case 403:
      return fatal(
        'forbidden',
        'The token of this page has no permission for this. Ask whoever runs the UbiOps project for a role with it (files-reader, files-writer, or a bucket role).',
      );
    case 404:
      return fatal(
        'not-found',
        'UbiOps does not have this, or no longer. Reload the listing; if it stays so, check the names of project and bucket.',
      );
    default:
      return meaningOfStatus(status, SUBJECT);
  }
}

function fatal(reason: ErrorReason, text: string): StatusMeaning {
  return { kind: 'fatal', reason, text };
}

/** The server's own words: `error`, else `error_message` or `detail`, else the fields it complains about. */
function wordsOf(body: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { error, error_message: errorMessage, detail } = json as Record<string, unknown>;
  for (const words of [error, errorMessage, detail]) {
    if (typeof words === 'string' && words !== '') return quote(words);
  }
  return quote(JSON.stringify(error ?? errorMessage ?? detail ?? json));
}

function withoutStop(words: string): string {
  return words.replace(/[.\s]+$/, '');
}

function resetOf(header: string | undefined): number {
  const seconds = Number(header?.trim() || Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : ASSUMED_RESET;
}

/** The error in a storage's answer to a signed URL; undefined for a success. */
export function readStoredError(
  response: TransferResponse,
  context: StorageErrorContext,
): TransferError | undefined {
  const error = readStorageError(response, context);
  if (!error) return undefined;
  // Azure tells an ended signature from a wrong one only in a further element; Google puts its words into `Details`.
  const details = detailsOf(response.body);
  if (error.reason === 'wrong-credentials' && /specified time frame/i.test(details ?? '')) {
    return changed(
      error,
      're-sign',
      'expired',
      'The permission for this request ran out before it was used. A new one is asked for.',
    );
  }
  const said = error.serverMessage ?? quote(details);
  return said === error.serverMessage ? error : changed(error, error.kind, error.reason, error.message, said);
}

/** The same refusal with another meaning. */
export function changed(
  error: TransferError,
  kind: ErrorKind,
  reason: ErrorReason,
  message: string,
  serverMessage: string | undefined = error.serverMessage,
): TransferError {
  const { status, serverCode, requestId, retryAfter, path } = error;
  return new TransferError(message, {
    kind,
    reason,
    ...(status === undefined ? {} : { status }),
    ...(serverCode === undefined ? {} : { serverCode }),
    ...(serverMessage === undefined ? {} : { serverMessage }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(path === undefined ? {} : { path }),
  });
}

function detailsOf(body: string): string | undefined {
  if (!body.includes('<Error')) return undefined;
  try {
    const root = parseXml(body);
    return childText(root, 'AuthenticationErrorDetail') ?? childText(root, 'Details');
  } catch {
    return undefined;
  }
}

export function invalid(text: string): TransferError {
  return new TransferError(text, { kind: 'fatal', reason: 'invalid-input' });
}

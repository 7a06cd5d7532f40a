/** What it means when nobody signed. */
import { type ErrorKind, type ErrorReason, errorName, TransferError } from '../../core/errors.js';
import { abortedError, noAnswerError, quote } from '../http-errors.js';
import type { S3SignRefusal } from './signing.js';

const SUBJECT = 'The service that signs requests for this page';

export function refusalError(refusal: S3SignRefusal, path: string | undefined): TransferError {
  const { code, message, status } = refusal.error;
  const { kind, reason } = meaning(Number(status) || 400);
  const words = quote(String(message ?? '')) ?? `${SUBJECT} refused.`;
  return new TransferError(`${words} (${status} ${code})`, {
    kind,
    reason,
    ...(Number(status) ? { status: Number(status) } : {}),
    ...(code ? { serverCode: String(code) } : {}),
    serverMessage: words,
    ...(path === undefined ? {} : { path }),
  });
}

/**
 * What browsers and Node call a `fetch` without an answer. Other TypeErrors are mistakes in the page's own function:
 * those do not go away by waiting for the network.
 */
const FETCH_FAILED =
  /^(failed to fetch|fetch failed|networkerror when|network error|load failed|error in (input|body) stream|terminated|the network connection was lost|the internet connection)/i;

/** What the page's own function threw. */
export function thrownError(error: unknown, signal: AbortSignal, path: string | undefined): TransferError {
  if (signal.aborted) return abortedError();
  if (error instanceof TransferError) return error;
  const where = path === undefined ? {} : { path };
  const status = statusOf(error);
  if (status !== undefined) {
    const { kind, reason } = meaning(status);
    return new TransferError(`${SUBJECT} refused (${status}).${advice(status)}`, {
      kind,
      reason,
      status,
      ...where,
      cause: errorName(error),
    });
  }
  if (globalThis.navigator?.onLine === false) return noAnswerError('', SUBJECT);
  if (error instanceof TypeError && FETCH_FAILED.test(error.message)) {
    return new TransferError(`${SUBJECT} could not be reached. What is stored is safe; it is tried again.`, {
      kind: 'retry',
      reason: 'cors-or-network',
      ...where,
      cause: errorName(error),
    });
  }
  // Unknown: most often an error page in place of JSON, so it is worth another try.
  return new TransferError(`${SUBJECT} could not be asked. What is stored is safe; try again in a moment.`, {
    kind: 'retry',
    reason: 'signer',
    ...where,
    cause: errorName(error),
  });
}

/** The answer is neither a signed request nor a refusal. */
export function unusableError(path: string | undefined): TransferError {
  return new TransferError(
    `${SUBJECT} answered in a form this page does not understand (no URL). Tell whoever runs this site.`,
    { kind: 'fatal', reason: 'signer', ...(path === undefined ? {} : { path }) },
  );
}

function meaning(status: number): { kind: ErrorKind; reason: ErrorReason } {
  if (status === 401) return { kind: 'fatal', reason: 'unauthorized' };
  if (status === 403) return { kind: 'fatal', reason: 'forbidden' };
  if (status === 429) return { kind: 'retry', reason: 'rate-limited' };
  return { kind: status === 408 || status >= 500 ? 'retry' : 'fatal', reason: 'signer' };
}

function advice(status: number): string {
  if (status === 401) return ' Sign in again.';
  if (status === 403) return ' Ask whoever runs this site for access.';
  return '';
}

/** Status of an error as ky, axios and many hand-written clients carry it. */
function statusOf(error: unknown): number | undefined {
  const { status, response } = (error ?? {}) as { status?: unknown; response?: { status?: unknown } };
  const value = typeof status === 'number' ? status : response?.status;
  return typeof value === 'number' && value >= 400 && value < 600 ? value : undefined;
}

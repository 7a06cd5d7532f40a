/** What it means when a function of the page's own (a signer, a source of tokens) throws. */
import { type ErrorKind, type ErrorReason, errorName, TransferError } from '../core/errors.js';
import type { CallOptions } from './adapter.js';
import { abortedError, noAnswerError } from './http-errors.js';

/**
 * What browsers and Node call a `fetch` without an answer. Other TypeErrors are mistakes in the page's own function:
 * those do not go away by waiting for the network.
 */
const FETCH_FAILED =
  /^(failed to fetch|fetch failed|networkerror when|network error|load failed|error in (input|body) stream|terminated|the network connection was lost|the internet connection)/i;

export interface PageFunction {
  /** Who it asks, as the beginning of a sentence. */
  readonly subject: string;
  /** Reason of failures that say nothing better. */
  readonly reason: Extract<ErrorReason, 'signer' | 'unauthorized'>;
  readonly path?: string | undefined;
}

/** Tells what was thrown as what it is: no connection, a refusal, or something unknown. */
export function thrownByPage(
  error: unknown,
  signal: AbortSignal,
  { subject, reason, path }: PageFunction,
): TransferError {
  if (signal.aborted) return abortedError();
  if (error instanceof TransferError) return error;
  const where = path === undefined ? {} : { path };
  const status = statusOf(error);
  if (status !== undefined) {
    return new TransferError(`${subject} refused (${status}).${advice(status)}`, {
      ...meaningOfRefusal(status, reason),
      status,
      ...where,
      cause: errorName(error),
    });
  }
  if (globalThis.navigator?.onLine === false) return noAnswerError('', subject);
  if (error instanceof TypeError && FETCH_FAILED.test(error.message)) {
    return new TransferError(`${subject} could not be reached. What is stored is safe.`, {
      kind: 'retry',
      reason: 'cors-or-network',
      ...where,
      cause: errorName(error),
    });
  }
  // Unknown: most often an error page in place of JSON, so it is worth another try.
  return new TransferError(`${subject} could not be asked. What is stored is safe; try again in a moment.`, {
    kind: 'retry',
    reason,
    ...where,
    cause: errorName(error),
  });
}

/** Asks the page for its token. @throws TransferError for whatever the page's function throws */
export async function askForToken<Token>(
  getToken: (options: CallOptions) => Promise<Token> | Token,
  call: CallOptions,
): Promise<Token> {
  try {
    return await getToken(call);
  } catch (error) {
    throw thrownByPage(error, call.signal, {
      subject: 'The service that gives this page its access',
      reason: 'unauthorized',
    });
  }
}

export interface RefusalMeaning {
  readonly kind: ErrorKind;
  readonly reason: ErrorReason;
}

export function meaningOfRefusal(status: number, otherwise: ErrorReason): RefusalMeaning {
  if (status === 401) return { kind: 'fatal', reason: 'unauthorized' };
  if (status === 403) return { kind: 'fatal', reason: 'forbidden' };
  if (status === 429) return { kind: 'retry', reason: 'rate-limited' };
  return { kind: status === 408 || status >= 500 ? 'retry' : 'fatal', reason: otherwise };
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

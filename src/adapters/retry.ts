/**
 * Retry of control calls that elements make directly (listing, stat, metadata, links, …).
 *
 * The engine has its own, larger budget for what it sends; a plan's functions therefore do not retry, or two budgets
 * would multiply. What a person waits for in front of a listing is short: four attempts, within about ten seconds.
 */
import { reworded, TransferError } from '../core/errors.js';
import { abortedError } from './http-errors.js';

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Attempts in all, the first included. Default 4. */
  readonly attempts?: number;
  /** Milliseconds to pause after this many failures (from 1), where the server names none. Default: full jitter. */
  readonly backoff?: (failures: number) => number;
}

const BASE_PAUSE = 400;
const LONGEST_PAUSE = 6_000;
/** Nobody watches a listing longer than this; beyond it the refusal is told, with the wish of the server in it. */
const LONGEST_RETRY_AFTER = 20_000;

/**
 * Runs `run` again while it fails with kind `retry` (after a pause with full jitter, or the one the server asked
 * for) or `re-sign` (once, at once). `run` gets the number of the attempt, from 1.
 */
export async function withRetry<T>(
  run: (attempt: number) => Promise<T>,
  { signal, attempts = 4, backoff = fullJitter }: RetryOptions,
): Promise<T> {
  let signedAgain = false;
  for (let attempt = 1; ; attempt += 1) {
    if (signal.aborted) throw abortedError();
    try {
      return await run(attempt);
    } catch (error) {
      if (!(error instanceof TransferError) || signal.aborted) throw error;
      if (attempt >= attempts) throw error;
      if (error.kind === 're-sign') {
        if (signedAgain) throw staleWhenFresh(error);
        signedAgain = true;
        continue;
      }
      if (error.kind !== 'retry') throw error;
      if (error.retryAfter !== undefined && error.retryAfter > LONGEST_RETRY_AFTER) throw error;
      await pause(error.retryAfter ?? backoff(attempt), signal);
    }
  }
}

/** A permission that is refused the moment it was made: trying again is no way out, so this names one. */
function staleWhenFresh(cause: TransferError): TransferError {
  const { status, serverCode } = cause;
  const words = [status, serverCode].filter(word => word !== undefined).join(' ');
  return reworded(
    cause,
    `A permission that was just made is refused as expired. Most often the clock of whoever signs for this page is wrong, or it signs for too short a time: ask whoever runs this site.${words && ` (${words})`}`,
  );
}

/** https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
function fullJitter(attempt: number): number {
  return Math.random() * Math.min(LONGEST_PAUSE, BASE_PAUSE * 2 ** attempt);
}

/** Waits. @throws TransferError (`aborted`) */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(abortedError());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', abort, { once: true });
  });
}

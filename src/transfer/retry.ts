import type { TransferError } from '../core/errors.js';
import { type Clock, sleep } from './clock.js';
import type { Connectivity } from './connectivity.js';
import { asTransferError, expiredError, unreachableError } from './transfer-errors.js';
import type { NextTry } from './types.js';

/** Reasons that say the connection, not the storage, is in the way. */
const connectionReasons = new Set(['network', 'cors-or-network', 'offline', 'stalled', 'timeout']);

/** Failed attempts in a row, without progress, before the storage's refusal counts as final. */
export const defaultBudget = 8;
/** The same for an origin of which no answer was ever read. */
const unprovenBudget = 6;
/** Fresh signatures in a row that may be refused as expired. */
const signatureBudget = 4;

const backoffBase = 800;
const backoffCap = 30_000;

/**
 * Exponential backoff with full jitter, in milliseconds; `failures` counts from 1. Never below what the server asked
 * for, and then a little above it, so that a thousand pages do not come back in the same instant.
 */
export function backoff(failures: number, random: () => number, retryAfter?: number): number {
  const ceiling = Math.min(backoffCap, backoffBase * 2 ** Math.min(failures - 1, 16));
  if (retryAfter !== undefined) return retryAfter + random() * Math.min(1000, ceiling);
  return Math.max(50, random() * ceiling);
}

export interface RetryOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly connectivity: Connectivity;
  /** Where the request goes, as far as known by then; asked after a failure. */
  readonly origin?: () => string | undefined;
  /** A counter that grows with progress: whenever it has grown, the budget is full again. */
  readonly progressMark?: () => number;
  /** Default 8. */
  readonly budget?: number;
  /** The engine waits now, before the attempt that `nextTry` tells of. */
  readonly onWaiting?: (error: TransferError, nextTry: NextTry) => void;
  /** The wait is over. */
  readonly onResumed?: () => void;
  /** Every failure, before it is decided about. May replace it (a changed file looks like a broken connection). */
  readonly inspect?: (error: TransferError) => Promise<TransferError> | TransferError;
}

/**
 * Calls `attempt` until it resolves, deciding by the kind of each failure (design.md §4, rule 12): `retry` with
 * backoff, `re-sign` at once and then with backoff, `wait` until the connection is back; `restart` and `fatal` are
 * thrown to the caller. `attempt` is told its number, from 1 on: a higher one needs a fresh signature.
 *
 * Failures of the connection to an origin that has answered before are retried without limit: the person's network
 * will come back, and the page says meanwhile that it waits.
 */
export async function retrying<T>(
  attempt: (number: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { signal, clock, connectivity, budget = defaultBudget } = options;
  /** Of the connection, and of what was reached: an outage, however long, says nothing of the storage. */
  let losses = 0;
  let refusals = 0;
  let signatures = 0;
  let mark = options.progressMark?.() ?? 0;
  for (let number = 1; ; number++) {
    signal.throwIfAborted();
    let error: TransferError;
    try {
      return await attempt(number);
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      error = asTransferError(thrown, undefined);
      if (options.inspect) error = await options.inspect(error);
      if (signal.aborted) throw signal.reason;
    }
    if (error.kind === 'fatal' || error.kind === 'restart') throw error;
    const now = options.progressMark?.() ?? 0;
    if (now !== mark) {
      mark = now;
      losses = 0;
      refusals = 0;
      signatures = 0;
    }
    if (error.kind === 're-sign') {
      signatures += 1;
      if (signatures > signatureBudget) throw expiredError(error);
      if (signatures > 1) await pause(error, signatures, options);
      continue;
    }
    const offline = error.kind === 'wait' || !connectivity.online;
    const isLoss = offline || connectionReasons.has(error.reason);
    if (!offline && isLoss) losses += 1;
    if (!isLoss) refusals += 1;
    const origin = options.origin?.();
    if (isLoss) {
      const proven = connectivity.isProven(origin);
      if (!offline && !proven && losses >= Math.min(budget, unprovenBudget)) {
        throw error.reason === 'network' || error.reason === 'cors-or-network'
          ? unreachableError(origin, error)
          : error;
      }
      const shown = offline || losses > 1 ? connectivity.waitingError(origin, error, losses) : error;
      const milliseconds = backoff(Math.max(1, losses), () => clock.random(), error.retryAfter);
      options.onWaiting?.(shown, {
        attempt: Math.max(1, losses) + 1,
        at: offline ? undefined : clock.now() + milliseconds,
      });
      // While the browser says it is offline only its `online` event, or a look now and then, makes sense.
      if (offline) await connectivity.waitForConnection(signal, backoffCap);
      else await connectivity.waitOrOnline(signal, milliseconds);
      options.onResumed?.();
      continue;
    }
    if (refusals >= budget) throw error;
    await pause(error, refusals, options);
  }
}

/** Waits as long as so many failures in a row, or the storage, ask for. */
async function pause(error: TransferError, failures: number, options: RetryOptions): Promise<void> {
  const { clock, signal } = options;
  const milliseconds = backoff(failures, () => clock.random(), error.retryAfter);
  options.onWaiting?.(error, { attempt: failures + 1, at: clock.now() + milliseconds });
  await sleep(clock, milliseconds, signal);
  options.onResumed?.();
}

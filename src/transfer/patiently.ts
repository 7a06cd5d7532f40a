import { abortable } from './clock.js';
import type { TransferContext } from './context.js';
import type { ItemControl } from './item-run.js';
import { type RetryOptions, retrying } from './retry.js';

/** Who waits: an item, which shows that it does, or whatever else has a signal. */
export type Waiting = Pick<ItemControl, 'signal'> & Partial<Pick<ItemControl, 'setState'>>;

/** Calls the storage again and again where that makes sense; rejects with the signal's reason as soon as it is aborted. */
export function patiently<T>(
  { clock, connectivity }: Pick<TransferContext, 'clock' | 'connectivity'>,
  waiting: Waiting,
  call: (signal: AbortSignal) => Promise<T>,
  options: Pick<RetryOptions, 'budget' | 'origin'> = {},
): Promise<T> {
  const { signal } = waiting;
  return retrying(() => abortable(call(signal), signal), {
    ...options,
    signal,
    clock,
    connectivity,
    onWaiting: (error, nextTry) => waiting.setState?.('waiting', error, nextTry),
    onResumed: () => waiting.setState?.('active'),
  });
}

import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import { retrying } from '../retry.js';

/** Calls the storage for an item, again and again where that makes sense; the item shows while it waits. */
export function patiently<T>(
  { clock, connectivity }: TransferContext,
  control: ItemControl,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal } = control;
  return retrying(() => abortable(call(signal), signal), {
    signal,
    clock,
    connectivity,
    onWaiting: (error, nextTry) => control.setState('waiting', error, nextTry),
    onResumed: () => control.setState('active'),
  });
}

/** Whether a file is there, before a place for it is made. */
import type { Adapter } from '../../../adapters/adapter.js';
import type { Entry } from '../../../core/entry.js';
import { TransferError } from '../../../core/errors.js';
import { abortable } from '../../../transfer/clock.js';

/** How long a person's click is waited with, in milliseconds: browsers let a page open a picker for some seconds. */
const mostLook = 2000;

/**
 * Looks whether there is anything to save, before a browser's picker empties the file that the person picks. Rejects
 * with `TransferError` where the storage says that it is not there, or not for this page; what takes longer, or fails in
 * another way, is for the download itself to tell.
 */
export async function lookBefore(adapter: Adapter, path: string): Promise<void> {
  if (!adapter.stat) return;
  const signal = AbortSignal.timeout(mostLook);
  let found: Entry | undefined;
  try {
    found = await abortable(adapter.stat(path, { signal }), signal);
  } catch (error) {
    if (error instanceof TransferError && error.kind === 'fatal' && error.reason !== 'aborted') throw error;
    return;
  }
  if (found !== undefined) return;
  throw new TransferError(`${path} is not in the storage any more. It may have been moved or deleted.`, {
    kind: 'fatal',
    reason: 'not-found',
    path,
  });
}

import type { UploadPlan } from '../../adapters/adapter.js';
import type { ItemControl } from '../item-run.js';
import { signingKey } from '../transfer-errors.js';
import { retryCall, type UploadSession } from './session.js';

/**
 * Asks the adapter how a file goes up. An upload of an earlier page is taken up where the adapter can; what it holds is
 * looked at when the parts are about to be sent (`PartsAtStorage.reconcile`). Rejects with kind `restart` when it is of
 * no use any more.
 */
export function openPlan(session: UploadSession, control: ItemControl): Promise<UploadPlan> {
  const { context, intent, earlier } = session;
  const { adapter } = context;
  const open = (signal: AbortSignal): Promise<UploadPlan> =>
    earlier && adapter.reopenUpload
      ? adapter.reopenUpload(intent, earlier.state, { signal })
      : adapter.openUpload!(intent, { signal });
  return retryCall(context, control, open, signingKey(adapter));
}

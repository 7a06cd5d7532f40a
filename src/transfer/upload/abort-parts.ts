import type { PartReceipt, PartsPlan, ResumeState } from '../../adapters/adapter.js';
import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import { retrying } from '../retry.js';
import { asTransferError } from '../transfer-errors.js';

const attempts = 4;

const never = new AbortController().signal;

/** Removes the parts of an unfinished upload from the storage. False: that could not be had, or not before `signal`. */
export async function abortParts(
  plan: PartsPlan,
  state: ResumeState,
  { clock, connectivity }: Pick<TransferContext, 'clock' | 'connectivity'>,
  signal: AbortSignal = never,
): Promise<boolean> {
  if (!plan.abort) return true;
  return retrying(() => abortable(abortOnce(plan, state, signal), signal), {
    signal,
    clock,
    connectivity,
    budget: attempts,
  }).then(
    () => true,
    () => false,
  );
}

async function abortOnce(plan: PartsPlan, state: ResumeState, signal: AbortSignal): Promise<void> {
  await plan.abort!(state, { signal });
  // A part that was on its way may be stored after the abort; then the upload is still there.
  const left = await plan.listParts?.(state, { signal }).catch(unlessUnanswered);
  if (!left || left.length === 0) return;
  throw new TransferError('Parts of a cancelled upload are left at the storage.', {
    kind: 'retry',
    reason: 'conflict',
  });
}

/** A list that is refused speaks of an upload that is gone, or cannot be had at all; one that got lost says nothing. */
function unlessUnanswered(error: unknown): readonly PartReceipt[] {
  const { kind } = asTransferError(error, undefined);
  if (kind === 'retry' || kind === 'wait') throw error;
  return [];
}

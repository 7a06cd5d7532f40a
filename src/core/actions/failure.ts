import type { Entry } from '../entry.js';
import { TransferError } from '../errors.js';
import type { RunningJob } from './action.js';

/** Waits for a job. Throws the first error of a job that could not do everything, unless it was cancelled. */
export async function finishedOrThrow(job: RunningJob): Promise<'done' | 'cancelled'> {
  const { state, items } = await job.finished;
  if (state !== 'incomplete') return state;
  for (const item of items) if (item.state === 'failed' && item.error) throw item.error;
  throw new TransferError('Not everything could be done. The list of transfers says what is left.', {
    kind: 'fatal',
    reason: 'incomplete',
  });
}

/** Which of the entries a job has certainly dealt with: all after success, else only files it reports as done. */
export async function completedEntries(
  job: RunningJob,
  entries: readonly Entry[],
): Promise<readonly Entry[]> {
  const { state, items } = await job.finished;
  if (state === 'done') return entries;
  const done = new Set<string>();
  for (const item of items) if (item.state === 'done') done.add(item.path);
  return entries.filter(entry => entry.kind === 'file' && done.has(entry.path));
}

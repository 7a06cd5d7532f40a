import { hasEnded } from '../../controllers/job-controller.js';
import type { TransferJob } from '../../transfer/types.js';

const guarded = new WeakSet<TransferJob>();

const onBeforeUnload = (event: BeforeUnloadEvent): void => {
  event.preventDefault();
};

/** Jobs whose work would be lost with the page. */
const running = new Set<TransferJob>();

function set(job: TransferJob, on: boolean): void {
  if (on) running.add(job);
  else running.delete(job);
  // Only while needed: a listener keeps pages out of the back cache.
  if (running.size > 0) addEventListener('beforeunload', onBeforeUnload);
  else removeEventListener('beforeunload', onBeforeUnload);
}

/**
 * Asks before the page is left while the job runs, whatever becomes of the element that began it: single-page
 * applications take elements away and their uploads go on.
 */
export function guardJob(job: TransferJob): void {
  if (guarded.has(job)) return;
  guarded.add(job);
  const look = (): void => set(job, !hasEnded(job.snapshot));
  job.addEventListener('statechange', look);
  look();
  job.finished.catch(() => set(job, false));
}

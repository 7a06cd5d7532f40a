import { hasEnded } from '../../controllers/job-controller.js';
import { isHandedOver } from '../../transfer/sinks/sink.js';
import type { TransferJob } from '../../transfer/types.js';

const guarded = new WeakSet<TransferJob>();

/** Jobs that run. */
const running = new Set<TransferJob>();

/** What the browser saves by itself, or keeps without the tab, is not lost with the page. */
const needsPage = ({ facts }: TransferJob): boolean =>
  !isHandedOver(facts) && facts?.survivesTabClose !== true;

const onBeforeUnload = (event: BeforeUnloadEvent): void => {
  // Where the bytes of a download go is known some time after it has begun, so it is looked at now.
  if ([...running].some(needsPage)) event.preventDefault();
};

function set(job: TransferJob, on: boolean): void {
  if (on) running.add(job);
  else running.delete(job);
  // Only while needed: a listener keeps pages out of the back cache.
  if (running.size > 0) addEventListener('beforeunload', onBeforeUnload);
  else removeEventListener('beforeunload', onBeforeUnload);
}

/**
 * Asks before the page is left while the job runs, whatever becomes of the element that began it: single-page
 * applications take elements away and their transfers go on.
 */
export function guardJob(job: TransferJob): void {
  if (guarded.has(job)) return;
  guarded.add(job);
  const look = (): void => set(job, !hasEnded(job.snapshot));
  job.addEventListener('statechange', look);
  look();
  job.finished.catch(() => set(job, false));
}

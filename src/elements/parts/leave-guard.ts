import { hasEnded } from '../../controllers/job-controller.js';
import type { TransferJob } from '../../transfer/types.js';

/** Asks before the page is left while files go up. Only while needed: a listener keeps pages out of the back cache. */
export class LeaveGuard {
  #isOn = false;

  readonly #onBeforeUnload = (event: BeforeUnloadEvent): void => {
    event.preventDefault();
  };

  set(on: boolean): void {
    if (on === this.#isOn) return;
    this.#isOn = on;
    if (on) addEventListener('beforeunload', this.#onBeforeUnload);
    else removeEventListener('beforeunload', this.#onBeforeUnload);
  }
}

/** Asks while a job runs, whatever becomes of the element that began it: for elements that do not show their jobs. */
export function guardJob(job: TransferJob): void {
  const guard = new LeaveGuard();
  const look = () => guard.set(!hasEnded(job.snapshot));
  job.addEventListener('statechange', look);
  look();
  job.finished.catch(() => guard.set(false));
}

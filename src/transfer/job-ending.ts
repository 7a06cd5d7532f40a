import type { TransferError } from '../core/errors.js';
import type { JobHooks } from './job-hooks.js';
import type { JobReports } from './job-reports.js';
import type { JobStatus } from './job-status.js';
import { asTransferError } from './transfer-errors.js';
import type { JobResult } from './types.js';

export interface JobEndingParts {
  readonly status: JobStatus;
  readonly reports: JobReports;
  readonly hooks: Pick<JobHooks, 'beforeEnd' | 'discardItem' | 'release'>;
  /** Number of items that run. */
  readonly running: () => number;
  /** Looks again at what may begin, or end. */
  readonly askPump: () => void;
}

/** Ends a job once every item has ended and is cleaned up after, and keeps the promise of it. */
export class JobEnding {
  readonly #status: JobStatus;
  readonly #reports: JobReports;
  readonly #hooks: JobEndingParts['hooks'];
  readonly #running: () => number;
  readonly #askPump: () => void;
  readonly #cleanups = new Set<Promise<void>>();
  /** Items that are cleaned up after. */
  readonly #discarding = new Set<number>();
  #finished!: Promise<JobResult>;
  #resolve!: (result: JobResult) => void;
  #reject!: (error: TransferError) => void;

  constructor({ status, reports, hooks, running, askPump }: JobEndingParts) {
    this.#status = status;
    this.#reports = reports;
    this.#hooks = hooks;
    this.#running = running;
    this.#askPump = askPump;
    this.#promise();
  }

  get finished(): Promise<JobResult> {
    return this.#finished;
  }

  #promise(): void {
    this.#finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Pages that only listen to events must not see an unhandled rejection.
    this.#finished.catch(() => {});
  }

  /** The job goes on after it had ended. Returns whether it had. */
  reopen(): boolean {
    if (!this.#status.ended) return false;
    this.#status.endedAt = undefined;
    this.#promise();
    return true;
  }

  // ── Cleaning up ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Removes what an item left. The job does not end before. */
  async discard(index: number): Promise<void> {
    this.#discarding.add(index);
    await this.#clean(() => this.#hooks.discardItem(index));
    this.#discarding.delete(index);
    this.#reports.touch(index);
  }

  /** Whether what an item left is still being removed: what is stored at its path now could go with it. */
  isDiscarding(index: number): boolean {
    return this.#discarding.has(index);
  }

  /** Lets go of what failed items keep for another try. */
  release(): Promise<void> {
    return this.#clean(() => this.#hooks.release());
  }

  #clean(work: () => Promise<void> | undefined): Promise<void> {
    const cleanup = (async () => {
      try {
        await work();
      } catch {
        // Nobody is left to tell: the item is gone from the person's view.
      }
    })();
    this.#cleanups.add(cleanup);
    cleanup.finally(() => {
      this.#cleanups.delete(cleanup);
      this.#askPump();
    });
    return cleanup;
  }

  /** Resolves when the clean-ups under way are over. */
  async cleaned(): Promise<void> {
    await Promise.allSettled([...this.#cleanups]);
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────────

  get #isBusy(): boolean {
    return this.#status.table.open > 0 || this.#running() > 0 || this.#cleanups.size > 0;
  }

  endWhenDone(): void {
    const { closed, ending, ended, cancelled, cancelAsked, table } = this.#status;
    if (!closed || ending || ended || this.#isBusy) return;
    // It was not too late: the end that comes is that of a cancelled job.
    if (cancelAsked && table.count('cancelled') > 0) return;
    const released = cancelled ? this.#hooks.release() : undefined;
    const last = released ? this.#after(released) : this.#hooks.beforeEnd();
    if (!last) {
      this.#end();
      return;
    }
    this.#status.ending = true;
    void this.#endAfter(last, cancelled);
  }

  async #after(released: Promise<void>): Promise<void> {
    await released.catch(() => {});
    await this.#hooks.beforeEnd();
  }

  async #endAfter(last: Promise<void>, wasCancelled: boolean): Promise<void> {
    try {
      await last;
      this.#status.outranCancel = this.#status.cancelled && !wasCancelled;
    } catch (error) {
      this.#status.endingError ??= asTransferError(error, undefined);
    }
    // Cancelled during that last work: nobody can try the failed items again.
    if (this.#status.cancelled && !wasCancelled) await this.release();
    this.#status.ending = false;
    // Somebody may have asked to try failed items again meanwhile.
    if (this.#isBusy) this.#askPump();
    else this.#end();
  }

  #end(): void {
    this.#status.endedAt = Date.now();
    const { snapshot } = this.#reports;
    const { brokenBy, table } = this.#status;
    if (table.length === 0 && brokenBy && snapshot.state !== 'cancelled') this.#reject(brokenBy);
    else this.#resolve({ state: snapshot.state as JobResult['state'], snapshot, items: table });
    // Last: a listener may try again what failed, and that is another promise.
    this.#reports.tellNow();
  }
}

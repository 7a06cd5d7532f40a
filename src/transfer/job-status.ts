import type { TransferError } from '../core/errors.js';
import { ItemTable } from './item-table.js';
import { jobState } from './job-snapshot.js';
import type { JobState } from './types.js';

/** What a job is at as a whole: its items, and what was done to all of them at once. */
export class JobStatus {
  readonly table = new ItemTable();
  stop = new AbortController();
  readonly startedAt = Date.now();
  endedAt: number | undefined;
  /** No more items will come. */
  closed = false;
  /** Nothing is missing among the items: they were found before anybody cancelled. */
  foundAll = false;
  paused = false;
  /** Somebody wants it cancelled, and what is being completed has yet to tell whether that came too late. */
  cancelAsked = false;
  /** Every item has ended; common work is left. */
  ending = false;
  /** Cancelled too late: the common work at the end was done by then, and what it made is there. */
  outranCancel = false;
  /** Why not all items were found. No retry changes that: what was not found is not in this job. */
  findingError: TransferError | undefined;
  /** Why the common work at the end failed. It is done again after a retry. */
  endingError: TransferError | undefined;
  /** Why items wait. */
  waitReason: TransferError | undefined;

  get ended(): boolean {
    return this.endedAt !== undefined;
  }

  get cancelled(): boolean {
    return this.stop.signal.aborted;
  }

  /** What was cancelled goes on after all. */
  revive(): void {
    if (!this.cancelled) return;
    this.stop = new AbortController();
    this.outranCancel = false;
    this.paused = false;
  }

  get state(): JobState {
    return jobState(this.table, {
      closed: this.closed,
      ended: this.ended,
      cancelled: this.cancelled && !this.outranCancel,
      paused: this.paused,
      ending: this.ending,
      broken: this.brokenBy !== undefined,
    });
  }

  /** What went wrong that is no item's failure. */
  get brokenBy(): TransferError | undefined {
    return this.findingError ?? this.endingError;
  }

  /** Why the job waits, or ended without all of its items. */
  get shownReason(): TransferError | undefined {
    const { state } = this;
    if (state === 'waiting') return this.waitReason;
    return state === 'incomplete' ? (this.brokenBy ?? this.table.firstError()) : undefined;
  }
}

import { TransferError } from '../core/errors.js';
import type { ItemLanes } from './item-lanes.js';
import type { ItemRuns } from './item-runs.js';
import { isEnd } from './item-table.js';
import type { JobEnding } from './job-ending.js';
import type { JobHooks } from './job-hooks.js';
import type { JobReports } from './job-reports.js';
import type { JobStatus } from './job-status.js';

export interface JobSteeringParts {
  readonly status: JobStatus;
  readonly reports: JobReports;
  readonly lanes: ItemLanes;
  readonly runs: ItemRuns;
  readonly ending: JobEnding;
  readonly hooks: Pick<JobHooks, 'canEndAgain' | 'canRetry' | 'canSendAgain' | 'onPauseChange' | 'onRetry'>;
}

/** What a person does to a job: pause, resume, cancel, try again; the whole of it or one item. */
export class JobSteering {
  readonly #status: JobStatus;
  readonly #reports: JobReports;
  readonly #lanes: ItemLanes;
  readonly #runs: ItemRuns;
  readonly #ending: JobEnding;
  readonly #hooks: JobSteeringParts['hooks'];

  constructor({ status, reports, lanes, runs, ending, hooks }: JobSteeringParts) {
    this.#status = status;
    this.#reports = reports;
    this.#lanes = lanes;
    this.#runs = runs;
    this.#ending = ending;
    this.#hooks = hooks;
  }

  // ── Pause and resume ────────────────────────────────────────────────────────────────────────────────────────────

  pauseAll(): void {
    const status = this.#status;
    if (status.paused || status.ending || status.ended) return;
    status.paused = true;
    // Items not begun stay `queued`: a hundred thousand of them need not change because the job as a whole waits.
    for (const index of this.#runs.indexes) this.pauseItem(index);
    this.#hooks.onPauseChange(true);
    this.#reports.interruptSpeed();
    this.#reports.touch();
  }

  pauseItem(index: number): void {
    const { table, ending, ended } = this.#status;
    if (ending || ended || !(index < table.length)) return;
    const state = table.state(index);
    // What is being completed cannot be stopped half-way, and needs no connection for long.
    if (isEnd(state) || state === 'paused' || state === 'finishing') return;
    this.#runs.get(index)?.stop('pause');
    this.#reports.setError(index, undefined);
    this.#reports.setState(index, 'paused');
  }

  resumeAll(): void {
    const status = this.#status;
    const wasPaused = status.paused;
    status.paused = false;
    for (const paused of status.table.inState(['paused'])) this.#requeue(paused);
    if (wasPaused) this.#hooks.onPauseChange(false);
    this.#reports.touch();
    this.#runs.askPump();
  }

  resumeItem(index: number): void {
    const { table, paused } = this.#status;
    if (!(index < table.length)) return;
    if (table.state(index) === 'paused') this.#requeue(index);
    else if (paused && table.state(index) === 'queued') this.#lanes.pushFirst(index);
    this.#runs.askPump();
  }

  #requeue(index: number): void {
    this.#reports.setError(index, undefined);
    this.#reports.setState(index, 'queued');
    // Its earlier run may still be letting go; it is queued again when that has ended.
    if (!this.#runs.get(index)) this.#lanes.pushFirst(index);
  }

  // ── Cancel ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Nothing but what is being completed is left, and all else has ended well. */
  get #isCompleting(): boolean {
    const { table, foundAll, cancelled } = this.#status;
    const finishing = table.count('finishing');
    if (!foundAll || cancelled || finishing === 0 || finishing < table.open) return false;
    if (table.count('failed') + table.count('cancelled') > 0) return false;
    // A deferred item has no run: half of it is still to be done.
    return table.inState(['finishing']).every(index => this.#runs.get(index));
  }

  /**
   * Asks what is being completed to stop, and waits for what comes of it. When all of it is there in spite of that, the
   * job has begun to end by then like one that nobody cancelled.
   */
  async #letComplete(): Promise<void> {
    const status = this.#status;
    const runs = status.table.inState(['finishing']).map(index => this.#runs.get(index)!);
    status.cancelAsked = true;
    for (const run of runs) run.stop('cancel');
    await Promise.allSettled(runs.map(run => run.settled));
  }

  async cancelAll(): Promise<void> {
    const status = this.#status;
    if (this.#isCompleting) await this.#letComplete();
    status.cancelAsked = false;
    if (status.ended) {
      // Nothing moves any more; what failed items keep for another try is what is left.
      if (status.table.count('failed') > 0 || this.#endsAgain) await this.#ending.release();
      return;
    }
    status.stop.abort(new TransferError('The transfer was cancelled.', { kind: 'fatal', reason: 'aborted' }));
    status.closed = true;
    const { table } = status;
    const ends: Promise<void>[] = [];
    for (let index = 0; index < table.length; index++) {
      const state = table.state(index);
      if (isEnd(state)) continue;
      // A hundred thousand items that were never begun need no promise each.
      if (!table.hasBegun(index)) this.#reports.setState(index, 'cancelled');
      else ends.push(this.#cancel(index));
    }
    this.#reports.touch();
    this.#runs.askPump();
    await Promise.allSettled(ends);
    await this.#ending.finished.catch(() => {});
  }

  async cancelItem(index: number): Promise<void> {
    await this.#cancel(index);
    this.#runs.askPump();
  }

  async #cancel(index: number): Promise<void> {
    const { table } = this.#status;
    if (!(index < table.length)) return;
    const state = table.state(index);
    if (isEnd(state)) return;
    const run = this.#runs.get(index);
    if (!run) {
      const begun = table.hasBegun(index);
      this.#setCancelled(index);
      if (begun) await this.#ending.discard(index);
      return;
    }
    run.stop('cancel');
    // A completion under way may still succeed: then the item is stored, and saying otherwise would be a lie.
    if (state !== 'finishing') this.#setCancelled(index);
    await run.settled;
    await this.#ending.cleaned();
  }

  #setCancelled(index: number): void {
    this.#reports.setError(index, undefined);
    this.#reports.setState(index, 'cancelled');
  }

  // ── Again ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The items that failed or were put off (or this one) that trying again can help. */
  retryable(index?: number): readonly number[] {
    const { table, cancelled } = this.#status;
    // A cancelled job stays ended: nothing would run any more.
    if (cancelled) return [];
    // A cancelled item that says why was put off: a person left its question for later.
    const isOpen = (each: number): boolean =>
      (table.state(each) === 'failed' || (table.state(each) === 'cancelled' && Boolean(table.error(each)))) &&
      this.#hooks.canRetry(each);
    if (index === undefined) return table.inState(['failed', 'cancelled']).filter(isOpen);
    return index < table.length && isOpen(index) ? [index] : [];
  }

  /** Every item has ended well, and only the common work at the end is to be done again. */
  get #endsAgain(): boolean {
    const { ended, cancelled, endingError } = this.#status;
    return ended && !cancelled && endingError !== undefined && this.#hooks.canEndAgain();
  }

  isRetryable(index?: number): boolean {
    return this.retryable(index).length > 0 || (index === undefined && this.#endsAgain);
  }

  retryFailed(index?: number): void {
    const again = this.retryable(index);
    if (again.length > 0 || index !== undefined) this.#begin(again);
    else if (this.#endsAgain) this.#endAgain();
  }

  #endAgain(): void {
    this.#ending.reopen();
    this.#status.endingError = undefined;
    this.#reports.tellNow();
    this.#runs.askPump();
  }

  /** What a person cancelled and may want after all (or this one, also when it failed). */
  sendable(index?: number): readonly number[] {
    const { table, cancelled, ended, foundAll } = this.#status;
    // While a cancelled job still lets go of things it cannot begin again; and part of a folder is not the folder.
    if (cancelled && !(ended && foundAll)) return [];
    const isStopped = (each: number): boolean =>
      (table.state(each) === 'cancelled' || table.state(each) === 'failed') &&
      !this.#runs.get(each) &&
      !this.#ending.isDiscarding(each) &&
      this.#hooks.canSendAgain(each);
    if (index !== undefined) return index < table.length && isStopped(index) ? [index] : [];
    if (cancelled) return table.inState(['failed', 'cancelled']).filter(isStopped);
    // One that says why was put off by its question, and is tried again like one that failed.
    return table.inState(['cancelled']).filter(each => !table.error(each) && isStopped(each));
  }

  sendAgain(index?: number): void {
    const again = this.sendable(index);
    if (again.length > 0) this.#status.revive();
    this.#begin(again);
  }

  #begin(again: readonly number[]): void {
    if (again.length === 0) return;
    const status = this.#status;
    const hadEnded = this.#ending.reopen();
    status.endingError = undefined;
    this.#hooks.onRetry(again);
    for (const each of again) {
      this.#reports.setError(each, undefined);
      this.#reports.setState(each, 'queued');
      if (!this.#runs.get(each)) this.#lanes.push(each);
    }
    if (hadEnded) this.#reports.tellNow();
    this.#runs.askPump();
  }
}

import type { TransferError } from '../core/errors.js';
import type { ItemLanes, Lane } from './item-lanes.js';
import { ItemRun, PutOff } from './item-run.js';
import type { JobEnding } from './job-ending.js';
import { deferred, type JobHooks } from './job-hooks.js';
import type { JobReports } from './job-reports.js';
import type { JobStatus } from './job-status.js';
import { asTransferError } from './transfer-errors.js';
import type { ItemState, NextTry, TransferResult } from './types.js';

export interface ItemRunsParts {
  readonly status: JobStatus;
  readonly reports: JobReports;
  readonly lanes: ItemLanes;
  readonly hooks: JobHooks;
  readonly ending: JobEnding;
}

/** Begins the items as their lanes allow, and takes in how each run of one ends. */
export class ItemRuns {
  readonly #status: JobStatus;
  readonly #reports: JobReports;
  readonly #lanes: ItemLanes;
  readonly #hooks: JobHooks;
  readonly #ending: JobEnding;
  readonly #running = new Map<number, ItemRun>();
  #pumpAsked = false;

  constructor({ status, reports, lanes, hooks, ending }: ItemRunsParts) {
    this.#status = status;
    this.#reports = reports;
    this.#lanes = lanes;
    this.#hooks = hooks;
    this.#ending = ending;
  }

  get count(): number {
    return this.#running.size;
  }

  get indexes(): readonly number[] {
    return [...this.#running.keys()];
  }

  get(index: number): ItemRun | undefined {
    return this.#running.get(index);
  }

  /** Begins what may be begun, once the current task is over: many changes in one task pump once. */
  askPump(): void {
    if (this.#pumpAsked) return;
    this.#pumpAsked = true;
    queueMicrotask(() => {
      this.#pumpAsked = false;
      this.#pump();
    });
  }

  #pump(): void {
    const { table, paused, cancelled } = this.#status;
    if (!cancelled) {
      const moment = {
        paused,
        unanswered: table.count('needs-answer'),
        usable: (index: number) => table.state(index) === 'queued' && !this.#running.has(index),
      };
      for (const { index, lane } of this.#lanes.due(moment)) this.#start(index, lane);
    }
    this.#ending.endWhenDone();
  }

  // ── Deferred items ──────────────────────────────────────────────────────────────────────────────────────────────

  #isDeferred(index: number): boolean {
    return this.#status.table.state(index) === 'finishing' && !this.#running.has(index);
  }

  wake(index: number): void {
    if (!this.#isDeferred(index)) return;
    this.#reports.setState(index, 'queued');
    this.#lanes.push(index);
    this.askPump();
  }

  failDeferred(index: number, error: TransferError): void {
    if (!this.#isDeferred(index)) return;
    this.#status.table.setError(index, error);
    this.#reports.setState(index, 'failed');
    this.askPump();
  }

  // ── One run ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #start(index: number, lane: Lane): void {
    const run = new ItemRun({
      state: (state, error, nextTry) => this.#report(index, run, state, error, nextTry),
      acknowledged: bytes => this.#reports.acknowledged(index, bytes),
      sent: bytes => this.#reports.sent(index, bytes),
    });
    this.#running.set(index, run);
    this.#reports.setState(index, 'preparing');
    // Called in a promise chain so that a synchronous throw of a subclass is a failure of the item like any other.
    const work = Promise.resolve().then(() => {
      run.signal.throwIfAborted();
      return this.#hooks.runItem(index, run);
    });
    run.settled = work.then(
      result => this.#succeeded(index, run, lane, result),
      error => this.#broke(index, run, lane, error),
    );
  }

  #report(
    index: number,
    run: ItemRun,
    state: ItemState,
    error: TransferError | undefined,
    nextTry: NextTry | undefined,
  ): void {
    if (this.#running.get(index) !== run || run.stopped !== undefined) return;
    if (this.#status.paused && run.finishing && state !== 'finishing') {
      // It was let finish although the job is paused, but has to wait or begin again.
      run.stop('pause');
      this.#reports.setState(index, 'paused');
      return;
    }
    run.finishing = state === 'finishing';
    if (state === 'waiting') this.#status.waitReason = error;
    this.#reports.setState(index, state);
    this.#reports.setError(index, error);
    this.#status.table.setNextTry(index, nextTry);
    if (state === 'needs-answer') this.askPump();
  }

  #letGo(index: number, run: ItemRun, lane: Lane): void {
    run.close();
    this.#running.delete(index);
    this.#lanes.leave(lane);
    this.askPump();
  }

  #succeeded(index: number, run: ItemRun, lane: Lane, result: TransferResult | typeof deferred): void {
    this.#letGo(index, run, lane);
    if (result === deferred) {
      this.#wasDeferred(index, run);
      return;
    }
    const { table } = this.#status;
    if (run.stopped === 'cancel' && table.state(index) === 'cancelled') {
      void this.#ending.discard(index);
      return;
    }
    this.#reports.setError(index, undefined);
    table.setResult(index, result);
    if (result.skipped === undefined) {
      if (table.size(index) === undefined) table.setSize(index, result.size);
      this.#reports.acknowledged(index, table.size(index)!);
    }
    this.#reports.setState(index, result.skipped === undefined ? 'done' : 'skipped');
  }

  #wasDeferred(index: number, run: ItemRun): void {
    if (run.stopped === undefined) {
      this.#reports.setState(index, 'finishing');
      this.#hooks.onDeferred(index);
    } else if (run.stopped === 'cancel') {
      this.#reports.setState(index, 'cancelled');
      void this.#ending.discard(index);
    } else if (this.#status.table.state(index) === 'queued') this.#lanes.pushFirst(index);
  }

  #broke(index: number, run: ItemRun, lane: Lane, error: unknown): void {
    this.#letGo(index, run, lane);
    const { table } = this.#status;
    if (run.stopped === 'cancel') {
      this.#reports.setError(index, undefined);
      this.#reports.setState(index, 'cancelled');
      void this.#ending.discard(index);
      return;
    }
    if (run.stopped === 'pause') {
      // Resumed while its earlier run was still letting go.
      if (table.state(index) === 'queued') this.#lanes.pushFirst(index);
      return;
    }
    if (error instanceof PutOff) {
      this.#reports.setError(index, error.why);
      this.#reports.setState(index, 'cancelled');
      return;
    }
    table.setError(index, asTransferError(error, table.path(index)));
    this.#reports.setState(index, 'failed');
  }
}

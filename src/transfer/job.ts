import type { TransferError } from '../core/errors.js';
import { ItemLanes, type Lane, type LaneWindow } from './item-lanes.js';
import type { ItemControl } from './item-run.js';
import { ItemRuns } from './item-runs.js';
import type { ItemTable } from './item-table.js';
import { JobEnding } from './job-ending.js';
import type { deferred, JobHooks } from './job-hooks.js';
import { JobReports } from './job-reports.js';
import { kindMovesBytes } from './job-snapshot.js';
import { JobStatus } from './job-status.js';
import { JobSteering } from './job-steering.js';
import { TypedEventTarget } from './typed-event-target.js';
import type {
  ItemList,
  ItemState,
  JobEventMap,
  JobKind,
  JobResult,
  TransferJob,
  TransferResult,
  TransferSnapshot,
  UploadFile,
} from './types.js';

export type { Lane, LaneWindow } from './item-lanes.js';
export type { ItemControl } from './item-run.js';
export { deferred } from './job-hooks.js';

let lastJobNumber = 0;

/**
 * What every job does the same way, whatever it moves: it keeps the items, begins them lane by lane, pauses, resumes,
 * cancels and retries them, keeps the totals, and tells the page about it all.
 *
 * A subclass adds items ({@link addItem}), says that no more will come ({@link closeItems}), and moves one item at a
 * time ({@link runItem}), reporting through the {@link ItemControl} it is given. It keeps what a paused item needs to
 * go on in its own records; `runItem` is simply called again. It may clean up after cancelled items
 * ({@link discardItem}), let go of what failed items keep ({@link release}) and finish a common work
 * ({@link beforeEnd}).
 */
export abstract class BaseJob extends TypedEventTarget<JobEventMap> implements TransferJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly #status = new JobStatus();
  readonly #lanes: ItemLanes;
  readonly #reports: JobReports;
  readonly #ending: JobEnding;
  readonly #runs: ItemRuns;
  readonly #steering: JobSteering;
  #label: string;

  constructor(kind: JobKind, label: string) {
    super();
    this.id = `${kind}-${++lastJobNumber}`;
    this.kind = kind;
    this.#label = label;
    const status = this.#status;
    const hooks = this.#hooks();
    this.#lanes = new ItemLanes(hooks);
    this.#reports = new JobReports(this, status, hooks, () => this.#runs.count > 0);
    const common = { status, hooks, lanes: this.#lanes, reports: this.#reports };
    this.#ending = new JobEnding({
      ...common,
      running: () => this.#runs.count,
      askPump: () => this.#runs.askPump(),
    });
    this.#runs = new ItemRuns({ ...common, ending: this.#ending });
    this.#steering = new JobSteering({ ...common, ending: this.#ending, runs: this.#runs });
  }

  #hooks(): JobHooks {
    return {
      runItem: (index, control) => this.runItem(index, control),
      laneOf: index => this.laneOf(index),
      laneWindow: lane => this.laneWindow(lane),
      canRetry: index => this.canRetry(index),
      canSendAgain: index => this.canSendAgainFrom(index),
      canEndAgain: () => this.canEndAgain(),
      onItemEnd: (index, state) => this.onItemEnd?.(index, state),
      onDeferred: index => this.onDeferred?.(index),
      onRetry: indexes => this.onRetry?.(indexes),
      onPauseChange: paused => this.onPauseChange?.(paused),
      discardItem: index => this.discardItem?.(index),
      beforeEnd: () => this.beforeEnd?.(),
      release: () => this.release?.(),
    };
  }

  // ── For subclasses: what they do ────────────────────────────────────────────────────────────────────────────────

  /**
   * Moves one item. Resolves to its result (with `skipped` set when nothing had to be moved); rejects with what went
   * wrong. Must end soon after `control.signal` is aborted. Called again after a pause or a retry.
   * {@link deferred}: the first half is done, the item stays `finishing` and holds no slot until it is woken.
   */
  protected abstract runItem(index: number, control: ItemControl): Promise<TransferResult | typeof deferred>;

  /** Called when an item has ended, in whatever way. */
  protected onItemEnd?(index: number, state: ItemState): void;

  /** Called before failed items are queued again. */
  protected onRetry?(indexes: readonly number[]): void;

  /** Called when an item was deferred. */
  protected onDeferred?(index: number): void;

  /** Called when `canPause` jobs pause or resume as a whole. */
  protected onPauseChange?(paused: boolean): void;

  /** Removes what a cancelled item left, after its `runItem` has ended. Errors are ignored. */
  protected discardItem?(index: number): Promise<void>;

  /** Last work once every item has ended (closing an archive). An error makes the job `incomplete`. */
  protected beforeEnd?(): Promise<void>;

  /**
   * Lets go of what failed items keep for another try (uploads the storage has begun, local files). Called once
   * nobody can try them again: when the whole job is cancelled, after its items have ended and before
   * {@link beforeEnd}, and when a manager dismisses it. Errors are ignored.
   */
  release?(index?: number): Promise<void>;

  /** Whether trying a failed item again can mean anything. Default true. */
  protected canRetry(_index: number): boolean {
    return true;
  }

  /** Whether what a cancelled item was made of is still at hand. Default false. */
  protected canSendAgainFrom(_index: number): boolean {
    return false;
  }

  /** Whether a {@link beforeEnd} that failed can be tried again though every item has ended well. Default false. */
  protected canEndAgain(): boolean {
    return false;
  }

  /** Default `small`. Asked once, when the item is queued. */
  protected laneOf(_index: number): Lane {
    return 'small';
  }

  /** Default: 6 small items and 2 large ones at once. */
  protected laneWindow(lane: Lane): LaneWindow {
    return { most: lane === 'small' ? 6 : 2 };
  }

  // ── For subclasses: what they use ───────────────────────────────────────────────────────────────────────────────

  /** The items and their totals. Subclasses read it; they change it through the methods below. */
  protected get table(): ItemTable {
    return this.#status.table;
  }

  /** Aborted when the whole job is cancelled: for work that belongs to no item, such as listing what to move. */
  protected get stopSignal(): AbortSignal {
    return this.#status.stop.signal;
  }

  /** Adds an item in state `queued`; it is begun by itself. `size` in bytes. */
  protected addItem(path: string, size: number | undefined): number {
    const index = this.table.add(path, size);
    // What is found after the cancel is never begun, and must not be waited for either.
    if (this.#status.cancelled) this.#reports.setState(index, 'cancelled');
    else this.#lanes.push(index);
    this.#reports.touch(index);
    this.#runs.askPump();
    return index;
  }

  /** Adds an item that could not even be begun. */
  protected addFailed(path: string, size: number | undefined, error: TransferError): number {
    const index = this.table.add(path, size);
    this.table.setError(index, error);
    this.#reports.setState(index, 'failed');
    return index;
  }

  /**
   * No more items will come. `error`: finding them broke off; when there are none at all `finished` rejects with it,
   * else the job ends `incomplete` for that reason.
   */
  protected closeItems(error?: TransferError): void {
    this.#status.closed = true;
    this.#status.foundAll = error === undefined && !this.#status.cancelled;
    if (error) this.#status.findingError ??= error;
    this.#reports.touch();
    this.#runs.askPump();
  }

  /** Begins the second half of a deferred item: `runItem` is called again. */
  protected wake(index: number): void {
    this.#runs.wake(index);
  }

  /** Ends a deferred item with a failure; it can be retried. */
  protected failDeferred(index: number, error: TransferError): void {
    this.#runs.failDeferred(index, error);
  }

  protected setLabel(label: string): void {
    this.#label = label;
    this.#reports.touch();
  }

  /** Tells an item's size once it is known. */
  protected setSize(index: number, size: number): void {
    this.table.setSize(index, size);
    this.#reports.touch();
  }

  /** Changes the target path of an item that has not ended (a free name was chosen). */
  protected setPath(index: number, path: string): void {
    this.table.setPath(index, path);
    this.#reports.touch(index);
  }

  // ── For pages ───────────────────────────────────────────────────────────────────────────────────────────────────

  get label(): string {
    return this.#label;
  }

  get items(): ItemList {
    return this.table;
  }

  /** Default: uploads and downloads do. */
  get movesBytes(): boolean {
    return kindMovesBytes(this.kind);
  }

  get canPause(): boolean {
    return true;
  }

  get finished(): Promise<JobResult> {
    return this.#ending.finished;
  }

  get snapshot(): TransferSnapshot {
    return this.#reports.snapshot;
  }

  pause(index?: number): void {
    if (!this.canPause) return;
    if (index === undefined) this.#steering.pauseAll();
    else this.#steering.pauseItem(index);
  }

  resume(index?: number): void {
    if (index === undefined) this.#steering.resumeAll();
    else this.#steering.resumeItem(index);
  }

  cancel(index?: number): Promise<void> {
    return index === undefined ? this.#steering.cancelAll() : this.#steering.cancelItem(index);
  }

  retryFailed(index?: number): void {
    this.#steering.retryFailed(index);
  }

  isRetryable(index?: number): boolean {
    return this.#steering.isRetryable(index);
  }

  sendAgain(index?: number, _instead?: File | UploadFile): void {
    this.#steering.sendAgain(index);
  }

  canSendAgain(index?: number): boolean {
    return this.#steering.sendable(index).length > 0;
  }
}

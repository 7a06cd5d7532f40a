import { TransferError } from '../core/errors.js';
import { ItemQueue } from './item-queue.js';
import { type ItemControl, ItemRun } from './item-run.js';
import { ItemTable, isEnd } from './item-table.js';
import { jobSnapshot, jobState } from './job-snapshot.js';
import { CalmEstimate, SpeedMeter } from './progress.js';
import { cancelTick, requestTick } from './ticker.js';
import { asTransferError } from './transfer-errors.js';
import type {
  ItemList,
  ItemState,
  JobEventMap,
  JobKind,
  JobResult,
  JobState,
  TransferJob,
  TransferResult,
  TransferSnapshot,
} from './types.js';

export type { ItemControl } from './item-run.js';

/**
 * Items of one lane are begun in order, lanes side by side: a large file need not wait for the ten thousand small
 * ones before it, nor they for it.
 */
export type Lane = 'small' | 'large';

/** How many items of a lane may run at once. */
export interface LaneWindow {
  readonly most: number;
  /** New items are begun once no more than this many run; lower than `most - 1` begins them in batches. */
  readonly refillAt?: number;
}

/** What `runItem` resolves to when the item goes on later, once {@link BaseJob.wake} is called for it. */
export const deferred = Symbol('deferred');

let lastJobNumber = 0;

/** Items that wait for a person do not hold up the others, up to this many. */
const mostUnanswered = 200;

/**
 * What every job does the same way, whatever it moves: it keeps the items, begins them lane by lane, pauses, resumes,
 * cancels and retries them, keeps the totals, and tells the page about it all.
 *
 * A subclass adds items ({@link addItem}), says that no more will come ({@link closeItems}), and moves one item at a
 * time ({@link runItem}), reporting through the {@link ItemControl} it is given. It keeps what a paused item needs to
 * go on in its own records; `runItem` is simply called again. It may clean up after cancelled items
 * ({@link discardItem}) and finish a common work ({@link beforeEnd}).
 */
export abstract class BaseJob extends EventTarget implements TransferJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly #table = new ItemTable();
  readonly #running = new Map<number, ItemRun>();
  readonly #queue = new ItemQueue();
  readonly #inLane: Record<Lane, number> = { small: 0, large: 0 };
  readonly #startedAt = Date.now();
  readonly #stop = new AbortController();
  readonly #speed = new SpeedMeter();
  readonly #fileSpeed = new SpeedMeter();
  readonly #estimate = new CalmEstimate();
  readonly #changed = new Set<number>();
  #label: string;
  #endedAt: number | undefined;
  #closed = false;
  #paused = false;
  #ending = false;
  #reason: TransferError | undefined;
  #waitReason: TransferError | undefined;
  #highestProgress = 0;
  #lastState: JobState = 'preparing';
  #cleanups = new Set<Promise<void>>();
  #pumpAsked = false;
  #finished!: Promise<JobResult>;
  #resolveFinished!: (result: JobResult) => void;
  #rejectFinished!: (error: TransferError) => void;

  constructor(kind: JobKind, label: string) {
    super();
    this.id = `${kind}-${++lastJobNumber}`;
    this.kind = kind;
    this.#label = label;
    this.#promiseFinished();
  }

  // ── For subclasses ──────────────────────────────────────────────────────────────────────────────────────────────

  /** The items and their totals. Subclasses read it; they change it through the methods below. */
  protected get table(): ItemTable {
    return this.#table;
  }

  /** Aborted when the whole job is cancelled: for work that belongs to no item, such as listing what to move. */
  protected get stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

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

  /** Begins the second half of a deferred item: `runItem` is called again. */
  protected wake(index: number): void {
    if (this.#table.state(index) !== 'finishing' || this.#running.has(index)) return;
    this.#setState(index, 'queued');
    this.#queue.push(this.laneOf(index), index);
    this.#askPump();
  }

  /** Ends a deferred item with a failure; it can be retried. */
  protected failDeferred(index: number, error: TransferError): void {
    if (this.#table.state(index) !== 'finishing' || this.#running.has(index)) return;
    this.#table.setError(index, error);
    this.#setState(index, 'failed');
    this.#askPump();
  }

  /** Removes what a cancelled item left, after its `runItem` has ended. Errors are ignored. */
  protected discardItem?(index: number): Promise<void>;

  /** Last work once every item has ended (closing an archive). An error makes the job `incomplete`. */
  protected beforeEnd?(): Promise<void>;

  /** Default `small`. Asked once, when the item is queued. */
  protected laneOf(_index: number): Lane {
    return 'small';
  }

  /** Default: 6 small items and 2 large ones at once. */
  protected laneWindow(lane: Lane): LaneWindow {
    return { most: lane === 'small' ? 6 : 2 };
  }

  /** Called when `canPause` jobs pause or resume as a whole. */
  protected onPauseChange?(paused: boolean): void;

  /** Adds an item in state `queued`; it is begun by itself. `size` in bytes. */
  protected addItem(path: string, size: number | undefined): number {
    const index = this.#table.add(path, size);
    this.#queue.push(this.laneOf(index), index);
    this.#touch(index);
    this.#askPump();
    return index;
  }

  /** Adds an item that could not even be begun. */
  protected addFailed(path: string, size: number | undefined, error: TransferError): number {
    const index = this.#table.add(path, size);
    this.#table.setError(index, error);
    this.#setState(index, 'failed');
    return index;
  }

  /**
   * No more items will come. `error`: finding them broke off; when there are none at all `finished` rejects with it,
   * else the job ends `incomplete` for that reason.
   */
  protected closeItems(error?: TransferError): void {
    this.#closed = true;
    if (error) this.#reason ??= error;
    this.#touch();
    this.#askPump();
  }

  protected setLabel(label: string): void {
    this.#label = label;
    this.#touch();
  }

  /** Tells an item's size once it is known. */
  protected setSize(index: number, size: number): void {
    this.#table.setSize(index, size);
    this.#touch();
  }

  /** Changes the target path of an item that has not ended (a free name was chosen). */
  protected setPath(index: number, path: string): void {
    this.#table.setPath(index, path);
    this.#touch(index);
  }

  // ── For pages ───────────────────────────────────────────────────────────────────────────────────────────────────

  get label(): string {
    return this.#label;
  }

  get items(): ItemList {
    return this.#table;
  }

  get canPause(): boolean {
    return true;
  }

  get finished(): Promise<JobResult> {
    return this.#finished;
  }

  get snapshot(): TransferSnapshot {
    const state = this.#state();
    const snapshot = jobSnapshot({
      id: this.id,
      kind: this.kind,
      state,
      table: this.#table,
      closed: this.#closed,
      highestProgress: this.#highestProgress,
      speed: state === 'active' ? this.#speed.rate : undefined,
      secondsLeft: state === 'active' ? this.#estimate.shown : undefined,
      reason: this.#reasonFor(state),
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
    });
    this.#highestProgress = snapshot.progress;
    return snapshot;
  }

  pause(index?: number): void {
    if (!this.canPause || this.#ending || this.#endedAt !== undefined) return;
    if (index !== undefined) {
      this.#pauseItem(index);
      return;
    }
    if (this.#paused) return;
    this.#paused = true;
    // Items not begun stay `queued`: a hundred thousand of them need not change because the job as a whole waits.
    for (const running of [...this.#running.keys()]) this.#pauseItem(running);
    this.onPauseChange?.(true);
    this.#speed.interrupt();
    this.#fileSpeed.interrupt();
    this.#touch();
  }

  #pauseItem(index: number): void {
    const state = this.#table.state(index);
    // What is being completed cannot be stopped half-way, and needs no connection for long.
    if (isEnd(state) || state === 'paused' || state === 'finishing') return;
    this.#running.get(index)?.stop('pause');
    this.#table.setError(index, undefined);
    this.#setState(index, 'paused');
  }

  resume(index?: number): void {
    if (index !== undefined) {
      if (this.#table.state(index) === 'paused') this.#requeue(index);
      else if (this.#paused && this.#table.state(index) === 'queued') this.#queue.pushFirst(index);
    } else {
      const wasPaused = this.#paused;
      this.#paused = false;
      for (const paused of this.#table.inState(['paused'])) this.#requeue(paused);
      if (wasPaused) this.onPauseChange?.(false);
      this.#touch();
    }
    this.#askPump();
  }

  #requeue(index: number): void {
    this.#table.setError(index, undefined);
    this.#setState(index, 'queued');
    // Its earlier run may still be letting go; it is queued again when that has ended.
    if (!this.#running.has(index)) this.#queue.pushFirst(index);
  }

  async cancel(index?: number): Promise<void> {
    if (index !== undefined) {
      await this.#cancelItem(index);
      this.#askPump();
      return;
    }
    if (this.#endedAt !== undefined) return;
    this.#stop.abort(new TransferError('The transfer was cancelled.', { kind: 'fatal', reason: 'aborted' }));
    this.#closed = true;
    const ends: Promise<void>[] = [];
    for (const open of this.#table.inState([
      'queued',
      'preparing',
      'active',
      'finishing',
      'waiting',
      'paused',
      'needs-answer',
    ])) {
      // A hundred thousand items that were never begun need no promise each.
      const untouched = this.#table.state(open) === 'queued' && this.#table.sent(open) === 0;
      if (untouched && !this.#running.has(open)) this.#setState(open, 'cancelled');
      else ends.push(this.#cancelItem(open));
    }
    this.#touch();
    this.#askPump();
    await Promise.allSettled(ends);
    await this.#finished.catch(() => {});
  }

  async #cancelItem(index: number): Promise<void> {
    const state = this.#table.state(index);
    if (index >= this.#table.length || isEnd(state)) return;
    const run = this.#running.get(index);
    if (!run) {
      this.#setState(index, 'cancelled');
      if (state !== 'queued' || this.#table.sent(index) > 0) await this.#discard(index);
      return;
    }
    run.stop('cancel');
    // A completion under way may still succeed: then the item is stored, and saying otherwise would be a lie.
    if (state !== 'finishing') this.#setState(index, 'cancelled');
    await run.settled;
    await Promise.allSettled([...this.#cleanups]);
  }

  #discard(index: number): Promise<void> {
    const cleanup = (async () => {
      try {
        await this.discardItem?.(index);
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

  retryFailed(index?: number): void {
    // A cancelled job stays ended: nothing would run any more.
    if (this.#stop.signal.aborted) return;
    const again =
      index === undefined
        ? this.#table.inState(['failed'])
        : this.#table.state(index) === 'failed'
          ? [index]
          : [];
    const retryable = again.filter(each => this.canRetry(each));
    if (retryable.length === 0) return;
    if (this.#endedAt !== undefined) {
      this.#endedAt = undefined;
      this.#promiseFinished();
    }
    this.#reason = undefined;
    this.onRetry?.(retryable);
    for (const each of retryable) {
      this.#table.setError(each, undefined);
      this.#setState(each, 'queued');
      if (!this.#running.has(each)) this.#queue.push(this.laneOf(each), each);
    }
    this.#askPump();
  }

  /** Whether trying a failed item again can mean anything. Default true. */
  protected canRetry(_index: number): boolean {
    return true;
  }

  override addEventListener<K extends keyof JobEventMap>(
    type: K,
    listener: (event: JobEventMap[K]) => void,
    options?: AddEventListenerOptions | boolean,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
  override addEventListener(
    type: string,
    listener: unknown,
    options?: AddEventListenerOptions | boolean,
  ): void {
    super.addEventListener(type, listener as EventListenerOrEventListenerObject | null, options);
  }

  // ── Running items ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Begins what may be begun, once the current task is over: many changes in one task pump once. */
  #askPump(): void {
    if (this.#pumpAsked) return;
    this.#pumpAsked = true;
    queueMicrotask(() => {
      this.#pumpAsked = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#stop.signal.aborted) {
      this.#endWhenDone();
      return;
    }
    for (let index = this.#nextFirst(); index !== undefined; index = this.#nextFirst()) {
      const lane = this.laneOf(index);
      if (!this.#paused && this.#laneLoad(lane) >= this.laneWindow(lane).most) {
        this.#queue.pushFirst(index);
        break;
      }
      this.#start(index, lane);
    }
    if (!this.#paused) for (const lane of ['large', 'small'] as const) this.#fill(lane);
    this.#endWhenDone();
  }

  #nextFirst(): number | undefined {
    return this.#queue.takeFirst(index => this.#table.state(index) === 'queued' && !this.#running.has(index));
  }

  #laneLoad(lane: Lane): number {
    if (lane === 'large') return this.#inLane.large;
    return this.#inLane.small - Math.min(this.#table.count('needs-answer'), mostUnanswered);
  }

  #fill(lane: Lane): void {
    const { most, refillAt = most - 1 } = this.laneWindow(lane);
    if (this.#laneLoad(lane) > refillAt) return;
    while (this.#laneLoad(lane) < most) {
      const index = this.#queue.take(
        lane,
        each => this.#table.state(each) === 'queued' && !this.#running.has(each),
      );
      if (index === undefined) return;
      this.#start(index, lane);
    }
  }

  #start(index: number, lane: Lane): void {
    const run = new ItemRun({
      state: (state, error) => this.#report(index, run, state, error),
      acknowledged: bytes => {
        if (this.#table.setAcknowledged(index, bytes)) this.#touch();
      },
      sent: bytes => {
        if (this.#table.setSent(index, bytes)) this.#touch();
      },
    });
    this.#running.set(index, run);
    this.#inLane[lane] += 1;
    this.#setState(index, 'preparing');
    // Called in a promise chain so that a synchronous throw of a subclass is a failure of the item like any other.
    const work = Promise.resolve().then(() => {
      run.signal.throwIfAborted();
      return this.runItem(index, run);
    });
    run.settled = work.then(
      result => this.#succeeded(index, run, lane, result),
      error => this.#broke(index, run, lane, error),
    );
  }

  #report(index: number, run: ItemRun, state: ItemState, error: TransferError | undefined): void {
    if (this.#running.get(index) !== run || run.stopped !== undefined) return;
    if (this.#paused && run.finishing && state !== 'finishing') {
      // It was let finish although the job is paused, but has to wait or begin again.
      run.stop('pause');
      this.#setState(index, 'paused');
      return;
    }
    run.finishing = state === 'finishing';
    this.#table.setError(index, error);
    if (state === 'waiting') this.#waitReason = error;
    this.#setState(index, state);
    if (error) this.#touch(index);
    if (state === 'needs-answer') this.#askPump();
  }

  #letGo(index: number, run: ItemRun, lane: Lane): void {
    run.close();
    this.#running.delete(index);
    this.#inLane[lane] -= 1;
    this.#askPump();
  }

  #succeeded(index: number, run: ItemRun, lane: Lane, result: TransferResult | typeof deferred): void {
    this.#letGo(index, run, lane);
    if (result === deferred) {
      if (run.stopped === undefined) {
        this.#setState(index, 'finishing');
        this.onDeferred?.(index);
      } else if (run.stopped === 'cancel') {
        this.#setState(index, 'cancelled');
        void this.#discard(index);
      } else if (this.#table.state(index) === 'queued') this.#queue.pushFirst(index);
      return;
    }
    if (run.stopped === 'cancel' && this.#table.state(index) === 'cancelled') {
      void this.#discard(index);
      return;
    }
    this.#table.setError(index, undefined);
    this.#table.setResult(index, result);
    if (result.skipped === undefined) {
      if (this.#table.size(index) === undefined) this.#table.setSize(index, result.size);
      this.#table.setAcknowledged(index, this.#table.size(index)!);
    }
    this.#setState(index, result.skipped === undefined ? 'done' : 'skipped');
  }

  #broke(index: number, run: ItemRun, lane: Lane, error: unknown): void {
    this.#letGo(index, run, lane);
    if (run.stopped === 'cancel') {
      this.#table.setError(index, undefined);
      this.#setState(index, 'cancelled');
      void this.#discard(index);
      return;
    }
    if (run.stopped === 'pause') {
      // Resumed while its earlier run was still letting go.
      if (this.#table.state(index) === 'queued') this.#queue.pushFirst(index);
      return;
    }
    this.#table.setError(index, asTransferError(error, this.#table.path(index)));
    this.#setState(index, 'failed');
  }

  // ── Telling about it ────────────────────────────────────────────────────────────────────────────────────────────

  #setState(index: number, state: ItemState): void {
    if (!this.#table.setState(index, state)) return;
    this.#touch(index);
    if (isEnd(state)) this.onItemEnd?.(index, state);
  }

  #touch(index?: number): void {
    if (index !== undefined) this.#changed.add(index);
    requestTick(this.#tick);
  }

  readonly #tick = (): void => {
    const now = Date.now();
    const table = this.#table;
    this.#speed.sample(table.totalSent, now);
    this.#fileSpeed.sample(table.length - table.open, now);
    this.#estimate.update(this.#rawSecondsLeft(), now);
    // Changed first: a listener of `progress` may look at the items too.
    const indexes = [...this.#changed];
    this.#changed.clear();
    if (indexes.length > 0) this.dispatchEvent(Object.assign(new Event('itemchange'), { indexes }));
    this.dispatchEvent(new Event('progress'));
    const state = this.#state();
    if (state !== this.#lastState) {
      this.#lastState = state;
      this.dispatchEvent(new Event('statechange'));
    }
    // Speed and time left move on also while no byte does.
    if (state === 'active' && this.#running.size > 0) this.#keepTicking();
  };

  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #keepTicking(): void {
    if (this.#idleTimer !== undefined) clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = undefined;
      if (this.#endedAt === undefined) requestTick(this.#tick);
    }, 1000);
  }

  #rawSecondsLeft(): number | undefined {
    const table = this.#table;
    const bytesLeft =
      table.totalSize -
      table.cancelledBytes -
      table.skippedBytes -
      (table.totalSent - table.cancelledAcknowledged);
    const byteRate = this.#speed.rate;
    const fileRate = this.#fileSpeed.rate;
    const byBytes = bytesLeft <= 0 ? 0 : byteRate ? bytesLeft / byteRate : undefined;
    // Many small files are limited by round trips, not by bytes.
    const byFiles = fileRate && table.open > 20 ? table.open / fileRate : undefined;
    if (byBytes === undefined) return undefined;
    return Math.max(byBytes, byFiles ?? 0);
  }

  #reasonFor(state: JobState): TransferError | undefined {
    if (state === 'waiting') return this.#waitReason;
    if (state === 'incomplete') return this.#reason ?? this.#table.firstError();
    return undefined;
  }

  #state(): JobState {
    return jobState(this.#table, {
      closed: this.#closed,
      ended: this.#endedAt !== undefined,
      cancelled: this.#stop.signal.aborted,
      paused: this.#paused,
      ending: this.#ending,
      broken: this.#reason !== undefined,
    });
  }

  #promiseFinished(): void {
    this.#finished = new Promise((resolve, reject) => {
      this.#resolveFinished = resolve;
      this.#rejectFinished = reject;
    });
    // Pages that only listen to events must not see an unhandled rejection.
    this.#finished.catch(() => {});
  }

  #endWhenDone(): void {
    if (!this.#closed || this.#ending || this.#endedAt !== undefined) return;
    if (this.#table.open > 0 || this.#running.size > 0 || this.#cleanups.size > 0) return;
    if (!this.beforeEnd) {
      this.#end();
      return;
    }
    this.#ending = true;
    this.beforeEnd()
      .catch(error => {
        this.#reason ??= asTransferError(error, undefined);
      })
      .finally(() => {
        this.#ending = false;
        // Somebody may have asked to try failed items again meanwhile.
        if (this.#table.open > 0 || this.#running.size > 0) this.#askPump();
        else this.#end();
      });
  }

  #end(): void {
    this.#endedAt = Date.now();
    if (this.#idleTimer !== undefined) clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    cancelTick(this.#tick);
    this.#tick();
    const { snapshot } = this;
    if (this.#table.length === 0 && this.#reason && snapshot.state !== 'cancelled') {
      this.#rejectFinished(this.#reason);
    } else {
      this.#resolveFinished({
        state: snapshot.state as JobResult['state'],
        snapshot,
        items: this.#table,
      });
    }
  }
}

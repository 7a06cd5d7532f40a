import type { TransferError } from '../core/errors.js';
import { isEnd } from './item-table.js';
import type { JobHooks } from './job-hooks.js';
import { jobSnapshot } from './job-snapshot.js';
import type { JobStatus } from './job-status.js';
import { CalmEstimate, manyFiles, SendingMeter, SpeedMeter, secondsFor } from './progress.js';
import { cancelTick, requestTick } from './ticker.js';
import type { ItemState, JobKind, JobState, TransferSnapshot } from './types.js';

export interface JobIdentity {
  readonly id: string;
  readonly kind: JobKind;
  readonly movesBytes: boolean;
}

/** Changes the items' columns and tells the page about it: events once a frame, speed, time left, snapshots. */
export class JobReports {
  readonly #identity: JobIdentity;
  readonly #status: JobStatus;
  readonly #target: EventTarget;
  readonly #hooks: Pick<JobHooks, 'onItemEnd'>;
  /** Whether any item runs: then the numbers move on also while no byte does. */
  readonly #isRunning: () => boolean;
  readonly #changed = new Set<number>();
  readonly #speed = new SpeedMeter();
  readonly #sendingSpeed = new SendingMeter();
  readonly #fileSpeed = new SpeedMeter();
  readonly #estimate = new CalmEstimate();
  /** Whether a file has come to its end: what was before it was looking, signing and connecting. */
  #hasEnded = false;
  /** Acknowledged bytes that were there before: nothing moved for them. */
  #found = 0;
  /** More was confirmed once than was on its way: until then the first parts to arrive stand for all of them. */
  #isRepresentative = false;
  #highestProgress = 0;
  #lastState: JobState = 'preparing';
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    target: EventTarget & JobIdentity,
    status: JobStatus,
    hooks: Pick<JobHooks, 'onItemEnd'>,
    isRunning: () => boolean,
  ) {
    this.#identity = target;
    this.#target = target;
    this.#status = status;
    this.#hooks = hooks;
    this.#isRunning = isRunning;
  }

  // ── Changes ─────────────────────────────────────────────────────────────────────────────────────────────────────

  setState(index: number, state: ItemState): void {
    if (!this.#status.table.setState(index, state)) return;
    this.touch(index);
    if (isEnd(state)) this.#hooks.onItemEnd(index, state);
  }

  setError(index: number, error: TransferError | undefined): void {
    this.#status.table.setError(index, error);
    if (error) this.touch(index);
  }

  acknowledged(index: number, bytes: number): void {
    const { table } = this.#status;
    const before = table.acknowledged(index);
    if (!table.setAcknowledged(index, bytes)) return;
    // What a storage says it has before anything was sent is the work of an earlier session.
    if (table.state(index) === 'preparing') this.#found += table.acknowledged(index) - before;
    this.touch();
  }

  sent(index: number, bytes: number): void {
    if (this.#status.table.setSent(index, bytes)) this.touch();
  }

  /** Something changed: of this item, or of the job as a whole. */
  touch(index?: number): void {
    if (index !== undefined) this.#changed.add(index);
    requestTick(this.#tick);
  }

  /** The time until now says nothing about the speed. */
  interruptSpeed(): void {
    // The time that went into these bytes is not counted either.
    if (!this.#isRepresentative) this.#found = this.#status.table.totalAcknowledged;
    this.#speed.interrupt();
    this.#sendingSpeed.interrupt();
    this.#fileSpeed.interrupt();
  }

  // ── Telling ─────────────────────────────────────────────────────────────────────────────────────────────────────

  get snapshot(): TransferSnapshot {
    const status = this.#status;
    const { state } = status;
    const snapshot = jobSnapshot({
      ...this.#identityOnly(),
      state,
      table: status.table,
      closed: status.closed,
      highestProgress: this.#highestProgress,
      speed: state === 'active' ? this.#byteRate : undefined,
      secondsLeft: state === 'active' ? this.#estimate.shown : undefined,
      reason: status.shownReason,
      startedAt: status.startedAt,
      endedAt: status.endedAt,
    });
    this.#highestProgress = snapshot.progress;
    return snapshot;
  }

  #identityOnly(): JobIdentity {
    const { id, kind, movesBytes } = this.#identity;
    return { id, kind, movesBytes };
  }

  /**
   * Tells it at once, not with the next frame: at the end, and when an ended job begins again. What begins and ends
   * again within one frame (or within the second between two looks of a hidden page) would else never have run for
   * those who only listen.
   */
  tellNow(): void {
    this.#stopIdling();
    cancelTick(this.#tick);
    this.#tick();
  }

  readonly #tick = (): void => {
    const now = Date.now();
    this.#measure(now);
    // Changed first: a listener of `progress` may look at the items too.
    const indexes = [...this.#changed];
    this.#changed.clear();
    if (indexes.length > 0) {
      this.#target.dispatchEvent(Object.assign(new Event('itemchange'), { indexes }));
    }
    this.#target.dispatchEvent(new Event('progress'));
    const { state } = this.#status;
    if (state !== this.#lastState) {
      this.#lastState = state;
      this.#target.dispatchEvent(new Event('statechange'));
    }
    if (state === 'active' && this.#isRunning()) this.#keepTicking();
  };

  #keepTicking(): void {
    this.#stopIdling();
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = undefined;
      if (!this.#status.ended) requestTick(this.#tick);
    }, 1000);
  }

  #stopIdling(): void {
    if (this.#idleTimer !== undefined) clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
  }

  get #byteRate(): number | undefined {
    if (!this.#identity.movesBytes) return undefined;
    return (this.#isRepresentative ? this.#speed.rate : undefined) ?? this.#sendingSpeed.rate;
  }

  /** Speed and time left are of acknowledged bytes as soon as there are any: those on their way may never arrive. */
  #measure(now: number): void {
    const { table, state, closed } = this.#status;
    if (state !== 'active') this.interruptSpeed();
    const moved = table.totalAcknowledged - this.#found;
    this.#isRepresentative ||= moved > 0 && moved >= table.bytesFlying;
    this.#speed.sample(this.#isRepresentative ? moved : 0, now);
    if (!this.#isRepresentative) this.#sendingSpeed.sample(table.totalSent, now);
    const ended = table.length - table.open;
    if (ended > 0 && !this.#hasEnded) {
      this.#hasEnded = true;
      // Of many small files the first to end come after the start, and its time is none of theirs.
      if (table.open >= manyFiles) this.#speed.interrupt();
    }
    if (this.#hasEnded) this.#fileSpeed.sample(ended, now);
    const isFinal = closed && (table.unknownSizes === 0 || !this.#identity.movesBytes);
    this.#estimate.update(
      isFinal && state === 'active'
        ? secondsFor({
            bytes: this.#identity.movesBytes ? table.bytesLeft : 0,
            byteRate: this.#byteRate,
            files: table.open,
            fileRate: this.#fileSpeed.rate,
          })
        : undefined,
      now,
    );
  }
}

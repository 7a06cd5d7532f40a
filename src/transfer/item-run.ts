import { TransferError } from '../core/errors.js';
import type { ItemState, NextTry } from './types.js';

/** What a job's `runItem` may say about its item while it runs. Ignored once the run was stopped. */
export interface ItemControl {
  /** Aborted when the item is paused or cancelled. */
  readonly signal: AbortSignal;
  /** Why `signal` was aborted; undefined while it is not. */
  readonly stopped: 'pause' | 'cancel' | undefined;
  /** Shows what the item is at. `error`: why it waits; `nextTry`: until when. */
  setState(
    state: Extract<ItemState, 'preparing' | 'active' | 'finishing' | 'waiting' | 'needs-answer'>,
    error?: TransferError,
    nextTry?: NextTry,
  ): void;
  /** All bytes of this item that the other side has confirmed so far. A smaller number than before is ignored. */
  setAcknowledged(bytes: number): void;
  /** All bytes of this item handed over so far. A smaller number than before is ignored. */
  setSent(bytes: number): void;
}

/** Thrown by `runItem`: the item ends as cancelled, says why, and can be tried again. */
export class PutOff extends Error {
  constructor(readonly why: TransferError) {
    super(why.message);
  }
}

interface Reports {
  state(state: ItemState, error: TransferError | undefined, nextTry: NextTry | undefined): void;
  acknowledged(bytes: number): void;
  sent(bytes: number): void;
}

/** One run of one item, from its begin to its end, pause or cancellation. */
export class ItemRun implements ItemControl {
  readonly #abort = new AbortController();
  readonly #reports: Reports;
  #open = true;
  stopped: 'pause' | 'cancel' | undefined;
  /** Its last word was `finishing`. */
  finishing = false;
  /** Resolves when the run has let go of everything. */
  settled: Promise<void> = Promise.resolve();

  constructor(reports: Reports) {
    this.#reports = reports;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  stop(why: 'pause' | 'cancel'): void {
    if (this.stopped === 'cancel') return;
    this.stopped = why;
    this.#abort.abort(
      new TransferError(why === 'pause' ? 'The transfer is paused.' : 'The transfer was cancelled.', {
        kind: 'fatal',
        reason: 'aborted',
      }),
    );
  }

  close(): void {
    this.#open = false;
  }

  setState(state: ItemState, error?: TransferError, nextTry?: NextTry): void {
    if (this.#open) this.#reports.state(state, error, nextTry);
  }

  setAcknowledged(bytes: number): void {
    if (this.#open) this.#reports.acknowledged(bytes);
  }

  setSent(bytes: number): void {
    if (this.#open && this.stopped === undefined) this.#reports.sent(bytes);
  }
}

import type { Lane, LaneWindow } from './item-lanes.js';
import type { ItemControl } from './item-run.js';
import type { ItemState, TransferResult } from './types.js';

/** What `runItem` resolves to when the item goes on later, once the job wakes it. */
export const deferred = Symbol('deferred');

/** What one kind of job does and decides, as the parts that every job has see it. */
export interface JobHooks {
  runItem(index: number, control: ItemControl): Promise<TransferResult | typeof deferred>;
  laneOf(index: number): Lane;
  laneWindow(lane: Lane): LaneWindow;
  canRetry(index: number): boolean;
  canSendAgain(index: number): boolean;
  /** The work of {@link beforeEnd} has failed, and doing it once more can mean something. */
  canEndAgain(): boolean;
  onItemEnd(index: number, state: ItemState): void;
  onDeferred(index: number): void;
  onRetry(indexes: readonly number[]): void;
  onPauseChange(paused: boolean): void;
  /** Undefined: there is nothing to remove. */
  discardItem(index: number): Promise<void> | undefined;
  /** Undefined: there is no such work. */
  beforeEnd(): Promise<void> | undefined;
  /** Undefined: failed items keep nothing. */
  release(): Promise<void> | undefined;
}

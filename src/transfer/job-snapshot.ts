import type { TransferError } from '../core/errors.js';
import { type ItemTable, itemStates } from './item-table.js';
import type { JobKind, JobState, TransferSnapshot } from './types.js';

export interface JobFlags {
  /** No more items will come. */
  readonly closed: boolean;
  readonly ended: boolean;
  readonly cancelled: boolean;
  readonly paused: boolean;
  /** Every item has ended; common work is left. */
  readonly ending: boolean;
  /** Something went wrong that is no item's failure. */
  readonly broken: boolean;
}

/** State of a job, from its items and what was done to it as a whole. */
export function jobState(table: ItemTable, flags: JobFlags): JobState {
  if (flags.ended) {
    if (flags.cancelled) return 'cancelled';
    return table.count('failed') + table.count('cancelled') > 0 || flags.broken ? 'incomplete' : 'done';
  }
  const moving = table.count('preparing') + table.count('active') + table.count('finishing');
  if (flags.paused) return moving > 0 && table.count('finishing') < moving ? 'active' : 'paused';
  if (moving > 0 || flags.ending) return 'active';
  if (table.count('waiting') + table.count('needs-answer') > 0) return 'waiting';
  if (table.count('queued') > 0) return table.length === table.count('queued') ? 'preparing' : 'active';
  if (table.count('paused') > 0) return 'paused';
  return flags.closed ? 'active' : 'preparing';
}

/** Whether jobs of this kind carry bytes through the page, unless they say otherwise. */
export const kindMovesBytes = (kind: JobKind): boolean => kind === 'upload' || kind === 'download';

/** Share of the work that is done, 0 to 1, never lower than `highest`. */
function progressOf(table: ItemTable, movesBytes: boolean, highest: number): number {
  const bytes = movesBytes ? table.totalSize - table.bytesIn('cancelled') : 0;
  const files = table.length - table.count('cancelled');
  let share = files > 0 ? (table.count('done') + table.count('skipped')) / files : 0;
  if (bytes > 0) {
    let acknowledged = table.bytesIn('skipped');
    for (const state of itemStates) {
      if (state !== 'skipped' && state !== 'cancelled') acknowledged += table.acknowledgedIn(state);
    }
    share = acknowledged / bytes;
  }
  // Every byte may be there while an empty file is not: 1 is kept for "all ended well".
  return Math.max(highest, Math.min(share, 0.9999));
}

function progressNow({ state, table, closed, highestProgress }: SnapshotParts, movesBytes: boolean): number {
  if (state === 'done') return 1;
  // Whatever share of the files found so far is done, the next one may be a thousand times as large.
  return closed ? progressOf(table, movesBytes, highestProgress) : highestProgress;
}

const noBytes = { total: 0, acknowledged: 0, sent: 0, done: 0, skipped: 0, failed: 0, cancelled: 0, left: 0 };

function bytesOf(table: ItemTable): Omit<TransferSnapshot['bytes'], 'totalIsFinal'> {
  return {
    total: table.totalSize,
    acknowledged: table.totalAcknowledged,
    sent: table.totalSent,
    done: table.bytesIn('done'),
    skipped: table.bytesIn('skipped'),
    failed: table.bytesIn('failed'),
    cancelled: table.bytesIn('cancelled'),
    left: table.bytesLeft,
  };
}

export interface SnapshotParts {
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  /** Default: by the kind. */
  readonly movesBytes?: boolean;
  readonly table: ItemTable;
  readonly closed: boolean;
  readonly highestProgress: number;
  readonly speed: number | undefined;
  readonly secondsLeft: number | undefined;
  readonly reason: TransferError | undefined;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

export function jobSnapshot(parts: SnapshotParts): TransferSnapshot {
  const { id, kind, state, table, closed, speed, secondsLeft, reason, startedAt, endedAt } = parts;
  const { movesBytes = kindMovesBytes(kind) } = parts;
  return {
    id,
    kind,
    state,
    movesBytes,
    files: {
      total: table.length,
      queued: table.count('queued'),
      active: table.count('preparing') + table.count('active') + table.count('finishing'),
      waiting: table.count('waiting') + table.count('needs-answer'),
      paused: table.count('paused'),
      done: table.count('done'),
      skipped: table.count('skipped'),
      failed: table.count('failed'),
      cancelled: table.count('cancelled'),
    },
    bytes: {
      ...(movesBytes ? bytesOf(table) : noBytes),
      totalIsFinal: closed && (table.unknownSizes === 0 || !movesBytes),
    },
    progress: progressNow(parts, movesBytes),
    speed,
    secondsLeft,
    reason,
    startedAt,
    endedAt,
  };
}

import type { TransferError } from '../core/errors.js';
import type { ItemTable } from './item-table.js';
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

/** Share of the work that is done, 0 to 1, never lower than `highest`. */
function progressOf(table: ItemTable, allEndedWell: boolean, highest: number): number {
  if (allEndedWell) return 1;
  const bytes = table.totalSize - table.cancelledBytes;
  const files = table.length - table.count('cancelled');
  const share =
    bytes > 0
      ? (table.totalAcknowledged - table.cancelledAcknowledged + table.skippedBytes) / bytes
      : files > 0
        ? (table.count('done') + table.count('skipped')) / files
        : 0;
  // Every byte may be there while an empty file is not: 1 is kept for "all ended well".
  return Math.max(highest, Math.min(share, 0.9999));
}

export interface SnapshotParts {
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
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
  return {
    id,
    kind,
    state,
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
      total: table.totalSize,
      totalIsFinal: closed && table.unknownSizes === 0,
      acknowledged: table.totalAcknowledged,
      sent: table.totalSent,
    },
    progress: progressOf(table, state === 'done', parts.highestProgress),
    speed,
    secondsLeft,
    reason,
    startedAt,
    endedAt,
  };
}

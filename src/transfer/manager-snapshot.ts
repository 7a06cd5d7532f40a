import { type CalmEstimate, secondsFor } from './progress.js';
import type { JobState, TransferJob, TransferSnapshot } from './types.js';

const endStates: readonly JobState[] = ['done', 'incomplete', 'cancelled'];

export const jobHasEnded = (job: TransferJob): boolean => endStates.includes(job.snapshot.state);

/** What a person would call the whole. */
function stateOf(snapshots: readonly TransferSnapshot[]): JobState {
  const order: readonly JobState[] = ['active', 'preparing', 'waiting', 'paused', 'incomplete', 'done'];
  return order.find(state => snapshots.some(snapshot => snapshot.state === state)) ?? 'cancelled';
}

/** Those that move bytes, where there are any: deleting a thousand files must not look like a thousand files stored. */
function transfersAmong(snapshots: readonly TransferSnapshot[]): readonly TransferSnapshot[] {
  const transfers = snapshots.filter(snapshot => snapshot.movesBytes);
  return transfers.length > 0 ? transfers : snapshots;
}

/**
 * One snapshot over several jobs. While anything is under way only that counts, so that yesterday's thousand files do
 * not make today's ten look nearly done; of that, only what moves bytes, unless nothing does. Once all have ended,
 * `state` and `reason` are about all of them.
 */
export function combineSnapshots(
  jobs: readonly TransferJob[],
  estimate: CalmEstimate,
  now: number,
): TransferSnapshot {
  const all = jobs.map(job => job.snapshot);
  const open = all.filter(snapshot => !endStates.includes(snapshot.state));
  const counted = transfersAmong(open.length > 0 ? open : all);
  const judged = open.length > 0 ? counted : all;
  const sum = (pick: (snapshot: TransferSnapshot) => number): number =>
    counted.reduce((total, snapshot) => total + pick(snapshot), 0);
  const files = (name: keyof TransferSnapshot['files']): number => sum(snapshot => snapshot.files[name]);
  const bytes = (name: Exclude<keyof TransferSnapshot['bytes'], 'totalIsFinal'>): number =>
    sum(snapshot => snapshot.bytes[name]);
  const totalIsFinal = counted.every(snapshot => snapshot.bytes.totalIsFinal);
  const state = judged.length === 0 ? 'done' : stateOf(judged);
  const speeds = open.map(snapshot => snapshot.speed).filter(speed => speed !== undefined);
  const speed = speeds.length > 0 ? speeds.reduce((total, each) => total + each, 0) : undefined;
  // What is paused takes no time until somebody resumes it.
  const left = counted.reduce((total, each) => total + (each.state === 'paused' ? 0 : each.bytes.left), 0);
  const secondsLeft = estimate.update(
    state === 'active' && totalIsFinal ? secondsLeftOf(counted, left, speed) : undefined,
    now,
  );
  const weight = (snapshot: TransferSnapshot): number => Math.max(snapshot.bytes.total, 1);
  const weights = sum(weight);
  return {
    id: 'all',
    kind: 'all',
    state,
    movesBytes: counted.some(snapshot => snapshot.movesBytes),
    files: {
      total: files('total'),
      queued: files('queued'),
      active: files('active'),
      waiting: files('waiting'),
      paused: files('paused'),
      done: files('done'),
      skipped: files('skipped'),
      failed: files('failed'),
      cancelled: files('cancelled'),
    },
    bytes: {
      total: bytes('total'),
      totalIsFinal,
      acknowledged: bytes('acknowledged'),
      sent: bytes('sent'),
      done: bytes('done'),
      skipped: bytes('skipped'),
      failed: bytes('failed'),
      cancelled: bytes('cancelled'),
      left: bytes('left'),
    },
    progress: weights === 0 ? 1 : sum(snapshot => snapshot.progress * weight(snapshot)) / weights,
    speed,
    secondsLeft,
    reason: judged.find(snapshot => snapshot.reason)?.reason,
    startedAt: counted.reduce((first, snapshot) => Math.min(first, snapshot.startedAt), now),
    endedAt:
      open.length > 0 ? undefined : Math.max(0, ...all.map(snapshot => snapshot.endedAt ?? 0)) || undefined,
  };
}

/** By the bytes of all, but no sooner than the slowest job, which may be held up by its number of files. */
function secondsLeftOf(
  counted: readonly TransferSnapshot[],
  bytes: number,
  byteRate: number | undefined,
): number | undefined {
  const byBytes = secondsFor({ bytes, byteRate });
  if (bytes > 0 && byBytes === undefined) return undefined;
  const longest = Math.max(0, byBytes ?? 0, ...counted.map(snapshot => snapshot.secondsLeft ?? 0));
  return longest > 0 ? longest : undefined;
}

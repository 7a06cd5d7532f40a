import type { CalmEstimate } from './progress.js';
import type { JobState, TransferJob, TransferSnapshot } from './types.js';

const endStates: readonly JobState[] = ['done', 'incomplete', 'cancelled'];

export const jobHasEnded = (job: TransferJob): boolean => endStates.includes(job.snapshot.state);

/** What a person would call the whole. */
function stateOf(snapshots: readonly TransferSnapshot[]): JobState {
  const order: readonly JobState[] = ['active', 'preparing', 'waiting', 'paused', 'incomplete', 'done'];
  return order.find(state => snapshots.some(snapshot => snapshot.state === state)) ?? 'cancelled';
}

/**
 * One snapshot over several jobs. While anything is under way only that counts, so that yesterday's thousand files do
 * not make today's ten look nearly done.
 */
export function combineSnapshots(
  jobs: readonly TransferJob[],
  estimate: CalmEstimate,
  now: number,
): TransferSnapshot {
  const all = jobs.map(job => job.snapshot);
  const open = all.filter(snapshot => !endStates.includes(snapshot.state));
  const counted = open.length > 0 ? open : all;
  const sum = (pick: (snapshot: TransferSnapshot) => number): number =>
    counted.reduce((total, snapshot) => total + pick(snapshot), 0);
  const files = (name: keyof TransferSnapshot['files']): number => sum(snapshot => snapshot.files[name]);
  const bytes = {
    total: sum(snapshot => snapshot.bytes.total),
    totalIsFinal: counted.every(snapshot => snapshot.bytes.totalIsFinal),
    acknowledged: sum(snapshot => snapshot.bytes.acknowledged),
    sent: sum(snapshot => snapshot.bytes.sent),
  };
  const state = counted.length === 0 ? 'done' : stateOf(counted);
  const speeds = open.map(snapshot => snapshot.speed).filter(speed => speed !== undefined);
  const speed = speeds.length > 0 ? speeds.reduce((total, each) => total + each, 0) : undefined;
  const left = bytes.total - bytes.sent;
  const secondsLeft = estimate.update(speed && state === 'active' ? left / speed : undefined, now);
  const weight = (snapshot: TransferSnapshot): number => Math.max(snapshot.bytes.total, 1);
  const weights = sum(weight);
  return {
    id: 'all',
    kind: 'all',
    state,
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
    bytes,
    progress: weights === 0 ? 1 : sum(snapshot => snapshot.progress * weight(snapshot)) / weights,
    speed,
    secondsLeft,
    reason: counted.find(snapshot => snapshot.reason)?.reason,
    startedAt: counted.reduce((first, snapshot) => Math.min(first, snapshot.startedAt), now),
    endedAt:
      open.length > 0 ? undefined : Math.max(0, ...all.map(snapshot => snapshot.endedAt ?? 0)) || undefined,
  };
}

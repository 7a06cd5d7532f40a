import { hasEnded } from '../../controllers/job-controller.js';
import type { LocalizeController } from '../../controllers/localize-controller.js';
import type { TransferError } from '../../core/errors.js';
import type { TransferItem, TransferJob, TransferSnapshot } from '../../transfer/types.js';
import { putOffCount } from './put-off.js';
import { failureText, nextText } from './transfer-words.js';

/** Different reasons told at the job; what failed for yet another one says so in its own row. */
const mostReasons = 3;
/** Failed files looked at. In practice a thousand fail for one or two reasons. */
const mostLookedAt = 1000;

export interface JobReason {
  readonly text: string;
  readonly tone: 'danger' | 'warning' | 'muted';
}

/** Why a job stands, or has not done all of its work, and what to do about it: in full, once for all of its files. */
export function jobReasons(localize: LocalizeController, job: TransferJob): JobReason[] {
  const { snapshot } = job;
  const failures = failureReasons(localize, job);
  const whole = wholeReason(localize, snapshot);
  const reasons = [
    ...(whole === undefined || failures.some(({ text }) => text.endsWith(whole))
      ? []
      : [{ text: whole, tone: 'danger' as const }]),
    ...failures,
  ];
  const waiting = waitingReason(localize, job);
  if (waiting !== undefined) reasons.push({ text: waiting, tone: 'warning' });
  const putOff = hasEnded(snapshot) ? putOffCount(job) : 0;
  if (putOff > 0)
    reasons.push({ text: localize.text('transfers.reasonPutOff', { count: putOff }), tone: 'muted' });
  return reasons;
}

/** What went wrong with the job as a whole. */
function wholeReason(localize: LocalizeController, { state, reason }: TransferSnapshot): string | undefined {
  return reason && (state === 'incomplete' || state === 'active')
    ? commonSentence(localize, reason, false)
    : undefined;
}

/** The sentence without what is this one file's alone: the id of its request and, for `many` files, its path. */
function commonSentence(localize: LocalizeController, error: TransferError, many: boolean): string {
  const { path, requestId, reason } = error;
  const sentence = failureText(localize, error);
  if (many && path && sentence.includes(path))
    return failureText(localize, error, localize.text(`errors.${reason}`));
  return requestId
    ? sentence.replace(`, request ${requestId}`, '').replace(` (request ${requestId})`, '')
    : sentence;
}

/** The sentences of the failed files, the most frequent first, each once. */
function failureReasons(localize: LocalizeController, job: TransferJob): JobReason[] {
  const { failed } = job.snapshot.files;
  if (failed === 0) return [];
  const counts = new Map<string, number>();
  const looked = job.items.inState(['failed'], 0, mostLookedAt);
  for (const index of looked) {
    const error = job.items.at(index)?.error;
    const text = error ? commonSentence(localize, error, failed > 1) : localize.text('transfers.itemFailed');
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const ordered = [...counts].sort(([, one], [, other]) => other - one);
  // A number that is not that of all files would be a wrong one.
  const withCounts = ordered.length > 1 && looked.length === failed;
  const reasons = ordered.slice(0, mostReasons).map(([reason, count]) => ({
    text: withCounts ? localize.text('transfers.reasonOf', { count, reason }) : reason,
    tone: 'danger' as const,
  }));
  if (ordered.length > mostReasons)
    reasons.push({ text: localize.text('transfers.reasonsMore'), tone: 'danger' });
  return reasons;
}

/** The waiting file that is tried first. */
function firstWaiting({ items }: TransferJob): TransferItem | undefined {
  const time = (item: TransferItem | undefined): number => item?.nextTry?.at ?? Number.POSITIVE_INFINITY;
  return items
    .inState(['waiting'], 0, mostLookedAt)
    .map(index => items.at(index))
    .reduce((first, item) => (first && time(first) <= time(item) ? first : item), undefined);
}

/** What the job goes on after by itself. A file that waits for the person's answer does not: its question says so. */
function waitingReason(localize: LocalizeController, job: TransferJob): string | undefined {
  const { reason, state, files } = job.snapshot;
  // The reason is that of the last file that had to wait; none may be waiting any more.
  const waiting = state === 'waiting' ? firstWaiting(job) : undefined;
  if (!waiting || !reason) return undefined;
  const done = files.done + files.skipped;
  if (reason.reason === 'offline')
    return localize.text('transfers.waitingOffline', { done, count: files.total });
  // The connection is there and the storage is not: its address means nothing to most people.
  if (reason.kind === 'wait')
    return localize.text('transfers.waitingUnreachable', { done, count: files.total });
  return `${localize.error(reason)} ${nextText(localize, waiting)}`.trimEnd();
}

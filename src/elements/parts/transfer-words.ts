/** The words and signs in which jobs and their files are shown. Used by every element that shows a transfer. */
import type { TemplateResult } from 'lit';
import { foundNothing, hasEnded } from '../../controllers/job-controller.js';
import type { LocalizeController } from '../../controllers/localize-controller.js';
import type { Verification } from '../../core/checksum.js';
import type { ErrorKind, TransferError } from '../../core/errors.js';
import { displayName } from '../../core/format.js';
import {
  banIcon,
  circleAlertIcon,
  circleCheckIcon,
  circlePauseIcon,
  circleSlashIcon,
  clockIcon,
  copyIcon,
  downloadIcon,
  loaderIcon,
  moveIcon,
  questionIcon,
  skipIcon,
  trashIcon,
  uploadIcon,
  wifiOffIcon,
} from '../../styles/icons.js';
import type {
  ItemState,
  JobKind,
  TransferItem,
  TransferJob,
  TransferSnapshot,
} from '../../transfer/types.js';
import { isPutOff } from './put-off.js';

export const jobKindIcon: Record<JobKind, TemplateResult> = {
  upload: uploadIcon,
  download: downloadIcon,
  remove: trashIcon,
  move: moveIcon,
  copy: copyIcon,
};

export const jobKindKey = {
  upload: 'transfers.kindUpload',
  download: 'transfers.kindDownload',
  remove: 'transfers.kindRemove',
  move: 'transfers.kindMove',
  copy: 'transfers.kindCopy',
} as const satisfies Record<JobKind, string>;

const jobStateKey = {
  preparing: 'transfers.statePreparing',
  active: 'transfers.stateActive',
  waiting: 'transfers.stateWaiting',
  paused: 'transfers.statePaused',
  done: 'transfers.stateDone',
  incomplete: 'transfers.stateIncomplete',
  cancelled: 'transfers.stateCancelled',
} as const;

const itemStateKey = {
  queued: 'transfers.itemQueued',
  preparing: 'transfers.itemPreparing',
  active: 'transfers.itemActive',
  finishing: 'transfers.itemFinishing',
  waiting: 'transfers.itemWaiting',
  paused: 'transfers.itemPaused',
  'needs-answer': 'transfers.itemNeedsAnswer',
  done: 'transfers.itemDone',
  skipped: 'transfers.itemSkipped',
  failed: 'transfers.itemFailed',
  cancelled: 'transfers.itemCancelled',
} as const satisfies Record<ItemState, string>;

/** The sign of a file's state, and the class that colours it. Colour never says it alone. */
export function itemSign(state: ItemState, error?: TransferError): Sign {
  switch (state) {
    case 'done':
      return { icon: circleCheckIcon, tone: 'success' };
    case 'failed':
      return { icon: circleAlertIcon, tone: 'danger' };
    case 'needs-answer':
      return { icon: questionIcon, tone: 'warning' };
    case 'skipped':
      return { icon: skipIcon, tone: 'muted' };
    case 'cancelled':
      return { icon: error ? questionIcon : banIcon, tone: 'muted' };
    case 'paused':
      return { icon: circlePauseIcon, tone: 'muted' };
    case 'waiting':
      return { icon: waitingIcon(error), tone: 'warning' };
    case 'queued':
      return { icon: clockIcon, tone: 'muted' };
    default:
      return { icon: loaderIcon, tone: 'accent' };
  }
}

/** Whether a person's answer is what a job waits for. */
export function needsAnswer(job: TransferJob): boolean {
  return !hasEnded(job.snapshot) && job.items.inState(['needs-answer'], 0, 1).length > 0;
}

/** Whether all bytes are there, and the storage or the disk completes: it takes its time, and cannot be paused. */
export function isFinishing({ snapshot, items }: TransferJob): boolean {
  const { state, files, bytes } = snapshot;
  if (state !== 'active' || files.total === 0 || !bytes.totalIsFinal) return false;
  if (files.queued + files.waiting + files.paused > 0) return false;
  return items.inState(['preparing', 'active'], 0, 1).length === 0;
}

/**
 * What became of an ended job. Its state `incomplete` says only that not every file was transferred; whether something
 * went wrong, or a person stopped some of it, are two things.
 */
export type JobEnd = 'done' | 'nothing' | 'skipped' | 'partly' | 'failed' | 'put-off' | 'cancelled';

/** `putOff`: how many of the cancelled files wait for a person to try them again. */
export function jobEnd(snapshot: TransferSnapshot, putOff = 0): JobEnd {
  const { state, files } = snapshot;
  if (files.failed > 0) return 'failed';
  if (state === 'cancelled') return 'cancelled';
  if (files.cancelled > 0) {
    if (files.done + files.skipped > 0) return 'partly';
    return putOff === files.cancelled ? 'put-off' : 'cancelled';
  }
  if (state === 'incomplete') return 'failed';
  if (foundNothing(snapshot)) return 'nothing';
  return files.done === 0 && files.skipped > 0 ? 'skipped' : 'done';
}

interface Sign {
  readonly icon: TemplateResult;
  readonly tone: string;
}

const endSigns: Record<JobEnd, Sign> = {
  done: { icon: circleCheckIcon, tone: 'success' },
  nothing: { icon: circleSlashIcon, tone: 'muted' },
  skipped: { icon: skipIcon, tone: 'muted' },
  partly: { icon: circleSlashIcon, tone: 'muted' },
  failed: { icon: circleAlertIcon, tone: 'danger' },
  'put-off': { icon: questionIcon, tone: 'muted' },
  cancelled: { icon: circleSlashIcon, tone: 'muted' },
};

/** A connection that is away looks different from a storage that asked to wait. */
const waitingIcon = (error: TransferError | undefined): TemplateResult =>
  error?.reason === 'offline' ? wifiOffIcon : clockIcon;

/** The sign of a job that {@link isFinishing}: the same as that of a file. */
export const finishingSign: Sign = itemSign('finishing');

/** The sign of a job that has ended or stands; undefined while it runs. `asks`: it waits for an answer. */
export function jobSign(snapshot: TransferSnapshot, asks = false, putOff = 0): Sign | undefined {
  if (hasEnded(snapshot)) return endSigns[jobEnd(snapshot, putOff)];
  if (asks) return { icon: questionIcon, tone: 'warning' };
  if (snapshot.state === 'paused') return { icon: circlePauseIcon, tone: 'muted' };
  if (snapshot.state === 'waiting') return { icon: waitingIcon(snapshot.reason), tone: 'warning' };
  return undefined;
}

/** What was compared, and by whom. */
export function verificationText(localize: LocalizeController, verified: Verification): string {
  switch (verified.level) {
    case 'checksum':
      return localize.text(
        verified.by === 'storage' ? 'transfers.verifiedChecksumStorage' : 'transfers.verifiedChecksumPage',
        { algorithm: checksumName(verified.algorithm) },
      );
    case 'etag':
      return localize.text('transfers.verifiedEtag');
    case 'size':
      return localize.text('transfers.verifiedSize');
    default:
      return localize.text('transfers.verifiedNone');
  }
}

const checksumNames: Record<string, string> = {
  crc64nvme: 'CRC-64/NVME',
  crc32c: 'CRC-32C',
  crc32: 'CRC-32',
  sha256: 'SHA-256',
  sha1: 'SHA-1',
  md5: 'MD5',
};
const checksumName = (algorithm: string | undefined): string =>
  algorithm ? (checksumNames[algorithm] ?? algorithm) : '';

/** Kinds of failures that end a file only once the engine has tried often enough. */
const triedKinds: ReadonlySet<ErrorKind> = new Set(['retry', 'restart', 'wait']);

/** Why a file failed (in other words: `said`), and that nothing more is done about it where something was. */
export function failureText(
  localize: LocalizeController,
  error: TransferError,
  said = localize.error(error),
): string {
  return triedKinds.has(error.kind) ? `${said} ${localize.text('transfers.givenUp')}` : said;
}

/** Why a file waits. */
export function waitingText(localize: LocalizeController, { error }: TransferItem): string {
  if (!error) return localize.text('transfers.itemWaiting');
  return error.kind === 'wait' ? localize.text('transfers.itemNoConnection') : localize.error(error);
}

/** What comes next for a file that waits; empty for one that does not. */
export function nextText(localize: LocalizeController, { state, error, nextTry }: TransferItem): string {
  if (state !== 'waiting' || !(error ?? nextTry)) return '';
  if (nextTry?.at === undefined) return localize.text('transfers.goesOn');
  const { at, attempt } = nextTry;
  const time = localize.duration(Math.max(0, at - Date.now()) / 1000);
  return localize.text('transfers.triesAgain', { time, attempt });
}

/** The line under a file's name: what happens to it, or how it ended. */
export function itemText(localize: LocalizeController, item: TransferItem): string {
  switch (item.state) {
    case 'failed': {
      if (!item.error) return localize.text('transfers.itemFailed');
      const said = failureText(localize, item.error);
      // The whole path is in the details; here it would leave no room for what happened.
      return said.startsWith(item.path) ? displayName(item.name) + said.slice(item.path.length) : said;
    }
    case 'waiting':
      return [waitingText(localize, item), nextText(localize, item)].filter(Boolean).join(' ');
    case 'cancelled':
      return localize.text(isPutOff(item) ? 'transfers.itemPutOff' : 'transfers.itemCancelled');
    case 'skipped':
      return localize.text(
        item.result?.skipped === 'same'
          ? 'transfers.itemSkippedSame'
          : item.result?.skipped === 'exists'
            ? 'transfers.itemSkippedExists'
            : 'transfers.itemSkipped',
      );
    case 'done': {
      const words: string[] = [];
      if (item.result?.savedAs && item.result.savedAs !== item.name)
        words.push(localize.text('download.savedAs', { name: item.result.savedAs }));
      words.push(
        item.result?.verified && item.size !== undefined
          ? verificationText(localize, item.result.verified)
          : localize.text('transfers.itemDone'),
      );
      return words.join(' · ');
    }
    case 'active':
      if (item.size)
        return localize.text('transfers.bytesOf', {
          done: localize.size(item.acknowledged),
          total: localize.size(item.size),
        });
      return localize.text('transfers.itemActive');
    default:
      return localize.text(itemStateKey[item.state]);
  }
}

/**
 * The one line of numbers of a job or of everything: `12 of 40 files · 1.2 GiB of 3.4 GiB · 12 MiB/s · 3 min left`.
 * Pieces, so that a narrow layout may wrap between them. `putOff`: how many of the cancelled files wait for a person.
 */
export function totalsPieces(localize: LocalizeController, snapshot: TransferSnapshot, putOff = 0): string[] {
  const { files, bytes } = snapshot;
  const pieces: string[] = [];
  const settled = files.done + files.skipped;
  const ended = hasEnded(snapshot);
  const end = ended ? jobEnd(snapshot, putOff) : undefined;
  if (end === 'done' || end === 'nothing' || end === 'skipped') {
    if (files.total !== 1) pieces.push(localize.text('common.filesCount', { count: files.total }));
    if (bytes.total > 0) pieces.push(localize.size(bytes.total));
  } else {
    // With one file the bytes say it better.
    if (files.total > 1 || bytes.total === 0)
      pieces.push(localize.text('transfers.doneOf', { done: settled, count: files.total }));
    if (bytes.total > 0)
      pieces.push(
        localize.text(bytes.totalIsFinal ? 'transfers.bytesOf' : 'transfers.bytesOfAtLeast', {
          // What was confirmed of a file that did not come to its end is not stored.
          done: localize.size(ended ? bytes.done + bytes.skipped : bytes.acknowledged),
          total: localize.size(bytes.total),
        }),
      );
    else if (!bytes.totalIsFinal && !ended) pieces.push(localize.text('transfers.counting'));
  }
  if (files.failed > 0 && files.total > 1)
    pieces.push(localize.text('transfers.failedCount', { count: files.failed }));
  if (files.skipped > 0 && files.total > 1)
    pieces.push(localize.text(skippedKey(snapshot.kind), { count: files.skipped }));
  if (putOff > 0 && putOff < files.total)
    pieces.push(localize.text('transfers.putOffCount', { count: putOff }));
  const cancelled = files.cancelled - putOff;
  if (cancelled > 0 && cancelled < files.total)
    pieces.push(localize.text('transfers.cancelledCount', { count: cancelled }));
  // Before the other side has confirmed anything, a speed would be that of this device's buffers.
  if (snapshot.state === 'active' && bytes.acknowledged > 0 && snapshot.speed !== undefined) {
    pieces.push(localize.speed(snapshot.speed));
    if (snapshot.secondsLeft !== undefined)
      pieces.push(localize.text('transfers.timeLeft', { time: localize.duration(snapshot.secondsLeft) }));
  }
  return pieces;
}

/** What a download leaves out is on the person's device. */
const skippedKey = (kind: TransferSnapshot['kind']) =>
  kind === 'download' ? 'transfers.thereAlreadyCount' : 'transfers.skippedCount';

const endKeys = {
  done: 'transfers.stateDone',
  nothing: 'transfers.stateNothing',
  skipped: 'transfers.itemSkipped',
  partly: 'transfers.statePartly',
  failed: 'transfers.stateIncomplete',
  'put-off': 'transfers.statePutOff',
  cancelled: 'transfers.stateCancelled',
} as const satisfies Record<JobEnd, string>;

/** The word for a job's state, for all states but plain running. `asks`: it waits for an answer. */
export function jobStateText(
  localize: LocalizeController,
  snapshot: TransferSnapshot,
  asks = false,
  putOff = 0,
): string {
  if (hasEnded(snapshot)) return localize.text(endKeys[jobEnd(snapshot, putOff)]);
  return localize.text(asks ? 'transfers.stateNeedsAnswer' : jobStateKey[snapshot.state]);
}

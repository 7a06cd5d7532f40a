/** The pieces of a download button around its label. */

import { html, nothing, type TemplateResult } from 'lit';
import { foundNothing } from '../../../controllers/job-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { TransferError } from '../../../core/errors.js';
import {
  checkIcon,
  circleAlertIcon,
  closeIcon,
  downloadIcon,
  pauseIcon,
  playIcon,
  retryIcon,
} from '../../../styles/icons.js';
import type { TransferJob, TransferSnapshot } from '../../../transfer/types.js';
import { told } from '../../parts/sentence.js';
import { isFinishing, needsAnswer } from '../../parts/transfer-words.js';

export const buttonStates = ['idle', 'preparing', 'active', 'paused', 'waiting', 'done', 'error'] as const;
export type ButtonState = (typeof buttonStates)[number];

/** `isSaved`: by this page, so that it may say so. */
export function stateIcon(state: ButtonState, isSaved: boolean): TemplateResult {
  if (state === 'done' && isSaved) return html`<span class="state-icon success">${checkIcon}</span>`;
  if (state === 'error') return html`<span class="state-icon danger">${retryIcon}</span>`;
  return downloadIcon;
}

/** Files looked at: what cannot be checked of one file can seldom be checked of the others. */
const mostLookedAt = 100;

/** Whether nobody said how large a file should be, let alone what is in it. */
function hasUnchecked({ items }: TransferJob): boolean {
  const saved = items.inState(['done'], 0, mostLookedAt);
  return saved.some(index => items.at(index)?.result?.verified?.level === 'none');
}

/** What stands behind the label: how far it is, how it ended, or what there is to get. */
export function noteTemplate(
  localize: LocalizeController,
  state: ButtonState,
  job: TransferJob | undefined,
  idle: readonly string[],
  handedOver = false,
): TemplateResult | typeof nothing {
  const snapshot = job?.snapshot;
  const note = (text: string, tone = 'muted') =>
    html`<span class="note small ${tone}" part="size"><bdi>${text}</bdi></span>`;
  switch (state) {
    case 'done': {
      if (handedOver) return note(localize.text('download.handedOver'));
      if (snapshot && foundNothing(snapshot)) return note(localize.text('download.savedNothing'));
      const { done = 0, skipped = 0 } = snapshot?.files ?? {};
      const there = skipped > 0 ? [localize.text('transfers.thereAlreadyCount', { count: skipped })] : [];
      const isUnchecked = job !== undefined && hasUnchecked(job);
      const savedText = localize.text(isUnchecked ? 'download.savedUnchecked' : 'download.saved');
      const saved = done > 0 || skipped === 0 ? [savedText] : [];
      return note([...saved, ...there].join(' · '), 'success');
    }
    case 'error':
      return note(localize.text('download.failed'), 'danger');
    case 'paused':
      return note(localize.text('download.paused'));
    case 'waiting': {
      const asks = job !== undefined && needsAnswer(job);
      return note(localize.text(asks ? 'transfers.stateNeedsAnswer' : 'download.waiting'), 'warning');
    }
    case 'idle':
      return idle.length === 0 ? nothing : note(idle.join(' · '));
  }
  if (state === 'preparing' || !job || !snapshot) return note(localize.text('download.preparing'));
  if (isFinishing(job)) return note(localize.text('transfers.itemFinishing'));
  if (snapshot.bytes.total === 0) return note(localize.text('download.preparing'));
  const { files, bytes, progress } = snapshot;
  const share = localize.text('download.percentOf', {
    percent: localize.percent(progress),
    size: localize.size(bytes.total),
  });
  if (files.total < 2) return note(share);
  const count = localize.text('transfers.doneOf', { done: files.done + files.skipped, count: files.total });
  return note(`${share} · ${count}`);
}

export function runningButtons(
  localize: LocalizeController,
  job: TransferJob,
  name: string,
  cancel: () => void,
): TemplateResult {
  const isPaused = job.snapshot.state === 'paused';
  const pauseText = localize.text(isPaused ? 'download.resumeDownload' : 'download.pauseDownload', { name });
  const button = (part: string, label: string, icon: TemplateResult, run: () => void) =>
    html`<button type="button" class="icon-button" part=${part} aria-label=${label} title=${label} @click=${run}>
      ${icon}
    </button>`;
  return html`${
    isPaused || (job.canPause && !isFinishing(job))
      ? button('pause', pauseText, isPaused ? playIcon : pauseIcon, () =>
          isPaused ? job.resume() : job.pause(),
        )
      : nothing
  }${button('cancel', localize.text('download.cancelDownload', { name }), closeIcon, cancel)}`;
}

export function barTemplate(
  localize: LocalizeController,
  snapshot: TransferSnapshot,
  name: string,
): TemplateResult {
  if (snapshot.state === 'preparing')
    return html`<progress class="bar" part="progress" aria-label=${name}></progress>`;
  const isStill = snapshot.state === 'paused' || snapshot.state === 'waiting';
  return html`<progress
    class="bar ${isStill ? 'idle' : ''}"
    part="progress"
    max="1"
    .value=${snapshot.progress}
    aria-label=${localize.text('common.fileProgress', { name, percent: localize.percent(snapshot.progress) })}
  ></progress>`;
}

/** What the person has to know of the place of the bytes. */
export const placeTemplate = (
  localize: LocalizeController,
  text: string | undefined,
): TemplateResult | typeof nothing =>
  text === undefined
    ? nothing
    : html`<div class="place small muted" part="place">${told(localize, text)}</div>`;

/** The sentence below the button, and what the storage said one click away. */
export function messageTemplate(
  localize: LocalizeController,
  text: string | undefined,
  error: TransferError | undefined,
  failed: number,
): TemplateResult | typeof nothing {
  if (!text) return nothing;
  const details = [
    error?.status,
    error?.serverCode,
    error?.serverMessage,
    error?.requestId && `${localize.text('transfers.detailRequest')} ${error.requestId}`,
  ].filter(Boolean);
  const count = failed > 1 ? `${localize.text('transfers.failedCount', { count: failed })}. ` : '';
  return html`<div class="message small" part="message">
    <span class="danger">${circleAlertIcon}</span>
    <div>
      <span id="message">${told(localize, count + text)}</span>
      ${
        details.length > 0
          ? html`<details>
              <summary>${localize.text('common.details')}</summary>
              <bdi>${details.join(' · ')}</bdi>
            </details>`
          : nothing
      }
    </div>
  </div>`;
}

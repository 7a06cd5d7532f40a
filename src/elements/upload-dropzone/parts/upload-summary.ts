import { html, nothing, type TemplateResult } from 'lit';
import { hasEnded } from '../../../controllers/job-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { closeIcon, uploadIcon } from '../../../styles/icons.js';
import { combineSnapshots } from '../../../transfer/manager-snapshot.js';
import { CalmEstimate } from '../../../transfer/progress.js';
import type { TransferJob } from '../../../transfer/types.js';
import { putOffCount } from '../../parts/put-off.js';
import { jobSign, jobStateText, needsAnswer, totalsPieces } from '../../parts/transfer-words.js';

/** All uploads of an element in one line, for pages that list them elsewhere. */
export class UploadSummary {
  readonly #estimate = new CalmEstimate();

  render(
    localize: LocalizeController,
    jobs: readonly TransferJob[],
    clearEnded: () => void,
  ): TemplateResult | typeof nothing {
    if (jobs.length === 0) return nothing;
    const open = jobs.filter(job => !hasEnded(job.snapshot));
    const only = open.length === 1 ? open[0] : jobs.length === 1 ? jobs[0] : undefined;
    const totals = only?.snapshot ?? combineSnapshots(jobs, this.#estimate, Date.now());
    const asks = totals.state !== 'active' && jobs.some(needsAnswer);
    const counted = only ? [only] : open.length > 0 ? open : jobs;
    const putOff = counted.reduce((sum, job) => sum + putOffCount(job), 0);
    const sign = jobSign(totals, asks, putOff);
    const label = localize.text('upload.clear');
    const retryable = jobs.filter(job => job.isRetryable());
    const cancelled = retryable.length > 0 ? [] : jobs.filter(job => job.canSendAgain());
    const quiet = (action: string, text: string, run: () => void) =>
      html`<button type="button" class="button quiet" data-action=${action} @click=${run}>${text}</button>`;
    return html`<div class="summary small" part="summary">
      <span class=${sign?.tone ?? 'muted'}>${sign?.icon ?? uploadIcon}</span>
      <p class="pieces">
        <span><strong>${jobStateText(localize, totals, asks, putOff)}</strong></span>${totalsPieces(
          localize,
          totals,
          putOff,
        ).map(piece => html`<span><bdi>${piece}</bdi></span>`)}
      </p>
      ${
        open.length === 0
          ? html`<div class="summary-actions">${
              retryable.length > 0
                ? quiet('retry', localize.text('common.retry'), () => {
                    for (const job of retryable) job.retryFailed();
                  })
                : nothing
            }${
              cancelled.length > 0
                ? quiet('again', localize.text('transfers.again'), () => {
                    for (const job of cancelled) job.sendAgain();
                  })
                : nothing
            }<button
              type="button"
              class="icon-button small-target"
              data-action="clear-ended"
              aria-label=${label}
              title=${label}
              @click=${clearEnded}
            >
              ${closeIcon}
            </button></div>`
          : html`<progress
              class="bar ${sign ? 'idle' : ''}"
              part="progress"
              max="1"
              .value=${totals.progress}
              aria-label=${localize.text('common.fileProgress', {
                name: localize.text('upload.dropzone'),
                percent: localize.percent(totals.progress),
              })}
            ></progress>`
      }
    </div>`;
  }
}

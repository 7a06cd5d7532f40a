import { html, type TemplateResult } from 'lit';
import { focusQuestionOf } from '../../../controllers/conflict-controller.js';
import { hasEnded } from '../../../controllers/job-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { closeIcon, infoIcon, pauseIcon, playIcon, questionIcon, retryIcon } from '../../../styles/icons.js';
import type { TransferItem, TransferJob } from '../../../transfer/types.js';
import { needsAnswer } from '../../parts/transfer-words.js';

/** What can be done with a job now. `single`: its only file, whose details hang here instead of at a row. */
export function jobButtons(
  localize: LocalizeController,
  job: TransferJob,
  label: string,
  single: TransferItem | undefined,
  handlers: { dismiss: () => void; details: () => void },
): TemplateResult[] {
  const { snapshot } = job;
  const buttons: TemplateResult[] = [];
  const add = (id: string, icon: TemplateResult, text: string, run: () => void) =>
    buttons.push(html`<button
      type="button"
      class="icon-button"
      part="job-button"
      data-action=${id}
      aria-label=${text}
      title=${text}
      @click=${run}
    >
      ${icon}
    </button>`);

  if (needsAnswer(job))
    add('answer', questionIcon, localize.text('transfers.answerJob', { label }), () => focusQuestionOf(job));
  if (snapshot.files.failed + snapshot.files.cancelled > 0 && job.isRetryable())
    add('retry', retryIcon, localize.text('transfers.retryJob', { label }), () => job.retryFailed());
  if (single?.error || single?.result)
    add('details', infoIcon, localize.text('transfers.detailsOf', { name: label }), handlers.details);
  if (hasEnded(snapshot)) {
    add('dismiss', closeIcon, localize.text('transfers.dismissJob', { label }), handlers.dismiss);
    return buttons;
  }
  if (snapshot.state === 'paused')
    add('resume', playIcon, localize.text('transfers.resumeJob', { label }), () => job.resume());
  else if (job.canPause)
    add('pause', pauseIcon, localize.text('transfers.pauseJob', { label }), () => job.pause());
  // Why a cancel failed stands at the files; the promise is not needed here.
  const cancel = () => void job.cancel().catch(() => {});
  add('cancel', closeIcon, localize.text('transfers.cancelJob', { label }), cancel);
  return buttons;
}

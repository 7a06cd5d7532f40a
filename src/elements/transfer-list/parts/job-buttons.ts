import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { focusQuestionOf } from '../../../controllers/conflict-controller.js';
import { hasEnded } from '../../../controllers/job-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import {
  closeIcon,
  folderOpenIcon,
  infoIcon,
  pauseIcon,
  playIcon,
  questionIcon,
  retryIcon,
} from '../../../styles/icons.js';
import type { TransferItem, TransferJob } from '../../../transfer/types.js';
import { needsFile } from '../../parts/choose-file.js';
import { isFinishing, needsAnswer } from '../../parts/transfer-words.js';
import { runItemAction } from './item-actions.js';

/** What can be done with a job now. `single`: its only file, whose details hang here instead of at a row. */
export function jobButtons(
  localize: LocalizeController,
  job: TransferJob,
  label: string,
  single: TransferItem | undefined,
  handlers: { dismiss: () => void; details: () => void },
): unknown {
  const { snapshot } = job;
  const buttons: { readonly key: string; readonly template: TemplateResult }[] = [];
  const add = (id: string, icon: TemplateResult, text: string, run: () => void, key = id) =>
    buttons.push({
      key,
      template: html`<button
        type="button"
        class="icon-button"
        part="job-button"
        data-action=${id}
        aria-label=${text}
        title=${text}
        @click=${run}
      >
        ${icon}
      </button>`,
    });
  // By key: a button must not turn into another one under a finger that was about to press it.
  const all = () =>
    repeat(
      buttons,
      ({ key }) => key,
      ({ template }) => template,
    );

  if (needsAnswer(job))
    add('answer', questionIcon, localize.text('transfers.answerJob', { label }), () => focusQuestionOf(job));
  const lacksFile = single !== undefined && needsFile(job, single);
  if (lacksFile)
    add('choose', folderOpenIcon, localize.text('transfers.chooseItem', { name: label }), () =>
      runItemAction(job, single.index, 'choose'),
    );
  const { failed, cancelled } = snapshot.files;
  const mayFail = failed + cancelled > 0 || snapshot.state === 'incomplete';
  if (!lacksFile && mayFail && job.isRetryable())
    add(
      'retry',
      retryIcon,
      localize.text(failed > 0 || cancelled === 0 ? 'transfers.retryJob' : 'transfers.retryPutOff', {
        label,
      }),
      () => job.retryFailed(),
    );
  if (single?.error || single?.result)
    add('details', infoIcon, localize.text('transfers.detailsOf', { name: label }), handlers.details);
  if (hasEnded(snapshot)) {
    add('dismiss', closeIcon, localize.text('transfers.dismissJob', { label }), handlers.dismiss);
    return all();
  }
  if (snapshot.state === 'paused')
    add('resume', playIcon, localize.text('transfers.resumeJob', { label }), () => job.resume(), 'run');
  else if (job.canPause && !isFinishing(job))
    add('pause', pauseIcon, localize.text('transfers.pauseJob', { label }), () => job.pause(), 'run');
  // Why a cancel failed stands at the files; the promise is not needed here.
  const cancel = () => void job.cancel().catch(() => {});
  add('cancel', closeIcon, localize.text('transfers.cancelJob', { label }), cancel);
  return all();
}

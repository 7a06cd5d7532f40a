/** The uploads of a drop zone one by one, and what an earlier page left unfinished. */
import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { toFolderPath } from '../../../core/path.js';
import type { TransferManager } from '../../../transfer/manager.js';
import type { TransferJob } from '../../../transfer/types.js';
import type { KitElement } from '../../kit-element.js';
import type { PromptGoneEvent } from '../../resume-prompt/left-prompt.js';
import type { ResumedEvent } from '../../resume-prompt/resume-prompt.js';
import type { JobDismissEvent } from '../../transfer-list/parts/transfer-job.js';

/** What pieces inside take over from the element around. */
type Look = Pick<KitElement, 'locale' | 'units' | 'density'>;

/** `jobs`: oldest first. */
export function uploadList(
  localize: LocalizeController,
  look: Look,
  jobs: readonly TransferJob[],
  dismiss: (job: TransferJob, hadFocus: boolean) => void,
): TemplateResult {
  const onDismiss = ({ job, currentTarget }: JobDismissEvent) =>
    dismiss(job, (currentTarget as HTMLElement).matches(':focus-within'));
  return html`<ul class="jobs" part="uploads" role="list" aria-label=${localize.text('upload.filesHeading')} ?hidden=${jobs.length === 0}>
    ${repeat(
      [...jobs].reverse(),
      job => job,
      job => html`<li part="upload"><transfer-list-job
        exportparts="job-header, job-title, job-numbers, job-actions, job-button, progress, reason, items, item, item-button, name, details, toggle"
        .job=${job}
        .expanded=${jobs.length === 1 || job.snapshot.files.failed > 0}
        .locale=${look.locale}
        .units=${look.units}
        .density=${look.density}
        @job-dismiss=${onDismiss}
      ></transfer-list-job></li>`,
    )}
  </ul>`;
}

/** `path`: the element's own folder; what was left below it is offered. */
export function leftUnfinished(
  look: Look,
  manager: TransferManager | undefined,
  path: string | undefined,
  handlers: { resumed: (job: TransferJob) => void; gone: (hadFocus: boolean) => void },
): TemplateResult {
  return html`<resume-prompt
    exportparts="resume"
    .manager=${manager}
    .folder=${toFolderPath(path ?? '')}
    .locale=${look.locale}
    .units=${look.units}
    .density=${look.density}
    @resumed=${({ job }: ResumedEvent) => handlers.resumed(job)}
    @prompt-gone=${({ hadFocus }: PromptGoneEvent) => handlers.gone(hadFocus)}
  ></resume-prompt>`;
}

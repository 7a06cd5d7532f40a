import { html, nothing, type TemplateResult } from 'lit';
import { hasEnded } from '../../../controllers/job-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { retryIcon } from '../../../styles/icons.js';
import type { TransferJob } from '../../../transfer/types.js';
import { putOffCount } from '../../parts/put-off.js';

/** What was cancelled can be had after all: said in words, as nobody looks for it behind a sign. */
export function againButton(
  localize: LocalizeController,
  job: TransferJob,
  label: string,
): TemplateResult | typeof nothing {
  const { snapshot } = job;
  if (!hasEnded(snapshot) || snapshot.files.cancelled === 0 || !job.canSendAgain()) return nothing;
  const { cancelled, failed, total } = snapshot.files;
  const count = snapshot.state === 'cancelled' ? cancelled + failed : cancelled - putOffCount(job);
  const text =
    count === total ? localize.text('transfers.again') : localize.text('transfers.againCount', { count });
  return html`<div class="again">
    <button
      type="button"
      class="button"
      part="job-button"
      data-action="again"
      aria-label=${localize.text('transfers.againJob', { label, text })}
      @click=${() => job.sendAgain()}
    >
      ${retryIcon}${text}
    </button>
  </div>`;
}

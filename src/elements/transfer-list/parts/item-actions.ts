import { html, nothing, type TemplateResult } from 'lit';
import { focusQuestionOf } from '../../../controllers/conflict-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import {
  closeIcon,
  folderOpenIcon,
  infoIcon,
  pauseIcon,
  playIcon,
  questionIcon,
  retryIcon,
} from '../../../styles/icons.js';
import type { ItemState, TransferItem, TransferJob } from '../../../transfer/types.js';
import { chooseAndSend, needsFile } from '../../parts/choose-file.js';
import { isPutOff } from '../../parts/put-off.js';

export type ItemAction = 'answer' | 'choose' | 'pause' | 'resume' | 'cancel' | 'retry' | 'again';

const open = new Set<ItemState>([
  'queued',
  'preparing',
  'active',
  'finishing',
  'waiting',
  'paused',
  'needs-answer',
]);
const pausable = new Set<ItemState>(['queued', 'preparing', 'active', 'waiting']);

/** Whether it failed, or was put off, and another try can help. */
const canRetryItem = (job: TransferJob, item: TransferItem): boolean =>
  (item.state === 'failed' || isPutOff(item)) && job.isRetryable(item.index);

/** What a person can do with a file now. */
export function itemActions(job: TransferJob, item: TransferItem): ItemAction[] {
  const actions: ItemAction[] = [];
  if (item.state === 'needs-answer') actions.push('answer');
  if (needsFile(job, item)) actions.push('choose');
  if (canRetryItem(job, item)) actions.push('retry');
  else if (item.state === 'cancelled' && job.canSendAgain(item.index)) actions.push('again');
  if (item.state === 'paused') actions.push('resume');
  else if (job.canPause && pausable.has(item.state)) actions.push('pause');
  if (open.has(item.state)) actions.push('cancel');
  return actions;
}

export function runItemAction(job: TransferJob, index: number, action: ItemAction): void {
  if (action === 'answer') focusQuestionOf(job);
  else if (action === 'pause') job.pause(index);
  else if (action === 'resume') job.resume(index);
  else if (action === 'retry') job.retryFailed(index);
  else if (action === 'again') job.sendAgain(index);
  else if (action === 'choose') void chooseAndSend(job, index);
  else void job.cancel(index);
}

const icons: Record<ItemAction, TemplateResult> = {
  answer: questionIcon,
  choose: folderOpenIcon,
  again: retryIcon,
  pause: pauseIcon,
  resume: playIcon,
  cancel: closeIcon,
  retry: retryIcon,
};

const namedKeys = {
  answer: 'transfers.answerItem',
  choose: 'transfers.chooseItem',
  again: 'transfers.againItem',
  pause: 'transfers.pauseItem',
  resume: 'transfers.resumeItem',
  cancel: 'transfers.cancelItem',
  retry: 'transfers.retryItem',
} as const;

/** The buttons at the end of a row. Not tab stops: the grid has one, and Enter opens the details with all of them. */
export function rowButtons(
  localize: LocalizeController,
  job: TransferJob,
  item: TransferItem,
  onAction: (action: ItemAction | 'details', button: HTMLElement) => void,
): TemplateResult {
  const name = displayName(item.name);
  const button = (action: ItemAction | 'details', icon: TemplateResult, label: string) =>
    html`<button
      type="button"
      class="icon-button small-target"
      part="item-button"
      tabindex="-1"
      data-action=${action}
      aria-label=${label}
      title=${label}
      @click=${(event: Event) => onAction(action, event.currentTarget as HTMLElement)}
    >
      ${icon}
    </button>`;
  // Where the file itself is missing, another try is for the few who know better: it is in the details.
  const actions = itemActions(job, item);
  const shown = actions.filter(action => action !== 'retry' || !actions.includes('choose'));
  return html`${shown.map(action =>
    button(action, icons[action], localize.text(namedKeys[action], { name })),
  )}${
    item.error || item.result
      ? button('details', infoIcon, localize.text('transfers.detailsOf', { name }))
      : nothing
  }`;
}

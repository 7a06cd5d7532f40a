import { html, nothing, type TemplateResult } from 'lit';
import { focusQuestionOf } from '../../../controllers/conflict-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import { closeIcon, infoIcon, pauseIcon, playIcon, questionIcon, retryIcon } from '../../../styles/icons.js';
import type { ItemState, TransferItem, TransferJob } from '../../../transfer/types.js';

export type ItemAction = 'answer' | 'pause' | 'resume' | 'cancel' | 'retry';

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
const canRetryItem = (job: TransferJob, { state, index, error }: TransferItem): boolean =>
  (state === 'failed' || (state === 'cancelled' && error !== undefined)) && job.isRetryable(index);

/** What a person can do with a file now. */
export function itemActions(job: TransferJob, item: TransferItem): ItemAction[] {
  const actions: ItemAction[] = [];
  if (item.state === 'needs-answer') actions.push('answer');
  if (canRetryItem(job, item)) actions.push('retry');
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
  else void job.cancel(index);
}

const icons: Record<ItemAction, TemplateResult> = {
  answer: questionIcon,
  pause: pauseIcon,
  resume: playIcon,
  cancel: closeIcon,
  retry: retryIcon,
};

const namedKeys = {
  answer: 'transfers.answerItem',
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
  return html`${itemActions(job, item).map(action =>
    button(action, icons[action], localize.text(namedKeys[action], { name })),
  )}${
    item.error || item.result
      ? button('details', infoIcon, localize.text('transfers.detailsOf', { name }))
      : nothing
  }`;
}

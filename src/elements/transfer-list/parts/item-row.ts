import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import type { TransferItem, TransferJob } from '../../../transfer/types.js';
import { nameTemplate } from '../../parts/name.js';
import { itemSign, itemText, nextText, waitingText } from '../../parts/transfer-words.js';
import { type ItemAction, rowButtons } from './item-actions.js';

export interface RowHandlers {
  readonly select: () => void;
  readonly open: () => void;
  readonly action: (action: ItemAction | 'details', button: HTMLElement) => void;
}

/** The sign's meaning for screen readers, where the line below does not begin with it anyway. */
function stateWord(localize: LocalizeController, item: TransferItem): string {
  if (item.state === 'failed') return localize.text('transfers.itemFailed');
  if (item.state === 'done') return localize.text('transfers.itemDone');
  if (item.state === 'active') return localize.text('transfers.itemActive');
  if (item.state === 'waiting') return localize.text('transfers.itemWaiting');
  return '';
}

/**
 * The first sentence says what happened, and fits; the job says the rest, which is what to do, in full above the rows.
 * Screen readers get both here, as they come to a file without having come by the job.
 */
function lineTemplate(text: string): TemplateResult {
  const [, first = text, rest = ''] = /^(.+?[.!?])\s+(.+)$/su.exec(text) ?? [];
  return html`${first}${rest === '' ? nothing : html`<span class="visually-hidden"> ${rest}</span>`}`;
}

/** What a file waits for, and until when: both are seen. */
const waitingLine = (localize: LocalizeController, item: TransferItem): TemplateResult =>
  html`${lineTemplate(waitingText(localize, item))} ${nextText(localize, item)}`;

function rowBar(localize: LocalizeController, item: TransferItem): TemplateResult | typeof nothing {
  if (item.state !== 'active' || !item.size) return nothing;
  const share = item.acknowledged / item.size;
  const label = localize.text('common.fileProgress', {
    name: displayName(item.name),
    percent: localize.percent(share),
  });
  return html`<progress class="bar" max="1" .value=${share} aria-label=${label}></progress>`;
}

/** One file. `row`: its place in the list, from 0. */
export function itemRow(
  localize: LocalizeController,
  job: TransferJob,
  item: TransferItem,
  row: number,
  isCurrent: boolean,
  handlers: RowHandlers,
): TemplateResult {
  const sign = itemSign(item.state, item.error);
  const text = itemText(localize, item);
  return html`<div
    class="row ${isCurrent ? 'current' : ''}"
    part="item"
    role="row"
    id="item-${item.index}"
    aria-rowindex=${row + 1}
    data-state=${item.state}
    @click=${handlers.select}
    @dblclick=${handlers.open}
  >
    <span class="sign ${sign.tone}" role="gridcell" aria-colindex="1"
      >${sign.icon}<span class="visually-hidden">${stateWord(localize, item)}</span></span
    >
    <div class="main" role="gridcell" aria-colindex="2">
      ${nameTemplate(item.name, item.path)}
      <span class="text small ${item.state === 'failed' ? 'danger' : 'muted'}" dir=${localize.direction} title=${text}>${item.state === 'waiting' ? waitingLine(localize, item) : item.error ? lineTemplate(text) : text}</span>
      ${rowBar(localize, item)}
    </div>
    <span class="size small muted" role="gridcell" aria-colindex="3"
      ><bdi>${item.size === undefined ? nothing : localize.size(item.size)}</bdi></span
    >
    <span class="row-actions" role="gridcell" aria-colindex="4"
      >${rowButtons(localize, job, item, handlers.action)}</span
    >
  </div>`;
}

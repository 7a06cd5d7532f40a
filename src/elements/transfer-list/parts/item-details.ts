import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import { closeIcon } from '../../../styles/icons.js';
import type { TransferItem, TransferJob } from '../../../transfer/types.js';
import { told } from '../../parts/sentence.js';
import { itemSign, itemText, verificationText } from '../../parts/transfer-words.js';
import { type ItemAction, itemActions } from './item-actions.js';

const actionKeys = {
  pause: 'common.pause',
  resume: 'common.resume',
  cancel: 'common.cancel',
  retry: 'common.retry',
  answer: 'transfers.answer',
  choose: 'transfers.choose',
  again: 'transfers.again',
} as const;

/** Everything known about one file, in the order in which somebody who helps would ask for it. */
export function detailRows(
  localize: LocalizeController,
  item: TransferItem,
): [term: string, value: string][] {
  const { error, result } = item;
  const rows: [string, string | undefined][] = [
    [localize.text('transfers.detailPath'), displayName(result?.path ?? item.path)],
    [
      localize.text('transfers.detailSize'),
      item.size === undefined
        ? undefined
        : item.size < 1000
          ? localize.exactSize(item.size)
          : `${localize.size(item.size)} (${localize.exactSize(item.size)})`,
    ],
    [localize.text('transfers.detailSavedAs'), result?.savedAs && displayName(result.savedAs)],
    [
      localize.text('transfers.detailVerified'),
      result?.verified && verificationText(localize, result.verified),
    ],
    [localize.text('transfers.detailEtag'), result?.etag],
    [localize.text('transfers.detailVersion'), result?.version],
    [localize.text('transfers.detailStatus'), (error?.status ?? result?.response?.status)?.toString()],
    [localize.text('transfers.detailCode'), error?.serverCode],
    [localize.text('transfers.detailMessage'), error?.serverMessage],
    [localize.text('transfers.detailRequest'), error?.requestId],
    [localize.text('transfers.detailReason'), error && `${error.reason} (${error.kind})`],
  ];
  return rows.filter((row): row is [string, string] => Boolean(row[1]));
}

/** The same as plain text, for a mail to whoever runs the storage. Holds no secret: errors hold none. */
export function detailsAsText(localize: LocalizeController, item: TransferItem): string {
  const lines = detailRows(localize, item).map(([term, value]) => `${term}: ${value}`);
  return [displayName(item.name), itemText(localize, item), ...lines].join('\n');
}

export interface DetailsHandlers {
  readonly action: (action: ItemAction) => void;
  readonly copy: () => void;
  readonly close: () => void;
}

export function detailsTemplate(
  localize: LocalizeController,
  job: TransferJob,
  item: TransferItem,
  copied: boolean,
  handlers: DetailsHandlers,
): TemplateResult {
  const sign = itemSign(item.state, item.error);
  const actions = itemActions(job, item);
  const primary = (['choose', 'retry', 'again'] as const).find(action => actions.includes(action));
  return html`
    <div class="details-head">
      <h3 class="details-name" id="details-name"><bdi>${displayName(item.name)}</bdi></h3>
      <button
        type="button"
        class="icon-button small-target"
        aria-label=${localize.text('common.close')}
        title=${localize.text('common.close')}
        @click=${handlers.close}
      >
        ${closeIcon}
      </button>
    </div>
    <p class="details-state"><span class=${sign.tone}>${sign.icon}</span><span>${told(localize, itemText(localize, item))}</span></p>
    <dl class="details-list small">
      ${detailRows(localize, item).map(([term, value]) => html`<dt>${term}</dt><dd><bdi>${value}</bdi></dd>`)}
    </dl>
    <div class="details-actions">
      ${actions.map(
        action =>
          html`<button
            type="button"
            class="button ${action === primary ? 'primary' : ''}"
            data-action=${action}
            @click=${() => handlers.action(action)}
          >
            ${localize.text(actionKeys[action])}
          </button>`,
      )}
      ${
        item.error
          ? html`<button type="button" class="button" data-action="copy" @click=${handlers.copy}>
              ${localize.text(copied ? 'transfers.detailCopied' : 'transfers.detailCopy')}
            </button>`
          : nothing
      }
    </div>
  `;
}

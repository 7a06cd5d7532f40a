/** What is said between the drop area and the uploads: reading, a single remark, files that were not taken. */
import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import { circleAlertIcon, closeIcon } from '../../../styles/icons.js';
import { told } from '../../parts/sentence.js';
import type { Rejection } from './restrictions.js';

/** Refused files listed before "Show all" is pressed. */
const rejectionsAtFirst = 5;
/** Refused files listed at most; more would be no help to anybody and slow to show. */
const mostRejections = 1000;

/** `count`: files found so far; undefined: nothing is being read. */
export function readingTemplate(
  localize: LocalizeController,
  count: number | undefined,
  stop: () => void,
): TemplateResult | typeof nothing {
  if (count === undefined) return nothing;
  const text =
    count === 0 ? localize.text('upload.reading') : localize.text('upload.readingCount', { count });
  return html`<div class="reading small" part="reading">
    <span>${text}</span>
    <progress class="bar" aria-label=${localize.text('upload.reading')}></progress>
    <button type="button" class="button quiet" data-action="stop-reading" @click=${stop}>
      ${localize.text('common.cancel')}
    </button>
  </div>`;
}

export function noteTemplate(
  localize: LocalizeController,
  note: string | undefined,
  close: () => void,
): TemplateResult | typeof nothing {
  if (!note) return nothing;
  return html`<div class="note small">
    <p>${told(localize, note)}</p>
    ${closeButton(localize.text('common.close'), close)}
  </div>`;
}

export function rejectionsTemplate(
  localize: LocalizeController,
  rejections: readonly Rejection[],
  isOpen: boolean,
  handlers: { close: () => void; showAll: () => void },
): TemplateResult | typeof nothing {
  const count = rejections.length;
  if (count === 0) return nothing;
  const heading = localize.text('upload.rejectedHeading', { count });
  return html`<div class="rejections small" part="rejections" role="group" aria-label=${heading}>
    <div class="rejections-head">
      <span class="danger">${circleAlertIcon}</span>
      <strong>${heading}</strong>
      ${closeButton(localize.text('upload.dismissRejected'), handlers.close)}
    </div>
    <ul role="list" tabindex=${isOpen ? '0' : nothing}>
      ${rejections
        .slice(0, isOpen ? mostRejections : rejectionsAtFirst)
        .map(({ message, path }) => html`<li title=${displayName(path)}>${told(localize, message)}</li>`)}
    </ul>
    ${
      isOpen || count <= rejectionsAtFirst
        ? nothing
        : html`<button type="button" class="link-button" data-action="show-rejections" @click=${handlers.showAll}>
            ${localize.text('common.showAll', { count })}
          </button>`
    }
  </div>`;
}

const closeButton = (label: string, close: () => void): TemplateResult =>
  html`<button type="button" class="icon-button small-target" aria-label=${label} title=${label} @click=${close}>
    ${closeIcon}
  </button>`;

import { html, nothing, type TemplateResult } from 'lit';
import { displayName, splitName } from '../../core/format.js';

/**
 * A name that the layout may cut in the middle, so that number and extension stay visible; the whole of it is in the
 * title and in the text that screen readers get.
 */
export function nameTemplate(name: string, title: string = name): TemplateResult {
  const safe = displayName(name);
  const { start, end } = splitName(safe);
  return html`<span class="name" part="name" dir="auto" title=${displayName(title)}
    ><span class="name-start">${start}</span>${end ? html`<span class="name-end">${end}</span>` : nothing}</span
  >`;
}

/**
 * Sentences whose order does not depend on where they stand: an English one on a right-to-left page keeps its full stop
 * at its end, and a name in it keeps to itself.
 */
import { html, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../controllers/localize-controller.js';
import type { MessageAt, MessageKey } from '../../i18n/en.js';
import type { MessageValues } from '../../i18n/messages.js';

/** Private-use characters, which stand around a value until the sentence is put together. */
const [open, close] = ['\uE000', '\uE001'];
const marks = /[\uE000\uE001]/gu;

/** A sentence that is ready. */
export const told = (localize: LocalizeController, text: string): TemplateResult =>
  html`<bdi dir=${localize.direction}>${text}</bdi>`;

/** A sentence of the catalogue with names or paths in it. */
export function sentence<K extends MessageKey>(
  localize: LocalizeController,
  key: K,
  ...[values]: MessageValues<MessageAt<K>>
): TemplateResult {
  const marked = Object.entries((values ?? {}) as Record<string, string | number>).map(([name, value]) => [
    name,
    typeof value === 'string' ? `${open}${value.replace(marks, '')}${close}` : value,
  ]);
  const text = localize.text(
    key,
    ...([Object.fromEntries(marked)] as unknown as MessageValues<MessageAt<K>>),
  );
  const pieces = text.split(marks).map((piece, at) => (at % 2 === 1 ? html`<bdi>${piece}</bdi>` : piece));
  return html`<bdi dir=${localize.direction}>${pieces}</bdi>`;
}

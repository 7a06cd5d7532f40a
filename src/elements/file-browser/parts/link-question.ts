import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';

/** How far the copying of a link is. The link itself is kept only if it must be copied by hand. */
export type LinkPhase =
  | { readonly phase: 'ask' | 'signing' }
  | { readonly phase: 'copied'; readonly life: LinkLife }
  | { readonly phase: 'by-hand'; readonly url: string; readonly life: LinkLife }
  | { readonly phase: 'failed'; readonly error: unknown };

/** Until when a link works, and whether that is sooner than the person asked for. */
export interface LinkLife {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly isShorter: boolean;
}

/** Clocks differ, and signing takes a moment: milliseconds that nobody misses. */
const tolerance = 60_000;

export function lifeOf(expiresAt: number, seconds: number): LinkLife {
  return { until: expiresAt, isShorter: expiresAt < Date.now() + seconds * 1000 - tolerance };
}

const hour = 3600;
const day = 24 * hour;

/** Lives of a link to choose from, in seconds. */
export function linkSeconds(limit: number): readonly number[] {
  const fitting = [hour, day, 7 * day].filter(seconds => seconds <= limit);
  return fitting.length > 0 ? fitting : [limit];
}

export interface LinkBodyOptions {
  readonly localize: LocalizeController;
  readonly choices: readonly number[];
  readonly seconds: number;
  readonly onSeconds: (seconds: number) => void;
  readonly onClose: () => void;
}

function lifeText(seconds: number, locale: string): string {
  const [value, unit] =
    seconds % day === 0
      ? [seconds / day, 'day']
      : seconds % hour === 0
        ? [seconds / hour, 'hour']
        : [seconds / 60, 'minute'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit: unit as string, unitDisplay: 'long' }).format(
    Math.floor(value as number),
  );
}

function untilText({ until, isShorter }: LinkLife, localize: LocalizeController): string {
  const time = localize.exactDate(until);
  return localize.text(isShorter ? 'browser.linkWorksOnlyUntil' : 'browser.linkWorksUntil', { time });
}

/** Inside of the link dialog. */
export function linkBody(state: LinkPhase, options: LinkBodyOptions): TemplateResult {
  const { localize, choices, seconds, onSeconds, onClose } = options;
  return html`<p class="dialog-body">${localize.text('browser.linkExplanation')}</p>
    <label class="field">
      <span>${localize.text('browser.linkExpiry')}</span>
      <select
        class="input"
        part="input"
        ?disabled=${state.phase === 'signing'}
        @change=${(event: Event) => onSeconds(Number((event.target as HTMLSelectElement).value))}
      >
        ${choices.map(
          choice =>
            html`<option value=${choice} ?selected=${choice === seconds}>${lifeText(choice, localize.locale)}</option>`,
        )}
      </select>
    </label>
    <p class="small" role="status">
      ${
        state.phase === 'signing'
          ? localize.text('browser.linkSigning')
          : state.phase === 'copied'
            ? `${localize.text('browser.linkCopied')} ${untilText(state.life, localize)}`
            : state.phase === 'failed'
              ? localize.error(state.error)
              : nothing
      }
    </p>
    ${
      state.phase === 'by-hand'
        ? html`<label class="field">
          <span>${localize.text('browser.linkByHand')}</span>
          <input class="input" part="input" readonly .value=${state.url} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
          <span class="small">${untilText(state.life, localize)}</span>
        </label>`
        : nothing
    }
    <div class="dialog-actions">
      <button type="button" class="button" part="button" @click=${onClose}>${localize.text('common.close')}</button>
      <button type="submit" class="button primary" part="button" ?disabled=${state.phase === 'signing'}>
        ${localize.text('browser.linkCopy')}
      </button>
    </div>`;
}

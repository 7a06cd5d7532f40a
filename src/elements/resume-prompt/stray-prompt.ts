import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { UnfinishedUpload } from '../../adapters/adapter.js';
import { nameOf } from '../../core/path.js';
import { hardDriveIcon } from '../../styles/icons.js';
import type { TransferManager } from '../../transfer/manager.js';
import { KitElement } from '../kit-element.js';
import { nameTemplate } from '../parts/name.js';
import { PromptGoneEvent } from './left-prompt.js';
import { resumePromptStyles } from './resume-prompt.styles.js';

/** Younger ones may well be under way on another computer. Milliseconds. */
const oldFrom = 24 * 60 * 60 * 1000;
/** Listed at most; all of them are removed. */
const mostListed = 100;

/**
 * Unfinished uploads at the storage of which this browser knows nothing: forgotten ones take up room there and show in
 * no listing. Offers to remove those that began a day ago or earlier. The inner piece of `<transfer-list clean-up>`.
 * Internal, not for pages.
 *
 * @tag stray-prompt
 */
export class StrayPromptElement extends KitElement {
  static override readonly tag: string = 'stray-prompt';

  static override properties: PropertyDeclarations = {
    manager: { attribute: false },
    uploads: { state: true },
    busy: { state: true },
    note: { state: true },
  };

  declare manager: TransferManager | undefined;
  declare private uploads: readonly UnfinishedUpload[];
  declare private busy: boolean;
  declare private note: string;

  static override styles = [KitElement.baseStyles, resumePromptStyles];

  #stop: AbortController | undefined;

  constructor() {
    super();
    this.uploads = [];
    this.busy = false;
    this.note = '';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.abort();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('manager')) void this.#look();
  }

  async #look(): Promise<void> {
    this.#stop?.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const { manager } = this;
    // Not everybody may list them; then there is nothing to offer.
    const found = (await manager?.strayUploads('', { signal }).catch(() => [])) ?? [];
    if (signal.aborted) return;
    const hadUploads = this.uploads.length > 0;
    const hadFocus = this.shadowRoot?.activeElement != null;
    this.uploads = found.filter(({ started }) => started !== undefined && started < Date.now() - oldFrom);
    if (hadUploads && this.uploads.length === 0) this.dispatchEvent(new PromptGoneEvent(hadFocus));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { localize, uploads } = this;
    const count = uploads.length;
    if (count === 0) return nothing;
    const heading = localize.text('resume.strayHeading', { count });
    return html`<div class="box" part="strays" role="group" aria-label=${heading}>
      <div class="words">
        <p class="headline">${hardDriveIcon}<span>${heading}</span></p>
        <p class="small muted">${localize.text('resume.strayText')}</p>
      </div>
      <div class="buttons">
        <button type="button" class="button danger" data-action="remove" aria-disabled=${this.busy} @click=${this.#remove}>
          ${localize.text('resume.strayRemove', { count })}
        </button>
      </div>
      <ul role="list" class="small" tabindex="0" aria-label=${heading}>
        ${uploads.slice(0, mostListed).map(
          ({ path, started }) => html`<li>
            ${nameTemplate(nameOf(path), path)}
            <span class="state muted" title=${localize.exactDate(started!)}
              >${localize.text('resume.strayBegan', { date: localize.relativeDate(started!) })}</span
            >
          </li>`,
        )}
      </ul>
      ${this.note ? html`<p class="note small">${this.note}</p>` : nothing}
    </div>`;
  }

  readonly #remove = async (): Promise<void> => {
    const { manager } = this;
    if (this.busy || !manager) return;
    this.busy = true;
    try {
      await manager.abortStrayUploads(this.uploads);
      this.note = '';
      this.announcer.announce(this.localize.text('resume.announceDiscarded'));
    } catch (error) {
      this.note = this.localize.error(error);
      this.announcer.announce(this.note);
    }
    // Some may be gone although another one could not be removed.
    await this.#look();
    this.busy = false;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'stray-prompt': StrayPromptElement;
  }
}

import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { circlePauseIcon, closeIcon } from '../../styles/icons.js';
import type { TransferManager } from '../../transfer/manager.js';
import { KitElement } from '../kit-element.js';
import { told } from '../parts/sentence.js';
import { resumePromptStyles } from './resume-prompt.styles.js';

/** Transfers listed before "Show all" is pressed. */
const listedAtFirst = 3;

/** Nothing is left to ask; `hadFocus`: the person was in it, and should find their place again. */
export class PromptGoneEvent extends Event {
  constructor(readonly hadFocus: boolean) {
    super('prompt-gone');
  }
}

/** What the box says. */
export interface PromptWords<Left> {
  readonly heading: string;
  /** How much of it need not be done again. Absent: nothing to say. */
  readonly kept?: string;
  readonly buttons: TemplateResult | typeof nothing;
  /** Accessible name of the list. */
  readonly list: string;
  readonly row: (left: Left) => TemplateResult;
}

/**
 * Looks what earlier pages left unfinished, and shows it in a box with a list; what it says and does is its heirs'.
 * The keyboard never falls out of it while something is left in it.
 */
export abstract class LeftPromptElement<Left extends { readonly id: string }> extends KitElement {
  static override properties: PropertyDeclarations = {
    manager: { attribute: false },
    left: { state: true },
    busy: { state: true },
    showsAll: { state: true },
    note: { state: true },
  };

  declare manager: TransferManager | undefined;
  declare protected left: readonly Left[];
  declare protected busy: boolean;
  declare protected showsAll: boolean;
  /** What became of the last click, where it was not what was asked for. */
  declare protected note: string;

  static override styles = [KitElement.baseStyles, resumePromptStyles];

  #stop: AbortController | undefined;
  #watched: TransferManager | undefined;

  constructor() {
    super();
    this.left = [];
    this.busy = false;
    this.showsAll = false;
    this.note = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#watch(this.manager);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch(undefined);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('manager') && this.isConnected) this.#watch(this.manager);
  }

  protected abstract find(manager: TransferManager): Promise<readonly Left[]>;

  /** Gives some of them up. */
  protected abstract discard(left: readonly Left[]): Promise<void>;

  /** Those that are spoken of. */
  protected get shown(): readonly Left[] {
    return this.left;
  }

  /** A manager is there. `signal` ends with it. */
  protected watching(_manager: TransferManager, _signal: AbortSignal): void {}

  #watch(manager: TransferManager | undefined): void {
    if (manager === this.#watched) return;
    this.#stop?.abort();
    this.#watched = manager;
    this.left = [];
    this.note = '';
    if (!manager) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const look = (): void => void this.#look(manager);
    manager.addEventListener('interruptedchange', look, { signal });
    this.watching(manager, signal);
    // Another tab that ended without a word has left its transfers behind.
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') look();
    };
    document.addEventListener('visibilitychange', onVisible, { signal });
    look();
  }

  async #look(manager: TransferManager): Promise<void> {
    const found = await this.find(manager);
    if (this.#watched !== manager) return;
    const focused = this.shadowRoot?.activeElement ?? undefined;
    const hadFocus = focused !== undefined || this.matches(':focus-within');
    const place = this.#rows.findIndex(row => focused !== undefined && row.contains(focused));
    const hadShown = this.shown.length > 0;
    this.left = found;
    this.requestUpdate();
    if (this.shown.length === 0) {
      if (!hadShown) return;
      this.note = '';
      this.dispatchEvent(new PromptGoneEvent(hadFocus));
      return;
    }
    await this.updateComplete;
    if (focused?.isConnected === false && !this.shadowRoot?.activeElement) this.#focusNear(place);
  }

  get #rows(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('li')];
  }

  /** The row whose button was pressed is gone: the next one has its place. */
  #focusNear(place: number): void {
    const rows = this.#rows;
    const next = rows[Math.min(place, rows.length - 1)]?.querySelector('button');
    (next ?? this.renderRoot.querySelector<HTMLElement>('[data-action=resume], ul'))?.focus();
  }

  protected box({ heading, kept, buttons, list, row }: PromptWords<Left>): TemplateResult {
    const { localize, shown } = this;
    const listed = this.showsAll ? shown : shown.slice(0, listedAtFirst);
    return html`<div class="box" part="resume" role="group" aria-label=${heading}>
      <div class="words">
        <p class="headline">${circlePauseIcon}<span>${told(localize, heading)}</span></p>
        ${kept ? html`<p class="small muted">${told(localize, kept)}</p>` : nothing}
      </div>
      ${buttons}
      <ul role="list" class="small" aria-label=${list} tabindex=${this.showsAll ? '0' : nothing}>
        ${repeat(listed, ({ id }) => id, row)}
      </ul>
      ${
        listed.length < shown.length
          ? html`<button type="button" class="link-button small" data-action="show-all" @click=${this.#showAll}>
              ${localize.text('resume.showAll', { count: shown.length })}
            </button>`
          : nothing
      }
      ${this.note ? html`<p class="note small">${told(localize, this.note)}</p>` : nothing}
    </div>`;
  }

  protected button(action: 'resume' | 'discard', text: string, press: () => void): TemplateResult {
    return html`<button
      type="button"
      class="button ${action === 'resume' ? 'primary' : 'quiet'}"
      data-action=${action}
      aria-disabled=${this.busy}
      @click=${press}
    >
      ${text}
    </button>`;
  }

  protected rowButton(left: Left, label: string): TemplateResult {
    return html`<button
      type="button"
      class="icon-button small-target"
      aria-label=${label}
      title=${label}
      aria-disabled=${this.busy}
      @click=${() => void this.discard([left])}
    >
      ${closeIcon}
    </button>`;
  }

  /**
   * What a click does: nothing while an earlier one is at work, and the browser still counts `work` as part of the click.
   * It resolves to what became of it (`note`), to be shown and said, and to what is only said where all went well.
   */
  protected async act<Result>(
    work: (manager: TransferManager) => Promise<{ note: string; said?: string; result?: Result }>,
  ): Promise<Result | undefined> {
    const { manager } = this;
    if (this.busy || !manager) return undefined;
    this.busy = true;
    try {
      const { note, said, result } = await work(manager);
      this.#tell(note, said);
      return result;
    } catch (error) {
      this.#tell(this.localize.error(error));
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  #tell(note: string, said = ''): void {
    this.note = this.shown.length > 0 ? note : '';
    if (said) this.announcer.announce(said);
    if (note) this.announcer.announce(note);
  }

  readonly #showAll = async (): Promise<void> => {
    this.showsAll = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('ul')?.focus();
  };
}

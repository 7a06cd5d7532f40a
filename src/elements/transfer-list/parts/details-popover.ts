import { html, nothing, type ReactiveController, type TemplateResult } from 'lit';
import type { AnnounceController } from '../../../controllers/announce-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { TransferItem, TransferJob } from '../../../transfer/types.js';
import type { KitElement } from '../../kit-element.js';
import { runItemAction } from './item-actions.js';
import { detailsAsText, detailsTemplate } from './item-details.js';
import { placeBeside } from './place-beside.js';

export interface DetailsPopoverOptions {
  readonly localize: LocalizeController;
  readonly announcer: AnnounceController;
  /** What the details of a file are shown beside. */
  readonly anchor: (index: number) => HTMLElement | null;
  /** Puts the focus where the details were opened from, or as near as can be. */
  readonly focusBack: () => void;
}

/** The popover with everything known about one file of a job. */
export class DetailsPopover implements ReactiveController {
  readonly #host: KitElement;
  readonly #options: DetailsPopoverOptions;
  #index: number | undefined;
  #copied = false;
  #giveFocusBack = false;

  constructor(host: KitElement, options: DetailsPopoverOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostUpdated(): void {
    const popover = this.#popover;
    if (this.#index === undefined || !popover || popover.matches(':popover-open')) return;
    popover.showPopover();
    placeBeside(popover, this.#options.anchor(this.#index) ?? this.#host);
    popover.focus();
  }

  get #popover(): HTMLElement | null {
    return this.#host.renderRoot?.querySelector<HTMLElement>('.details') ?? null;
  }

  /** Shows the file at this index of the job; undefined: nothing. */
  open(index: number | undefined): void {
    this.#index = index;
    this.#host.requestUpdate();
  }

  render(job: TransferJob): TemplateResult {
    return html`<div
      class="details"
      part="details"
      popover
      role="dialog"
      tabindex="-1"
      aria-labelledby="details-name"
      @beforetoggle=${this.#onBeforeToggle}
      @toggle=${this.#onToggle}
    >
      ${this.#content(job)}
    </div>`;
  }

  #content(job: TransferJob): TemplateResult | typeof nothing {
    const item = this.#index === undefined ? undefined : job.items.at(this.#index);
    if (!item) return nothing;
    return detailsTemplate(this.#options.localize, job, item, this.#copied, {
      action: action => {
        this.#popover?.hidePopover();
        runItemAction(job, item.index, action);
      },
      copy: () => void this.#copy(item),
      close: () => this.#popover?.hidePopover(),
    });
  }

  async #copy(item: TransferItem): Promise<void> {
    const { localize, announcer } = this.#options;
    try {
      await navigator.clipboard.writeText(detailsAsText(localize, item));
      this.#copied = true;
      announcer.announce(localize.text('transfers.detailCopied'));
    } catch {
      // No permission: the values can be selected with one click each.
      this.#copied = false;
    }
    this.#host.requestUpdate();
  }

  /** By hand, as the row that opened the details may be gone by now. */
  readonly #onBeforeToggle = (event: Event): void => {
    const active = this.#host.shadowRoot?.activeElement;
    this.#giveFocusBack =
      (event as ToggleEvent).newState === 'closed' && Boolean(active?.closest('.details'));
  };

  readonly #onToggle = (event: Event): void => {
    if ((event as ToggleEvent).newState === 'open') return;
    this.#copied = false;
    this.open(undefined);
    if (this.#giveFocusBack && this.#isFocusLost()) this.#options.focusBack();
  };

  /** A click that closed the details may have put the focus elsewhere; there it stays. */
  #isFocusLost(): boolean {
    const outer = document.activeElement;
    if (!outer || outer === document.body) return true;
    const root = this.#host.getRootNode() as Document | ShadowRoot;
    return (
      root.activeElement === this.#host &&
      !this.#host.shadowRoot?.activeElement?.matches('.head button, .row button')
    );
  }
}

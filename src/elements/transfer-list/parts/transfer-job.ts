import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { focusQuestionOf } from '../../../controllers/conflict-controller.js';
import { hasEnded, JobController } from '../../../controllers/job-controller.js';
import { VirtualRowsController } from '../../../controllers/virtual-rows-controller.js';
import { displayName } from '../../../core/format.js';
import { chevronRightIcon } from '../../../styles/icons.js';
import { progressStyles } from '../../../styles/progress.js';
import type { TransferItem, TransferJob } from '../../../transfer/types.js';
import { KitElement } from '../../kit-element.js';
import { nameTemplate } from '../../parts/name.js';
import {
  itemText,
  jobKindIcon,
  jobKindKey,
  jobReason,
  jobSign,
  jobStateText,
  needsAnswer,
  totalsPieces,
} from '../../parts/transfer-words.js';
import { type ItemAction, itemActions, runItemAction } from './item-actions.js';
import { detailsAsText, detailsTemplate } from './item-details.js';
import { ItemOrder, type TransferFilter } from './item-order.js';
import { itemRow } from './item-row.js';
import { jobButtons } from './job-buttons.js';
import { placeBeside } from './place-beside.js';
import { transferJobStyles } from './transfer-job.styles.js';

/** The person wants an ended job out of the list. Heard by the element around. */
export class JobDismissEvent extends Event {
  constructor(readonly job: TransferJob) {
    super('job-dismiss');
  }
}

/** The person opened or closed a job's files. */
export class JobToggleEvent extends Event {
  constructor(
    readonly job: TransferJob,
    readonly expanded: boolean,
  ) {
    super('job-toggle');
  }
}

/** Milliseconds that rows stay where they are under a moving pointer, so that a click meets what it was aimed at. */
const steadyTime = 1200;

/**
 * One job with its files: the inner piece of `<transfer-list>` and `<upload-dropzone>`. Internal, not for pages.
 *
 * The files are a grid with one tab stop. Its focus is kept by `aria-activedescendant`, as rows come and go with
 * scrolling: ↑ ↓ Home End Page keys move, Enter opens the details, Space pauses and resumes, R tries again, Delete
 * cancels.
 *
 * @tag transfer-list-job
 */
export class TransferJobElement extends KitElement {
  static override readonly tag: string = 'transfer-list-job';

  static override properties: PropertyDeclarations = {
    job: { attribute: false },
    filter: { type: String },
    expanded: { type: Boolean },
    solo: { type: Boolean },
    detailsOf: { state: true },
    copied: { state: true },
  };

  declare job: TransferJob | undefined;
  /** Which files are shown. */
  declare filter: TransferFilter;
  /** Whether the files are shown. */
  declare expanded: boolean;
  /** The element around shows the totals already. */
  declare solo: boolean;
  declare private detailsOf: number | undefined;
  declare private copied: boolean;

  static override styles = [KitElement.baseStyles, progressStyles, transferJobStyles];

  readonly #watched = new JobController(this, {
    itemchange: () => {
      this.#orderIsOld = true;
    },
    statechange: () => {
      this.#orderIsOld = true;
    },
  });
  readonly #order = new ItemOrder();
  #orderIsOld = true;
  #orderTimer: ReturnType<typeof setTimeout> | undefined;
  #pointerMoved = Number.NEGATIVE_INFINITY;
  #rowHeight = 48;
  #current: number | undefined;
  #showCurrent = false;
  #giveFocusBack = false;

  readonly #rows = new VirtualRowsController(this, {
    scroller: () => this.#find('.items'),
    canvas: () => this.#find('.canvas'),
    block: () => this.#find('.block'),
    rowCount: () => this.#order.length,
    rowHeight: () => this.#rowHeight,
    onResize: () => this.#measureRow(),
  });

  constructor() {
    super();
    this.filter = 'all';
    this.expanded = false;
    this.solo = false;
    this.copied = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#orderTimer);
    this.#orderTimer = undefined;
  }

  #find<E extends HTMLElement>(selector: string): E | null {
    return this.renderRoot?.querySelector<E>(selector) ?? null;
  }

  #measureRow(): void {
    const height = this.#find('.probe')?.offsetHeight;
    if (!height || height === this.#rowHeight) return;
    this.#rowHeight = height;
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('job')) {
      this.#watched.clear();
      if (this.job) this.#watched.watch(this.job);
      this.#current = undefined;
      this.detailsOf = undefined;
      this.#orderIsOld = true;
    }
    if (changed.has('filter') || changed.has('expanded')) this.#orderIsOld = true;
    this.#refreshOrder(changed.has('job') || changed.has('filter') || changed.has('expanded'));
  }

  #refreshOrder(now: boolean): void {
    if (!this.#orderIsOld || !this.job || !this.expanded) return;
    const sinceMove = performance.now() - this.#pointerMoved;
    if (!now && sinceMove < steadyTime) {
      this.#orderTimer ??= setTimeout(() => {
        this.#orderTimer = undefined;
        this.requestUpdate();
      }, steadyTime - sinceMove);
      return;
    }
    this.#orderIsOld = false;
    this.#order.update(this.job.items, this.filter);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('density') || changed.has('expanded')) this.#measureRow();
    const details = this.#find('.details');
    if (this.detailsOf !== undefined && details && !details.matches(':popover-open')) {
      details.showPopover();
      placeBeside(details, this.#find(`#item-${this.detailsOf}`) ?? this.#find('.head') ?? this);
      details.focus();
    }
    if (this.#showCurrent && this.#current !== undefined) {
      this.#showCurrent = false;
      this.#rows.showRow(this.#order.rowOf(this.#current));
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const { job } = this;
    if (!job) return nothing;
    const { snapshot } = job;
    const { localize } = this;
    const label = displayName(job.label);
    const asks = needsAnswer(job);
    const sign = jobSign(snapshot, asks);
    const reason = this.#reason(job);
    const single = this.#single(job);
    const toggleLabel = localize.text(this.expanded ? 'transfers.hideItems' : 'transfers.showItems', {
      label,
    });
    return html`
      <div class="head" part="job-header">
        ${
          single
            ? html`<span class="no-toggle"></span>`
            : html`<button
          type="button"
          class="icon-button small-target toggle"
          part="toggle"
          aria-expanded=${this.expanded}
          aria-label=${toggleLabel}
          title=${toggleLabel}
          @click=${this.#toggle}
        >
          ${chevronRightIcon}
        </button>`
        }
          <div class="title ${this.solo && !single ? 'lone' : ''}" part="job-title">
            ${jobKindIcon[job.kind]}<span class="visually-hidden">${localize.text(jobKindKey[job.kind])}</span>
            ${nameTemplate(job.label)}
            ${
              sign
                ? html`<span
                    class="job-state ${sign.tone} ${asks ? 'asks' : ''}"
                    @click=${asks ? () => focusQuestionOf(job) : nothing}
                    >${sign.icon}${jobStateText(localize, snapshot, asks)}</span
                  >`
                : nothing
            }
          </div>
          ${
            this.solo && !single
              ? nothing
              : html`<div class="numbers small muted" part="job-numbers">
                  ${this.#numbers().map(piece => html`<span><bdi>${piece}</bdi></span>`)}
                </div>`
          }
        <div class="actions" part="job-actions">${jobButtons(localize, job, label, single, {
          dismiss: () => this.dispatchEvent(new JobDismissEvent(job)),
          details: () => {
            this.detailsOf = 0;
          },
        })}</div>
      </div>
      ${this.solo || hasEnded(snapshot) ? nothing : this.#bar(job, label)}
      ${
        reason
          ? html`<p class="reason small ${sign?.tone ?? ''}" part="reason"><span>${reason}</span></p>`
          : nothing
      }
      ${this.expanded && !single ? this.#grid(job, label) : nothing}
      <div
        class="details"
        part="details"
        popover
        role="dialog"
        tabindex="-1"
        aria-labelledby="details-name"
        @beforetoggle=${this.#onBeforeDetailsToggle}
        @toggle=${this.#onDetailsToggle}
      >
        ${this.#details(job)}
      </div>
    `;
  }

  /** The file of a job that has just one: it needs no list, its line says everything. */
  #single(job: TransferJob): TransferItem | undefined {
    const isFinal = job.snapshot.bytes.totalIsFinal || hasEnded(job.snapshot);
    return job.items.length === 1 && isFinal ? job.items.at(0) : undefined;
  }

  #reason(job: TransferJob): string | undefined {
    const { snapshot } = job;
    const single = this.#single(job);
    if (single?.error && (single.state === 'failed' || single.state === 'cancelled'))
      return itemText(this.localize, single);
    // The rows below say it for each file.
    if (this.expanded && snapshot.state === 'incomplete' && snapshot.files.failed > 0) return undefined;
    return jobReason(this.localize, snapshot);
  }

  #numbers(): string[] {
    const { snapshot } = this.job!;
    const single = this.#single(this.job!);
    const pieces = this.solo && single ? [] : totalsPieces(this.localize, snapshot);
    if (single && (single.state === 'done' || single.state === 'skipped'))
      pieces.push(itemText(this.localize, single));
    if (single && pieces.length === 0 && single.size !== undefined)
      pieces.push(this.localize.size(single.size));
    if (snapshot.state === 'preparing') return [jobStateText(this.localize, snapshot), ...pieces];
    return pieces;
  }

  #bar(job: TransferJob, label: string): TemplateResult {
    const { snapshot } = job;
    const unknown = snapshot.state === 'preparing' && snapshot.progress === 0;
    const still = snapshot.state === 'paused' || snapshot.state === 'waiting';
    const name = this.localize.text('common.fileProgress', {
      name: label,
      percent: this.localize.percent(snapshot.progress),
    });
    return unknown
      ? html`<progress class="bar job-bar" part="progress" aria-label=${label}></progress>`
      : html`<progress
          class="bar job-bar ${still ? 'idle' : ''}"
          part="progress"
          max="1"
          .value=${snapshot.progress}
          aria-label=${name}
        ></progress>`;
  }

  #grid(job: TransferJob, label: string): TemplateResult {
    const count = this.#order.length;
    if (count === 0) {
      const key =
        this.filter === 'failed'
          ? 'transfers.emptyFailed'
          : this.filter === 'active'
            ? 'transfers.emptyActive'
            : 'transfers.statePreparing';
      return html`<p class="none small muted">${this.localize.text(key)}</p>`;
    }
    const { start, end } = this.#rows.range;
    const rows: TemplateResult[] = [];
    for (let row = start; row < Math.min(end, count); row++) {
      const index = this.#order.indexAt(row);
      const item = index === undefined ? undefined : job.items.at(index);
      if (item)
        rows.push(
          itemRow(this.localize, job, item, row, item.index === this.#current, {
            select: () => this.#setCurrent(item.index, false),
            open: () => this.#openDetails(item.index),
            action: (action, button) => this.#onRowButton(action, item.index, button),
          }),
        );
    }
    const current = this.#current !== undefined && this.#order.rowOf(this.#current) >= 0;
    return html`<div
      class="items"
      part="items"
      role="grid"
      tabindex="0"
      aria-label=${this.localize.text('transfers.items', { label })}
      aria-rowcount=${count}
      aria-colcount="4"
      aria-activedescendant=${current ? `item-${this.#current}` : nothing}
      @keydown=${this.#onKeyDown}
      @focus=${this.#onGridFocus}
      @pointermove=${this.#onPointerMove}
    >
      <div class="probe" role="presentation"></div>
      <div class="canvas" role="presentation"><div class="block" role="rowgroup">${rows}</div></div>
    </div>`;
  }

  #details(job: TransferJob): TemplateResult | typeof nothing {
    const item = this.detailsOf === undefined ? undefined : job.items.at(this.detailsOf);
    if (!item) return nothing;
    return detailsTemplate(this.localize, job, item, this.copied, {
      action: action => {
        this.#find('.details')?.hidePopover();
        runItemAction(job, item.index, action);
      },
      copy: () => void this.#copy(item),
      close: () => this.#find('.details')?.hidePopover(),
    });
  }

  async #copy(item: TransferItem): Promise<void> {
    try {
      await navigator.clipboard.writeText(detailsAsText(this.localize, item));
      this.copied = true;
      this.announcer.announce(this.localize.text('transfers.detailCopied'));
    } catch {
      // No permission: the values can be selected with one click each.
      this.copied = false;
    }
  }

  readonly #toggle = (): void => {
    this.expanded = !this.expanded;
    this.dispatchEvent(new JobToggleEvent(this.job!, this.expanded));
  };

  readonly #onPointerMove = (): void => {
    this.#pointerMoved = performance.now();
  };

  /** By hand, as the row that opened the details may be gone by now. */
  readonly #onBeforeDetailsToggle = (event: Event): void => {
    const active = this.shadowRoot?.activeElement;
    this.#giveFocusBack =
      (event as ToggleEvent).newState === 'closed' && Boolean(active?.closest('.details'));
  };

  readonly #onDetailsToggle = (event: Event): void => {
    if ((event as ToggleEvent).newState === 'open') return;
    this.detailsOf = undefined;
    this.copied = false;
    if (this.#giveFocusBack && this.#isFocusLost())
      (this.#find('.items') ?? this.#find('.actions button'))?.focus();
  };

  /** A click that closed the details may have put the focus elsewhere; there it stays. */
  #isFocusLost(): boolean {
    const outer = document.activeElement;
    if (!outer || outer === document.body) return true;
    const root = this.getRootNode() as Document | ShadowRoot;
    return (
      root.activeElement === this && !this.shadowRoot?.activeElement?.matches('.head button, .row button')
    );
  }

  #onRowButton(action: ItemAction | 'details', index: number, button: HTMLElement): void {
    if (action === 'details') {
      this.#openDetails(index);
      return;
    }
    runItemAction(this.job!, index, action);
    // The button is about to go; the focus stays with the list instead of falling to the page.
    if (this.shadowRoot?.activeElement === button) this.#find('.items')?.focus({ preventScroll: true });
    this.#setCurrent(index, false);
  }

  #openDetails(index: number): void {
    this.#setCurrent(index, false);
    this.detailsOf = index;
  }

  readonly #onGridFocus = (): void => {
    if (this.#current === undefined || this.#order.rowOf(this.#current) < 0)
      this.#setCurrent(this.#order.indexAt(this.#rows.top.row), false);
  };

  #setCurrent(index: number | undefined, show: boolean): void {
    this.#current = index;
    this.#showCurrent = show;
    this.requestUpdate();
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { job } = this;
    if (!job) return;
    const row = this.#current === undefined ? -1 : this.#order.rowOf(this.#current);
    const last = this.#order.length - 1;
    const page = Math.max(1, this.#rows.rowsInView - 1);
    const targets: Record<string, number> = {
      ArrowDown: row + 1,
      ArrowUp: row - 1,
      PageDown: row + page,
      PageUp: row - page,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target !== undefined) {
      event.preventDefault();
      this.#setCurrent(this.#order.indexAt(Math.min(last, Math.max(0, target))), true);
      return;
    }
    const item = this.#current === undefined ? undefined : job.items.at(this.#current);
    if (!item || event.target !== event.currentTarget) return;
    const possible = itemActions(job, item);
    const wanted: readonly ItemAction[] =
      event.key === ' '
        ? ['pause', 'resume']
        : event.key === 'Delete'
          ? ['cancel']
          : event.key.toLowerCase() === 'r'
            ? ['retry']
            : [];
    const action = wanted.find(candidate => possible.includes(candidate));
    if (event.key === 'Enter') this.#openDetails(item.index);
    else if (action) runItemAction(job, item.index, action);
    else if (wanted.length === 0) return;
    event.preventDefault();
  };
}

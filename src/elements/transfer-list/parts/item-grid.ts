import { html, nothing, type ReactiveController, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { VirtualRowsController } from '../../../controllers/virtual-rows-controller.js';
import type { TransferJob } from '../../../transfer/types.js';
import type { KitElement } from '../../kit-element.js';
import { type ItemAction, itemActions, runItemAction } from './item-actions.js';
import { ItemOrder, type TransferFilter } from './item-order.js';
import { itemRow } from './item-row.js';

/** Milliseconds that rows stay where they are under a moving pointer, so that a click meets what it was aimed at. */
const steadyTime = 1200;

export interface ItemGridOptions {
  readonly localize: LocalizeController;
  /** The job whose files are shown; undefined while none are. */
  readonly job: () => TransferJob | undefined;
  readonly filter: () => TransferFilter;
  readonly openDetails: (index: number) => void;
}

/**
 * The files of a job as a grid with one tab stop, and which of them is the current one. The focus is kept by
 * `aria-activedescendant`, as rows come and go with scrolling.
 */
export class ItemGrid implements ReactiveController {
  readonly #host: KitElement;
  readonly #options: ItemGridOptions;
  readonly #order = new ItemOrder();
  readonly #rows: VirtualRowsController;
  #orderIsOld = true;
  #orderTimer: ReturnType<typeof setTimeout> | undefined;
  #pointerMoved = Number.NEGATIVE_INFINITY;
  #rowHeight = 48;
  #current: number | undefined;
  #showCurrent = false;

  constructor(host: KitElement, options: ItemGridOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
    this.#rows = new VirtualRowsController(host, {
      scroller: () => this.#find('.items'),
      canvas: () => this.#find('.canvas'),
      block: () => this.#find('.block'),
      rowCount: () => this.#order.length,
      rowHeight: () => this.#rowHeight,
      onResize: () => this.measureRow(),
    });
  }

  hostDisconnected(): void {
    clearTimeout(this.#orderTimer);
    this.#orderTimer = undefined;
  }

  hostUpdated(): void {
    if (!this.#showCurrent || this.#current === undefined) return;
    this.#showCurrent = false;
    this.#rows.showRow(this.#order.rowOf(this.#current));
  }

  #find<E extends HTMLElement>(selector: string): E | null {
    return this.#host.renderRoot?.querySelector<E>(selector) ?? null;
  }

  /** After anything that may have changed how high a row is. */
  measureRow(): void {
    const height = this.#find('.probe')?.offsetHeight;
    if (!height || height === this.#rowHeight) return;
    this.#rowHeight = height;
    this.#host.requestUpdate();
  }

  /** Another job: no file is the current one. */
  reset(): void {
    this.#current = undefined;
    this.#orderIsOld = true;
  }

  /** The files have other states than when they were put in order. */
  stale(): void {
    this.#orderIsOld = true;
  }

  /** Puts the files in order; not `now`: only when no pointer is about to click one. */
  refresh(now: boolean): void {
    const job = this.#options.job();
    if (!this.#orderIsOld || !job) return;
    const sinceMove = performance.now() - this.#pointerMoved;
    if (!now && sinceMove < steadyTime) {
      this.#orderTimer ??= setTimeout(() => {
        this.#orderTimer = undefined;
        this.#host.requestUpdate();
      }, steadyTime - sinceMove);
      return;
    }
    this.#orderIsOld = false;
    this.#order.update(job.items, this.#options.filter());
  }

  focus(options?: FocusOptions): boolean {
    const grid = this.#find('.items');
    grid?.focus(options);
    return grid !== null;
  }

  /** The row of a file, when it is rendered. */
  rowElement(index: number): HTMLElement | null {
    return this.#find(`#item-${index}`);
  }

  setCurrent(index: number | undefined, show = false): void {
    this.#current = index;
    this.#showCurrent = show;
    this.#host.requestUpdate();
  }

  render(job: TransferJob, label: string): TemplateResult {
    const { localize } = this.#options;
    const count = this.#order.length;
    if (count === 0) {
      const filter = this.#options.filter();
      const key =
        filter === 'failed'
          ? 'transfers.emptyFailed'
          : filter === 'active'
            ? 'transfers.emptyActive'
            : 'transfers.statePreparing';
      return html`<p class="none small muted">${localize.text(key)}</p>`;
    }
    const { start, end } = this.#rows.range;
    const rows: TemplateResult[] = [];
    for (let row = start; row < Math.min(end, count); row++) {
      const index = this.#order.indexAt(row);
      const item = index === undefined ? undefined : job.items.at(index);
      if (item)
        rows.push(
          itemRow(localize, job, item, row, item.index === this.#current, {
            select: () => this.setCurrent(item.index),
            open: () => this.#options.openDetails(item.index),
            action: (action, button) => this.#onRowButton(job, action, item.index, button),
          }),
        );
    }
    // A row that is scrolled out of sight is not in the page, and an id that leads nowhere takes the place away.
    const currentRow = this.#current === undefined ? -1 : this.#order.rowOf(this.#current);
    const current = currentRow >= start && currentRow < end;
    return html`<div
      class="items"
      part="items"
      role="grid"
      tabindex="0"
      aria-label=${localize.text('transfers.items', { label })}
      aria-rowcount=${count}
      aria-colcount="4"
      aria-activedescendant=${current ? `item-${this.#current}` : nothing}
      @keydown=${this.#onKeyDown}
      @focus=${this.#onFocus}
      @pointermove=${this.#onPointerMove}
    >
      <div class="probe" role="presentation"></div>
      <div class="canvas" role="presentation"><div class="block" role="rowgroup">${rows}</div></div>
    </div>`;
  }

  readonly #onPointerMove = (): void => {
    this.#pointerMoved = performance.now();
  };

  readonly #onFocus = (): void => {
    if (this.#current === undefined || this.#order.rowOf(this.#current) < 0)
      this.setCurrent(this.#order.indexAt(this.#rows.top.row));
  };

  #onRowButton(job: TransferJob, action: ItemAction | 'details', index: number, button: HTMLElement): void {
    if (action === 'details') {
      this.#options.openDetails(index);
      return;
    }
    runItemAction(job, index, action);
    // The button is about to go; the focus stays with the list instead of falling to the page.
    if (this.#host.shadowRoot?.activeElement === button) this.focus({ preventScroll: true });
    this.setCurrent(index);
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const job = this.#options.job();
    if (!job) return;
    if (this.#moveBy(event.key)) {
      event.preventDefault();
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
            ? ['retry', 'again']
            : [];
    const action = wanted.find(candidate => possible.includes(candidate));
    if (event.key === 'Enter') this.#options.openDetails(item.index);
    else if (action) runItemAction(job, item.index, action);
    else if (wanted.length === 0) return;
    event.preventDefault();
  };

  #moveBy(key: string): boolean {
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
    const target = targets[key];
    if (target === undefined) return false;
    this.setCurrent(this.#order.indexAt(Math.min(last, Math.max(0, target))), true);
    return true;
  }
}

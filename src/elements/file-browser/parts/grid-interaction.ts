import type { TypeAheadController } from '../../../controllers/type-ahead-controller.js';
import type { VirtualRowsController } from '../../../controllers/virtual-rows-controller.js';
import type { BrowserState } from '../../../core/browser-state.js';
import type { Entry } from '../../../core/entry.js';
import { findByPrefix } from '../../../core/find-by-prefix.js';
import type { MenuPlace } from '../../parts/menu.js';
import { EndSeeker } from './end-seeker.js';
import type { GridFocus } from './grid.js';
import { type GridCommand, gridCommand } from './grid-keys.js';

/** What the grid's focus, keys and clicks need of the element around it. */
export interface GridHost {
  readonly element: HTMLElement;
  readonly select: () => 'multiple' | 'single' | 'none';
  readonly state: () => BrowserState | undefined;
  readonly columnCount: () => number;
  readonly virtual: VirtualRowsController;
  readonly typeAhead: TypeAheadController;
  readonly find: (selector: string) => HTMLElement | null;
  /** Whether something else than the grid ought to have the focus: a field, a menu, a dialog. */
  readonly isFocusElsewhere: () => boolean;
  readonly requestUpdate: () => void;
  readonly loadMoreIfNear: () => void;
  readonly open: (entry: Entry) => void;
  /** Returns false at the top. */
  readonly goUp: () => boolean;
  readonly editPath: () => void;
  readonly openFilter: () => void;
  readonly clearFilter: () => void;
  /** Opens the menu about these entries, or about the folder when there are none. */
  readonly openMenu: (entries: readonly Entry[], place: MenuPlace) => void;
}

type Move = (GridCommand & { do: 'focus' })['to'];

/**
 * Focus, keys, mouse and finger in the grid. There is one tab stop; the focus stays in the grid when its row
 * disappears, and follows its entry to another row.
 */
export class GridInteraction {
  readonly #host: GridHost;
  /** −1: the row as a whole. */
  #column = -1;
  #isHeaderFocused = false;
  #hasFocus = false;
  #takesFocus = false;
  readonly #end = new EndSeeker();
  /** True while rows are being taken out and put in. */
  isRendering = false;

  constructor(host: GridHost) {
    this.#host = host;
  }

  /** Whether the grid has, or is to get back, the focus. */
  get hasFocus(): boolean {
    return this.#hasFocus;
  }

  /** Where the tab stop is. */
  focusIn(state: BrowserState): GridFocus {
    const last = this.#host.columnCount() - 1;
    const row = state.focusIndex;
    if (row === -1 || this.#isHeaderFocused)
      return { row: -1, column: Math.min(Math.max(this.#column, 0), last) };
    return { row, column: Math.min(this.#column, last) };
  }

  /** Starts over in another folder. */
  reset(): void {
    this.#end.letGo();
    this.#column = -1;
    this.#isHeaderFocused = false;
  }

  /** The person has scrolled by hand. */
  onScroll(): void {
    this.#end.letGo();
  }

  /** Makes the focused row as a whole the tab stop, and scrolls to it. */
  showFocusedRow(): void {
    const state = this.#host.state();
    if (!state) return;
    this.reset();
    this.#host.virtual.showRow(Math.max(0, state.focusIndex));
  }

  /** The focus goes to the grid with the next update. */
  claimFocus(): void {
    this.#hasFocus = true;
    this.#host.requestUpdate();
  }

  /** The focus goes to the grid with the next update, even from a button of this element. */
  takeFocus(): void {
    this.#takesFocus = true;
    this.claimFocus();
  }

  /** Gives the focus to the tab stop that is rendered now. */
  focusNow(): void {
    this.#hasFocus = true;
    this.#host.find('.grid [tabindex="0"]')?.focus({ preventScroll: true });
  }

  /** Call after each update. */
  restoreFocus(): void {
    if (!this.#hasFocus || this.#host.isFocusElsewhere()) return;
    const active = this.#host.element.shadowRoot?.activeElement;
    const target = this.#host.find('.grid [tabindex="0"]');
    if (!target || active === target) return;
    const isTaken = this.#takesFocus;
    this.#takesFocus = false;
    if (active && !isTaken && !this.#host.find('.grid')?.contains(active)) this.#hasFocus = false;
    else target.focus({ preventScroll: true });
  }

  readonly onFocusIn = (event: FocusEvent): void => {
    const target = event.target as HTMLElement;
    this.#hasFocus = true;
    if (target instanceof HTMLInputElement) return;
    const state = this.#host.state();
    const row = target.closest<HTMLElement>('[data-index]');
    const { column } = target.dataset;
    // Without rows the header holds the place for the first one.
    this.#isHeaderFocused = row === null && (state?.rows.length ?? 0) > 0;
    if (row === null && column === undefined) return;
    // While a folder loads the header only holds the place: whoever went by rows goes on by rows.
    const isPlaceholder = row === null && (state?.rows.length ?? 0) === 0;
    if (!isPlaceholder) this.#column = column === undefined ? -1 : Number(column);
    if (row) state?.focusRow(Number(row.dataset.index));
    else this.#host.requestUpdate();
  };

  readonly onFocusOut = (event: FocusEvent): void => {
    // Rows that are taken out while they have the focus lose it; `restoreFocus` gives it to their successor.
    if (this.isRendering) return;
    const { relatedTarget } = event;
    if (relatedTarget instanceof Node && this.#host.find('.grid')?.contains(relatedTarget)) return;
    this.#hasFocus = false;
  };

  readonly onKeyDown = (event: KeyboardEvent): void => {
    const state = this.#host.state();
    if (!state || event.defaultPrevented || event.isComposing) return;
    const isHeader = (event.target as HTMLElement).closest('[data-index]') === null;
    const hasModifier = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    // The buttons of the header answer to these by themselves.
    if (isHeader && (event.key === 'Enter' || event.key === ' ')) return;
    if (event.key === 'Enter' && !hasModifier) {
      event.preventDefault();
      if (state.focused) this.#host.open(state.focused);
      return;
    }
    const command = gridCommand(event, {
      isRtl: getComputedStyle(this.#host.element).direction === 'rtl',
      inCell: this.#column >= 0,
      isTyping: this.#host.typeAhead.isTyping,
    });
    if (!command) return;
    if (command.do !== 'focus' || command.to !== 'last') this.#end.letGo();
    if (this.#obey(command, state, isHeader)) event.preventDefault();
  };

  readonly onClick = (event: MouseEvent): void => {
    const host = this.#host;
    const state = host.state();
    const row = this.rowAt(event);
    if (!state || !row) return;
    const { index, entry } = row;
    const select = host.select();
    this.#isHeaderFocused = false;
    this.#end.letGo();
    state.focusRow(index);
    const isCheck = (event.target as HTMLElement).closest('[data-check]') !== null;
    const isFinger = (event as PointerEvent).pointerType === 'touch';
    // A finger has no double click: it opens, until something is selected by its box.
    if (isFinger && !isCheck && (select === 'none' || state.selection.isEmpty)) host.open(entry);
    else if (select === 'single') state.selectOnly(index);
    else if (select === 'multiple') {
      if (event.shiftKey) state.selectRange(index, event.ctrlKey || event.metaKey);
      else if (isCheck || isFinger || event.ctrlKey || event.metaKey) state.toggle(index);
      else state.selectOnly(index);
    }
  };

  readonly onDoubleClick = (event: MouseEvent): void => {
    const row = this.rowAt(event);
    if (!row || (event.target as HTMLElement).closest('[data-check]') || event.ctrlKey || event.shiftKey)
      return;
    this.#host.open(row.entry);
  };

  readonly onContextMenu = (event: MouseEvent): void => {
    if (event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    const row = this.rowAt(event);
    const place = { x: event.clientX, y: event.clientY, isPressed: event.buttons !== 0 };
    if (row) {
      this.#host.state()?.focusRow(row.index);
      this.#openEntryMenu(place);
    } else this.#host.openMenu([], place);
  };

  /** The row that an event is about. */
  rowAt(event: Event): { readonly index: number; readonly entry: Entry } | undefined {
    const element = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    const index = Number(element?.dataset.index);
    const entry = this.#host.state()?.rows[index];
    return element && entry ? { index, entry } : undefined;
  }

  /** The menu is about the selection if the focused row is part of it, else about that row. */
  #openEntryMenu(place: MenuPlace): void {
    const state = this.#host.state();
    const focused = state?.focused;
    if (!state || !focused) return;
    if (this.#host.select() !== 'none' && !state.selection.has(focused.id))
      state.selectOnly(state.focusIndex);
    this.#host.openMenu(state.selection.isEmpty ? [focused] : state.selected, place);
  }

  #obey(command: GridCommand, state: BrowserState, isHeader: boolean): boolean {
    const host = this.#host;
    const row = state.focusIndex;
    const isMultiple = host.select() === 'multiple';
    switch (command.do) {
      case 'focus':
        if (command.to === 'last') void this.#end.seek(state, () => this.#showLastRow(state));
        else if (!isHeader && command.to === 'previous' && row <= 0) this.#focusHeader();
        else if (!isHeader) this.#moveFocus(this.#target(command.to, row, state));
        else if (command.to === 'next' || command.to === 'page-down') this.#moveFocus(0);
        return true;
      case 'extend': {
        if (!isMultiple || isHeader) return false;
        const target = this.#target(command.to, row, state);
        state.selectRange(target);
        this.#moveFocus(target, -1);
        return true;
      }
      case 'column':
        this.#moveColumn(command.to, isHeader);
        return true;
      case 'toggle':
      case 'toggle-range':
        if (isHeader || row === -1) return false;
        if (host.select() === 'single') state.selectOnly(row);
        else if (isMultiple && command.do === 'toggle') state.toggle(row);
        else if (isMultiple) state.selectRange(row, true);
        return true;
      case 'select-all':
        if (isMultiple) state.selectAll();
        return isMultiple;
      case 'clear':
        if (!state.selection.isEmpty) state.clearSelection();
        else if (state.filter !== '') host.clearFilter();
        else return false;
        return true;
      case 'up':
        return host.goUp();
      case 'menu':
        if (isHeader) return false;
        this.#openEntryMenu(host.find('.grid .row[tabindex="0"], .grid .row:focus-within') ?? host.element);
        return true;
      case 'edit-path':
        host.editPath();
        return true;
      case 'filter':
        host.openFilter();
        return true;
      case 'type': {
        const { prefix, next } = host.typeAhead.type(command.character);
        const found = findByPrefix(state.rows, prefix, Math.max(0, row) + (next && !isHeader ? 1 : 0));
        if (found !== -1) this.#moveFocus(found, -1);
        return true;
      }
    }
  }

  #target(to: Move, row: number, state: BrowserState): number {
    const last = state.rows.length - 1;
    const page = Math.max(1, this.#host.virtual.rowsInView - 1);
    if (to === 'first') return 0;
    if (to === 'last') return last;
    const step = { previous: -1, next: 1, 'page-up': -page, 'page-down': page }[to];
    return Math.min(Math.max(row + step, 0), last);
  }

  #showLastRow(state: BrowserState): void {
    const had = this.#hasFocus;
    this.#moveFocus(state.rows.length - 1);
    this.#hasFocus = had;
  }

  #moveFocus(row: number, column = this.#column): void {
    const state = this.#host.state();
    this.#column = column;
    this.#isHeaderFocused = false;
    this.#hasFocus = true;
    state?.focusRow(row);
    this.#host.virtual.showRow(Math.max(0, state?.focusIndex ?? 0));
    this.#host.loadMoreIfNear();
  }

  #focusHeader(): void {
    this.#isHeaderFocused = true;
    this.#column = Math.max(0, this.#column);
    this.claimFocus();
  }

  #moveColumn(to: 'start' | 'end' | 'first' | 'last', isHeader: boolean): void {
    const last = this.#host.columnCount() - 1;
    const lowest = isHeader ? 0 : -1;
    if (to === 'first') this.#column = 0;
    else if (to === 'last') this.#column = last;
    else if (to === 'end') this.#column = Math.min(this.#column + 1, last);
    else this.#column = Math.max(this.#column - 1, lowest);
    this.claimFocus();
  }
}

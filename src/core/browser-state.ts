import type { Entry } from './entry.js';
import { Listing, type ListingChange, type ReadPage } from './listing.js';
import { OptimisticLayer, type PendingChange } from './optimistic.js';
import {
  type Compare,
  comparator,
  mergeOrdered,
  nameFilter,
  type OrderingOptions,
  type Sort,
} from './ordering.js';
import { Selection } from './selection.js';

export interface BrowserStateOptions {
  readonly readPage: ReadPage;
  /** Called after every change; more than once a frame while pages arrive. */
  readonly onChange: () => void;
  readonly sort?: Sort;
  readonly ordering?: OrderingOptions;
}

/**
 * One open folder as a file browser sees it: listing, order, filter, pending changes, selection and the focused
 * entry. Knows no DOM; rows are computed when they are asked for.
 */
export class BrowserState {
  readonly listing: Listing;
  readonly selection = new Selection();
  readonly #layer = new OptimisticLayer();
  readonly #onChange: () => void;
  #ordering: OrderingOptions;
  #sort: Sort;
  #filter = '';
  #compare: Compare;
  #ordered: readonly Entry[] = [];
  /** Entries that have arrived and are not in `#ordered` yet. */
  #waiting: Entry[] = [];
  #stale = true;
  #rows: readonly Entry[] | undefined;
  #selected:
    | { readonly rows: readonly Entry[]; readonly version: number; readonly entries: readonly Entry[] }
    | undefined;
  #focusIndex = 0;
  /** The rows in which `#focusIndex` was right. */
  #focusRows: readonly Entry[] = [];
  #focusId: string | undefined;
  #anchorId: string | undefined;

  constructor({ readPage, onChange, sort, ordering = {} }: BrowserStateOptions) {
    this.#onChange = onChange;
    this.#ordering = ordering;
    this.#sort = sort ?? { key: 'name', direction: 'ascending' };
    this.#compare = comparator(this.#sort, ordering);
    this.listing = new Listing({
      readPage,
      onChange: change => this.#listingChanged(change),
    });
  }

  /** The entries to show, in order. A new array whenever it differs. */
  get rows(): readonly Entry[] {
    if (this.#rows) return this.#rows;
    this.#order();
    let rows = this.#ordered;
    if (!this.#layer.isEmpty) {
      const { hidden, put } = this.#layer.effect();
      const kept = rows.filter(entry => !hidden.has(entry.id));
      rows = mergeOrdered(kept, put, this.#compare);
    }
    if (this.#filter.trim() !== '') rows = rows.filter(nameFilter(this.#filter));
    this.#rows = rows;
    return rows;
  }

  /** Entries loaded, pending changes included, the filter left out. */
  get loadedCount(): number {
    if (this.#filter.trim() === '') return this.rows.length;
    if (this.#layer.isEmpty) return this.listing.entries.length;
    const { hidden, put } = this.#layer.effect();
    return this.listing.entries.reduce((sum, entry) => sum + (hidden.has(entry.id) ? 0 : 1), put.length);
  }

  /** Number of rows there are once everything is loaded; undefined while nobody knows. */
  get totalRows(): number | undefined {
    const { complete, total, entries } = this.listing;
    const shown = this.rows.length;
    if (complete) return shown;
    // How many of the others a filter would let through is not known.
    if (total === undefined || this.#filter.trim() !== '') return undefined;
    return Math.max(shown, total - entries.length + shown);
  }

  get sort(): Sort {
    return this.#sort;
  }

  set sort(sort: Sort) {
    if (sort.key === this.#sort.key && sort.direction === this.#sort.direction) return;
    this.#sort = sort;
    this.#resort();
  }

  /** Sorts by the rules of another language or with other columns. */
  setOrdering(ordering: OrderingOptions): void {
    this.#ordering = ordering;
    this.#resort();
  }

  get filter(): string {
    return this.#filter;
  }

  set filter(filter: string) {
    if (filter === this.#filter) return;
    this.#filter = filter;
    this.#rowsChanged();
  }

  /** Selected entries that are loaded, in the order of the rows, rows that the filter hides included. */
  get selected(): readonly Entry[] {
    const rows = this.rows;
    const known = this.#selected;
    if (known && known.rows === rows && known.version === this.selection.version) return known.entries;
    const shown = this.#filter.trim() === '' ? rows : this.#ordered;
    const entries = this.selection.among(shown);
    this.#selected = { rows, version: this.selection.version, entries };
    return entries;
  }

  /** Index of the row that has, or would have, the focus; −1 when there are no rows. */
  get focusIndex(): number {
    const rows = this.rows;
    if (rows.length === 0) return -1;
    if (this.#focusId !== undefined && rows[this.#focusIndex]?.id !== this.#focusId) {
      const found = rows.findIndex(entry => entry.id === this.#focusId);
      this.#focusIndex = found === -1 ? this.#survivorOf(this.#focusIndex, rows) : found;
    }
    this.#focusIndex = Math.min(Math.max(this.#focusIndex, 0), rows.length - 1);
    if (this.#focusId !== undefined) this.#focusId = rows[this.#focusIndex]!.id;
    this.#focusRows = rows;
    return this.#focusIndex;
  }

  get focused(): Entry | undefined {
    return this.rows[this.focusIndex];
  }

  /** Moves the focus to a row; clamps to the rows there are. */
  focusRow(index: number): void {
    const rows = this.rows;
    if (rows.length === 0) return;
    this.#focusIndex = Math.min(Math.max(index, 0), rows.length - 1);
    this.#focusId = rows[this.#focusIndex]!.id;
    this.#focusRows = rows;
    this.#onChange();
  }

  /** Moves the focus to an entry if it is among the rows. */
  focusEntry(id: string): boolean {
    const index = this.rows.findIndex(entry => entry.id === id);
    if (index === -1) return false;
    this.focusRow(index);
    return true;
  }

  /** Selects one row and nothing else. The next range starts here. */
  selectOnly(index: number): void {
    const entry = this.rows[index];
    if (!entry) return;
    this.#anchorId = entry.id;
    this.selection.set([entry.id]);
    this.#onChange();
  }

  /** Turns the selection of one row. The next range starts here. */
  toggle(index: number): void {
    const entry = this.rows[index];
    if (!entry) return;
    this.#anchorId = entry.id;
    this.selection.toggle(entry.id);
    this.#onChange();
  }

  /** Selects from where the last selection was made to `index`; `keep` adds to what is selected. */
  selectRange(index: number, keep = false): void {
    const rows = this.rows;
    const anchored = this.#anchorId === undefined ? -1 : rows.findIndex(entry => entry.id === this.#anchorId);
    const anchor = anchored === -1 ? this.focusIndex : anchored;
    this.#anchorId = rows[anchor]?.id;
    const range = rows.slice(Math.min(anchor, index), Math.max(anchor, index) + 1).map(entry => entry.id);
    if (keep) this.selection.add(range);
    else this.selection.set(range);
    this.#onChange();
  }

  /**
   * Selects all rows. Without a filter that means the whole folder, also what is not loaded yet; a filter can only
   * speak about what is loaded.
   */
  selectAll(): void {
    if (this.#filter.trim() === '' && !this.listing.complete) this.selection.setEverything();
    else this.selection.set(this.rows.map(entry => entry.id));
    this.#onChange();
  }

  clearSelection(): void {
    if (this.selection.isEmpty) return;
    this.selection.clear();
    this.#onChange();
  }

  isPending(id: string): boolean {
    return this.#layer.isPending(id);
  }

  /**
   * Shows a change before the storage has confirmed it. Call the result with what the storage then held, or with
   * nothing when it refused.
   */
  begin(change: PendingChange): (outcome?: { removed?: Iterable<string>; put?: readonly Entry[] }) => void {
    const takeOff = this.#layer.add(change);
    if (change.kind === 'put' && change.replaces !== undefined)
      this.#follow(change.replaces, change.entry.id);
    this.#rowsChanged();
    return outcome => {
      takeOff();
      if (outcome) {
        if (outcome.removed) this.selection.drop(outcome.removed);
        this.listing.patch(outcome);
      } else if (change.kind === 'put' && change.replaces !== undefined) {
        this.#follow(change.entry.id, change.replaces);
      }
      this.#rowsChanged();
    };
  }

  dispose(): void {
    this.listing.dispose();
  }

  /** A row that disappeared hands the focus to the next one that is left, or to the one before. */
  #survivorOf(index: number, rows: readonly Entry[]): number {
    const before = this.#focusRows;
    const places = new Map(rows.map((entry, place) => [entry.id, place]));
    for (let next = index + 1; next < before.length; next++) {
      const place = places.get(before[next]!.id);
      if (place !== undefined) return place;
    }
    for (let previous = index - 1; previous >= 0; previous--) {
      const place = places.get(before[previous]!.id);
      if (place !== undefined) return place;
    }
    return index;
  }

  /** Focus and selection stay with an entry whose id changes. */
  #follow(id: string, newId: string): void {
    this.selection.replace(id, newId);
    if (this.#focusId === id) this.#focusId = newId;
    if (this.#anchorId === id) this.#anchorId = newId;
  }

  #resort(): void {
    this.#compare = comparator(this.#sort, this.#ordering);
    this.#stale = true;
    this.#rowsChanged();
  }

  #order(): void {
    if (this.#stale) {
      this.#ordered = [...this.listing.entries].sort(this.#compare);
      this.#stale = false;
    } else if (this.#waiting.length > 0) {
      this.#ordered = mergeOrdered(this.#ordered, this.#waiting, this.#compare);
    }
    this.#waiting = [];
  }

  #rowsChanged(): void {
    this.#rows = undefined;
    this.#onChange();
  }

  #listingChanged(change: ListingChange): void {
    if (change.kind === 'append') for (const entry of change.added) this.#waiting.push(entry);
    if (change.kind === 'replace') this.#stale = true;
    if (change.kind !== 'state' && this.listing.complete) {
      this.selection.settle(this.listing.entries);
      if (this.#layer.isEmpty) this.selection.retain(this.listing.entries);
    }
    if (change.kind === 'state') this.#onChange();
    else this.#rowsChanged();
  }
}

import type { ReactiveController } from 'lit';
import { can } from '../../../adapters/adapter.js';
import type { VirtualRowsController } from '../../../controllers/virtual-rows-controller.js';
import { BrowserState } from '../../../core/browser-state.js';
import type { Entry } from '../../../core/entry.js';
import type { OrderingOptions } from '../../../core/ordering.js';
import { toFolderPath } from '../../../core/path.js';
import type { TransferManager } from '../../../transfer/manager.js';
import type { StorageChangeEvent } from '../../../transfer/types.js';
import { PathChangeEvent } from '../file-browser.events.js';
import type { BrowserHost } from './browser-host.js';
import { folderReader } from './read-folder.js';
import { RefreshPacer } from './refresh-pacer.js';

export interface OpenFolderOptions {
  /** The storage; undefined: there is none, or no container of it is chosen. */
  readonly source: () => TransferManager | undefined;
  readonly ordering: () => OrderingOptions;
  readonly rows: () => VirtualRowsController;
  /** Whether rows must stay where they are at the moment. */
  readonly isHeld: () => boolean;
  /** Another folder takes the place of the last one. */
  readonly onChange: () => void;
}

/** The folder that is shown: its listing, going to another one, and what happens in it meanwhile. */
export class OpenFolder implements ReactiveController {
  readonly #host: BrowserHost;
  readonly #options: OpenFolderOptions;
  readonly #pacer: RefreshPacer;
  #state: BrowserState | undefined;
  #opened: { readonly manager: TransferManager; readonly path: string } | undefined;
  #listened: TransferManager | undefined;
  #shownRows: readonly Entry[] | undefined;
  #revealPath: string | undefined;
  /** Something was changed in the folder that was not read since. */
  #hasNews = false;

  constructor(host: BrowserHost, options: OpenFolderOptions) {
    this.#host = host;
    this.#options = options;
    this.#pacer = new RefreshPacer(async () => {
      this.#hasNews = false;
      const listing = this.#state?.listing;
      await listing?.refresh();
      if (listing?.error) this.#hasNews = true;
    }, options.isHeld);
    host.addController(this);
  }

  /** Undefined while there is no storage to show. */
  get state(): BrowserState | undefined {
    return this.#state;
  }

  /**
   * Whether the storage said that there is no such folder, and something has been stored in it since. Reading it again
   * may take long while every connection carries an upload.
   */
  get isComingAbout(): boolean {
    const listing = this.#state?.listing;
    return listing?.missing === true && (this.#hasNews || listing.activity === 'refresh');
  }

  get path(): string {
    return toFolderPath(this.#host.path ?? '');
  }

  /** Files have no paths here, so nothing leads to another folder. */
  get isFlat(): boolean {
    return this.#options.source()?.adapter.capabilities.folders === 'none';
  }

  can(action: Parameters<typeof can>[1], entry?: Entry): boolean {
    const adapter = this.#options.source()?.adapter;
    return adapter !== undefined && can(adapter, action, entry);
  }

  isTaken(name: string): boolean {
    return this.#state?.rows.some(entry => entry.name === name) ?? false;
  }

  /** Goes to another folder as the person wishes, and tells the page. */
  go(path: string): true {
    const left = this.path;
    if (path === left) return true;
    // Going up lands on the folder one comes from.
    this.#revealPath = left.startsWith(path) ? left.slice(0, left.indexOf('/', path.length) + 1) : undefined;
    this.#host.path = path;
    this.#host.dispatchEvent(new PathChangeEvent(path));
    return true;
  }

  loadMoreIfNear(): void {
    const state = this.#state;
    if (!state || state.listing.complete || state.listing.error || state.listing.activity !== 'idle') return;
    // A filter would pull in page after page without the person scrolling; there is a button for that.
    if (state.filter.trim() !== '' || !this.#host.isConnected) return;
    const rows = this.#options.rows();
    if (rows.range.end + rows.rowsInView >= state.rows.length) void state.listing.loadMore();
  }

  hostConnected(): void {
    globalThis.addEventListener?.('online', this.#onOnline);
    this.listen();
  }

  hostDisconnected(): void {
    globalThis.removeEventListener?.('online', this.#onOnline);
    this.listen();
    this.#pacer.stop();
    // What was loaded is kept for coming back; what is on its way is not worth finishing.
    this.#state?.listing.pauseAll();
  }

  /** Listens to the storage's manager exactly while the element is in a page; call when it is another one. */
  listen(): void {
    const wanted = this.#host.isConnected ? this.#options.source() : undefined;
    if (wanted === this.#listened) return;
    this.#listened?.removeEventListener('storagechange', this.#onStorageChange as EventListener);
    wanted?.addEventListener('storagechange', this.#onStorageChange);
    this.#listened = wanted;
  }

  /** Call before each update: opens what `path` and the storage say, in the order that is wished. */
  update({ isOrderingNew, isSortNew }: { isOrderingNew: boolean; isSortNew: boolean }): void {
    this.#open();
    const state = this.#state;
    if (state && isOrderingNew) state.setOrdering(this.#options.ordering());
    if (state && isSortNew) state.sort = this.#host.sort;
    this.#keepScrollPosition();
    this.#revealFolderLeft();
  }

  #open(): void {
    const { source, ordering, rows, onChange } = this.#options;
    const manager = source();
    const { path } = this;
    if (this.#opened?.manager === manager && this.#opened?.path === path) {
      // Back in the page after it was taken out in the middle of the first page.
      const listing = this.#state?.listing;
      const isStopped = listing && !listing.hasFirstPage && listing.activity === 'idle' && !listing.error;
      if (this.#host.isConnected && isStopped) void listing.load();
      return;
    }
    this.#state?.dispose();
    this.#pacer.stop();
    this.#hasNews = false;
    this.#opened = manager && { manager, path };
    this.#state = undefined;
    this.#shownRows = undefined;
    onChange();
    if (!manager) return;
    this.#state = new BrowserState({
      readPage: folderReader(manager.adapter, path),
      onChange: () => this.#host.requestUpdate(),
      sort: this.#host.sort,
      ordering: ordering(),
    });
    rows().scrollTo(0);
    void this.#state.listing.load();
  }

  /** Rows that arrive above what is in view must not push it away. */
  #keepScrollPosition(): void {
    const rows = this.#state?.rows;
    const before = this.#shownRows;
    this.#shownRows = rows;
    if (!rows || !before || rows === before) return;
    const { row, offset } = this.#options.rows().top;
    const top = before[row];
    if (!top || (row === 0 && offset === 0) || rows[row]?.id === top.id) return;
    const now = rows.findIndex(entry => entry.id === top.id);
    if (now !== -1) this.#options.rows().scrollTo(now, offset);
  }

  #revealFolderLeft(): void {
    const state = this.#state;
    if (this.#revealPath === undefined || !state?.listing.hasFirstPage) return;
    const index = state.rows.findIndex(entry => entry.path === this.#revealPath);
    this.#revealPath = undefined;
    if (index === -1) return;
    state.focusRow(index);
    this.#options.rows().showRow(index);
  }

  readonly #onStorageChange = (event: StorageChangeEvent): void => {
    if (!event.folders.some(folder => toFolderPath(folder) === this.path)) return;
    this.#hasNews = true;
    this.#pacer.request();
    if (this.isComingAbout) this.#host.requestUpdate();
  };

  readonly #onOnline = (): void => {
    if (this.#state?.listing.error?.kind === 'wait') void this.#state.listing.retry();
  };
}

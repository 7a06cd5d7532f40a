import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { BrowserState } from '../../../core/browser-state.js';
import { displayName } from '../../../core/format.js';
import { BrowserErrorEvent, SelectionChangeEvent } from '../file-browser.events.js';
import { selectionText } from './status-bar.js';

export interface FolderNewsOptions {
  readonly localize: LocalizeController;
  readonly announce: (text: string) => void;
  readonly folder: () => string;
  readonly folderName: () => string;
  /** The first page is there. */
  readonly onOpened: () => void;
}

/** Tells the page and assistive technology what has become of the open folder: loaded, failed, selected. */
export class FolderNews {
  readonly #host: HTMLElement;
  readonly #options: FolderNewsOptions;
  #state: BrowserState | undefined;
  #wasOpened = false;
  #wasComplete = false;
  #lastError: Error | undefined;
  #selectionVersion = 0;
  /** Whether the last selection the page heard of had anything in it. */
  #hasSelection = false;
  #selectionTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, options: FolderNewsOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Call after each update. */
  tell(state: BrowserState | undefined): void {
    if (state !== this.#state) {
      this.#state = state;
      this.#wasOpened = false;
      this.#wasComplete = false;
      this.#lastError = undefined;
      this.#selectionVersion = 0;
      this.#tellSelectionLeft();
    }
    if (!state) return;
    this.#tellLoading(state);
    this.#tellError(state);
    this.#tellSelection(state);
  }

  stop(): void {
    clearTimeout(this.#selectionTimer);
  }

  #tellLoading({ listing, loadedCount }: BrowserState): void {
    const { localize, announce, folder, folderName, onOpened } = this.#options;
    if (listing.hasFirstPage && !this.#wasOpened) {
      this.#wasOpened = true;
      this.#wasComplete = listing.complete;
      const values = { folder: folderName(), count: loadedCount };
      if (listing.missing) announce(localize.text('browser.missing', { folder: displayName(folder()) }));
      else if (listing.complete) announce(localize.text('browser.announceOpened', values));
      else announce(localize.text('browser.announceOpenedPartly', values));
      // A first page shorter than the view.
      queueMicrotask(onOpened);
    } else if (this.#wasOpened && listing.complete && !this.#wasComplete) {
      this.#wasComplete = true;
      announce(localize.text('browser.announceComplete', { count: loadedCount }));
    }
  }

  #tellError({ listing: { error } }: BrowserState): void {
    if (error === this.#lastError) return;
    this.#lastError = error;
    if (error) this.#host.dispatchEvent(new BrowserErrorEvent(error));
  }

  /** The selection stays behind with its folder: a page that keeps count must hear of it. */
  #tellSelectionLeft(): void {
    if (!this.#hasSelection) return;
    this.#hasSelection = false;
    this.stop();
    this.#host.dispatchEvent(new SelectionChangeEvent([], false));
  }

  #tellSelection(state: BrowserState): void {
    const { selection, listing } = state;
    if (selection.version === this.#selectionVersion) return;
    this.#selectionVersion = selection.version;
    this.#hasSelection = !selection.isEmpty;
    this.#host.dispatchEvent(
      new SelectionChangeEvent(state.selected, selection.everything && !listing.complete),
    );
    // Shift and the arrow keys change it with every row; only the end of that is worth saying.
    this.stop();
    this.#selectionTimer = setTimeout(() => {
      const { localize, announce } = this.#options;
      const text = selectionText(state, localize);
      announce(text === '' ? localize.text('browser.announceNothingSelected') : text);
    }, 400);
  }
}

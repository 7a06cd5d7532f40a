import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Adapter } from '../../../adapters/adapter.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { Entry } from '../../../core/entry.js';
import { displayName } from '../../../core/format.js';
import { Listing } from '../../../core/listing.js';
import { comparator } from '../../../core/ordering.js';
import { nameOf, parentPath } from '../../../core/path.js';
import { chevronRightIcon, folderIcon, folderUpIcon } from '../../../styles/icons.js';
import { folderReader } from './read-folder.js';

export interface FolderPickerOptions {
  readonly localize: LocalizeController;
  readonly adapter: () => Adapter | undefined;
  /** Name of the top folder. */
  readonly rootName: () => string;
  readonly list: () => HTMLElement | null;
  /** The person has walked to another folder. */
  readonly onWalk: (path: string) => void;
}

/** Folders that are looked for by themselves, and the pages read for that; the person can ask for more. */
const enoughFolders = 200;
const pagesAtOnce = 5;

/**
 * A list of folders to walk through, next to a field for the path: both always say the same place. Keys: up and down
 * move, Enter or towards the end goes in, Backspace or towards the start goes up.
 */
export class FolderPicker {
  readonly #host: ReactiveControllerHost;
  readonly #options: FolderPickerOptions;
  /** Folders that have been looked into, so that going back up costs nothing. */
  readonly #listings = new Map<string, Listing>();
  #place: string | undefined;
  /** Beginning of a name, typed after the last slash. */
  #prefix = '';
  #refuses: (folder: string) => boolean = () => false;
  /** The one tab stop; undefined: the first. */
  #current: string | undefined;
  #focusNext: string | undefined;

  constructor(host: ReactiveControllerHost, options: FolderPickerOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Begins in a folder. `refuses`: folders that cannot be chosen. */
  open(folder: string, refuses: (folder: string) => boolean): void {
    this.close();
    this.#refuses = refuses;
    this.#show(folder);
  }

  close(): void {
    for (const listing of this.#listings.values()) listing.dispose();
    this.#listings.clear();
    this.#place = undefined;
    this.#prefix = '';
    this.#current = undefined;
    this.#focusNext = undefined;
  }

  /** Follows what is typed: up to the last slash it is a place, behind it the beginning of a name. */
  type(text: string): void {
    const path = text.trimStart().replace(/^\/+/, '');
    const end = path.lastIndexOf('/') + 1;
    this.#prefix = path.slice(end);
    this.#show(path.slice(0, end));
  }

  /** Call after each update: whoever walks keeps the focus in the list. */
  restoreFocus(): void {
    const list = this.#options.list();
    if (this.#focusNext === undefined || !list) return;
    const target = [...list.querySelectorAll<HTMLElement>('.folder-choice')].find(
      choice => choice.dataset.path === this.#focusNext,
    );
    const isWaiting = this.#listing?.activity !== 'idle';
    if (!target && isWaiting) {
      list.focus();
      return;
    }
    this.#focusNext = undefined;
    (target ?? list.querySelector<HTMLElement>('.folder-choice') ?? list).focus();
  }

  render(): TemplateResult | typeof nothing {
    const place = this.#place;
    const listing = this.#listing;
    if (place === undefined || !listing) return nothing;
    const { localize } = this.#options;
    const folders = this.#folders(listing);
    const paths = folders.map(({ path }) => path);
    const parent = place === '' ? undefined : parentPath(place);
    const stop =
      this.#current !== undefined && (paths.includes(this.#current) || this.#current === parent)
        ? this.#current
        : (parent ?? paths[0]);
    const shown = folders.slice(0, enoughFolders);
    return html`<div class="folders">
      <ul
        class="folder-list"
        part="folder-list"
        tabindex="-1"
        aria-label=${localize.text('browser.pickLabel', { folder: this.#nameOfFolder(place) })}
        aria-busy=${listing.activity === 'idle' ? 'false' : 'true'}
        @keydown=${this.#onKeyDown}
        @focusin=${this.#onFocusIn}
      >
        ${
          parent === undefined
            ? nothing
            : html`<li>
                <button
                  type="button"
                  class="folder-choice up"
                  part="folder-choice"
                  data-path=${parent}
                  tabindex=${stop === parent ? 0 : -1}
                  @click=${() => this.#walkUp()}
                >
                  ${folderUpIcon}<span class="folder-name" dir="auto">${localize.text('browser.pickUp', { folder: this.#nameOfFolder(parent) })}</span>
                </button>
              </li>`
        }
        ${shown.map(folder => this.#choice(folder, stop))}
      </ul>
      <p class="folder-note small muted" role="status">${this.#note(listing, folders.length)}</p>
    </div>`;
  }

  get #listing(): Listing | undefined {
    return this.#place === undefined ? undefined : this.#listings.get(this.#place);
  }

  #choice({ path, name }: Entry, stop: string | undefined): TemplateResult {
    const isRefused = this.#refuses(path);
    return html`<li>
      <button
        type="button"
        class="folder-choice"
        part="folder-choice"
        data-path=${path}
        tabindex=${stop === path ? 0 : -1}
        aria-disabled=${isRefused ? 'true' : nothing}
        title=${isRefused ? this.#options.localize.text('browser.destinationInside') : nothing}
        @click=${() => this.#walk(path)}
      >
        ${folderIcon}<span class="folder-name" dir="auto">${displayName(name) || '\u2423'}</span>
        <span class="folder-into" aria-hidden="true">${chevronRightIcon}</span>
      </button>
    </li>`;
  }

  /** What the list does not say by itself. */
  #note(listing: Listing, count: number): TemplateResult | string {
    const { localize } = this.#options;
    if (listing.error)
      return html`<span class="danger">${localize.error(listing.error)}</span>
        <button type="button" class="link-button" part="link" @click=${() => void this.#read(listing)}>
          ${localize.text('common.retry')}
        </button>`;
    if (listing.activity !== 'idle') return localize.text('browser.pickLoading');
    if (listing.missing) return localize.text('browser.pickMissing');
    if (count > enoughFolders) return localize.text('browser.pickNarrow', { shown: enoughFolders, count });
    if (!listing.complete)
      return html`${localize.text('browser.pickPartly')}
        <button type="button" class="link-button" part="link" @click=${() => void this.#read(listing)}>
          ${localize.text('browser.pickMore')}
        </button>`;
    if (count > 0) return '';
    return localize.text(this.#prefix === '' ? 'browser.pickNone' : 'browser.pickNoneSo', {
      name: this.#prefix,
    });
  }

  #folders(listing: Listing): readonly Entry[] {
    const { locale } = this.#options.localize;
    const prefix = this.#prefix.toLocaleLowerCase(locale);
    return listing.entries
      .filter(({ kind, name }) => kind === 'folder' && name.toLocaleLowerCase(locale).startsWith(prefix))
      .sort(comparator({ key: 'name', direction: 'ascending' }, { locale }));
  }

  #nameOfFolder(path: string): string {
    return displayName(nameOf(path) || this.#options.rootName());
  }

  #show(place: string): void {
    const adapter = this.#options.adapter();
    if (!adapter) return;
    if (place !== this.#place) {
      // What was only typed past is not worth finishing.
      this.#listing?.pauseAll();
      this.#place = place;
      this.#current = undefined;
      let listing = this.#listings.get(place);
      if (!listing) {
        listing = new Listing({
          readPage: folderReader(adapter, place),
          onChange: () => this.#host.requestUpdate(),
        });
        this.#listings.set(place, listing);
      }
      if (!listing.hasFirstPage) void this.#read(listing);
    }
    this.#host.requestUpdate();
  }

  /** Reads on until there are folders enough, or it has been looked for long enough. */
  async #read(listing: Listing): Promise<void> {
    const before = this.#folders(listing).length;
    for (let page = 0; page < pagesAtOnce && !listing.complete; page++) {
      await listing.loadMore();
      if (listing.error || this.#folders(listing).length >= before + enoughFolders) return;
      if (this.#listing !== listing) return;
    }
  }

  #walk(path: string): void {
    if (this.#refuses(path)) return;
    this.#go(path, parentPath(path));
  }

  /** Going up lands on the folder one comes from. */
  #walkUp(): void {
    const place = this.#place;
    if (place) this.#go(parentPath(place), place);
  }

  #go(path: string, focus: string): void {
    this.#prefix = '';
    this.#focusNext = focus;
    this.#show(path);
    this.#options.onWalk(path);
  }

  readonly #onFocusIn = (event: FocusEvent): void => {
    const { path } = (event.target as HTMLElement).dataset;
    if (path === undefined || path === this.#current) return;
    this.#current = path;
    this.#host.requestUpdate();
  };

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const list = event.currentTarget as HTMLElement;
    const choices = [...list.querySelectorAll<HTMLElement>('.folder-choice')];
    const at = choices.indexOf(event.target as HTMLElement);
    const [inward, outward] =
      getComputedStyle(list).direction === 'rtl' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    const last = choices.length - 1;
    const target = {
      ArrowDown: Math.min(at + 1, last),
      ArrowUp: Math.max(at - 1, 0),
      Home: 0,
      End: last,
    }[event.key];
    if (target !== undefined) choices[target]?.focus();
    else if (event.key === outward || event.key === 'Backspace') this.#walkUp();
    else if (event.key === inward && choices[at] && !choices[at].classList.contains('up'))
      choices[at].click();
    else return;
    event.preventDefault();
  };
}

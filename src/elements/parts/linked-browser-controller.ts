import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Adapter } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import type { TransferManager } from '../../transfer/manager.js';

/** What this element needs of a `<file-browser>`. By shape, so that the browser is not loaded for its type alone. */
export interface LinkedBrowser extends HTMLElement {
  readonly path?: string;
  readonly backend?: string | undefined;
  readonly adapter?: Adapter | undefined;
  readonly manager?: TransferManager | undefined;
  /** What is selected, as far as it is loaded. */
  readonly selectedEntries?: readonly (Pick<Entry, 'path'> & Partial<Entry>)[];
  readonly isEverythingSelected?: boolean;
  refresh?(): unknown;
  addController?(controller: ReactiveController): void;
  removeController?(controller: ReactiveController): void;
}

/** Follows the file browser named by `for`, which may come into the page later than this element. */
export class LinkedBrowserController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #id: () => string | undefined;
  #browser: LinkedBrowser | undefined;
  #isLost = false;
  #stop: AbortController | undefined;
  #retry: MutationObserver | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, id: () => string | undefined) {
    this.#host = host;
    this.#id = id;
    host.addController(this);
  }

  get browser(): LinkedBrowser | undefined {
    return this.#browser;
  }

  /** The browser while it shows a storage: not after the bucket, record or workspace it showed was deleted. */
  get source(): LinkedBrowser | undefined {
    return this.#isLost ? undefined : this.#browser;
  }

  /** The browser listens to its own manager; this is for one that works on another manager of the same storage. */
  refreshFor(manager: TransferManager | undefined, backend: string | undefined): void {
    const browser = this.#browser;
    if (!browser?.refresh || browser.manager === manager) return;
    if (!browser.manager && browser.backend === backend && browser.backend) return;
    void browser.refresh();
  }

  hostUpdate(): void {
    if (this.#host.isConnected) this.#find();
  }

  hostConnected(): void {
    this.#find();
  }

  hostDisconnected(): void {
    this.#retry?.disconnect();
    this.#retry = undefined;
    this.#follow(undefined);
  }

  #find(): void {
    const id = this.#id();
    const root = this.#host.getRootNode() as Document | ShadowRoot;
    const found = id ? (root.getElementById?.(id) as LinkedBrowser | null) : null;
    if (!id || found) {
      this.#retry?.disconnect();
      this.#retry = undefined;
    } else if (!this.#retry) {
      this.#retry = new MutationObserver(() => {
        if (root.getElementById?.(id)) this.#host.requestUpdate();
      });
      this.#retry.observe(root, {
        childList: true,
        subtree: true,
        attributes: true,
        attributeFilter: ['id'],
      });
    }
    if ((found ?? undefined) !== this.#browser) this.#follow(found ?? undefined);
  }

  #follow(browser: LinkedBrowser | undefined): void {
    this.#stop?.abort();
    this.#browser = browser;
    this.#isLost = false;
    if (!browser) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const update = () => this.#host.requestUpdate();
    for (const type of ['path-change', 'selection-change'])
      browser.addEventListener(type, update, { signal });
    const follow = (event: Event & { readonly id?: string | undefined }) => {
      this.#isLost = event.id === undefined;
      update();
    };
    browser.addEventListener('container-change', follow, { signal });
    const watch = () => {
      this.#watch(browser, signal);
      update();
    };
    // Its properties mean something only once it is defined.
    if (browser.matches(':defined')) watch();
    else void customElements.whenDefined(browser.localName).then(() => signal.aborted || watch());
  }

  /** A page that gives the browser its storage, or another one, causes no event there, but an update. */
  #watch(browser: LinkedBrowser, signal: AbortSignal): void {
    let { manager, adapter, backend } = browser;
    const watcher: ReactiveController = {
      hostUpdated: () => {
        if (browser.manager === manager && browser.adapter === adapter && browser.backend === backend) return;
        ({ manager, adapter, backend } = browser);
        this.#isLost = false;
        this.#host.requestUpdate();
      },
    };
    browser.addController?.(watcher);
    signal.addEventListener('abort', () => browser.removeController?.(watcher), { once: true });
  }
}

import type { Adapter } from '../../../adapters/adapter.js';
import { ContainerChangeEvent, PathChangeEvent } from '../file-browser.events.js';
import type { BrowserHost } from './browser-host.js';
import type { ContainerSwitcher } from './container-switcher.js';

export interface ContainerFamilyOptions {
  readonly adapter: () => Adapter | undefined;
  readonly switcher: () => ContainerSwitcher;
  /** The element's `adapter` or `manager` has been set here. */
  readonly onShow: () => void;
  readonly folder: () => string;
}

/**
 * Which bucket, record or workspace is shown: brings the element's `container` and its adapter together. Keeps the
 * adapters of one storage by container, so that coming back finds the transfers there again.
 */
export class ContainerFamily {
  readonly #host: BrowserHost;
  readonly #options: ContainerFamilyOptions;
  readonly #adapters = new Map<string, Adapter>();
  /** What opening each of them offered then: a page may have taken functions away from its own adapter. */
  readonly #offers = new Map<string, string>();
  #shown: Adapter | undefined;

  constructor(host: BrowserHost, options: ContainerFamilyOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Call before each update; whichever the page has set last leads. `isSet`: `container` has been. */
  update(isSet: boolean): void {
    const { adapter: shownNow, switcher, onShow } = this.#options;
    const adapter = shownNow();
    if (!adapter) return;
    const isNew = adapter !== this.#shown;
    const isFirst = this.#shown === undefined;
    this.#shown = adapter;
    const { containers } = adapter;
    if (isNew) {
      this.#adapters.clear();
      switcher().reset();
      if (containers?.current !== undefined) this.#keep(containers.current, adapter);
    }
    if (!containers) return;
    const wish = isSet || (isFirst && isNew) ? this.#host.container : undefined;
    const { isUnchosen } = switcher();
    if (wish === undefined || (wish === containers.current && !isUnchosen)) {
      this.#host.container = isUnchosen ? undefined : containers.current;
      return;
    }
    // Deleted here, and wished for again: the page has made it anew.
    if (switcher().isGone(wish)) switcher().renew(wish);
    this.#show(wish);
    onShow();
  }

  /** Shows another one as the person wishes, and tells the page. `again`: what it allows may have changed. */
  switchTo(container: string, again: boolean): void {
    const host = this.#host;
    const before = host.container;
    if (again) this.#adapters.delete(container);
    else if (container === before && this.#options.adapter()?.containers?.current === container) {
      host.requestUpdate();
      return;
    }
    this.#show(container);
    this.#tell(container !== before);
  }

  /** There is no such container any more, or it goes by another id. */
  forget(container: string): void {
    this.#adapters.delete(container);
  }

  /** The one that was shown is gone. */
  showNone(): void {
    const host = this.#host;
    if (host.container !== undefined) this.#adapters.delete(host.container);
    host.container = undefined;
    this.#tell(true);
    // The button that led here may be gone too; the next thing to do is to choose another one.
    void host.updateComplete.then(() => {
      if (!host.shadowRoot?.activeElement)
        host.shadowRoot?.querySelector<HTMLElement>('.container-switch')?.focus();
    });
  }

  #tell(isOther: boolean): void {
    const host = this.#host;
    const folder = isOther ? this.#options.folder() : '';
    if (isOther) host.path = '';
    const { container } = host;
    host.dispatchEvent(
      new ContainerChangeEvent(container, container === undefined ? undefined : host.adapter),
    );
    if (folder !== '') host.dispatchEvent(new PathChangeEvent(''));
  }

  #show(container: string): void {
    const kept = this.#adapters.get(container);
    const opened = this.#options.adapter()!.containers!.open(container);
    const isKept = kept !== undefined && this.#offers.get(container) === functionsOf(opened);
    // Another thing by the same id: a draft to change the description of a record that was published meanwhile.
    if (kept && !isKept) this.#options.switcher().renew(container);
    const adapter = isKept ? kept : opened;
    this.#keep(container, adapter, opened);
    this.#shown = adapter;
    this.#host.container = container;
    this.#host.adapter = adapter;
    this.#host.manager = undefined;
  }

  #keep(container: string, adapter: Adapter, opened = adapter.containers!.open(container)): void {
    this.#adapters.set(container, adapter);
    this.#offers.set(container, functionsOf(opened));
  }
}

/** Opening sends nothing, and says by its functions what the container allows as far as the storage has told. */
function functionsOf(adapter: Adapter): string {
  return Object.entries(adapter)
    .flatMap(([name, value]) => (typeof value === 'function' ? name : []))
    .sort()
    .join();
}

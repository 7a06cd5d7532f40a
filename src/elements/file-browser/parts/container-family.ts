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
      if (containers?.current !== undefined) this.#adapters.set(containers.current, adapter);
    }
    if (!containers) return;
    const wish = isSet || (isFirst && isNew) ? this.#host.container : undefined;
    if (wish === undefined || wish === containers.current) {
      this.#host.container = switcher().isUnchosen ? undefined : containers.current;
      return;
    }
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
    const adapter = this.#adapters.get(container) ?? this.#options.adapter()!.containers!.open(container);
    this.#adapters.set(container, adapter);
    this.#shown = adapter;
    this.#host.container = container;
    this.#host.adapter = adapter;
    this.#host.manager = undefined;
  }
}

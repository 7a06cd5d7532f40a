import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Width of a part of the host in CSS pixels; the host is rendered again when it changes. */
export class ElementWidthController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #find: () => HTMLElement | null;
  #element: HTMLElement | undefined;
  #observer: ResizeObserver | undefined;
  #width: number | undefined;

  constructor(host: ReactiveControllerHost, find: () => HTMLElement | null) {
    this.#host = host;
    this.#find = find;
    host.addController(this);
  }

  /** Undefined until it has been measured. */
  get width(): number | undefined {
    return this.#width;
  }

  hostUpdated(): void {
    const element = this.#find() ?? undefined;
    if (element === this.#element) return;
    this.#observer?.disconnect();
    this.#element = element;
    if (!element) return;
    this.#observer = new ResizeObserver(([entry]) => {
      const width = Math.round(entry!.contentRect.width);
      if (width === this.#width) return;
      this.#width = width;
      this.#host.requestUpdate();
    });
    this.#observer.observe(element);
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#element = undefined;
  }
}

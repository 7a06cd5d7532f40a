import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { VirtualRowsController } from '../../../controllers/virtual-rows-controller.js';

export interface RowHeightOptions {
  /** Something as high as a row, which the style sheets decide. */
  readonly probe: () => HTMLElement | null;
  readonly rows: () => VirtualRowsController;
}

/** Height of a row in pixels. When it changes, the first row in view stays the first. */
export class RowHeight implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly isConnected: boolean };
  readonly #options: RowHeightOptions;
  #observer: ResizeObserver | undefined;
  #value = 36;

  constructor(host: ReactiveControllerHost & { readonly isConnected: boolean }, options: RowHeightOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  get value(): number {
    return this.#value;
  }

  hostUpdated(): void {
    const probe = this.#options.probe();
    if (this.#observer || !this.#host.isConnected || !probe) return;
    this.#observer = new ResizeObserver(() => {
      const height = probe.getBoundingClientRect().height;
      if (height <= 0 || height === this.#value) return;
      const rows = this.#options.rows();
      const { row, offset } = rows.top;
      this.#value = height;
      rows.scrollTo(row, Math.min(offset, height));
      this.#host.requestUpdate();
    });
    this.#observer.observe(probe);
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
  }
}

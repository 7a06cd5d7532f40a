import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Adapter } from '../../../adapters/adapter.js';
import { TransferError } from '../../../core/errors.js';

/** More files than this are not asked for one by one just to show a number. */
const mostFiles = 8;

/**
 * The size of the files a button stands for: asked once, and not before the button comes into view, as a page may
 * hold hundreds of them.
 */
export class SizeController implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  #observer: IntersectionObserver | undefined;
  #visible = false;
  #asked: { readonly adapter: Adapter; readonly key: string; readonly stop: AbortController } | undefined;
  #adapter: Adapter | undefined;
  #paths: readonly string[] = [];

  /** Bytes; undefined while unknown. */
  size: number | undefined;
  /** First path that the storage does not have. */
  missing: string | undefined;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer = new IntersectionObserver(
      entries => {
        if (!entries.some(entry => entry.isIntersecting)) return;
        this.#visible = true;
        this.#observer?.disconnect();
        this.#ask();
      },
      { rootMargin: '200px' },
    );
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#visible = false;
    this.#asked?.stop.abort();
    this.#asked = undefined;
  }

  /** Call before each render with what the button stands for now; `adapter` undefined: do not ask. */
  want(adapter: Adapter | undefined, paths: readonly string[]): void {
    this.#adapter = adapter;
    this.#paths = paths;
    if (this.#visible) this.#ask();
  }

  #ask(): void {
    const adapter = this.#adapter;
    const paths = this.#paths;
    const key = paths.join('\n');
    if (this.#asked?.adapter === adapter && this.#asked?.key === key) return;
    this.#asked?.stop.abort();
    this.#asked = undefined;
    this.size = undefined;
    this.missing = undefined;
    if (!adapter?.stat || paths.length === 0 || paths.length > mostFiles) return;
    if (paths.some(path => path.endsWith('/') || path === '')) return;
    const stop = new AbortController();
    this.#asked = { adapter, key, stop };
    void this.#sum(adapter, paths, stop.signal);
  }

  async #sum(adapter: Adapter, paths: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      const entries = await Promise.all(paths.map(path => adapter.stat!(path, { signal })));
      if (signal.aborted) return;
      this.missing = paths.find((_, index) => entries[index] === undefined);
      const sizes = entries.map(entry => entry?.size);
      if (!this.missing && sizes.every(size => size !== undefined))
        this.size = sizes.reduce((sum, size) => sum + size, 0);
    } catch (error) {
      if (signal.aborted) return;
      // The number is an extra. Only a plain "not there" is worth saying before somebody presses.
      if (error instanceof TransferError && error.reason === 'not-found')
        this.missing = error.path ?? paths[0];
    }
    this.#host.requestUpdate();
  }
}

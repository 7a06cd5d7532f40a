import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { TransferError } from '../../../core/errors.js';
import { parentPath } from '../../../core/path.js';
import type { TransferManager } from '../../../transfer/manager.js';
import type { StorageChangeEvent } from '../../../transfer/types.js';
import { type Extent, extentOf, isFolderPath } from './extent.js';

/** What a button needs to know of its storage. */
export type SizeSource = Pick<TransferManager, 'adapter' | 'addEventListener'>;

/** More paths than this are not asked for one by one just to show a number. */
const mostPaths = 8;
/** The storage is asked again when it has been quiet for this long after a change, in milliseconds… */
const quietTime = 500;
/** …and while it does not come to rest, this often. */
const mostPatience = 10_000;

/**
 * The size of the files and folders a button stands for: asked when the button comes into view, as a page may hold hundreds of
 * them, and again when the page itself has changed something in their folders.
 */
export class SizeController implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  #observer: IntersectionObserver | undefined;
  #visible = false;
  #asked: { readonly source: SizeSource; readonly key: string; readonly stop: AbortController } | undefined;
  #source: SizeSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #changedAt = 0;
  #paths: readonly string[] = [];

  #extent: Extent | undefined;
  #missing: string | undefined;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    host.addController(this);
  }

  /** What is known of it; undefined while nothing is. */
  get extent(): Extent | undefined {
    return this.#extent;
  }

  /** First path that the storage does not have. */
  get missing(): string | undefined {
    return this.#missing;
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
    this.#forget();
  }

  /** Call before each render with what the button stands for now; `source` undefined: do not ask. */
  want(source: SizeSource | undefined, paths: readonly string[]): void {
    this.#source = source;
    this.#paths = paths;
    if (this.#visible) this.#ask();
  }

  #ask(): void {
    const source = this.#source;
    const paths = this.#paths;
    const key = paths.join('\n');
    if (this.#asked?.source === source && this.#asked?.key === key) return;
    this.#forget();
    this.#extent = undefined;
    this.#missing = undefined;
    if (!source || paths.length === 0 || paths.length > mostPaths) return;
    if (!source.adapter.stat && !paths.every(isFolderPath)) return;
    const stop = new AbortController();
    this.#asked = { source, key, stop };
    source.addEventListener('storagechange', this.#onStorageChange, stop);
    void this.#sum(source, paths, stop.signal);
  }

  #forget(): void {
    this.#asked?.stop.abort();
    this.#asked = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #onStorageChange = ({ folders }: StorageChangeEvent): void => {
    const concerns = (path: string): boolean =>
      isFolderPath(path)
        ? folders.some(folder => folder.startsWith(path) || path.startsWith(folder))
        : folders.includes(parentPath(path));
    if (!this.#paths.some(concerns)) return;
    if (this.#timer === undefined) this.#changedAt = Date.now();
    clearTimeout(this.#timer);
    const wait = Math.min(quietTime, this.#changedAt + mostPatience - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#asked) void this.#sum(this.#asked.source, this.#paths, this.#asked.stop.signal);
    }, wait);
  };

  async #sum({ adapter }: SizeSource, paths: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      const extent = await extentOf(adapter, paths, signal);
      if (signal.aborted) return;
      this.#extent = extent;
      this.#missing = extent.missing;
    } catch (error) {
      if (signal.aborted) return;
      // The number is an extra. Only a plain "not there" is worth saying before somebody presses.
      if (error instanceof TransferError && error.reason === 'not-found')
        this.#missing = error.path ?? paths[0];
    }
    this.#host.requestUpdate();
  }
}

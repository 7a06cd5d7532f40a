import type { Container, Containers } from '../../../adapters/adapter.js';
import { readLabel } from './container-values.js';

/** The containers to choose from, page by page, as far as a filter lets them through. */
export class ContainerList {
  readonly #onChange: () => void;
  #containers: Containers | undefined;
  #stop: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next: string | undefined;
  #query = '';
  #label = '';
  items: readonly Container[] = [];
  isLoading = false;
  error: unknown;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  get query(): string {
    return this.#query;
  }

  get label(): string {
    return this.#label;
  }

  get isFiltered(): boolean {
    return this.#query.trim() !== '' || readLabel(this.#label) !== undefined;
  }

  /** Reads the first page anew, without a filter. */
  open(containers: Containers): void {
    this.#containers = containers;
    this.#query = '';
    this.#label = '';
    this.items = [];
    this.reload();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop?.abort();
    this.isLoading = false;
  }

  /** Filters once the person pauses; what was found stays until then. */
  filter(change: { readonly query?: string; readonly label?: string }): void {
    this.#query = change.query ?? this.#query;
    this.#label = change.label ?? this.#label;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.reload(), 250);
  }

  reload(): void {
    clearTimeout(this.#timer);
    void this.#load(undefined);
  }

  more(): void {
    if (this.#next !== undefined && !this.isLoading) void this.#load(this.#next);
  }

  async #load(token: string | undefined): Promise<void> {
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    const { signal } = stop;
    this.isLoading = true;
    this.error = undefined;
    this.#onChange();
    const label = readLabel(this.#label);
    const query = this.#query.trim();
    try {
      const page = await this.#containers!.list({
        signal,
        ...(token === undefined ? {} : { token }),
        ...(query === '' ? {} : { query }),
        ...(label ? { labels: { [label[0]]: label[1] } } : {}),
      });
      if (signal.aborted) return;
      this.items = token === undefined ? page.containers : [...this.items, ...page.containers];
      this.#next = page.next;
    } catch (error) {
      if (signal.aborted) return;
      this.error = error;
    }
    this.isLoading = false;
    this.#onChange();
  }
}

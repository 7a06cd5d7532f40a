import type { Entry, ListPage } from './entry.js';
import { repeatedToken, TransferError } from './errors.js';

/** Reads one page of the folder a `Listing` is about. */
export type ReadPage = (options: { token?: string; signal: AbortSignal }) => Promise<ListPage>;

/** What a listing is doing. `rest`: it reads page after page until the folder is complete. */
export type ListingActivity = 'idle' | 'first' | 'next' | 'rest' | 'refresh';

/** `append`: `added` came behind the known entries. `replace`: any entry may differ. `state`: only the state did. */
export type ListingChange =
  | { readonly kind: 'append'; readonly added: readonly Entry[] }
  | { readonly kind: 'replace' }
  | { readonly kind: 'state' };

export interface ListingOptions {
  readonly readPage: ReadPage;
  readonly onChange: (change: ListingChange) => void;
}

function asTransferError(error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  return new TransferError(
    'The folder could not be listed. Try again; if it fails again, tell whoever runs this site.',
    {
      kind: 'fatal',
      reason: 'unknown',
      cause: error,
    },
  );
}

/**
 * The loaded part of one folder: pages read by continuation token, in the storage's order, and how complete that is.
 * What is loaded is never lost to a failed page or a failed refresh.
 */
export class Listing {
  #entries: Entry[] = [];
  #ids = new Set<string>();
  #next: string | undefined;
  #complete = false;
  #total: number | undefined;
  #activity: ListingActivity = 'idle';
  #error: TransferError | undefined;
  #failed: Exclude<ListingActivity, 'idle'> | undefined;
  #hasFirstPage = false;
  #missing = false;
  #patches = 0;
  #disposed = false;
  #running: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;
  readonly #readPage: ReadPage;
  readonly #onChange: (change: ListingChange) => void;

  constructor({ readPage, onChange }: ListingOptions) {
    this.#readPage = readPage;
    this.#onChange = onChange;
  }

  /** Loaded entries in the storage's order. Do not change. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Whether the folder has no further pages. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Number of entries in the folder: counted when complete, else as the storage says, else unknown. */
  get total(): number | undefined {
    return this.#complete ? this.#entries.length : this.#total;
  }

  /** Whether at least one page has arrived, be it empty. */
  get hasFirstPage(): boolean {
    return this.#hasFirstPage;
  }

  /** Whether the folder itself is not there, as far as the storage tells. */
  get missing(): boolean {
    return this.#missing && this.#entries.length === 0;
  }

  get activity(): ListingActivity {
    return this.#activity;
  }

  /** Why the last request failed; cleared by the next success. */
  get error(): TransferError | undefined {
    return this.#error;
  }

  /** What `error` was about. */
  get failed(): Exclude<ListingActivity, 'idle'> | undefined {
    return this.#failed;
  }

  /** Reads the first page. */
  async load(): Promise<void> {
    await this.#run('first', signal => this.#readNext(signal));
  }

  /** Reads the next page, unless something is being read already. Resolves when that is done, failed or not. */
  async loadMore(): Promise<void> {
    if (this.#running) return this.#running.ended;
    if (this.#complete) return;
    await this.#run(this.#hasFirstPage ? 'next' : 'first', signal => this.#readNext(signal));
  }

  /** Reads all further pages. Resolves to whether the folder is complete now; never rejects. */
  async loadRest(): Promise<boolean> {
    while (this.#running && this.#activity !== 'rest') await this.#running.ended;
    if (this.#running) await this.#running.ended;
    else if (!this.#complete) {
      await this.#run('rest', async signal => {
        while (!this.#complete) await this.#readNext(signal);
      });
    }
    return this.#complete;
  }

  /** Stops `loadRest`; what has arrived stays. */
  stopRest(): void {
    if (this.#activity === 'rest') this.#running?.abort.abort();
  }

  /** Repeats what failed. */
  async retry(): Promise<void> {
    if (this.#failed === 'refresh') await this.refresh();
    else if (this.#failed === 'rest') await this.loadRest();
    else await this.loadMore();
  }

  /**
   * Reads again as much as is loaded, at least one page, and replaces the entries when all of it has arrived. A
   * change made meanwhile by `patch` makes what was read stale: then it reads once more.
   */
  async refresh(): Promise<void> {
    while (this.#running) {
      if (this.#activity === 'rest') this.stopRest();
      await this.#running.ended;
    }
    if (!this.#hasFirstPage) return this.load();
    const wanted = this.#complete ? Number.POSITIVE_INFINITY : this.#entries.length;
    await this.#run('refresh', async signal => {
      for (;;) {
        const patches = this.#patches;
        const entries: Entry[] = [];
        const ids = new Set<string>();
        let page: ListPage | undefined;
        do {
          const token: string | undefined = page?.next;
          page = await this.#read(token, signal);
          if (page.next !== undefined && page.next === token) throw repeatedToken();
          for (const entry of page.entries) {
            if (ids.has(entry.id)) continue;
            ids.add(entry.id);
            entries.push(entry);
          }
        } while (page.next !== undefined && entries.length < wanted);
        if (patches !== this.#patches) continue;
        this.#entries = entries;
        this.#ids = ids;
        this.#take(page);
        this.#onChange({ kind: 'replace' });
        return;
      }
    });
  }

  /** Writes a known change into the loaded entries: what a finished operation removed and what it put. */
  patch(change: { readonly removed?: Iterable<string>; readonly put?: readonly Entry[] }): void {
    this.#patches++;
    const removed = new Set(change.removed);
    const put = new Map((change.put ?? []).map(entry => [entry.id, entry]));
    const kept = this.#entries.filter(entry => !removed.has(entry.id) && !put.has(entry.id));
    this.#entries = kept.concat([...put.values()]);
    this.#ids = new Set(this.#entries.map(entry => entry.id));
    if (this.#total !== undefined) this.#total = Math.max(this.#total, this.#entries.length);
    this.#onChange({ kind: 'replace' });
  }

  /** Aborts what is running; what has arrived stays, and listing can go on later. */
  pauseAll(): void {
    this.#running?.abort.abort();
  }

  /** Aborts what is running and stays silent from now on. */
  dispose(): void {
    this.#disposed = true;
    this.#running?.abort.abort();
  }

  async #run(
    activity: Exclude<ListingActivity, 'idle'>,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    if (this.#disposed) return;
    const abort = new AbortController();
    let end = () => {};
    const ended = new Promise<void>(resolve => (end = resolve));
    this.#running = { abort, ended };
    this.#activity = activity;
    this.#error = undefined;
    this.#failed = undefined;
    this.#changed({ kind: 'state' });
    try {
      await work(abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) {
        this.#error = asTransferError(error);
        this.#failed = activity;
      }
    }
    this.#running = undefined;
    this.#activity = 'idle';
    end();
    this.#changed({ kind: 'state' });
  }

  async #readNext(signal: AbortSignal): Promise<void> {
    const page = await this.#read(this.#next, signal);
    if (page.next !== undefined && page.next === this.#next) throw repeatedToken();
    const added: Entry[] = [];
    // A storage that pages by number repeats entries when something is added meanwhile.
    for (const entry of page.entries) {
      if (this.#ids.has(entry.id)) continue;
      this.#ids.add(entry.id);
      this.#entries.push(entry);
      added.push(entry);
    }
    this.#take(page);
    this.#changed({ kind: 'append', added });
  }

  #take(page: ListPage): void {
    this.#next = page.next;
    this.#complete = page.next === undefined;
    this.#total = page.total;
    this.#hasFirstPage = true;
    this.#missing = page.missing === true;
  }

  async #read(token: string | undefined, signal: AbortSignal): Promise<ListPage> {
    const page = await this.#readPage({ ...(token === undefined ? {} : { token }), signal });
    signal.throwIfAborted();
    return page;
  }

  #changed(change: ListingChange): void {
    if (!this.#disposed) this.#onChange(change);
  }
}

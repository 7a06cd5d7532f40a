import { JournalLocks } from './journal-locks.js';
import { JournalNews } from './journal-news.js';

/**
 * Records in IndexedDB that all tabs of an origin share: which tab works on which, what tells the others, and writes that
 * are collected and run beside the transfers, one after another.
 */
export abstract class SharedJournal {
  protected readonly locks: JournalLocks;
  protected readonly news: JournalNews;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #sweeping: Promise<void> | undefined;

  constructor(kind: 'upload' | 'download', locks = new JournalLocks(kind)) {
    this.locks = locks;
    this.news = new JournalNews(`${kind}s`);
    // The last chance of a page that is left: what is asked for now is still written.
    globalThis.addEventListener?.('pagehide', () => void this.flush());
  }

  /** Writes what was told so far. Never rejects. */
  protected abstract write(): Promise<void>;

  /** Removes records that last moved before `before`, milliseconds since 1970. */
  protected abstract sweep(before: number): Promise<void>;

  /** Writes within so many milliseconds, unless that is to happen already. */
  protected writeWithin(milliseconds: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), milliseconds);
  }

  /** Resolves when everything told so far is written, or cannot be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.write());
    return this.#writing;
  }

  /** Before records are read: all that was told is written, and what is long forgotten is gone, once a page. */
  protected async upToDate(): Promise<void> {
    await this.flush();
    this.#sweeping ??= this.sweep(Date.now() - forgottenAfter).catch(() => {});
    await this.#sweeping;
  }

  async claim(id: string): Promise<boolean> {
    const mine = await this.locks.claim(id);
    if (mine) this.news.tell();
    return mine;
  }

  release(id: string): void {
    void this.locks.release(id).then(() => this.news.tell());
  }

  owns(id: string): boolean {
    return this.locks.owns(id);
  }

  async owned(): Promise<ReadonlySet<string>> {
    const all = await this.locks.all();
    for (const id of all) if (!this.locks.owns(id)) this.locks.watch(id, () => this.news.tellHere());
    return all;
  }

  onChange(listener: () => void): () => void {
    return this.news.onChange(listener);
  }
}

/** Records that their own storage's page has not expired by then are of storages that are no more. Milliseconds. */
const forgottenAfter = 60 * 24 * 60 * 60 * 1000;

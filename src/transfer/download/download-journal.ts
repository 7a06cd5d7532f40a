import type { JournalLocks } from '../journal-locks.js';
import { SharedJournal } from '../shared-journal.js';
import { reassignStaged } from '../sinks/staged-journal.js';
import { DownloadDatabase } from './download-database.js';
import type { DownloadExtent, DownloadJournalPort, DownloadRecord, KeptDownload } from './kept-downloads.js';
import { isSameDownload } from './same-download.js';

/** What is told is collected for so long before it is written; what ends sooner is never written. Milliseconds. */
const writeAfter = 250;

const entriesPerMillisecond = 10;

/** What could not be written is tried again after so long, each further time after twice as long. Milliseconds. */
const triesAgain = { first: 1000, most: 60_000 };

/** Where it is switched off, the very mention of it may throw. */
function hasDatabases(): boolean {
  try {
    return typeof indexedDB !== 'undefined';
  } catch {
    return false;
  }
}

interface Own {
  readonly record: DownloadRecord;
  readonly extent: () => DownloadExtent;
  /** Whether it is on record, or may be soon. */
  state: 'new' | 'being-written' | 'written';
}

export interface DownloadJournalOptions {
  readonly database?: DownloadDatabase;
  readonly locks?: JournalLocks;
}

/** The journal in IndexedDB, shared by all tabs of an origin. Where nothing can be kept downloads go on all the same. */
export class DownloadJournal extends SharedJournal implements DownloadJournalPort {
  readonly #database: DownloadDatabase;
  /** Downloads that this page works on. */
  readonly #own = new Map<string, Own>();
  readonly #touched = new Set<string>();
  #finished = new Map<string, string[]>();
  #ended = new Set<string>();
  /** Writes in a row that have failed. */
  #failures = 0;

  constructor({ database = new DownloadDatabase(), locks }: DownloadJournalOptions = {}) {
    super('download', locks);
    this.#database = database;
  }

  // ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

  begun(record: DownloadRecord, extent: () => DownloadExtent): void {
    const { id } = record;
    const isEarlier = this.locks.owns(id);
    this.#own.set(id, { record, extent, state: isEarlier ? 'written' : 'new' });
    if (!isEarlier) {
      this.locks.take(id);
      void this.#replace(record).catch(() => {});
    }
    this.touched(id);
  }

  touched(id: string): void {
    if (!this.#own.has(id)) return;
    this.#touched.add(id);
    // The list of what was asked for is written each time; a hundred thousand entries are written every few seconds.
    const size = this.#own.get(id)!.record.asked.length;
    this.writeWithin(writeAfter + size / entriesPerMillisecond);
  }

  fileDone(id: string, file: string): void {
    if (!this.#own.has(id)) return;
    const files = this.#finished.get(id) ?? [];
    files.push(file);
    this.#finished.set(id, files);
    this.touched(id);
  }

  ended(id: string): void {
    const own = this.#own.get(id);
    if (!own && !this.locks.owns(id)) return;
    this.#own.delete(id);
    this.#touched.delete(id);
    this.#finished.delete(id);
    if (own?.state === 'new') {
      this.release(id);
      return;
    }
    this.#ended.add(id);
    // Given back once that is written: else it would be offered as interrupted.
    void this.flush();
  }

  left(id: string): void {
    void this.flush().then(() => this.release(id));
  }

  protected override async write(): Promise<void> {
    const touched = [...this.#touched].flatMap(id => this.#own.get(id) ?? []);
    const finished = this.#finished;
    const ended = this.#ended;
    this.#touched.clear();
    this.#finished = new Map();
    this.#ended = new Set();
    if (touched.length + finished.size + ended.size === 0) return;
    // What is on record and nobody's is offered in other tabs: so it is this page's first.
    await this.locks.settled(touched.map(({ record }) => record.id));
    // Some may have ended meanwhile.
    const live = touched.filter(own => this.#own.get(own.record.id) === own);
    for (const id of finished.keys()) if (!this.#own.has(id)) finished.delete(id);
    const fresh = live.filter(({ state }) => state !== 'written');
    for (const own of fresh) own.state = 'being-written';
    try {
      const updated = Date.now();
      const rows = live.map(({ record, extent }) => ({ ...record, ...extent(), updated }));
      const unkept = await this.#database.write({ rows, finished, ended });
      this.#failures = 0;
      for (const own of fresh) own.state = 'written';
      for (const id of [...unkept, ...ended]) this.release(id);
    } catch {
      // Nothing can be kept now. Downloads go on, and the next write has all that this one should have had.
      for (const [id, files] of finished) {
        if (this.#own.has(id)) this.#finished.set(id, [...files, ...(this.#finished.get(id) ?? [])]);
      }
      for (const own of fresh) own.state = 'new';
      for (const { record } of live) if (this.#own.has(record.id)) this.#touched.add(record.id);
      for (const id of ended) this.#ended.add(id);
      this.#tryAgain();
      return;
    }
    if (fresh.length + ended.size > 0) this.news.tell();
  }

  /** Else what has ended would stay on record, and this page's, until something else is told. */
  #tryAgain(): void {
    // There it would fail for ever, and a timer keeps some programs from ending.
    if (!hasDatabases()) return;
    this.writeWithin(Math.min(triesAgain.first * 2 ** this.#failures, triesAgain.most));
    this.#failures += 1;
  }

  /** What an earlier page left of the very same download: asked for again, it need not be offered any more. */
  async #replace(record: DownloadRecord): Promise<void> {
    for (const kept of await this.#database.read(record.storage)) {
      if (kept.id === record.id || !(await isSameDownload(kept, record))) continue;
      if (!(await this.locks.claim(kept.id))) continue;
      await reassignStaged(kept.id, record.id).catch(() => {});
      this.ended(kept.id);
    }
  }

  protected override sweep(before: number): Promise<void> {
    return this.#database.sweep(before);
  }

  // ── Reading and owning ──────────────────────────────────────────────────────────────────────────────────────────

  async kept(storage: string): Promise<readonly KeptDownload[]> {
    await this.upToDate();
    const found = await this.#database.read(storage).catch(() => []);
    return found.sort((one, other) => one.started - other.started);
  }

  finishedFiles(id: string): Promise<ReadonlySet<string>> {
    return this.#database.finishedFiles(id).catch(() => new Set<string>());
  }

  override release(id: string): void {
    this.#own.delete(id);
    super.release(id);
  }
}

let ofPage: DownloadJournal | undefined;

/** The one journal of this page. */
export const pageDownloadJournal = (): DownloadJournal => (ofPage ??= new DownloadJournal());

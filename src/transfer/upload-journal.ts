import { errorName, TransferError } from '../core/errors.js';
import type { JournalPort, JournalRecord, KeptPart, KeptUpload, WhichKept } from './journal.js';
import { JournalDatabase, type UploadRow } from './journal-database.js';
import type { JournalLocks } from './journal-locks.js';
import { SharedJournal } from './shared-journal.js';

/** Parts are collected for so long before they are written, in milliseconds. */
const partsWait = 250;

export interface UploadJournalOptions {
  readonly database?: JournalDatabase;
  readonly locks?: JournalLocks;
}

/**
 * The journal in IndexedDB, shared by all tabs of an origin. Writes are collected and run beside the uploads. Where
 * nothing can be kept (private windows, a full disk) uploads go on all the same, and {@link problem} says that they
 * would not survive the page.
 */
export class UploadJournal extends SharedJournal implements JournalPort {
  readonly #database: JournalDatabase;
  /** Of the uploads this page owns. */
  readonly #rows = new Map<string, UploadRow>();
  #changes = newChanges();
  #writeProblem: TransferError | undefined;
  #readProblem: TransferError | undefined;

  constructor({ database = new JournalDatabase(), locks }: UploadJournalOptions = {}) {
    super('upload', locks);
    this.#database = database;
  }

  get problem(): TransferError | undefined {
    return this.#writeProblem ?? this.#readProblem;
  }

  // ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

  begun(record: JournalRecord, handle: FileSystemFileHandle | undefined): void {
    const { id } = record;
    this.locks.take(id);
    const row = { ...record, updated: Date.now(), ...(handle ? { handle } : {}) };
    this.#rows.set(id, row);
    this.#changes.rows.set(id, row);
    this.#changes.cleared.add(id);
    this.#changes.parts.delete(id);
    this.#changes.ended.delete(id);
    void this.flush();
  }

  identified(id: string, firstPart: string): void {
    const row = this.#rows.get(id);
    if (row) this.#put({ ...row, firstPart });
  }

  partDone(id: string, part: KeptPart): void {
    const row = this.#rows.get(id);
    if (!row) return;
    const parts = this.#changes.parts.get(id) ?? [];
    parts.push(part);
    this.#changes.parts.set(id, parts);
    this.#put(row);
  }

  #put(row: UploadRow): void {
    const written = { ...row, updated: Date.now() };
    this.#rows.set(row.id, written);
    this.#changes.rows.set(row.id, written);
    this.writeWithin(partsWait);
  }

  ended(id: string): void {
    if (!this.#rows.has(id) && !this.locks.owns(id)) return;
    this.#rows.delete(id);
    this.#changes.rows.delete(id);
    this.#changes.cleared.delete(id);
    this.#changes.parts.delete(id);
    this.#changes.ended.add(id);
    void this.flush().then(() => this.release(id));
  }

  protected override async write(): Promise<void> {
    const changes = this.#changes;
    if (isEmpty(changes)) return;
    this.#changes = newChanges();
    const listsChange = changes.cleared.size > 0 || changes.ended.size > 0;
    const before = this.#writeProblem;
    // What is on record and nobody's is offered in other tabs: so it is this page's first.
    const settled = this.locks.settled(changes.cleared);
    if (settled) await settled;
    try {
      await this.#database.write(changes);
      this.#writeProblem = undefined;
    } catch (error) {
      this.#writeProblem = problemOf(error);
      // Kept for the next time: a part on record is of no use without its upload.
      this.#changes = joined(changes, this.#changes);
    }
    // Told once: who hears it looks at the lists, and that would write again.
    const problem = this.#writeProblem;
    const isNewProblem = problem !== undefined && problem.reason !== before?.reason;
    if (isNewProblem || (listsChange && problem === undefined)) this.news.tell();
  }

  protected override sweep(before: number): Promise<void> {
    return this.#database.sweep(before);
  }

  // ── Reading and owning ──────────────────────────────────────────────────────────────────────────────────────────

  async kept(storage: string, which: WhichKept = {}): Promise<readonly KeptUpload[]> {
    await this.upToDate();
    try {
      const { path, receipts = 'all' } = which;
      const withParts = (id: string): boolean =>
        receipts === 'all' || (receipts === 'not-of-this-page' && !this.locks.owns(id));
      const found = await this.#database.read(storage, path, withParts);
      this.#readProblem = undefined;
      return found.sort((one, other) => one.started - other.started);
    } catch (error) {
      this.#readProblem = problemOf(error);
      return [];
    }
  }

  adopt(upload: KeptUpload): void {
    const { receipts: _, handle, firstPart, ...record } = upload;
    this.#rows.set(record.id, {
      ...record,
      ...(handle ? { handle } : {}),
      ...(firstPart === undefined ? {} : { firstPart }),
    });
  }

  override release(id: string): void {
    this.#rows.delete(id);
    super.release(id);
  }
}

interface Changes {
  readonly cleared: Set<string>;
  readonly rows: Map<string, UploadRow>;
  readonly parts: Map<string, KeptPart[]>;
  readonly ended: Set<string>;
}

const newChanges = (): Changes => ({
  cleared: new Set(),
  rows: new Map(),
  parts: new Map(),
  ended: new Set(),
});

const isEmpty = ({ cleared, rows, parts, ended }: Changes): boolean =>
  cleared.size + rows.size + parts.size + ended.size === 0;

/** Changes that could not be written, followed by later ones. */
function joined(before: Changes, after: Changes): Changes {
  const result = newChanges();
  for (const id of [...before.cleared, ...after.cleared]) result.cleared.add(id);
  for (const id of before.ended) if (!after.rows.has(id)) result.ended.add(id);
  for (const id of after.ended) result.ended.add(id);
  for (const [id, row] of [...before.rows, ...after.rows])
    if (!result.ended.has(id)) result.rows.set(id, row);
  for (const changes of [before, after]) {
    for (const [id, receipts] of changes.parts) {
      const isOld = changes === before && after.cleared.has(id);
      if (!isOld && !result.ended.has(id)) {
        result.parts.set(id, [...(result.parts.get(id) ?? []), ...receipts]);
      }
    }
  }
  return result;
}

function problemOf(cause: unknown): TransferError {
  const isFull = errorName(cause) === 'QuotaExceededError';
  return new TransferError(
    isFull
      ? 'This computer’s disk is full, so the browser cannot note how far uploads are. They go on, but keep this page open: after a reload they would begin again.'
      : 'The browser keeps nothing for this page (a private window, or its settings). Uploads go on, but keep this page open: after a reload they would begin again.',
    { kind: 'fatal', reason: isFull ? 'quota' : 'not-supported', cause: errorName(cause) },
  );
}

let ofPage: UploadJournal | undefined;

/** The one journal of this page. */
export const pageJournal = (): UploadJournal => (ofPage ??= new UploadJournal());

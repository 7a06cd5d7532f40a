/** The journal's two tables: uploads, and their parts apart from them, so that a part costs one small write. */
import type { DBSchema } from 'idb';
import type { JournalRecord, KeptPart, KeptUpload } from './journal.js';
import { KeptDatabase } from './kept-database.js';

export interface UploadRow extends JournalRecord {
  readonly updated: number;
  readonly firstPart?: string;
  readonly handle?: FileSystemFileHandle;
}

interface PartRow extends KeptPart {
  readonly upload: string;
}

interface JournalSchema extends DBSchema {
  uploads: { key: string; value: UploadRow; indexes: { storage: string; place: [string, string] } };
  parts: { key: [string, number]; value: PartRow };
}

/** What is to be written in one go. */
export interface JournalChanges {
  /** Uploads whose parts on record are of no use any more. */
  readonly cleared: ReadonlySet<string>;
  readonly rows: ReadonlyMap<string, UploadRow>;
  readonly parts: ReadonlyMap<string, readonly KeptPart[]>;
  readonly ended: ReadonlySet<string>;
}

export const journalDatabaseName = 'file-transfer-elements.uploads';

/** 2: uploads are found by their path. */
const version = 2;

const partsOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

function withoutUpload(row: PartRow): KeptPart {
  const { upload: _, ...part } = row;
  return part;
}

export class JournalDatabase {
  readonly #database: KeptDatabase<JournalSchema>;

  constructor(name = journalDatabaseName) {
    this.#database = new KeptDatabase<JournalSchema>({
      name,
      version,
      upgrade(db, before, _version, transaction) {
        if (before < 1) {
          db.createObjectStore('uploads', { keyPath: 'id' }).createIndex('storage', 'storage');
          db.createObjectStore('parts', { keyPath: ['upload', 'number'] });
        }
        if (before < 2) transaction.objectStore('uploads').createIndex('place', ['storage', 'path']);
      },
    });
  }

  async write({ cleared, rows, parts, ended }: JournalChanges): Promise<void> {
    const transaction = (await this.#database.open()).transaction(['uploads', 'parts'], 'readwrite');
    const uploadStore = transaction.objectStore('uploads');
    const partStore = transaction.objectStore('parts');
    const writes: Promise<unknown>[] = [];
    for (const id of cleared) writes.push(partStore.delete(partsOf(id)));
    const put = (row: UploadRow): Promise<unknown> => {
      try {
        return uploadStore.put(row);
      } catch (error) {
        // Some browsers cannot keep handles, or not in private windows.
        if (!row.handle || !(error instanceof DOMException) || error.name !== 'DataCloneError') throw error;
        const { handle: _, ...rest } = row;
        return uploadStore.put(rest);
      }
    };
    for (const row of rows.values()) writes.push(put(row));
    for (const [upload, receipts] of parts) {
      for (const receipt of receipts) writes.push(partStore.put({ ...receipt, upload }));
    }
    for (const id of ended) writes.push(uploadStore.delete(id), partStore.delete(partsOf(id)));
    await Promise.all([...writes, transaction.done]);
  }

  /** Forgets records of storages that no page asks for any more: written before a time, milliseconds since 1970. */
  async sweep(before: number): Promise<void> {
    const rows = await (await this.#database.open()).getAll('uploads');
    const old = rows.filter(({ updated }) => updated < before).map(({ id }) => id);
    if (old.length === 0) return;
    await this.write({ cleared: new Set(), rows: new Map(), parts: new Map(), ended: new Set(old) });
  }

  /**
   * What is kept of one storage, or of one path of it; nothing of other paths is touched then. Without `withParts` the
   * `receipts` come empty: there may be ten thousand of each upload.
   */
  async read(storage: string, path?: string, withParts = (_id: string) => true): Promise<KeptUpload[]> {
    const transaction = (await this.#database.open()).transaction(['uploads', 'parts']);
    const uploads = transaction.objectStore('uploads');
    const rows = await (path === undefined
      ? uploads.index('storage').getAll(storage)
      : uploads.index('place').getAll([storage, path]));
    const parts = transaction.objectStore('parts');
    return Promise.all(
      rows.map(async row => ({
        ...row,
        firstPart: row.firstPart,
        handle: row.handle,
        receipts: withParts(row.id) ? (await parts.getAll(partsOf(row.id))).map(withoutUpload) : [],
      })),
    );
  }

  /** For tests. */
  close(): Promise<void> {
    return this.#database.close();
  }
}

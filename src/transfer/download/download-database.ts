/** The tables of downloads on record: what was asked for, and which of their files are where they belong. */
import type { DBSchema } from 'idb';
import { KeptDatabase } from '../kept-database.js';
import type { KeptDownload } from './kept-downloads.js';

/** Files that were noted together. */
interface FinishedRow {
  readonly download: string;
  readonly number: number;
  readonly files: readonly string[];
}

interface DownloadsSchema extends DBSchema {
  downloads: { key: string; value: KeptDownload; indexes: { storage: string } };
  finished: { key: [string, number]; value: FinishedRow };
}

/** What is to be written in one go. */
export interface DownloadChanges {
  readonly rows: readonly KeptDownload[];
  readonly finished: ReadonlyMap<string, readonly string[]>;
  readonly ended: ReadonlySet<string>;
}

export const downloadDatabaseName = 'file-transfer-elements.downloads';

const finishedOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

export class DownloadDatabase {
  readonly #database: KeptDatabase<DownloadsSchema>;

  constructor(name = downloadDatabaseName) {
    this.#database = new KeptDatabase<DownloadsSchema>({
      name,
      version: 1,
      upgrade(db) {
        db.createObjectStore('downloads', { keyPath: 'id' }).createIndex('storage', 'storage');
        db.createObjectStore('finished', { keyPath: ['download', 'number'] });
      },
    });
  }

  /** Resolves to the ids of those that this browser cannot keep, as it cannot keep their place. */
  async write({ rows, finished, ended }: DownloadChanges): Promise<readonly string[]> {
    const transaction = (await this.#database.open()).transaction(['downloads', 'finished'], 'readwrite');
    const downloads = transaction.objectStore('downloads');
    const files = transaction.objectStore('finished');
    const unkept: string[] = [];
    const writes: Promise<unknown>[] = [];
    // Told once, at the end, also when the transaction ends while something else is waited for.
    const begin = (writing: Promise<unknown>): void => {
      writing.catch(() => {});
      writes.push(writing);
    };
    transaction.done.catch(() => {});
    for (const row of rows) {
      try {
        begin(downloads.put(row));
      } catch (error) {
        // Some browsers cannot keep handles, or not in private windows.
        if (!(error instanceof DOMException) || error.name !== 'DataCloneError') throw error;
        unkept.push(row.id);
      }
    }
    for (const [download, names] of finished) {
      if (unkept.includes(download)) continue;
      const last = await files.openKeyCursor(finishedOf(download), 'prev');
      const number = last === null ? 0 : (last.key as [string, number])[1] + 1;
      begin(files.put({ download, number, files: names }));
    }
    for (const id of ended) {
      begin(downloads.delete(id));
      begin(files.delete(finishedOf(id)));
    }
    await Promise.all([...writes, transaction.done]);
    return unkept;
  }

  async read(storage: string): Promise<KeptDownload[]> {
    return (await this.#database.open()).getAllFromIndex('downloads', 'storage', storage);
  }

  async finishedFiles(id: string): Promise<Set<string>> {
    const rows = await (await this.#database.open()).getAll('finished', finishedOf(id));
    return new Set(rows.flatMap(({ files }) => files));
  }

  /** Forgets records of storages that no page asks for any more: written before a time, milliseconds since 1970. */
  async sweep(before: number): Promise<void> {
    const rows = await (await this.#database.open()).getAll('downloads');
    const ended = new Set(rows.filter(({ updated }) => updated < before).map(({ id }) => id));
    if (ended.size > 0) await this.write({ rows: [], finished: new Map(), ended });
  }

  /** For tests. */
  close(): Promise<void> {
    return this.#database.close();
  }
}

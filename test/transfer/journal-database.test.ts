import { expect } from '@open-wc/testing';
import type { JournalRecord, KeptPart } from '../../src/transfer/journal.js';
import { JournalDatabase, type UploadRow } from '../../src/transfer/journal-database.js';
import { JournalLocks } from '../../src/transfer/journal-locks.js';
import { UploadJournal } from '../../src/transfer/upload-journal.js';

const storage = 'fake Fake';

const record = (id: string, path: string): JournalRecord => ({
  id,
  storage,
  path,
  size: 100,
  modified: 1,
  partSize: 10,
  state: { id },
  started: Number(id.replace(/\D/g, '')) || 0,
  wishes: { type: '', checksum: 'auto' },
});
const row = (id: string, path: string): UploadRow => ({ ...record(id, path), updated: Date.now() });
const partsOf = (count: number): KeptPart[] =>
  Array.from({ length: count }, (_, index) => ({ number: index + 1, size: 10 }));

/** Counts what is read from any database until it is disposed of. */
function countRows() {
  let rows = 0;
  const kinds = [IDBIndex.prototype, IDBObjectStore.prototype];
  const before = kinds.map(({ getAll }) => getAll);
  for (const kind of kinds) {
    const { getAll } = kind;
    kind.getAll = function (this: IDBIndex & IDBObjectStore, ...which) {
      const request = getAll.apply(this, which);
      request.addEventListener('success', () => (rows += request.result.length));
      return request;
    };
  }
  return {
    get rows() {
      return rows;
    },
    [Symbol.dispose]: () => {
      for (const [index, kind] of kinds.entries()) kind.getAll = before[index]!;
    },
  };
}

describe('the database of the journal', () => {
  let name = '';
  let databases: JournalDatabase[] = [];
  const open = (): JournalDatabase => {
    const database = new JournalDatabase(name);
    databases.push(database);
    return database;
  };
  const fill = (database: JournalDatabase): Promise<void> =>
    database.write({
      cleared: new Set(),
      rows: new Map(
        Array.from({ length: 200 }, (_, index) => [`u${index}`, row(`u${index}`, `${index}.bin`)] as const),
      ),
      parts: new Map([
        ['u7', partsOf(3)],
        ['u8', partsOf(500)],
      ]),
      ended: new Set(),
    });

  beforeEach(() => {
    name = `journal-test-${Date.now()}-${Math.random()}`;
  });
  afterEach(async () => {
    for (const database of databases) await database.close();
    databases = [];
    indexedDB.deleteDatabase(name);
  });

  /** As version 1 of the kit's journal left it, and held by a tab that closes nothing when asked. */
  const openOlder = () =>
    new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('uploads', { keyPath: 'id' }).createIndex('storage', 'storage');
        request.result.createObjectStore('parts', { keyPath: ['upload', 'number'] });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  it('reads of one path no more than that path has, however much is kept', async () => {
    const database = open();
    await fill(database);
    using counted = countRows();
    const [found] = await database.read(storage, '7.bin');
    expect(found).to.include({ id: 'u7', path: '7.bin' });
    expect(found!.receipts).to.have.length(3);
    expect(counted.rows).to.equal(1 + 3);
    expect(await database.read('another storage', '7.bin')).to.deep.equal([]);
  });

  it('reads no parts where nobody asks for them, nor of what this page is sending', async () => {
    const database = open();
    await fill(database);
    const journal = new UploadJournal({ database, locks: new JournalLocks('upload') });
    await journal.kept(storage, { path: 'none' });
    expect(await journal.claim('u8')).to.equal(true);
    {
      using counted = countRows();
      const found = await journal.kept(storage, { receipts: 'not-of-this-page' });
      expect(found).to.have.length(200);
      expect(found.find(({ id }) => id === 'u7')!.receipts).to.have.length(3);
      expect(counted.rows).to.equal(200 + 3);
    }
    {
      using counted = countRows();
      expect(await journal.kept(storage, { path: '8.bin', receipts: 'none' })).to.have.length(1);
      expect(counted.rows).to.equal(1);
    }
    expect((await journal.kept(storage, { path: '8.bin' }))[0]!.receipts).to.have.length(500);
    journal.release('u8');
  });

  it('keeps what an earlier version of the kit has kept, and finds it by its path', async () => {
    const old = await openOlder();
    const transaction = old.transaction(['uploads', 'parts'], 'readwrite');
    transaction.objectStore('uploads').put(row('u1', 'reads.bam'));
    transaction.objectStore('parts').put({ upload: 'u1', number: 1, size: 10 });
    await new Promise(resolve => (transaction.oncomplete = resolve));
    old.close();
    const [found] = await open().read(storage, 'reads.bam');
    expect(found).to.include({ id: 'u1' });
    expect(found!.receipts).to.deep.equal([{ number: 1, size: 10 }]);
  });

  it('does not wait for ever for a tab that holds an earlier version', async () => {
    const old = await openOlder();
    const database = open();
    const error = await database.read(storage).catch((reason: unknown) => reason as DOMException);
    expect(error).to.be.instanceOf(DOMException);
    old.close();
    expect(await database.read(storage)).to.deep.equal([]);
  });
});

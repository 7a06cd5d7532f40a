/** A browser whose pages come and go in the middle of uploads. */
import { JournalDatabase } from '../../src/transfer/journal-database.js';
import { JournalLocks } from '../../src/transfer/journal-locks.js';
import type { TransferManagerOptions } from '../../src/transfer/manager.js';
import type { UploadInput, UploadOptions } from '../../src/transfer/types.js';
import { UploadJournal } from '../../src/transfer/upload-journal.js';
import { type Call, FakeStorage } from './fake-storage.js';
import { bigFile, gate, managerOf, until } from './harness.js';

export const kb = 1024;
export const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());

let lastDatabase = 0;

/** What one browser keeps, and the pages that come and go in it. */
export class Browser {
  readonly name = `resume-test-${Date.now()}-${++lastDatabase}`;
  readonly journals: UploadJournal[] = [];
  readonly databases: JournalDatabase[] = [];

  /** Whether pages have Web Locks: not on plain http. */
  hasLocks = true;

  open(storage: FakeStorage, options: Partial<TransferManagerOptions> = {}) {
    const database = new JournalDatabase(this.name);
    const locks = this.hasLocks ? new JournalLocks('upload') : withoutLocks();
    const journal = new UploadJournal({ database, locks });
    this.journals.push(journal);
    this.databases.push(database);
    return { ...managerOf(storage.adapter, { journal, ...options }), journal };
  }

  /** The text of everything that is kept. */
  async text(): Promise<string> {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(this.name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const all: unknown[] = [];
    for (const store of db.objectStoreNames) {
      const request = db.transaction(store).objectStore(store).getAll();
      all.push(await new Promise(resolve => (request.onsuccess = () => resolve(request.result))));
    }
    db.close();
    return JSON.stringify(all);
  }

  async close(): Promise<void> {
    for (const database of this.databases) await database.close();
    indexedDB.deleteDatabase(this.name);
  }
}

function withoutLocks(): JournalLocks {
  const { locks } = navigator;
  Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true });
  try {
    return new JournalLocks('upload');
  } finally {
    Object.defineProperty(navigator, 'locks', { value: locks, configurable: true });
  }
}

export const partsStorage = (options: ConstructorParameters<typeof FakeStorage>[0] = {}): FakeStorage =>
  new FakeStorage({
    plan: 'parts',
    partSize: 10 * kb,
    requestChecksum: 'crc64nvme',
    wholeChecksum: 'crc64nvme',
    ...options,
  });

/** A file with a handle, as the picker gives it. */
export async function onDisk(name: string, size: number) {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle(`${Date.now()}-${name}`, { create: true });
  const writable = await handle.createWritable();
  await writable.write(bigFile(name, size));
  await writable.close();
  return { file: () => handle.getFile(), path: name, size, handle };
}

export const partsSent = (storage: FakeStorage): number[] =>
  storage.calls
    .filter(({ operation }) => operation === 'part')
    .map(({ part }) => part)
    .sort((one, other) => one - other);

/** Begins an upload in a page, and ends the page after `parts` parts as a crash does: nothing is cleaned up. */
export async function crashAfter(
  parts: number,
  browser: Browser,
  storage: FakeStorage,
  file: UploadInput,
  options: UploadOptions = {},
): Promise<void> {
  const page = browser.open(storage);
  const never = gate();
  storage.before = (call: Call) =>
    call.operation === 'part' && call.part > parts ? never.promise : undefined;
  const job = page.manager.upload([file], { into: 'runs/', ...options });
  await until(() => job.items.at(0)!.acknowledged >= parts * 10 * kb);
  job.pause();
  await page.journal.flush();
  // Its hash is computed beside sending.
  for (let look = 0; look < 200; look++) {
    const [kept] = await page.journal.kept('fake Fake');
    if (kept?.firstPart) break;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  for (const upload of await page.journal.kept('fake Fake')) page.journal.release(upload.id);
  // What was on its way then never arrives.
  storage.before = () => {};
  await new Promise(resolve => setTimeout(resolve, 20));
  storage.calls.length = 0;
}

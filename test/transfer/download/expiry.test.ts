import { expect } from '@open-wc/testing';
import { DownloadDatabase } from '../../../src/transfer/download/download-database.js';
import { DownloadJournal } from '../../../src/transfer/download/download-journal.js';
import { storageIdentity } from '../../../src/transfer/journal.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import { removeStaged, stagingFolder } from '../../../src/transfer/sinks/staged-files.js';
import { recordsOf, remember } from '../../../src/transfer/sinks/staged-journal.js';
import { FakeRanges } from './fake-ranges.js';
import { patterned } from './support.js';

const hour = 3600 * 1000;
const day = 24 * hour;

describe('an interrupted download of one large file', () => {
  const id = 'large';
  let storage: FakeRanges;
  let identity: string;
  let database: DownloadDatabase;
  let manager: TransferManager;

  beforeEach(() => {
    storage = new FakeRanges(() => patterned(10));
    const { adapter } = storage;
    identity = storageIdentity(adapter)!;
    database = new DownloadDatabase(`expiry ${crypto.randomUUID()}`);
    manager = new TransferManager({ adapter, downloadJournal: new DownloadJournal({ database }) });
  });
  afterEach(async () => {
    await manager.discardInterruptedDownloads();
    await removeStaged(id).catch(() => {});
    await database.close();
    storage[Symbol.dispose]();
  });

  const stagedHere = () => recordsOf({ storage: identity, path: 'f.bin' });

  /** Its record is written when it begins and ends, its bytes whenever a range has come. */
  async function left({ recorded, staged }: { recorded: number; staged: number }): Promise<void> {
    const none = { files: 0, bytes: 0 };
    const row = {
      id,
      storage: identity,
      to: 'files' as const,
      label: 'f.bin',
      asked: ['f.bin'],
      options: {},
    };
    const extent = { total: { files: 1, bytes: 1e12 }, finished: none };
    await database.write({
      rows: [{ ...row, ...extent, started: recorded, updated: recorded }],
      finished: new Map(),
      ended: new Set(),
    });
    await (await stagingFolder()).getFileHandle(id, { create: true });
    const stretches = [{ start: 0, size: 9e11, checksums: [] }];
    const origin = { storage: identity, path: 'f.bin', download: id };
    await remember({ ...origin, id, size: 1e12, etag: 'v1', stretches, written: staged });
  }

  it('is kept for a week after its last range', async () => {
    const staged = Date.now() - hour;
    await left({ recorded: Date.now() - 8 * day, staged });
    const [download] = await manager.interruptedDownloads();
    expect(download).to.include({ id, updated: staged, expires: staged + 7 * day, fetched: 9e11 });
    expect(await stagedHere()).to.have.length(1);
  });

  it('goes after that, with what is staged', async () => {
    await left({ recorded: Date.now() - 9 * day, staged: Date.now() - 8 * day });
    expect(await manager.interruptedDownloads()).to.deep.equal([]);
    expect(await stagedHere()).to.deep.equal([]);
  });
});

import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { DownloadDatabase } from '../../../src/transfer/download/download-database.js';
import { DownloadJournal } from '../../../src/transfer/download/download-journal.js';
import type { InterruptedDownload } from '../../../src/transfer/download/interrupted-downloads.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import { stagingFolder } from '../../../src/transfer/sinks/staged-files.js';
import type { DownloadOptions, TransferJob } from '../../../src/transfer/types.js';
import { LocalStore } from '../../tools/local-store.js';
import { type OtherPage, otherPage, until } from './other-page.js';
import { bytesOf, firstDifference, patterned, temporaryDirectory, tree } from './support.js';

const mebibyte = 1024 * 1024;
const large = patterned(100 * mebibyte, 6);
const small = patterned(3 * mebibyte, 7);

/** Handles cannot be kept in every browser; then a folder is not offered. */
async function keepsHandles(): Promise<boolean> {
  await using directory = await temporaryDirectory();
  const opening = indexedDB.open('handles', 1);
  const database = await new Promise<IDBDatabase>(resolve => {
    opening.onupgradeneeded = () => opening.result.createObjectStore('kept');
    opening.onsuccess = () => resolve(opening.result);
  });
  try {
    database
      .transaction('kept', 'readwrite')
      .objectStore('kept')
      .put({ directory: directory as unknown }, 1);
    return true;
  } catch {
    return false;
  } finally {
    database.close();
    indexedDB.deleteDatabase('handles');
  }
}

async function staged(): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await stagingFolder()).keys()) names.push(name);
  return names;
}

describe('downloads that an earlier page left unfinished', function () {
  this.timeout(180_000);
  let store: LocalStore;
  let adapter: Adapter;
  let manager: TransferManager;
  let databases: DownloadDatabase[] = [];
  let saved: Blob[] = [];
  const { click } = HTMLAnchorElement.prototype;
  const { createObjectURL } = URL;

  function newManager(): TransferManager {
    const database = new DownloadDatabase();
    databases.push(database);
    return new TransferManager({ adapter, downloadJournal: new DownloadJournal({ database }) });
  }

  before(async () => {
    store = await LocalStore.open();
    adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
    await store.put('runs/large.bin', new Blob([large]));
    await store.put('runs/small.bin', new Blob([small]));
    HTMLAnchorElement.prototype.click = () => {};
    URL.createObjectURL = blob => {
      saved.push(blob as Blob);
      return createObjectURL.call(URL, blob);
    };
  });
  after(async () => {
    HTMLAnchorElement.prototype.click = click;
    URL.createObjectURL = createObjectURL;
    await store.close();
  });
  beforeEach(() => {
    manager = newManager();
    saved = [];
  });
  afterEach(async () => {
    await store.resetFaults();
    await store.resetStats();
    await manager.discardInterruptedDownloads();
    for (const database of databases) await database.close();
    databases = [];
    for (const id of await staged()) await (await stagingFolder()).removeEntry(id).catch(() => {});
  });

  /** Another page downloads, and is gone once `enough` says so of what is on record of it. */
  async function interrupted(
    path: string,
    to: Parameters<typeof otherPage>[2],
    enough: (download: InterruptedDownload) => boolean,
  ): Promise<void> {
    await store.setFaults({ bytesPerSecond: 8 * mebibyte });
    const frame = await otherPage(store, path, to, { isManaged: true });
    await until(async () => {
      const page = frame.contentWindow as OtherPage | null;
      if (page?.failure) throw page.failure;
      const [download] = await manager.interruptedDownloads();
      return download && enough(download) ? true : undefined;
    });
    frame.remove();
    await store.resetFaults();
    await until(async () => ((await store.stats()).inFlight.GetObject ? undefined : true));
    await until(async () => {
      const [download] = await manager.interruptedDownloads();
      return download?.isElsewhere === false ? true : undefined;
    });
    await store.resetStats();
  }

  const isHalf = ({ fetched }: InterruptedDownload): boolean => fetched > 30 * mebibyte;
  const hasOne = ({ finished }: InterruptedDownload): boolean => finished.files === 1;

  async function bytesSent(): Promise<number> {
    const { log } = await store.stats();
    return log
      .filter(({ operation }) => operation === 'GetObject')
      .reduce((sum, { bytesOut }) => sum + (bytesOut ?? 0), 0);
  }

  async function resumed(): Promise<TransferJob> {
    const { jobs, notResumed } = await manager.resumeInterruptedDownloads();
    expect(notResumed).to.deep.equal([]);
    expect(jobs.length).to.equal(1);
    expect(manager.jobs).to.include(jobs[0]);
    expect(await manager.interruptedDownloads()).to.deep.equal([]);
    expect((await jobs[0]!.finished).state).to.equal('done');
    return jobs[0]!;
  }

  async function expectNothingLeft(): Promise<void> {
    await until(async () => ((await manager.interruptedDownloads()).length === 0 ? true : undefined));
    expect(await newManager().interruptedDownloads()).to.deep.equal([]);
  }

  it('offers a staged file, says what is kept of it, and fetches no finished range again', async () => {
    await interrupted('runs/large.bin', 'files', isHalf);
    const [download, ...others] = await manager.interruptedDownloads();
    expect(others).to.deep.equal([]);
    expect(download).to.include({ label: 'large.bin', place: 'browser', placeName: undefined });
    expect(download!.total).to.deep.equal({ files: 1, bytes: large.length });
    expect(download!.finished).to.deep.equal({ files: 0, bytes: 0 });
    expect(download!.fetched).to.be.within(20 * mebibyte, large.length);
    await resumed();
    expect(await bytesSent()).to.be.at.most(large.length - download!.fetched);
    expect(firstDifference(await bytesOf(saved[0]!), large)).to.equal(-1);
    await expectNothingLeft();
  });

  it('saves files once: those that were saved are left out', async () => {
    await interrupted('runs/', 'files', hasOne);
    const [download] = await manager.interruptedDownloads();
    expect(download).to.deep.include({ label: 'runs', finished: { files: 1, bytes: small.length } });
    expect(download!.total).to.deep.equal({ files: 2, bytes: small.length + large.length });
    const job = await resumed();
    expect([...job.items].map(({ path }) => path)).to.deep.equal(['runs/large.bin']);
    expect(saved.length).to.equal(1);
    await expectNothingLeft();
  });

  it('is offered again when the folder could not be listed for now', async () => {
    await interrupted('runs/', 'files', hasOne);
    await store.setFaults({ rules: [{ operation: 'ListObjectsV2', status: 403, code: 'AccessDenied' }] });
    const { jobs } = await manager.resumeInterruptedDownloads();
    await jobs[0]!.finished.catch(() => {});
    await until(async () => ((await manager.interruptedDownloads()).length === 1 ? true : undefined));
    await store.resetFaults();
    const job = await resumed();
    expect([...job.items].map(({ path }) => path)).to.deep.equal(['runs/large.bin']);
    await expectNothingLeft();
  });

  it('keeps what is there when it is paused at once', async () => {
    await interrupted('runs/large.bin', 'files', isHalf);
    const [{ fetched } = { fetched: 0 }] = await manager.interruptedDownloads();
    const { jobs } = await manager.resumeInterruptedDownloads();
    const [job] = jobs;
    await until(() => (job!.items.at(0)?.state === 'queued' ? undefined : true));
    job!.pause();
    await new Promise(resolve => setTimeout(resolve, 300));
    job!.resume();
    expect((await job!.finished).state).to.equal('done');
    expect(await bytesSent()).to.be.at.most(large.length - fetched);
    await expectNothingLeft();
  });

  it('goes on with an archive', async () => {
    await interrupted('runs/', 'zip', isHalf);
    const [download] = await manager.interruptedDownloads();
    expect(download).to.include({ place: 'zip' });
    expect(download!.fetched).to.be.above(20 * mebibyte);
    const job = await resumed();
    expect(job.items.length).to.equal(2);
    expect(await bytesSent()).to.be.at.most(small.length + large.length - download!.fetched);
    expect(saved[0]!.size).to.be.above(small.length + large.length);
    await expectNothingLeft();
  });

  it('goes on in a folder with the files that are missing', async function () {
    if (!(await keepsHandles())) this.skip();
    await using directory = await temporaryDirectory();
    await interrupted('runs/', { folder: directory.name }, hasOne);
    const [download] = await manager.interruptedDownloads();
    expect(download).to.deep.include({
      place: 'folder',
      placeName: directory.name,
      finished: { files: 1, bytes: small.length },
      fetched: small.length,
    });
    const job = await resumed();
    expect([...job.items].map(({ path }) => path)).to.deep.equal(['runs/large.bin']);
    const files = await tree(directory);
    expect(firstDifference(await bytesOf(files.get('runs/large.bin')!), large)).to.equal(-1);
    expect(firstDifference(await bytesOf(files.get('runs/small.bin')!), small)).to.equal(-1);
    await expectNothingLeft();
  });

  it('says so when the folder is gone, and keeps the record', async function () {
    if (!(await keepsHandles())) this.skip();
    const root = await navigator.storage.getDirectory();
    const directory = await root.getDirectoryHandle('gone', { create: true });
    await interrupted('runs/large.bin', { folder: directory.name }, () => true);
    // A file being written keeps its folder until the browser has noticed that its page is gone.
    await until(() =>
      root
        .removeEntry('gone', { recursive: true })
        .then(() => true as const)
        .catch(() => undefined),
    );
    const { jobs, notResumed } = await manager.resumeInterruptedDownloads();
    expect(jobs).to.deep.equal([]);
    expect(notResumed.map(({ why }) => why)).to.deep.equal(['place-gone']);
    expect((await manager.interruptedDownloads()).length).to.equal(1);
  });

  it('discards: nothing is left in the browser’s storage', async () => {
    await interrupted('runs/large.bin', 'files', isHalf);
    expect((await staged()).length).to.equal(1);
    expect(await manager.discardInterruptedDownloads()).to.deep.equal([]);
    expect(await staged()).to.deep.equal([]);
    await expectNothingLeft();
  });

  it('leaves a download to the page that works on it', async () => {
    await store.setFaults({ bytesPerSecond: 8 * mebibyte });
    const frame = await otherPage(store, 'runs/large.bin', 'files', { isManaged: true });
    const [download] = await until(async () => {
      const all = await manager.interruptedDownloads();
      return all.length > 0 ? all : undefined;
    });
    expect(download!.isElsewhere).to.equal(true);
    const { jobs, notResumed } = await manager.resumeInterruptedDownloads();
    expect([jobs.length, notResumed[0]?.why]).to.deep.equal([0, 'elsewhere']);
    expect((await manager.discardInterruptedDownloads()).length).to.equal(1);
    const { job } = frame.contentWindow as unknown as OtherPage;
    await job!.cancel();
    await until(async () => ((await manager.interruptedDownloads()).length === 0 ? true : undefined));
    frame.remove();
  });

  it('offers no download that was asked for again', async () => {
    await interrupted('runs/large.bin', 'files', isHalf);
    const job = manager.download('runs/large.bin', { to: 'files' });
    expect((await job.finished).state).to.equal('done');
    expect(await bytesSent()).to.be.at.most(large.length - 20 * mebibyte);
    await expectNothingLeft();
  });

  for (const [title, options] of [
    ['a blob', { to: 'memory' }],
    ['a stream of the page’s', { to: new WritableStream() }],
  ] satisfies [string, DownloadOptions][]) {
    it(`keeps no record of what goes to ${title}`, async () => {
      await store.setFaults({ bytesPerSecond: 2 * mebibyte });
      const job = manager.download('runs/small.bin', options);
      await new Promise(resolve => setTimeout(resolve, 600));
      expect(await newManager().interruptedDownloads()).to.deep.equal([]);
      await store.resetFaults();
      await job.finished;
    });
  }

  it('keeps what failed for a while on record, and nothing that was cancelled, or can never be had', async () => {
    await store.setFaults({ bytesPerSecond: 2 * mebibyte });
    const cancelled = manager.download('runs/large.bin');
    await until(async () => ((await newManager().interruptedDownloads()).length === 1 ? true : undefined));
    await cancelled.cancel();
    await expectNothingLeft();
    expect(await staged()).to.deep.equal([]);
    const missing = manager.download('runs/none.bin');
    expect((await missing.finished).state).to.equal('incomplete');
    await expectNothingLeft();
  });
});

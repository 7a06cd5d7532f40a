import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { storageIdentity } from '../../../src/transfer/journal.js';
import { stagingFolder, sweepStaged } from '../../../src/transfer/sinks/staged-files.js';
import { recordsOf, remember } from '../../../src/transfer/sinks/staged-journal.js';
import { StagingSink } from '../../../src/transfer/sinks/staging.js';
import type { TransferJob } from '../../../src/transfer/types.js';
import { LocalStore } from '../../tools/local-store.js';
import { isGone, type OtherPage, otherPage, until } from './other-page.js';
import { bytesOf, contextFor, firstDifference, patterned } from './support.js';

const mebibyte = 1024 * 1024;

async function staged(): Promise<string[]> {
  const folder = await stagingFolder();
  // The names alone: a file may be removed while this looks.
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

describe('a download after the page was loaded again', function () {
  this.timeout(90_000);
  let store: LocalStore;
  let adapter: Adapter;
  let storage: string;
  let saved: Blob | undefined;
  const content = patterned(100 * mebibyte, 6);
  const { click } = HTMLAnchorElement.prototype;
  const { createObjectURL } = URL;
  before(async () => {
    store = await LocalStore.open();
    adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
    storage = storageIdentity(adapter)!;
    // A blob: the driver of the browser takes down other bodies, as text.
    await store.put('large.bin', new Blob([content]));
    HTMLAnchorElement.prototype.click = () => {};
    // Not fetched by its URL: the test runner would keep a copy of it.
    URL.createObjectURL = blob => createObjectURL.call(URL, (saved = blob as Blob));
  });
  after(async () => {
    HTMLAnchorElement.prototype.click = click;
    URL.createObjectURL = createObjectURL;
    await store.close();
  });
  afterEach(async () => {
    await store.resetFaults();
    await store.resetStats();
    for (const id of await staged()) await (await stagingFolder()).removeEntry(id).catch(() => {});
  });

  const here = (): TransferJob => startDownload(contextFor(adapter), ['large.bin'], { to: 'files' });

  /** Lets another page fetch about half of the file and ends that page. */
  async function interrupted() {
    await store.setFaults({ bytesPerSecond: 6 * mebibyte });
    const frame = await otherPage(store, 'large.bin');
    const record = await until(async () => {
      const page = frame.contentWindow as OtherPage | null;
      if (page?.failure) throw page.failure;
      const [found] = await recordsOf({ storage, path: 'large.bin' });
      const kept = found?.stretches.reduce((sum, { size }) => sum + size, 0) ?? 0;
      return kept >= 40 * mebibyte ? found : undefined;
    });
    frame.remove();
    await store.resetFaults();
    await isGone(store, record.id);
    await store.resetStats();
    return (await recordsOf({ storage, path: 'large.bin' }))[0] ?? record;
  }

  it('fetches no finished range again, and is as well verified as any', async () => {
    const { stretches } = await interrupted();
    const job = here();
    expect((await job.finished).state).to.equal('done');
    expect(job.items.at(0)!.result!.verified).to.include({ level: 'checksum', by: 'page' });
    expect(firstDifference(await bytesOf(saved!), content)).to.equal(-1);
    const asked = (await store.stats()).log.filter(({ method }) => method === 'GET');
    const kept = stretches.reduce((sum, { size }) => sum + size, 0);
    const fetched = asked.reduce((sum, { bytesOut }) => sum + (bytesOut ?? 0), 0);
    expect(fetched).to.be.at.most(content.length - kept);
    expect(await recordsOf({ storage, path: 'large.bin' })).to.deep.equal([]);
  });

  it('begins anew when the file has changed at the storage', async () => {
    await interrupted();
    const other = patterned(100 * mebibyte, 7);
    await store.put('large.bin', new Blob([other]));
    const job = here();
    expect((await job.finished).state).to.equal('done');
    expect(firstDifference(await bytesOf(saved!), other)).to.equal(-1);
    await store.put('large.bin', new Blob([content]));
  });

  it('leaves a file to the page that is downloading it', async () => {
    const origin = { storage, path: 'shared.bin' };
    const first = new StagingSink('shared.bin', { origin });
    await first.open(10);
    first.keep({ size: 10, etag: 'e', stretches: [{ start: 0, size: 5, checksums: [] }] });
    await until(async () => (await recordsOf(origin))[0]);
    const second = new StagingSink('shared.bin', { origin });
    expect(await second.takeOver(10, 'e')).to.equal(undefined);
    await first.abort();
    expect(await recordsOf(origin)).to.deep.equal([]);
    expect(await staged()).to.deep.equal([]);
  });

  it('takes over nothing of another version, or of a file that is not as it was left', async () => {
    const origin = { storage, path: 'left.bin' };
    for (const [etag, length] of [
      ['old', 10],
      ['now', 3],
    ] as const) {
      const handle = await (await stagingFolder()).getFileHandle('left', { create: true });
      const writable = await handle.createWritable();
      await writable.truncate(length);
      await writable.close();
      await remember({ ...origin, id: 'left', size: 10, etag, stretches: [], written: Date.now() });
      expect(await new StagingSink('left.bin', { origin }).takeOver(10, 'now')).to.equal(undefined);
      expect(await recordsOf(origin)).to.deep.equal([]);
      expect(await staged()).to.deep.equal([]);
    }
  });

  it('keeps what is unfinished for a week, and then removes it', async () => {
    const origin = { storage, path: 'left.bin' };
    const day = 24 * 60 * 60 * 1000;
    await (await stagingFolder()).getFileHandle('left', { create: true });
    const record = { ...origin, id: 'left', size: 0, etag: 'e', stretches: [] };
    await remember({ ...record, written: Date.now() - 6 * day });
    expect(await sweepStaged(0)).to.equal(0);
    await remember({ ...record, written: Date.now() - 8 * day });
    expect(await sweepStaged(0)).to.equal(1);
    expect(await recordsOf(origin)).to.deep.equal([]);
  });

  it('says beforehand what the place of its bytes means', async () => {
    await store.put('small.txt', 'hello');
    const small = startDownload(contextFor(adapter), ['small.txt'], { to: 'files' });
    await small.finished;
    expect(small.facts).to.include({
      canResume: true,
      canVerify: true,
      survivesReload: false,
      copiesTwice: false,
    });
    const large = here();
    await large.finished;
    expect(large.facts).to.include({
      canResume: true,
      canVerify: true,
      survivesReload: true,
      copiesTwice: true,
    });
    const both = startDownload(contextFor(adapter), ['small.txt', 'large.bin'], { to: 'files' });
    await both.finished;
    expect(both.facts).to.include({ survivesReload: false, copiesTwice: true, survivesTabClose: false });
  });
});

import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { stagingFolder } from '../../../src/transfer/sinks/staged-files.js';
import { lastWritten, membersOf } from '../../../src/transfer/sinks/staged-journal.js';
import type { TransferJob } from '../../../src/transfer/types.js';
import { LocalStore } from '../../tools/local-store.js';
import { isGone, type OtherPage, otherPage, until } from '../download/other-page.js';
import { bytesOf, contextFor, firstDifference, patterned, temporaryDirectory } from '../download/support.js';

const mebibyte = 1024 * 1024;
/** How many small files lie beside the large ones. */
const small = 30;

async function staged(): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await stagingFolder()).keys()) names.push(name);
  return names;
}

describe('a zip that was interrupted', function () {
  this.timeout(120_000);
  let store: LocalStore;
  let adapter: Adapter;
  let saved: Blob | undefined;
  let whole: Uint8Array<ArrayBuffer>;
  const { click } = HTMLAnchorElement.prototype;
  const { createObjectURL } = URL;

  before(async () => {
    store = await LocalStore.open();
    adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
    for (let index = 0; index < small; index += 1) await store.put(`run/a${index}.txt`, `file ${index}`);
    for (let index = 0; index < 3; index += 1) {
      await store.put(`run/b${index}.bin`, new Blob([patterned(12 * mebibyte, index + 1)]));
    }
    await store.put('run/c.bin', new Blob([patterned(60 * mebibyte, 9)]));
    await using directory = await temporaryDirectory();
    const handle = await directory.getFileHandle('whole.zip', { create: true });
    await startDownload(contextFor(adapter), ['run/'], { to: handle }).finished;
    whole = await bytesOf(await handle.getFile());
    HTMLAnchorElement.prototype.click = () => {};
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

  const here = (): TransferJob => startDownload(contextFor(adapter), ['run/'], { to: 'zip' });

  async function gets() {
    return (await store.stats()).log.filter(({ operation }) => operation === 'GetObject');
  }

  /** Lets another page fetch about half of it and ends that page. Resolves to what is noted. */
  async function interrupted() {
    await store.setFaults({ bytesPerSecond: 5 * mebibyte });
    const frame = await otherPage(store, 'run/', 'zip');
    const id = await until(async () => {
      const page = frame.contentWindow as OtherPage | null;
      if (page?.failure) throw page.failure;
      const [found] = (await lastWritten()).keys();
      const members = found === undefined ? [] : await membersOf(found);
      // The small ones whole, enough of the large ones, and one of which a part is there.
      const larger = members.filter(each => each.whole).length - small;
      const begun = members.filter(each => !each.whole).flatMap(each => each.stretches);
      const bytes = larger * 12 * mebibyte + begun.reduce((sum, { size }) => sum + size, 0);
      const isHalfWay = larger >= 0 && begun.length > 1 && bytes > 24 * mebibyte;
      return isHalfWay ? found : undefined;
    });
    frame.remove();
    await store.resetFaults();
    await isGone(store, id);
    await store.resetStats();
    return membersOf(id);
  }

  it('by a reload goes on with what is there, and is the same byte for byte', async () => {
    const members = await interrupted();
    const finished = members.filter(each => each.whole);
    expect(finished.length).to.be.at.least(20);
    const job = here();
    expect((await job.finished).state).to.equal('done');
    expect(job.facts).to.include({ survivesReload: true });
    expect(firstDifference(await bytesOf(saved!), whole)).to.equal(-1);
    const log = await gets();
    const paths = Array.from({ length: job.items.length }, (_, index) => job.items.at(index)!.path);
    const again = new Set(log.map(({ key }) => key));
    for (const { index } of finished) expect(again).not.to.include(paths[index]);
    const sizeOf = (index: number): number => job.items.at(index)!.size!;
    const kept = members.reduce(
      (sum, { index, whole, stretches }) =>
        sum + (whole ? sizeOf(index) : stretches.reduce((bytes, { size }) => bytes + size, 0)),
      0,
    );
    const total = paths.reduce((sum, _, index) => sum + sizeOf(index), 0);
    const fetched = log.reduce((sum, { bytesOut }) => sum + (bytesOut ?? 0), 0);
    expect(kept).to.be.greaterThan(20 * mebibyte);
    expect(fetched).to.be.at.most(total - kept);
    for (const { index } of finished) {
      expect(job.items.at(index)!.result!.verified).to.deep.equal(
        members.find(each => each.index === index)!.whole!.verified,
      );
    }
  });

  it('by a reload fetches a file anew that has changed meanwhile, and only that one', async () => {
    const before = await interrupted();
    const finished = before.filter(each => each.whole).length;
    await store.put('run/a7.txt', 'FILE 7');
    const job = here();
    expect((await job.finished).state).to.equal('done');
    const text = new TextDecoder('latin1').decode(await saved!.slice(0, 30_000).arrayBuffer());
    expect(text).to.include('FILE 7').and.not.to.include('file 7');
    const again = new Set((await gets()).map(({ key }) => key));
    expect(again).to.include('run/a7.txt');
    expect(again.size).to.equal(job.items.length - finished + 1);
    await store.put('run/a7.txt', 'file 7');
  });

  it('makes room when what it was begun for has another layout by now', async () => {
    await interrupted();
    const [old] = (await lastWritten()).keys();
    expect(await staged()).to.include(old);
    await store.put('run/added.txt', 'one more');
    try {
      expect((await here().finished).state).to.equal('done');
      expect(await staged()).not.to.include(old);
    } finally {
      await store.remove('run/added.txt');
    }
  });

  it('by a pause fetches no finished file again', async () => {
    await store.setFaults({ bytesPerSecond: 5 * mebibyte });
    await using directory = await temporaryDirectory();
    const handle = await directory.getFileHandle('paused.zip', { create: true });
    const job = startDownload(contextFor(adapter), ['run/'], { to: handle });
    await until(() => (job.snapshot.bytes.acknowledged > 40 * mebibyte ? true : undefined));
    job.pause();
    await until(async () => ((await store.stats()).inFlight.GetObject ? undefined : true));
    const { acknowledged, total } = job.snapshot.bytes;
    await store.resetFaults();
    await store.resetStats();
    job.resume();
    expect((await job.finished).state).to.equal('done');
    const fetched = (await gets()).reduce((sum, { bytesOut }) => sum + (bytesOut ?? 0), 0);
    expect(fetched).to.be.at.most(total - acknowledged + 2 * mebibyte);
    const other = await bytesOf(await handle.getFile());
    expect(other.length).to.equal(whole.length);
  });

  it('leaves no note behind when it is cancelled', async () => {
    await interrupted();
    await store.setFaults({ bytesPerSecond: mebibyte });
    const job = here();
    await until(() => (job.snapshot.bytes.acknowledged > 20 * mebibyte ? true : undefined));
    const [id] = (await lastWritten()).keys();
    await job.cancel();
    expect(await staged()).to.deep.equal([]);
    expect(await membersOf(id!)).to.deep.equal([]);
    expect([...(await lastWritten()).keys()]).to.deep.equal([]);
  });
});

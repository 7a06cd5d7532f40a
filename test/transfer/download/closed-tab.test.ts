import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import type { DownloadOptions } from '../../../src/transfer/types.js';
import { LocalStore } from '../../tools/local-store.js';
import { type OtherPage, otherPage, until } from './other-page.js';
import { bytesOf, contextFor, firstDifference, patterned, temporaryDirectory, tree } from './support.js';

const mebibyte = 1024 * 1024;

describe('a download whose tab was closed', function () {
  this.timeout(90_000);
  let store: LocalStore;
  let adapter: Adapter;
  const content = patterned(24 * mebibyte, 6);
  before(async () => {
    store = await LocalStore.open();
    adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
    await store.put('runs/one.bin', new Blob([content]));
  });
  after(() => store.close());
  afterEach(() => store.resetFaults());

  /** Another page downloads into the folder, or into a file in it, and is gone when some of it is written. */
  async function closedTab(directory: FileSystemDirectoryHandle, file?: string): Promise<void> {
    await store.setFaults({ bytesPerSecond: 2 * mebibyte });
    const to = { folder: directory.name, ...(file === undefined ? {} : { file }) };
    const frame = await otherPage(store, 'runs/one.bin', to);
    await until(() => {
      const page = frame.contentWindow as OtherPage | null;
      if (page?.failure) throw page.failure;
      return (page?.job?.snapshot.bytes.acknowledged ?? 0) > 2 * mebibyte ? true : undefined;
    });
    frame.remove();
    await store.resetFaults();
    await until(async () => ((await store.stats()).inFlight.GetObject ? undefined : true));
  }

  async function again(to: NonNullable<DownloadOptions['to']>, options: DownloadOptions = {}) {
    const job = startDownload(contextFor(adapter), ['runs/one.bin'], { to, ...options });
    expect((await job.finished).state).to.equal('done');
    return job.items.at(0)!.result!;
  }

  async function expectContent(file: File | undefined): Promise<void> {
    expect(firstDifference(await bytesOf(file!), content)).to.equal(-1);
  }

  /** What stands there under its name; the browser's own half files aside, which nobody takes for one. */
  async function filesIn(directory: FileSystemDirectoryHandle): Promise<Map<string, File>> {
    const files = await tree(directory);
    for (const name of files.keys()) if (name.endsWith('.crswap')) files.delete(name);
    return files;
  }

  for (const conflict of ['replace', 'skip', 'skip-same'] as const) {
    it(`leaves no half file in a picked folder, and comes whole the next time (${conflict})`, async () => {
      await using directory = await temporaryDirectory();
      await closedTab(directory);
      const left = await filesIn(directory);
      expect([...left.values()].map(({ size }) => size)).to.deep.equal([0]);
      expect((await again(directory, { conflict })).skipped).to.equal(undefined);
      const files = await filesIn(directory);
      expect([...files.keys()]).to.deep.equal(['one.bin']);
      await expectContent(files.get('one.bin'));
      // And is found there from then on.
      if (conflict !== 'replace')
        expect((await again(directory, { conflict })).skipped).not.to.equal(undefined);
    });
  }

  it('leaves the file in a picked folder that was there before', async () => {
    await using directory = await temporaryDirectory();
    const writable = await (await directory.getFileHandle('one.bin', { create: true })).createWritable();
    await writable.write('as it was');
    await writable.close();
    await closedTab(directory);
    expect(await (await filesIn(directory)).get('one.bin')!.text()).to.equal('as it was');
  });

  for (const before of ['', 'as it was']) {
    it(`leaves a picked file as it was, and fills it the next time (“${before}”)`, async () => {
      await using directory = await temporaryDirectory();
      const handle = await directory.getFileHandle('mine.bin', { create: true });
      const writable = await handle.createWritable();
      await writable.write(before);
      await writable.close();
      await closedTab(directory, 'mine.bin');
      expect(await (await handle.getFile()).text()).to.equal(before);
      await again(handle);
      await expectContent(await handle.getFile());
    });
  }
});

import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { TransferError } from '../../../src/core/errors.js';
import { type Clock, systemClock } from '../../../src/transfer/clock.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { stagingFolder } from '../../../src/transfer/sinks/staged-files.js';
import { LocalStore } from '../../tools/local-store.js';
import {
  bytesOf,
  contextFor,
  firstDifference,
  hurriedClock,
  patterned,
  temporaryDirectory,
  tree,
} from './support.js';

const mebibyte = 1024 * 1024;

async function staged(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  return [
    ...(await tree(await root.getDirectoryHandle('file-transfer-elements.staged', { create: true }))).keys(),
  ];
}

/** The pauses of a storage that is down last minutes. */
const veryHurriedClock: Clock = {
  ...systemClock,
  setTimeout: (callback, milliseconds) => systemClock.setTimeout(callback, milliseconds / 50),
};

/** What the page hands to the browser's list of downloads, while this is not disposed of. */
function catchSaved() {
  const { click } = HTMLAnchorElement.prototype;
  const { createObjectURL } = URL;
  let saved: Blob | undefined;
  HTMLAnchorElement.prototype.click = () => {};
  URL.createObjectURL = blob => createObjectURL.call(URL, (saved = blob as Blob));
  return {
    or: async (directory: FileSystemDirectoryHandle, name: string): Promise<Blob> =>
      saved ?? (await directory.getFileHandle(name)).getFile(),
    async [Symbol.asyncDispose]() {
      HTMLAnchorElement.prototype.click = click;
      URL.createObjectURL = createObjectURL;
      // The browser would read them for a minute.
      for (const id of await staged()) await (await stagingFolder()).removeEntry(id);
    },
  };
}

describe('a download that does not end well', function () {
  this.timeout(60_000);
  let store: LocalStore;
  let adapter: Adapter;
  before(async () => {
    store = await LocalStore.open();
    adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
    for (const name of ['a', 'b', 'c']) await store.put(`set/${name}.txt`, name);
    await store.put('big/one.bin', patterned(40 * mebibyte));
    await store.put('big/two.bin', patterned(40 * mebibyte, 2));
  });
  after(() => store.close());
  afterEach(() => store.resetFaults());

  for (const paths of [['set/'], ['set/b.txt']]) {
    it(`ends the page’s stream with an error, and cannot be tried again (${paths})`, async () => {
      await store.failNext({ operation: 'GetObject', key: 'set/b.txt', status: 403, code: 'AccessDenied' });
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const read = new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer();
      const reading = read.then(
        () => 'all',
        () => 'error',
      );
      const job = startDownload(contextFor(adapter), paths, { to: writable });
      expect((await job.finished).state).to.equal('incomplete');
      expect(await reading).to.equal('error');
      job.retryFailed();
      expect(job.snapshot.state).to.equal('incomplete');
    });
  }

  for (const place of ['memory', 'file', 'directory', 'stage'] as const) {
    it(`goes on where a storage that was down has interrupted it (${place})`, async () => {
      // Of the browser's own storage only what is large is made.
      const key = place === 'stage' ? 'down/large.bin' : 'big/one.bin';
      const size = (place === 'stage' ? 70 : 40) * mebibyte;
      if (place === 'stage') await store.put(key, new Blob([patterned(size)]));
      await using directory = await temporaryDirectory();
      const to =
        place === 'memory'
          ? 'memory'
          : place === 'directory'
            ? directory
            : place === 'file'
              ? await directory.getFileHandle('one.bin', { create: true })
              : 'files';
      await store.failNext({ operation: 'GetObject', status: 503, skip: 3, times: 1000 });
      const job = startDownload(contextFor(adapter, veryHurriedClock), [key], { to });
      expect((await job.finished).state).to.equal('incomplete');
      const { acknowledged, error } = job.items.at(0)!;
      expect(error).to.include({ kind: 'retry', reason: 'rate-limited' });
      expect(acknowledged).to.be.greaterThan(8 * mebibyte);
      await store.resetFaults();
      await store.resetStats();
      await using saved = catchSaved();
      job.retryFailed();
      expect((await job.finished).state).to.equal('done');
      const content =
        place === 'memory' ? job.items.at(0)!.result!.blob : await saved.or(directory, 'one.bin');
      expect(firstDifference(await bytesOf(content!), patterned(size))).to.equal(-1);
      const again = (await store.stats()).log.reduce((sum, { bytesOut }) => sum + (bytesOut ?? 0), 0);
      // A slow connection may have been replaced by another, which costs what was on its way.
      expect(again).to.be.at.most(size - acknowledged + 2 * mebibyte);
    });
  }

  it('keeps nothing of what can never become the file, nor of what is soon fetched again', async () => {
    await using directory = await temporaryDirectory();
    await store.failNext({ operation: 'GetObject', key: 'big/one.bin', status: 404, skip: 2, times: 100 });
    await store.failNext({ operation: 'GetObject', key: 'set/a.txt', status: 503, times: 100 });
    const paths = ['big/one.bin', 'set/a.txt'];
    const job = startDownload(contextFor(adapter, veryHurriedClock), paths, { to: directory });
    expect((await job.finished).state).to.equal('incomplete');
    expect([...(await tree(directory)).keys()]).to.deep.equal([]);
  });

  it('removes what it kept when nobody will try again', async () => {
    await using directory = await temporaryDirectory();
    await store.failNext({ operation: 'GetObject', status: 503, skip: 3, times: 1000 });
    const job = startDownload(contextFor(adapter, veryHurriedClock), ['big/one.bin'], { to: directory });
    expect((await job.finished).state).to.equal('incomplete');
    expect([...(await tree(directory)).keys()]).to.include('one.bin');
    await job.cancel();
    expect([...(await tree(directory)).keys()]).to.deep.equal([]);
    job.retryFailed();
    expect(job.snapshot.state).to.equal('incomplete');
  });

  it('leaves no staged file when a zip is cancelled while its place is made', async () => {
    const job = startDownload(contextFor(adapter), ['big/'], { to: 'zip' });
    for (let count = 0; (await staged()).length === 0 && count < 500; count += 1) {
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    await job.cancel();
    expect((await job.finished).state).to.equal('cancelled');
    for (let count = 0; (await staged()).length > 0 && count < 500; count += 1) {
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    expect(await staged()).to.deep.equal([]);
  });

  it('lets go of a failed zip’s file when nobody will try again', async () => {
    await store.failNext({ operation: 'GetObject', key: 'big/two.bin', status: 403, code: 'AccessDenied' });
    const job = startDownload(contextFor(adapter), ['big/'], { to: 'zip' });
    expect((await job.finished).state).to.equal('incomplete');
    expect(await staged()).to.have.length(1);
    await (job as unknown as { release(): Promise<void> }).release();
    expect(await staged()).to.deep.equal([]);
    job.retryFailed();
    expect(job.snapshot.state).to.equal('incomplete');
  });

  it('makes a zip whole with a file that was cancelled and then wanted after all', async () => {
    await using directory = await temporaryDirectory();
    const handle = await directory.getFileHandle('set.zip', { create: true });
    await store.failNext({ operation: 'GetObject', key: 'set/b.txt', delay: 60_000 });
    const job = startDownload(contextFor(adapter), ['set/'], { to: handle });
    while (job.snapshot.files.done < 2) await new Promise(resolve => setTimeout(resolve, 20));
    await job.cancel(1);
    expect((await job.finished).state).to.equal('incomplete');
    expect((await handle.getFile()).size).to.equal(0);
    await store.resetFaults();
    expect(job.canSendAgain!(1)).to.equal(true);
    job.sendAgain!(1);
    expect((await job.finished).state).to.equal('done');
    expect(await (await handle.getFile()).text())
      .to.include('set/a.txt')
      .and.to.include('set/b.txt');
    expect(job.canSendAgain!()).to.equal(false);
  });

  it('waits for a signer that is out of reach as it does for the storage', async () => {
    let asked = 0;
    const patient: Adapter = {
      ...adapter,
      async resolveDownload(entry, options) {
        asked += 1;
        if (asked > 1 && asked < 14) {
          throw new TransferError('No answer.', { kind: 'retry', reason: 'network' });
        }
        return adapter.resolveDownload!(entry, options);
      },
    };
    const context = contextFor(patient, hurriedClock);
    const first = startDownload(context, ['set/a.txt'], { to: 'memory' });
    expect((await first.finished).state).to.equal('done');
    const second = startDownload(context, ['set/b.txt'], { to: 'memory' });
    let waited = '';
    second.addEventListener('progress', () => {
      const item = second.items.at(0);
      if (item?.state === 'waiting') waited = item.error!.message;
    });
    expect((await second.finished).state).to.equal('done');
    expect(asked).to.equal(14);
    expect(waited).to.match(/service that prepares/);
  });
});

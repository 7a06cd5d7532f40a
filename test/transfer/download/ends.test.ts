import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { TransferError } from '../../../src/core/errors.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { LocalStore } from '../../tools/local-store.js';
import { contextFor, hurriedClock, patterned, tree } from './support.js';

const mebibyte = 1024 * 1024;

async function staged(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  return [
    ...(await tree(await root.getDirectoryHandle('file-transfer-elements.staged', { create: true }))).keys(),
  ];
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

  it('leaves no staged file when a zip is cancelled while its place is made', async () => {
    const job = startDownload(contextFor(adapter), ['big/'], { to: 'zip' });
    for (let count = 0; (await staged()).length === 0 && count < 500; count += 1) {
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    await job.cancel();
    expect((await job.finished).state).to.equal('cancelled');
    for (let count = 0; (await staged()).length > 0 && count < 100; count += 1) {
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

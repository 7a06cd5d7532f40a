import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { LocalStore } from '../../tools/local-store.js';
import {
  bytesOf,
  contextFor,
  firstDifference,
  hurriedClock,
  patterned,
  temporaryDirectory,
} from './support.js';

const mebibyte = 1024 * 1024;

async function gzipped(content: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Response(stream).blob();
}

const { fetch } = globalThis;

describe('downloads from storages with odd answers', function () {
  this.timeout(60_000);

  for (const exposed of [true, false]) {
    describe(`content stored as gzip, which the page ${exposed ? 'can' : 'cannot'} see`, () => {
      let store: LocalStore;
      let adapter: Adapter;
      /** Compresses well, so there is more of it than the storage says. */
      const text = new Uint8Array(12 * mebibyte).map((_, index) => (index >> 9) & 255);
      /** Of this not even the beginning fits into the first range. */
      const large = patterned(20 * mebibyte, 3);
      before(async () => {
        store = await LocalStore.open();
        globalThis.fetch = async (...given) => {
          const response = await fetch(...given);
          const headers = new Headers(response.headers);
          if (!exposed) headers.delete('content-encoding');
          return Object.defineProperty(response, 'headers', { value: headers });
        };
        adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
        for (const [key, content] of Object.entries({ 'text.txt': text, 'large.bin': large })) {
          const signed = await store.sign<{ url: string; headers?: Record<string, string> }>({
            method: 'PUT',
            key,
            operation: 'PutObject',
            headers: { 'content-encoding': 'gzip' },
          });
          const headers = { ...signed.headers, 'content-encoding': 'gzip' };
          const answer = await fetch(signed.url, { method: 'PUT', body: await gzipped(content), headers });
          expect(answer.status).to.equal(200, await answer.text());
        }
      });
      after(() => {
        globalThis.fetch = fetch;
        return store.close();
      });

      for (const [key, content] of [
        ['text.txt', text],
        ['large.bin', large],
      ] as const) {
        it(`comes whole into a file (${key})`, async () => {
          await using directory = await temporaryDirectory();
          const handle = await directory.getFileHandle('x', { create: true });
          const job = startDownload(contextFor(adapter, hurriedClock), [key], { to: handle });
          await job.finished;
          const item = job.items.at(0)!;
          expect(item.error).to.equal(undefined);
          expect(firstDifference(await bytesOf(await handle.getFile()), content)).to.equal(-1);
        });
      }
    });
  }

  it('says why content stored as gzip cannot go into a zip', async () => {
    const store = await LocalStore.open();
    const adapter = s3({
      bucketUrl: store.bucketUrl,
      region: store.region,
      getCredentials: async () => store,
    });
    const request = { method: 'PUT', key: 'set/a', operation: 'PutObject' };
    const signed = await store.sign<{ url: string }>({ ...request, headers: { 'content-encoding': 'gzip' } });
    const body = await gzipped(new Uint8Array(100_000));
    await fetch(signed.url, { method: 'PUT', body, headers: { 'content-encoding': 'gzip' } });
    const job = startDownload(contextFor(adapter, hurriedClock), ['set/'], { to: 'zip' });
    await job.finished;
    expect(job.items.at(0)!.error!.message).to.match(/compressed form/);
    await store.close();
  });

  it('brings a file into the browser’s own storage without ranges and without an ETag', async () => {
    const store = await LocalStore.open();
    const adapter = s3({
      bucketUrl: store.bucketUrl,
      region: store.region,
      getCredentials: async () => store,
    });
    const content = patterned(70 * mebibyte, 8);
    await store.put('large.bin', new Blob([content]));
    await store.setFaults({ ignoreRange: true, hideETag: true });
    const { click } = HTMLAnchorElement.prototype;
    const { createObjectURL } = URL;
    let saved: Blob | undefined;
    HTMLAnchorElement.prototype.click = () => {};
    URL.createObjectURL = blob => createObjectURL.call(URL, (saved = blob as Blob));
    try {
      const job = startDownload(contextFor(adapter), ['large.bin'], { to: 'files' });
      expect((await job.finished).state).to.equal('done');
    } finally {
      HTMLAnchorElement.prototype.click = click;
      URL.createObjectURL = createObjectURL;
    }
    expect(firstDifference(await bytesOf(saved!), content)).to.equal(-1);
    await store.close();
  });
});

import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { memory } from '../../../src/adapters/memory/index.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import type { S3SignedRequest } from '../../../src/adapters/s3/signing.js';
import { createHasher } from '../../../src/transfer/checksum/index.js';
import type { Clock } from '../../../src/transfer/clock.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import type { DownloadOptions, TransferJob, TransferResult } from '../../../src/transfer/types.js';
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

describe('download', function () {
  // Tens of mebibytes through a loaded machine.
  this.timeout(90_000);
  let store: LocalStore;
  let adapter: Adapter;
  before(async () => {
    store = await LocalStore.open();
    adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
  });
  after(() => store.close());
  afterEach(async () => {
    await store.resetFaults();
    await store.resetStats();
  });

  const start = (paths: string[], options: DownloadOptions, clock?: Clock): TransferJob =>
    startDownload(contextFor(adapter, clock), paths, options);

  /** Runs a download of one file that should succeed. */
  async function one(
    path: string,
    options: DownloadOptions = { to: 'memory' },
    clock?: Clock,
  ): Promise<TransferResult> {
    const job = start([path], options, clock);
    await job.finished;
    const item = job.items.at(0)!;
    if (item.error) throw item.error;
    expect(item.state).to.equal('done');
    return item.result!;
  }

  const gets = async () => (await store.stats()).counts.GetObject ?? 0;

  describe('of one file', () => {
    const large = patterned(26 * mebibyte + 77);
    before(async () => {
      await store.put('large.bin', large, 'application/x-large');
      await store.put('small.txt', 'hello', 'text/plain');
      await store.put('empty', '');
    });

    it('fetches ranges in parallel and puts them together', async () => {
      await store.setFaults({ delay: 60 });
      const result = await one('large.bin');
      expect(firstDifference(await bytesOf(result.blob!), large)).to.equal(-1);
      expect(result.blob!.type).to.equal('application/x-large');
      expect((await store.stats()).maxInFlight.GetObject).to.be.greaterThan(2);
      const ranges = (await store.stats()).log.filter(request => request.method === 'GET');
      expect(ranges.every(request => request.status === 206)).to.equal(true);
    });

    it('says what was verified', async () => {
      const result = await one('large.bin');
      expect(result.verified).to.include({ level: 'checksum', by: 'page' });
      expect(result.size).to.equal(large.length);
    });

    it('takes small and empty files with one request each', async () => {
      expect(await (await one('small.txt')).blob!.text()).to.equal('hello');
      // What an earlier test asked for may still be on its way.
      const asked = (await store.stats()).log.filter(({ key }) => key === 'small.txt');
      expect(asked.filter(({ operation }) => operation === 'GetObject')).to.have.length(1);
      expect((await one('empty')).size).to.equal(0);
    });

    it('takes a storage that ignores ranges as one stream', async () => {
      await store.setFaults({ ignoreRange: true });
      const result = await one('large.bin');
      expect(firstDifference(await bytesOf(result.blob!), large)).to.equal(-1);
      expect(await gets()).to.equal(1);
    });

    it('goes on after broken connections without fetching again what it has', async () => {
      for (let count = 0; count < 3; count += 1) {
        await store.failNext({ operation: 'GetObject', resetAfterBytesOut: 3 * mebibyte, skip: count });
      }
      const result = await one('large.bin');
      expect(firstDifference(await bytesOf(result.blob!), large)).to.equal(-1);
    });

    it('counts against a bandwidth only the bytes that came', async () => {
      await store.failNext({ operation: 'GetObject', resetAfterBytesOut: 3 * mebibyte });
      const context = contextFor(adapter);
      let counted = 0;
      const take = context.pacer.take.bind(context.pacer);
      context.pacer.take = async (bytes, signal) => {
        const turn = await take(bytes, signal);
        counted += bytes;
        return {
          giveBack(unsent) {
            counted -= unsent;
            turn.giveBack(unsent);
          },
        };
      };
      await startDownload(context, ['large.bin'], { to: 'memory' }).finished;
      expect(counted).to.equal(large.length);
    });

    it('goes on in one stream after a broken connection', async () => {
      await store.setFaults({ ignoreRange: true });
      await store.failNext({ operation: 'GetObject', resetAfterBytesOut: 5 * mebibyte });
      const written: Uint8Array[] = [];
      const stream = new WritableStream<Uint8Array>({ write: chunk => void written.push(chunk.slice()) });
      await one('large.bin', { to: stream });
      expect(firstDifference(await bytesOf(new Blob(written as BlobPart[])), large)).to.equal(-1);
    });

    it('tries again when the storage asks to slow down', async () => {
      await store.failNext({ operation: 'GetObject', status: 503, times: 2 });
      expect(await (await one('small.txt')).blob!.text()).to.equal('hello');
      expect(await gets()).to.equal(3);
    });

    it('ends a silent connection and asks again', async () => {
      await store.failNext({ operation: 'GetObject', stall: 'response', stallAfterBytes: 100_000, times: 1 });
      const result = await one('large.bin', { to: 'memory' }, hurriedClock);
      expect(firstDifference(await bytesOf(result.blob!), large)).to.equal(-1);
    });

    it('never mixes two versions of a file', async () => {
      await store.put('changing.bin', patterned(20 * mebibyte, 5));
      await store.failNext({ operation: 'GetObject', changeObject: true, skip: 1 });
      const result = await one('changing.bin');
      expect(firstDifference(await bytesOf(result.blob!), await store.read('changing.bin'))).to.equal(-1);
      expect(result.verified?.level).not.to.equal('none');
    });

    it('does not present a file whose checksum is wrong', async () => {
      await store.setFaults({ wrongChecksum: true });
      await using directory = await temporaryDirectory();
      const job = start(['large.bin'], { to: directory });
      const { state } = await job.finished;
      expect(state).to.equal('incomplete');
      expect(job.items.at(0)!.error).to.have.property('reason', 'checksum-mismatch');
      expect([...(await tree(directory)).keys()]).to.deep.equal([]);
    });

    it('says what is wrong in words, and keeps the secret out of them', async () => {
      const job = start(['not there.txt'], { to: 'memory' });
      await job.finished;
      const { error } = job.items.at(0)!;
      expect(error).to.have.property('reason', 'not-found');
      expect(JSON.stringify(error)).not.to.match(/X-Amz-Signature/i);
    });

    describe('with a checksum that needs the bytes in order', () => {
      /** The storage's own checksums hidden, and an MD5 in their place. */
      const withMd5 = (value: string): Adapter => ({
        ...adapter,
        stat: async (path, options) => {
          const entry = await adapter.stat!(path, options);
          const { checksums: _, etag: _etag, ...rest } = entry!;
          return rest;
        },
        resolveDownload: async (entry, options) => {
          const source = await adapter.resolveDownload!(entry, options);
          if (source.kind !== 'url') return source;
          const { readChecksums: _, ...rest } = source;
          return { ...rest, checksums: [{ algorithm: 'md5', scope: 'full', value }] };
        },
      });
      let right: string;
      before(async () => {
        const hasher = createHasher();
        right = (await hasher.hashBytes(large, ['md5'])).get('md5')!.value;
        hasher.close();
      });

      it('reads the file back after fetching it in parallel', async () => {
        const job = startDownload(contextFor(withMd5(right)), ['large.bin'], { to: 'memory' });
        await job.finished;
        expect(job.items.at(0)!.result!.verified).to.include({ level: 'checksum', algorithm: 'md5' });
        expect(await gets()).to.be.greaterThan(1);
      });

      it('hashes on the way into a stream', async () => {
        const job = startDownload(contextFor(withMd5(right)), ['large.bin'], { to: new WritableStream() });
        await job.finished;
        expect(job.items.at(0)!.result!.verified).to.include({ level: 'checksum', algorithm: 'md5' });
      });

      it('keeps nothing when it is another one', async () => {
        await using directory = await temporaryDirectory();
        const wrong = `${right.startsWith('A') ? 'B' : 'A'}${right.slice(1)}`;
        const job = startDownload(contextFor(withMd5(wrong)), ['large.bin'], { to: directory });
        await job.finished;
        expect(job.items.at(0)!.error).to.have.property('reason', 'checksum-mismatch');
        expect([...(await tree(directory)).keys()]).to.deep.equal([]);
      });
    });

    it('lets the browser save it under its name', async () => {
      const { click } = HTMLAnchorElement.prototype;
      const clicked: { name: string; href: string }[] = [];
      HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
        clicked.push({ name: this.download, href: this.href });
      };
      try {
        await one('small.txt', { to: 'files', saveAs: 'a:b.txt' });
      } finally {
        HTMLAnchorElement.prototype.click = click;
      }
      expect(clicked.map(({ name }) => name)).to.deep.equal(['a%3Ab.txt']);
      expect(await (await fetch(clicked[0]!.href)).text()).to.equal('hello');
    });

    it('can be paused, and goes on without fetching finished ranges again', async () => {
      await store.setFaults({ bytesPerSecond: 8 * mebibyte });
      const job = start(['large.bin'], { to: 'memory' });
      await new Promise<void>(resolve => {
        job.addEventListener('progress', () => {
          if (job.snapshot.bytes.acknowledged > 9 * mebibyte) resolve();
        });
      });
      job.pause();
      await new Promise(resolve => setTimeout(resolve, 300));
      const paused = job.snapshot;
      expect(paused.state).to.equal('paused');
      // The server hears of it when it gets its turn.
      while ((await store.stats()).inFlight.GetObject) await new Promise(resolve => setTimeout(resolve, 20));
      await store.resetFaults();
      await store.resetStats();
      job.resume();
      const { state } = await job.finished;
      expect(state).to.equal('done');
      expect(firstDifference(await bytesOf(job.items.at(0)!.result!.blob!), large)).to.equal(-1);
      const again = (await store.stats()).log.reduce((sum, request) => sum + (request.bytesOut ?? 0), 0);
      expect(again).to.be.lessThan(large.length - 8 * mebibyte);
    });

    it('writes into a picked file', async () => {
      await using directory = await temporaryDirectory();
      const handle = await directory.getFileHandle('picked.bin', { create: true });
      const result = await one('large.bin', { to: handle });
      expect(result.savedAs).to.equal('picked.bin');
      expect(firstDifference(await bytesOf(await handle.getFile()), large)).to.equal(-1);
    });

    it('writes into a stream in order, at the pace of the stream', async () => {
      const written: Uint8Array[] = [];
      let most = 0;
      let open = 0;
      const stream = new WritableStream<Uint8Array>({
        async write(chunk) {
          most = Math.max(most, ++open);
          written.push(chunk.slice());
          await new Promise(resolve => setTimeout(resolve, 2));
          open -= 1;
        },
      });
      await one('large.bin', { to: stream });
      expect(firstDifference(await bytesOf(new Blob(written as BlobPart[])), large)).to.equal(-1);
      expect(most).to.equal(1);
    });

    it('leaves nothing behind when it is cancelled', async () => {
      await store.setFaults({ bytesPerSecond: 2 * mebibyte });
      await using directory = await temporaryDirectory();
      const job = start(['large.bin'], { to: directory });
      await new Promise<void>(resolve => {
        job.addEventListener('progress', () => {
          if (job.snapshot.bytes.acknowledged > mebibyte) resolve();
        });
      });
      expect((await tree(directory)).has('large.bin')).to.equal(true);
      await job.cancel();
      expect((await job.finished).state).to.equal('cancelled');
      expect([...(await tree(directory)).keys()]).to.deep.equal([]);
    });
  });

  describe('of expired URLs', () => {
    it('asks for one new signature for all ranges', async () => {
      const body = patterned(22 * mebibyte, 9);
      await store.put('expiring.bin', body);
      let signed = 0;
      const counting: Adapter = {
        ...adapter,
        resolveDownload(entry, options) {
          signed += 1;
          return adapter.resolveDownload!(entry, options);
        },
      };
      await store.failNext({
        operation: 'GetObject',
        status: 403,
        code: 'AccessDenied',
        message: 'Request has expired',
        skip: 1,
        times: 3,
      });
      const job = startDownload(contextFor(counting), ['expiring.bin'], { to: 'memory' });
      await job.finished;
      const item = job.items.at(0)!;
      expect(item.error).to.equal(undefined);
      expect(firstDifference(await bytesOf(item.result!.blob!), body)).to.equal(-1);
      expect(signed).to.be.within(2, 3);
    });
  });

  describe('of folders', () => {
    before(async () => {
      await store.put('set/a.txt', 'a');
      await store.put('set/deep/er/b.txt', 'bb');
      await store.put('set/deep/B.txt', 'ccc');
      await store.put('set/deep/b.txt', 'dddd');
      await store.put('set/con', 'reserved');
    });
    const local = ['set/%63on', 'set/a.txt', 'set/deep/B.txt', 'set/deep/b (2).txt', 'set/deep/er/b.txt'];

    it('keeps the tree in a directory, under safe names', async () => {
      await using directory = await temporaryDirectory();
      const job = start(['set/'], { to: directory });
      expect((await job.finished).state).to.equal('done');
      const files = await tree(directory);
      expect([...files.keys()].sort()).to.deep.equal(local);
      expect(await files.get('set/deep/b (2).txt')!.text()).to.equal('dddd');
    });

    it('never leaves the directory, whatever the remote names', async () => {
      await using directory = await temporaryDirectory();
      const hostile = memory({
        files: { 'set/../../up.txt': 'u', 'set/C:/x': 'd', '/root.txt': 'r', 'a\\b': 'b' },
      });
      const job = startDownload(contextFor(hostile), [''], { to: directory });
      expect((await job.finished).state).to.equal('done');
      expect([...(await tree(directory)).keys()].sort()).to.deep.equal([
        '%_/root.txt',
        'a%5Cb',
        'set/%2E%2E/%2E%2E/up.txt',
        'set/C%3A/x',
      ]);
    });

    it('fetches nothing that is there already and the same', async () => {
      await using directory = await temporaryDirectory();
      await start(['set/'], { to: directory, conflict: 'skip-same' }).finished;
      await store.put('set/a.txt', 'A');
      await store.resetStats();
      const job = start(['set/'], { to: directory, conflict: 'skip-same' });
      await job.finished;
      expect(job.snapshot.files).to.include({ skipped: local.length - 1, done: 1 });
      expect(await gets()).to.equal(1);
      expect(await (await tree(directory)).get('set/a.txt')!.text()).to.equal('A');
      await store.put('set/a.txt', 'a');
    });

    it('skips, renames and refuses as told', async () => {
      await using directory = await temporaryDirectory();
      await start(['set/a.txt'], { to: directory }).finished;
      const skip = start(['set/a.txt'], { to: directory, conflict: 'skip' });
      await skip.finished;
      expect(skip.items.at(0)!.result).to.include({ skipped: 'exists' });
      const rename = start(['set/a.txt'], { to: directory, conflict: 'rename' });
      await rename.finished;
      expect(rename.items.at(0)!.result).to.include({ savedAs: 'a (2).txt' });
      const fail = start(['set/a.txt'], { to: directory, conflict: 'fail' });
      await fail.finished;
      expect(fail.items.at(0)!.error).to.have.property('reason', 'exists');
      expect([...(await tree(directory)).keys()].sort()).to.deep.equal(['a (2).txt', 'a.txt']);
    });

    it('has many small files signed together, also while places for them are looked for', async () => {
      for (let index = 0; index < 120; index += 1) await store.put(`many/${index}.txt`, `file ${index}`);
      const rounds: number[] = [];
      const batching = s3({
        bucketUrl: store.bucketUrl,
        signRequest: store.sign,
        async signRequests(requests, options) {
          rounds.push(requests.length);
          return {
            responses: await Promise.all(requests.map(each => store.sign<S3SignedRequest>(each, options))),
          };
        },
      });
      await using directory = await temporaryDirectory();
      for (const to of ['memory', directory] as const) {
        rounds.length = 0;
        const job = startDownload(contextFor(batching), ['many/'], { to });
        expect((await job.finished).state).to.equal('done');
        expect(rounds.length).to.be.at.most(15, String(rounds));
      }
      rounds.length = 0;
      const again = startDownload(contextFor(batching), ['many/'], { to: directory, conflict: 'skip-same' });
      expect((await again.finished).state).to.equal('done');
      expect(rounds).to.deep.equal([1], 'the listing alone');
    });

    it('goes on after files that fail, and tries only those again', async () => {
      await store.failNext({
        operation: 'GetObject',
        key: 'set/con',
        status: 403,
        code: 'AccessDenied',
        times: 1,
      });
      await using directory = await temporaryDirectory();
      const job = start(['set/'], { to: directory });
      expect((await job.finished).state).to.equal('incomplete');
      expect(job.snapshot.files).to.include({ done: local.length - 1, failed: 1 });
      expect((await tree(directory)).has('set/%63on')).to.equal(false);
      // The storage learns a moment later that the others have arrived, and counts them until then.
      while ((await store.stats()).inFlight.GetObject) await new Promise(resolve => setTimeout(resolve, 20));
      await store.resetStats();
      job.retryFailed();
      expect((await job.finished).state).to.equal('done');
      expect(await gets()).to.equal(1);
      expect([...(await tree(directory)).keys()].sort()).to.deep.equal(local);
    });
  });

  describe('as a zip', () => {
    before(async () => {
      for (let index = 0; index < 12; index += 1) await store.put(`zip/f${index}.txt`, `file ${index}`);
      await store.put('zip/large.bin', patterned(18 * mebibyte, 3));
    });

    /** Reads a stored archive by its central directory. */
    async function unzip(blob: Blob): Promise<Map<string, Uint8Array>> {
      const bytes = await bytesOf(blob);
      const view = new DataView(bytes.buffer);
      const end = bytes.length - 22;
      expect(view.getUint32(end, true)).to.equal(0x06054b50);
      const files = new Map<string, Uint8Array>();
      let at = view.getUint32(end + 16, true);
      for (let count = view.getUint16(end + 10, true); count > 0; count -= 1) {
        const nameLength = view.getUint16(at + 28, true);
        const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
        const header = view.getUint32(at + 42, true);
        const data = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
        files.set(name, bytes.subarray(data, data + view.getUint32(at + 24, true)));
        at += 46 + nameLength + view.getUint16(at + 30, true);
      }
      return files;
    }

    async function check(blob: Blob): Promise<void> {
      const files = await unzip(blob);
      expect(files.size).to.equal(13);
      expect(new TextDecoder().decode(files.get('zip/f7.txt')!)).to.equal('file 7');
      expect(firstDifference(files.get('zip/large.bin')!, patterned(18 * mebibyte, 3))).to.equal(-1);
    }

    it('writes members side by side into a picked file', async () => {
      await using directory = await temporaryDirectory();
      const handle = await directory.getFileHandle('all.zip', { create: true });
      const job = start(['zip/'], { to: handle });
      expect((await job.finished).state).to.equal('done');
      await check(await handle.getFile());
    });

    it('writes members in order into a stream', async () => {
      const written: Uint8Array[] = [];
      const stream = new WritableStream<Uint8Array>({ write: chunk => void written.push(chunk.slice()) });
      const job = start(['zip/'], { to: stream });
      expect((await job.finished).state).to.equal('done');
      await check(new Blob(written as BlobPart[]));
    });

    it('is not saved while a member is missing, and is whole after trying again', async () => {
      await store.failNext({
        operation: 'GetObject',
        key: 'zip/f3.txt',
        status: 403,
        code: 'AccessDenied',
        times: 1,
      });
      await using directory = await temporaryDirectory();
      const handle = await directory.getFileHandle('all.zip', { create: true });
      const job = start(['zip/'], { to: handle });
      expect((await job.finished).state).to.equal('incomplete');
      expect((await handle.getFile()).size).to.equal(0);
      expect(job.snapshot.reason?.message).to.match(/1 of 13 files/);
      job.retryFailed();
      expect((await job.finished).state).to.equal('done');
      await check(await handle.getFile());
    });
  });
});

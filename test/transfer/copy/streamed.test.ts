/** Large files between two storages that send ranges and take parts: they are never here as a whole. */
import { expect } from '@open-wc/testing';
import { s3 } from '../../../src/adapters/s3/index.js';
import { noJournal, TransferManager } from '../../../src/transfer/index.js';
import { LocalStore } from '../../tools/local-store.js';
import { bigFile, states } from '../harness.js';

const MiB = 1024 ** 2;
const size = 72 * MiB + 12_345;

/** Names of what lies in the browser's own storage for files on their way. */
async function staged(): Promise<number> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('file-transfer-elements.staged', { create: true });
  let count = 0;
  for await (const _ of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) count += 1;
  return count;
}

async function digest(bytes: BufferSource): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5));
}

describe('a large file between two storages', function () {
  this.timeout(60_000);
  const big = bigFile('big.bin', size);
  let from: LocalStore;
  let to: LocalStore;
  let before: number;

  const open = (store: LocalStore) =>
    new TransferManager({
      adapter: s3({ bucketUrl: store.bucketUrl, signRequest: store.sign }),
      journal: noJournal,
    });

  beforeEach(async () => {
    [from, to] = await Promise.all([LocalStore.open(), LocalStore.open()]);
    await from.put('big.bin', big);
    await from.resetStats();
    before = await staged();
  });

  afterEach(async () => {
    await Promise.all([from.close(), to.close()]);
  });

  async function expectWhole(): Promise<void> {
    const { length } = await to.list();
    expect(length).to.equal(1);
    const came = await to.read('big.bin');
    expect(came.length).to.equal(size);
    expect(await digest(came)).to.equal(await digest(await big.arrayBuffer()));
  }

  it('goes part by part, each fetched once, and nothing of it is put down on the way', async () => {
    let most = 0;
    const job = open(from).copy(['big.bin'], '', { to: open(to) });
    job.addEventListener('progress', () => void staged().then(now => (most = Math.max(most, now))));
    expect((await job.finished).state).to.equal('done');
    expect(job.items.at(0)!.result!.verified!.level).to.equal('checksum');
    await expectWhole();
    expect(most).to.be.at.most(before);
    const ranges = (await from.stats()).counts.GetObject;
    const parts = (await to.stats()).counts.UploadPart;
    expect(parts).to.be.greaterThan(5);
    expect(ranges).to.equal(parts);
  });

  it('goes on after a pause with what it has', async () => {
    const job = open(from).copy(['big.bin'], '', { to: open(to) });
    await until(() => job.snapshot.bytes.done > 8 * MiB);
    job.pause();
    await until(() => job.snapshot.state === 'paused');
    const done = job.snapshot.bytes.done;
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(job.snapshot.bytes.done).to.be.at.least(done);
    job.resume();
    expect((await job.finished).state).to.equal('done');
    await expectWhole();
  });

  it('leaves nothing when it is cancelled', async () => {
    const there = open(to);
    const job = open(from).copy(['big.bin'], '', { to: there });
    await until(() => job.snapshot.bytes.done > 8 * MiB);
    await job.cancel();
    expect((await job.finished).state).to.equal('cancelled');
    expect(await to.list()).to.deep.equal([]);
    expect(await there.strayUploads('')).to.deep.equal([]);
  });

  it('never puts parts of two versions together', async () => {
    const other = bigFile('big.bin', size).slice().arrayBuffer();
    const changed = new Uint8Array(await other).map(byte => byte ^ 255);
    const job = open(from).copy(['big.bin'], '', { to: open(to) });
    await until(() => job.snapshot.bytes.done > 8 * MiB);
    await from.put('big.bin', changed);
    const { state } = await job.finished;
    if (state === 'done') {
      expect(await digest(await to.read('big.bin'))).to.equal(await digest(changed));
    } else {
      expect([states(job)[0], job.items.at(0)!.error!.reason]).to.deep.equal(['failed', 'changed-remote']);
      expect(await to.list()).to.deep.equal([]);
    }
  });

  it('goes by the browser’s own storage where the source sends no ranges', async () => {
    await from.setFaults({ ignoreRange: true });
    const job = open(from).copy(['big.bin'], '', { to: open(to) });
    expect((await job.finished).state).to.equal('done');
    await expectWhole();
  });

  it('survives broken connections on both ways', async () => {
    await from.failNext({ operation: 'GetObject', status: 503, times: 2, skip: 3 });
    await to.failNext({ operation: 'UploadPart', status: 503, times: 2, skip: 2 });
    const job = open(from).move(['big.bin'], '', { to: open(to) });
    expect((await job.finished).state).to.equal('done');
    await expectWhole();
    expect(await from.list()).to.deep.equal([]);
  });
});

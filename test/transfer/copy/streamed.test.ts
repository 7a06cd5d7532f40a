/** Large files between two storages that send ranges and take parts: they are never here as a whole. */
import { expect } from '@open-wc/testing';
import { s3 } from '../../../src/adapters/s3/index.js';
import { noJournal, TransferManager } from '../../../src/transfer/index.js';
import { LocalStore } from '../../tools/local-store.js';
import { bigFile } from '../harness.js';

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

describe('a large file between two storages', function () {
  this.timeout(120_000);
  const big = bigFile('big.bin', size);
  let from: LocalStore;
  let to: LocalStore;
  let stagedBefore: number;

  const open = (store: LocalStore) =>
    new TransferManager({
      adapter: s3({ bucketUrl: store.bucketUrl, signRequest: store.sign }),
      journal: noJournal,
    });

  before(async () => {
    from = await LocalStore.open();
    await from.put('big.bin', big);
  });

  beforeEach(async () => {
    to = await LocalStore.open();
    await Promise.all([from.resetStats(), from.resetFaults()]);
    stagedBefore = await staged();
  });

  afterEach(() => to.close());

  after(() => from.close());

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
    expect(most).to.be.at.most(stagedBefore);
    const ranges = (await from.stats()).counts.GetObject;
    const parts = (await to.stats()).counts.UploadPart;
    expect(parts).to.be.greaterThan(5);
    expect(ranges).to.equal(parts);
  });

  /** The first parts pass; the others take their time. */
  const slowParts = () => to.setFaults({ rules: [{ operation: 'UploadPart', skip: 2, delay: 3000 }] });

  const pause = () => new Promise(resolve => setTimeout(resolve, 20));

  /** The target holds some of it, and not all. */
  async function someParts(): Promise<void> {
    while (!(await to.uploads())[0]?.parts) await pause();
  }

  it('goes on after a pause with what it has', async () => {
    await slowParts();
    const job = open(from).copy(['big.bin'], '', { to: open(to) });
    await someParts();
    job.pause();
    while (job.snapshot.state !== 'paused') await pause();
    await to.resetFaults();
    job.resume();
    expect((await job.finished).state).to.equal('done');
    await expectWhole();
  });

  it('leaves nothing when it is cancelled', async () => {
    await slowParts();
    const there = open(to);
    const job = open(from).copy(['big.bin'], '', { to: there });
    await someParts();
    await job.cancel();
    expect((await job.finished).state).to.equal('cancelled');
    expect([await to.list(), await to.uploads()]).to.deep.equal([[], []]);
  });

  it('never puts parts of two versions together', async () => {
    const bytes = new Uint8Array(await big.arrayBuffer());
    const changed = bytes.map(byte => byte ^ 255);
    await from.setFaults({ rules: [{ operation: 'GetObject', skip: 2, times: 6, delay: 8000 }] });
    const job = open(from).copy(['big.bin'], '', { to: open(to) });
    await someParts();
    await from.put('big.bin', changed);
    // All of the new version, from its first part on.
    expect((await job.finished).state, job.items.at(0)!.error?.stack).to.equal('done');
    expect(await digest(await to.read('big.bin'))).to.equal(await digest(changed));
    await from.put('big.bin', big);
  });

  it('keeps no part of a file that failed in memory', async () => {
    await to.setFaults({ rules: [{ operation: 'UploadPart', status: 403 }] });
    const job = open(from).copy(['big.bin'], '', { to: open(to) });
    expect((await job.finished).state).to.equal('incomplete');
    await Promise.all([to.resetFaults(), from.resetStats(), to.resetStats()]);
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    await expectWhole();
    // Every one of them was fetched for this try; some more than once, where what had been under way was still counted.
    const ranges = (await from.stats()).counts.GetObject;
    expect(ranges).to.be.at.least((await to.stats()).counts.UploadPart!);
  });

  it('takes a file on a retry as it is then, when its size is not what the listing said', async () => {
    const grown = new Blob([big, new Uint8Array(1000).fill(7)]);
    await from.put('run/growing.bin', big);
    await to.setFaults({ rules: [{ operation: 'CreateMultipartUpload', delay: 2000 }] });
    const job = open(from).copy(['run/'], '', { to: open(to) });
    while (!(await to.stats()).inFlight.CreateMultipartUpload) await pause();
    await from.put('run/growing.bin', grown);
    expect((await job.finished).state).to.equal('incomplete');
    const { error } = job.items.at(0)!;
    expect([error!.reason, error!.kind, job.isRetryable()]).to.deep.equal(['changed-remote', 'fatal', true]);
    expect(error!.message).to.contain('Try it again');
    await to.resetFaults();
    expect(await to.uploads()).to.deep.equal([]);
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(await digest(await to.read('run/growing.bin'))).to.equal(await digest(await grown.arrayBuffer()));
    await from.remove('run/growing.bin');
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

import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { stagingFolder } from '../../../src/transfer/sinks/staged-files.js';
import { lastWritten, membersOf } from '../../../src/transfer/sinks/staged-journal.js';
import type { TransferJob } from '../../../src/transfer/types.js';
import { LocalStore } from '../../tools/local-store.js';
import { isGone, type OtherPage, otherPage, until } from './other-page.js';
import { bytesSent, changing, expectNothingStaged, fileWith, staged, withoutRoom } from './staged-support.js';
import { bytesOf, contextFor, firstDifference, patterned, temporaryDirectory } from './support.js';

const mebibyte = 1024 * 1024;

describe('a resumable archive in a picked file', function () {
  this.timeout(120_000);
  let store: LocalStore;
  let adapter: Adapter;
  let whole: Uint8Array<ArrayBuffer>;
  const sizes = [12, 12, 60].map(each => each * mebibyte);
  const total = sizes.reduce((sum, each) => sum + each, 0);

  const into = (to: FileSystemFileHandle, resumable = true): TransferJob =>
    startDownload(contextFor(adapter), ['run/'], { to, resumable });

  before(async () => {
    store = await LocalStore.open();
    adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
    for (const [index, size] of sizes.entries()) {
      await store.put(`run/${index}.bin`, new Blob([patterned(size, index + 1)]));
    }
    await store.put('run/small.txt', 'hello');
    await using directory = await temporaryDirectory();
    const handle = await directory.getFileHandle('whole.zip', { create: true });
    await into(handle, false).finished;
    whole = await bytesOf(await handle.getFile());
    expect(whole.length).to.be.greaterThan(total);
  });
  after(() => store.close());
  beforeEach(() => store.resetStats());
  afterEach(async () => {
    await store.resetFaults();
    for (const id of await staged()) await (await stagingFolder()).removeEntry(id).catch(() => {});
  });

  async function expectWhole(handle: FileSystemFileHandle): Promise<void> {
    expect(firstDifference(await bytesOf(await handle.getFile()), whole)).to.equal(-1);
    await expectNothingStaged();
  }

  it('is written there once it is whole', async () => {
    await using directory = await temporaryDirectory();
    const handle = await fileWith(directory, 'mine.zip', 'as it was');
    const job = into(handle);
    expect((await job.finished).state).to.equal('done');
    expect(job.facts).to.include({ survivesReload: true, copiesTwice: true, needsClick: true });
    await expectWhole(handle);
  });

  it('goes on after a page that went away', async () => {
    await using directory = await temporaryDirectory();
    await store.setFaults({ bytesPerSecond: 5 * mebibyte });
    const frame = await otherPage(
      store,
      'run/',
      { folder: directory.name, file: 'mine.zip' },
      { resumable: true },
    );
    const keptOf = async (id: string): Promise<number> => {
      const members = await membersOf(id);
      return members.flatMap(each => each.stretches).reduce((sum, { size }) => sum + size, 0);
    };
    const id = await until(async () => {
      const page = frame.contentWindow as OtherPage | null;
      if (page?.failure) throw page.failure;
      const [found] = (await lastWritten()).keys();
      return found !== undefined && (await keptOf(found)) > 30 * mebibyte ? found : undefined;
    });
    frame.remove();
    await store.resetFaults();
    await isGone(store, id);
    await store.resetStats();
    const kept = await keptOf(id);
    const handle = await directory.getFileHandle('mine.zip');
    expect((await handle.getFile()).size).to.equal(0);
    expect((await into(handle).finished).state).to.equal('done');
    expect(await bytesSent(store)).to.be.at.most(total + 'hello'.length - kept);
    await expectWhole(handle);
  });

  it('fetches nothing again when its place could not be written in the end', async () => {
    await using directory = await temporaryDirectory();
    const handle = await fileWith(directory, 'mine.zip', 'as it was');
    let refuses = true;
    changing(handle, writable => {
      const { close } = writable;
      writable.close = async () => {
        if (!refuses) return close.call(writable);
        throw new DOMException('No.', 'QuotaExceededError');
      };
    });
    const job = into(handle);
    for (const again of [false, true]) {
      if (again) job.retryFailed();
      expect((await job.finished).state).to.equal('incomplete');
      expect(job.snapshot.reason).to.include({ kind: 'fatal', reason: 'quota' });
      expect(job.isRetryable()).to.equal(true);
      expect(await staged()).to.have.length(1);
      expect(await (await handle.getFile()).text()).to.equal('as it was');
    }
    refuses = false;
    await store.resetStats();
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(job.snapshot.reason).to.equal(undefined);
    expect(await bytesSent(store)).to.equal(0);
    await expectWhole(handle);
    expect(job.isRetryable()).to.equal(false);
  });

  for (const giveUp of ['release', 'cancel'] as const) {
    it(`leaves nothing staged when it is given up after that (${giveUp})`, async () => {
      await using directory = await temporaryDirectory();
      const handle = await fileWith(directory, 'mine.zip', 'as it was');
      changing(handle, writable => {
        writable.close = async () => {
          throw new DOMException('No.', 'NotAllowedError');
        };
      });
      const job = into(handle);
      expect((await job.finished).state).to.equal('incomplete');
      await job[giveUp]!();
      await expectNothingStaged();
      expect(job.isRetryable()).to.equal(false);
      expect(await (await handle.getFile()).text()).to.equal('as it was');
    });
  }

  it('is stopped while it is written there, and leaves what was there', async () => {
    await using directory = await temporaryDirectory();
    const handle = await fileWith(directory, 'mine.zip', 'as it was');
    let cancelled: Promise<void> | undefined;
    changing(handle, writable => {
      const { write } = writable;
      writable.write = async chunk => {
        await write.call(writable, chunk);
        cancelled = job.cancel();
      };
    });
    const job = into(handle);
    expect((await job.finished).state).to.equal('cancelled');
    await cancelled;
    expect(await (await handle.getFile()).text()).to.equal('as it was');
    await expectNothingStaged();
  });

  it('goes directly where the browser has no room for it', async () => {
    await using directory = await temporaryDirectory();
    const handle = await directory.getFileHandle('mine.zip', { create: true });
    const restore = withoutRoom();
    try {
      const job = into(handle);
      expect((await job.finished).state).to.equal('done');
      expect(job.facts).to.include({ survivesReload: false, copiesTwice: false });
    } finally {
      restore();
    }
    await expectWhole(handle);
  });
});

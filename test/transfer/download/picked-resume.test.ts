import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { KnownCopies } from '../../../src/transfer/download/known-copies.js';
import { storageIdentity } from '../../../src/transfer/journal.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import { stagingFolder } from '../../../src/transfer/sinks/staged-files.js';
import { recordsOf } from '../../../src/transfer/sinks/staged-journal.js';
import type { DownloadOptions, ItemState, TransferJob } from '../../../src/transfer/types.js';
import { LocalStore } from '../../tools/local-store.js';
import { isGone, type OtherPage, otherPage, until } from './other-page.js';
import { bytesSent, changing, expectNothingStaged, fileWith, staged, withoutRoom } from './staged-support.js';
import { bytesOf, contextFor, firstDifference, patterned, temporaryDirectory, tree } from './support.js';

const mebibyte = 1024 * 1024;

describe('a resumable download into a picked place', function () {
  this.timeout(120_000);
  let store: LocalStore;
  let adapter: Adapter;
  const size = 100 * mebibyte;
  const content = patterned(size, 6);
  before(async () => {
    store = await LocalStore.open();
    adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
    await store.put('runs/large.bin', new Blob([content]));
    await store.put('runs/small.txt', 'hello');
  });
  after(() => store.close());
  afterEach(async () => {
    await store.resetFaults();
    await store.resetStats();
    for (const id of await staged()) await (await stagingFolder()).removeEntry(id).catch(() => {});
  });

  const into = (to: NonNullable<DownloadOptions['to']>, options: DownloadOptions = {}): TransferJob =>
    startDownload(contextFor(adapter), [to instanceof FileSystemFileHandle ? 'runs/large.bin' : 'runs/'], {
      to,
      resumable: true,
      ...options,
    });

  async function done(job: TransferJob): Promise<TransferJob> {
    const { state, snapshot } = await job.finished;
    expect(state, snapshot.reason?.message).to.equal('done');
    return job;
  }

  const expectContent = async (file: Blob | undefined): Promise<void> =>
    void expect(firstDifference(await bytesOf(file!), content)).to.equal(-1);

  const recordHere = async () =>
    (await recordsOf({ storage: storageIdentity(adapter)!, path: 'runs/large.bin' }))[0];

  /** Ends another page once `look` finds something there. Resolves to how many bytes are noted then. */
  async function interrupted(
    to: { readonly folder: string; readonly file?: string },
    look: (page: OtherPage, kept: number) => boolean,
    prepare?: (page: OtherPage) => void,
  ): Promise<number> {
    const path = to.file === undefined ? 'runs/' : 'runs/large.bin';
    const frame = await otherPage(store, path, to, { resumable: true });
    const record = await until(async () => {
      const page = frame.contentWindow as OtherPage | null;
      if (page?.failure) throw page.failure;
      const found = await recordHere();
      const kept = found?.stretches.reduce((sum, each) => sum + each.size, 0) ?? 0;
      if (page?.job) prepare?.(page);
      return page?.job && found && look(page, kept) ? found : undefined;
    });
    frame.remove();
    await store.resetFaults();
    await isGone(store, record.id);
    await store.resetStats();
    return (await recordHere())!.stretches.reduce((sum, each) => sum + each.size, 0);
  }

  async function atHalfWay(to: Parameters<typeof interrupted>[0]): Promise<number> {
    await store.setFaults({ bytesPerSecond: 6 * mebibyte });
    return interrupted(to, (_, kept) => kept >= 40 * mebibyte);
  }

  it('stages the file, hands it over byte for byte, and leaves nothing staged', async () => {
    await using directory = await temporaryDirectory();
    const handle = await fileWith(directory, 'mine.bin', 'as it was');
    let during: { text: string; state: ItemState; staged: number } | undefined;
    const job: TransferJob = into(
      changing(handle, writable => {
        const { write } = writable;
        writable.write = async chunk => {
          const { state } = job.items.at(0)!;
          const text = await (await handle.getFile()).text();
          during = { text, state, staged: (await staged()).length };
          return write.call(writable, chunk);
        };
      }),
    );
    await done(job);
    expect(during).to.deep.equal({ text: 'as it was', state: 'finishing', staged: 1 });
    await expectContent(await handle.getFile());
    expect(job.items.at(0)!.result).to.include({ size, savedAs: 'mine.bin' });
    expect(job.items.at(0)!.result!.verified).to.include({ level: 'checksum', by: 'page' });
    expect(job.facts).to.deep.equal({
      seekable: true,
      canResume: true,
      canVerify: true,
      survivesReload: true,
      survivesTabClose: false,
      needsClick: true,
      copiesTwice: true,
    });
    await expectNothingStaged();
  });

  it('fetches no finished range again after a page that went away, and fills the picked file', async () => {
    await using directory = await temporaryDirectory();
    const kept = await atHalfWay({ folder: directory.name, file: 'mine.bin' });
    const handle = await directory.getFileHandle('mine.bin');
    expect((await handle.getFile()).size).to.equal(0);
    const job = await done(into(handle));
    expect(await bytesSent(store)).to.be.at.most(size - kept);
    expect(job.items.at(0)!.result!.verified).to.include({ level: 'checksum', by: 'page' });
    await expectContent(await handle.getFile());
    await expectNothingStaged();
  });

  it('is offered to a later page, which goes on into the same file', async function () {
    await using directory = await temporaryDirectory();
    await store.setFaults({ bytesPerSecond: 6 * mebibyte });
    const manager = new TransferManager({ adapter });
    const frame = await otherPage(
      store,
      'runs/large.bin',
      { folder: directory.name, file: 'mine.bin' },
      { isManaged: true, resumable: true },
    );
    try {
      await until(() => (frame.contentWindow as OtherPage).job && true);
      // Handles are kept by some browsers only.
      const isKept = await until(async () => {
        const found = await recordHere();
        const kept = found?.stretches.reduce((sum, each) => sum + each.size, 0) ?? 0;
        return kept > 40 * mebibyte ? (await manager.interruptedDownloads()).length > 0 : undefined;
      });
      if (!isKept) this.skip();
    } finally {
      frame.remove();
      await store.resetFaults();
    }
    const { fetched } = await until(async () => {
      if ((await store.stats()).inFlight.GetObject) return undefined;
      const [download] = await manager.interruptedDownloads();
      return download?.isElsewhere === false ? download : undefined;
    });
    expect(fetched).to.be.greaterThan(40 * mebibyte);
    await store.resetStats();
    const { jobs } = await manager.resumeInterruptedDownloads();
    await done(jobs[0]!);
    expect(await bytesSent(store)).to.be.at.most(size - fetched);
    await expectContent(await (await directory.getFileHandle('mine.bin')).getFile());
    expect(await manager.interruptedDownloads()).to.deep.equal([]);
    await expectNothingStaged();
  });

  it('fetches nothing again after a page that went away while it handed the file over', async () => {
    await using directory = await temporaryDirectory();
    await fileWith(directory, 'mine.bin', 'as it was');
    let closing = false;
    const kept = await interrupted(
      { folder: directory.name, file: 'mine.bin' },
      () => closing,
      page => {
        const { FileSystemWritableFileStream: Stream } = page as unknown as typeof globalThis;
        Stream.prototype.close = () => {
          closing = true;
          return new Promise(() => {});
        };
      },
    );
    expect(kept).to.equal(size);
    const handle = await directory.getFileHandle('mine.bin');
    expect(await (await handle.getFile()).text()).to.equal('as it was');
    await done(into(handle));
    expect(await bytesSent(store)).to.equal(0);
    await expectContent(await handle.getFile());
    await expectNothingStaged();
  });

  for (const conflict of ['skip-same', 'rename', 'fail', 'replace'] as const) {
    it(`goes on with the large file of a picked folder, under its own name (${conflict})`, async () => {
      await using directory = await temporaryDirectory();
      const kept = await atHalfWay({ folder: directory.name });
      // Put there by the earlier page, and none of this test's business.
      await until(async () => ((await tree(directory)).has('runs/small.txt') ? true : undefined));
      await (await directory.getDirectoryHandle('runs')).removeEntry('small.txt');
      await done(into(directory, { conflict }));
      expect(await bytesSent(store)).to.be.at.most(size - kept + 'hello'.length);
      const files = await tree(directory);
      expect([...files.keys()].filter(name => !name.endsWith('.crswap')).sort()).to.deep.equal([
        'runs/large.bin',
        'runs/small.txt',
      ]);
      await expectContent(files.get('runs/large.bin'));
      await expectNothingStaged();
      if (conflict !== 'skip-same') return;
      // The local file is known for what it is: nothing is read or fetched to see that.
      const version = await new KnownCopies('test').versionOf('runs/large.bin', files.get('runs/large.bin')!);
      expect(version).to.have.property('etag').that.is.a('string');
      await store.resetStats();
      const again = await done(into(directory, { conflict }));
      expect(again.snapshot.files.skipped).to.equal(2);
      expect(await bytesSent(store)).to.equal(0);
    });
  }

  it('keeps to the policy of a folder, and leaves what stood there until the new file is whole', async () => {
    await using directory = await temporaryDirectory();
    const folder = await directory.getDirectoryHandle('runs', { create: true });
    await fileWith(folder, 'large.bin', 'as it was');
    expect((await done(into(directory, { conflict: 'skip' }))).snapshot.files.skipped).to.equal(1);
    await done(into(directory, { conflict: 'rename' }));
    const files = await tree(folder);
    expect(await files.get('large.bin')!.text()).to.equal('as it was');
    await expectContent(files.get('large (2).bin'));
    await expectNothingStaged();
  });

  it('keeps what has come when the place cannot be written in the end, until it can', async () => {
    await using directory = await temporaryDirectory();
    const handle = await fileWith(directory, 'mine.bin', 'as it was');
    let refusal: string | undefined = 'QuotaExceededError';
    changing(handle, writable => {
      const { write } = writable;
      writable.write = async chunk => {
        if (refusal !== undefined) throw new DOMException('No.', refusal);
        return write.call(writable, chunk);
      };
    });
    const job = into(handle);
    for (const [reason, next] of [
      ['quota', 'NotAllowedError'],
      ['forbidden', undefined],
    ] as const) {
      expect((await job.finished).state).to.equal('incomplete');
      expect(job.items.at(0)!.error).to.include({ kind: 'fatal', reason });
      expect(job.items.at(0)!.error!.message).to.include('fetches nothing a second time');
      expect(job.isRetryable()).to.equal(true);
      expect(await staged()).to.have.length(1);
      expect(await (await handle.getFile()).text()).to.equal('as it was');
      refusal = next;
      await store.resetStats();
      job.retryFailed();
    }
    await done(job);
    expect(await bytesSent(store)).to.equal(0);
    await expectContent(await handle.getFile());
    await expectNothingStaged();
  });

  it('fetches the file anew when the browser has taken the staged one away meanwhile', async () => {
    await using directory = await temporaryDirectory();
    const handle = await directory.getFileHandle('mine.bin', { create: true });
    let fails = true;
    changing(handle, writable => {
      const { write } = writable;
      writable.write = async chunk => {
        if (!fails) return write.call(writable, chunk);
        fails = false;
        for (const id of await staged()) await (await stagingFolder()).removeEntry(id);
        throw new DOMException('Gone.', 'NotFoundError');
      };
    });
    await done(into(handle));
    expect(fails).to.equal(false);
    await expectContent(await handle.getFile());
    await expectNothingStaged();
  });

  it('lets go of everything when it is dismissed after that, or cancelled while it hands over', async () => {
    await using directory = await temporaryDirectory();
    const handle = await fileWith(directory, 'mine.bin', 'as it was');
    let job: TransferJob | undefined;
    let cancelled: Promise<void> | undefined;
    changing(handle, writable => {
      const { close } = writable;
      writable.close = async () => {
        cancelled = job?.cancel();
        if (cancelled === undefined) throw new DOMException('No.', 'AbortError');
        await new Promise(resolve => setTimeout(resolve, 100));
        return close.call(writable);
      };
    });
    const failing = into(handle);
    expect((await failing.finished).state).to.equal('incomplete');
    expect(await staged()).to.have.length(1);
    await failing.release!();
    await expectNothingStaged();
    job = into(handle);
    expect((await job.finished).state).to.equal('cancelled');
    await cancelled;
    expect(await (await handle.getFile()).text()).to.equal('as it was');
    await expectNothingStaged();
  });

  it('says at once that the place cannot be written, before a byte is fetched', async () => {
    await using directory = await temporaryDirectory();
    const handle = await directory.getFileHandle('mine.bin', { create: true });
    handle.createWritable = async () => {
      throw new DOMException('No.', 'NotAllowedError');
    };
    const job = into(handle);
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.items.at(0)!.error).to.include({ reason: 'forbidden' });
    expect(await bytesSent(store)).to.be.lessThan(32 * mebibyte);
    await expectNothingStaged();
  });

  it('goes directly where the browser has no room for it, and says so', async () => {
    await using directory = await temporaryDirectory();
    const restore = withoutRoom();
    try {
      const handle = await directory.getFileHandle('mine.bin', { create: true });
      const job = await done(into(handle));
      expect(job.facts).to.include({ survivesReload: false, copiesTwice: false, needsClick: true });
      await expectContent(await handle.getFile());
    } finally {
      restore();
    }
  });
});

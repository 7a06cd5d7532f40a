import { expect } from '@open-wc/testing';
import { storageIdentity } from '../../src/transfer/journal.js';
import type { ConflictPolicy } from '../../src/transfer/types.js';
import { FakeStorage, failure } from './fake-storage.js';
import { bigFile, gate, until } from './harness.js';
import { Browser, bytesOf, crashAfter, kb, onDisk, partsSent, partsStorage } from './resume-support.js';

describe('interrupted uploads and what is at their paths', () => {
  let browser: Browser;

  beforeEach(() => {
    browser = new Browser();
  });

  afterEach(() => browser.close());

  it('of one path are offered once; the newest goes on, and the others are cleared away', async () => {
    const storage = partsStorage();
    const file = await onDisk('big.bin', 95 * kb);
    await crashAfter(2, browser, storage, file);
    await new Promise(resolve => setTimeout(resolve, 5));
    await crashAfter(5, browser, storage, file);
    expect(storage.uploads.size).to.equal(2);
    const { manager, journal } = browser.open(storage);
    const offered = await manager.interrupted();
    expect(offered.map(({ path, stored }) => [path, stored])).to.deep.equal([['runs/big.bin', 50 * kb]]);
    const { job } = await manager.resumeInterrupted();
    expect((await job!.finished).state).to.equal('done');
    expect(job!.items.length).to.equal(1);
    expect(partsSent(storage)).to.deep.equal([6, 7, 8, 9, 10]);
    await until(() => storage.uploads.size === 0, 'the older upload to be removed');
    await journal.flush();
    expect(await browser.text()).to.equal('[[],[]]');
  });

  it('of one path are discarded together', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(2, browser, storage, file);
    await new Promise(resolve => setTimeout(resolve, 5));
    await crashAfter(5, browser, storage, file);
    const { manager } = browser.open(storage);
    expect(await manager.discardInterrupted(await manager.interrupted())).to.deep.equal([]);
    expect(storage.uploads.size).to.equal(0);
    expect(await manager.interrupted()).to.deep.equal([]);
  });

  it('are not offered while a newer one to their path runs here, and go once it is stored', async () => {
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    const { manager } = browser.open(storage);
    const hold = gate();
    storage.before = call => (call.operation === 'part' ? hold.promise : undefined);
    const job = manager.upload([bigFile('big.bin', 45 * kb)], { into: 'runs/' });
    await until(() => storage.uploads.size === 2);
    await until(() => storage.count('part') > 0);
    expect(await manager.interrupted()).to.deep.equal([]);
    hold.open();
    expect((await job.finished).state).to.equal('done');
    await until(() => storage.uploads.size === 0, 'the old version’s parts to be removed');
    expect(await manager.interrupted()).to.deep.equal([]);
    expect(storage.objects.get('runs/big.bin')?.bytes.length).to.equal(45 * kb);
  });

  it('do not take the newer upload with them where a storage gives uploads no id', async () => {
    const storage = partsStorage();
    const { openUpload, reopenUpload } = storage.adapter;
    // The upload is the path: beginning again goes on where the old one was.
    const state = { path: 'runs/big.bin' };
    Object.assign(storage.adapter, {
      openUpload: async (...about: Parameters<NonNullable<typeof openUpload>>) => {
        const plan = await openUpload!(...about);
        if (plan.kind !== 'parts') return plan;
        return {
          ...plan,
          begin: async () => {
            storage.uploads.set(undefined as never, { path: state.path, parts: new Map() });
            return state;
          },
        };
      },
      reopenUpload: (...about: Parameters<NonNullable<typeof reopenUpload>>) => reopenUpload!(...about),
    });
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    const { manager, journal } = browser.open(storage);
    const hold = gate();
    storage.before = call => (call.operation === 'part' && call.part > 1 ? hold.promise : undefined);
    const job = manager.upload([bigFile('big.bin', 45 * kb)], { into: 'runs/' });
    const kept = () => journal.kept(storageIdentity(storage.adapter)!);
    await until(() => job.items.at(0)!.acknowledged === 10 * kb);
    for (let look = 0; look < 100 && (await kept()).length !== 1; look++) {
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    expect(
      (await kept()).map(({ size }) => size),
      'records',
    ).to.deep.equal([45 * kb]);
    expect(storage.count('abort')).to.equal(0);
    hold.open();
    expect((await job.finished).state).to.equal('done');
    expect(storage.count('abort')).to.equal(0);
  });

  it('are offered again when their job could not take them', async () => {
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    const { manager } = browser.open(storage);
    // Nothing more fits into a full container.
    Object.assign(storage.adapter.capabilities, { maxFiles: 0 });
    const { job } = await manager.resumeInterrupted(undefined, { files: [bigFile('big.bin', 95 * kb)] });
    await job!.finished.catch(() => {});
    await until(async () => (await manager.interrupted()).length === 1, 'it to be offered again');
    expect(storage.uploads.size).to.equal(1);
  });

  for (const conflict of ['fail', 'skip', 'ask', 'rename'] satisfies ConflictPolicy[]) {
    it(`begun under “${conflict}” replace nobody’s file where the storage cannot refuse that`, async () => {
      const storage = partsStorage({ conditionalCreate: false });
      const file = bigFile('big.bin', 95 * kb);
      await crashAfter(4, browser, storage, file, { conflict });
      const { manager } = browser.open(storage);
      await storage.put('runs/big.bin', 'theirs');
      const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
      await job!.finished;
      expect(job!.items.at(0)!.error?.reason).to.equal('exists');
      expect(storage.text('runs/big.bin')).to.equal('theirs');
      expect(storage.uploads.size, 'what is stored of it').to.equal(1);
      await job!.cancel();
    });
  }

  it('begun with nothing in their way know their own file when only the answer was lost', async () => {
    const storage = partsStorage({ conditionalCreate: false });
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file, { conflict: 'fail' });
    const { manager } = browser.open(storage);
    storage.uploads.clear();
    await manager.upload([file], { into: 'else/' }).finished;
    storage.objects.set('runs/big.bin', storage.objects.get('else/big.bin')!);
    storage.calls.length = 0;
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    const { state, items } = await job!.finished;
    expect([state, items.at(0)!.result?.skipped]).to.deep.equal(['done', 'same']);
    expect(partsSent(storage)).to.deep.equal([]);
    expect(await manager.interrupted()).to.deep.equal([]);
  });

  for (const again of ['retry', 'another file'] as const) {
    it(`replace nobody’s file when the file itself changed meanwhile (${again})`, async () => {
      const storage = partsStorage({ conditionalCreate: false });
      const file = await onDisk('big.bin', 95 * kb);
      const metadata = { custom: { sample: '7' } };
      await crashAfter(4, browser, storage, file, { conflict: 'fail', metadata });
      const changed = await file.handle.createWritable();
      await changed.write('the new version');
      await changed.close();
      await storage.put('runs/big.bin', 'theirs');
      const asked: unknown[] = [];
      const { openUpload } = storage.adapter;
      Object.assign(storage.adapter, {
        openUpload: (...given: Parameters<NonNullable<typeof openUpload>>) => {
          asked.push(given[0].metadata);
          return openUpload!(...given);
        },
      });
      const { manager } = browser.open(storage);
      const { job } = await manager.resumeInterrupted();
      await job!.finished;
      expect(job!.items.at(0)!.error?.reason).to.equal('changed-local');
      const goOn = () =>
        again === 'retry' ? job!.retryFailed(0) : job!.sendAgain!(0, new File(['the new version'], 'x.bin'));
      goOn();
      await job!.finished;
      expect(job!.items.at(0)!.error?.reason).to.equal('exists');
      expect(storage.text('runs/big.bin')).to.equal('theirs');
      storage.objects.delete('runs/big.bin');
      goOn();
      expect((await job!.finished).state).to.equal('done');
      expect(storage.text('runs/big.bin')).to.equal('the new version');
      expect(asked).to.deep.equal([metadata]);
    });
  }

  it('are cleared away when a file was stored at their path by one request', async () => {
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    await crashAfter(4, browser, storage, bigFile('other.bin', 95 * kb));
    const requests = new FakeStorage();
    const { manager } = browser.open(requests);
    await manager.upload([bigFile('big.bin', kb), bigFile('small.bin', kb)], { into: 'runs/' }).finished;
    for (let look = 0; look < 100 && (await manager.interrupted()).length !== 1; look++) {
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    expect((await manager.interrupted()).map(({ path }) => path)).to.deep.equal(['runs/other.bin']);
  });

  it('asked to replace still do, whatever came there', async () => {
    const storage = partsStorage({ conditionalCreate: false });
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file, { conflict: 'replace' });
    const { manager } = browser.open(storage);
    await storage.put('runs/big.bin', 'older');
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(await bytesOf(file));
  });
});

describe('interrupted uploads and the file chosen again', () => {
  let browser: Browser;

  beforeEach(() => {
    browser = new Browser();
  });

  afterEach(() => browser.close());

  it('take none on its beginning alone when no time is known: every part on record is compared', async () => {
    const storage = partsStorage();
    const bytes = await bytesOf(bigFile('big.bin', 95 * kb));
    const asBlob = (content: Uint8Array) => ({
      file: new Blob([content as Uint8Array<ArrayBuffer>]),
      path: 'big.bin',
    });
    await crashAfter(4, browser, storage, asBlob(bytes));
    const other = bytes.slice();
    other[35 * kb] = 1 + other[35 * kb]!;
    const { manager } = browser.open(storage);
    const options = { conflict: 'replace' } as const;
    const wrong = await manager.resumeInterrupted(undefined, { files: [asBlob(other)], options });
    expect(wrong.job, 'another file').to.equal(undefined);
    const { job } = await manager.resumeInterrupted(undefined, { files: [asBlob(bytes)], options });
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(bytes);
    expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
  });

  it('take none under another name that could belong to two of them', async () => {
    const storage = partsStorage();
    const first = bigFile('data_01.raw', 95 * kb);
    const { lastModified } = first;
    const bytes = await bytesOf(first);
    bytes[70 * kb] = 1 + bytes[70 * kb]!;
    const second = new File([bytes as Uint8Array<ArrayBuffer>], 'data_02.raw', { lastModified });
    for (const file of [first, second]) await crashAfter(4, browser, storage, file);
    const { manager } = browser.open(storage);
    const renamed = new File([second], 'renamed.raw', { lastModified });
    const wrong = await manager.resumeInterrupted(undefined, { files: [renamed] });
    expect(wrong.job).to.equal(undefined);
    expect(wrong.unknownFiles).to.deep.equal([renamed]);
    const { job } = await manager.resumeInterrupted(undefined, { files: [second, first] });
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/data_02.raw')?.bytes).to.deep.equal(bytes);
    expect(storage.objects.get('runs/data_01.raw')?.bytes).to.deep.equal(await bytesOf(first));
  });

  it('go on although another of the chosen files cannot be read', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const { manager } = browser.open(storage);
    const gone = {
      path: 'gone.bin',
      file: () => Promise.reject<File>(new DOMException('gone', 'NotFoundError')),
    };
    const { job, unknownFiles } = await manager.resumeInterrupted(undefined, { files: [gone, file] });
    expect(unknownFiles).to.deep.equal([gone]);
    expect((await job!.finished).state).to.equal('done');
  });

  it('are left alone when they were asked for in another way', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file, { metadata: { custom: { run: '17' } } });
    const { manager } = browser.open(storage);
    for (const options of [
      { metadata: { custom: { run: '18' } } },
      {},
      { metadata: { custom: { run: '17' } }, verify: 'checksum' },
      { metadata: { custom: { run: '17' } }, conflict: 'rename' },
    ] as const) {
      const { job, notResumed } = await manager.resumeInterrupted(undefined, { files: [file], options });
      expect(job).to.equal(undefined);
      expect(notResumed.map(({ why }) => why)).to.deep.equal(['other-wishes']);
    }
    expect(await manager.interrupted()).to.have.length(1);
    const { job } = await manager.resumeInterrupted(undefined, {
      files: [file],
      options: { metadata: { custom: { run: '17' } } },
    });
    expect((await job!.finished).state).to.equal('done');
  });

  it('are left alone when they were asked for in another way, also where nobody has to choose the file', async () => {
    const storage = partsStorage();
    const file = await onDisk('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file, { metadata: { custom: { run: '17' } } });
    const { manager } = browser.open(storage);
    for (const options of [{}, { metadata: { custom: { run: '18' } } }]) {
      const { job, notResumed } = await manager.resumeInterrupted(undefined, { options });
      expect(job).to.equal(undefined);
      expect(notResumed.map(({ why }) => why)).to.deep.equal(['other-wishes']);
    }
    const options = { metadata: { custom: { run: '17' } } };
    const { job } = await manager.resumeInterrupted(undefined, { options });
    expect((await job!.finished).state).to.equal('done');
  });
});

describe('asking whether files may be read', () => {
  type Askable = Record<'queryPermission' | 'requestPermission', unknown>;
  const prototype = FileSystemHandle.prototype as unknown as Askable;
  const real = { query: prototype.queryPermission, request: prototype.requestPermission };
  let browser: Browser;
  let asked = 0;

  beforeEach(() => {
    browser = new Browser();
    asked = 0;
  });

  afterEach(async () => {
    Object.assign(prototype, { queryPermission: real.query, requestPermission: real.request });
    await browser.close();
  });

  /** What browsers do: one question for all files of a page. */
  function answer(reply: PermissionState): void {
    let now: PermissionState = 'prompt';
    prototype.queryPermission = async () => now;
    prototype.requestPermission = async () => {
      asked += 1;
      now = reply === 'prompt' ? now : reply;
      return reply;
    };
  }

  async function three(): Promise<FakeStorage> {
    const storage = partsStorage();
    for (const name of ['a', 'b', 'c']) await crashAfter(2, browser, storage, await onDisk(name, 95 * kb));
    return storage;
  }

  it('happens once for all of them', async () => {
    const storage = await three();
    const { manager } = browser.open(storage);
    answer('granted');
    const { job, notResumed } = await manager.resumeInterrupted();
    expect([notResumed.length, asked]).to.deep.equal([0, 1]);
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.size).to.equal(3);
  });

  for (const reply of ['denied', 'prompt'] as const) {
    it(`is not repeated for each file when the answer is “${reply}”`, async () => {
      const { manager } = browser.open(await three());
      answer(reply);
      const { job, notResumed } = await manager.resumeInterrupted();
      expect([job, asked]).to.deep.equal([undefined, 1]);
      expect(notResumed.map(({ why }) => why)).to.deep.equal(Array(3).fill('no-permission'));
      expect(await manager.interrupted()).to.have.length(3);
    });
  }
});

describe('clearing interrupted uploads away', () => {
  it('ends when the storage cannot be reached, and says what is left', async function () {
    this.timeout(15_000);
    const browser = new Browser();
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    const { Connectivity } = await import('../../src/transfer/connectivity.js');
    const { FastClock } = await import('./fast-clock.js');
    const connectivity = new Connectivity(new FastClock(), { isOnline: () => false });
    const { manager } = browser.open(storage, { connectivity });
    storage.before = call => {
      if (call.operation === 'abort') throw failure('wait', 'offline');
    };
    const left = await manager.discardInterrupted();
    expect(left.map(({ path }) => path)).to.deep.equal(['runs/big.bin']);
    await until(async () => (await manager.interrupted()).length === 1, 'it to be offered again');
    await browser.close();
  });

  it('shows no strays while this browser cannot read which uploads are its own', async () => {
    const browser = new Browser();
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    const { manager } = browser.open(storage);
    browser.databases.at(-1)!.read = () => Promise.reject(new DOMException('busy', 'UnknownError'));
    expect(await manager.strayUploads('runs/')).to.deep.equal([]);
    await browser.close();
  });
});

describe('a file that cannot be read for a moment', () => {
  it('keeps what is stored of it', async () => {
    const storage = new FakeStorage({ plan: 'parts', partSize: 10 * kb });
    const browser = new Browser();
    const file = await onDisk('drive.bin', 95 * kb);
    const { manager } = browser.open(storage);
    storage.before = async call => {
      if (call.operation !== 'part' || call.part <= 4) return;
      // What the page did not hear of it could not compare with the file.
      await until(() => job.items.at(0)!.acknowledged >= 40 * kb);
      throw failure('fatal', 'forbidden');
    };
    const job = manager.upload([file]);
    await job.finished;
    storage.before = () => {};
    // The drive sleeps.
    const { getFile } = FileSystemFileHandle.prototype;
    FileSystemFileHandle.prototype.getFile = () => Promise.reject(new DOMException('', 'NotReadableError'));
    try {
      job.retryFailed();
      await job.finished;
    } finally {
      FileSystemFileHandle.prototype.getFile = getFile;
    }
    expect(job.items.at(0)!.error?.reason).to.equal('unreadable');
    expect(storage.uploads.size, 'its upload').to.equal(1);
    storage.calls.length = 0;
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
    expect(storage.count('begin') + storage.count('abort')).to.equal(0);
    await browser.close();
  });
});

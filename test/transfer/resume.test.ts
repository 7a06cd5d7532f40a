import { expect } from '@open-wc/testing';
import type { CallOptions, PartsPlan, UploadIntent } from '../../src/adapters/adapter.js';
import type { InterruptedUpload } from '../../src/transfer/interrupted.js';
import { JournalDatabase } from '../../src/transfer/journal-database.js';
import { UploadJournal } from '../../src/transfer/upload-journal.js';
import { FakeStorage, failure, hasher } from './fake-storage.js';
import { bigFile, gate, managerOf, until } from './harness.js';
import { Browser, bytesOf, crashAfter, kb, onDisk, partsSent, partsStorage } from './resume-support.js';

describe('uploads of an earlier page', () => {
  let browser: Browser;

  beforeEach(() => {
    browser = new Browser();
  });

  afterEach(() => browser.close());

  it('go on with the file chosen again, and send no part twice', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const { manager } = browser.open(storage);
    const [upload, ...others] = await manager.interrupted();
    expect(others).to.deep.equal([]);
    expect(upload).to.include({
      path: 'runs/big.bin',
      name: 'big.bin',
      size: 95 * kb,
      stored: 40 * kb,
      needsFile: true,
      isElsewhere: false,
    });
    const again = new File([file], 'renamed.bin', { lastModified: file.lastModified });
    const { job, notResumed } = await manager.resumeInterrupted(undefined, { files: [again] });
    expect(notResumed).to.deep.equal([]);
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(await bytesOf(file));
    expect(storage.uploads.size).to.equal(0);
    expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
    expect(storage.count('begin')).to.equal(0);
    expect(await manager.interrupted()).to.deep.equal([]);
  });

  it('replace nobody’s file that came to their path meanwhile', async () => {
    const storage = partsStorage({ conditionalCreate: true });
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file, { conflict: 'fail' });
    const { manager } = browser.open(storage);
    await storage.put('runs/big.bin', 'theirs');
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    await job!.finished;
    expect(job!.items.at(0)!.error?.reason).to.equal('exists');
    expect(storage.text('runs/big.bin')).to.equal('theirs');
  });

  it('go on by the handle of the file, with nobody asked', async () => {
    const storage = partsStorage();
    const file = await onDisk('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const { manager } = browser.open(storage);
    const [upload] = await manager.interrupted();
    expect(upload).to.include({ needsFile: false, stored: 40 * kb });
    const { job, notResumed } = await manager.resumeInterrupted([upload!]);
    expect(notResumed).to.deep.equal([]);
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(
      await bytesOf(await file.handle.getFile()),
    );
    expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
  });

  it('say that the file has to be chosen, and leave files alone that belong to none of them', async () => {
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    const { manager } = browser.open(storage);
    const stranger = bigFile('other.bin', 50 * kb);
    const { job, notResumed, unknownFiles } = await manager.resumeInterrupted(undefined, {
      files: [stranger],
    });
    expect(job).to.equal(undefined);
    expect(notResumed.map(({ why, upload }) => [why, upload.path])).to.deep.equal([
      ['needs-file', 'runs/big.bin'],
    ]);
    expect(unknownFiles).to.deep.equal([stranger]);
    expect(await manager.interrupted()).to.have.length(1);
    expect(storage.uploads.size).to.equal(1);
  });

  it('never mix a changed file with old parts: it is told, and another try uploads the new version', async () => {
    const storage = partsStorage();
    const file = await onDisk('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const writable = await file.handle.createWritable({ keepExistingData: true });
    await writable.write({ type: 'write', position: 3, data: 'changed' });
    await writable.close();
    const { manager } = browser.open(storage);
    const { job } = await manager.resumeInterrupted();
    expect((await job!.finished).state).to.equal('incomplete');
    expect(job!.items.at(0)!.error!.reason).to.equal('changed-local');
    expect(storage.count('part') + storage.count('complete')).to.equal(0);
    job!.retryFailed();
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(
      await bytesOf(await file.handle.getFile()),
    );
    expect(partsSent(storage)).to.have.length(10);
    expect(storage.uploads.size, 'the old parts').to.equal(0);
    expect(await manager.interrupted()).to.deep.equal([]);
  });

  it('know a file by its content: same name, size and time are not enough', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const bytes = await bytesOf(file);
    bytes[5] = 1 + bytes[5]!;
    const { lastModified } = file;
    const { manager } = browser.open(storage);
    const { job } = await manager.resumeInterrupted(undefined, {
      files: [new File([bytes as Uint8Array<ArrayBuffer>], 'big.bin', { lastModified })],
    });
    await job!.finished;
    expect(job!.items.at(0)!.error!.reason).to.equal('changed-local');
    expect(storage.objects.size + storage.count('part')).to.equal(0);
    await job!.cancel();
  });

  for (const checksums of ['crc64nvme', undefined] as const) {
    const how = checksums ? 'that are sent with checksums' : 'of which only the journal has checksums';
    const unproven = {
      requestChecksum: undefined,
      wholeChecksum: undefined,
      reports: 'none',
      etags: 'none',
    };
    const open = () => partsStorage(checksums ? {} : (unproven as object));

    it(`never mix parts ${how} with a file that changed behind them without a new time`, async () => {
      const storage = open();
      const file = bigFile('big.bin', 95 * kb);
      await crashAfter(4, browser, storage, file);
      const bytes = await bytesOf(file);
      bytes[35 * kb] = 1 + bytes[35 * kb]!;
      const { lastModified } = file;
      const { manager } = browser.open(storage);
      const { job } = await manager.resumeInterrupted(undefined, {
        files: [new File([bytes as Uint8Array<ArrayBuffer>], 'big.bin', { lastModified })],
      });
      expect((await job!.finished).state).to.equal('done');
      expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(bytes);
      expect(storage.count('complete'), 'completions').to.equal(1);
      expect(storage.uploads.size, 'the old parts').to.equal(0);
    });

    it(`send no part ${how} again of a file that is the same`, async () => {
      const storage = open();
      const file = bigFile('big.bin', 95 * kb);
      await crashAfter(4, browser, storage, file);
      const { manager } = browser.open(storage);
      const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
      expect((await job!.finished).state).to.equal('done');
      expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
    });

    it(`know another file by the parts ${how}, under another name`, async () => {
      const storage = open();
      const file = bigFile('disk1.img', 95 * kb);
      await crashAfter(4, browser, storage, file);
      const bytes = await bytesOf(file);
      bytes[35 * kb] = 1 + bytes[35 * kb]!;
      const { lastModified } = file;
      const other = new File([bytes as Uint8Array<ArrayBuffer>], 'disk2.img', { lastModified });
      const { manager } = browser.open(storage);
      const { job, unknownFiles } = await manager.resumeInterrupted(undefined, { files: [other] });
      expect(job).to.equal(undefined);
      expect(unknownFiles).to.deep.equal([other]);
    });
  }

  it('leave a file alone that could be either of two of its name', async () => {
    const storage = partsStorage();
    const file = bigFile('data.bin', 95 * kb);
    await crashAfter(4, browser, storage, file, { into: 'one/' });
    await crashAfter(4, browser, storage, file, { into: 'two/' });
    const { manager } = browser.open(storage);
    const either = await manager.resumeInterrupted(undefined, { files: [file] });
    expect(either.job).to.equal(undefined);
    expect(either.unknownFiles).to.deep.equal([file]);
    const { job, notResumed } = await manager.resumeInterrupted(undefined, {
      files: [{ file, path: 'two/data.bin' }],
    });
    expect(notResumed.map(({ upload }) => upload.path)).to.deep.equal(['one/data.bin']);
    expect((await job!.finished).state).to.equal('done');
    expect([...storage.objects.keys()]).to.deep.equal(['two/data.bin']);
  });

  it('go on with a copy of the file, whose time is another one, when every part on record is the same', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    // A part that the journal does not know was never compared with this copy.
    const bytes = await bytesOf(file);
    [...storage.uploads.values()][0]!.parts.set(6, {
      bytes: bytes.slice(50 * kb, 60 * kb) as Uint8Array<ArrayBuffer>,
      receipt: { number: 6, size: 10 * kb, etag: 'unknown' },
    });
    const copy = new File([file], 'copy.bin', { lastModified: file.lastModified + 86_400_000 });
    const { manager } = browser.open(storage);
    const { job } = await manager.resumeInterrupted(undefined, { files: [copy] });
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(bytes);
    expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
  });

  it('never go on with a copy that differs in a part on record', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const bytes = await bytesOf(file);
    bytes[35 * kb] = 1 + bytes[35 * kb]!;
    const lastModified = file.lastModified + 86_400_000;
    const copy = new File([bytes as Uint8Array<ArrayBuffer>], 'copy.bin', { lastModified });
    const { manager } = browser.open(storage);
    const { job, unknownFiles } = await manager.resumeInterrupted(undefined, { files: [copy] });
    expect(job).to.equal(undefined);
    expect(unknownFiles).to.deep.equal([copy]);
  });

  it('find the file stored when only the answer to its completion was lost with the page', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 45 * kb);
    await crashAfter(4, browser, storage, file);
    const [id, upload] = [...storage.uploads][0]!;
    const plan = await storage.adapter.reopenUpload!(
      { path: 'runs/big.bin', size: file.size, type: '', checksum: 'auto' },
      { id },
      { signal: new AbortController().signal },
    );
    upload.parts.set(5, {
      bytes: (await bytesOf(file)).slice(40 * kb) as Uint8Array<ArrayBuffer>,
      receipt: { number: 5, size: 5 * kb, etag: 'e' },
    });
    await plan.complete(
      { id },
      // They came side by side, in any order.
      [...upload.parts.values()].map(part => part.receipt).sort((one, other) => one.number - other.number),
      { signal: new AbortController().signal },
    );
    storage.calls.length = 0;
    const { manager } = browser.open(storage);
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    const { state, items } = await job!.finished;
    expect(state).to.equal('done');
    expect(items.at(0)!.result!.verified!.level).to.equal('checksum');
    expect(storage.count('part') + storage.count('begin') + storage.count('complete')).to.equal(0);
    expect(await manager.interrupted()).to.deep.equal([]);
  });

  it('find the file stored also where the storage will not even take them up again', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    storage.uploads.clear();
    storage.before = call => {
      if (call.operation === 'reopenUpload') throw failure('restart', 'upload-gone');
    };
    const page = browser.open(storage);
    await page.manager.upload([file], { into: 'else/' }).finished;
    storage.objects.set('runs/big.bin', storage.objects.get('else/big.bin')!);
    storage.calls.length = 0;
    const { job } = await page.manager.resumeInterrupted(undefined, { files: [file] });
    const { state, items } = await job!.finished;
    expect(state).to.equal('done');
    expect(items.at(0)!.result!.skipped).to.equal('same');
    expect(storage.count('part') + storage.count('begin')).to.equal(0);
    expect(await page.manager.interrupted()).to.deep.equal([]);
  });

  it('begin anew when the storage has dropped them', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    storage.uploads.clear();
    await storage.put('runs/big.bin', 'older content');
    const { manager } = browser.open(storage);
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(await bytesOf(file));
    expect(partsSent(storage)).to.have.length(10);
    expect(await manager.interrupted()).to.deep.equal([]);
  });

  it('go on by the journal where the storage cannot list parts', async () => {
    const storage = partsStorage({ listsParts: false });
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const { manager } = browser.open(storage);
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(await bytesOf(file));
    expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
  });

  it('go on by the journal where the page may not list parts', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    storage.before = call => {
      if (call.operation === 'listParts') throw failure('fatal', 'signer');
    };
    const { manager } = browser.open(storage);
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    expect((await job!.finished).state).to.equal('done');
    expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
  });

  it('send a part again that is not the one the journal knows, by size or by ETag', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const { parts } = [...storage.uploads.values()][0]!;
    parts.set(2, {
      bytes: new Uint8Array(10 * kb),
      receipt: { number: 2, size: 10 * kb, etag: 'another' },
    });
    parts.set(3, { bytes: new Uint8Array(kb), receipt: { number: 3, size: kb, etag: 'short' } });
    const { manager } = browser.open(storage);
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(await bytesOf(file));
    expect(partsSent(storage)).to.deep.equal([2, 3, 5, 6, 7, 8, 9, 10]);
  });

  it('send a part again whose checksum is not the one the journal knows', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const { parts } = [...storage.uploads.values()][0]!;
    const { receipt } = parts.get(2)!;
    const bytes = new Uint8Array(10 * kb);
    const value = (await hasher.hashBytes(bytes, ['crc64nvme'])).get('crc64nvme')!;
    parts.set(2, { bytes, receipt: { ...receipt, checksum: value } });
    const { manager } = browser.open(storage);
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(await bytesOf(file));
    expect(partsSent(storage)).to.deep.equal([2, 5, 6, 7, 8, 9, 10]);
  });

  it('stay cut as they were when another part size would be chosen today', async () => {
    const options = { requestChecksum: undefined, wholeChecksum: undefined } as const;
    const storage = new FakeStorage({ plan: 'parts', ...(options as object) });
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file, { partSize: 10 * kb });
    const { manager } = browser.open(storage);
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    expect((await job!.finished).state).to.equal('done');
    expect(storage.objects.get('runs/big.bin')?.bytes).to.deep.equal(await bytesOf(file));
    expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
  });

  it('are begun again as they were asked for: metadata and all', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    const metadata = { custom: { run: '17' } };
    await crashAfter(4, browser, storage, file, { metadata, verify: 'checksum' });
    const asked: UploadIntent[] = [];
    const { manager } = browser.open(storage);
    const { openUpload } = storage.adapter;
    Object.assign(storage.adapter, {
      openUpload: (intent: UploadIntent, call: CallOptions) => {
        asked.push(intent);
        return openUpload!(intent, call);
      },
    });
    storage.uploads.clear();
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    expect((await job!.finished).state).to.equal('done');
    expect(asked[0]).to.deep.include({ metadata, path: 'runs/big.bin', size: 95 * kb });
  });

  it('belong to one tab: the other shows them as running elsewhere, and takes over when it is gone', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    const hold = gate();
    storage.before = call => (call.operation === 'part' && call.part > 4 ? hold.promise : undefined);
    const first = browser.open(storage);
    const running = first.manager.upload([file]);
    await until(() => running.items.at(0)!.acknowledged >= 40 * kb);
    const second = browser.open(storage);
    let told = 0;
    second.manager.addEventListener('interruptedchange', () => (told += 1));
    const [upload] = await second.manager.interrupted();
    expect(upload).to.include({ path: 'big.bin', isElsewhere: true });
    expect(await first.manager.interrupted(), 'in its own tab').to.deep.equal([]);
    const { job, notResumed } = await second.manager.resumeInterrupted(undefined, { files: [file] });
    expect(job).to.equal(undefined);
    expect(notResumed[0]!.why).to.equal('elsewhere');
    expect((await second.manager.discardInterrupted()).map(({ isElsewhere }) => isElsewhere)).to.deep.equal([
      true,
    ]);
    expect(storage.uploads.size).to.equal(1);
    hold.open();
    expect((await running.finished).state).to.equal('done');
    await first.journal.flush();
    await until(() => told > 0, 'the other tab to be told');
    expect(await second.manager.interrupted()).to.deep.equal([]);
  });

  it('are offered as soon as the tab that had them is gone without a word', async () => {
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    const { manager, journal } = browser.open(storage);
    const [{ id }] = (await manager.interrupted()) as [InterruptedUpload];
    const held = gate();
    void navigator.locks.request(`file-transfer-elements.upload.${id}`, () => held.promise);
    await until(async () => (await manager.interrupted())[0]!.isElsewhere, 'the lock of the other tab');
    let told = false;
    journal.onChange(() => (told = true));
    held.open();
    await until(() => told, 'the lock to be given back');
    expect((await manager.interrupted())[0]!.isElsewhere).to.equal(false);
  });

  it('go on once when a page asks twice', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const { manager } = browser.open(storage);
    const both = await Promise.all([
      manager.resumeInterrupted(undefined, { files: [file] }),
      manager.resumeInterrupted(undefined, { files: [file] }),
    ]);
    const jobs = both.flatMap(({ job }) => (job ? [job] : []));
    expect(jobs).to.have.length(1);
    expect((await jobs[0]!.finished).state).to.equal('done');
    expect(partsSent(storage)).to.deep.equal([5, 6, 7, 8, 9, 10]);
  });

  it('are cleared away, at the storage and here', async () => {
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    const { manager, journal } = browser.open(storage);
    expect(await manager.discardInterrupted()).to.deep.equal([]);
    expect(storage.uploads.size).to.equal(0);
    await journal.flush();
    expect(await browser.text()).to.equal('[[],[]]');
  });

  it('stay on record when the storage could not clear them away', async () => {
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    storage.before = call => {
      if (call.operation === 'abort') throw failure('fatal', 'forbidden');
    };
    const { manager } = browser.open(storage);
    expect(await manager.discardInterrupted()).to.have.length(1);
    expect(await manager.interrupted()).to.have.length(1);
  });

  it('are cleared away by a cancel before the storage was asked anything', async () => {
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const hold = gate();
    storage.before = call =>
      call.operation === 'reopenUpload' && call.count === 1 ? hold.promise : undefined;
    const { manager, journal } = browser.open(storage);
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    await until(() => storage.count('reopenUpload') === 1);
    await job!.cancel();
    expect(storage.uploads.size).to.equal(0);
    await journal.flush();
    expect(await browser.text()).to.equal('[[],[]]');
    hold.open();
  });

  it('are cleared away by a cancel of the job, also those whose turn had not come', async () => {
    const storage = partsStorage();
    const files = Array.from({ length: 9 }, (_, index) => bigFile(`big-${index}.bin`, 95 * kb + index));
    for (const file of files) await crashAfter(2, browser, storage, file);
    expect(storage.uploads.size).to.equal(9);
    storage.before = call => (call.operation === 'reopenUpload' ? gate().promise : undefined);
    const { manager, journal } = browser.open(storage, { connectionsPerOrigin: 1 });
    const { job } = await manager.resumeInterrupted(undefined, { files });
    await until(() => job!.items.length === 9);
    expect(job!.items.inState(['queued']).length).to.be.above(3);
    job!.pause();
    storage.before = () => {};
    await job!.cancel();
    expect(storage.uploads.size).to.equal(0);
    await journal.flush();
    expect(await browser.text()).to.equal('[[],[]]');
  });

  it('are offered again when the file could not be opened', async () => {
    const storage = partsStorage();
    const file = await onDisk('big.bin', 95 * kb);
    await crashAfter(4, browser, storage, file);
    const { manager } = browser.open(storage);
    const { getFile } = FileSystemFileHandle.prototype;
    let reads = 0;
    FileSystemFileHandle.prototype.getFile = function () {
      reads += 1;
      return reads > 1 ? Promise.reject(new DOMException('', 'NotFoundError')) : getFile.call(this);
    };
    try {
      const { job } = await manager.resumeInterrupted();
      expect((await job!.finished).state).to.equal('incomplete');
      expect(await manager.interrupted()).to.deep.equal([]);
      manager.dismiss(job!);
    } finally {
      FileSystemFileHandle.prototype.getFile = getFile;
    }
    await until(async () => (await manager.interrupted()).length === 1, 'it to be offered again');
    expect(storage.uploads.size).to.equal(1);
  });

  it('expire after a week, with what the storage holds of them', async () => {
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    const real = Date.now;
    Date.now = () => real() + 8 * 24 * 60 * 60 * 1000;
    try {
      const { manager, journal } = browser.open(storage);
      expect(await manager.interrupted()).to.deep.equal([]);
      await until(() => storage.uploads.size === 0);
      await journal.flush();
      await until(() => !journal.owns('x'));
      expect(await manager.interrupted()).to.deep.equal([]);
    } finally {
      Date.now = real;
    }
  });

  it('without a record are listed as strays, and can be removed', async () => {
    const storage = partsStorage();
    await crashAfter(4, browser, storage, bigFile('big.bin', 95 * kb));
    storage.uploads.set('foreign', { path: 'runs/foreign.bin', parts: new Map() });
    const { manager } = browser.open(storage);
    const strays = await manager.strayUploads('runs/');
    expect(strays.map(({ path }) => path)).to.deep.equal(['runs/foreign.bin']);
    await manager.abortStrayUploads(strays);
    expect([...storage.uploads.values()].map(({ path }) => path)).to.deep.equal(['runs/big.bin']);
  });
});

describe('the journal', () => {
  it('keeps what names the upload and the file, and each part that arrived', async () => {
    const browser = new Browser();
    const storage = partsStorage();
    const file = bigFile('big.bin', 95 * kb);
    await crashAfter(2, browser, storage, file);
    const { journal } = browser.open(storage);
    const [kept] = await journal.kept('fake Fake');
    expect(kept).to.deep.include({
      state: { id: 'upload-1' },
      path: 'runs/big.bin',
      partSize: 10 * kb,
      size: file.size,
      modified: file.lastModified,
      firstPart: (await hasher.hash(file.slice(0, 10 * kb), ['sha256'])).get('sha256')!.value,
    });
    for (const { number, size, etag, own } of kept!.receipts) {
      const part = file.slice((number - 1) * 10 * kb, number * 10 * kb);
      const expected = (await hasher.hash(part, ['crc64nvme'])).get('crc64nvme');
      expect([size, own]).to.deep.equal([10 * kb, expected]);
      expect(etag).to.match(/^[0-9a-f]{32}$/);
    }
    expect(kept!.receipts).to.have.length(2);
    await browser.close();
  });

  it('keeps no secret and no URL', async () => {
    const browser = new Browser();
    const storage = partsStorage();
    const sign = (url: string) => `${url}?X-Amz-Signature=topsecret&X-Amz-Credential=AKIA`;
    const { manager } = browser.open(storage);
    const never = gate();
    storage.before = call => (call.operation === 'part' && call.part > 2 ? never.promise : undefined);
    const { openUpload } = storage.adapter;
    Object.assign(storage.adapter, {
      openUpload: async (intent: UploadIntent, call: CallOptions) => {
        const plan = (await openUpload!(intent, call)) as PartsPlan;
        const signPart: PartsPlan['signPart'] = async (...about) =>
          Object.assign(await plan.signPart(...about), {
            url: sign('https://storage.test'),
            headers: { authorization: 'Bearer topsecret' },
          });
        return { ...plan, signPart };
      },
    });
    const job = manager.upload([bigFile('big.bin', 95 * kb)]);
    await until(() => job.items.at(0)!.acknowledged >= 20 * kb);
    await browser.journals[0]!.flush();
    const text = await browser.text();
    expect(text).to.contain('big.bin').and.to.contain('"etag"');
    expect(text).not.to.match(/topsecret|signature|authorization|credential|https?:/i);
    await job.cancel();
    await browser.close();
  });

  it('that cannot be written costs no upload, and says so', async () => {
    const storage = partsStorage();
    const database = new JournalDatabase('unused');
    database.write = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    database.read = () => Promise.reject(new DOMException('no', 'InvalidStateError'));
    database.sweep = database.read as () => Promise<never>;
    const { manager } = managerOf(storage.adapter, { journal: new UploadJournal({ database }) });
    const file = bigFile('big.bin', 95 * kb);
    expect(manager.journalProblem).to.equal(undefined);
    const job = manager.upload([file]);
    await until(() => manager.journalProblem !== undefined);
    expect(manager.journalProblem!.reason).to.equal('quota');
    expect((await job.finished).state).to.equal('done');
    expect(storage.objects.get('big.bin')?.bytes).to.deep.equal(await bytesOf(file));
    expect(await manager.interrupted()).to.deep.equal([]);
  });

  it('that cannot be written is not tried again by those who look', async () => {
    const storage = partsStorage();
    const database = new JournalDatabase('unused');
    let writes = 0;
    database.write = () => {
      writes += 1;
      return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    };
    database.read = () => Promise.reject(new DOMException('no', 'InvalidStateError'));
    database.sweep = database.read as () => Promise<never>;
    const { manager } = managerOf(storage.adapter, { journal: new UploadJournal({ database }) });
    let told = 0;
    manager.addEventListener('interruptedchange', () => {
      told += 1;
      void manager.interrupted();
    });
    await manager.upload([bigFile('big.bin', 95 * kb)]).finished;
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(told).to.be.at.least(1);
    expect(
      [writes, told].every(count => count < 30),
      `${writes} writes, told ${told} times`,
    ).to.equal(true);
  });

  it('forgets in the end what no page asks for any more', async () => {
    const browser = new Browser();
    await crashAfter(4, browser, partsStorage(), bigFile('big.bin', 95 * kb));
    expect(await browser.text()).to.contain('big.bin');
    const real = Date.now;
    Date.now = () => real() + 61 * 24 * 60 * 60 * 1000;
    try {
      const { journal } = browser.open(partsStorage());
      await journal.kept('another storage');
    } finally {
      Date.now = real;
    }
    expect(await browser.text()).to.equal('[[],[]]');
    await browser.close();
  });

  it('writes again once it can', async () => {
    const browser = new Browser();
    const storage = partsStorage();
    const { manager, journal } = browser.open(storage);
    const database = browser.databases[0]!;
    const { write } = JournalDatabase.prototype;
    database.write = () => Promise.reject(new DOMException('busy', 'UnknownError'));
    const hold = gate();
    storage.before = call => (call.operation === 'part' && call.part > 2 ? hold.promise : undefined);
    const job = manager.upload([bigFile('big.bin', 95 * kb)]);
    await until(() => job.items.at(0)!.acknowledged >= 20 * kb);
    await journal.flush();
    expect(manager.journalProblem!.reason).to.equal('not-supported');
    database.write = write;
    await journal.flush();
    expect(manager.journalProblem).to.equal(undefined);
    const [kept] = await journal.kept('fake Fake');
    expect(kept!.receipts.map(({ number }) => number)).to.deep.equal([1, 2]);
    hold.open();
    await job.finished;
    await browser.close();
  });
});

import { expect } from '@open-wc/testing';
import { TransferError } from '../../src/core/errors.js';
import { BaseJob } from '../../src/transfer/job.js';
import type { TransferResult } from '../../src/transfer/types.js';
import { FakeStorage, failure } from './fake-storage.js';
import { bigFile, gate, managerOf, until } from './harness.js';

/** Two items: the first one fails, the second one waits for the test. */
class LeavingJob extends BaseJob {
  readonly held = gate();
  readonly log: string[] = [];

  constructor() {
    super('upload', 'leaving');
    this.addItem('bad', 1);
    this.addItem('good', 1);
    this.closeItems();
  }

  protected override async runItem(index: number): Promise<TransferResult> {
    if (index === 0) throw new TransferError('scripted', { kind: 'fatal', reason: 'unknown' });
    await this.held.promise;
    return { path: 'good', size: 1, checksums: [] };
  }

  protected override async discardItem(index: number): Promise<void> {
    this.log.push(`discard ${index}`);
  }

  protected override async beforeEnd(): Promise<void> {
    this.log.push('end');
  }

  override async release(): Promise<void> {
    this.log.push('release');
    throw new Error('Nobody is to hear of this.');
  }
}

/** Its last work ends when the test says so. */
class ClosingJob extends BaseJob {
  readonly closing = gate();
  fails = false;
  released = 0;

  constructor() {
    super('download', 'closing');
    this.addItem('a', 1);
    this.closeItems();
  }

  protected override async runItem(): Promise<TransferResult> {
    return { path: 'a', size: 1, checksums: [] };
  }

  protected override async beforeEnd(): Promise<void> {
    await this.closing.promise;
    if (this.fails) throw new TransferError('scripted', { kind: 'fatal', reason: 'unknown' });
  }

  override async release(): Promise<void> {
    this.released += 1;
  }
}

describe('a job that is cancelled during its last work', () => {
  for (const fails of [false, true]) {
    it(
      fails ? 'is cancelled when that work fails' : 'is done when that work was done all the same',
      async () => {
        const job = new ClosingJob();
        job.fails = fails;
        await until(() => job.snapshot.files.done === 1);
        await until(() => job.snapshot.state === 'active');
        const cancelled = job.cancel();
        job.closing.open();
        await cancelled;
        expect((await job.finished).state).to.equal(fails ? 'cancelled' : 'done');
        expect(job.released).to.equal(1);
      },
    );
  }
});

describe('what failed items keep for another try', () => {
  it('goes when the whole job is cancelled, after its items and before its end', async () => {
    const job = new LeavingJob();
    await until(() => job.snapshot.files.failed === 1);
    const cancelled = job.cancel();
    job.held.open();
    await cancelled;
    expect(job.log).to.deep.equal(['discard 1', 'release', 'end']);
    expect((await job.finished).state).to.equal('cancelled');
  });

  it('stays while somebody can try again, and goes when a job that has ended is cancelled', async () => {
    const job = new LeavingJob();
    job.held.open();
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.log).to.deep.equal(['end']);
    await job.cancel();
    expect(job.log).to.deep.equal(['end', 'release']);
    expect(job.snapshot.state).to.equal('incomplete');
  });

  for (const how of ['cancel', 'dismiss'] as const) {
    it(`leaves no begun upload at the storage after ${how}`, async () => {
      const storage = new FakeStorage({ plan: 'parts', partSize: 1000 });
      storage.before = call =>
        call.operation === 'part' && call.part === 2 ? failure('fatal', 'forbidden') : undefined;
      const { manager } = managerOf(storage.adapter);
      const job = manager.upload([bigFile('big.bin', 5000)]);
      expect((await job.finished).state).to.equal('incomplete');
      expect(storage.uploads.size, 'kept for another try').to.equal(1);
      if (how === 'cancel') await job.cancel();
      else manager.dismiss(job);
      await until(() => storage.uploads.size === 0, 'the upload to be aborted');
    });
  }

  it('is not asked of a job that ended well', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([bigFile('a.bin', 10)]);
    await job.finished;
    let asked = false;
    job.release = async () => {
      asked = true;
    };
    manager.dismiss(job);
    expect(asked).to.equal(false);
    expect(storage.objects.size).to.equal(1);
  });
});

describe('an upload that is cancelled before its bytes go', () => {
  for (const plan of ['request', 'form'] as const) {
    it(`removes what the storage made of its announcement: ${plan}`, async () => {
      const storage = new FakeStorage({ plan });
      const { manager } = managerOf(storage.adapter);
      const signing = gate();
      // As a repository does that wants a file's entry first.
      storage.before = ({ operation }) => (operation === 'sign' ? signing.promise : undefined);
      const job = manager.upload([bigFile('a', 10)]);
      await until(() => storage.count('sign') === 1, 'the announcement');
      const cancelled = job.cancel();
      signing.open();
      await cancelled;
      expect(storage.count('send')).to.equal(0);
      expect(storage.count('discard')).to.equal(1);
    });
  }
});

import { expect } from '@open-wc/testing';
import type { UploadFile } from '../../src/transfer/types.js';
import { FakeStorage, failure } from './fake-storage.js';
import { bigFile, gate, managerOf, states, textFile, until, withoutFrames } from './harness.js';

describe('what was cancelled is sent again', () => {
  it('only when nothing of it is being removed any more', async () => {
    const storage = new FakeStorage({ plan: 'parts', partSize: 10_000 });
    const hold = gate();
    const removing = gate();
    storage.before = async call => {
      if (call.operation === 'part' && call.path === 'big') await hold.promise;
      if (call.operation === 'abort') await removing.promise;
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([bigFile('big', 40_000), textFile('other')]);
    await until(() => storage.count('part') > 0, 'a part to be on its way');
    const cancelled = job.cancel(0);
    hold.open();
    await until(() => storage.count('abort') === 1, 'the parts to be removed');
    expect(states(job)[0]).to.equal('cancelled');
    expect(job.canSendAgain!(0)).to.equal(false);
    removing.open();
    await cancelled;
    expect(job.canSendAgain!(0)).to.equal(true);
    job.sendAgain!(0);
    expect((await job.finished).state).to.equal('done');
    expect(storage.uploads.size).to.equal(0);
  });

  it('all of it, in the same job, once the job has ended', async () => {
    const storage = new FakeStorage();
    const hold = gate();
    storage.before = async call => {
      if (call.operation === 'send' && call.path !== 'a') await hold.promise;
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload(['a', 'b', 'c'].map(name => textFile(name)));
    await until(() => states(job)[0] === 'done', 'the first file');
    expect(job.canSendAgain!()).to.equal(false);
    await job.cancel();
    expect(job.snapshot.state).to.equal('cancelled');
    expect(job.isRetryable()).to.equal(false);
    expect(job.canSendAgain!()).to.equal(true);
    hold.open();
    job.sendAgain!();
    expect(job.snapshot.state).to.equal('active');
    expect((await job.finished).state).to.equal('done');
    expect([...storage.objects.keys()]).to.have.members(['a', 'b', 'c']);
    expect(
      storage.calls.filter(({ operation, path }) => operation === 'send' && path === 'a'),
      'the file that was stored',
    ).to.have.length(1);
    expect(job.canSendAgain!()).to.equal(false);
    expect(job.snapshot.progress).to.equal(1);
  });

  it('and can be cancelled again, leaving nothing behind', async () => {
    const storage = new FakeStorage({ plan: 'parts', partSize: 10_000 });
    storage.before = call => (call.operation === 'part' && call.part > 2 ? new Promise(() => {}) : undefined);
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([bigFile('big', 60_000)], { conflict: 'skip' });
    for (let turn = 0; turn < 3; turn++) {
      await until(() => storage.uploads.size === 1 && states(job)[0] === 'active', 'the upload');
      await job.cancel();
      expect(storage.uploads.size).to.equal(0);
      expect(job.snapshot.state).to.equal('cancelled');
      job.sendAgain!();
    }
    await until(() => states(job)[0] === 'active', 'the upload');
    await job.cancel();
    storage.before = () => {};
    job.sendAgain!(0);
    expect((await job.finished).state).to.equal('done');
    expect(storage.objects.get('big')!.bytes).to.have.length(60_000);
  });

  it('one file of a job that goes on, or has ended', async () => {
    const storage = new FakeStorage();
    const hold = gate();
    storage.before = async call => {
      if (call.operation === 'send') await hold.promise;
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload(['a', 'b', 'c'].map(name => textFile(name)));
    await until(() => storage.flying === 3, 'the sending');
    await Promise.all([job.cancel(0), job.cancel(1)]);
    job.sendAgain!(0);
    hold.open();
    expect((await job.finished).state).to.equal('incomplete');
    expect(states(job)).to.deep.equal(['done', 'cancelled', 'done']);
    expect([job.canSendAgain!(0), job.canSendAgain!(1), job.isRetryable()]).to.deep.equal([
      false,
      true,
      false,
    ]);
    job.sendAgain!();
    expect((await job.finished).state).to.equal('done');
  });

  it('with what had failed, when the whole job was cancelled', async () => {
    const storage = new FakeStorage();
    let refuses = true;
    storage.before = call => {
      if (call.operation !== 'send' || !refuses) return undefined;
      return call.path === 'a' ? failure('fatal', 'forbidden') : new Promise(() => {});
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload(['a', 'b'].map(name => textFile(name)));
    await until(() => states(job)[0] === 'failed', 'the failure');
    await job.cancel();
    refuses = false;
    job.sendAgain!();
    expect((await job.finished).state).to.equal('done');
    expect(storage.objects.size).to.equal(2);
  });

  it('but not when only part of a folder had been read', async () => {
    const storage = new FakeStorage();
    storage.before = call => (call.operation === 'send' ? new Promise(() => {}) : undefined);
    const { manager } = managerOf(storage.adapter);
    async function* reading() {
      yield textFile('a');
      await new Promise(() => {});
    }
    const job = manager.upload(reading());
    await until(() => job.items.length === 1, 'the first file');
    await job.cancel();
    expect(job.canSendAgain!()).to.equal(false);
    job.sendAgain!();
    expect(job.snapshot.state).to.equal('cancelled');
  });

  it('nor what was downloaded or deleted', async () => {
    const storage = new FakeStorage();
    await storage.put('a', 'a');
    storage.before = call => (call.operation === 'remove' ? new Promise(() => {}) : undefined);
    const { manager } = managerOf(storage.adapter);
    const job = manager.remove(['a']);
    await until(() => storage.count('remove') === 1, 'the deletion');
    await job.cancel();
    expect(job.canSendAgain!()).to.equal(false);
  });
});

describe('a job that ends, begins again and ends', () => {
  it('tells both ends, also when no frame was drawn in between', async () => {
    const storage = new FakeStorage();
    storage.before = call => (call.operation === 'send' ? failure('fatal', 'forbidden') : undefined);
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([textFile('a')]);
    const told: string[] = [];
    let ends = 0;
    job.addEventListener('statechange', () => told.push(job.snapshot.state));
    manager.addEventListener('jobend', () => ends++);
    await withoutFrames(async () => {
      await job.finished;
      told.length = 0;
      job.retryFailed();
      await job.finished;
      storage.before = () => {};
      job.retryFailed();
      await job.finished;
    });
    // Whether the short time between is told as well is the turn of a timer.
    const steps = told.filter(state => state !== 'active');
    expect(steps).to.deep.equal(['preparing', 'incomplete', 'preparing', 'done']);
    expect(ends).to.equal(3);
  });

  it('keeps both promises when a listener tries again at the very end', async () => {
    const storage = new FakeStorage();
    let tries = 0;
    storage.before = call => {
      if (call.operation === 'send' && ++tries === 1) return failure('fatal', 'forbidden');
      return undefined;
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([textFile('a')]);
    const first = job.finished;
    let second: typeof first | undefined;
    job.addEventListener('statechange', () => {
      if (job.snapshot.state !== 'incomplete') return;
      job.retryFailed();
      second = job.finished;
    });
    expect((await first).state).to.equal('incomplete');
    expect((await second!).state).to.equal('done');
  });
});

describe('a file that changed or went away', () => {
  const changing = (): { input: UploadFile; change: () => void } => {
    let isChanged = false;
    const file = bigFile('big', 30_000);
    const handle = {
      getFile: async () => (isChanged ? new File(['now this'], 'big', { lastModified: 5 }) : file),
    };
    return {
      input: { path: 'big', file, handle: handle as unknown as FileSystemFileHandle },
      change: () => {
        isChanged = true;
      },
    };
  };

  it('is not tried again in vain; another one is sent in its place', async () => {
    const storage = new FakeStorage({ plan: 'parts', partSize: 10_000 });
    const { manager } = managerOf(storage.adapter);
    const { input, change } = changing();
    storage.before = call => {
      if (call.operation === 'part' && call.part === 2) change();
    };
    const job = manager.upload([input, textFile('beside')]);
    await job.finished;
    expect(job.items.at(0)!.error!.reason).to.equal('changed-local');
    expect(job.isRetryable(0)).to.equal(false);
    job.sendAgain!(0, new File(['the new version'], 'whatever.txt'));
    expect((await job.finished).state).to.equal('done');
    expect(storage.text('big')).to.equal('the new version');
    expect(storage.uploads.size, 'of the old version').to.equal(0);
    expect(job.items.at(0)).to.include({ size: 15, path: 'big' });
    expect(job.items.at(0)!.result!.size).to.equal(15);
  });

  it('can be given where a dropped file could not be read', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload(
      [{ kind: 'unreadable', path: 'folder/a.txt', error: failure('fatal', 'unreadable') }],
      { into: 'in' },
    );
    await job.finished;
    expect(job.isRetryable(0)).to.equal(false);
    expect(job.canSendAgain!(0)).to.equal(false);
    job.sendAgain!(0, new File(['here'], 'a.txt'));
    expect((await job.finished).state).to.equal('done');
    expect(storage.text('in/folder/a.txt')).to.equal('here');
  });
});

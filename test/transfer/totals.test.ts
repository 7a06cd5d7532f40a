import { expect } from '@open-wc/testing';
import { FakeStorage, failure } from './fake-storage.js';
import { bigFile, managerOf, textFile, until } from './harness.js';

const hang = (): Promise<void> => new Promise(() => {});

describe('totals', () => {
  it('count as done only what is stored, and the rest under what became of it', async () => {
    const storage = new FakeStorage({ plan: 'parts', partSize: 1000 });
    await storage.put('there', 'same', 1_700_000_000_000);
    storage.before = call => {
      if (call.operation === 'part' && call.path === 'held' && call.part === 2) return hang();
      return call.operation === 'part' && call.path === 'bad' ? failure('fatal', 'forbidden') : undefined;
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload(
      [bigFile('good', 3000), bigFile('held', 5000), bigFile('bad', 700), textFile('there', 'same')],
      { conflict: 'skip' },
    );
    await until(() => job.items.length === 4);
    const held = [...job.items].findIndex(item => item.path === 'held');
    await until(() => job.items.at(held)!.acknowledged >= 1000 && job.snapshot.files.queued === 0);
    await until(() => {
      const { done, skipped, failed } = job.snapshot.files;
      return done === 1 && skipped === 1 && failed === 1;
    });
    const during = job.snapshot.bytes;
    expect(during.done).to.equal(3000);
    expect(during.left).to.equal(5000 - job.items.at(held)!.acknowledged);
    await job.cancel(held);
    expect((await job.finished).state).to.equal('incomplete');
    for (const { files, bytes } of [job.snapshot, manager.snapshot]) {
      expect(files).to.include({ total: 4, done: 1, skipped: 1, failed: 1, cancelled: 1, active: 0 });
      expect(bytes).to.include({
        total: 8704,
        done: 3000,
        skipped: 4,
        failed: 700,
        cancelled: 5000,
        left: 0,
      });
      // What was confirmed of a cancelled file is nothing that is stored.
      expect(bytes.acknowledged).to.be.at.least(bytes.done + 1000);
    }
  });

  it('leave out what moves no bytes, while anything does', async () => {
    const storage = new FakeStorage();
    for (const name of ['a/1', 'a/2', 'a/3']) await storage.put(name, 'x');
    const { manager } = managerOf(storage.adapter);
    const removal = manager.remove(['a/1', 'a/2']);
    expect(removal.movesBytes).to.equal(false);
    await removal.finished;
    expect(manager.snapshot).to.include({ movesBytes: false, state: 'done', progress: 1 });
    expect(manager.snapshot.files.done).to.equal(2);
    expect(manager.snapshot.bytes.total).to.equal(0);

    const copy = manager.copy(['a/3'], 'b/');
    await copy.finished;
    expect(copy.snapshot.bytes).to.include({ total: 0, acknowledged: 0, done: 0, totalIsFinal: true });
    expect(copy.snapshot.speed).to.equal(undefined);

    const upload = manager.upload([textFile('new', '12345')]);
    expect(upload.movesBytes).to.equal(true);
    await upload.finished;
    const { files, bytes, movesBytes } = manager.snapshot;
    expect(movesBytes).to.equal(true);
    expect(files).to.include({ total: 1, done: 1 });
    expect(bytes).to.include({ total: 5, done: 5 });
    for (const item of [...removal.items, ...copy.items]) {
      expect(item.state).to.equal('done');
      expect(item.result!.verified).to.equal(undefined);
    }
    expect(upload.items.at(0)!.result!.verified!.level).to.equal('checksum');
  });

  it('do not say done while a deletion has failed', async () => {
    const storage = new FakeStorage();
    await storage.put('a', 'a');
    storage.before = call => (call.operation === 'removeOne' ? failure('fatal', 'forbidden') : undefined);
    const { manager } = managerOf(storage.adapter);
    await manager.upload([textFile('new')]).finished;
    expect(manager.snapshot.state).to.equal('done');
    await manager.remove(['a']).finished;
    const { state, reason, files } = manager.snapshot;
    expect([state, reason?.reason]).to.deep.equal(['incomplete', 'forbidden']);
    expect(files).to.include({ total: 1, done: 1, failed: 0 });
  });

  it('say which failures can be tried again', async () => {
    const storage = new FakeStorage();
    await storage.put('a/n', 'a');
    await storage.put('b/n', 'b');
    storage.before = call =>
      call.operation === 'copy' && call.path === 'a/n' && call.count === 1
        ? failure('fatal', 'forbidden')
        : undefined;
    const { manager } = managerOf(storage.adapter);
    const job = manager.move(['a/n', 'b/n', 'c/same'], 'c/');
    await job.finished;
    expect([0, 1, 2, 3].map(index => job.isRetryable(index))).to.deep.equal([true, false, false, false]);
    expect(job.isRetryable()).to.equal(true);
    const copies = storage.count('copy');
    job.retryFailed(2);
    job.retryFailed(1);
    expect(job.snapshot.state).to.equal('incomplete');
    job.retryFailed();
    await job.finished;
    expect(job.isRetryable()).to.equal(false);
    expect(storage.count('copy')).to.equal(copies + 1);
    expect([...storage.objects.keys()].sort()).to.deep.equal(['b/n', 'c/n']);
  });
});

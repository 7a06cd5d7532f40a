import { expect } from '@open-wc/testing';
import type { Adapter } from '../../src/adapters/adapter.js';
import type { TransferJob } from '../../src/transfer/types.js';
import { FakeStorage, failure } from './fake-storage.js';
import { managerOf, until } from './harness.js';

const keys = (storage: FakeStorage): string[] => [...storage.objects.keys()].sort();

/** Moves and deletions whose requests, answers or listings get lost on the way. */
describe('a move whose answers get lost', () => {
  it('takes the copy it finds on its second attempt for its own, and deletes the original', async () => {
    const storage = new FakeStorage();
    await storage.put('a/n', 'n');
    storage.after = call =>
      call.operation === 'copy' && call.count === 1 ? failure('retry', 'network') : undefined;
    const { manager } = managerOf(storage.adapter);
    expect((await manager.move(['a/n'], 'c/').finished).state).to.equal('done');
    expect(keys(storage)).to.deep.equal(['c/n']);
    expect(storage.text('c/n')).to.equal('n');
  });

  it('does so for each file of a folder', async () => {
    const storage = new FakeStorage();
    for (let index = 0; index < 8; index++) await storage.put(`a/f${index}`, `f${index}`);
    storage.after = call =>
      call.operation === 'copy' && call.count === 1 ? failure('retry', 'server') : undefined;
    const { manager } = managerOf(storage.adapter);
    expect((await manager.rename('a/', 'z').finished).state).to.equal('done');
    expect(keys(storage)).to.deep.equal(Array.from({ length: 8 }, (_, index) => `z/f${index}`));
  });

  it('leaves a file alone that is not its copy, also on a later attempt', async () => {
    const storage = new FakeStorage();
    await storage.put('a/n', 'mine');
    storage.before = async call => {
      if (call.operation !== 'copy' || call.count > 1) return undefined;
      // Somebody else was faster, and the first request never arrived.
      await storage.put('c/n', 'ours');
      return failure('retry', 'network');
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.move(['a/n'], 'c/');
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.items.at(0)!.error!.reason).to.equal('exists');
    expect([storage.text('a/n'), storage.text('c/n')]).to.deep.equal(['mine', 'ours']);
  });

  it('leaves an equal file alone that was there before', async () => {
    const storage = new FakeStorage();
    await storage.put('a/n', 'same');
    await storage.put('c/n', 'same');
    const { manager } = managerOf(storage.adapter);
    const job = manager.move(['a/n'], 'c/');
    expect((await job.finished).state).to.equal('incomplete');
    job.retryFailed();
    expect((await job.finished).state).to.equal('incomplete');
    await job.cancel();
    expect(keys(storage)).to.deep.equal(['a/n', 'c/n']);
  });

  it('repeats only the deletion when that is refused for a while', async () => {
    const storage = new FakeStorage();
    await storage.put('a/n', 'n');
    storage.before = call =>
      call.operation === 'removeOne' && call.count < 3 ? failure('retry', 'server') : undefined;
    const { manager } = managerOf(storage.adapter);
    expect((await manager.move(['a/n'], 'c/').finished).state).to.equal('done');
    expect(keys(storage)).to.deep.equal(['c/n']);
    expect([storage.count('copy'), storage.count('removeOne')]).to.deep.equal([1, 3]);
  });

  it('says that the file is there twice when its original cannot be deleted', async () => {
    const storage = new FakeStorage();
    await storage.put('a/n', 'n');
    storage.before = call => (call.operation === 'removeOne' ? failure('fatal', 'forbidden') : undefined);
    const { manager } = managerOf(storage.adapter);
    const job = manager.move(['a/n'], 'c/');
    await job.finished;
    const { error } = job.items.at(0)!;
    expect(error!.reason).to.equal('forbidden');
    expect(error!.message).to.contain('a/n').and.to.contain('c/n').and.to.contain('twice');
  });

  it('made by the storage in one request counts as made when the new path holds what the old one held', async () => {
    const storage = new FakeStorage();
    await storage.put('a/n', 'n');
    const native: Adapter = {
      ...storage.adapter,
      capabilities: { ...storage.adapter.capabilities, folders: 'native' },
      move: async (from, to) => {
        const stored = storage.objects.get(from);
        if (!stored) throw failure('fatal', 'not-found');
        storage.objects.delete(from);
        storage.objects.set(to, stored);
        throw failure('retry', 'network');
      },
    };
    const { manager } = managerOf(native);
    expect((await manager.move(['a/n'], 'c/').finished).state).to.equal('done');
    expect(keys(storage)).to.deep.equal(['c/n']);
    expect((await manager.move(['a/gone'], 'c/').finished).state).to.equal('incomplete');
  });
});

describe('a cancelled move', () => {
  const setting = async (count: number) => {
    const storage = new FakeStorage();
    for (let index = 0; index < count; index++) await storage.put(`a/f${index}`, `f${index}`);
    storage.folders.add('a/empty/');
    return { storage, before: keys(storage), ...managerOf(storage.adapter) };
  };

  it('takes back what it had copied, also what the storage copied without an answer', async () => {
    const { storage, before, manager } = await setting(60);
    storage.after = call =>
      call.operation === 'copy' && call.path === 'a/f55' ? new Promise(() => {}) : undefined;
    const job = manager.rename('a/', 'z');
    await until(() => storage.objects.has('z/f55') && storage.objects.has('z/f50'));
    await job.cancel();
    expect(keys(storage)).to.deep.equal(before);
    expect(job.snapshot.state).to.equal('cancelled');
    expect(job.snapshot.files.failed).to.equal(0);
    expect([...storage.folders]).to.deep.equal(['a/empty/']);
  });

  it('leaves what was at the new place, and copies whose original is gone', async () => {
    const { storage, manager } = await setting(20);
    await storage.put('z/other', 'other');
    storage.before = call =>
      call.operation === 'copy' && call.path === 'a/f19' ? new Promise(() => {}) : undefined;
    const job = manager.rename('a/', 'z');
    await until(() => storage.objects.has('z/f18') && storage.objects.has('z/f3'));
    storage.objects.delete('a/f3');
    await job.cancel();
    expect(storage.text('z/other')).to.equal('other');
    expect(storage.text('z/f3')).to.equal('f3');
    expect(keys(storage).filter(key => key.startsWith('z/'))).to.deep.equal(['z/f3', 'z/other']);
  });

  it('removes nothing of what it replaced', async () => {
    const { storage, manager } = await setting(10);
    await storage.put('z/f1', 'old');
    storage.before = call =>
      call.operation === 'copy' && call.path === 'a/f9' ? new Promise(() => {}) : undefined;
    const job = manager.rename('a/', 'z', { replace: true });
    await until(() => storage.objects.has('z/f8') && storage.text('z/f1') === 'f1');
    await job.cancel();
    expect(storage.text('z/f1')).to.equal('f1');
    for (let index = 0; index < 10; index++) expect(storage.objects.has(`a/f${index}`)).to.equal(true);
  });

  it('removes no copy once originals are being deleted', async () => {
    const { storage, manager } = await setting(10);
    storage.before = call =>
      call.operation === 'remove' ? new Promise(resolve => setTimeout(resolve, 20)) : undefined;
    const job = manager.rename('a/', 'z');
    await until(() => storage.count('remove') > 0);
    await job.cancel();
    for (let index = 0; index < 10; index++) expect(storage.text(`z/f${index}`)).to.equal(`f${index}`);
  });

  it('of a single file takes its copy back when no original is being deleted', async () => {
    const storage = new FakeStorage();
    await storage.put('a/n', 'n');
    const job: { current?: TransferJob } = {};
    const { manager } = managerOf({
      ...storage.adapter,
      copy: async (from, to, options) => {
        const entry = await storage.adapter.copy!(from, to, options);
        void job.current!.cancel();
        return entry;
      },
    });
    job.current = manager.move(['a/n'], 'c/');
    expect((await job.current.finished).state).to.equal('cancelled');
    expect(keys(storage)).to.deep.equal(['a/n']);
  });
});

describe('a file that is taken out of a job', () => {
  const setting = async () => {
    const storage = new FakeStorage();
    for (let index = 0; index < 6; index++) await storage.put(`a/f${index}`, `f${index}`);
    return { storage, before: keys(storage), ...managerOf(storage.adapter) };
  };

  it('keeps its folder where it was: the copies of the others go, and no retry is offered', async () => {
    const { storage, before, manager } = await setting();
    storage.before = call =>
      call.operation === 'copy' && call.path === 'a/f5' ? new Promise(() => {}) : undefined;
    const job = manager.rename('a/', 'z');
    await until(() => storage.objects.has('z/f4'));
    await job.cancel([...job.items].findIndex(item => item.path === 'a/f5'));
    expect((await job.finished).state).to.equal('incomplete');
    expect(keys(storage)).to.deep.equal(before);
    expect(job.isRetryable()).to.equal(false);
    expect(job.snapshot.reason!.message).to.contain('cancelled').and.not.to.contain('Try again');
  });

  it('keeps its folder from being deleted, which no retry changes', async () => {
    const { storage, manager } = await setting();
    storage.before = call => {
      if (call.operation === 'removeOne' && call.path === 'a/f5') return failure('retry', 'server');
      return undefined;
    };
    const job = manager.remove(['a/']);
    await until(() => job.snapshot.files.done === 5);
    await job.cancel([...job.items].findIndex(item => item.path === 'a/f5'));
    expect((await job.finished).state).to.equal('incomplete');
    expect(keys(storage)).to.deep.equal(['a/f5']);
    expect(job.isRetryable()).to.equal(false);
    expect(job.snapshot.reason!.message).not.to.contain('try them again');
  });
});

describe('a folder that is listed only in part', () => {
  const broken = async (operation: 'move' | 'remove') => {
    const storage = new FakeStorage();
    for (let index = 0; index < 1500; index++) await storage.put(`a/${String(index).padStart(4, '0')}`, 'x');
    storage.folders.add('a/');
    let lists = 0;
    storage.before = call =>
      call.operation === 'list' && call.path === 'a/' && ++lists === 2
        ? failure('fatal', 'forbidden')
        : undefined;
    const { manager } = managerOf(storage.adapter);
    const job = operation === 'move' ? manager.rename('a/', 'z') : manager.remove(['a/']);
    expect((await job.finished).state).to.equal('incomplete');
    return { storage, job };
  };

  it('ends its move, deletes nothing, and does not say done when tried again', async () => {
    const { storage, job } = await broken('move');
    const originals = (): number => keys(storage).filter(key => key.startsWith('a/')).length;
    expect(originals()).to.equal(1500);
    job.retryFailed();
    expect((await job.finished).state).to.equal('incomplete');
    expect(originals()).to.equal(1500);
    expect(storage.count('removeOne')).to.equal(0);
  });

  it('keeps its marker and does not say deleted when tried again', async () => {
    const { storage, job } = await broken('remove');
    const left = keys(storage).length;
    expect(left).to.equal(500);
    job.retryFailed();
    expect((await job.finished).state).to.equal('incomplete');
    expect(keys(storage).length).to.equal(left);
    expect(storage.folders.has('a/')).to.equal(true);
  });
});

describe('a folder marker that has content', () => {
  /** As S3 has it: an object `a/` of some bytes is listed as a file. */
  const setting = async () => {
    const storage = new FakeStorage();
    await storage.put('a/', 'bytes in the marker');
    await storage.put('a/f', 'f');
    return { storage, ...managerOf(storage.adapter) };
  };

  it('moves with the folder', async () => {
    const { storage, manager } = await setting();
    expect((await manager.rename('a/', 'z').finished).state).to.equal('done');
    expect(keys(storage)).to.deep.equal(['z/', 'z/f']);
    expect(storage.text('z/')).to.equal('bytes in the marker');
  });

  it('is copied with the folder, and deleted with it', async () => {
    const { storage, manager } = await setting();
    expect((await manager.copy(['a/'], 'c/').finished).state).to.equal('done');
    expect(storage.text('c/a/')).to.equal('bytes in the marker');
    expect((await manager.remove(['a/']).finished).state).to.equal('done');
    expect(keys(storage)).to.deep.equal(['c/a/', 'c/a/f']);
  });
});

describe('a deletion the storage says nothing about', () => {
  it('is no success: it is tried again, and fails when nothing is said then either', async () => {
    const storage = new FakeStorage();
    for (const name of ['a', 'b', 'c']) await storage.put(name, name);
    let silent = true;
    const adapter: Adapter = {
      ...storage.adapter,
      remove: async (paths, options) => {
        const results = await storage.adapter.remove!(
          paths.filter(path => !(silent && path === 'b')),
          options,
        );
        return results;
      },
    };
    const { manager } = managerOf(adapter);
    const job = manager.remove(['a', 'b', 'c']);
    expect((await job.finished).state).to.equal('incomplete');
    const [failed] = job.items.inState(['failed']);
    expect(job.items.at(failed!)).to.include({ path: 'b' });
    expect(job.items.at(failed!)!.error!.reason).to.equal('invalid-answer');
    silent = false;
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(storage.objects.size).to.equal(0);
  });
});

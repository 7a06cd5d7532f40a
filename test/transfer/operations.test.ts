import { expect } from '@open-wc/testing';
import { Batcher } from '../../src/core/jobs/batcher.js';
import { below, intoFolder, renamed, withoutNested } from '../../src/core/jobs/relocation.js';
import { FakeStorage, failure } from './fake-storage.js';
import { managerOf, states, until } from './harness.js';

async function setting(count = 5) {
  const storage = new FakeStorage();
  for (let index = 0; index < count; index++) await storage.put(`a/f${index}`, `f${index}`);
  await storage.put('a/deep/er/x', 'x');
  await storage.put('b/keep', 'keep');
  storage.folders.add('a/');
  storage.folders.add('a/empty/');
  return { storage, ...managerOf(storage.adapter) };
}

describe('remove', () => {
  it('deletes a folder with all that is in it, many paths a call', async () => {
    const { storage, manager } = await setting(2500);
    const job = manager.remove(['a/', 'a/f1']);
    expect((await job.finished).state).to.equal('done');
    expect([...storage.objects.keys()]).to.deep.equal(['b/keep']);
    expect([...storage.folders]).to.deep.equal([]);
    expect(storage.count('remove')).to.be.at.most(8);
    expect(job.items.length).to.equal(2502);
  });

  it('reports each file that could not be deleted, keeps its folder, and tries it again', async () => {
    const { storage, manager } = await setting();
    let refuse = true;
    storage.before = call =>
      refuse && call.operation === 'removeOne' && call.path === 'a/f3'
        ? failure('fatal', 'forbidden')
        : undefined;
    const job = manager.remove(['a/']);
    expect((await job.finished).state).to.equal('incomplete');
    expect(storage.objects.has('a/f3')).to.equal(true);
    expect(storage.folders.has('a/')).to.equal(true);
    const failed = job.items.inState(['failed']).map(index => job.items.at(index)!.path);
    expect(failed.sort()).to.deep.equal(['a/', 'a/f3']);
    refuse = false;
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect([...storage.objects.keys()]).to.deep.equal(['b/keep']);
    expect(storage.folders.size).to.equal(0);
  });
});

describe('move, rename and copy', () => {
  it('renames a folder: everything is copied before anything is deleted', async () => {
    const { storage, manager } = await setting(30);
    let copied = 0;
    storage.before = call => {
      if (call.operation === 'copy') copied += 1;
      if (call.operation === 'removeOne') expect(copied, 'deleted before all was copied').to.equal(31);
    };
    const job = manager.rename('a/', 'z');
    expect((await job.finished).state).to.equal('done');
    expect(storage.objects.size).to.equal(32);
    expect(storage.text('z/f7')).to.equal('f7');
    expect(storage.text('z/deep/er/x')).to.equal('x');
    expect([...storage.objects.keys()].some(key => key.startsWith('a/'))).to.equal(false);
    expect([...storage.folders].sort()).to.deep.equal(['z/empty/']);
  });

  it('deletes nothing when one copy fails, and completes on retry without copying twice', async () => {
    const { storage, manager } = await setting(10);
    let refuse = true;
    storage.before = call =>
      refuse && call.operation === 'copy' && call.path === 'a/f4' ? failure('fatal', 'forbidden') : undefined;
    const job = manager.rename('a/', 'z');
    expect((await job.finished).state).to.equal('incomplete');
    expect(storage.count('removeOne')).to.equal(0);
    for (let index = 0; index < 10; index++) expect(storage.objects.has(`a/f${index}`)).to.equal(true);
    refuse = false;
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(storage.count('copy')).to.equal(12);
    expect([...storage.objects.keys()].some(key => key.startsWith('a/'))).to.equal(false);
    expect(storage.objects.size).to.equal(12);
  });

  it('says so when the old place could not be cleared', async () => {
    const { storage, manager } = await setting(3);
    let refuse = true;
    storage.before = call =>
      refuse && call.operation === 'removeOne' && call.path === 'a/f1'
        ? failure('fatal', 'forbidden')
        : undefined;
    const job = manager.move(['a/'], 'b');
    expect((await job.finished).state).to.equal('incomplete');
    expect(storage.text('b/a/f1')).to.equal('f1');
    expect(storage.objects.has('a/f1')).to.equal(true);
    refuse = false;
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(storage.objects.has('a/f1')).to.equal(false);
  });

  it('leaves a file alone that was changed while its folder was copied: both versions are kept', async () => {
    const { storage, manager } = await setting(5);
    let late = true;
    storage.before = async call => {
      if (late && call.operation === 'copy' && call.path === 'a/f4') {
        late = false;
        await storage.put('a/f1', 'a newer version');
      }
    };
    const job = manager.rename('a/', 'z');
    expect((await job.finished).state).to.equal('incomplete');
    expect(storage.text('a/f1')).to.equal('a newer version');
    expect(storage.text('z/f1')).to.equal('f1');
    const item = job.items.at(job.items.inState(['failed'])[0]!)!;
    expect([item.path, item.error!.reason]).to.deep.equal(['a/f1', 'changed-remote']);
    expect(storage.objects.has('a/f0')).to.equal(false);
    // The person has looked, and removed the new one by hand.
    storage.objects.delete('a/f1');
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect([...storage.objects.keys()].some(key => key.startsWith('a/'))).to.equal(false);
  });

  it('does not put a folder into itself', async () => {
    const { storage, manager } = await setting();
    const error = await manager.move(['a/'], 'a/deep/').finished.catch(each => each);
    expect(error.reason).to.equal('invalid-input');
    const copyError = await manager.copy(['a/'], 'a/').finished.catch(each => each);
    expect(copyError.reason).to.equal('invalid-input');
    expect(storage.count('copy') + storage.count('remove')).to.equal(0);
  });

  it('copies a folder and leaves the old one', async () => {
    const { storage, manager } = await setting();
    const job = manager.copy(['a/', 'b/keep'], 'c');
    expect((await job.finished).state).to.equal('done');
    expect(storage.text('c/a/deep/er/x')).to.equal('x');
    expect(storage.text('c/keep')).to.equal('keep');
    expect(storage.text('a/f0')).to.equal('f0');
    expect(storage.count('removeOne')).to.equal(0);
    expect(storage.folders.has('c/a/empty/')).to.equal(true);
  });

  it('moves single files and tells which folders changed', async () => {
    const { storage, manager } = await setting();
    const stale = new Set<string>();
    manager.addEventListener('storagechange', event => {
      for (const folder of event.folders) stale.add(folder);
    });
    const job = manager.move(['a/f0', 'a/f1'], 'b/');
    await job.finished;
    expect(states(job)).to.deep.equal(['done', 'done']);
    expect(storage.text('b/f1')).to.equal('f1');
    expect(storage.objects.has('a/f1')).to.equal(false);
    await until(() => stale.has('a/') && stale.has('b/'));
  });

  it('can be cancelled without losing a file', async () => {
    const { storage, manager } = await setting(200);
    const job = manager.rename('a/', 'z');
    await until(() => storage.count('copy') > 20);
    await job.cancel();
    for (let index = 0; index < 200; index++) expect(storage.objects.has(`a/f${index}`)).to.equal(true);
  });

  it('refuses names that are none', async () => {
    const { manager } = await setting();
    for (const name of ['', 'x/y', '.', '..']) {
      expect(() => manager.rename('a/f0', name))
        .to.throw()
        .with.property('reason', 'invalid-name');
    }
  });
});

describe('relocation', () => {
  it('computes new paths', () => {
    expect(intoFolder('a/b/c.txt', 'x').to).to.equal('x/c.txt');
    expect(intoFolder('a/b/', '').to).to.equal('b/');
    expect(renamed('a/b/', 'c').to).to.equal('a/c/');
    expect(renamed('top', 'other').to).to.equal('other');
    expect(below({ from: 'a/', to: 'x/a/' }, 'a/b/c').to).to.equal('x/a/b/c');
    expect(withoutNested(['a/', 'a/b', 'ab', 'a/c/', 'ab'])).to.deep.equal(['a/', 'ab']);
  });
});

describe('Batcher', () => {
  it('shares calls, bounds them, and gives each wish its own result', async () => {
    const calls: number[][] = [];
    const batcher = new Batcher<number, number>({
      most: 4,
      calls: 2,
      run: async keys => {
        calls.push([...keys]);
        return keys.map(key => key * 2);
      },
    });
    const abort = new AbortController();
    const gone = batcher.add(99, abort.signal).catch(() => 'gone');
    const all = Promise.all([1, 2, 3, 4, 5].map(key => batcher.add(key)));
    abort.abort();
    expect(await all).to.deep.equal([2, 4, 6, 8, 10]);
    expect(await gone).to.equal('gone');
    expect(calls).to.deep.equal([[1, 2, 3, 4], [5]]);
  });
});

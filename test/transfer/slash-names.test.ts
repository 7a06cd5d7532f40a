/** Object stores may hold a file whose name ends in `/` beside files below that name. */
import { expect } from '@open-wc/testing';
import { FakeStorage } from './fake-storage.js';
import { managerOf } from './harness.js';

async function storage() {
  const storage = new FakeStorage();
  await storage.put('x/', 'five!');
  await storage.put('x/a.txt', 'A');
  await storage.put('x/deep/b.txt', 'B');
  return { storage, ...managerOf(storage.adapter) };
}

const kept = ({ objects }: FakeStorage): string[] => [...objects.keys()].sort();

describe('a file whose name ends in a slash', () => {
  it('is deleted alone when it is named as a file', async () => {
    const { storage: lab, manager } = await storage();
    const job = manager.remove([{ path: 'x/', kind: 'file' }]);
    expect((await job.finished).state).to.equal('done');
    expect(kept(lab)).to.deep.equal(['x/a.txt', 'x/deep/b.txt']);
  });

  it('goes with the folder of its name, once', async () => {
    const { storage: lab, manager } = await storage();
    const job = manager.remove([{ path: 'x/', kind: 'file' }, 'x/']);
    expect((await job.finished).state).to.equal('done');
    expect(kept(lab)).to.deep.equal([]);
  });

  it('is what a synchronisation removes, and nothing below it', async () => {
    const { storage: lab, manager } = await storage();
    const root = await navigator.storage.getDirectory();
    const from = await root.getDirectoryHandle(`slash-${Date.now()}`, { create: true });
    const folder = await from.getDirectoryHandle('x', { create: true });
    const deep = await folder.getDirectoryHandle('deep', { create: true });
    for (const [place, name] of [
      [folder, 'a.txt'],
      [deep, 'b.txt'],
    ] as const) {
      const stream = await (await place.getFileHandle(name, { create: true })).createWritable();
      await stream.write(name === 'a.txt' ? 'A' : 'B');
      await stream.close();
    }
    const sync = manager.sync(from, '', { remove: true });
    const { steps } = await sync.plan();
    expect(steps.filter(({ action }) => action === 'remove').map(({ path }) => path)).to.deep.equal(['x/']);
    expect((await sync.run().finished).state).to.equal('done');
    expect(kept(lab)).to.deep.equal(['x/a.txt', 'x/deep/b.txt']);
  });
});

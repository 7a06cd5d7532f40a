import { expect } from '@open-wc/testing';
import { FakeStorage } from './fake-storage.js';
import { managerOf } from './harness.js';

/**
 * Fills the heap until the browser collects what nobody holds, or gives up. Looks seldom: in Firefox a look at a weak
 * reference keeps its object alive for the collection that is under way.
 */
async function collected(references: readonly WeakRef<object>[]): Promise<number> {
  let left = references.length;
  for (let look = 0; look < 8 && left > 0; look++) {
    for (let round = 0; round < 60; round++) {
      const garbage: unknown[] = [];
      for (let count = 0; count < 200; count++) garbage.push(new Array(10_000).fill({ count }));
      await new Promise(resolve => setTimeout(resolve, 30));
    }
    left = references.filter(reference => reference.deref() !== undefined).length;
  }
  return left;
}

describe('the bytes of a file', function () {
  this.timeout(120_000);

  it('are held by nobody once it is stored, though its job is still listed', async () => {
    const storage = new FakeStorage({ plan: 'parts', partSize: 100_000 });
    const { manager } = managerOf(storage.adapter);
    const made: WeakRef<Blob>[] = [];
    const inputs = Array.from({ length: 6 }, (_, index) => ({
      path: `${index}.bin`,
      size: 300_000,
      file: async () => {
        const blob = new Blob([new Uint8Array(300_000)]);
        made.push(new WeakRef(blob));
        return blob;
      },
    }));
    const job = manager.upload(inputs);
    expect((await job.finished).state).to.equal('done');
    expect(made.length).to.be.greaterThan(5);
    expect(await collected(made), 'blobs that are still held').to.equal(0);
    expect(job.items.length).to.equal(6);
  });
});

import { expect } from '@open-wc/testing';
import { collected } from './collected.js';
import { FakeStorage } from './fake-storage.js';
import { managerOf } from './harness.js';

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

import { expect } from '@open-wc/testing';
import { FakeStorage } from './fake-storage.js';
import { managerOf, until } from './harness.js';

describe('a hundred thousand files', () => {
  it('are queued without a copy of anything that grows', async function () {
    this.timeout(30_000);
    const storage = new FakeStorage();
    // Nothing is ever opened: the cost of the queue alone is looked at.
    storage.before = call => (call.operation === 'openUpload' ? new Promise(() => {}) : undefined);
    const cost = async (count: number): Promise<number> => {
      // One blob for all: making a hundred thousand is the browser's cost, not the queue's.
      const file = new Blob(['x']);
      const files = Array.from({ length: count }, (_, index) => ({ file, path: `run-${index}.fastq` }));
      const { manager } = managerOf(storage.adapter);
      const start = performance.now();
      const job = manager.upload(files, { into: 'runs/' });
      await until(() => job.items.length === count, 'all files to be queued');
      const took = performance.now() - start;
      expect(job.snapshot.files.total).to.equal(count);
      expect(job.items.at(count - 1)!.path).to.equal(`runs/run-${count - 1}.fastq`);
      expect(job.items.inState(['queued'], count - 200, 50)).to.have.length(50);
      await job.cancel();
      expect(job.snapshot.files.cancelled).to.equal(count);
      return took;
    };
    await cost(1000);
    const ten = await cost(10_000);
    const hundred = await cost(100_000);
    // Ten times the files may cost ten times as much, and some noise; quadratic growth would be a hundred times.
    expect(hundred / Math.max(ten, 5)).to.be.lessThan(50);
  });
});

import { expect } from '@open-wc/testing';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import { Listing } from '../../src/core/listing.js';
import type { TransferJob } from '../../src/transfer/types.js';
import { FakeStorage } from './fake-storage.js';
import { managerOf, states, textFile, until } from './harness.js';

const entry = (name: string) => ({ id: name, path: name, name, kind: 'file' as const, size: 1 });

describe('listings that a transfer reads', () => {
  it('may lose a page once', async () => {
    const adapter = memory({
      files: { 'f/a': 'aaaa', 'f/b': 'bbbb', 'f/c': 'cccc' },
      pageSize: 2,
      failures: ({ operation, count }) =>
        operation === 'list' && count === 2
          ? new TransferError('Nobody is there.', { kind: 'retry', reason: 'network' })
          : undefined,
    });
    const { manager } = managerOf(adapter);
    const job = manager.download(['f/'], { to: 'memory' });
    expect((await job.finished).state).to.equal('done');
    expect(states(job)).to.deep.equal(['done', 'done', 'done']);
  });

  it('end when the storage repeats itself', async () => {
    const base = memory({ files: { 'f/a': 'a' } });
    let calls = 0;
    const adapter: typeof base = {
      ...base,
      list: async (path, options) => {
        calls += 1;
        return { ...(await base.list(path, options)), next: 'same' };
      },
    };
    const { manager } = managerOf(adapter);
    const error = await manager.download(['f/'], { to: 'memory' }).finished.then(
      ({ snapshot }) => snapshot.reason,
      (thrown: unknown) => thrown,
    );
    expect((error as TransferError).reason).to.equal('invalid-answer');
    expect(calls).to.be.at.most(3);

    let pages = 0;
    const listing = new Listing({
      readPage: async () => {
        pages += 1;
        return { entries: [entry('a')], next: 'same' };
      },
      onChange: () => {},
    });
    await listing.load();
    await listing.loadRest();
    expect(pages).to.be.at.most(3);
    expect((listing.error as TransferError).reason).to.equal('invalid-answer');
    listing.dispose();
  });

  it('end when pages lead back to an earlier one', async () => {
    const base = memory({ files: { 'f/a': 'a' } });
    let calls = 0;
    const adapter: typeof base = {
      ...base,
      list: async (path, options) => {
        calls += 1;
        // Without an end the test would never end either.
        if (calls > 50) throw new TransferError('Too many pages.', { kind: 'fatal', reason: 'server' });
        return {
          ...(await base.list(path, { signal: options.signal })),
          next: options.token === 'one' ? 'two' : 'one',
        };
      },
    };
    const { manager } = managerOf(adapter);
    const reasonOf = async (job: TransferJob) => {
      await job.finished.catch(() => {});
      return [job.snapshot.reason?.reason, job.snapshot.reason?.kind];
    };
    expect(await reasonOf(manager.download(['f/'], { to: 'memory' }))).to.eql(['invalid-answer', 'fatal']);
    expect(await reasonOf(manager.remove(['f/']))).to.eql(['invalid-answer', 'fatal']);
    expect(calls).to.equal(6);
  });

  it('end with the upload that looked for taken names', async () => {
    const storage = new FakeStorage({ conditionalCreate: true });
    let lists = 0;
    const adapter = {
      ...storage.adapter,
      list: async (): Promise<{ entries: never[]; next: string }> => {
        lists += 1;
        await new Promise(resolve => setTimeout(resolve, 2));
        return { entries: [], next: `page-${lists}` };
      },
    };
    const { manager } = managerOf(adapter);
    const files = Array.from({ length: 2000 }, (_, index) => textFile(`n${index}`));
    const job = manager.upload(files, { conflict: 'skip' });
    await until(() => lists >= 3, 'some pages');
    await job.cancel();
    const atEnd = lists;
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(lists - atEnd).to.be.at.most(1);
  });

  it('are asked once for each of many files of one name', async () => {
    const storage = new FakeStorage({ conditionalCreate: true });
    await storage.put('report.pdf', 'x');
    const { manager } = managerOf(storage.adapter);
    const files = Array.from({ length: 3 }, (_, index) => ({
      file: textFile('x', `${index}`),
      path: 'report.pdf',
    }));
    await manager.upload(files, { conflict: 'rename' }).finished;
    expect(storage.objects.size).to.equal(4);
    expect(storage.count('stat')).to.be.at.most(6);
  });
});

/** Downloads that are given what a listing said. */
import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { memory } from '../../../src/adapters/memory/index.js';
import { managerOf } from '../harness.js';

describe('entries of a listing', () => {
  it('go to the storage as they are: with id and version, and without being asked about again', async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, number) => [`f${number}`, 'abc']));
    const base = memory({ files });
    let stats = 0;
    const asked: unknown[] = [];
    const adapter: Adapter = {
      ...base,
      stat: (...all) => {
        stats += 1;
        return base.stat!(...all);
      },
      resolveDownload: (entry, options) => {
        asked.push({ id: entry.id, version: entry.version });
        return base.resolveDownload!(entry, options);
      },
    };
    const { entries } = await base.list('', { signal: new AbortController().signal });
    const { manager } = managerOf(adapter);
    const wanted = entries.map(entry => ({ ...entry, id: `id of ${entry.path}`, version: 'v1' }));
    const job = manager.download(wanted, { to: 'memory' });
    expect((await job.finished).state).to.equal('done');
    expect(stats).to.equal(0);
    expect(asked).to.have.length(20);
    expect(asked).to.deep.include({ id: 'id of f7', version: 'v1' });
  });

  it('are files when they say so, also where their names end in a slash', async () => {
    const base = memory({ files: { 'x.txt': 'five!', 'x/a.txt': 'A' } });
    const adapter: Adapter = {
      ...base,
      resolveDownload: (entry, options) =>
        base.resolveDownload!({ ...entry, path: entry.path === 'x/' ? 'x.txt' : entry.path }, options),
    };
    const job = managerOf(adapter).manager.download(
      [{ id: 'x/', path: 'x/', name: 'x', kind: 'file', size: 5 }],
      { to: 'memory' },
    );
    await job.finished;
    expect([...job.items].map(({ path, result }) => [path, result?.size])).to.deep.equal([['x/', 5]]);
  });
});

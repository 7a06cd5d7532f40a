/** Synchronising a directory with a storage, in both directions, and two storages. */
import { expect } from '@open-wc/testing';
import type { MemoryOptions } from '../../../src/adapters/memory/index.js';
import { TransferError } from '../../../src/core/errors.js';
import { FakeRanges } from '../download/fake-ranges.js';
import { managerOf } from '../harness.js';
import { directory, local, remote, storage, told } from './support.js';

describe('synchronising a directory to a storage', () => {
  it('plans first as plain data, changes nothing, and then does what it said', async () => {
    const from = await directory({ 'a.txt': 'A', 'deep/b.txt': 'new', 'deep/c.txt': 'longer' });
    const { adapter, manager } = storage({
      'run/deep/b.txt': 'old',
      'run/deep/c.txt': 'c',
      'run/x.txt': 'X',
    });
    const sync = manager.sync(from, 'run');
    const plan = await sync.plan();
    expect(told(plan)).to.deep.equal([
      'create a.txt: missing',
      'replace deep/b.txt: content',
      'replace deep/c.txt: size',
    ]);
    expect(structuredClone(plan)).to.deep.equal(plan);
    expect([plan.create, plan.replace, plan.remove, plan.skip, plan.bytes]).to.deep.equal([1, 2, 0, 0, 10]);
    expect(await remote(adapter, 'run/')).to.deep.equal({
      'deep/b.txt': 'old',
      'deep/c.txt': 'c',
      'x.txt': 'X',
    });
    expect((await sync.run().finished).state).to.equal('done');
    const now = { 'a.txt': 'A', 'deep/b.txt': 'new', 'deep/c.txt': 'longer', 'x.txt': 'X' };
    expect(await remote(adapter, 'run/')).to.deep.equal(now);
    // What was uploaded has a checksum, so the second look finds nothing to do.
    expect(told(await sync.plan())).to.deep.equal([
      'skip a.txt: same',
      'skip deep/b.txt: same',
      'skip deep/c.txt: same',
    ]);
  });

  it('compares by size or by existence when told to', async () => {
    const from = await directory({ 'a.txt': 'new', 'b.txt': 'longer' });
    const { manager } = storage({ 'a.txt': 'old', 'b.txt': 'b' });
    expect(told(await manager.sync(from, '', { compare: 'size' }).plan())).to.deep.equal([
      'skip a.txt: same',
      'replace b.txt: size',
    ]);
    expect(told(await manager.sync(from, '', { compare: 'exists' }).plan())).to.deep.equal([
      'skip a.txt: exists',
      'skip b.txt: exists',
    ]);
  });

  it('deletes what only the target has, all of it or what a rule says, after everything else', async () => {
    const from = await directory({ 'a.txt': 'A' });
    const { adapter, manager } = storage({ temp_1: '1', 'sub/temp_2': '2', keep: 'k' });
    const some = manager.sync(from, '', { remove: ({ path }) => /(^|\/)temp_/.test(path) });
    expect(told(await some.plan())).to.deep.equal([
      'create a.txt: missing',
      'remove sub/temp_2: extra',
      'remove temp_1: extra',
    ]);
    await some.run({ only: step => step.path !== 'temp_1' }).finished;
    expect(Object.keys(await remote(adapter)).sort()).to.deep.equal(['a.txt', 'keep', 'temp_1']);
    const run = manager.sync(from, '', { remove: true }).run();
    expect((await run.finished).state).to.equal('done');
    expect(await remote(adapter)).to.deep.equal({ 'a.txt': 'A' });
    expect(run.jobs.map(job => job.kind)).to.deep.equal(['remove']);
  });

  it('deletes nothing when a transfer failed', async () => {
    const from = await directory({ 'a.txt': 'A', 'b.txt': 'B' });
    const failures: MemoryOptions['failures'] = ({ operation, path }) =>
      operation === 'send' && path === 'a.txt'
        ? new TransferError('No.', { kind: 'fatal', reason: 'forbidden' })
        : undefined;
    const { adapter, manager } = storage({ extra: 'x' }, { failures });
    const run = manager.sync(from, '', { remove: true }).run();
    expect((await run.finished).state).to.equal('incomplete');
    expect(await remote(adapter)).to.deep.equal({ 'b.txt': 'B', extra: 'x' });
  });

  it('leaves out what the page leaves out, on both sides', async () => {
    const from = await directory({ 'a.txt': 'A', '.DS_Store': 'mac' });
    const { manager } = storage({ '.hidden': 'h', old: 'o' });
    const plan = await manager
      .sync(from, '', { remove: true, include: ({ path }) => !path.startsWith('.') })
      .plan();
    expect(told(plan)).to.deep.equal(['create a.txt: missing', 'remove old: extra']);
  });

  it('does not replace what came to the target after the plan', async () => {
    const from = await directory({ 'a.txt': 'mine' });
    const { adapter, manager } = storage({});
    const sync = manager.sync(from, '');
    await sync.plan();
    await manager.upload([new File(['theirs'], 'a.txt')]).finished;
    await sync.run().finished;
    expect(await remote(adapter)).to.deep.equal({ 'a.txt': 'theirs' });
  });
});

describe('synchronising a storage to a directory', () => {
  it('brings what is missing or differs, and deletes what only the directory has', async () => {
    const to = await directory({ 'deep/b.txt': 'old!', 'extra.txt': 'x', 'same.txt': 'same' });
    const { manager } = storage({ 'r/a.txt': 'A', 'r/deep/b.txt': 'new' });
    await manager.upload([new File(['same'], 'same.txt')], { into: 'r/' }).finished;
    const sync = manager.sync('r/', to, { remove: true });
    expect(told(await sync.plan())).to.deep.equal([
      'create a.txt: missing',
      'replace deep/b.txt: size',
      'remove extra.txt: extra',
      'skip same.txt: same',
    ]);
    expect((await sync.run().finished).state).to.equal('done');
    expect(await local(to)).to.deep.equal({ 'a.txt': 'A', 'deep/b.txt': 'new', 'same.txt': 'same' });
  });

  it('finds what it has brought although the answers told a weak validator only', async () => {
    using behindProxy = new FakeRanges(() => new TextEncoder().encode('content'));
    behindProxy.isWeak = true;
    const { adapter } = behindProxy;
    const { manager } = managerOf({
      ...adapter,
      list: async (path, options) => {
        const { entries } = await adapter.list(path, options);
        return { entries: entries.map(entry => ({ ...entry, modified: 0 })) };
      },
    });
    const sync = manager.sync('', await directory({}));
    expect((await sync.run().finished).state).to.equal('done');
    expect(told(await sync.plan())).to.deep.equal(['skip f.bin: same']);
  });

  it('finds hostile names again that a disk had to change, there and back', async () => {
    const names = { 'a:b?.txt': '1', 'x/CON': '2', 'x/tail. ': '3', 'Case.txt': '4', 'case.txt': '5' };
    const to = await directory({});
    const { adapter, manager } = storage(names);
    const sync = manager.sync('', to, { remove: true, compare: 'size' });
    expect((await sync.run().finished).state).to.equal('done');
    expect(Object.keys(await local(to))).to.have.length(5);
    expect(told(await sync.plan()).every(step => step.startsWith('skip'))).to.equal(true);
    const back = await manager.sync(to, '', { compare: 'size' }).plan();
    // The number that keeps two names of one spelling apart is the disk's: that file has a name of its own.
    expect(told(back).filter(step => !step.startsWith('skip'))).to.have.length(1);
    expect(Object.keys(await remote(adapter))).to.have.length(5);
  });
});

describe('synchronising two storages', () => {
  it('carries what differs, within the storage or across', async () => {
    const { adapter, manager } = storage({ 'a/1': 'one', 'a/2': 'two', 'b/2': 'TWO!', 'b/3': 'three' });
    const within = manager.sync('a/', 'b/', { remove: true });
    expect(told(await within.plan())).to.deep.equal([
      'create 1: missing',
      'replace 2: size',
      'remove 3: extra',
    ]);
    const run = within.run();
    expect((await run.finished).state).to.equal('done');
    expect(run.jobs.map(job => job.movesBytes)).to.deep.equal([false, false, false]);
    expect(await remote(adapter, 'b/')).to.deep.equal({ 1: 'one', 2: 'two' });

    const other = storage({ 'kept/2': 'two', 'kept/9': '9' });
    const across = manager.sync('a/', { manager: other.manager, path: 'kept/' }, { compare: 'size' });
    expect(told(await across.plan())).to.deep.equal(['create 1: missing', 'skip 2: same']);
    await across.run().finished;
    expect(await remote(other.adapter, 'kept/')).to.deep.equal({ 1: 'one', 2: 'two', 9: '9' });
    expect(other.manager.jobs.map(job => job.kind)).to.deep.equal(['copy']);
  });

  it('refuses two directories, and can be cancelled', async () => {
    const { manager } = storage({ 'a/1': '1' }, { latency: 50 });
    const here = await directory({});
    expect(() => manager.sync(here, here)).to.throw(TransferError);
    const run = manager.sync('a/', here).run();
    await run.cancel();
    expect((await run.finished).state).to.equal('cancelled');
    expect(await local(here)).to.deep.equal({});
  });
});

describe('finding files by a rule', () => {
  it('shows what would be deleted before anything is', async () => {
    const { adapter, manager } = storage({ 'a/temp_1': '1', 'a/b/temp_2': '22', 'a/keep': 'k', temp_0: '0' });
    const doomed = await manager.find('a/', ({ name }) => name.startsWith('temp_'));
    expect(doomed.map(({ path, size }) => [path, size])).to.deep.equal([
      ['a/b/temp_2', 2],
      ['a/temp_1', 1],
    ]);
    expect(Object.keys(await remote(adapter))).to.have.length(4);
    await manager.remove(doomed).finished;
    expect(Object.keys(await remote(adapter)).sort()).to.deep.equal(['a/keep', 'temp_0']);
  });
});

describe('folders that lie in each other', () => {
  it('are refused, and nothing is removed', async () => {
    const { adapter, manager } = storage({ 'a/b/one': '1', 'a/two': '2' });
    for (const [from, to] of [
      ['a/b/', 'a/'],
      ['a/', 'a/b/'],
      ['a/', 'a/'],
    ] as const) {
      expect(() => manager.sync(from, to, { remove: true }), `${from} to ${to}`).to.throw(TransferError);
    }
    expect(Object.keys(await remote(adapter)).sort()).to.deep.equal(['a/b/one', 'a/two']);
  });
});

describe('files of one name from several folders', () => {
  it('are both there in the end', async () => {
    const to = await directory({});
    const { manager } = storage({ 'a/x.txt': 'of a', 'b/x.txt': 'of b' });
    expect((await manager.download(['a/x.txt', 'b/x.txt'], { to }).finished).state).to.equal('done');
    expect(await local(to)).to.deep.equal({ 'x.txt': 'of a', 'x (2).txt': 'of b' });
  });
});

describe('downloading under other names', () => {
  it('puts each file where the page says, below the directory', async () => {
    const to = await directory({});
    const { manager } = storage({ 'run/1.bin': 'one', 'run/2.bin': 'two', 'run/3.bin': 'three' });
    const job = manager.download(
      [{ path: 'run/1.bin', as: 'first.bin' }, { path: 'run/2.bin', as: 'sub/../../second' }, 'run/3.bin'],
      { to },
    );
    expect((await job.finished).state).to.equal('done');
    expect(await local(to)).to.deep.equal({
      '3.bin': 'three',
      'first.bin': 'one',
      'sub/%2E%2E/%2E%2E/second': 'two',
    });
  });
});

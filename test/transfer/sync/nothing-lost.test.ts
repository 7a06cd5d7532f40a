/** What a synchronisation must not delete or replace, however old its plan is and whatever the sides are called. */
import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import type { TransferError } from '../../../src/core/errors.js';
import type { SyncRun } from '../../../src/transfer/index.js';
import { managerOf } from '../harness.js';
import { directory, folding, local, remote, storage, told, write } from './support.js';

const reasons = ({ jobs }: SyncRun): string[] =>
  jobs.flatMap(job => [...job.items].map(({ path, error }) => `${path}: ${error?.reason ?? 'done'}`));

/** The storage, with some files still on their way into it. */
function withUnfinished(adapter: Adapter, paths: readonly string[]): Adapter {
  return {
    ...adapter,
    async list(path, options) {
      const page = await adapter.list(path, options);
      const entries = page.entries.map(entry =>
        paths.includes(entry.path) ? { ...entry, status: 'pending' as const } : entry,
      );
      return { ...page, entries };
    },
  };
}

describe('a plan of any age', () => {
  it('removes nothing from a storage that was changed there since, or that the source has by now', async () => {
    const from = await directory({});
    const { adapter, manager } = storage({ 'gone.txt': 'g', 'new.txt': 'old', 'wanted.txt': 'w' });
    const sync = manager.sync(from, '', { remove: true });
    expect((await sync.plan()).remove).to.equal(3);
    await manager.upload([new File(['newer'], 'new.txt')]).finished;
    await write(from, 'wanted.txt', 'w');
    const run = sync.run();
    expect((await run.finished).state).to.equal('incomplete');
    expect(await remote(adapter)).to.deep.equal({ 'new.txt': 'newer', 'wanted.txt': 'w' });
    expect(reasons(run)).to.deep.equal(['gone.txt: done', 'new.txt: changed-remote', 'wanted.txt: exists']);
    expect(run.jobs.some(job => job.isRetryable())).to.equal(false);
    // A new plan knows.
    expect((await sync.run().finished).state).to.equal('done');
    expect(await remote(adapter)).to.deep.equal({ 'wanted.txt': 'w' });
  });

  it('removes nothing from a directory that was changed there since', async () => {
    const to = await directory({ 'a.txt': 'a', 'notes.txt': 'draft' });
    const { manager } = storage({});
    const sync = manager.sync('', to, { remove: true });
    await sync.plan();
    await write(to, 'notes.txt', 'much more');
    const run = sync.run();
    expect((await run.finished).state).to.equal('incomplete');
    expect(await local(to)).to.deep.equal({ 'notes.txt': 'much more' });
    expect(reasons(run)).to.deep.equal(['a.txt: done', 'notes.txt: changed-local']);
  });

  it('replaces nothing that was changed at the target since', async () => {
    const from = await directory({ 'a.txt': 'mine!', 'b.txt': 'mine!' });
    const { adapter, manager } = storage({ 'a.txt': 'old', 'b.txt': 'old' });
    const sync = manager.sync(from, '');
    expect((await sync.plan()).replace).to.equal(2);
    await manager.upload([new File(['theirs'], 'a.txt')]).finished;
    const run = sync.run();
    expect((await run.finished).state).to.equal('incomplete');
    expect(await remote(adapter)).to.deep.equal({ 'a.txt': 'theirs', 'b.txt': 'mine!' });
  });

  it('looks again at what is to go once everything is transferred', async () => {
    const from = await directory({ 'a.txt': 'A' });
    const { adapter, manager } = storage(
      { 'extra.txt': 'x' },
      { latency: ({ path }) => (path === 'a.txt' ? 50 : 0) },
    );
    const put = managerOf(adapter).manager;
    const run = manager.sync(from, '', { remove: true }).run();
    manager.addEventListener(
      'jobadd',
      () => void put.upload([new File(['somebody’s'], 'extra.txt')]).finished,
      { once: true },
    );
    await run.finished;
    expect(await remote(adapter)).to.deep.equal({ 'a.txt': 'A', 'extra.txt': 'somebody’s' });
  });
});

describe('the look before files are removed', () => {
  it('is the last thing that is done when somebody cancels meanwhile', async () => {
    const from = await directory({});
    const { adapter } = storage({ 'a.txt': 'A', 'b.txt': 'B' });
    let looks = 0;
    // It does not look at its signal, so it answers although nobody wants to know any more.
    const list: Adapter['list'] = async (path, options) => {
      const page = await adapter.list(path, { ...options, signal: new AbortController().signal });
      looks += 1;
      if (looks === 2) await run.cancel();
      return page;
    };
    const sync = managerOf({ ...adapter, list }).manager.sync(from, '', { remove: true });
    expect((await sync.plan()).remove).to.equal(2);
    const run: SyncRun = sync.run();
    expect((await run.finished).state).to.equal('cancelled');
    expect([looks, run.jobs.length]).to.deep.equal([2, 0]);
    expect(await remote(adapter)).to.deep.equal({ 'a.txt': 'A', 'b.txt': 'B' });
  });

  it('says in words why it was not possible', async () => {
    const { adapter, manager } = storage({ 'a.txt': 'A' });
    let looks = 0;
    const from = {
      kind: 'directory',
      name: 'docs',
      async *values() {
        looks += 1;
        if (looks === 2) throw new DOMException('', 'NotAllowedError');
        yield* [];
      },
    } as unknown as FileSystemDirectoryHandle;
    const sync = manager.sync(from, '', { remove: true });
    await sync.plan();
    const error = (await sync.run().finished.catch((reason: unknown) => reason)) as TransferError;
    expect(error.name).to.equal('TransferError');
    expect(await remote(adapter)).to.deep.equal({ 'a.txt': 'A' });
  });
});

describe('a file that is still on its way into the source', () => {
  it('is no reason to delete what the target has, in a storage or on a disk', async () => {
    const source = storage({ 'a.txt': 'A', 'data.bin': '' });
    const here = managerOf(withUnfinished(source.adapter, ['data.bin'])).manager;
    const there = storage({ 'data.bin': 'the last good one', 'extra.txt': 'x' });
    const across = here.sync('', { manager: there.manager, path: '' }, { remove: true });
    expect(told(await across.plan())).to.deep.equal(['create a.txt: missing', 'remove extra.txt: extra']);
    const to = await directory({ 'data.bin': 'the last good one', 'extra.txt': 'x' });
    const down = here.sync('', to, { remove: true });
    expect(told(await down.plan())).to.deep.equal(['create a.txt: missing', 'remove extra.txt: extra']);
    expect((await down.run().finished).state).to.equal('done');
    expect(await local(to)).to.deep.equal({ 'a.txt': 'A', 'data.bin': 'the last good one' });
  });
});

describe('names that some disks take for one', () => {
  it('are no extra ones: a file that is wanted under another spelling is not deleted', async () => {
    const composed = 'é.txt'.normalize('NFC');
    const decomposed = 'é.txt'.normalize('NFD');
    const to = await directory({ 'Readme.md': 'r', [decomposed]: 'e', 'extra.txt': 'x' });
    const { manager } = storage({ 'README.md': 'r', [composed]: 'e' });
    const plan = await manager.sync('', to, { remove: true }).plan();
    expect(plan.steps.filter(({ action }) => action === 'remove').map(({ path }) => path)).to.deep.equal([
      'extra.txt',
    ]);
    expect(plan.create).to.equal(2);
  });

  it('are one file there: it is compared, replaced under the name it has, and not deleted', async () => {
    const disk = await directory({ 'Docs/a.txt': 'old', 'same.txt': 'same', 'extra.txt': 'x' });
    const to = folding(disk);
    const { manager } = storage({ 'docs/A.txt': 'new' });
    await manager.upload([new File(['same'], 'SAME.txt')]).finished;
    const sync = manager.sync('', to, { remove: true });
    expect(told(await sync.plan())).to.deep.equal([
      'skip SAME.txt: same',
      'replace docs/A.txt: content',
      'remove extra.txt: extra',
    ]);
    expect((await sync.run().finished).state).to.equal('done');
    expect(await local(disk)).to.deep.equal({ 'Docs/a.txt': 'new', 'same.txt': 'same' });
  });

  it('are two files where the disk has both', async () => {
    const from = await directory({ 'a?b.txt': 'one', 'a%3Fb.txt': 'two', 'c%3Fd.txt': 'three' });
    const { adapter, manager } = storage({});
    expect((await manager.sync(from, '').run().finished).state).to.equal('done');
    expect(await remote(adapter)).to.deep.equal({ 'a%3Fb.txt': 'two', 'a?b.txt': 'one', 'c?d.txt': 'three' });
  });
});

describe('files of one name where a storage knows no folders', () => {
  const flat = (files: Record<string, string>) => {
    const { adapter } = storage(files);
    const { capabilities } = adapter;
    const without = {
      ...adapter,
      capabilities: { ...capabilities, folders: 'none', overwrite: 'new-identity' } as const,
    };
    return { adapter, ...managerOf(without) };
  };

  it('are refused before anything is changed', async () => {
    const from = await directory({ 'a/x.txt': 'of a', 'b/x.txt': 'of b' });
    const { adapter, manager } = flat({ 'id-1/x.txt': 'stored' });
    const error = (await manager
      .sync(from, '')
      .plan()
      .catch((reason: unknown) => reason)) as TransferError;
    expect([error.reason, error.path]).to.deep.equal(['invalid-input', 'x.txt']);
    const run = manager.sync(from, '').run();
    expect(await run.finished.catch((reason: TransferError) => reason.reason)).to.equal('invalid-input');
    expect(await remote(adapter)).to.deep.equal({ 'id-1/x.txt': 'stored' });
  });

  it('are found by their name alone where there is one of each', async () => {
    const from = await directory({ 'a/x.txt': 'others' });
    const { manager } = flat({ 'id-1/x.txt': 'stored' });
    expect(told(await manager.sync(from, '').plan())).to.deep.equal(['replace a/x.txt: content']);
  });
});

describe('a directory that cannot be read', () => {
  it('is told in words', async () => {
    const from = await directory({ 'a.txt': 'A', 'b.txt': 'B' });
    const { manager } = storage({});
    const unreadable = {
      kind: 'directory',
      name: 'docs',
      async *values() {
        yield {
          kind: 'file',
          name: 'locked.docx',
          getFile: () => Promise.reject(new DOMException('', 'NotReadableError')),
        };
      },
    } as unknown as FileSystemDirectoryHandle;
    const error = (await manager
      .sync(unreadable, '')
      .plan()
      .catch((reason: unknown) => reason)) as TransferError;
    expect([error.name, error.reason, error.path]).to.deep.equal([
      'TransferError',
      'unreadable',
      'locked.docx',
    ]);
    expect((await manager.sync(from, '').plan()).create).to.equal(2);
  });
});

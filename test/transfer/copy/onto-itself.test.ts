/** Copies and moves that would lose what they carry: onto themselves, into themselves, over what came meanwhile. */
import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { type MemoryOptions, memory } from '../../../src/adapters/memory/index.js';
import type { Entry } from '../../../src/core/entry.js';
import type { TransferError } from '../../../src/core/errors.js';
import { FakeStorage } from '../fake-storage.js';
import { managerOf, states } from '../harness.js';

const signal = new AbortController().signal;

/** A storage as a page sees it that has opened it twice. */
function twice(files: MemoryOptions['files']) {
  const storage = memory({ files: files! });
  const open = () => managerOf({ ...storage, identity: 'https://lab.example bucket' } as Adapter).manager;
  return { storage, one: open(), other: open() };
}

async function tree(adapter: Adapter): Promise<string[]> {
  const { entries } = await adapter.list('', { signal, recursive: true });
  return entries.map(({ path }) => path).sort();
}

const failed = (finished: Promise<unknown>): Promise<TransferError> =>
  finished.then(
    () => Promise.reject(new Error('It should have been refused.')),
    (error: TransferError) => error,
  );

describe('one storage that was opened twice', () => {
  it('moves and copies nothing onto itself, and deletes nothing', async () => {
    const { storage, one, other } = twice({ 'a/x.txt': 'X', 'a/y.txt': 'Y' });
    for (const conflict of ['replace', 'skip-same', 'rename'] as const) {
      for (const targets of [['a/x.txt'], ['a/']]) {
        const into = targets[0] === 'a/' ? '' : 'a/';
        const error = await failed(one.move(targets, into, { to: other, conflict }).finished);
        expect([targets[0], error.reason]).to.deep.equal([targets[0], 'exists']);
      }
    }
    const some = one.move(['a/x.txt', 'a/y.txt'], 'a/', { to: other, conflict: 'replace' });
    await some.finished;
    expect(states(some)).to.deep.equal(['failed', 'failed']);
    expect(await tree(storage)).to.deep.equal(['a/x.txt', 'a/y.txt']);
  });

  it('puts no folder into itself', async () => {
    const { storage, one, other } = twice({ 'a/x.txt': 'X' });
    for (const from of ['a/', '']) {
      const error = await failed(one.copy([from], 'a/b/', { to: other }).finished);
      expect([from, error.reason]).to.deep.equal([from, 'invalid-input']);
    }
    expect(await tree(storage)).to.deep.equal(['a/x.txt']);
    // Elsewhere in it, it does.
    expect((await one.copy(['a/'], 'c/', { to: other }).finished).state).to.equal('done');
    expect(await tree(storage)).to.deep.equal(['a/x.txt', 'c/a/x.txt']);
  });
});

describe('all of a storage', () => {
  it('goes into no folder of its own, by its own copy or through the page', async () => {
    const adapter = memory({ files: { 'a/x.txt': 'X', 'b.txt': 'B' } });
    const { copy: _copy, move: _move, ...without } = adapter;
    for (const each of [adapter, without as Adapter]) {
      const { manager } = managerOf(each);
      const error = await failed(manager.copy([''], 'backup/', { throughPage: true }).finished);
      expect([error.reason, /into one of its own folders/.test(error.message)]).to.deep.equal([
        'invalid-input',
        true,
      ]);
    }
    expect(await tree(adapter)).to.deep.equal(['a/x.txt', 'b.txt']);
  });

  it('goes once, whatever of it is named beside it', async () => {
    const target = memory();
    const { manager } = managerOf(memory({ files: { 'a/x.txt': 'X', 'b.txt': 'B' } }));
    const job = manager.copy(['', 'a/', 'b.txt'], '', { to: managerOf(target).manager });
    expect((await job.finished).state).to.equal('done');
    expect(await tree(target)).to.deep.equal(['a/x.txt', 'b.txt']);
  });
});

describe('an original that is another version after the copy', () => {
  const versions: Record<string, Partial<Entry>> = {
    version: { version: 'v2' },
    etag: { etag: 'other' },
    size: { size: 2 },
    modified: { modified: Date.UTC(2030, 0) },
  };

  for (const [what, change] of Object.entries(versions)) {
    it(`stays when its ${what} alone differs, and the copy stays too`, async () => {
      const source = memory({ files: { 'a.txt': 'A' } });
      const target = memory();
      const stat = source.stat!;
      source.stat = async (path, options) => {
        const entry = await stat.call(source, path, options);
        const copied = await target.stat!(path, options);
        return entry && { ...entry, version: 'v1', ...(copied ? change : {}) };
      };
      const job = managerOf(source).manager.move(['a.txt'], '', { to: managerOf(target).manager });
      await job.finished;
      expect([states(job)[0], job.items.at(0)!.error?.reason]).to.deep.equal(['failed', 'changed-remote']);
      expect([await tree(source), await tree(target)]).to.deep.equal([['a.txt'], ['a.txt']]);
    });

    it(`stays when its ${what} alone differs and the storage itself had copied it`, async () => {
      const storage = new FakeStorage();
      await storage.put('a.txt', 'A');
      const stat = storage.adapter.stat!;
      const adapter: Adapter = {
        ...storage.adapter,
        stat: async (path, options) => {
          const entry = await stat(path, options);
          const isCopied = path === 'a.txt' && storage.objects.has('b/a.txt');
          return entry && { ...entry, version: 'v1', ...(isCopied ? change : {}) };
        },
      };
      const job = managerOf(adapter).manager.move(['a.txt'], 'b/');
      await job.finished;
      expect([states(job)[0], job.items.at(0)!.error?.reason]).to.deep.equal(['failed', 'changed-remote']);
      expect([...storage.objects.keys()].sort()).to.deep.equal(['a.txt', 'b/a.txt']);
    });
  }

  it('goes when only the fractions of its second differ', async () => {
    const source = memory({ files: { 'a.txt': 'A' }, now: () => Date.UTC(2026, 0) + 345 });
    const stat = source.stat!;
    source.stat = async (path, options) => {
      const entry = await stat.call(source, path, options);
      return entry && { ...entry, modified: Date.UTC(2026, 0) };
    };
    const target = memory();
    const job = managerOf(source).manager.move([''], '', { to: managerOf(target).manager });
    expect((await job.finished).state).to.equal('done');
    expect(await tree(source)).to.deep.equal([]);
  });
});

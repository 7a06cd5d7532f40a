/** Storages whose folders do not form a tree. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import { TransferManager } from '../../src/transfer/manager.js';
import { foldersBelow, walkBelow } from '../../src/transfer/operations/tree.js';
import { contextFor } from './download/support.js';

const entry = (path: string) => ({
  id: path,
  path,
  name: path.replace(/\/$/, '').replace(/.*\//, ''),
  kind: path.endsWith('/') ? ('folder' as const) : ('file' as const),
});

/** A storage that lists these folders level by level, whatever they lead to. */
function storageOf(folders: Readonly<Record<string, readonly string[]>>) {
  const listed: string[] = [];
  const base = memory({
    files: Object.fromEntries(
      Object.values(folders)
        .flat()
        .map(path => [path, 'x']),
    ),
  });
  const adapter: typeof base = {
    ...base,
    capabilities: { ...base.capabilities, recursiveList: false },
    list: async path => {
      listed.push(path);
      // Without an end the test would never end either.
      if (listed.length > 50) throw new TransferError('In circles.', { kind: 'fatal', reason: 'server' });
      return { entries: (folders[path] ?? []).map(entry) };
    },
  };
  return { adapter, listed };
}

const circles = {
  'back to the one before': { 'a/': ['a/1', 'a/b/'], 'a/b/': ['a/', 'a/b/2'] },
  'to themselves': { 'a/': ['a/', 'a/1', 'a/b/'], 'a/b/': ['a/b/', 'a/b/2'] },
  'to another one': { 'a/': ['a/1', 'a/b/', 'c/'], 'a/b/': ['a/b/2'], 'c/': ['a/'] },
  'twice to one': { 'a/': ['a/1', 'a/b/', 'a/b/'], 'a/b/': ['a/b/2'] },
};

describe('folders that lead', () => {
  for (const [where, folders] of Object.entries(circles)) {
    it(`${where} are each read once for a download`, async () => {
      const { adapter, listed } = storageOf(folders);
      const job = new TransferManager({ adapter }).download(['a/'], { to: 'memory' });
      assert.equal((await job.finished).state, 'done');
      assert.deepEqual(
        [...job.items].map(({ path }) => path),
        ['a/1', 'a/b/2'],
      );
      assert.deepEqual(listed, ['a/', 'a/b/']);
    });

    it(`${where} are each read once for what else goes through them`, async () => {
      const { adapter, listed } = storageOf(folders);
      const context = contextFor(adapter);
      const { signal } = new AbortController();
      const found: string[] = [];
      for await (const { entry } of walkBelow(context, 'a/', signal)) found.push(entry.path);
      for await (const path of foldersBelow(context, 'a/', signal)) found.push(`then ${path}`);
      assert.deepEqual(found, ['a/1', 'a/b/2', 'a/b/', 'then a/b/']);
      assert.deepEqual(listed, ['a/', 'a/b/', 'a/', 'a/b/']);
    });
  }

  it('on from a key that begins with a slash are all read', async () => {
    const { adapter } = storageOf({ '/': ['//', '/etc/'], '//': ['//1'], '/etc/': ['/etc/2'] });
    const job = new TransferManager({ adapter }).download(['/'], { to: 'memory' });
    await job.finished;
    assert.deepEqual(
      [...job.items].map(({ path }) => path),
      ['//1', '/etc/2'],
    );
  });
});

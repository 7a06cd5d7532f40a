import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry, ListPage } from '../../src/core/entry.js';
import { TransferError } from '../../src/core/errors.js';
import { Listing, type ListingChange } from '../../src/core/listing.js';

const file = (name: string): Entry => ({ id: name, path: name, name, kind: 'file' });
const names = (listing: Listing) => listing.entries.map(entry => entry.name);

/** A storage with these names, `size` to a page. `fail` is thrown by the next call. */
function storage(list: string[], size: number) {
  const self = {
    list,
    calls: 0,
    fail: undefined as Error | undefined,
    gate: undefined as Promise<void> | undefined,
    async readPage({ token, signal }: { token?: string; signal: AbortSignal }): Promise<ListPage> {
      self.calls++;
      const page = [...self.list];
      await self.gate;
      signal.throwIfAborted();
      const { fail } = self;
      self.fail = undefined;
      if (fail) throw fail;
      const from = Number(token ?? 0);
      const entries = page.slice(from, from + size).map(file);
      return from + size < page.length ? { entries, next: String(from + size) } : { entries };
    },
  };
  return self;
}

function open(list: string[], size = 2) {
  const source = storage(list, size);
  const changes: ListingChange['kind'][] = [];
  const listing = new Listing({ readPage: source.readPage, onChange: change => changes.push(change.kind) });
  return { source, listing, changes };
}

test('pages are read one by one and completeness is known', async () => {
  const { listing } = open(['a', 'b', 'c']);
  assert.equal(listing.hasFirstPage, false);
  await listing.load();
  assert.deepEqual([names(listing), listing.complete, listing.total], [['a', 'b'], false, undefined]);
  await listing.loadMore();
  assert.deepEqual([names(listing), listing.complete, listing.total], [['a', 'b', 'c'], true, 3]);
  await listing.loadMore();
  assert.equal(listing.entries.length, 3);
});

test('entries that a storage repeats are kept once', async () => {
  const { listing, source } = open(['a', 'b', 'c']);
  await listing.load();
  source.list.unshift('new');
  await listing.loadMore();
  assert.deepEqual(names(listing), ['a', 'b', 'c']);
});

test('a failed next page keeps what is loaded and can be repeated', async () => {
  const { listing, source } = open(['a', 'b', 'c']);
  await listing.load();
  source.fail = new TransferError('no', { kind: 'fatal', reason: 'server' });
  await listing.loadMore();
  assert.deepEqual([names(listing), listing.error?.reason, listing.failed], [['a', 'b'], 'server', 'next']);
  await listing.retry();
  assert.deepEqual([names(listing), listing.error], [['a', 'b', 'c'], undefined]);
});

test('an error that is none of ours becomes a sentence', async () => {
  const { listing, source } = open(['a']);
  source.fail = new TypeError('x is not a function');
  await listing.load();
  assert.ok(listing.error instanceof TransferError);
  assert.doesNotMatch(listing.error.message, /function/);
});

test('the rest can be loaded, and stopped on the way', async () => {
  const { listing, source } = open(Array.from({ length: 9 }, (_, index) => String(index)));
  await listing.load();
  let release = () => {};
  source.gate = new Promise(resolve => (release = resolve));
  const rest = listing.loadRest();
  assert.equal(listing.activity, 'rest');
  listing.stopRest();
  release();
  assert.equal(await rest, false);
  assert.equal(listing.entries.length, 2);
  assert.equal(listing.error, undefined);
  assert.equal(await listing.loadRest(), true);
  assert.equal(listing.entries.length, 9);
});

test('a refresh replaces everything at once, as much as was loaded', async () => {
  const { listing, source, changes } = open(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  await listing.load();
  await listing.loadMore();
  source.list = ['x', 'a', 'c', 'd', 'e', 'f', 'g'];
  changes.length = 0;
  await listing.refresh();
  assert.deepEqual(names(listing), ['x', 'a', 'c', 'd']);
  assert.equal(changes.filter(kind => kind === 'replace').length, 1);
  assert.equal(listing.complete, false);
});

test('a failed refresh leaves the rows', async () => {
  const { listing, source } = open(['a']);
  await listing.load();
  source.fail = new Error('gone');
  await listing.refresh();
  assert.deepEqual([names(listing), listing.failed], [['a'], 'refresh']);
});

test('a refresh that a patch has overtaken is read again, so that nothing deleted comes back', async () => {
  const { listing, source } = open(['a', 'b'], 10);
  await listing.load();
  let release = () => {};
  source.gate = new Promise(resolve => (release = resolve));
  const refreshed = listing.refresh();
  source.list = ['b'];
  listing.patch({ removed: ['a'] });
  release();
  await refreshed;
  assert.deepEqual(names(listing), ['b']);
  assert.equal(source.calls, 3);
});

test('after dispose nothing is told any more', async () => {
  const { listing, changes } = open(['a']);
  const loading = listing.load();
  changes.length = 0;
  listing.dispose();
  await loading;
  assert.deepEqual(changes, []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrowserState } from '../../src/core/browser-state.js';
import type { Entry, ListPage } from '../../src/core/entry.js';

const file = (name: string, size = 1): Entry => ({ id: name, path: name, name, kind: 'file', size });

async function open(list: Entry[], pageSize = 1000) {
  const source = { list };
  const state = new BrowserState({
    async readPage({ token }): Promise<ListPage> {
      const from = Number(token ?? 0);
      const entries = source.list.slice(from, from + pageSize);
      return from + pageSize < source.list.length ? { entries, next: String(from + pageSize) } : { entries };
    },
    onChange: () => {},
    ordering: { locale: 'en' },
  });
  await state.listing.load();
  return { state, source };
}
const names = (state: BrowserState) => state.rows.map(entry => entry.name);
const selected = (state: BrowserState) => state.selected.map(entry => entry.name);

test('rows of later pages take their place in the order', async () => {
  const { state } = await open([file('m'), file('z'), file('a'), file('n')], 2);
  assert.deepEqual(names(state), ['m', 'z']);
  await state.listing.loadMore();
  assert.deepEqual(names(state), ['a', 'm', 'n', 'z']);
  state.sort = { key: 'name', direction: 'descending' };
  assert.deepEqual(names(state), ['z', 'n', 'm', 'a']);
});

test('selection outlives sorting, filtering and refreshing', async () => {
  const { state, source } = await open([file('a'), file('b'), file('c')]);
  state.selectOnly(1);
  state.sort = { key: 'name', direction: 'descending' };
  state.filter = 'c';
  assert.deepEqual([names(state), selected(state)], [['c'], ['b']]);
  state.filter = '';
  source.list = [file('0'), file('b')];
  await state.listing.refresh();
  assert.deepEqual(selected(state), ['b']);
  source.list = [file('0')];
  await state.listing.refresh();
  assert.deepEqual([selected(state), state.selection.isEmpty], [[], true]);
});

test('ranges start where the last selection was made', async () => {
  const { state } = await open(['a', 'b', 'c', 'd', 'e'].map(name => file(name)));
  state.selectOnly(1);
  state.selectRange(3);
  assert.deepEqual(selected(state), ['b', 'c', 'd']);
  state.selectRange(0);
  assert.deepEqual(selected(state), ['a', 'b']);
  state.toggle(4);
  state.selectRange(3, true);
  assert.deepEqual(selected(state), ['a', 'b', 'd', 'e']);
});

test('selecting all of a partly loaded folder means what is not loaded too, and what comes later to the complete one is not meant', async () => {
  const { state, source } = await open([file('a'), file('b'), file('c'), file('d')], 2);
  state.selectAll();
  assert.equal(state.selection.everything, true);
  state.toggle(0);
  await state.listing.loadMore();
  assert.deepEqual(selected(state), ['b', 'c', 'd']);
  assert.equal(state.selection.everything, false);
  source.list.push(file('new'));
  await state.listing.refresh();
  assert.deepEqual(selected(state), ['b', 'c', 'd']);
});

test('with a filter, all means the rows that match', async () => {
  const { state } = await open([file('aa'), file('ab'), file('b'), file('c')], 3);
  state.filter = 'a';
  state.selectAll();
  assert.equal(state.selection.everything, false);
  assert.deepEqual(selected(state), ['aa', 'ab']);
});

test('the focus goes with its entry, and to the neighbour when the entry goes', async () => {
  const { state, source } = await open(['b', 'd', 'f'].map(name => file(name)));
  state.focusRow(1);
  source.list = ['a', 'b', 'd', 'f'].map(name => file(name));
  await state.listing.refresh();
  assert.deepEqual([state.focusIndex, state.focused?.name], [2, 'd']);
  source.list = ['a', 'b', 'f'].map(name => file(name));
  await state.listing.refresh();
  assert.equal(state.focused?.name, 'f');
  source.list = ['a', 'x'].map(name => file(name));
  await state.listing.refresh();
  assert.equal(state.focused?.name, 'a');
  source.list = [];
  await state.listing.refresh();
  assert.equal(state.focusIndex, -1);
});

test('a pending removal hides, comes back when refused, and stays away when confirmed', async () => {
  const { state } = await open(['a', 'b'].map(name => file(name)));
  const refuse = state.begin({ kind: 'remove', ids: new Set(['a']) });
  assert.deepEqual(names(state), ['b']);
  refuse();
  assert.deepEqual(names(state), ['a', 'b']);
  state.begin({ kind: 'remove', ids: new Set(['a']) })({ removed: ['a'] });
  assert.deepEqual(names(state), ['b']);
  assert.equal(state.loadedCount, 1);
});

test('a pending rename keeps focus and selection, also when it is refused', async () => {
  const { state } = await open(['a', 'b', 'c'].map(name => file(name)));
  state.selectOnly(0);
  state.focusRow(0);
  const end = state.begin({ kind: 'put', entry: file('z'), replaces: 'a' });
  assert.deepEqual([names(state), selected(state), state.focused?.name], [['b', 'c', 'z'], ['z'], 'z']);
  assert.equal(state.isPending('z'), true);
  end();
  assert.deepEqual([names(state), selected(state), state.focused?.name], [['a', 'b', 'c'], ['a'], 'a']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../../src/core/entry.js';
import { findByPrefix } from '../../src/core/find-by-prefix.js';
import { comparator, mergeOrdered, nameFilter } from '../../src/core/ordering.js';

const file = (name: string, more: Partial<Entry> = {}): Entry => ({
  id: name,
  path: name,
  name,
  kind: 'file',
  ...more,
});
const folder = (name: string): Entry => ({ id: `${name}/`, path: `${name}/`, name, kind: 'folder' });
const names = (entries: readonly Entry[]) => entries.map(entry => entry.name);
const by = (key: string, direction: 'ascending' | 'descending' = 'ascending') =>
  comparator({ key, direction }, { locale: 'en' });

test('names are in natural order, folders first in both directions', () => {
  const entries = [file('part 10'), file('Part 2'), folder('z'), file('part 1'), folder('a')];
  assert.deepEqual(names([...entries].sort(by('name'))), ['a', 'z', 'part 1', 'Part 2', 'part 10']);
  assert.deepEqual(names([...entries].sort(by('name', 'descending'))), [
    'z',
    'a',
    'part 10',
    'Part 2',
    'part 1',
  ]);
});

test('what has no size or date comes last in both directions', () => {
  const entries = [file('none'), file('big', { size: 9 }), file('small', { size: 1 })];
  assert.deepEqual(names([...entries].sort(by('size'))), ['small', 'big', 'none']);
  assert.deepEqual(names([...entries].sort(by('size', 'descending'))), ['big', 'small', 'none']);
});

test('a custom column is compared by the page’s function', () => {
  const compare = comparator(
    { key: 'length', direction: 'descending' },
    { custom: { length: (a, b) => a.name.length - b.name.length } },
  );
  assert.deepEqual(names([file('a'), file('aaa'), file('aa')].sort(compare)), ['aaa', 'aa', 'a']);
});

test('merging pages gives what sorting everything gives', () => {
  const entry = fc
    .tuple(fc.stringMatching(/^[a-cA-C0-9]{1,4}$/), fc.option(fc.nat(3), { nil: undefined }), fc.boolean())
    .map(([name, size, isFolder]) =>
      isFolder ? folder(name) : file(name, size === undefined ? {} : { size }),
    );
  const pages = fc.array(fc.uniqueArray(entry, { selector: e => e.id, maxLength: 20 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      pages,
      fc.constantFrom('name', 'size', 'type'),
      fc.constantFrom('ascending', 'descending'),
      (all, key, direction) => {
        const compare = by(key, direction as 'ascending');
        const seen = new Set<string>();
        const fresh = all.map(page => page.filter(e => !seen.has(e.id) && seen.add(e.id)));
        const merged = fresh.reduce<readonly Entry[]>(
          (ordered, page) => mergeOrdered(ordered, page, compare),
          [],
        );
        assert.deepEqual(merged, fresh.flat().sort(compare));
      },
    ),
  );
});

test('the filter wants all words, whatever case and accents', () => {
  const matches = nameFilter('uber  PNG');
  assert.equal(matches(file('Überblick.png')), true);
  assert.equal(matches(file('Überblick.jpg')), false);
  assert.equal(nameFilter('  ')(file('anything')), true);
});

test('type-ahead goes round and ignores accents', () => {
  const list = ['alpha', 'Éclair', 'echo', 'beta'].map(name => ({ name }));
  assert.equal(findByPrefix(list, 'ec', 0), 1);
  assert.equal(findByPrefix(list, 'e', 2), 2);
  assert.equal(findByPrefix(list, 'a', 1), 0);
  assert.equal(findByPrefix(list, 'x', 0), -1);
});

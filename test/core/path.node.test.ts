import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkName,
  extensionStart,
  isWithin,
  joinPath,
  nameOf,
  parentPath,
  segmentsOf,
  toFolderPath,
} from '../../src/core/path.js';

test('parent, name and join take a path apart and put it together', () => {
  for (const [path, parent, name] of [
    ['a/b/c.txt', 'a/b/', 'c.txt'],
    ['a/b/', 'a/', 'b'],
    ['c.txt', '', 'c.txt'],
    ['a/', '', 'a'],
    ['', '', ''],
    ['a//b', 'a//', 'b'],
  ] as const) {
    assert.equal(parentPath(path), parent);
    assert.equal(nameOf(path), name);
    if (path !== '') assert.equal(joinPath(parent, name) + (path.endsWith('/') ? '/' : ''), path);
  }
});

test('segments keep empty ones, because keys have them', () => {
  assert.deepEqual(segmentsOf('a//b/'), [
    { name: 'a', path: 'a/' },
    { name: '', path: 'a//' },
    { name: 'b', path: 'a//b/' },
  ]);
  assert.deepEqual(segmentsOf(''), []);
});

test('what a person types becomes a folder path', () => {
  assert.equal(toFolderPath('/runs/2026'), 'runs/2026/');
  assert.equal(toFolderPath('/'), '');
  assert.equal(toFolderPath(''), '');
  assert.equal(isWithin('runs/x', 'runs'), true);
  assert.equal(isWithin('runs2/x', 'runs'), false);
  assert.equal(isWithin('x', ''), true);
});

test('names that cannot be given are told apart', () => {
  assert.equal(checkName('  '), 'empty');
  assert.equal(checkName('a/b'), 'slash');
  assert.equal(checkName('..'), 'dots');
  assert.equal(checkName('a\u0007'), 'control');
  assert.equal(checkName('exe\u202egpj'), 'control');
  assert.equal(checkName('ä'.repeat(513)), 'too-long');
  assert.equal(checkName('ä'.repeat(512)), undefined);
  assert.equal(checkName('a'.repeat(1020), 'folder/'), 'too-long');
  assert.equal(
    checkName('x', '', name => name === 'x'),
    'taken',
  );
  assert.equal(checkName('#?% + "quotes" 日本.txt'), undefined);
});

test('the extension begins at the last dot that has something on both sides', () => {
  assert.equal(extensionStart('a.tar.gz'), 5);
  assert.equal(extensionStart('.profile'), 8);
  assert.equal(extensionStart('name.'), 5);
});

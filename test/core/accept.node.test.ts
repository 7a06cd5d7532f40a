import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAccepted, parseAccept } from '../../src/core/accept.js';
import { parseSize } from '../../src/core/parse-size.js';

describe('accept', () => {
  const cases: [accept: string, name: string, type: string, expected: boolean][] = [
    ['', 'a.exe', '', true],
    ['*/*', 'a.exe', '', true],
    ['.csv', 'A.CSV', '', true],
    ['.csv', 'csv', '', false],
    ['.fastq.gz', 'reads.fastq.gz', 'application/gzip', true],
    ['.fastq.gz', 'reads.gz', 'application/gzip', false],
    ['image/*', 'a.png', 'image/png', true],
    ['image/*', 'a.png', '', false],
    ['text/csv', 'a.csv', 'text/csv; charset=utf-8', true],
    ['.csv, image/*', 'a.jpg', 'IMAGE/JPEG', true],
    ['image/*', 'a.txt', 'imagex/png', false],
  ];
  for (const [accept, name, type, expected] of cases)
    it(`“${accept}” ${expected ? 'takes' : 'refuses'} ${name} (${type || 'no type'})`, () =>
      assert.equal(isAccepted(parseAccept(accept), name, type), expected));
});

describe('sizes in attributes', () => {
  const cases: [string | number, number | undefined][] = [
    ['500', 500],
    [42, 42],
    ['10 MB', 10_000_000],
    ['5GiB', 5 * 1024 ** 3],
    ['1.5k', 1500],
    ['ten', undefined],
    ['-1', undefined],
    [Number.NaN, undefined],
  ];
  for (const [text, expected] of cases)
    it(`“${text}” is ${expected}`, () => assert.equal(parseSize(text), expected));
});

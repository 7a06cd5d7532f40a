import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  displayName,
  formatDuration,
  formatPercent,
  formatRelativeDate,
  formatSize,
  formatSpeed,
  shortenName,
  splitName,
} from '../../src/core/format.js';

/** Intl writes narrow and non-breaking spaces here and there, by its version. */
const plain = (text: string) => text.replace(/[\u00A0\u202F]/g, ' ');

describe('sizes', () => {
  const cases: [number, 'iec' | 'si', string][] = [
    [0, 'iec', '0 B'],
    [1, 'iec', '1 B'],
    [1023, 'iec', '1,023 B'],
    [1024, 'iec', '1 KiB'],
    [1536, 'iec', '1.5 KiB'],
    [1024 ** 2 - 1, 'iec', '1 MiB'],
    [1024 ** 3, 'iec', '1 GiB'],
    [5.25 * 1024 ** 4, 'iec', '5.25 TiB'],
    [999, 'si', '999 B'],
    [1000, 'si', '1 kB'],
    [999_999, 'si', '1 MB'],
    [12_345_678, 'si', '12.3 MB'],
  ];
  for (const [bytes, units, expected] of cases)
    it(`${bytes} bytes in ${units} are ${expected}`, () => {
      assert.equal(plain(formatSize(bytes, 'en', units)), expected);
    });

  it('are written as the locale writes numbers', () => {
    assert.equal(plain(formatSize(1536, 'de')), '1,5 KiB');
  });

  it('never reach the next unit in the smaller one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), bytes => {
        const number = Number.parseFloat(formatSize(bytes, 'en').replaceAll(',', ''));
        assert.ok(number < 1024, `${bytes} → ${formatSize(bytes, 'en')}`);
      }),
    );
  });
});

describe('moving numbers', () => {
  it('write speeds with few digits', () => {
    assert.equal(plain(formatSpeed(12_345_678, 'en', 'si')), '12 MB/s');
    assert.equal(plain(formatSpeed(1_234_567, 'en', 'si')), '1.2 MB/s');
    assert.equal(plain(formatSpeed(0, 'en')), '0 B/s');
  });

  it('show 100 % for everything only', () => {
    assert.equal(plain(formatPercent(0.9999, 'en')), '99%');
    assert.equal(plain(formatPercent(1, 'en')), '100%');
    assert.equal(plain(formatPercent(0.29, 'en')), '29%');
  });

  const durations: [number, string][] = [
    [0, '5 sec'],
    [3, '5 sec'],
    [42, '45 sec'],
    [59, '1 min'],
    [95, '1 min 40 sec'],
    [400, '7 min'],
    [1801, '31 min'],
    [7260, '2 hr 1 min'],
    [90_000, '1 day 1 hr'],
  ];
  for (const [seconds, expected] of durations)
    it(`${seconds} seconds are ${expected}`, () =>
      assert.equal(plain(formatDuration(seconds, 'en')), expected));
});

describe('a time left', () => {
  it('never grows while the seconds run down', () => {
    const units: Record<string, number> = { sec: 1, min: 60, hr: 3600, day: 86_400, days: 86_400 };
    const read = (text: string): number =>
      [...text.matchAll(/(\d+) (\w+)/g)].reduce(
        (sum, [, value, unit]) => sum + Number(value) * units[unit!]!,
        0,
      );
    let last = 0;
    for (let seconds = 0; seconds < 3 * 86_400; seconds += seconds < 8000 ? 1 : 37) {
      const shown = read(plain(formatDuration(seconds, 'en')));
      assert.ok(shown >= last, `${seconds} seconds: ${shown} after ${last}`);
      last = shown;
    }
  });
});

describe('dates', () => {
  const now = Date.UTC(2026, 10, 20, 12);
  const cases: [number, string][] = [
    [10, 'now'],
    [50, '1 minute ago'],
    [7200, '2 hours ago'],
    [86_400, 'yesterday'],
    [86_400 * 15, '2 weeks ago'],
  ];
  for (const [ago, expected] of cases)
    it(`${ago} seconds back is “${expected}”`, () =>
      assert.equal(formatRelativeDate(now - ago * 1000, 'en', now), expected));

  it('long ago are dates', () => {
    assert.match(formatRelativeDate(now - 86_400_000 * 60, 'en', now), /2026/);
  });
});

describe('names', () => {
  it('keep number and extension', () => {
    assert.deepEqual(splitName('sample_with_a_long_name_R1_001.fastq.gz'), {
      start: 'sample_with_a_long_name',
      end: '_R1_001.fastq.gz',
    });
    assert.equal(shortenName('sample_with_a_long_name_R1_001.fastq.gz', 24), 'sample_…_R1_001.fastq.gz');
  });

  it('are whole where there is room', () => {
    assert.equal(shortenName('a.txt', 10), 'a.txt');
    assert.deepEqual(splitName('a.b'), { start: 'a.b', end: '' });
  });

  it('lose nothing when split, and are never longer than asked when shortened', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (name, length) => {
          const { start, end } = splitName(name);
          assert.equal(start + end, name);
          const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
          assert.ok([...segmenter.segment(shortenName(name, length))].length <= Math.max(length, 1));
        },
      ),
    );
  });

  it('show what would turn the reading direction round', () => {
    assert.equal(displayName('invoice\u202Egpj.exe'), 'invoice\uFFFDgpj.exe');
    assert.equal(displayName('a\nb'), 'a\uFFFDb');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultTables } from './fault-tables.mjs';

type Line = Parameters<typeof faultTables>[0][number];

const line = (rest: Partial<Line>): Line => ({
  table: 'uploads',
  browser: 'chromium',
  who: 'ours',
  plan: 'request',
  situation: '5: reset',
  result: 'stored',
  ...rest,
});
const rowOf = (lines: readonly Line[], text: string): string | undefined =>
  faultTables(lines, { day: '2026-01-01', uppy: 'Uppy', haste: 5 })
    .split('\n')
    .find(row => row.includes(text));

describe('the tables of faults', () => {
  it('say once what is always the same, with the longest time as a bound', () => {
    const lines = [
      line({ recovery: 100 }),
      line({ plan: 'parts', browser: 'firefox', recovery: 4_100 }),
      line({ who: 'aws-s3', result: 'fails' }),
    ];
    assert.equal(rowOf(lines, 'reset'), '| 5 | reset | stored | ≤ 5 s | fails |  |');
  });

  it('name the plans, and the browsers where those differ', () => {
    const lines = [
      line({}),
      line({ browser: 'firefox', result: 'stuck' }),
      line({ plan: 'parts', result: 'fails' }),
      line({ plan: 'parts', browser: 'firefox', result: 'fails' }),
    ];
    assert.match(
      rowOf(lines, 'reset')!,
      /\| one request, Chromium: stored; one request, Firefox: stuck; parts: fails \|/,
    );
  });

  it('go by the last run of a row, and sort by the numbers', () => {
    const lines = [line({ situation: '12: late' }), line({ result: 'fails' }), line({ result: 'stored' })];
    assert.equal(rowOf(lines, 'reset'), '| 5 | reset | stored |  | — |  |');
    const text = faultTables(lines, { day: '2026-01-01', uppy: 'Uppy', haste: 5 });
    assert.ok(text.indexOf('reset') < text.indexOf('late'));
  });
});

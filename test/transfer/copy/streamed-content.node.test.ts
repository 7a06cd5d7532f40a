import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransferError } from '../../../src/core/errors.js';
import type { RangeReader } from '../../../src/transfer/copy/range-reader.js';
import { StreamedContent } from '../../../src/transfer/copy/streamed-content.js';
import type { ItemControl } from '../../../src/transfer/item-run.js';

const parts = [1, 2, 3].map(number => ({ number, start: (number - 1) * 10, end: number * 10 }));

/** Reads that the test ends; each ends too when it is stopped, with the reason of that. */
function reader() {
  const fail: ((error: unknown) => void)[] = [];
  const read = (_start: number, _end: number, _control: ItemControl, signal: AbortSignal) =>
    new Promise<Blob>((_resolve, reject) => {
      fail.push(reject);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { fail, range: { read, entry: {} } as unknown as RangeReader };
}

const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'came',
    (error: TransferError) => error.kind,
  );

test('a version that is gone is told to everybody who waits for a part of it', async () => {
  const { fail, range } = reader();
  const content = new StreamedContent(range, {} as ItemControl);
  const { signal } = new AbortController();
  const waiting = parts.map(part => kindOf(content.part(part, signal)));
  fail[1]!(new TransferError('It changed.', { kind: 'restart', reason: 'changed-remote' }));
  assert.deepEqual(await Promise.all(waiting), ['restart', 'restart', 'restart']);
  assert.equal(content.version, 1);
});

test('a part that fails by itself lets the others come', async () => {
  const { fail, range } = reader();
  const content = new StreamedContent(range, {} as ItemControl);
  const { signal } = new AbortController();
  const [first, second] = parts.map(part => kindOf(content.part(part, signal)));
  fail[0]!(new TransferError('Refused.', { kind: 'fatal', reason: 'forbidden' }));
  assert.equal(await first, 'fatal');
  assert.equal(
    await Promise.race([second, new Promise(resolve => setTimeout(resolve, 20, 'waits'))]),
    'waits',
  );
  assert.equal(content.version, 0);
});

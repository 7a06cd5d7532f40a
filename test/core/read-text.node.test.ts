import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readText } from '../../src/core/read-text.js';

const endless = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ pull: controller => controller.enqueue(new TextEncoder().encode('ä'.repeat(1000))) });

test('reads a short answer whole, whether or not it says how long it is', async () => {
  for (const headers of [{ 'content-length': '6' }, {}] as Record<string, string>[]) {
    assert.deepEqual(await readText(new Response('größe', { headers }), 100), {
      text: 'größe',
      complete: true,
    });
  }
});

test('cuts what is longer than asked for, and never waits for an end that may not come', async () => {
  const { text, complete } = await readText(new Response(endless()), 2500);
  assert.equal(text.length, 2500);
  assert.equal(complete, false);
  const short = await readText(new Response('x'.repeat(50), { headers: { 'content-length': '5' } }), 40);
  assert.deepEqual(short, { text: 'x'.repeat(40), complete: false });
});

test('takes no body for an empty one', async () => {
  assert.deepEqual(await readText(new Response(null, { status: 204 }), 10), { text: '', complete: true });
});

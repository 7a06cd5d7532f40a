import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { PieceBuffers } from '../../../src/transfer/download/piece-buffers.js';
import { pump } from '../../../src/transfer/download/pump.js';

const chunkSize = 40_000;
const count = 60;
const content = Buffer.alloc(chunkSize * count).map((_, index) => (index * 31 + (index >> 8)) & 0xff);

/** A body of which one chunk comes each second. */
function slowBody(tick: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        tick();
        if (at === content.length) controller.close();
        else controller.enqueue(new Uint8Array(content.subarray(at, (at += chunkSize))));
      },
    },
    { highWaterMark: 0 },
  );
}

describe('a slow body', () => {
  it('is passed on every few seconds, in buffers no larger than what they hold', async () => {
    let now = 0;
    const clock = mock.method(performance, 'now', () => now);
    const buffers = new PieceBuffers();
    const taken = mock.method(buffers, 'take');
    const given = mock.method(buffers, 'giveBack');
    const pieces: { readonly bytes: Buffer; readonly at: number; readonly held: number }[] = [];
    try {
      await pump(
        slowBody(() => (now += 1_000)),
        {
          buffers,
          limit: Number.POSITIVE_INFINITY,
          onReceived() {},
          async write(piece) {
            pieces.push({ bytes: Buffer.from(piece.slice()), at: now, held: piece.buffer.byteLength });
            return undefined;
          },
        },
      );
    } finally {
      clock.mock.restore();
    }
    assert.deepEqual(Buffer.concat(pieces.map(({ bytes }) => bytes)), content);
    assert.equal(pieces[0]!.at, 6_000);
    for (const [index, { at }] of pieces.entries()) assert.ok(at - (pieces[index - 1]?.at ?? 0) <= 6_000);
    assert.ok(pieces.every(({ bytes, held }) => bytes.length === held));
    assert.equal(taken.mock.callCount(), 1);
    assert.equal(given.mock.calls.filter(({ arguments: [buffer] }) => buffer !== undefined).length, 1);
  });

  it('is not cut smaller while what came before is still being written', async () => {
    let now = 0;
    const clock = mock.method(performance, 'now', () => now);
    const sizes: number[] = [];
    let done: (() => void) | undefined;
    try {
      await pump(
        slowBody(() => {
          now += 1_000;
          // A sink that takes as long as a whole piece needs to come.
          if (now % 30_000 === 0) done?.();
        }),
        {
          limit: Number.POSITIVE_INFINITY,
          onReceived() {},
          async write(piece) {
            sizes.push(piece.length);
            if (now < 30_000) await new Promise<void>(resolve => (done = resolve));
            return piece.buffer;
          },
        },
      );
    } finally {
      clock.mock.restore();
    }
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      content.length,
    );
    assert.equal(sizes[0], 6 * chunkSize);
    assert.ok(sizes[1]! >= 24 * chunkSize, sizes.join(' '));
  });
});

import { expect } from '@open-wc/testing';
import { systemClock } from '../../../src/transfer/clock.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { FakeRanges } from './fake-ranges.js';
import { contextFor } from './support.js';

const mebibyte = 1024 * 1024;
/** What may be asked for before its turn: 24 MiB, and the range that begins there. */
const mostAhead = 28 * mebibyte;

/** Resolves once nothing more is asked for. */
async function settled(storage: FakeRanges): Promise<void> {
  for (let before = -1; before !== storage.requests; ) {
    before = storage.requests;
    await new Promise(resolve => setTimeout(resolve, 250));
  }
}

describe('a stream whose reader is slow', function () {
  this.timeout(60_000);

  it('has no more fetched than a little ahead of it, wherever it stands', async () => {
    const content = new Uint8Array(96 * mebibyte);
    using storage = new FakeRanges(() => content);
    let asked = 0;
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) => {
      const last = /-(\d+)$/.exec(new Headers(init?.headers).get('range') ?? '');
      asked = Math.max(asked, Number(last?.[1] ?? -1) + 1);
      return fetch(input, init);
    };
    let taken = 0;
    let most = 0;
    let go: (() => void) | undefined;
    const stream = new WritableStream<Uint8Array>({
      async write(piece) {
        if (most - taken < piece.length) await new Promise<void>(resolve => (go = resolve));
        taken += piece.length;
      },
    });
    try {
      const job = startDownload(contextFor(storage.adapter), ['f.bin'], { to: stream });
      for (const stop of [0, 9, 33, 60]) {
        most = stop * mebibyte;
        go?.();
        await settled(storage);
        expect(taken).to.be.within(most - mebibyte, most);
        expect(asked).to.be.greaterThan(most);
        expect(asked - taken).to.be.at.most(mostAhead + mebibyte);
      }
      most = Number.POSITIVE_INFINITY;
      go?.();
      expect((await job.finished).state).to.equal('done');
      expect(taken).to.equal(content.length);
    } finally {
      globalThis.fetch = fetch;
    }
  });

  it('is waited for longer than a connection may be silent, also while more is read ahead', async () => {
    const content = new Uint8Array(6 * mebibyte);
    using storage = new FakeRanges(() => content);
    // 20 seconds of silence are 1 here, so that both rests of the stream are longer.
    const epoch = Date.now();
    const clock = {
      ...systemClock,
      now: () => epoch + (Date.now() - epoch) * 20,
      setTimeout: (callback: () => void, milliseconds: number) =>
        systemClock.setTimeout(callback, milliseconds / 20),
    };
    const { fetch } = globalThis;
    globalThis.fetch = async (input, init) => {
      const response = await fetch(input, init);
      const bytes = new Uint8Array(await response.arrayBuffer());
      let at = 0;
      // As from a network: in small pieces, of which those not yet read are lost with the connection.
      const body = new ReadableStream<Uint8Array>(
        {
          start: controller =>
            init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason)),
          pull(controller) {
            controller.enqueue(bytes.slice(at, at + 65536));
            at += 65536;
            if (at >= bytes.length) controller.close();
          },
        },
        { highWaterMark: 0 },
      );
      return new Response(body, response);
    };
    let taken = 0;
    let rests = 0;
    const stream = new WritableStream<Uint8Array>({
      async write(piece) {
        taken += piece.length;
        if (taken < 2 * mebibyte || rests > 1) return;
        rests += 1;
        await new Promise(resolve => setTimeout(resolve, 2000));
      },
    });
    const job = startDownload(contextFor(storage.adapter, clock), ['f.bin'], { to: stream });
    expect((await job.finished).state).to.equal('done');
    expect(taken).to.equal(content.length);
    expect(rests).to.equal(2);
    expect(storage.requests).to.equal(1);
  });
});

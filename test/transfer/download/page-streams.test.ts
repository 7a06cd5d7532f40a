import { expect } from '@open-wc/testing';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { FakeRanges } from './fake-ranges.js';
import { contextFor, hurriedClock, patterned } from './support.js';

const mebibyte = 1024 * 1024;

describe('a stream of the page’s', function () {
  this.timeout(60_000);

  it('that throws is told as what it is, and nothing is fetched again', async () => {
    using storage = new FakeRanges(() => patterned(3 * mebibyte, 3));
    const to = new WritableStream<Uint8Array>({
      write() {
        throw new TypeError('The page has no place for it.');
      },
    });
    const job = startDownload(contextFor(storage.adapter, hurriedClock), ['f.bin'], { to });
    await job.finished;
    const { error } = job.items.at(0)!;
    expect(storage.requests).to.equal(1);
    expect([error!.kind, error!.reason]).to.eql(['fatal', 'unknown']);
    expect(error!.message).to.contain('TypeError');
  });

  /** As a browser that asks the person where to save; the second heeds no signal. */
  const waiting = {
    'waits until it is given up': (_piece: Uint8Array, controller: WritableStreamDefaultController) =>
      new Promise<void>((_resolve, reject) =>
        controller.signal.addEventListener('abort', () => reject(controller.signal.reason)),
      ),
    'never answers': () => new Promise<void>(() => {}),
  };
  for (const [what, write] of Object.entries(waiting)) {
    for (const [size, count] of [
      [5 * mebibyte, 1],
      [5 * mebibyte, 2],
      [1000, 2],
    ] as const) {
      it(`that ${what} holds no cancel up (${count} of ${size} bytes)`, async () => {
        using storage = new FakeRanges(() => patterned(size, 3));
        const asked = Promise.withResolvers<void>();
        const to = new WritableStream<Uint8Array>({
          write(piece, controller) {
            asked.resolve();
            return write(piece, controller);
          },
        });
        const wanted = Array.from({ length: count }, (_, index) => ({ path: 'f.bin', as: `${index}.bin` }));
        const job = startDownload(contextFor(storage.adapter), wanted, { to });
        await asked.promise;
        await job.cancel();
        expect((await job.finished).state).to.equal('cancelled');
      });
    }
  }
});

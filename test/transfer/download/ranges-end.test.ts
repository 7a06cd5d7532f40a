import { expect } from '@open-wc/testing';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { FakeRanges } from './fake-ranges.js';
import { bytesOf, contextFor, firstDifference, hurriedClock, patterned } from './support.js';

const mebibyte = 1024 * 1024;

describe('a storage that stops sending ranges in the middle', function () {
  this.timeout(60_000);
  const content = patterned(20 * mebibyte + 3, 7);

  async function download(storage: FakeRanges, to: 'memory' | WritableStream<Uint8Array>) {
    const job = startDownload(contextFor(storage.adapter, hurriedClock), ['f.bin'], { to });
    await job.finished;
    return job.items.at(0)!;
  }

  it('still gives the file, as a whole', async () => {
    using storage = new FakeRanges(() => content);
    storage.trouble = ({ number }) => (number > 1 ? { ignoresRange: true } : undefined);
    const { result, error } = await download(storage, 'memory');
    expect(error?.message).to.equal(undefined);
    expect(firstDifference(await bytesOf(result!.blob!), content)).to.equal(-1);
    expect(storage.requests).to.be.at.most(8);
  });

  it('is asked for the range once more first', async () => {
    using storage = new FakeRanges(() => content);
    storage.trouble = ({ number }) => (number === 2 ? { ignoresRange: true } : undefined);
    let received = 0;
    const to = new WritableStream<Uint8Array>({ write: ({ length }) => void (received += length) });
    const { error } = await download(storage, to);
    expect(error?.message).to.equal(undefined);
    expect(received).to.equal(content.length);
  });
});

describe('a storage that sends another range than it is asked for', function () {
  this.timeout(60_000);

  it('is asked once more, and its bytes get into no other place', async () => {
    const content = patterned(20 * mebibyte + 3, 8);
    using storage = new FakeRanges(() => content);
    storage.trouble = ({ number }) => (number === 2 ? { startsOver: true } : undefined);
    const job = startDownload(contextFor(storage.adapter, hurriedClock), ['f.bin'], { to: 'memory' });
    expect((await job.finished).state).to.equal('done');
    expect(firstDifference(await bytesOf(job.items.at(0)!.result!.blob!), content)).to.equal(-1);
  });
});

describe('bytes that come twice', function () {
  this.timeout(60_000);

  it('are not told as sent twice', async () => {
    const size = 6 * mebibyte;
    using storage = new FakeRanges(() => patterned(size, 5));
    const hold = Promise.withResolvers<void>();
    // Too few for a piece that is written: what is not written is lost, four times over.
    storage.trouble = ({ number }) => (number < 5 ? { breaksAt: mebibyte - 1 } : { bodyAfter: hold.promise });
    const job = startDownload(contextFor(storage.adapter, hurriedClock), ['f.bin'], { to: 'memory' });
    while (storage.requests < 5) await new Promise(resolve => setTimeout(resolve, 20));
    const { sent, acknowledged } = job.items.at(0)!;
    expect(sent - acknowledged).to.be.at.most(64 * 1024);
    hold.resolve();
    expect((await job.finished).state).to.equal('done');
    expect(job.items.at(0)!.sent).to.equal(size);
  });
});

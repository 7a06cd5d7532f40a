import { expect } from '@open-wc/testing';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { FakeRanges } from '../download/fake-ranges.js';
import { contextFor, firstDifference, patterned } from '../download/support.js';
import { FakeDownloadWorker } from './fake-download-worker.js';

const mebibyte = 1024 * 1024;

describe('a download through the download worker', () => {
  const content = patterned(20 * mebibyte, 3);

  it('is failed in the browser’s list as soon as it has failed, and another try is another one there', async () => {
    using worker = await FakeDownloadWorker.register();
    using storage = new FakeRanges(() => content);
    storage.trouble = ({ number }) => (number > 2 ? { refused: true } : undefined);
    const job = startDownload(contextFor(storage.adapter), ['f.bin'], { to: 'stream' });
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.items.at(0)!.error).to.have.property('reason', 'forbidden');
    expect(job.items.at(0)!.acknowledged).to.be.greaterThan(mebibyte);
    // What was told comes along a port.
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(worker.listed.map(({ state }) => state)).to.deep.equal(['failed']);

    storage.trouble = () => undefined;
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(worker.listed.map(({ state }) => state)).to.deep.equal(['failed', 'whole']);
    const saved = new Uint8Array(await new Blob(worker.listed[1]!.pieces).arrayBuffer());
    expect(firstDifference(saved, content)).to.equal(-1);
  });

  it('uses again what the browser has read', async () => {
    using worker = await FakeDownloadWorker.register();
    const large = patterned(80 * mebibyte, 5);
    using storage = new FakeRanges(() => large);
    const Original = globalThis.ArrayBuffer;
    let made = 0;
    globalThis.ArrayBuffer = new Proxy(Original, {
      construct(target, parameters: [number]) {
        if (parameters[0] === mebibyte) made += 1;
        return new target(...parameters);
      },
    });
    try {
      const job = startDownload(contextFor(storage.adapter), ['f.bin'], { to: 'stream' });
      expect((await job.finished).state).to.equal('done');
    } finally {
      globalThis.ArrayBuffer = Original;
    }
    const saved = new Uint8Array(await new Blob(worker.listed[0]!.pieces).arrayBuffer());
    expect(firstDifference(saved, large)).to.equal(-1);
    // 24 MiB may lie ahead of the browser, and each of six requests reads one piece while another one is written.
    expect(made).to.be.within(1, 45);
  });

  it('claims no reason when the browser takes no more', async () => {
    using _worker = await FakeDownloadWorker.register(() => {
      throw new DOMException('The disk is full.', 'QuotaExceededError');
    });
    using storage = new FakeRanges(() => content);
    const job = startDownload(contextFor(storage.adapter), ['f.bin'], { to: 'stream' });
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.items.at(0)!.error!.message).to.match(
      /has stopped saving f\.bin\. Its list of downloads may say why/,
    );
  });
});

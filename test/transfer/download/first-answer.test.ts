import { expect } from '@open-wc/testing';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import type { DownloadTarget } from '../../../src/transfer/types.js';
import { FakeRanges } from './fake-ranges.js';
import { bytesOf, contextFor, firstDifference, patterned } from './support.js';

const mebibyte = 1024 * 1024;

describe('the first answer of a download', () => {
  const versions = [1, 2].map(version => patterned(40 * mebibyte, version));
  const content = (version: number) => versions[version - 1]!;
  const start = (storage: FakeRanges, to: DownloadTarget = 'memory') =>
    startDownload(contextFor(storage.adapter), ['f.bin'], { to });

  /** The body of the first answer comes once another range was asked for. */
  function heldUntilOthers(storage: FakeRanges, onOther = () => {}): void {
    const others = Promise.withResolvers<void>();
    storage.trouble = ({ number }) => {
      if (number === 1) return { bodyAfter: others.promise };
      onOther();
      others.resolve();
      return undefined;
    };
  }

  it('lets the other ranges be fetched while its own bytes still come', async () => {
    using storage = new FakeRanges(content);
    heldUntilOthers(storage);
    const job = start(storage);
    expect((await job.finished).state).to.equal('done');
    expect(firstDifference(await bytesOf(job.items.at(0)!.result!.blob!), content(1))).to.equal(-1);
  });

  it('does so for a stream that needs them in order', async () => {
    using storage = new FakeRanges(content);
    heldUntilOthers(storage);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const read = new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer();
    expect((await start(storage, writable).finished).state).to.equal('done');
    expect(firstDifference(new Uint8Array(await read), content(1))).to.equal(-1);
  });

  it('is thrown away with what the others brought when the file changes before its own bytes are here', async () => {
    using storage = new FakeRanges(content);
    heldUntilOthers(storage, () => {
      storage.version = 2;
    });
    const job = start(storage);
    expect((await job.finished).state).to.equal('done');
    expect(firstDifference(await bytesOf(job.items.at(0)!.result!.blob!), content(2))).to.equal(-1);
  });

  it('is waited for before anything else of the file is asked for', async () => {
    using storage = new FakeRanges(content);
    let answered = false;
    let early = 0;
    const fetched = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      if (!answered && storage.requests > 0) early += 1;
      const answer = await fetched(input, init);
      await new Promise(resolve => setTimeout(resolve, 50));
      answered = true;
      return answer;
    };
    try {
      expect((await start(storage).finished).state).to.equal('done');
      expect(early).to.equal(0);
      expect(storage.requests).to.be.greaterThan(3);
    } finally {
      globalThis.fetch = fetched;
    }
  });
});

import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { contextFor, downloadsOnly } from './support.js';

const mebibyte = 1024 * 1024;
const origin = 'https://learnt.test';

/** A storage of files that all have one size, answered inside the page. */
class Storage {
  size: number;
  ranges = true;
  etag = '"a"';
  /** Files of which something is on its way; the most there were at a time. */
  readonly #moving = new Map<string, number>();
  most = 0;
  /** Called with each answer's first bytes. */
  onBody: (() => Promise<void>) | undefined;
  readonly #fetch = globalThis.fetch;

  constructor(size: number) {
    this.size = size;
    globalThis.fetch = async (input, init) => {
      const url = String(input);
      if (!url.startsWith(origin)) return this.#fetch.call(globalThis, input, init);
      const asked = /(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range') ?? '');
      const [first, end] =
        asked && this.ranges ? [Number(asked[1]), Math.min(this.size, Number(asked[2]) + 1)] : [0, this.size];
      this.#count(url, 1);
      await new Promise(resolve => setTimeout(resolve, 30));
      this.#count(url, -1);
      const headers: Record<string, string> = { etag: this.etag, 'content-length': String(end - first) };
      if (this.ranges) headers['content-range'] = `bytes ${first}-${end - 1}/${this.size}`;
      return new Response(this.#body(end - first, init?.signal), {
        status: this.ranges ? 206 : 200,
        headers,
      });
    };
  }

  #body(length: number, signal: AbortSignal | null | undefined): ReadableStream<Uint8Array> {
    let left = length;
    return new ReadableStream<Uint8Array>(
      {
        start: controller =>
          signal?.addEventListener('abort', () => {
            try {
              controller.error(signal.reason);
            } catch {
              // It had ended.
            }
          }),
        pull: async controller => {
          if (left === 0) {
            controller.close();
            return;
          }
          const piece = Math.min(left, mebibyte);
          left -= piece;
          controller.enqueue(new Uint8Array(piece));
          await this.onBody?.();
        },
      },
      { highWaterMark: 0 },
    );
  }

  #count(url: string, change: number): void {
    this.#moving.set(url, (this.#moving.get(url) ?? 0) + change);
    this.most = Math.max(this.most, [...this.#moving.values()].filter(each => each > 0).length);
  }

  [Symbol.dispose](): void {
    globalThis.fetch = this.#fetch;
  }

  get adapter(): Adapter {
    return {
      name: 'fake',
      label: 'Fake',
      capabilities: { ...downloadsOnly, ranges: 'probe' },
      list: async () => ({ entries: [] }),
      stat: async path => ({ id: path, path, name: path, kind: 'file', size: this.size, etag: 'a' }),
      resolveDownload: async ({ path }) => ({ kind: 'url', url: `${origin}/${path}`, ranges: 'probe' }),
    };
  }
}

describe('what is learnt of a storage while a download runs', function () {
  this.timeout(60_000);

  for (const { ranges, etag, canResume, survivesReload } of [
    { ranges: true, etag: '"a"', canResume: true, survivesReload: true },
    { ranges: true, etag: 'W/"a"', canResume: true, survivesReload: false },
    { ranges: false, etag: '"a"', canResume: false, survivesReload: false },
  ]) {
    it(`is part of the facts (${ranges ? 'ranges' : 'no ranges'}, ${etag})`, async () => {
      using storage = new Storage(70 * mebibyte);
      storage.ranges = ranges;
      storage.etag = etag;
      const moves = Promise.withResolvers<void>();
      storage.onBody = () => {
        moves.resolve();
        return new Promise(() => {});
      };
      const job = startDownload(contextFor(storage.adapter), ['f.bin'], { to: 'files' });
      await moves.promise;
      await new Promise(resolve => setTimeout(resolve, 100));
      const { facts } = job;
      await job.cancel();
      expect(facts).to.include({ canResume, survivesReload });
    });
  }

  it('is how large files are, and then no more than two large ones come at once', async () => {
    const paths = Array.from({ length: 8 }, (_, index) => `${index}.bin`);
    using storage = new Storage(9 * mebibyte);
    const job = startDownload(contextFor(storage.adapter), paths, { to: 'memory' });
    expect((await job.finished).state).to.equal('done');
    expect(storage.most).to.be.within(1, 2);
    storage.size = 1000;
    storage.most = 0;
    expect(
      (await startDownload(contextFor(storage.adapter), paths, { to: 'memory' }).finished).state,
    ).to.equal('done');
    expect(storage.most).to.be.greaterThan(2);
  });
});

import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import type { TransferJob } from '../../../src/transfer/types.js';
import { bytesOf, contextFor, downloadsOnly, hurriedClock } from './support.js';

const mebibyte = 1024 * 1024;
const origin = 'https://versions.test';
const size = 24 * mebibyte;

interface Told {
  readonly headers?: Record<string, string>;
  /** What `stat` tells. */
  readonly etag?: string;
  /** Bytes of that version. */
  readonly size?: number;
}

/** A storage of one file of which every byte is the number of its version. */
class Versions {
  requests = 0;
  /** Bytes sent. */
  bytes = 0;
  looks = 0;
  /** Version by the number of the request. */
  version: (request: number) => number = () => 1;
  readonly #told: (version: number) => Told;
  readonly #fetch = globalThis.fetch;

  constructor(told: (version: number) => Told) {
    this.#told = told;
    globalThis.fetch = async (input, init) => {
      if (!String(input).startsWith(origin)) return this.#fetch.call(globalThis, input, init);
      this.requests += 1;
      const version = this.version(this.requests);
      const [, first, last] = /(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range')!)!;
      const total = this.#told(version).size ?? size;
      const bytes = new Uint8Array(Math.min(total, Number(last) + 1) - Number(first)).fill(version);
      this.bytes += bytes.length;
      const range = `bytes ${first}-${Number(first) + bytes.length - 1}/${total}`;
      return new Response(bytes, {
        status: 206,
        headers: { ...this.#told(version).headers, 'content-range': range },
      });
    };
  }

  [Symbol.dispose](): void {
    globalThis.fetch = this.#fetch;
  }

  get adapter(): Adapter {
    const entry = () => {
      const { etag } = this.#told(this.version(this.requests));
      const name = 'f.bin';
      const known = { id: name, path: name, name, kind: 'file' as const, size };
      return etag === undefined ? known : { ...known, etag };
    };
    return {
      name: 'fake',
      label: 'Fake',
      capabilities: { ...downloadsOnly, ranges: 'probe' },
      list: async () => ({ entries: [entry()] }),
      stat: async () => {
        this.looks += 1;
        return entry();
      },
      resolveDownload: async () => ({ kind: 'url', url: `${origin}/f.bin`, ranges: 'probe' }),
    };
  }

  download(): TransferJob {
    return startDownload(contextFor(this.adapter, hurriedClock), ['f.bin'], { to: 'memory' });
  }
}

async function versionsIn(job: TransferJob): Promise<readonly number[]> {
  return [...new Set(await bytesOf(job.items.at(0)!.result!.blob!))];
}

const modified = (version: number): string => new Date(Date.UTC(2026, 1, version)).toUTCString();

describe('a file that changes while it is downloaded', function () {
  this.timeout(30_000);

  it('is not mixed where its ETag is weak and stays the same', async () => {
    using storage = new Versions(version => ({
      headers: { etag: 'W/"same"', 'last-modified': modified(version) },
    }));
    storage.version = request => (request <= 2 ? 1 : 2);
    const job = storage.download();
    expect((await job.finished).state).to.equal('done');
    expect(await versionsIn(job)).to.eql([2]);
  });

  it('is not mixed where it has grown within the second that its date is told in', async () => {
    using storage = new Versions(version => ({
      headers: { 'last-modified': modified(1) },
      size: size + version,
    }));
    storage.version = request => (request <= 2 ? 1 : 2);
    const job = storage.download();
    expect((await job.finished).state).to.equal('done');
    expect(await versionsIn(job)).to.eql([2]);
  });

  it('is not mixed where only the adapter knows its version', async () => {
    using storage = new Versions(version => ({ etag: `v${version}` }));
    storage.version = request => (request <= 2 ? 1 : 2);
    const job = storage.download();
    expect((await job.finished).state).to.equal('done');
    expect(await versionsIn(job)).to.eql([2]);
  });

  it('is given up where it is another one at each look', async () => {
    using storage = new Versions(version => ({ etag: `v${version}` }));
    storage.version = request => request;
    const job = storage.download();
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.items.at(0)!.error!.reason).to.equal('changed-remote');
  });

  it('comes once where nothing has changed, and is asked for only where answers name no version', async () => {
    for (const [headers, looks] of [
      [{}, 3],
      [{ etag: 'W/"a"' }, 3],
      [{ etag: '"a"' }, 1],
      [{ 'last-modified': modified(1) }, 1],
    ] as const) {
      using storage = new Versions(() => ({ headers, etag: 'v1' }));
      const job = storage.download();
      expect((await job.finished).state).to.equal('done');
      expect(storage.looks, JSON.stringify(headers)).to.equal(looks);
      expect(storage.bytes).to.equal(size);
    }
  });
});

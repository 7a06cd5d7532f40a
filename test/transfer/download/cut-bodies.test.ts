import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { FakeRanges } from './fake-ranges.js';
import { bytesOf, contextFor, downloadsOnly, firstDifference, hurriedClock, patterned } from './support.js';

const mebibyte = 1024 * 1024;
const origin = 'https://cut.test';
const content = patterned(3 * mebibyte + 1, 2);

/** A storage of one file whose answers the test gives. */
class Answers {
  requests = 0;
  readonly #fetch = globalThis.fetch;
  readonly adapter: Adapter;

  constructor(
    answer: (request: number) => Response | Promise<Response>,
    told: { readonly etag?: string } = {},
  ) {
    globalThis.fetch = async (input, init) =>
      String(input).startsWith(origin) ? answer(++this.requests) : this.#fetch.call(globalThis, input, init);
    const entry = {
      ...{ id: 'f', path: 'f', name: 'f', kind: 'file' as const, size: content.length },
      ...told,
    };
    this.adapter = {
      name: 'cut',
      label: 'Cut',
      capabilities: downloadsOnly,
      list: async () => ({ entries: [entry] }),
      stat: async () => entry,
      resolveDownload: async () => ({ kind: 'url', url: `${origin}/f`, ranges: 'probe' }),
    };
  }

  [Symbol.dispose](): void {
    globalThis.fetch = this.#fetch;
  }
}

async function download(adapter: Adapter, prove = false) {
  const context = contextFor(adapter, hurriedClock);
  if (prove) context.connectivity.prove(origin);
  const job = startDownload(context, ['f'], { to: 'memory' });
  await job.finished;
  return job.items.at(0)!;
}

describe('a body that is cut off', function () {
  this.timeout(60_000);

  describe('and was encoded on its way, which Firefox ends as if it were whole', () => {
    /** As the page sees it: decoded, with the length of the encoded form. */
    const encoded = (length: number) =>
      new Response(content.slice(0, length), {
        headers: { 'content-encoding': 'gzip', 'content-length': '1000' },
      });

    it('is asked for again', async () => {
      using storage = new Answers(request => encoded(request < 3 ? mebibyte + 5 : content.length));
      const { result, error } = await download(storage.adapter);
      expect(error?.message).to.equal(undefined);
      expect(firstDifference(await bytesOf(result!.blob!), content)).to.equal(-1);
      expect(storage.requests).to.equal(3);
    });

    it('is never a success', async () => {
      using storage = new Answers(() => encoded(mebibyte + 5));
      const { result, error } = await download(storage.adapter);
      expect(error!.reason).to.equal('incomplete');
      expect(result).to.equal(undefined);
    });
  });

  it('with a length that fits is no success while the storage says that the file is longer', async () => {
    const half = content.slice(0, mebibyte);
    using storage = new Answers(
      () => new Response(half, { headers: { 'content-length': String(half.length) } }),
    );
    const { result, error } = await download(storage.adapter);
    expect(error!.reason).to.equal('incomplete');
    expect(result).to.equal(undefined);
    // What is known may be old as well.
    const { stat } = storage.adapter;
    let asked = 0;
    const adapter: Adapter = {
      ...storage.adapter,
      stat: async (...given) => {
        const entry = (await stat!(...given))!;
        return ++asked > 1 ? { ...entry, size: half.length } : entry;
      },
    };
    const shorter = await download(adapter);
    expect(shorter.error?.message).to.equal(undefined);
    expect(shorter.result!.size).to.equal(half.length);
  });

  it('long before a piece is full comes bit by bit', async () => {
    using storage = new FakeRanges(() => content.subarray(0, mebibyte));
    storage.trouble = () => ({ breaksAt: 100_000 });
    const job = startDownload(contextFor(storage.adapter, hurriedClock), ['f.bin'], { to: 'memory' });
    await job.finished;
    const { result, error } = job.items.at(0)!;
    expect(error?.message).to.equal(undefined);
    expect(firstDifference(await bytesOf(result!.blob!), content.slice(0, mebibyte))).to.equal(-1);
  });

  it('at the same place each time fails in the end, however well its storage is reached', async () => {
    using storage = new FakeRanges(() => content);
    storage.trouble = ({ start }) =>
      start < 2 * mebibyte ? { breaksAt: 2 * mebibyte - start } : { breaksAt: 0 };
    const job = startDownload(contextFor(storage.adapter, hurriedClock), ['f.bin'], { to: 'memory' });
    await job.finished;
    const { error } = job.items.at(0)!;
    expect(error!.reason).to.equal('incomplete');
    expect(error!.message).to.match(/broke off in the middle/);
    expect(storage.requests).to.be.at.most(20);
  });
});

describe('a storage that never lets this page read, though its origin has answered before', () => {
  it('is told as such once the adapter’s own calls show that the network is there', async () => {
    using storage = new Answers(() => Promise.reject(new TypeError('Failed to fetch')));
    const { error } = await download(storage.adapter, true);
    expect([error!.kind, error!.reason]).to.eql(['fatal', 'cors-or-network']);
  });
});

describe('a file whose version nothing names', function () {
  this.timeout(60_000);
  const large = [patterned(20 * mebibyte, 1), patterned(20 * mebibyte, 2)] as const;

  /** From the `change`th request on it is another version. */
  const changing = (change: number) => {
    const sent: string[] = [];
    const fetched = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      if (!String(input).startsWith(origin)) return fetched.call(globalThis, input, init);
      const range = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range') ?? '');
      sent.push(range?.[0] ?? 'whole');
      const version = large[sent.length < change ? 0 : 1];
      if (!range) return new Response(version);
      const bytes = version.slice(Number(range[1]), Number(range[2]) + 1);
      const headers = {
        'content-range': `bytes ${range[1]}-${Number(range[1]) + bytes.length - 1}/${version.length}`,
      };
      return new Response(bytes, { status: 206, headers });
    };
    return { sent, [Symbol.dispose]: () => void (globalThis.fetch = fetched) };
  };

  for (const change of [2, 3]) {
    it(`is never put together from two of them (changed with request ${change})`, async () => {
      using storage = new Answers(() => Response.error());
      using answers = changing(change);
      const entry = { ...(await storage.adapter.stat!('f', { signal: new AbortController().signal }))! };
      const adapter: Adapter = {
        ...storage.adapter,
        stat: async () => ({ ...entry, size: 20 * mebibyte }),
      };
      const { result, error } = await download(adapter);
      expect(error?.message).to.equal(undefined);
      const bytes = await bytesOf(result!.blob!);
      const found = large.findIndex(each => firstDifference(bytes, each) === -1);
      expect(found, answers.sent.join()).to.equal(change === 2 ? 1 : 0);
      expect(answers.sent.at(-1)).to.equal('whole');
    });
  }
});

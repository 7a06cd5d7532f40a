import { expect } from '@open-wc/testing';
import type { Adapter, DownloadSource } from '../../../src/adapters/adapter.js';
import { memory } from '../../../src/adapters/memory/index.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import type { DownloadOptions, TransferJob } from '../../../src/transfer/types.js';
import { LocalStore } from '../../tools/local-store.js';
import { contextFor } from './support.js';

/** Where the browser is sent, instead of being sent there. */
class Sent implements Disposable {
  readonly urls: string[] = [];
  readonly #src = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, 'src')!;

  constructor() {
    const { urls } = this;
    Object.defineProperty(HTMLIFrameElement.prototype, 'src', {
      configurable: true,
      set(url: string) {
        urls.push(url);
      },
    });
  }

  [Symbol.dispose](): void {
    Object.defineProperty(HTMLIFrameElement.prototype, 'src', this.#src);
  }
}

describe('a file that the browser fetches by itself', () => {
  let store: LocalStore;
  let adapter: Adapter;
  before(async () => {
    store = await LocalStore.open();
    adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
    await store.put('set/größe 1.html', '<p>content</p>');
    await store.put('set/two.txt', 'two');
  });
  after(() => store.close());

  async function run(
    paths: readonly string[],
    options: DownloadOptions = {},
    from: Adapter = adapter,
  ): Promise<{ job: TransferJob; state: string; reason: string | undefined }> {
    const job = startDownload(contextFor(from), paths, { to: 'browser', ...options });
    const { state } = await job.finished;
    return { job, state, reason: job.items.at(0)?.error?.reason };
  }
  const with_ = (change: Partial<Extract<DownloadSource, { kind: 'url' }>>): Adapter => ({
    ...adapter,
    resolveDownload: async (entry, options) =>
      ({ ...(await adapter.resolveDownload!(entry, options)), ...change }) as DownloadSource,
  });

  it('is saved under its name by an answer that says so, and nothing is claimed of it', async () => {
    using sent = new Sent();
    await store.resetStats();
    const { job, state } = await run(['set/größe 1.html']);
    expect(state).to.equal('done');
    expect(job.items.at(0)!.result).to.deep.include({
      savedAs: 'größe 1.html',
      verified: { level: 'none', by: 'page' },
    });
    expect(job.facts).to.include({ canVerify: false, survivesTabClose: true });
    expect((await store.stats()).counts.GetObject ?? 0).to.equal(0);
    expect(sent.urls).to.have.length(1);
    const answer = await fetch(sent.urls[0]!);
    expect(await answer.text()).to.equal('<p>content</p>');
    const disposition = new URL(sent.urls[0]!).searchParams.get('response-content-disposition');
    expect(disposition).to.match(/^attachment; /);
    expect(disposition).to.include("filename*=UTF-8''gr%C3%B6%C3%9Fe%201.html");
  });

  it('may be one of many', async () => {
    using sent = new Sent();
    const { state } = await run(['set/']);
    expect(state).to.equal('done');
    expect(sent.urls).to.have.length(2);
  });

  it('is not sent for when it is not there', async () => {
    using sent = new Sent();
    expect(await run(['set/missing.txt'])).to.include({ state: 'incomplete', reason: 'not-found' });
    expect(sent.urls).to.deep.equal([]);
  });

  for (const [what, from, options] of [
    ['it would be shown instead', () => with_({ isAttachment: false }), {}],
    ['its request needs headers', () => with_({ headers: { authorization: 'x' } }), {}],
    ['it is in the page', () => memory({ files: { 'set/two.txt': 'two' } }), {}],
    ['the page demands a check', () => adapter, { verify: 'size' }],
  ] as const) {
    it(`is refused in words where ${what}`, async () => {
      using sent = new Sent();
      const { job, ...ended } = await run(['set/two.txt'], options, from());
      expect(ended).to.include({ state: 'incomplete', reason: 'not-supported' });
      expect(job.items.at(0)!.error!.message).to.match(/two\.txt by itself/);
      expect(sent.urls).to.deep.equal([]);
    });
  }

  it('is the last resort for what fits nowhere else, where it would be saved', async () => {
    using sent = new Sent();
    const { estimate } = navigator.storage;
    const fetched = globalThis.fetch;
    navigator.storage.estimate = async () => ({ quota: 0, usage: 0 });
    globalThis.fetch = async (input, init) => {
      const range = new Headers(init?.headers).get('range')?.replace('=', ' ');
      if (range === undefined) return fetched(input, init);
      const headers = { 'content-range': `${range}/${2 ** 40}` };
      return new Response(new Uint8Array(10), { status: 206, headers });
    };
    const sized = (from: Adapter): Adapter => ({
      ...from,
      stat: async path => ({ id: path, path, name: 'two.txt', kind: 'file', size: 2 ** 40 }),
    });
    try {
      expect((await run(['set/two.txt'], { to: 'files' }, sized(adapter))).state).to.equal('done');
      expect(sent.urls).to.have.length(1);
      const shown = sized(with_({ isAttachment: false }));
      expect(await run(['set/two.txt'], { to: 'files' }, shown)).to.include({ reason: 'quota' });
      expect(sent.urls).to.have.length(1);
    } finally {
      navigator.storage.estimate = estimate;
      globalThis.fetch = fetched;
    }
  });
});

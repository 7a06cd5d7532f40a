import { aTimeout, expect } from '@open-wc/testing';
import type { Adapter, DownloadSource } from '../../../src/adapters/adapter.js';
import { memory } from '../../../src/adapters/memory/index.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import type { DownloadOptions, TransferJob } from '../../../src/transfer/types.js';
import { LocalStore } from '../../tools/local-store.js';
import { contextFor } from './support.js';

/** What the browser itself asks the storage for: nothing else here demands that an answer be saved. */
class Sent {
  readonly #store: LocalStore;

  private constructor(store: LocalStore) {
    this.#store = store;
  }

  static async from(store: LocalStore): Promise<Sent> {
    for (const frame of document.querySelectorAll('iframe')) frame.remove();
    // Those of the test before, which no reset forgets while they are under way.
    while ((await store.stats()).inFlight.GetObject) await aTimeout(50);
    await store.resetStats();
    return new Sent(store);
  }

  async #urls(): Promise<URL[]> {
    const { log } = await this.#store.stats();
    return log
      .filter(({ operation }) => operation === 'GetObject')
      .map(({ path }) => new URL(path, this.#store.endpoint))
      .filter(({ searchParams }) => searchParams.has('response-content-disposition'));
  }

  /** Resolves once so many requests have come. */
  async urls(count: number): Promise<URL[]> {
    let urls = await this.#urls();
    for (let tries = 0; tries < 100 && urls.length < count; tries += 1) {
      await aTimeout(50);
      urls = await this.#urls();
    }
    expect(urls).to.have.length(count);
    return urls;
  }

  async nothing(): Promise<void> {
    expect(document.querySelector('iframe')).to.equal(null);
    await aTimeout(200);
    expect(await this.#urls()).to.deep.equal([]);
  }
}

/** Every attribute that a document ever holds while this lives. */
class Attributes implements Disposable {
  readonly values: string[] = [];
  readonly #observer = new MutationObserver(records => this.#take(records));

  constructor() {
    this.#observer.observe(document, { subtree: true, childList: true, attributes: true });
  }

  #take(records: readonly MutationRecord[]): void {
    for (const { target, addedNodes } of records) {
      for (const node of [target, ...addedNodes]) {
        if (node instanceof Element) this.values.push(...[...node.attributes].map(({ value }) => value));
      }
    }
  }

  [Symbol.dispose](): void {
    this.#take(this.#observer.takeRecords());
    this.#observer.disconnect();
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
    const sent = await Sent.from(store);
    const { job, state } = await run(['set/größe 1.html']);
    expect(state).to.equal('done');
    expect(job.items.at(0)!.result).to.deep.include({
      savedAs: 'größe 1.html',
      verified: { level: 'none', by: 'page' },
    });
    expect(job.facts).to.include({ canVerify: false, survivesTabClose: true });
    const [url] = await sent.urls(1);
    expect((await store.stats()).counts.GetObject).to.equal(1);
    const disposition = url!.searchParams.get('response-content-disposition');
    expect(disposition).to.match(/^attachment; /);
    expect(disposition).to.include("filename*=UTF-8''gr%C3%B6%C3%9Fe%201.html");
  });

  it('leaves no signature in the document, and tells the storage nothing of the page', async () => {
    const sent = await Sent.from(store);
    const attributes = new Attributes();
    try {
      expect((await run(['set/two.txt'])).state).to.equal('done');
      await sent.urls(1);
    } finally {
      attributes[Symbol.dispose]();
    }
    expect(document.querySelector('iframe')).not.to.equal(null);
    expect(attributes.values).not.to.be.empty;
    expect(attributes.values.join('\n')).not.to.match(/X-Amz-|http/i);
    const { log } = await store.stats();
    const asked = log.find(({ operation }) => operation === 'GetObject')!;
    expect(asked.headerNames).not.to.include('referer');
  });

  it('goes on pages on plain http too, which have no random UUIDs', async () => {
    const sent = await Sent.from(store);
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
    try {
      expect((await run(['set/two.txt'])).state).to.equal('done');
    } finally {
      Reflect.deleteProperty(crypto, 'randomUUID');
    }
    await sent.urls(1);
  });

  it('may be one of many', async () => {
    const sent = await Sent.from(store);
    const { state } = await run(['set/']);
    expect(state).to.equal('done');
    await sent.urls(2);
  });

  it('is not sent for when it is not there', async () => {
    const sent = await Sent.from(store);
    expect(await run(['set/missing.txt'])).to.include({ state: 'incomplete', reason: 'not-found' });
    await sent.nothing();
  });

  for (const [what, from, options] of [
    ['it would be shown instead', () => with_({ isAttachment: false }), {}],
    ['its request needs headers', () => with_({ headers: { authorization: 'x' } }), {}],
    ['it is in the page', () => memory({ files: { 'set/two.txt': 'two' } }), {}],
    ['the page demands a check', () => adapter, { verify: 'size' }],
  ] as const) {
    it(`is refused in words where ${what}`, async () => {
      const sent = await Sent.from(store);
      const { job, ...ended } = await run(['set/two.txt'], options, from());
      expect(ended).to.include({ state: 'incomplete', reason: 'not-supported' });
      expect(job.items.at(0)!.error!.message).to.match(/two\.txt by itself/);
      await sent.nothing();
    });
  }

  it('is the last resort for what fits nowhere else, where it would be saved', async () => {
    const sent = await Sent.from(store);
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
      await sent.urls(1);
      const shown = sized(with_({ isAttachment: false }));
      expect(await run(['set/two.txt'], { to: 'files' }, shown)).to.include({ reason: 'quota' });
      await sent.urls(1);
    } finally {
      navigator.storage.estimate = estimate;
      globalThis.fetch = fetched;
    }
  });
});

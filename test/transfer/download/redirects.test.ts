import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { LocalStore } from '../../tools/local-store.js';
import { bytesOf, contextFor, firstDifference, hurriedClock, patterned } from './support.js';

const mebibyte = 1024 * 1024;

/** Three origins: the page's, one that only redirects, and the storage's, which sees `Origin: null` therefore. */
describe('a signed download behind a redirect to another origin', function () {
  this.timeout(60_000);
  const content = patterned(20 * mebibyte + 3, 9);
  let store: LocalStore | undefined;
  const { fetch } = globalThis;
  afterEach(async () => {
    globalThis.fetch = fetch;
    await store?.close();
  });

  async function redirected(
    origins: string[],
    headers?: Record<string, string>,
    before?: (store: LocalStore) => Promise<void>,
  ) {
    store = await LocalStore.open({ cors: { origins } });
    await store.put('large.bin', content);
    await before?.(store);
    let redirects = 0;
    globalThis.fetch = (input, init) => {
      if (String(input).includes('/redirect?to=')) redirects += 1;
      return fetch(input, init);
    };
    const { control, bucketUrl, region } = store;
    const adapter = s3({ bucketUrl, region, getCredentials: async () => store! });
    const told: Adapter = {
      ...adapter,
      // The page itself may be refused, and has learnt this elsewhere.
      stat: async path => ({ id: path, path, name: path, kind: 'file', size: content.length }),
      async resolveDownload(entry, options) {
        const source = await adapter.resolveDownload!(entry, options);
        if (source.kind !== 'url') return source;
        const url = `${control}/redirect?to=${encodeURIComponent(source.url)}`;
        // The storage behind it is asked for nothing but the bytes.
        const { wholeChecksums: _, ...rest } = source;
        return { ...rest, url, ...(headers === undefined ? {} : { headers }) };
      },
    };
    const job = startDownload(
      contextFor(told, origins.includes(location.origin) ? hurriedClock : undefined),
      ['large.bin'],
      { to: 'memory' },
    );
    await job.finished;
    const { log } = await store.stats();
    return {
      item: job.items.at(0)!,
      asked: log.filter(({ operation }) => operation === 'GetObject'),
      redirects,
    };
  }

  for (const headers of [undefined, { authorization: 'Bearer secret' }]) {
    it(`is followed once, and its end asked for the other ranges, ${headers ? 'without the token' : 'by this page itself'}`, async () => {
      const { item, asked, redirects } = await redirected(['*'], headers);
      expect(item.error).to.equal(undefined);
      expect(firstDifference(await bytesOf(item.result!.blob!), content)).to.equal(-1);
      expect(item.result!.verified!.level).to.equal('etag');
      expect(asked.length).to.be.greaterThan(2);
      expect(redirects).to.equal(1);
      expect(asked.map(({ origin }) => origin)).to.eql([
        'null',
        ...asked.slice(1).map(() => location.origin),
      ]);
      for (const { range, headerNames } of asked) {
        expect(range).to.match(/^bytes=/);
        expect(headerNames).not.to.include('authorization');
      }
    });
  }

  for (const [what, fault] of Object.entries({
    'refuses what was signed there': { status: 403 },
    'is busy': { status: 503 },
    'breaks off': { resetAfterBytesOut: 100_000 },
  })) {
    it(`is followed again once its end ${what}`, async () => {
      const { item, asked, redirects } = await redirected(['*'], undefined, one =>
        one.failNext({ operation: 'GetObject', skip: 1, ...fault }),
      );
      expect(item.error).to.equal(undefined);
      expect(firstDifference(await bytesOf(item.result!.blob!), content)).to.equal(-1);
      // Others may be on their way through it by then.
      expect(redirects).to.be.within(2, asked.length - 1);
    });
  }

  it('is followed for each range where the storage lets only nameless pages read', async () => {
    const { item, asked, redirects } = await redirected(['null']);
    expect(item.error).to.equal(undefined);
    expect(firstDifference(await bytesOf(item.result!.blob!), content)).to.equal(-1);
    expect(redirects).to.equal(asked.filter(({ origin }) => origin === 'null').length);
    expect(redirects).to.be.greaterThan(2);
  });

  it('fails in words where the storage lets only pages of this origin read', async () => {
    const { item } = await redirected([location.origin]);
    expect(item.result).to.equal(undefined);
    expect(item.error!.reason).to.equal('cors-or-network');
    expect(item.error!.message).to.match(/CORS/);
    expect(item.error!.message).not.to.match(/X-Amz-|secret/);
  });
});

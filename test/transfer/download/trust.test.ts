import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { memory } from '../../../src/adapters/memory/index.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import type { Checksum } from '../../../src/core/checksum.js';
import { createHasher } from '../../../src/transfer/checksum/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import type { DownloadTarget } from '../../../src/transfer/types.js';
import { LocalStore } from '../../tools/local-store.js';
import { FakeRanges } from './fake-ranges.js';
import { bytesOf, contextFor, firstDifference, patterned, temporaryDirectory, tree } from './support.js';

const mebibyte = 1024 * 1024;

async function write(directory: FileSystemDirectoryHandle, name: string, text: string) {
  const handle = await directory.getFileHandle(name, { create: true });
  const writable = await handle.createWritable();
  await writable.write(text);
  await writable.close();
  return handle;
}

describe('a download that cannot be trusted', function () {
  this.timeout(60_000);
  let store: LocalStore;
  let adapter: Adapter;
  const large = patterned(26 * mebibyte + 5);
  let right: string;
  before(async () => {
    store = await LocalStore.open();
    adapter = s3({ bucketUrl: store.bucketUrl, region: store.region, getCredentials: async () => store });
    await store.put('large.bin', large);
    const hasher = createHasher();
    right = (await hasher.hashBytes(large, ['md5'])).get('md5')!.value;
    hasher.close();
  });
  after(() => store.close());
  afterEach(() => store.resetFaults());

  /** Without checksums and ETags of the storage's; with an MD5 when there is `md5`. */
  const telling = (md5?: string): Adapter => ({
    ...adapter,
    stat: async (path, options) => {
      const { checksums: _, etag: _etag, ...rest } = (await adapter.stat!(path, options))!;
      return rest;
    },
    resolveDownload: async (entry, options) => {
      const source = await adapter.resolveDownload!(entry, options);
      if (source.kind !== 'url') return source;
      const { readChecksums: _, wholeChecksums: _whole, ...rest } = source;
      return md5 === undefined
        ? rest
        : { ...rest, checksums: [{ algorithm: 'md5', scope: 'full', value: md5 }] };
    },
  });
  const wrong = () => `${right.startsWith('A') ? 'B' : 'A'}${right.slice(1)}`;

  async function failing(told: Adapter, to: DownloadTarget, verify?: 'checksum') {
    const job = startDownload(contextFor(told), ['large.bin'], { to, ...(verify ? { verify } : {}) });
    await job.finished;
    return job.items.at(0)!.error;
  }

  it('leaves the file that was there, although its digest needs the bytes in order', async () => {
    await using directory = await temporaryDirectory();
    await write(directory, 'large.bin', 'what was there');
    const error = await failing(telling(wrong()), directory);
    expect(error).to.have.property('reason', 'checksum-mismatch');
    expect(await (await tree(directory)).get('large.bin')!.text()).to.equal('what was there');
  });

  it('replaces the file that was there when the digest is right', async () => {
    await using directory = await temporaryDirectory();
    await write(directory, 'large.bin', 'what was there');
    expect(await failing(telling(right), directory)).to.equal(undefined);
    const files = await tree(directory);
    expect(firstDifference(await bytesOf(files.get('large.bin')!), large)).to.equal(-1);
  });

  it('leaves no damaged content in a picked file, nor in an empty one that was there', async () => {
    await using directory = await temporaryDirectory();
    const picked = await directory.getFileHandle('picked.bin', { create: true });
    expect(await failing(telling(wrong()), picked)).to.have.property('reason', 'checksum-mismatch');
    await directory.getFileHandle('large.bin', { create: true });
    expect(await failing(telling(wrong()), directory)).to.have.property('reason', 'checksum-mismatch');
    const files = await tree(directory);
    expect(files.get('picked.bin')?.size ?? 0).to.equal(0);
    expect(files.get('large.bin')!.size).to.equal(0);
  });

  it('empties a picked file that turned out damaged before it is fetched again', async () => {
    using storage = new FakeRanges(() => large);
    storage.said = [{ algorithm: 'md5', scope: 'full', value: wrong() }];
    await using directory = await temporaryDirectory();
    const picked = await directory.getFileHandle('picked.bin', { create: true });
    const sizes: number[] = [];
    const looked = Promise.withResolvers<void>();
    let begun = 0;
    storage.trouble = ({ start }) => {
      if (start > 0 || ++begun === 1) return undefined;
      void picked.getFile().then(({ size }) => {
        sizes.push(size);
        looked.resolve();
      });
      return { bodyAfter: looked.promise };
    };
    const job = startDownload(contextFor(storage.adapter), ['f.bin'], { to: picked });
    await job.finished;
    expect(job.items.at(0)!.error!.reason).to.equal('checksum-mismatch');
    expect(sizes).to.eql([0]);
  });

  it('does not replace a file with one that is proven less well than the page demands', async () => {
    await using directory = await temporaryDirectory();
    const handle = await write(directory, 'x', 'what was there');
    const error = await failing(telling(), handle, 'checksum');
    expect(error).to.have.property('reason', 'unverified');
    expect(await (await handle.getFile()).text()).to.equal('what was there');
  });

  it('claims a size only, where all answers have one ETag but nobody compared it with the bytes', async () => {
    // Too large to be hashed on the guess that its ETag is an MD5.
    await store.put('huge.bin', new Blob([patterned(65 * mebibyte)]));
    const job = startDownload(contextFor(telling()), ['huge.bin'], { to: 'memory' });
    await job.finished;
    expect(job.items.at(0)!.result!.verified).to.deep.equal({ level: 'size', by: 'page' });
  });

  it('claims a size only, where the storage tells a checksum over the digests of parts and not how it was cut', async () => {
    await store.put('huge.bin', new Blob([patterned(65 * mebibyte)]));
    const composite: Checksum = { algorithm: 'sha256', scope: 'composite', parts: 9, value: wrong() };
    const told: Adapter = {
      ...telling(),
      stat: async (path, options) => ({
        ...(await telling().stat!(path, options))!,
        checksums: [composite],
      }),
      resolveDownload: async (entry, options) => ({
        ...(await telling().resolveDownload!(entry, options)),
        checksums: [composite],
      }),
    };
    const job = startDownload(contextFor(told), ['huge.bin'], { to: 'memory' });
    await job.finished;
    expect(job.items.at(0)!.error).to.equal(undefined);
    expect(job.items.at(0)!.result!.verified).to.deep.equal({ level: 'size', by: 'page' });
    const demanding = startDownload(contextFor(told), ['huge.bin'], { to: 'memory', verify: 'checksum' });
    await demanding.finished;
    expect(demanding.items.at(0)!.error!.message).to.match(/could not be checked as this page demands/);
  });

  it('claims the ETag when the bytes were hashed and compared with it', async () => {
    await store.put('small.txt', 'hello');
    const told: Adapter = {
      ...telling(),
      stat: async (path, options) => {
        const { checksums: _, ...rest } = (await adapter.stat!(path, options))!;
        return rest;
      },
    };
    const job = startDownload(contextFor(told), ['small.txt'], { to: 'memory' });
    await job.finished;
    expect(job.items.at(0)!.result!.verified).to.deep.equal({ level: 'etag', by: 'page', algorithm: 'md5' });
  });
});

describe('a folder with a file whose key ends in a slash', () => {
  it('keeps that file beside the others', async () => {
    await using directory = await temporaryDirectory();
    const adapter = memory({ files: { 'set/run/reads.txt': 'reads' } });
    const listed: Adapter = {
      ...adapter,
      async list(path, options) {
        const page = await adapter.list(path, options);
        const odd = { id: 'odd', path: 'set/run/', name: 'run', kind: 'file', size: 3 } as const;
        return { ...page, entries: path === 'set/' ? [...page.entries, odd] : page.entries };
      },
      async resolveDownload(entry, options) {
        if (entry.path === 'set/run/') return { kind: 'blob', blob: new Blob(['odd']) };
        return adapter.resolveDownload!(entry, options);
      },
    };
    const job = startDownload(contextFor(listed), ['set/'], { to: directory });
    await job.finished;
    const files = await tree(directory);
    expect(await files.get('set/run/%_')!.text()).to.equal('odd');
    expect(await files.get('set/run/reads.txt')!.text()).to.equal('reads');
  });

  it('shows the headers of one origin to no other one', async () => {
    const content = patterned(30 * mebibyte);
    const seen: { origin: string; token: string | null }[] = [];
    const original = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      const { origin } = new URL(String(input));
      const headers = new Headers(init?.headers);
      seen.push({ origin, token: headers.get('authorization') });
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(headers.get('range')!)!;
      const end = Math.min(Number(to) + 1, content.length);
      return new Response(content.slice(Number(from), end), {
        status: 206,
        headers: { 'content-range': `bytes ${from}-${end - 1}/${content.length}`, etag: '"a"' },
      });
    };
    try {
      const mirrored: Adapter = {
        ...memory({ files: { 'large.bin': content } }),
        resolveDownload: async () => ({
          kind: 'url',
          url: 'https://one.example/large.bin',
          mirrors: ['https://two.example/large.bin', 'https://three.example/large.bin'],
          headers: { authorization: 'Bearer secret' },
          ranges: 'yes',
          size: content.length,
        }),
      };
      const job = startDownload(contextFor(mirrored), ['large.bin'], { to: 'memory' });
      expect((await job.finished).state).to.equal('done');
    } finally {
      globalThis.fetch = original;
    }
    expect(new Set(seen.map(({ origin }) => origin)).size).to.be.greaterThan(1);
    for (const { origin, token } of seen) {
      expect(token, origin).to.equal(origin === 'https://one.example' ? 'Bearer secret' : null);
    }
  });

  it('takes the checksum of each range for none of the whole', async () => {
    const content = patterned(30 * mebibyte);
    const hasher = createHasher();
    const original = globalThis.fetch;
    globalThis.fetch = async (_input, init) => {
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range')!)!;
      const end = Math.min(Number(to) + 1, content.length);
      const bytes = content.slice(Number(from), end);
      const sum = (await hasher.hashBytes(bytes, ['crc32c'])).get('crc32c')!.value;
      return new Response(bytes, {
        status: 206,
        headers: { 'content-range': `bytes ${from}-${end - 1}/${content.length}`, 'x-sum': sum },
      });
    };
    try {
      const telling: Adapter = {
        ...memory({ files: { 'large.bin': content } }),
        resolveDownload: async () => ({
          kind: 'url',
          url: 'https://one.example/large.bin',
          ranges: 'yes',
          size: content.length,
          readChecksums: headers => [{ algorithm: 'crc32c', scope: 'full', value: headers['x-sum']! }],
        }),
      };
      const job = startDownload(contextFor(telling), ['large.bin'], { to: 'memory' });
      expect((await job.finished).state, job.items.at(0)!.error?.message).to.equal('done');
      expect(job.items.at(0)!.result!.verified!.level).to.equal('size');
    } finally {
      globalThis.fetch = original;
      hasher.close();
    }
  });

  it('does not mix two versions of which only the length differs', async () => {
    const before = patterned(40 * mebibyte);
    const after = patterned(40 * mebibyte + 1, 2);
    let requests = 0;
    const original = globalThis.fetch;
    globalThis.fetch = async (_input, init) => {
      requests += 1;
      const content = requests === 1 ? before : after;
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range')!)!;
      const end = Math.min(Number(to) + 1, content.length);
      return new Response(content.slice(Number(from), end), {
        status: 206,
        headers: {
          'content-range': `bytes ${from}-${end - 1}/${content.length}`,
          'last-modified': 'Mon, 05 Jan 2026 10:00:00 GMT',
        },
      });
    };
    try {
      const adapter: Adapter = {
        ...memory({ files: { 'large.bin': before } }),
        resolveDownload: async () => ({
          kind: 'url',
          url: 'https://one.example/large.bin',
          ranges: 'yes',
        }),
      };
      const job = startDownload(contextFor(adapter), ['large.bin'], { to: 'memory' });
      expect((await job.finished).state, job.items.at(0)!.error?.message).to.equal('done');
      expect(firstDifference(await bytesOf(job.items.at(0)!.result!.blob!), after)).to.equal(-1);
    } finally {
      globalThis.fetch = original;
    }
  });

  it('asks the browser’s cache for no range: Chromium’s repeats, joins and drops them', async () => {
    const content = patterned(30 * mebibyte);
    const caches: (string | undefined)[] = [];
    using storage = new FakeRanges(() => content);
    const answer = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      caches.push(init?.cache);
      return answer(input, init);
    };
    const job = startDownload(contextFor(storage.adapter), ['f.bin'], { to: 'memory' });
    expect((await job.finished).state).to.equal('done');
    expect(caches.length).to.be.greaterThan(1);
    expect([...new Set(caches)]).to.deep.equal(['no-store']);
  });

  it('does not mix two versions where the storage hides ETags from the page', async () => {
    const content = patterned(40 * mebibyte);
    let requests = 0;
    const original = globalThis.fetch;
    globalThis.fetch = async (_input, init) => {
      requests += 1;
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range')!)!;
      const end = Math.min(Number(to) + 1, content.length);
      // Replaced after the first answer: another time, and no other sign of it.
      const modified = requests === 1 ? 'Mon, 05 Jan 2026 10:00:00 GMT' : 'Mon, 05 Jan 2026 11:00:00 GMT';
      return new Response(content.slice(Number(from), end), {
        status: 206,
        headers: { 'last-modified': modified },
      });
    };
    const restarts: number[] = [];
    try {
      const hiding: Adapter = {
        ...memory({ files: { 'large.bin': content } }),
        resolveDownload: async () => {
          restarts.push(requests);
          return { kind: 'url', url: 'https://one.example/large.bin', ranges: 'yes', size: content.length };
        },
      };
      const job = startDownload(contextFor(hiding), ['large.bin'], { to: 'memory' });
      expect((await job.finished).state).to.equal('done');
    } finally {
      globalThis.fetch = original;
    }
    // 40 MiB of the second version, and what was fetched of the first before anybody knew.
    expect(restarts.length).to.be.greaterThan(1);
  });
});

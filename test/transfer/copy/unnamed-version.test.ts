/** Copies part by part from a storage whose answers carry nothing that a page may read and that names their version. */
import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import type { Entry } from '../../../src/core/entry.js';
import { noJournal, TransferManager } from '../../../src/transfer/index.js';
import { LocalStore } from '../../tools/local-store.js';

const size = 72 * 1024 ** 2;

const filled = (letter: string): Blob => new Blob([letter.repeat(size)]);

function withoutChecksums<Its extends Partial<Entry> | undefined>(entry: Its): Its {
  return entry && { ...entry, checksums: [] };
}

/** The storage of one file, which changes before it answers for the range of that number. */
class Unnamed {
  ranges = 0;
  changeAt = Number.POSITIVE_INFINITY;
  readonly #store: LocalStore;
  readonly #fetch = globalThis.fetch;

  constructor(store: LocalStore) {
    this.#store = store;
    globalThis.fetch = async (input, init) => {
      const isOurs = String(input).startsWith(store.bucketUrl) && new Headers(init?.headers).has('range');
      if (!isOurs) return this.#fetch.call(globalThis, input, init);
      this.ranges += 1;
      if (this.ranges === this.changeAt) await store.put('big.bin', filled('b'));
      const { body, status, headers } = await this.#fetch.call(globalThis, input, init);
      // As a storage whose CORS rules expose no ETag, and that tells no date.
      const readable = { 'content-range': headers.get('content-range')! };
      return new Response(body, { status, headers: readable });
    };
  }

  [Symbol.dispose](): void {
    globalThis.fetch = this.#fetch;
  }

  get adapter(): Adapter {
    const told = s3({ bucketUrl: this.#store.bucketUrl, signRequest: this.#store.sign });
    return {
      ...told,
      stat: async (...given) => withoutChecksums(await told.stat!(...given)),
      resolveDownload: async (...given) => {
        const source = await told.resolveDownload!(...given);
        if (source.kind !== 'url') return source;
        const { readChecksums: _read, wholeChecksums: _whole, checksums: _checksums, ...rest } = source;
        return rest;
      },
    };
  }
}

describe('a large file whose version no answer names', function () {
  this.timeout(120_000);
  let from: LocalStore;
  let to: LocalStore;

  beforeEach(async () => {
    from = await LocalStore.open();
    to = await LocalStore.open();
    await from.put('big.bin', filled('a'));
  });

  afterEach(async () => {
    await Promise.all([from.close(), to.close()]);
  });

  async function copied(storage: Unnamed): Promise<Set<string>> {
    const source = new TransferManager({ adapter: storage.adapter, journal: noJournal });
    const target = new TransferManager({
      adapter: s3({ bucketUrl: to.bucketUrl, signRequest: to.sign }),
      journal: noJournal,
    });
    const job = source.copy(['big.bin'], '', { to: target });
    expect((await job.finished).state, job.items.at(0)!.error?.stack).to.equal('done');
    const bytes = await to.read('big.bin');
    expect(bytes.length).to.equal(size);
    return new Set(
      Array.from({ length: size / 65_536 }, (_, at) => String.fromCharCode(bytes[at * 65_536]!)),
    );
  }

  it('is fetched in one go where the adapter cannot tell versions either', async () => {
    using storage = new Unnamed(from);
    storage.changeAt = 2;
    const { adapter } = storage;
    Object.defineProperty(storage, 'adapter', {
      value: {
        ...adapter,
        list: async () => ({ entries: [await told()] }),
        stat: told,
      } satisfies Adapter,
    });
    async function told(): Promise<Entry> {
      const { id, path, name, kind } = (await adapter.stat!('big.bin', {
        signal: new AbortController().signal,
      }))!;
      return { id, path, name, kind, size };
    }
    expect((await copied(storage)).size).to.equal(1);
    expect(storage.ranges).to.be.at.most(3);
  });

  it('is never put together of two', async () => {
    using storage = new Unnamed(from);
    storage.changeAt = 3;
    expect([...(await copied(storage))]).to.eql(['b']);
    expect(await to.uploads()).to.eql([]);
  });

  it('is fetched once where it stays the same', async () => {
    using storage = new Unnamed(from);
    expect([...(await copied(storage))]).to.eql(['a']);
    expect(storage.ranges).to.be.at.most((await to.stats()).counts.UploadPart!);
  });
});

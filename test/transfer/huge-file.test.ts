/** Files beyond what S3 takes in one request, made up: no byte of them exists. */
import { expect } from '@open-wc/testing';
import type { Adapter, PartsPlan } from '../../src/adapters/adapter.js';
import { s3 } from '../../src/adapters/s3/index.js';
import { managerOf } from './harness.js';

const MiB = 1024 ** 2;
const GiB = 1024 * MiB;
const bucketUrl = 'https://lab.s3.example';
const signal = new AbortController().signal;

/** A file whose slices know where they lie, and weigh nothing. */
function madeUp(size: number): File {
  const file = new File([], 'huge.bin', { lastModified: 1 });
  const slice = (start = 0, end = size): Blob =>
    Object.defineProperties(new Blob(), {
      start: { value: start },
      size: { value: Math.min(end, size) - start },
    });
  return Object.defineProperties(file, { size: { value: size }, slice: { value: slice } });
}

type Options = { partsFrom?: number; smallFilesByForm?: boolean; signer?: 'uppy' };

/** S3's control calls, answered in memory; of parts only numbers and sizes are kept. */
class CountingStore {
  readonly parts = new Map<number, { start: number; size: number }>();
  readonly operations: string[] = [];
  completed: number[] = [];
  size: number | undefined;

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { searchParams } = new URL(request.url);
    if (request.method === 'POST' && searchParams.has('uploads')) {
      return new Response(
        '<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>',
      );
    }
    if (request.method === 'POST' && searchParams.get('uploadId') === 'one') {
      const listed = (await request.text()).matchAll(/<PartNumber>(\d+)<\/PartNumber>/g);
      this.completed = [...listed].map(([, number]) => Number(number));
      this.size = this.completed.reduce((sum, number) => sum + this.parts.get(number)!.size, 0);
      return new Response(
        '<CompleteMultipartUploadResult><ETag>"e-1"</ETag></CompleteMultipartUploadResult>',
      );
    }
    if (request.method === 'HEAD' && this.size !== undefined) {
      return new Response(null, { headers: { 'content-length': `${this.size}`, etag: '"e-1"' } });
    }
    return new Response(null, { status: 404 });
  };

  /** The real adapter; only the bodies of parts go nowhere. */
  adapter(options: Options = {}): Adapter {
    const real = s3({
      bucketUrl,
      signRequest: async ({ operation, key, uploadId, query }) => {
        this.operations.push(operation ?? '');
        const all = { ...query, ...(uploadId ? { uploadId } : {}) };
        const search = operation === 'CreateMultipartUpload' ? 'uploads=' : `${new URLSearchParams(all)}`;
        return { url: `${bucketUrl}/${key}?${search}` };
      },
      ...options,
    });
    return {
      ...real,
      openUpload: async (intent, call) => {
        const plan = (await real.openUpload!(intent, call)) as PartsPlan;
        if (plan.kind !== 'parts') return plan;
        return {
          ...plan,
          signPart: async (part, state, context) => {
            await plan.signPart(part, state, context);
            return {
              deliver: async (body, { onSent }) => {
                const { start, size } = body as Blob & { start: number };
                expect(this.parts.has(part.number), `part ${part.number} twice`).to.equal(false);
                expect([start, start + size]).to.deep.equal([part.start, part.end]);
                this.parts.set(part.number, { start, size });
                onSent(size);
                return { status: 200, headers: { etag: `"p${part.number}"` }, body: '' };
              },
            };
          },
        };
      },
    };
  }
}

describe('a file beyond 5 GiB', () => {
  const { fetch } = window;
  afterEach(() => {
    window.fetch = fetch;
  });

  for (const [size, what] of [
    [6 * GiB + 12_345, '6 GiB'],
    [2048 * GiB + 1, '2 TiB'],
  ] as const) {
    it(`goes to S3 in parts that cover it once and in order (${what})`, async function () {
      this.timeout(60_000);
      const store = new CountingStore();
      window.fetch = store.fetch;
      const { manager } = managerOf(store.adapter());
      const job = manager.upload([madeUp(size)], { checksum: 'none' });
      const { state } = await job.finished;
      expect(job.items.at(0)!.error?.message).to.equal(undefined);
      expect(state).to.equal('done');
      const numbers = [...store.parts.keys()].sort((one, other) => one - other);
      expect(numbers.length).to.be.within(2, 10_000);
      expect(store.completed).to.deep.equal(numbers);
      expect(numbers.at(-1)).to.equal(numbers.length);
      let end = 0;
      for (const number of numbers) {
        const part = store.parts.get(number)!;
        expect(part.start).to.equal(end);
        end += part.size;
        if (number < numbers.length) expect(part.size).to.be.within(5 * MiB, 5 * GiB);
      }
      expect(end).to.equal(size);
      expect(store.operations).not.to.include('PutObject').and.not.to.include('PostObject');
      expect(job.snapshot.bytes.acknowledged).to.equal(size);
      expect(job.items.at(0)!.result!.size).to.equal(size);
    });
  }

  it('is never sent in one request, whatever a page asks for', async () => {
    const kinds = new Set<string>();
    for (const options of [
      {},
      { partsFrom: 2 ** 50 },
      { partsFrom: 2 ** 50, smallFilesByForm: true },
      { signer: 'uppy' as const },
    ]) {
      const adapter = new CountingStore().adapter(options);
      for (const more of [{}, { partsFrom: 2 ** 50 }, { createOnly: true, partsFrom: 2 ** 50 }]) {
        const open = async (size: number) =>
          (await adapter.openUpload!({ path: 'a', size, type: '', checksum: 'auto', ...more }, { signal }))
            .kind;
        expect(await open(5 * GiB + 1)).to.equal('parts');
        kinds.add(await open(5 * GiB));
      }
    }
    // Up to there a page may ask for one.
    expect([...kinds]).to.include('request');
  });
});

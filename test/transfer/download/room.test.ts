import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { removeStaged, stagingFolder } from '../../../src/transfer/sinks/staged-files.js';
import type { TransferJob } from '../../../src/transfer/types.js';
import { contextFor, downloadsOnly } from './support.js';

const mebibyte = 1024 * 1024;
const origin = 'https://room.test';
const size = 65 * mebibyte;
const content = new Uint8Array(size);

/** Of other tests, whose pages may still hold them. */
const others = new Set<string>();

async function staged(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const folder = await stagingFolder();
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
    if (!others.has(name)) found.set(name, (await (await folder.getFileHandle(name)).getFile()).size);
  }
  return found;
}

/** Files that anything could fetch, so that a browser may be tempted to. */
const adapter = (count: number): Adapter => ({
  name: 'fake',
  label: 'Fake',
  capabilities: downloadsOnly,
  list: async () => ({
    entries: Array.from({ length: count }, (_, index) => {
      const path = `d/${index}.bin`;
      return { id: path, path, name: `${index}.bin`, kind: 'file' as const, size, etag: 'a' };
    }),
  }),
  resolveDownload: async ({ path }, { saveAs }) => ({
    kind: 'url',
    url: `${origin}/${path}`,
    ranges: 'yes',
    isAttachment: saveAs !== undefined,
  }),
});

describe('room for files that the browser saves', function () {
  // A slow disk takes its time for what is larger than memory holds.
  this.timeout(180_000);
  const { fetch } = globalThis;
  const { click } = HTMLAnchorElement.prototype;
  let clicked: string[];

  before(async () => {
    for (const name of (await staged()).keys()) others.add(name);
    // Two fit, and no third.
    const quota = Math.round(size * 2.3);
    Object.defineProperty(navigator.storage, 'estimate', {
      configurable: true,
      value: async () => ({
        usage: [...(await staged()).values()].reduce((sum, each) => sum + each, 0),
        quota,
      }),
    });
    Object.defineProperty(navigator.storage, 'persist', { configurable: true, value: async () => false });
    globalThis.fetch = async (input, init) => {
      if (!String(input).startsWith(origin)) return fetch(input, init);
      const [, first, last] = /(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range')!)!;
      const bytes = content.subarray(Number(first), Number(last) + 1);
      const range = `bytes ${first}-${Number(first) + bytes.length - 1}/${size}`;
      return new Response(bytes, { status: 206, headers: { etag: '"a"', 'content-range': range } });
    };
  });
  beforeEach(async () => {
    clicked = [];
    HTMLAnchorElement.prototype.click = function () {
      clicked.push(this.href);
    };
    for (const id of (await staged()).keys()) await removeStaged(id).catch(() => {});
  });
  after(async () => {
    HTMLAnchorElement.prototype.click = click;
    globalThis.fetch = fetch;
    delete (navigator.storage as Partial<StorageManager>).estimate;
    delete (navigator.storage as Partial<StorageManager>).persist;
    for (const id of (await staged()).keys()) await removeStaged(id).catch(() => {});
  });

  async function waiting(job: TransferJob): Promise<void> {
    while (job.snapshot.files.done < 2 || job.snapshot.files.waiting === 0) {
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  it('is waited for while earlier ones are being saved', async () => {
    const job = startDownload(contextFor(adapter(3)), ['d/'], { to: 'files' });
    await waiting(job);
    expect(job.items.at(2)!.error!.reason).to.equal('quota');
    expect(clicked).to.have.length(2);
    // As the browser's minute is over.
    await removeStaged([...(await staged()).keys()][0]!);
    expect((await job.finished).state).to.equal('done');
    expect(clicked.filter(url => url.startsWith('blob:'))).to.have.length(3);
    for (let index = 0; index < 3; index += 1) {
      expect(job.items.at(index)!.result!.verified!.level).to.equal('size');
    }
  });

  it('is waited for no longer than until the download is cancelled', async () => {
    const job = startDownload(contextFor(adapter(3)), ['d/'], { to: 'files' });
    await waiting(job);
    await job.cancel();
    expect((await job.finished).state).to.equal('cancelled');
    expect(clicked).to.have.length(2);
    expect((await staged()).size).to.equal(2);
  });
});

import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import type { TransferJob } from '../../../src/transfer/types.js';
import {
  bytesOf,
  contextFor,
  downloadsOnly,
  firstDifference,
  hurriedClock,
  patterned,
  temporaryDirectory,
} from '../download/support.js';

const origin = 'https://ahead.test';
const mebibyte = 1024 * 1024;

/** A storage of many small files, and a large one among them; each answer takes its time. */
class ManyFiles {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  gone: string | undefined;
  /** What was asked for, in order. */
  readonly asked: string[] = [];
  /** Most requests at once. */
  most = 0;
  #active = 0;
  readonly #fetch = globalThis.fetch;

  constructor(count: number, largeAt: number) {
    for (let index = 0; index < count; index += 1) {
      const size = index === largeAt ? 3 * mebibyte : 1000 + index;
      this.files.set(`d/${String(index).padStart(3, '0')}`, patterned(size, index + 1));
    }
    globalThis.fetch = async (input, init) => {
      const url = String(input);
      if (!url.startsWith(origin)) return this.#fetch.call(globalThis, input, init);
      const path = url.slice(origin.length + 1);
      this.asked.push(path);
      this.#active += 1;
      this.most = Math.max(this.most, this.#active);
      // Later ones are answered sooner: they must not get before the earlier ones.
      await new Promise(resolve => setTimeout(resolve, 40 - (this.asked.length % 4) * 10));
      this.#active -= 1;
      init?.signal?.throwIfAborted();
      if (path === this.gone) return new Response('', { status: 404 });
      const content = this.files.get(path)!;
      const headers = { etag: '"a"', 'content-range': `bytes 0-${content.length - 1}/${content.length}` };
      return new Response(content, { status: 206, headers });
    };
  }

  [Symbol.dispose](): void {
    globalThis.fetch = this.#fetch;
  }

  download(to: WritableStream<Uint8Array> | FileSystemFileHandle): TransferJob {
    const entries = [...this.files].map(([path, { length }]) => ({
      ...{ id: path, path, name: path.slice(2), kind: 'file' as const, size: length, modified: 0 },
    }));
    const adapter: Adapter = {
      name: 'fake',
      label: 'Fake',
      capabilities: downloadsOnly,
      list: async () => ({ entries }),
      resolveDownload: async ({ path }) => ({ kind: 'url', url: `${origin}/${path}`, ranges: 'yes' }),
    };
    return startDownload(contextFor(adapter, hurriedClock), ['d/'], { to });
  }
}

/** A stream and all that came through it. */
function collected() {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const stream = new WritableStream<Uint8Array>({ write: piece => void pieces.push(piece.slice()) });
  return { stream, bytes: () => bytesOf(new Blob(pieces)) };
}

async function seekable(storage: ManyFiles): Promise<Uint8Array> {
  await using directory = await temporaryDirectory();
  const handle = await directory.getFileHandle('x.zip', { create: true });
  expect((await storage.download(handle).finished).state).to.equal('done');
  return await bytesOf(await handle.getFile());
}

describe('a zip that is written from front to back', function () {
  this.timeout(60_000);

  it('has small members fetched ahead, and each in its place', async () => {
    using storage = new ManyFiles(60, 20);
    const whole = await seekable(storage);
    storage.most = 0;
    const { stream, bytes } = collected();
    const job = storage.download(stream);
    expect((await job.finished).state).to.equal('done');
    expect(job.facts!.seekable).to.equal(false);
    expect(firstDifference(await bytes(), whole)).to.equal(-1);
    expect(storage.most).to.be.within(4, 16);
  });

  it('goes on after a pause with what was ahead', async () => {
    using storage = new ManyFiles(40, 9);
    const whole = await seekable(storage);
    const { stream, bytes } = collected();
    const job = storage.download(stream);
    for (const begun of [5, 12, 25]) {
      while (job.snapshot.files.done < begun) await new Promise(resolve => setTimeout(resolve, 5));
      job.pause();
      await new Promise(resolve => setTimeout(resolve, 60));
      job.resume();
    }
    expect((await job.finished).state).to.equal('done');
    expect(firstDifference(await bytes(), whole)).to.equal(-1);
  });

  it('ends at the first member that cannot be fetched, and asks for no more than was ahead', async () => {
    using storage = new ManyFiles(80, 3);
    storage.gone = 'd/010';
    const { stream } = collected();
    const job = storage.download(stream);
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.isRetryable()).to.equal(false);
    const { items } = job;
    for (let index = 0; index < 10; index += 1) expect(items.at(index)!.state).to.equal('done');
    expect(items.at(10)!.error!.reason).to.equal('not-found');
    for (let index = 11; index < 80; index += 1)
      expect(items.at(index)!.error!.reason).to.equal('archive-incomplete');
    expect(storage.asked.length).to.be.at.most(10 + 2 * 16);
  });

  it('lets go of the stream when it is cancelled', async () => {
    using storage = new ManyFiles(80, 3);
    let aborted = false;
    const stream = new WritableStream<Uint8Array>({ abort: () => void (aborted = true) });
    const job = storage.download(stream);
    while (job.snapshot.files.done < 8) await new Promise(resolve => setTimeout(resolve, 5));
    await job.cancel();
    expect((await job.finished).state).to.equal('cancelled');
    expect(aborted).to.equal(true);
  });
});

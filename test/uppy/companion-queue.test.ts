import { expect } from '@open-wc/testing';
import { type Slot, UppyQueue } from '../../src/adapters/companion/uppy-queue.js';
import { until } from './support.js';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly file: string | undefined;
}

/** A Companion that is only asked to begin and to end uploads in parts. */
class FakeCompanion {
  readonly asked: Asked[] = [];
  /** By file: the answer to the wish to begin it. */
  readonly begins = new Map<string, () => Promise<Response>>();
  /** Statuses of the answers to the next wishes to end one; afterwards 200. */
  readonly endings: number[] = [];
  readonly #fetch = globalThis.fetch;

  constructor() {
    globalThis.fetch = async (input, init) => {
      const url = new URL(String(input));
      if (url.host !== 'companion.test') return this.#fetch.call(globalThis, input, init);
      const { method = 'GET', body } = init ?? {};
      const file = typeof body === 'string' ? (JSON.parse(body).filename as string) : undefined;
      this.asked.push({ method, path: url.pathname, file });
      if (method === 'DELETE') return new Response('{}', { status: this.endings.shift() ?? 200 });
      return (await this.begins.get(file ?? '')?.()) ?? new Promise<Response>(() => {});
    };
  }

  /** How often a file was begun. */
  begun = (name: string): number => this.asked.filter(({ file }) => file === name).length;

  close(): void {
    globalThis.fetch = this.#fetch;
  }
}

const file = { type: 'text/plain', meta: {} };
const onSent = () => {};

describe('the queue of files for Companion', () => {
  let companion: FakeCompanion;

  beforeEach(() => {
    companion = new FakeCompanion();
  });

  afterEach(() => companion.close());

  it('holds no other file up for one that fails while it is paused, and does not try that one by itself', async () => {
    const queue = await UppyQueue.open({ url: 'https://companion.test', partsFrom: 1 });
    const slots: Slot[] = [{ path: 'paused.bin' }, { path: 'next.bin' }];
    let refuse!: (answer: Response) => void;
    companion.begins.set('paused.bin', () => new Promise(resolve => (refuse = resolve)));
    const pause = new AbortController();
    const paused = queue.send(slots[0]!, new Blob(['paused']), file, { signal: pause.signal, onSent });
    paused.catch(() => {});
    await until(() => companion.begun('paused.bin') === 1, 'the first file to begin');
    pause.abort(new Error('paused'));
    refuse(new Response('{}', { status: 500 }));
    await until(() => slots[0]!.parked === undefined, 'its failure');
    const stop = new AbortController();
    const next = queue.send(slots[1]!, new Blob(['next']), file, { signal: stop.signal, onSent });
    next.catch(() => {});
    await until(() => companion.begun('next.bin') === 1, 'the next file to begin');
    expect(companion.begun('paused.bin')).to.equal(1);
    stop.abort(new Error('over'));
  });

  it('clears an unfinished upload away also when Companion fails at first', async () => {
    const queue = await UppyQueue.open({ url: 'https://companion.test', partsFrom: 1 });
    const slot: Slot = { path: 'a.bin', kept: { uploadId: 'u1', key: 'a.bin' } };
    companion.endings.push(503, 500);
    await queue.discard(slot, new AbortController().signal);
    expect(companion.asked.map(({ method, path }) => `${method} ${path}`)).to.deep.equal(
      Array(3).fill('DELETE /s3/multipart/u1'),
    );
  });
});

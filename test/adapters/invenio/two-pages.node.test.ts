/** Two pages, each with an adapter of its own, that upload different content under one new name. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PartsPlan, RequestPlan, ResumeState } from '../../../src/adapters/adapter.js';
import type { InvenioAdapter } from '../../../src/adapters/invenio/index.js';
import { TransferError } from '../../../src/core/errors.js';
import { completeParts, deliver, sendParts } from '../../contract/transfer.js';
import { decode, intentFor, refusal, signal, text, upload, withRepository } from './support.js';

const MiB = 1024 ** 2;
const PART = 6 * MiB;
const SIZE = 2 * PART;
const filled = (letter: string) => new Blob([new Uint8Array(SIZE).fill(letter.charCodeAt(0))]);

/** One page's upload in parts, step by step. */
class Page {
  readonly #blob: Blob;
  readonly #plan: PartsPlan;
  #state: ResumeState | undefined;

  private constructor(blob: Blob, plan: PartsPlan) {
    this.#blob = blob;
    this.#plan = plan;
  }

  static async open(adapter: InvenioAdapter, letter: string, createOnly: boolean): Promise<Page> {
    const blob = filled(letter);
    const intent = intentFor('same.bin', blob, { createOnly });
    return new Page(blob, (await adapter.openUpload!(intent, { signal })) as PartsPlan);
  }

  async begin(): Promise<void> {
    this.#state = await this.#plan.begin({ partSize: PART, count: 2 }, { signal });
  }

  async send(number: number): Promise<void> {
    await sendParts(this.#plan, this.#state!, this.#blob, PART, [number]);
  }

  async complete(): Promise<void> {
    const receipts = [1, 2].map(number => ({ number, size: PART }));
    await completeParts(this.#plan, this.#state!, this.#blob, receipts);
  }

  abort(): Promise<void> {
    return this.#plan.abort!(this.#state!, { signal });
  }
}

/** Runs the steps of both; what each said first that was no success. */
async function play(pages: Readonly<Record<string, Page>>, steps: string): Promise<Record<string, string>> {
  const failed: Record<string, string> = {};
  for (const step of steps.split(' ')) {
    const [who = '', what] = step;
    if (failed[who] !== undefined) continue;
    const page = pages[who]!;
    try {
      if (what === 'b') await page.begin();
      else if (what === 'c') await page.complete();
      else await page.send(Number(what));
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      failed[who] = error.reason;
    }
  }
  return failed;
}

const ORDERS = [
  'Ab Bb A1 B1 B2 A2 Ac Bc',
  'Ab Bb B1 B2 A1 A2 Bc Ac',
  'Ab A1 Bb A2 B1 B2 Ac Bc',
  'Ab A1 A2 Bb Ac B1 B2 Bc',
  'Ab A1 A2 Bb B1 B2 Ac Bc',
];

for (const storage of ['local', 's3'] as const) {
  for (const order of ORDERS) {
    for (const createOnly of [true, false]) {
      it(
        `invenio, ${storage} storage: of ${order} only one is done${createOnly ? ', the first where nothing may be replaced' : ''}`,
        withRepository(
          async ({ open, standIn, record }) => {
            const adapters = { A: open(), B: open() };
            // Both pages have seen the record while the name was free.
            for (const [name, adapter] of Object.entries(adapters)) {
              await upload(adapter, `${name}.txt`, text(name));
            }
            const pages = {
              A: await Page.open(adapters.A, 'A', createOnly),
              B: await Page.open(adapters.B, 'B', createOnly),
            };
            const failed = await play(pages, order);
            const held = await standIn.stored(record, 'same.bin');
            if (createOnly) {
              assert.deepEqual(failed, { B: 'exists' });
              assert.deepEqual([held?.[0], held?.at(-1), held?.length], [65, 65, SIZE]);
              return;
            }
            assert.equal(Object.keys(failed).length, 1, JSON.stringify(failed));
            assert.ok(failed.A === 'conflict' || failed.A === 'upload-gone', JSON.stringify(failed));
            assert.equal(held?.length, SIZE);
          },
          { quirks: { storage } },
        ),
      );
    }
  }
}

describe('invenio: two pages', () => {
  it(
    'with small files do not both say done',
    withRepository(async ({ open, standIn, record }) => {
      for (const order of ['As Bs Ac Bc', 'As Bs Bc Ac']) {
        const begun = async (content: string) => {
          const blob = text(content);
          const plan = (await open().openUpload!(intentFor('a.txt', blob), { signal })) as RequestPlan;
          return { plan, blob, delivery: await plan.sign({ signal, attempt: 1 }) };
        };
        const pages = { A: await begun('one'), B: await begun('two') };
        const done: string[] = [];
        const answers = new Map<string, Awaited<ReturnType<typeof deliver>>>();
        for (const [who, what] of order.split(' ').map(step => [...step] as ['A' | 'B', string])) {
          const { plan, blob, delivery } = pages[who];
          if (what === 's') {
            answers.set(who, await deliver(delivery, blob));
            continue;
          }
          // A second try is what the engine makes of a failure of the server.
          for (let attempt = 1; attempt <= 2; attempt += 1) {
            try {
              await plan.finish(answers.get(who)!, { signal });
              done.push(who);
              break;
            } catch (error) {
              if (!(error instanceof TransferError)) throw error;
              if (error.kind !== 'retry') break;
            }
          }
        }
        assert.deepEqual(done, ['B'], order);
        assert.equal(decode(await standIn.stored(record, 'a.txt')), 'two');
      }
    }),
  );

  it(
    'do not take each other’s upload away when one is cancelled or goes on later',
    withRepository(async ({ open, standIn, record }) => {
      const pages = { A: await Page.open(open(), 'A', false), B: await Page.open(open(), 'B', false) };
      await play(pages, 'Ab Bb B1');
      await pages.A.abort();
      assert.deepEqual(await play(pages, 'B2 Bc'), {});
      assert.equal((await standIn.stored(record, 'same.bin'))?.at(-1), 66);

      const small = (await open().openUpload!(intentFor('a.txt', text('one')), { signal })) as RequestPlan;
      await small.sign({ signal, attempt: 1 });
      await upload(open(), 'a.txt', text('two'));
      await small.discard!({ signal });
      assert.equal(decode(await standIn.stored(record, 'a.txt')), 'two');

      const intent = intentFor('later.bin', filled('A'));
      const plan = (await open().openUpload!(intent, { signal })) as PartsPlan;
      const state = await plan.begin({ partSize: PART, count: 2 }, { signal });
      const other = (await open().openUpload!(intent, { signal })) as PartsPlan;
      await other.begin({ partSize: PART, count: 2 }, { signal });
      const error = await refusal(open().reopenUpload!(intent, state, { signal }));
      assert.deepEqual([error.kind, error.reason], ['restart', 'upload-gone']);
    }),
  );

  it(
    'are told apart when the first one’s announcement was lost on the way back',
    withRepository(async ({ open, standIn }) => {
      const pages = { A: await Page.open(open(), 'A', true), B: await Page.open(open(), 'B', true) };
      standIn.faults.failNext({ operation: 'announce', loseAnswer: true });
      await assert.rejects(pages.A.begin(), { kind: 'retry' });
      assert.deepEqual(await play(pages, 'Bb Ab A1 A2 Ac'), { B: 'exists' });
    }),
  );

  it(
    'are told apart when the first one’s announcement never arrived, and when it is given up then',
    withRepository(async ({ open, standIn, record }) => {
      for (const createOnly of [true, false]) {
        const pages = {
          A: await Page.open(open(), 'A', createOnly),
          B: await Page.open(open(), 'B', createOnly),
        };
        standIn.faults.failNext({ operation: 'announce', cut: true });
        await assert.rejects(pages.A.begin(), { kind: 'retry' });
        const order = createOnly ? 'Bb Ab B1 B2 Bc' : 'Bb B1 Ab B2 A1 A2 Bc Ac';
        const [loser, reason] = createOnly ? ['A', 'exists'] : ['B', 'conflict'];
        assert.deepEqual(await play(pages, order), { [loser]: reason });
        const held = await standIn.stored(record, 'same.bin');
        assert.deepEqual([held?.[0], held?.at(-1)], createOnly ? [66, 66] : [65, 65]);
        await open().remove!(['same.bin'], { signal });
      }
      const late = (await open().openUpload!(intentFor('a.txt', text('one'), { createOnly: true }), {
        signal,
      })) as RequestPlan;
      standIn.faults.failNext({ operation: 'announce', cut: true });
      await assert.rejects(late.sign({ signal, attempt: 1 }));
      await upload(open(), 'a.txt', text('two'));
      await late.discard!({ signal });
      assert.equal(decode(await standIn.stored(record, 'a.txt')), 'two');
    }),
  );
});

import { expect } from '@open-wc/testing';
import * as fc from 'fast-check';
import type { TransferError } from '../../src/core/errors.js';
import { Connectivity } from '../../src/transfer/connectivity.js';
import type { ConflictAnswer, ConflictPolicy, TransferJob } from '../../src/transfer/types.js';
import { type Call, FakeStorage, failure } from './fake-storage.js';
import { FastClock } from './fast-clock.js';
import { managerOf } from './harness.js';

/** Real uploads on a storage that fails at random, while a person gives random orders. */

const turn = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));

const operations = [
  'openUpload',
  'stat',
  'list',
  'sign',
  'send',
  'finish',
  'begin',
  'signPart',
  'part',
  'listParts',
  'complete',
  'abort',
] as const;
const damages = {
  network: () => failure('retry', 'network'),
  busy: () => failure('retry', 'server'),
  expired: () => failure('re-sign', 'expired'),
  gone: () => failure('restart', 'upload-gone'),
  refused: () => failure('fatal', 'forbidden'),
} as const;

interface Trouble {
  readonly operation: (typeof operations)[number];
  readonly when: 'before' | 'after';
  readonly what: keyof typeof damages;
  /** Which call of the operation, from 1 on, and how many from there. */
  readonly from: number;
  readonly times: number;
}

interface Given {
  readonly size: number;
  /** What lies at its path: nothing, the same file, another one. */
  readonly there: 'nothing' | 'same' | 'other';
  /** Goes to the path of the first file. */
  readonly double: boolean;
}

const trouble: fc.Arbitrary<Trouble> = fc.record({
  operation: fc.constantFrom(...operations),
  when: fc.constantFrom('before', 'after'),
  what: fc.constantFrom('network', 'network', 'busy', 'expired', 'gone', 'refused'),
  from: fc.integer({ min: 1, max: 6 }),
  times: fc.integer({ min: 1, max: 3 }),
});
const given_: fc.Arbitrary<Given> = fc.record({
  size: fc.constantFrom(0, 1, 9, 10, 11, 25, 40),
  there: fc.constantFrom('nothing', 'nothing', 'same', 'other'),
  double: fc.constantFrom(false, false, false, true),
});
const order = fc.record({
  what: fc.constantFrom(
    'pause',
    'resume',
    'cancel',
    'retry',
    'pause-all',
    'resume-all',
    'retry-all',
    'cancel-all',
    'offline',
    'online',
    'answer',
    'turn',
    'turn',
    'turn',
    'turn',
  ),
  index: fc.nat(9),
});

const textOf = (index: number, size: number): string => `${index}:${'abcdefgh'.repeat(6)}`.slice(0, size);
const answers: readonly ConflictAnswer[] = ['replace', 'skip', 'skip-same', 'rename', 'cancel'];

function struck(troubles: readonly Trouble[], when: Trouble['when']) {
  const counts = new Map<string, number>();
  return ({ operation }: Call): TransferError | undefined => {
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    const hit = troubles.find(
      each =>
        each.operation === operation &&
        each.when === when &&
        count >= each.from &&
        count < each.from + each.times,
    );
    return hit && damages[hit.what]();
  };
}

describe('uploads under random troubles and orders', () => {
  it('end, tell the truth about what is stored, and leave nothing open', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          plan: fc.constantFrom('request', 'form', 'parts', 'parts'),
          listsParts: fc.boolean(),
          conditionalCreate: fc.boolean(),
          policy: fc.constantFrom<ConflictPolicy>('replace', 'skip', 'skip-same', 'rename', 'fail', 'ask'),
        }),
        fc.array(given_, { minLength: 1, maxLength: 6 }),
        fc.array(trouble, { maxLength: 4 }),
        fc.array(order, { maxLength: 30 }),
        async ({ plan, listsParts, conditionalCreate, policy }, files, troubles, orders) => {
          const storage = new FakeStorage({ plan, listsParts, conditionalCreate, partSize: 10 });
          const paths = files.map(({ double }, index) => (double ? 'file-0' : `file-${index}`));
          const texts = files.map(({ size }, index) => textOf(index, size));
          for (const [index, { there, double }] of files.entries()) {
            const path = `file-${index}`;
            if (double || there === 'nothing') continue;
            await storage.put(path, there === 'same' ? texts[index]! : `somebody’s own ${index}`);
          }
          const before = new Map(storage.objects);
          storage.before = struck(troubles, 'before');
          storage.after = struck(troubles, 'after');
          let online = true;
          const network = new EventTarget();
          const connectivity = new Connectivity(new FastClock(), { events: network, isOnline: () => online });
          // It has answered this page before, so that outages are waited for.
          connectivity.prove('local:');
          connectivity.prove('calls:fake:Fake');
          const { manager } = managerOf(storage.adapter, { connectivity });
          const open: ((answer: ConflictAnswer) => void)[] = [];
          const inputs = texts.map((text, index) => ({ file: new Blob([text]), path: paths[index]! }));
          const job = manager.upload(inputs, {
            conflict: policy,
            onConflict: () => new Promise(resolve => open.push(resolve)),
          });
          const promises: Promise<unknown>[] = [job.finished];
          const watched = watch(job);
          const cancelled = new Set<number>();
          let wasCancelled = false;

          for (const { what, index: any } of orders) {
            const index = any % files.length;
            if (what === 'pause' || what === 'resume') job[what](index);
            else if (what === 'cancel') {
              cancelled.add(index);
              promises.push(job.cancel(index));
            } else if (what === 'retry') job.retryFailed(index);
            else if (what === 'pause-all') job.pause();
            else if (what === 'resume-all') job.resume();
            else if (what === 'retry-all') job.retryFailed();
            else if (what === 'cancel-all') {
              if (any < 2) {
                wasCancelled = true;
                promises.push(job.cancel());
              }
            } else if (what === 'offline' || what === 'online') {
              online = what === 'online';
              network.dispatchEvent(new Event(what));
            } else if (what === 'answer') open.shift()?.(answers[any % answers.length]!);
            else await turn();
            promises.push(job.finished);
            watched();
          }

          online = true;
          network.dispatchEvent(new Event('online'));
          job.resume();
          for (const index of job.items.inState(['paused'])) job.resume(index);
          const ended = () => ['done', 'incomplete', 'cancelled'].includes(job.snapshot.state);
          for (let round = 0; round < 1500 && !ended(); round++) {
            open.shift()?.('replace');
            await turn();
          }
          watched();
          expect(ended(), `ended: ${[...job.items].map(item => item.state).join(' ')}`).to.equal(true);
          expect(await settled(promises), 'a promise is open').to.equal(true);

          const written = new Set<string>();
          for (const item of job.items) {
            const { index, state, error, result } = item;
            const text = texts[index]!;
            if (state === 'done') {
              written.add(result!.path);
              expect(storage.text(result!.path), `${result!.path} is done`).to.equal(text);
              if (policy === 'rename')
                expect(before.has(result!.path), 'renamed onto a file').to.equal(false);
            } else if (state === 'skipped') {
              expect(storage.objects.has(result!.path)).to.equal(true);
              if (result!.skipped === 'same') expect(storage.text(result!.path)).to.equal(text);
            } else if (state === 'failed') {
              const reasons = ['exists', 'network', 'server', 'expired', 'upload-gone', 'forbidden'];
              expect(reasons, `${item.path}: ${error!.message}`).to.include(error!.reason);
              const isCaused =
                error!.reason === 'exists' ||
                troubles.some(({ what }) => damages[what]().reason === error!.reason);
              expect(isCaused, `nobody caused ${error!.reason}`).to.equal(true);
            } else {
              expect(
                wasCancelled || cancelled.has(index) || policy === 'ask',
                'cancelled by nobody',
              ).to.equal(true);
            }
          }
          // What others have stored is replaced where the page said so, and nowhere else.
          if (policy !== 'replace' && policy !== 'ask' && policy !== 'skip-same') {
            for (const [path, stored] of before) {
              if (!written.has(path)) expect(storage.objects.get(path), path).to.equal(stored);
            }
            if (conditionalCreate || policy === 'skip') {
              for (const path of before.keys()) {
                if (policy !== 'skip') expect(written.has(path), `${path} was written over`).to.equal(false);
              }
            }
          }

          storage.before = () => undefined;
          storage.after = () => undefined;
          manager.dismiss(job);
          for (let round = 0; round < 60 && storage.uploads.size > 0; round++) await turn();
          const lost = troubles.filter(
            ({ operation, when }) =>
              operation === 'abort' ||
              operation === 'listParts' ||
              (operation === 'begin' && when === 'after'),
          );
          if (lost.length === 0) expect([...storage.uploads.keys()], 'unfinished uploads').to.deep.equal([]);
        },
      ),
      { numRuns: 60, includeErrorInReport: true },
    );
  });
});

/** Looks at what may never fall or disagree; returns the look. */
function watch(job: TransferJob): () => void {
  let acknowledged = 0;
  let progress = 0;
  const look = (): void => {
    const { files, bytes, progress: share, state } = job.snapshot;
    expect(bytes.acknowledged).to.be.within(acknowledged, bytes.sent);
    expect(share).to.be.within(progress, 1);
    ({ acknowledged } = bytes);
    progress = share;
    const { total, ...states } = files;
    expect(Object.values(states).reduce((sum, count) => sum + count, 0)).to.equal(total);
    if (state === 'done' || share === 1) expect(files.done + files.skipped).to.equal(total);
  };
  job.addEventListener('progress', look);
  return look;
}

async function settled(promises: readonly Promise<unknown>[]): Promise<boolean> {
  let all = false;
  void Promise.allSettled(promises).then(() => {
    all = true;
  });
  for (let turns = 0; turns < 400 && !all; turns++) await turn();
  return all;
}

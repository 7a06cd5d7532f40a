import { expect } from '@open-wc/testing';
import * as fc from 'fast-check';
import { TransferError } from '../../src/core/errors.js';
import { BaseJob, deferred, type ItemControl, type Lane } from '../../src/transfer/job.js';
import type { ItemState, TransferResult } from '../../src/transfer/types.js';

const turn = (): Promise<void> =>
  new Promise(resolve => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(undefined);
  });

const fatal = (): TransferError => new TransferError('scripted', { kind: 'fatal', reason: 'unknown' });
const offline = (): TransferError => new TransferError('no network', { kind: 'wait', reason: 'offline' });

/** What an item goes through; each run takes the steps from the first one on. */
interface Script {
  readonly size: number;
  /** Runs that fail before one ends well; more than any sequence retries: it never does. */
  readonly failures: number;
  readonly steps: readonly ('move' | 'wait' | 'question' | 'idle')[];
  /** Goes on only after a break in which it holds no slot. */
  readonly inTwo: boolean;
  /** Does not look at its signal while it finishes. */
  readonly deaf: boolean;
  readonly skipped: boolean;
  readonly large: boolean;
}

class RandomJob extends BaseJob {
  readonly #scripts: readonly Script[];
  readonly #runs: number[];
  readonly #halfway = new Set<number>();
  readonly running = new Map<number, ItemControl>();
  readonly discarded: number[] = [];
  readonly mostRunning = { small: 0, large: 0 };
  released = 0;
  online = true;
  /** Set once the whole job was cancelled. */
  begunAfterCancel = 0;
  wasCancelled = false;
  probing = false;

  constructor(scripts: readonly Script[]) {
    super('upload', 'random');
    this.#scripts = scripts;
    this.#runs = scripts.map(() => 0);
    for (const [index, script] of scripts.entries()) this.addItem(`item-${index}`, script.size);
  }

  /** Items that hold their slots, to see whether all slots are free. */
  probe(): void {
    this.probing = true;
    for (let index = 0; index < 24; index++) this.addItem(`probe-${index}`, 0);
  }

  close(): void {
    this.closeItems();
  }

  runningIn(lane: Lane): number {
    return [...this.running.keys()].filter(index => this.laneOf(index) === lane).length;
  }

  wakeAll(): void {
    for (const index of this.#halfway) this.wake(index);
  }

  protected override laneOf(index: number): Lane {
    const script = this.#scripts[index];
    return (script ? script.large : index % 2 === 0) ? 'large' : 'small';
  }

  protected override async runItem(
    index: number,
    control: ItemControl,
  ): Promise<TransferResult | typeof deferred> {
    if (this.wasCancelled) this.begunAfterCancel += 1;
    expect(this.running.has(index), 'two runs of one item').to.equal(false);
    this.running.set(index, control);
    for (const lane of ['small', 'large'] as const) {
      this.mostRunning[lane] = Math.max(this.mostRunning[lane], this.runningIn(lane));
    }
    try {
      return await this.#run(index, control);
    } finally {
      this.running.delete(index);
    }
  }

  async #run(index: number, control: ItemControl): Promise<TransferResult | typeof deferred> {
    const result: TransferResult = { path: this.table.path(index), size: 0, checksums: [] };
    const script = this.#scripts[index];
    if (!script) {
      while (this.probing) await turn();
      return result;
    }
    const { size, steps } = script;
    if (!this.#halfway.has(index)) {
      for (const [position, step] of steps.entries()) {
        if (step === 'question') {
          control.setState('needs-answer');
          await turn();
        } else if (step === 'wait' || !this.online) {
          control.setState('waiting', offline());
          do await turn();
          while (!this.online && !control.signal.aborted);
        }
        control.signal.throwIfAborted();
        control.setState('active');
        if (step === 'move') {
          control.setSent(Math.ceil((size * (position + 1)) / steps.length));
          control.setAcknowledged(Math.floor((size * position) / steps.length));
        }
        await turn();
        control.signal.throwIfAborted();
      }
      if (script.inTwo) {
        this.#halfway.add(index);
        return deferred;
      }
    }
    control.setState('finishing');
    await turn();
    if (!script.deaf) control.signal.throwIfAborted();
    this.#runs[index]! += 1;
    if (this.#runs[index]! <= script.failures) throw fatal();
    return { ...result, size, ...(script.skipped ? { skipped: 'same' as const } : {}) };
  }

  protected override async discardItem(index: number): Promise<void> {
    await turn();
    this.discarded.push(index);
    if (index % 3 === 0) throw fatal();
  }

  override async release(): Promise<void> {
    this.released += 1;
    await turn();
  }
}

const script: fc.Arbitrary<Script> = fc.record({
  size: fc.integer({ min: 0, max: 1_000_000 }),
  failures: fc.constantFrom(0, 0, 0, 1, 2, 99),
  steps: fc.array(fc.constantFrom('move', 'move', 'move', 'wait', 'question', 'idle'), { maxLength: 5 }),
  inTwo: fc.boolean(),
  deaf: fc.boolean(),
  skipped: fc.constantFrom(false, false, false, true),
  large: fc.boolean(),
});

const command = fc.record({
  what: fc.constantFrom(
    'pause',
    'resume',
    'cancel',
    'retry',
    'pause-all',
    'resume-all',
    'retry-all',
    'offline',
    'online',
    'wake',
    'turn',
    'turn',
    'turn',
    'close',
    'cancel-all',
  ),
  index: fc.nat(20),
});

const isEnd = (state: ItemState): boolean => ['done', 'skipped', 'failed', 'cancelled'].includes(state);
const settled = async (promises: readonly Promise<unknown>[]): Promise<boolean> => {
  let all = false;
  void Promise.allSettled(promises).then(() => {
    all = true;
  });
  for (let turns = 0; turns < 400 && !all; turns++) await turn();
  return all;
};

describe('a job under random orders', () => {
  it('settles every promise, keeps its totals, and gives back every slot', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(script, { minLength: 1, maxLength: 12 }),
        fc.array(command, { maxLength: 40 }),
        async (scripts, commands) => {
          const job = new RandomJob(scripts);
          const promises: Promise<unknown>[] = [];
          let progress = 0;
          let acknowledged = 0;
          const check = (): void => {
            const { snapshot, items } = job;
            const { files, bytes } = snapshot;
            const { total, ...states } = files;
            expect(total).to.equal(items.length);
            expect(Object.values(states).reduce((sum, count) => sum + count, 0)).to.equal(total);
            expect(snapshot.progress).to.be.within(progress, 1);
            progress = snapshot.progress;
            expect(bytes.acknowledged).to.be.within(acknowledged, bytes.sent);
            acknowledged = bytes.acknowledged;
            const sum = { done: 0, skipped: 0, failed: 0, cancelled: 0, left: 0 };
            for (const item of items) {
              const { state, size } = item;
              if (state === 'done' || state === 'skipped' || state === 'failed' || state === 'cancelled') {
                sum[state] += size!;
              } else sum.left += size! - item.acknowledged;
              if (state === 'done') expect(item.acknowledged).to.equal(size);
              expect(item.error !== undefined && !['failed', 'waiting'].includes(state)).to.equal(false);
            }
            const { done, skipped, failed, cancelled, left } = bytes;
            expect({ done, skipped, failed, cancelled }).to.deep.equal({
              done: sum.done,
              skipped: sum.skipped,
              failed: sum.failed,
              cancelled: sum.cancelled,
            });
            expect(left).to.equal(sum.left);
          };
          job.addEventListener('progress', check);
          promises.push(job.finished);
          for (const { what, index: any } of commands) {
            const index = any % (scripts.length + 1);
            if (what === 'pause') job.pause(index);
            else if (what === 'resume') job.resume(index);
            else if (what === 'cancel') promises.push(job.cancel(index));
            else if (what === 'retry') job.retryFailed(index);
            else if (what === 'retry-all') job.retryFailed();
            else if (what === 'pause-all') job.pause();
            else if (what === 'resume-all') job.resume();
            else if (what === 'offline') job.online = false;
            else if (what === 'online') job.online = true;
            else if (what === 'wake') job.wakeAll();
            else if (what === 'close') job.close();
            else if (what === 'cancel-all' && any < 5) {
              const ended = ['done', 'incomplete', 'cancelled'].includes(job.snapshot.state);
              if (!ended) job.wasCancelled = true;
              promises.push(job.cancel());
            } else await turn();
            promises.push(job.finished);
            check();
          }
          job.online = true;
          job.resume();
          // Everything that can go on does, until only what waits for `wake` is left, and that is woken.
          for (let round = 0; round < 60; round++) {
            job.wakeAll();
            await turn();
          }
          expect([...job.running.keys()], 'still running').to.deep.equal([]);
          for (const item of job.items) expect(isEnd(item.state), item.state).to.equal(true);
          check();
          if (!job.wasCancelled && !['done', 'incomplete'].includes(job.snapshot.state)) {
            job.probe();
            for (let round = 0; round < 5; round++) await turn();
            expect([job.runningIn('small'), job.runningIn('large')], 'free slots').to.deep.equal([6, 2]);
            job.probing = false;
          }
          job.close();
          expect(await settled([...promises, job.finished]), 'a promise is open').to.equal(true);
          const { state, files } = job.snapshot;
          if (job.wasCancelled && state === 'done') {
            // Too late: all that was left was being completed by then.
            expect(files.done + files.skipped).to.equal(files.total);
            expect(job.begunAfterCancel).to.equal(0);
          } else if (job.wasCancelled) {
            expect(state).to.equal('cancelled');
            expect(job.begunAfterCancel).to.equal(0);
            expect(job.released).to.equal(1);
            job.retryFailed();
            expect(job.isRetryable()).to.equal(false);
            expect(job.snapshot.state).to.equal('cancelled');
          } else {
            expect(state).to.equal(files.failed + files.cancelled > 0 ? 'incomplete' : 'done');
          }
          expect(job.mostRunning.large).to.be.at.most(2);
          check();
          expect(new Set(job.discarded).size, 'discarded twice').to.equal(job.discarded.length);
          for (const index of job.discarded) expect(job.items.at(index)!.state).to.equal('cancelled');
        },
      ),
      { numRuns: 200, includeErrorInReport: true },
    );
  });

  it('does not call itself done after a retry when not all of its files were found', async () => {
    class Broken extends BaseJob {
      tries = 0;
      constructor() {
        super('upload', 'broken');
        this.addItem('a', 1);
        this.closeItems(
          new TransferError('The folder cannot be read.', { kind: 'fatal', reason: 'unreadable' }),
        );
      }
      protected override async runItem(): Promise<TransferResult> {
        this.tries += 1;
        if (this.tries === 1) throw fatal();
        return { path: 'a', size: 1, checksums: [] };
      }
    }
    const job = new Broken();
    expect((await job.finished).state).to.equal('incomplete');
    job.retryFailed();
    const { state, snapshot } = await job.finished;
    expect(job.items.at(0)!.state).to.equal('done');
    expect(state).to.equal('incomplete');
    expect(snapshot.reason!.reason).to.equal('unreadable');
  });
});

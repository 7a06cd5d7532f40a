import { expect } from '@open-wc/testing';
import * as fc from 'fast-check';
import { TransferError } from '../../src/core/errors.js';
import { ItemTable } from '../../src/transfer/item-table.js';
import { BaseJob, type ItemControl } from '../../src/transfer/job.js';
import type { ItemState, TransferResult } from '../../src/transfer/types.js';

const ends: readonly ItemState[] = ['done', 'skipped', 'failed', 'cancelled'];
const turn = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));

/** What one run of an item does. */
interface Script {
  readonly size: number;
  readonly steps: number;
  readonly end: 'done' | 'skipped' | 'fail';
}

class ScriptedJob extends BaseJob {
  readonly #scripts: readonly Script[];
  running = 0;
  mostRunning = 0;
  readonly discarded = new Set<number>();

  constructor(scripts: readonly Script[]) {
    super('upload', 'scripted');
    this.#scripts = scripts;
    for (const [index, script] of scripts.entries()) this.addItem(`item-${index}`, script.size);
    this.closeItems();
  }

  protected override laneOf(index: number): 'small' | 'large' {
    return this.#scripts[index]!.size > 500 ? 'large' : 'small';
  }

  protected async runItem(index: number, control: ItemControl): Promise<TransferResult> {
    const { size, steps, end } = this.#scripts[index]!;
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      for (let step = 1; step <= steps; step++) {
        control.setState('active');
        control.setSent(Math.ceil((size * step) / steps));
        // An attempt that is lost: both counters start again from the bottom.
        if (step % 3 === 2) control.setAcknowledged(Math.floor((size * (step - 2)) / steps));
        else control.setAcknowledged(Math.floor((size * step) / steps));
        await turn();
        if (control.signal.aborted) throw control.signal.reason;
      }
      control.setState('finishing');
      await turn();
      if (end === 'fail') throw new TransferError('scripted', { kind: 'fatal', reason: 'unknown' });
      const result: TransferResult = {
        path: `item-${index}`,
        size,
        checksums: [],
        verified: { level: 'size', by: 'page' },
      };
      return end === 'skipped' ? { ...result, skipped: 'same' } : result;
    } finally {
      this.running -= 1;
    }
  }

  protected override async discardItem(index: number): Promise<void> {
    await turn();
    this.discarded.add(index);
  }
}

const script: fc.Arbitrary<Script> = fc.record({
  size: fc.integer({ min: 0, max: 1000 }),
  steps: fc.integer({ min: 0, max: 6 }),
  end: fc.constantFrom('done', 'done', 'done', 'skipped', 'fail'),
});

const command = fc.record({
  what: fc.constantFrom('pause', 'resume', 'cancel', 'retry', 'wait', 'wait', 'pause-all', 'resume-all'),
  index: fc.nat(11),
});

describe('every job', () => {
  it('keeps its totals, never goes back, and ends every item once, whatever is done to it', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(script, { minLength: 1, maxLength: 12 }),
        fc.array(command, { maxLength: 25 }),
        async (scripts, commands) => {
          const job = new ScriptedJob(scripts);
          let progress = 0;
          const acknowledged = scripts.map(() => 0);
          const sent = scripts.map(() => 0);
          const endsSeen = scripts.map((): ItemState[] => []);
          const check = (): void => {
            const { files, bytes, progress: now, state } = job.snapshot;
            expect(now).to.be.within(progress, 1);
            progress = now;
            const sum = files.queued + files.active + files.waiting + files.paused + files.done;
            expect(sum + files.skipped + files.failed + files.cancelled).to.equal(scripts.length);
            let totalAcknowledged = 0;
            let totalSent = 0;
            for (const item of job.items) {
              expect(item.acknowledged).to.be.within(acknowledged[item.index]!, item.size!);
              expect(item.sent).to.be.within(Math.max(sent[item.index]!, item.acknowledged), item.size!);
              acknowledged[item.index] = item.acknowledged;
              sent[item.index] = item.sent;
              totalAcknowledged += item.acknowledged;
              totalSent += item.sent;
              const seen = endsSeen[item.index]!;
              if (ends.includes(item.state) && seen.at(-1) !== item.state) seen.push(item.state);
            }
            expect(bytes.acknowledged).to.equal(totalAcknowledged);
            expect(bytes.sent).to.equal(totalSent);
            expect(now === 1).to.equal(state === 'done');
          };
          job.addEventListener('progress', check);
          for (const { what, index } of commands) {
            const at = index % scripts.length;
            if (what === 'pause') job.pause(at);
            else if (what === 'resume') job.resume(at);
            else if (what === 'cancel') void job.cancel(at);
            else if (what === 'retry') job.retryFailed();
            else if (what === 'pause-all') job.pause();
            else if (what === 'resume-all') job.resume();
            else await turn();
            check();
          }
          job.resume();
          const result = await job.finished;
          check();
          expect(job.running).to.equal(0);
          expect(result.snapshot.files.active + result.snapshot.files.queued).to.equal(0);
          for (const [index, seen] of endsSeen.entries()) {
            // A failed item may be tried again and fail again; apart from that an end is an end.
            const final = seen.filter(state => state !== 'failed');
            expect(final.length, seen.join()).to.be.at.most(1);
            expect(job.items.at(index)!.state).to.be.oneOf([...ends]);
          }
          const bad = result.snapshot.files.failed + result.snapshot.files.cancelled;
          expect(result.state).to.equal(bad > 0 ? 'incomplete' : 'done');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('begins no more than its windows allow', async () => {
    const job = new ScriptedJob(
      Array.from({ length: 40 }, (_, n) => ({ size: n * 40, steps: 2, end: 'done' })),
    );
    await job.finished;
    expect(job.mostRunning).to.be.within(6, 8);
  });

  it('waits for the clean-up before it has ended', async () => {
    const job = new ScriptedJob(Array.from({ length: 9 }, () => ({ size: 10, steps: 6, end: 'done' })));
    await turn();
    await job.cancel();
    expect(job.discarded.size).to.be.at.least(6);
    expect(job.snapshot.state).to.equal('cancelled');
    expect((await job.finished).state).to.equal('cancelled');
  });

  it('tells what changed in few events', async () => {
    const job = new ScriptedJob(Array.from({ length: 500 }, () => ({ size: 10, steps: 0, end: 'done' })));
    const changed = new Set<number>();
    let events = 0;
    job.addEventListener('itemchange', event => {
      events += 1;
      for (const index of event.indexes) changed.add(index);
    });
    let stateAtEnd = '';
    job.addEventListener('statechange', () => {
      stateAtEnd = job.snapshot.state;
    });
    await job.finished;
    expect(changed.size).to.equal(500);
    expect(events).to.be.lessThan(250);
    expect(stateAtEnd).to.equal('done');
  });
});

describe('ItemTable', () => {
  it('finds items by state in order, with offset and limit', () => {
    const table = new ItemTable();
    for (let index = 0; index < 1000; index++) table.add(`p/${index}`, index);
    for (let index = 0; index < 1000; index += 3) table.setState(index, 'failed');
    expect(table.inState(['failed'], 2, 3)).to.deep.equal([6, 9, 12]);
    expect(table.inState(['failed'])).to.have.length(334);
    expect(table.inState(['failed', 'queued'], 998)).to.deep.equal([998, 999]);
    expect(table.inState(['done'])).to.deep.equal([]);
    expect(table.at(3)).to.include({ path: 'p/3', name: '3', state: 'failed', size: 3 });
  });

  it('takes sizes that become known later', () => {
    const table = new ItemTable();
    const index = table.add('a', undefined);
    expect(table.unknownSizes).to.equal(1);
    table.setSent(index, 5);
    table.setSize(index, 8);
    expect(table).to.include({ unknownSizes: 0, totalSize: 8, totalSent: 5, bytesLeft: 8, bytesFlying: 5 });
    table.setAcknowledged(index, 3);
    expect(table).to.include({ bytesLeft: 5, bytesFlying: 2 });
    table.setAcknowledged(index, 7);
    expect(table).to.include({ bytesLeft: 1, bytesFlying: 0, totalSent: 7 });
    table.setState(index, 'cancelled');
    expect(table).to.include({ bytesLeft: 0, bytesFlying: 0 });
    expect([table.bytesIn('cancelled'), table.acknowledgedIn('cancelled')]).to.deep.equal([8, 7]);
  });
});

import { expect } from '@open-wc/testing';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import { BaseJob, type ItemControl } from '../../src/transfer/job.js';
import { TransferManager } from '../../src/transfer/manager.js';
import type { TransferJob, TransferResult } from '../../src/transfer/types.js';
import { until } from './harness.js';

/** A place of the page's whose last step takes until `letClose`. */
function slowToClose() {
  let letClose!: () => void;
  const mayClose = new Promise<void>(resolve => (letClose = resolve));
  let began!: () => void;
  const closing = new Promise<void>(resolve => (began = resolve));
  let end: 'closed' | 'aborted' | undefined;
  const stream = new WritableStream<Uint8Array>({
    async close() {
      began();
      await mayClose;
      end = 'closed';
    },
    abort() {
      end = 'aborted';
    },
  });
  return { stream, closing, letClose, end: () => end };
}

/** Its items are being completed as soon as they run, until `complete` says so. */
class CompletingJob extends BaseJob {
  readonly #complete: (index: number, signal: AbortSignal) => Promise<void>;

  constructor(count: number, complete: (index: number, signal: AbortSignal) => Promise<void>) {
    super('upload', 'completing');
    this.#complete = complete;
    for (let index = 0; index < count; index++) this.addItem(`item-${index}`, 1);
    this.closeItems();
  }

  protected override async runItem(index: number, control: ItemControl): Promise<TransferResult> {
    control.setState('finishing');
    await this.#complete(index, control.signal);
    const verified = { level: 'none', by: 'page' } as const;
    return { path: this.table.path(index), size: 1, checksums: [], verified };
  }
}

const turn = (): Promise<void> => new Promise(resolve => setTimeout(resolve));
const statesOf = (job: TransferJob) => Array.from(job.items, ({ state }) => state);

describe('a job that is cancelled while its last files are completed', () => {
  let letGo: () => void;
  let gate: Promise<void>;
  const held = () => gate;
  beforeEach(() => {
    gate = new Promise(resolve => (letGo = resolve));
  });

  it('is done when they are there in spite of it', async () => {
    const manager = new TransferManager({ adapter: memory({ files: { 'a.txt': 'abc' } }) });
    const place = slowToClose();
    const job = manager.download(['a.txt'], { to: place.stream });
    await place.closing;
    expect(statesOf(job)).to.deep.equal(['finishing']);
    const cancels = [job.cancel(), job.cancel()];
    place.letClose();
    const { state, snapshot } = await job.finished;
    await Promise.all(cancels);
    expect(place.end()).to.equal('closed');
    expect(statesOf(job)).to.deep.equal(['done']);
    expect([state, snapshot.state, job.snapshot.state]).to.deep.equal(['done', 'done', 'done']);
    expect(job.snapshot.progress).to.equal(1);
  });

  it('is cancelled when one of them could be stopped', async () => {
    const job = new CompletingJob(3, async (index, signal) => {
      await held();
      if (index === 1) signal.throwIfAborted();
    });
    await until(() => statesOf(job).every(state => state === 'finishing'));
    void job.cancel();
    letGo();
    expect((await job.finished).state).to.equal('cancelled');
    expect(statesOf(job)).to.deep.equal(['done', 'cancelled', 'done']);
  });

  it('is cancelled when another one had failed', async () => {
    const job = new CompletingJob(2, async index => {
      if (index === 0) throw new TransferError('Refused.', { kind: 'fatal', reason: 'forbidden' });
      await held();
    });
    await until(() => statesOf(job).join() === 'failed,finishing');
    void job.cancel();
    letGo();
    expect((await job.finished).state).to.equal('cancelled');
    expect(statesOf(job)).to.deep.equal(['failed', 'done']);
  });

  it('is cancelled when what they are all for is not made', async () => {
    class Archive extends CompletingJob {
      protected override async beforeEnd(): Promise<void> {
        await turn();
        this.stopSignal.throwIfAborted();
      }
    }
    const job = new Archive(2, held);
    await until(() => statesOf(job).every(state => state === 'finishing'));
    void job.cancel();
    letGo();
    expect((await job.finished).state).to.equal('cancelled');
    expect(statesOf(job)).to.deep.equal(['done', 'done']);
  });
});

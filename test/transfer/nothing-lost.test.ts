import { expect } from '@open-wc/testing';
import { StreamSink } from '../../src/transfer/sinks/stream.js';
import { FakeStorage, failure } from './fake-storage.js';
import { managerOf, until } from './harness.js';

/** Ways in which a move or a retry could lose a file and still say "done". */
describe('nothing is lost', () => {
  it('when two files of one name move into one folder: the second stays and says why', async () => {
    const storage = new FakeStorage();
    await storage.put('a/n', 'from a');
    await storage.put('b/n', 'from b');
    const { manager } = managerOf(storage.adapter);
    const job = manager.move(['a/n', 'b/n'], 'c/');
    expect((await job.finished).state).to.equal('incomplete');
    const left = [...storage.objects.keys()].sort();
    expect(left).to.have.length(2);
    expect(left).to.include('c/n');
    const [failed] = job.items.inState(['failed']);
    expect(job.items.at(failed!)!.error!.reason).to.equal('exists');
    expect(storage.objects.has(job.items.at(failed!)!.path)).to.equal(true);

    // However often it is tried again, it goes nowhere that is taken.
    job.retryFailed();
    expect((await job.finished).state).to.equal('incomplete');
    expect([...storage.objects.keys()].sort()).to.deep.equal(left);
  });

  it('when the deletion of a moved file is refused once: trying again deletes, and copies nothing', async () => {
    const storage = new FakeStorage();
    await storage.put('a/n', 'n');
    const { manager } = managerOf(storage.adapter);
    let refuse = true;
    storage.before = call =>
      refuse && call.operation === 'removeOne' ? failure('fatal', 'forbidden') : undefined;
    const job = manager.move(['a/n'], 'c/');
    expect((await job.finished).state).to.equal('incomplete');
    expect([...storage.objects.keys()].sort()).to.deep.equal(['a/n', 'c/n']);
    refuse = false;
    const copies = storage.count('copy');
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect([...storage.objects.keys()]).to.deep.equal(['c/n']);
    expect(storage.count('copy')).to.equal(copies);
  });

  it('when a cancelled job is told to try again: it stays ended', async () => {
    const storage = new FakeStorage();
    for (let index = 0; index < 20; index++) await storage.put(`a/f${index}`, 'x');
    const { manager } = managerOf(storage.adapter);
    storage.before = call => {
      if (call.operation === 'removeOne' && call.path === 'a/f0') return failure('fatal', 'forbidden');
      // The job is still at work when it is cancelled.
      return call.operation === 'list' && call.path === 'b/' ? new Promise(() => {}) : undefined;
    };
    const job = manager.remove(['a/', 'b/']);
    await until(() => job.snapshot.files.failed > 0, 'a failure');
    await job.cancel();
    await job.finished;
    job.retryFailed();
    expect((await job.finished).state).to.equal('cancelled');
    expect(job.items.inState(['queued', 'active'])).to.have.length(0);
  });

  it('when a stream would have to go back: it refuses instead of dropping bytes', async () => {
    const got: number[] = [];
    const sink = new StreamSink(new WritableStream<Uint8Array>({ write: chunk => void got.push(...chunk) }));
    await sink.open();
    await sink.write(0, new Uint8Array([1, 2, 3]));
    let refused: unknown;
    await sink.write(0, new Uint8Array([9])).catch(error => (refused = error));
    expect((refused as { reason?: string })?.reason).to.equal('incomplete');
    await sink.write(5, new Uint8Array([6]));
    refused = undefined;
    await sink.close().catch(error => (refused = error));
    expect((refused as { reason?: string })?.reason).to.equal('incomplete');
    expect(got).to.deep.equal([1, 2, 3]);
  });
});

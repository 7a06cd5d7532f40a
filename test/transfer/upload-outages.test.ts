import { expect } from '@open-wc/testing';
import { TransferError } from '../../src/core/errors.js';
import { systemClock } from '../../src/transfer/clock.js';
import { FakeStorage, failure } from './fake-storage.js';
import { bigFile, gate, managerOf, states, textFile, until } from './harness.js';

const unreachable = () => failure('retry', 'cors-or-network');

describe('outages while uploading', () => {
  it('waits for a signer that has answered before, as it waits for the storage', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    let away = 60;
    storage.before = call => {
      if (call.operation !== 'sign' || call.path === 'first') return undefined;
      away -= 1;
      return away > 0 ? unreachable() : undefined;
    };
    expect((await manager.upload([textFile('first')]).finished).state).to.equal('done');
    const job = manager.upload([textFile('second')]);
    expect((await job.finished).state).to.equal('done');
    expect(away).to.equal(0);
  });

  it('takes an outage of the signer for no outage of the storage', async () => {
    const storage = new FakeStorage();
    const { manager, connectivity } = managerOf(storage.adapter);
    connectivity.prove('local:');
    storage.before = call => (call.operation === 'sign' ? unreachable() : undefined);
    const job = manager.upload([textFile('a')]);
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.items.at(0)!.error!.message).to.contain('the service that prepares this page’s requests');
  });

  it('waits with the last words of a file whose bytes are stored', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    expect((await manager.upload([textFile('first')]).finished).state).to.equal('done');
    let away = 40;
    storage.before = call =>
      call.operation === 'finish' && --away > 0 ? failure('retry', 'network') : undefined;
    const job = manager.upload([textFile('second')]);
    expect((await job.finished).state).to.equal('done');
    expect(storage.calls.filter(call => call.operation === 'send' && call.path === 'second')).to.have.length(
      1,
    );
  });
});

describe('uploading below a bandwidth', () => {
  it('does not wait for bytes that were cancelled before they went out', async () => {
    const storage = new FakeStorage();
    const { manager, clock } = managerOf(storage.adapter, { bandwidth: 1000 });
    const held = gate();
    storage.before = async call => {
      if (call.operation === 'send' && call.path === 'large') await held.promise;
    };
    const large = manager.upload([textFile('large', 'x'.repeat(100_000))]);
    await until(() => large.items.at(0)!.sent > 0, 'the first half');
    const cancelled = large.cancel();
    held.open();
    await cancelled;
    const began = clock.now();
    expect((await manager.upload([textFile('small')]).finished).state).to.equal('done');
    // Half of it had gone out: that takes 50 seconds at this rate, the whole would take 100.
    expect(clock.now() - began).to.be.within(40_000, 60_000);
  });
});

describe('cancelling what is stored already', () => {
  it('calls a file done whose last steps were under way', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    const held = gate();
    storage.before = async call => {
      if (call.operation === 'finish') await held.promise;
    };
    const job = manager.upload([textFile('a')]);
    await until(() => storage.count('finish') === 1, 'the last step');
    const cancelled = job.cancel();
    held.open();
    await cancelled;
    expect(states(job)).to.deep.equal(['done']);
    expect(storage.text('a')).to.equal('a');
  });

  it('does not say cancelled when the answer to Complete is lost meanwhile', async () => {
    const storage = new FakeStorage({ plan: 'parts', partSize: 10, wholeChecksum: 'crc64nvme' });
    // Real time: what is left of it after a cancel must outlast a repetition.
    const { manager } = managerOf(storage.adapter, { clock: systemClock });
    const held = gate();
    storage.after = async call => {
      if (call.operation !== 'complete') return undefined;
      await held.promise;
      return failure('retry', 'network');
    };
    const job = manager.upload([bigFile('a', 25)]);
    await until(() => storage.objects.has('a'), 'the object');
    const cancelled = job.cancel();
    held.open();
    await cancelled;
    expect(states(job)).to.deep.equal(['done']);
    expect(storage.uploads.size).to.equal(0);
  });

  it('still ends soon when the storage never answers again', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    storage.before = call => {
      if (call.operation === 'finish') return new Promise<void>(() => {});
      return undefined;
    };
    const job = manager.upload([textFile('a')]);
    await until(() => storage.count('finish') === 1, 'the last step');
    await job.cancel();
    expect(states(job)).to.deep.equal(['cancelled']);
  });
});

describe('what failed uploads keep', () => {
  const broken = (storage: FakeStorage): void => {
    storage.before = call =>
      call.operation === 'part' && call.path === 'bad' && call.part === 2
        ? new TransferError('Refused.', { kind: 'fatal', reason: 'forbidden' })
        : undefined;
  };

  it('goes when the job is cancelled', async () => {
    const storage = new FakeStorage({ plan: 'parts', partSize: 10 });
    const { manager } = managerOf(storage.adapter);
    broken(storage);
    const held = gate();
    const hold = storage.before;
    storage.before = async call => {
      if (call.path === 'slow' && call.operation === 'part') await held.promise;
      return hold(call);
    };
    const job = manager.upload([bigFile('bad', 25), bigFile('slow', 25)]);
    await until(() => job.snapshot.files.failed === 1, 'a failure');
    expect(storage.uploads.size).to.equal(2);
    const cancelled = job.cancel();
    held.open();
    await cancelled;
    await until(() => storage.uploads.size === 0, 'the aborts');
    expect(states(job)).to.deep.equal(['failed', 'cancelled']);
  });

  it('stays for another try, and goes when the job is dismissed', async () => {
    const storage = new FakeStorage({ plan: 'parts', partSize: 10 });
    const { manager } = managerOf(storage.adapter);
    broken(storage);
    const job = manager.upload([bigFile('bad', 25)]);
    await job.finished;
    expect(storage.uploads.size).to.equal(1);
    job.retryFailed();
    await job.finished;
    expect(storage.count('begin')).to.equal(1);
    manager.dismiss(job);
    await until(() => storage.uploads.size === 0, 'the abort');
  });
});

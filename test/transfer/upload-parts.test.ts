import { expect } from '@open-wc/testing';
import type { Adapter, PartsPlan } from '../../src/adapters/adapter.js';
import { Connectivity } from '../../src/transfer/connectivity.js';
import { FakeStorage, failure, hasher } from './fake-storage.js';
import { bigFile, gate, managerOf, states, until } from './harness.js';

const kb = 1024;
const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());

async function expectStored(storage: FakeStorage, file: File, path = file.name): Promise<void> {
  expect(storage.objects.get(path)?.bytes).to.deep.equal(await bytesOf(file));
  expect(storage.uploads.size, 'unfinished uploads').to.equal(0);
}

const partsStorage = (options: ConstructorParameters<typeof FakeStorage>[0] = {}): FakeStorage =>
  new FakeStorage({
    plan: 'parts',
    partSize: 10 * kb,
    requestChecksum: 'crc64nvme',
    wholeChecksum: 'crc64nvme',
    ...options,
  });

describe('upload in parts', () => {
  it('sends parts side by side and puts them together in order', async () => {
    const storage = partsStorage();
    const open = gate();
    storage.before = async call => {
      if (call.operation === 'part') {
        if (storage.flying >= 4) open.open();
        await open.promise;
      }
    };
    const { manager } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 105 * kb);
    const job = manager.upload([file]);
    const { state } = await job.finished;
    expect(state).to.equal('done');
    await expectStored(storage, file);
    expect(storage.mostFlying).to.be.within(4, 6);
    const item = job.items.at(0)!;
    expect(item).to.include({ acknowledged: 105 * kb, sent: 105 * kb });
    expect(item.result!.verified).to.deep.equal({ level: 'checksum', by: 'storage', algorithm: 'crc64nvme' });
    expect(job.snapshot.progress).to.equal(1);
  });

  it('signs one step ahead and never all at once', async () => {
    const storage = partsStorage();
    const open = gate();
    storage.before = async call => {
      if (call.operation === 'part') await open.promise;
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([bigFile('big.bin', 400 * kb)]);
    await until(() => storage.flying === 6 && storage.count('signPart') > 6);
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(storage.count('signPart')).to.be.within(7, 8);
    open.open();
    expect((await job.finished).state).to.equal('done');
  });

  it('reads the first parts while the upload is being begun, and each only once', async () => {
    const storage = partsStorage();
    const begun = gate();
    storage.before = async call => {
      if (call.operation === 'begin') await begun.promise;
    };
    const read: Blob[] = [];
    const { manager } = managerOf(storage.adapter, {
      hasher: {
        supports: (algorithm, size) => hasher.supports(algorithm, size),
        hashBytes: (bytes, algorithms) => hasher.hashBytes(bytes, algorithms),
        incremental: algorithm => hasher.incremental(algorithm),
        close: () => {},
        hash: (blob, algorithms, options) => {
          read.push(blob);
          return hasher.hash(blob, algorithms, options);
        },
      },
    });
    const file = bigFile('big.bin', 95 * kb);
    const job = manager.upload([file]);
    await until(() => read.length > 0);
    expect(storage.uploads.size).to.equal(0);
    expect(read.length).to.equal(6);
    begun.open();
    expect((await job.finished).state).to.equal('done');
    await expectStored(storage, file);
    expect(read.length).to.equal(10);
  });

  it('keeps the parts it has over a pause, and frees its connections at once', async () => {
    const storage = partsStorage();
    const { manager, scheduler } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 200 * kb);
    const hold = gate();
    storage.before = async call => {
      if (call.operation === 'part' && call.part > 8 && call.count === 1) await hold.promise;
    };
    const job = manager.upload([file]);
    await until(() => job.items.at(0)!.acknowledged >= 80 * kb);
    job.pause();
    expect(states(job)).to.deep.equal(['paused']);
    hold.open();
    await until(() => scheduler.inspect('local:').active === 0);
    expect(job.snapshot.state).to.equal('paused');
    const before = storage.calls.filter(call => call.operation === 'part' && call.part <= 8).length;
    expect(before).to.equal(8);
    job.resume();
    expect((await job.finished).state).to.equal('done');
    expect(storage.calls.filter(call => call.operation === 'part' && call.part <= 8)).to.have.length(8);
    expect(storage.count('begin')).to.equal(1);
    await expectStored(storage, file);
  });

  it('can be paused while it is being begun, and begins only once', async () => {
    const storage = partsStorage();
    const hold = gate();
    storage.before = async call => {
      if (call.operation === 'begin') await hold.promise;
    };
    const { manager } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 30 * kb);
    const job = manager.upload([file]);
    await until(() => storage.count('begin') === 1);
    job.pause();
    job.resume();
    job.pause();
    hold.open();
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(storage.count('part')).to.equal(0);
    job.resume();
    expect((await job.finished).state).to.equal('done');
    expect(storage.count('begin')).to.equal(1);
    await expectStored(storage, file);
  });

  it('leaves nothing behind when it is cancelled, even while it is being begun', async () => {
    const storage = partsStorage();
    const hold = gate();
    storage.before = async call => {
      if (call.operation === 'begin') await hold.promise;
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([bigFile('big.bin', 30 * kb)]);
    await until(() => storage.count('begin') === 1);
    const cancelled = job.cancel();
    expect(states(job)).to.deep.equal(['cancelled']);
    hold.open();
    await cancelled;
    expect(storage.count('abort')).to.be.at.least(1);
    expect(storage.uploads.size).to.equal(0);
    expect((await job.finished).state).to.equal('cancelled');
  });

  it('is not held up by a begin that gets no answer, and removes what it began when one comes after all', async () => {
    const storage = partsStorage();
    const hold = gate();
    storage.after = async call => {
      if (call.operation === 'begin') await hold.promise;
    };
    const { manager, clock } = managerOf(storage.adapter);
    const job = manager.upload([bigFile('big.bin', 30 * kb)]);
    await until(() => storage.count('begin') === 1);
    await job.cancel();
    expect((await job.finished).state).to.equal('cancelled');
    expect(clock.delays).to.include(30_000);
    expect(storage.uploads.size, 'begun, and unknown to the page').to.equal(1);
    hold.open();
    await until(() => storage.uploads.size === 0, 'the abort');
  });

  it('looks for parts that were stored after the abort', async () => {
    const storage = partsStorage();
    const { manager } = managerOf(storage.adapter);
    storage.before = call => (call.operation === 'part' && call.part > 2 ? new Promise(() => {}) : undefined);
    let late: [string, ReturnType<typeof storage.uploads.get>] | undefined;
    storage.after = call => {
      if (call.operation === 'abort' && call.count === 1) storage.uploads.set(late![0], late![1]!);
    };
    const job = manager.upload([bigFile('big.bin', 60 * kb)]);
    await until(() => job.items.at(0)!.acknowledged >= 20 * kb, 'two parts');
    late = [...storage.uploads][0];
    await job.cancel();
    expect(storage.count('abort')).to.equal(2);
    expect(storage.uploads.size).to.equal(0);
  });

  it('believes no part whose reported checksum is not that of its bytes', async () => {
    const storage = partsStorage();
    const adapter: Adapter = {
      ...storage.adapter,
      openUpload: async (intent, options) => {
        const plan = (await storage.adapter.openUpload!(intent, options)) as PartsPlan;
        return {
          ...plan,
          readPart: (part, response) => {
            const receipt = plan.readPart(part, response);
            if (part.number !== 2) return receipt;
            return { ...receipt, checksum: { algorithm: 'crc64nvme', scope: 'full', value: 'AAAAAAAAAAA=' } };
          },
        };
      },
    };
    const { manager } = managerOf(adapter);
    const job = manager.upload([bigFile('big.bin', 30 * kb)]);
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.items.at(0)!.error!.reason).to.equal('checksum-mismatch');
    expect(storage.count('complete'), 'completions').to.equal(0);
  });

  it('is not stopped by a pause while the storage puts the parts together', async () => {
    for (const index of [0, undefined]) {
      const storage = partsStorage();
      const hold = gate();
      storage.before = async call => {
        if (call.operation === 'complete') await hold.promise;
      };
      const { manager } = managerOf(storage.adapter);
      const file = bigFile('big.bin', 30 * kb);
      const job = manager.upload([file]);
      await until(() => storage.count('complete') === 1, 'the completion');
      job.pause(index);
      expect(states(job)).to.deep.equal(['finishing']);
      hold.open();
      await until(() => states(job)[0] === 'done', 'the end');
      await expectStored(storage, file);
    }
  });

  it('repeats the abort until it has worked', async () => {
    const storage = partsStorage();
    storage.before = call =>
      call.operation === 'abort' && call.count < 3 ? failure('retry', 'server') : undefined;
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([bigFile('big.bin', 400 * kb)]);
    await until(() => storage.count('part') > 3);
    await job.cancel();
    expect(storage.uploads.size).to.equal(0);
    expect(storage.objects.size).to.equal(0);
  });

  it('finds out that a lost answer to Complete was a success', async () => {
    const storage = partsStorage();
    storage.after = call =>
      call.operation === 'complete' && call.count === 1 ? failure('retry', 'network') : undefined;
    const { manager } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 30 * kb);
    const job = manager.upload([file]);
    expect((await job.finished).state).to.equal('done');
    expect(storage.count('complete')).to.equal(1);
    expect(storage.count('begin')).to.equal(1);
    expect(job.items.at(0)!.result!.verified?.level).to.equal('checksum');
    await expectStored(storage, file);
  });

  it('takes NoSuchUpload at Complete for what it is when the object is there', async () => {
    const storage = partsStorage();
    storage.after = call =>
      call.operation === 'complete' && call.count === 1 ? failure('restart', 'upload-gone') : undefined;
    const { manager } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 30 * kb);
    expect((await manager.upload([file]).finished).state).to.equal('done');
    expect(storage.count('begin')).to.equal(1);
    await expectStored(storage, file);
  });

  it('does not take an older object of the same size for its own', async () => {
    const storage = partsStorage();
    await storage.put('big.bin', 'x'.repeat(30 * kb));
    storage.before = call => {
      if (call.operation !== 'complete' || call.count > 1) return undefined;
      storage.uploads.clear();
      return failure('restart', 'upload-gone');
    };
    const { manager } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 30 * kb);
    expect((await manager.upload([file]).finished).state).to.equal('done');
    expect(storage.count('begin')).to.equal(2);
    await expectStored(storage, file);
  });

  it('begins anew when the storage has forgotten the upload, without its progress going back', async () => {
    const storage = partsStorage();
    storage.before = call => {
      if (call.operation === 'part' && call.part === 9 && call.count === 1) storage.uploads.clear();
    };
    const { manager } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 150 * kb);
    const job = manager.upload([file]);
    let highest = 0;
    let fell = false;
    job.addEventListener('progress', () => {
      const { acknowledged, sent } = job.items.at(0)!;
      fell ||= acknowledged < highest || sent < acknowledged;
      highest = Math.max(highest, acknowledged);
    });
    expect((await job.finished).state).to.equal('done');
    expect(fell).to.equal(false);
    expect(storage.count('begin')).to.equal(2);
    await expectStored(storage, file);
  });

  it('asks for a fresh signature when one has expired', async () => {
    const storage = partsStorage();
    storage.before = call =>
      call.operation === 'part' && call.part === 2 && call.count === 1
        ? failure('re-sign', 'expired')
        : undefined;
    const { manager } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 30 * kb);
    expect((await manager.upload([file]).finished).state).to.equal('done');
    const signs = storage.calls.filter(call => call.operation === 'signPart' && call.part === 2);
    expect(signs.map(call => call.attempt)).to.deep.equal([1, 2]);
    await expectStored(storage, file);
  });

  it('repeats a part that was lost, and only that', async () => {
    const storage = partsStorage();
    storage.before = call =>
      call.operation === 'part' && call.part === 3 && call.count < 4
        ? failure('retry', 'network')
        : undefined;
    const { manager } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 80 * kb);
    expect((await manager.upload([file]).finished).state).to.equal('done');
    expect(storage.count('part')).to.equal(8 + 3);
    await expectStored(storage, file);
  });

  it('sends a damaged part once more, and never presents damage as good', async () => {
    for (const always of [false, true]) {
      const storage = partsStorage();
      storage.damage = (bytes, call) => {
        if (call.operation === 'part' && call.part === 2 && (always || call.count === 1)) bytes[5]! ^= 1;
        return bytes;
      };
      const { manager } = managerOf(storage.adapter);
      const file = bigFile('big.bin', 30 * kb);
      const job = manager.upload([file]);
      const { state } = await job.finished;
      expect(state).to.equal(always ? 'incomplete' : 'done');
      if (always) {
        expect(job.items.at(0)!.error!.reason).to.equal('checksum-mismatch');
        manager.dismiss(job);
        await until(() => storage.uploads.size === 0);
      } else await expectStored(storage, file);
    }
  });

  it('compares the ETag of the parts where the storage reports no checksum', async () => {
    const storage = partsStorage({
      reports: 'none',
      requestChecksum: undefined,
      wholeChecksum: undefined,
    } as never);
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([bigFile('a.bin', 30 * kb), bigFile('b.bin', 30 * kb)]);
    expect((await job.finished).state).to.equal('done');
    for (const item of job.items)
      expect(item.result!.verified).to.include({ level: 'etag', algorithm: 'md5' });
  });

  it('finds damage by the ETag alone', async () => {
    const storage = partsStorage({
      reports: 'none',
      requestChecksum: undefined,
      wholeChecksum: undefined,
    } as never);
    storage.damage = (bytes, call) => {
      if (call.part === 2) bytes[5]! ^= 1;
      return bytes;
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([bigFile('a.bin', 30 * kb)]);
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.items.at(0)!.error).to.include({ reason: 'checksum-mismatch' });
    expect(storage.count('begin'), 'tried once from scratch').to.equal(2);
  });

  it('settles for the size where ETags are no digests', async () => {
    const storage = partsStorage({
      reports: 'none',
      etags: 'random',
      requestChecksum: undefined,
      wholeChecksum: undefined,
    } as never);
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([bigFile('a.bin', 30 * kb)]);
    expect((await job.finished).state).to.equal('done');
    expect(job.items.at(0)!.result!.verified?.level).to.equal('size');
    const strict = manager.upload([bigFile('b.bin', 30 * kb)], { verify: 'etag' });
    expect((await strict.finished).state).to.equal('incomplete');
    strict.retryFailed();
    expect((await strict.finished).state).to.equal('incomplete');
    expect(strict.items.at(0)!.error!.reason).to.equal('unverified');
  });

  it('waits while offline and goes on by itself', async () => {
    const storage = partsStorage();
    const events = new EventTarget();
    let online = true;
    const connectivity = new Connectivity(undefined, { events, isOnline: () => online });
    storage.before = call => (call.operation === 'part' && !online ? failure('retry', 'network') : undefined);
    const { manager } = managerOf(storage.adapter, { connectivity });
    const file = bigFile('big.bin', 200 * kb);
    const job = manager.upload([file]);
    await until(() => job.items.at(0)!.acknowledged > 0);
    online = false;
    await until(() => job.snapshot.state === 'waiting');
    expect(job.snapshot.reason!.message).to.contain('No connection');
    online = true;
    events.dispatchEvent(new Event('online'));
    expect((await job.finished).state).to.equal('done');
    await expectStored(storage, file);
  });

  it('uses all origins of the plan', async () => {
    const origins = ['https://a.test', 'https://b.test'];
    const storage = partsStorage({ origins });
    // A part that is sent at once leaves its connection to the next one.
    storage.before = call =>
      call.operation === 'part' ? new Promise(resolve => setTimeout(resolve, 20)) : undefined;
    const { manager } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 200 * kb);
    expect((await manager.upload([file]).finished).state).to.equal('done');
    const asked = new Set(
      storage.calls.filter(call => call.operation === 'signPart').map(call => call.origin),
    );
    expect([...asked].sort()).to.deep.equal(origins);
  });

  it('stores an empty file', async () => {
    const storage = partsStorage();
    const { manager } = managerOf(storage.adapter);
    const file = new File([], 'empty.txt');
    const job = manager.upload([file]);
    expect((await job.finished).state).to.equal('done');
    await expectStored(storage, file);
    expect(job.snapshot.progress).to.equal(1);
  });

  it('keeps a failed upload for another try, and clears it when the job is dismissed', async () => {
    const storage = partsStorage();
    let broken = true;
    storage.before = call =>
      broken && call.operation === 'part' && call.part === 7 ? failure('fatal', 'forbidden') : undefined;
    const { manager } = managerOf(storage.adapter);
    const file = bigFile('big.bin', 100 * kb);
    const job = manager.upload([file]);
    expect((await job.finished).state).to.equal('incomplete');
    const sent = storage.count('part');
    broken = false;
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(storage.count('begin')).to.equal(1);
    expect(storage.count('part') - sent).to.be.lessThan(10);
    await expectStored(storage, file);

    broken = true;
    const other = manager.upload([bigFile('other.bin', 100 * kb)]);
    await other.finished;
    expect(storage.uploads.size).to.equal(1);
    manager.dismiss(other);
    await until(() => storage.uploads.size === 0);
  });
});

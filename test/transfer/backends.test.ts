import { expect } from '@open-wc/testing';
import {
  getBackend,
  managerFor,
  onManagerAdded,
  registerBackend,
  registeredManagers,
  whenBackend,
} from '../../src/transfer/backends.js';
import { TransferManager } from '../../src/transfer/manager.js';
import { FakeStorage } from './fake-storage.js';
import { textFile, until } from './harness.js';

describe('backends', () => {
  it('share one manager for an adapter, whatever names it has', () => {
    const { adapter } = new FakeStorage();
    registerBackend('one', adapter);
    registerBackend('two', adapter);
    expect(getBackend('one')).to.equal(adapter);
    expect(managerFor(adapter)).to.equal(managerFor(getBackend('two')!));
    expect(registeredManagers().filter(manager => manager.adapter === adapter)).to.have.length(1);
  });

  it('tell those who came before the registration', async () => {
    const { adapter } = new FakeStorage();
    const added: TransferManager[] = [];
    const stop = onManagerAdded(manager => added.push(manager));
    const early = whenBackend('late');
    const abort = new AbortController();
    const gone = whenBackend('late', { signal: abort.signal }).catch(error => error);
    abort.abort(new Error('left'));
    expect((await gone).message).to.equal('left');
    expect(getBackend('late')).to.equal(undefined);
    registerBackend('late', adapter);
    expect(await early).to.equal(adapter);
    expect(await whenBackend('late')).to.equal(adapter);
    expect(added.map(manager => manager.adapter)).to.deep.equal([adapter]);
    stop();
    managerFor(new FakeStorage().adapter);
    expect(added).to.have.length(1);
  });

  it('take a manager with options of its own', () => {
    const { adapter } = new FakeStorage();
    const manager = new TransferManager({ adapter, connectionsPerOrigin: 2 });
    registerBackend('own', manager);
    expect(managerFor(getBackend('own')!)).to.equal(manager);
  });
});

describe('TransferManager', () => {
  it('tells of jobs that come, end and go', async () => {
    const storage = new FakeStorage();
    const manager = new TransferManager({ adapter: storage.adapter });
    const told: string[] = [];
    for (const type of ['jobadd', 'jobend', 'jobremove'] as const) {
      manager.addEventListener(type, event => told.push(`${type} ${event.job.kind}`));
    }
    let progress = 0;
    manager.addEventListener('progress', () => {
      progress += 1;
    });
    const job = manager.upload([textFile('a')]);
    manager.dismiss(job);
    expect(manager.jobs).to.deep.equal([job]);
    expect(manager.snapshot.kind).to.equal('all');
    await job.finished;
    await until(() => progress > 0);
    expect(manager.snapshot).to.include({ state: 'done', progress: 1 });
    manager.dismiss(job);
    expect(manager.jobs).to.deep.equal([]);
    expect(told).to.deep.equal(['jobadd upload', 'jobend upload', 'jobremove upload']);
    expect(manager.snapshot).to.include({ state: 'done', progress: 1 });
  });

  it('keeps below its bandwidth', async () => {
    const storage = new FakeStorage();
    const { FastClock } = await import('./fast-clock.js');
    const clock = new FastClock();
    const manager = new TransferManager({ adapter: storage.adapter, clock, bandwidth: 1000 });
    const start = clock.now();
    const files = Array.from({ length: 10 }, (_, index) => textFile(`f${index}`, 'x'.repeat(500)));
    await manager.upload(files).finished;
    expect(clock.now() - start).to.be.at.least(4500);
  });

  it('makes folders', async () => {
    const storage = new FakeStorage();
    const manager = new TransferManager({ adapter: storage.adapter });
    const stale: string[] = [];
    manager.addEventListener('storagechange', event => stale.push(...event.folders));
    await manager.createFolder('a/new');
    expect([...storage.folders]).to.deep.equal(['a/new/']);
    await until(() => stale.includes('a/'));
  });
});

import { expect } from '@open-wc/testing';
import { AdaptiveLimit } from '../../src/transfer/concurrency.js';
import { type Lease, Scheduler } from '../../src/transfer/scheduler.js';
import { FastClock } from './fast-clock.js';

const one = ['https://a.test'];
const never = new AbortController().signal;
const settled = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));

describe('Scheduler', () => {
  it('gives one origin six connections and not more', async () => {
    const scheduler = new Scheduler(new FastClock());
    const leases: Lease[] = [];
    for (let n = 0; n < 9; n++) {
      void scheduler.acquire({ origins: one, signal: never }).then(lease => leases.push(lease));
    }
    await settled();
    expect(leases).to.have.length(6);
    leases[0]!.release();
    leases[0]!.release();
    await settled();
    expect(leases).to.have.length(7);
    expect(scheduler.inspect(one[0]!)).to.include({ active: 6, waiting: 2 });
  });

  it('gives the usual number again when whoever asked for another is gone', async () => {
    const scheduler = new Scheduler(new FastClock());
    (await scheduler.acquire({ origins: one, signal: never, ceiling: 1 })).release();
    const leases: Lease[] = [];
    for (let n = 0; n < 4; n++) {
      void scheduler.acquire({ origins: one, signal: never }).then(lease => leases.push(lease));
    }
    await settled();
    expect(leases).to.have.length(4);
  });

  it('spreads over several origins, each with its own six', async () => {
    const scheduler = new Scheduler(new FastClock());
    const origins = ['https://a.test', 'https://b.test', 'https://c.test'];
    const leases: Lease[] = [];
    for (let n = 0; n < 30; n++) {
      void scheduler.acquire({ origins, signal: never }).then(lease => leases.push(lease));
    }
    await settled();
    for (const origin of origins) {
      expect(leases.filter(lease => lease.origin === origin)).to.have.length(6);
    }
  });

  it('keeps a reservation at its origin and counts it', async () => {
    const scheduler = new Scheduler(new FastClock());
    const origins = ['https://a.test', 'https://b.test'];
    const first = scheduler.reserve(origins);
    const second = scheduler.reserve(origins);
    expect(first.origin).not.to.equal(second.origin);
    const lease = await scheduler.acquire({ origins, signal: never, reservation: second });
    expect(lease.origin).to.equal(second.origin);
    expect(scheduler.inspect(second.origin).reserved).to.equal(0);
    first.cancel();
    first.cancel();
    expect(scheduler.inspect(first.origin).reserved).to.equal(0);
  });

  it('lets a large file in although many small ones wait, and small ones although a large one does', async () => {
    const scheduler = new Scheduler(new FastClock());
    const small = {};
    const large = {};
    const held: { flow: object; lease: Lease }[] = [];
    const ask = (flow: object): void => {
      void scheduler.acquire({ origins: one, signal: never, flow }).then(lease => held.push({ flow, lease }));
    };
    for (let n = 0; n < 1000; n++) ask(small);
    for (let n = 0; n < 100; n++) ask(large);
    await settled();
    for (let round = 0; round < 60; round++) {
      held.splice(0, 1)[0]!.lease.release();
      await settled();
    }
    expect(held.filter(each => each.flow === large)).to.have.length(3);
    expect(held.filter(each => each.flow === small)).to.have.length(3);
  });

  it('serves bytes before the rest, but starves nothing', async () => {
    const scheduler = new Scheduler(new FastClock());
    scheduler.setCeiling(one[0]!, 1);
    const first = await scheduler.acquire({ origins: one, signal: never });
    const order: string[] = [];
    const ask = (priority: 'bytes' | 'complete' | 'begin', name: string): void => {
      void scheduler.acquire({ origins: one, signal: never, priority }).then(lease => {
        order.push(name);
        queueMicrotask(() => lease.release());
      });
    };
    ask('begin', 'begin');
    ask('complete', 'complete');
    for (let n = 0; n < 30; n++) ask('bytes', 'bytes');
    first.release();
    await settled();
    expect(order[0]).to.equal('bytes');
    expect(order.indexOf('complete')).to.be.within(4, 10);
    expect(order.indexOf('begin')).to.be.within(4, 16);
    expect(order).to.have.length(32);
  });

  it('forgets a waiter whose signal is aborted', async () => {
    const scheduler = new Scheduler(new FastClock());
    scheduler.setCeiling(one[0]!, 1);
    const lease = await scheduler.acquire({ origins: one, signal: never });
    const abort = new AbortController();
    const waiting = scheduler.acquire({ origins: one, signal: abort.signal });
    abort.abort(new Error('enough'));
    expect(await waiting.catch(error => error.message)).to.equal('enough');
    lease.release();
    expect(scheduler.inspect(one[0]!)).to.include({ active: 0, waiting: 0 });
  });

  it('sends nothing to an origin that asked for silence', async () => {
    const clock = new FastClock();
    const scheduler = new Scheduler(clock);
    const start = clock.now();
    scheduler.brake(one[0]!, 5000);
    await scheduler.acquire({ origins: one, signal: never });
    expect(clock.now() - start).to.be.at.least(5000);
  });
});

describe('AdaptiveLimit', () => {
  const round = (limit: AdaptiveLimit, now: number, bytes: number): void => {
    for (let n = 0; n < limit.limit * 2; n++) limit.succeeded(bytes, now + n, true);
    limit.succeeded(bytes, now + 2500, true);
  };

  it('stays at six where six is all a browser opens', () => {
    const limit = new AdaptiveLimit();
    for (let n = 0; n < 20; n++) round(limit, n * 3000, 1e6);
    expect(limit.limit).to.equal(6);
  });

  it('climbs while throughput rises, and steps back when a step brought nothing', () => {
    const limit = new AdaptiveLimit({ ceiling: 20 });
    expect(limit.limit).to.equal(6);
    for (let n = 0; n < 4; n++) round(limit, n * 3000, 1e6 * limit.limit);
    const climbed = limit.limit;
    expect(climbed).to.be.greaterThan(7);
    // From now on a window brings the same however many connections share it.
    for (let n = 4; n < 8; n++) round(limit, n * 3000, 1e6 / limit.limit);
    expect(limit.limit).to.be.at.most(climbed);
  });

  it('backs off on loss once for losses that come together, and climbs again', () => {
    const limit = new AdaptiveLimit();
    limit.lost(1000);
    limit.lost(1100);
    limit.lost(1200);
    expect(limit.limit).to.equal(4);
    for (let n = 0; n < 30; n++) limit.succeeded(1e6, 5000 + n * 10, true);
    expect(limit.limit).to.equal(6);
  });
});

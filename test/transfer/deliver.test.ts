import { expect } from '@open-wc/testing';
import { systemClock } from '../../src/transfer/clock.js';
import { Connectivity } from '../../src/transfer/connectivity.js';
import type { TransferContext } from '../../src/transfer/context.js';
import { deliver } from '../../src/transfer/deliver.js';
import { Pacer } from '../../src/transfer/pacer.js';
import { Scheduler } from '../../src/transfer/scheduler.js';
import { FakeStorage } from './fake-storage.js';
import { until } from './harness.js';

describe('a signature that the wait for a connection outlived', () => {
  for (const wait of [5_000, 50_000]) {
    it(`${wait < 20_000 ? 'is used while it lasts' : 'is made anew'} after ${wait / 1000} seconds`, async () => {
      let passed = 0;
      const clock = { ...systemClock, now: () => Date.now() + passed };
      const scheduler = new Scheduler(clock);
      const context = {
        adapter: new FakeStorage().adapter,
        clock,
        scheduler,
        connectivity: new Connectivity(clock),
        pacer: new Pacer(clock, undefined),
        connectionsPerOrigin: 1,
      } as unknown as TransferContext;
      const { signal } = new AbortController();
      const { origin } = location;
      const taken = await scheduler.acquire({ origins: [origin], signal, flow: {}, ceiling: 1 });
      const signed: number[] = [];
      const used: string[] = [];
      const delivered = deliver({
        context,
        signal,
        flow: {},
        origins: [],
        phase: 'send',
        body: () => new Blob(['bytes']),
        size: 5,
        sign: async ({ attempt }) => {
          signed.push(attempt);
          return { method: 'PUT', url: `${origin}/?attempt=${attempt}`, expiresAt: clock.now() + 60_000 };
        },
        readError: () => undefined,
        onSending: () => used.push(String(signed.at(-1))),
      });
      await until(() => signed.length === 1, 'the first signature');
      passed = wait;
      taken.release();
      await delivered;
      expect(signed).to.deep.equal(wait < 20_000 ? [1] : [1, 2]);
      expect(used).to.deep.equal([String(signed.length)]);
    });
  }
});

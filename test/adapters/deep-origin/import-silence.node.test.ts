/** Imports whose one long request is not answered, while everything else is, or while nothing is. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ImportPlan } from '../../../src/adapters/adapter.js';
import { Connectivity } from '../../../src/transfer/connectivity.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import { Scheduler } from '../../../src/transfer/scheduler.js';
import { signal } from '../../contract/transfer.js';
import { FastClock } from '../../transfer/fast-clock.js';
import { type Setup, setUp } from './setup.js';

describe('deep-origin imports that are not answered', () => {
  const url = 'https://data.example/reads.bam?secret=1';
  let setup: Setup;
  before(async () => {
    setup = await setUp();
    setup.standIn.sources.set(url, 'the reads');
  });
  after(() => setup.close());
  beforeEach(() => {
    setup.standIn.faults.reset();
    setup.lines();
  });

  const adapter = () => setup.another({ importTimeout: 500, timeout: 5_000 });
  const planFor = (path: string): Promise<ImportPlan> => adapter().importFromUrl!(path, url, { signal });
  const posts = () => setup.lines().filter(line => line.startsWith('POST')).length;
  const timeout = { kind: 'retry', reason: 'timeout' };

  it('end in words after three of them, when the API answers what else it is asked', async () => {
    await setup.put('old.bam', 'the file of before');
    const clock = new FastClock();
    const manager = new TransferManager({
      adapter: adapter(),
      clock,
      connectivity: new Connectivity(clock),
      scheduler: new Scheduler(clock),
    });
    // The platform is known by then: an outage would be waited out, however long it lasts.
    assert.equal((await manager.importFromUrl([{ url, path: 'known.bam' }]).finished).state, 'done');
    setup.lines();
    for (const path of ['never.bam', 'old.bam']) {
      setup.standIn.faults.failNext({ operation: 'import', stall: 'before', times: 3 });
      const job = manager.importFromUrl([{ url, path }]);
      assert.equal((await job.finished).state, 'incomplete');
      const { error } = job.items.at(0)!;
      assert.deepEqual([error?.kind, error?.reason, error?.path], ['fatal', 'timeout', path]);
      assert.match(error!.message, /may still come: reload the listing/);
      assert.ok(!JSON.stringify(error).includes('secret'));
      assert.equal(posts(), 3);
      // The person tries again, and begins anew.
      job.retryFailed();
      assert.equal((await job.finished).state, 'done');
      assert.equal(posts(), 1);
    }
  });

  it('are not counted while nothing is answered', async () => {
    const plan = await planFor('outage.bam');
    setup.standIn.faults.failNext({ operation: 'import', stall: 'before', times: 4 });
    // The look before each request is answered, the one after its silence is not.
    let looks = 0;
    setup.standIn.faults.rules.push({ operation: 'stat', match: () => (looks += 1) % 2 === 0, cut: true });
    for (let tries = 0; tries < 4; tries += 1) await assert.rejects(plan.start({ signal }), timeout);
    setup.standIn.faults.reset();
    assert.deepEqual(Object.keys(await plan.start({ signal })), ['etag']);
  });

  it('are found out when the file has arrived in the silence', async () => {
    setup.standIn.faults.failNext({ operation: 'import', stall: 'after' });
    const plan = await planFor('late.bam');
    const state = await plan.start({ signal });
    const answer = await plan.poll(state, { signal });
    assert.ok('outcome' in answer);
    assert.deepEqual([answer.outcome.path, answer.outcome.size], ['late.bam', 9]);
    assert.equal(posts(), 1);
  });

  it('are looked for before anything is fetched again', async () => {
    setup.standIn.faults.failNext({ operation: 'import', loseAnswer: true });
    const lost = await planFor('lost.bam');
    await assert.rejects(lost.start({ signal }), { kind: 'retry', reason: 'network' });
    assert.deepEqual(await lost.start({ signal }), {});
    assert.equal(posts(), 1);

    setup.standIn.faults.failNext({ operation: 'import', status: 503 });
    const busy = await planFor('busy.bam');
    await assert.rejects(busy.start({ signal }), { kind: 'retry', reason: 'server' });
    assert.deepEqual(Object.keys(await busy.start({ signal })), ['etag']);
    assert.equal(posts(), 2);
  });
});

/** Imports whose one long request is not answered: the file is looked for before anything is fetched once more. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ImportPlan, UploadOutcome } from '../../../src/adapters/adapter.js';
import type { TransferError } from '../../../src/core/errors.js';
import { signal } from '../../contract/transfer.js';
import { type Setup, setUp } from './setup.js';

describe('deep-origin imports without an answer', () => {
  const source = 'https://data.example/reads.bam';
  let setup: Setup;
  before(async () => {
    setup = await setUp();
    setup.standIn.sources.set(source, 'the reads');
  });
  after(() => setup.close());
  beforeEach(() => {
    setup.standIn.faults.reset();
    setup.lines();
  });

  const planFor = (path: string): Promise<ImportPlan> =>
    Promise.resolve(setup.another({ importTimeout: 400 }).importFromUrl!(path, source, { signal }));
  const posts = () => setup.lines().filter(line => line.startsWith('POST')).length;

  /** Polls as the engine does, without its pauses. */
  async function finish(plan: ImportPlan): Promise<UploadOutcome> {
    const state = await plan.start({ signal });
    for (let polls = 0; polls < 20; polls += 1) {
      const answer = await plan.poll(state, { signal });
      if ('outcome' in answer) return answer.outcome;
      assert.ok(answer.after > 0);
    }
    throw new Error('It was looked for without an end.');
  }

  it('finds what arrived although nobody waited for the answer', async () => {
    for (const fault of [{ stall: 'after' as const }, { status: 504 }]) {
      const path = `late/${'stall' in fault ? 'silent' : 'gateway'}.bam`;
      setup.standIn.faults.failNext({ operation: 'import', ...fault });
      const plan = await planFor(path);
      const state = await plan.start({ signal });
      // A gateway that gave up says nothing about the server behind it.
      if (!('stall' in fault)) await setup.put(path, 'the reads');
      const answer = await plan.poll(state, { signal });
      assert.ok('outcome' in answer);
      assert.deepEqual([answer.outcome.path, answer.outcome.size], [path, 9]);
      assert.equal(posts(), 1);
    }
  });

  it('gives up what never arrives, in words, and fetches it anew only when told', async () => {
    await setup.put('late/old.bam', 'the file of before');
    for (const path of ['late/never.bam', 'late/old.bam']) {
      setup.standIn.faults.failNext({ operation: 'import', stall: 'before' });
      const plan = await planFor(path);
      await assert.rejects(finish(plan), (error: TransferError) => {
        assert.deepEqual([error.kind, error.reason, error.path], ['fatal', 'timeout', path]);
        assert.match(error.message, /may still come: reload the listing/);
        return true;
      });
      assert.equal(posts(), 1);
      // The person tries again.
      assert.equal((await finish(plan)).size, 9);
      assert.equal(posts(), 1);
    }
  });

  it('tries again without fetching again, when the file came meanwhile', async () => {
    setup.standIn.faults.failNext({ operation: 'import', stall: 'before' });
    const plan = await planFor('late/after all.bam');
    await assert.rejects(finish(plan), { reason: 'timeout' });
    await setup.put('late/after all.bam', 'the reads');
    assert.equal((await finish(plan)).size, 9);
    assert.equal(posts(), 1);
  });

  it('looks first after an answer that was lost', async () => {
    setup.standIn.faults.failNext({ operation: 'import', loseAnswer: true });
    const plan = await planFor('late/lost.bam');
    await assert.rejects(plan.start({ signal }), { kind: 'retry', reason: 'network' });
    assert.equal((await finish(plan)).path, 'late/lost.bam');
    assert.equal(posts(), 1);

    // What did not arrive is asked for again.
    setup.standIn.faults.failNext({ operation: 'import', status: 503 });
    const other = await planFor('late/busy.bam');
    await assert.rejects(other.start({ signal }), { kind: 'retry', reason: 'server' });
    assert.equal((await finish(other)).path, 'late/busy.bam');
    assert.equal(posts(), 2);
  });
});

/** Deleting, importing, copying: calls that answer with success and may have failed. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ImportPlan } from '../../../src/adapters/adapter.js';
import { signal } from '../../contract/transfer.js';
import { type Setup, setUp } from './setup.js';

async function run(plan: ImportPlan) {
  const state = await plan.start({ signal });
  assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
  const answer = await plan.poll(state, { signal });
  assert.ok('outcome' in answer);
  return { state, outcome: answer.outcome };
}

describe('deep-origin changes', () => {
  let setup: Setup;
  before(async () => {
    setup = await setUp();
  });
  after(() => setup.close());
  const holds = (path: string) => setup.standIn.files.find(setup.standIn.keyOf(path)) !== undefined;

  it('takes a deletion that answers 200 and “false” for a failure while the file is there', async () => {
    await setup.put('stays.txt');
    setup.standIn.quirks.falseDeletes = 1;
    const [failed] = await setup.adapter.remove!(['stays.txt'], { signal });
    assert.equal(failed?.error?.reason, 'conflict');
    assert.ok(holds('stays.txt'));
    const [done] = await setup.adapter.remove!(['stays.txt'], { signal });
    assert.equal(done?.error, undefined);
    const [gone] = await setup.adapter.remove!(['stays.txt'], { signal });
    assert.equal(gone?.error?.reason, 'not-found');
  });

  it('takes a lost answer to a deletion for what it is', async () => {
    await setup.put('lost.txt');
    setup.standIn.faults.failNext({ operation: 'delete', loseAnswer: true });
    const [result] = await setup.adapter.remove!(['lost.txt'], { signal });
    assert.equal(result?.error?.reason, 'not-found');
    assert.ok(!holds('lost.txt'));
  });

  it('deletes a folder’s marker alone, and never what is in it', async () => {
    await setup.adapter.createFolder!('f/', { signal });
    await setup.put('f/precious.txt');
    const [refused] = await setup.adapter.remove!(['f/'], { signal });
    assert.equal(refused?.error?.reason, 'conflict');
    assert.ok(holds('f/precious.txt') && holds('f/'));
    const results = await setup.adapter.remove!(['f/', 'f/precious.txt'], { signal });
    assert.deepEqual(results, [{ path: 'f/' }, { path: 'f/precious.txt' }]);
    assert.ok(!holds('f/'));
  });

  it('deletes a whole tree in one request when asked to', async () => {
    for (const path of ['tree/a', 'tree/b/c', 'treetop']) await setup.put(path);
    setup.lines();
    assert.equal(await setup.adapter.removeTree('tree/', { signal }), true);
    assert.equal(await setup.adapter.removeTree('tree', { signal }), false);
    assert.deepEqual(setup.lines(), ['DELETE /files/org-1/tree/', 'DELETE /files/org-1/tree/']);
    assert.deepEqual([holds('tree/a'), holds('tree/b/c'), holds('treetop')], [false, false, true]);
  });

  it('imports what the server can fetch', async () => {
    const source = 'https://data.example/reads.bam?secret=1';
    setup.standIn.sources.set(source, 'the reads');
    const { outcome, state } = await run(
      await setup.adapter.importFromUrl!('in/reads.bam', source, { signal }),
    );
    assert.deepEqual([outcome.path, outcome.size], ['in/reads.bam', 9]);
    assert.ok(!JSON.stringify([state, outcome]).includes('secret'));
    assert.ok(holds('in/reads.bam'));
  });

  it('does not ask for ever for a file that never shows', async () => {
    setup.standIn.faults.failNext({ operation: 'import', body: '{"eTag":"x"}' });
    const source = 'https://data.example/never.bam';
    setup.standIn.sources.set(source, 'never');
    const plan = await setup.adapter.importFromUrl!('in/never.bam', source, { signal });
    const state = await plan.start({ signal });
    let asked = 0;
    await assert.rejects(
      async () => {
        while (asked < 200) {
          asked += 1;
          assert.deepEqual(await plan.poll(state, { signal }), { after: 1000 });
        }
      },
      { reason: 'incomplete', kind: 'fatal' },
    );
    assert.ok(asked < 100);
  });

  it('tells when the server cannot fetch it', async () => {
    const plan = await setup.adapter.importFromUrl!('in/x', 'https://nowhere.example/x?key=K', { signal });
    await assert.rejects(plan.start({ signal }), (error: Error & { reason: string; kind: string }) => {
      assert.deepEqual([error.reason, error.kind], ['unreadable', 'fatal']);
      assert.ok(!JSON.stringify(error).includes('key=K'));
      return true;
    });
    await assert.rejects(setup.adapter.importFromUrl!('in/x', 'ftp://a/b', { signal }), {
      reason: 'invalid-input',
    });
    await assert.rejects(setup.adapter.importFromUrl!('in/', 'https://a/b', { signal }), {
      reason: 'invalid-name',
    });
  });

  it('keeps the source of a move when the copy is not whole', async () => {
    await setup.put('move me.txt', 'all of it');
    setup.store.faults.failNext({ operation: 'GetObject', status: 503, skip: 1 });
    await assert.rejects(setup.adapter.move!('move me.txt', 'moved.txt', { signal }));
    assert.deepEqual([holds('move me.txt'), holds('moved.txt')], [true, false]);
    await setup.put('half.txt', 'half');
    setup.standIn.faults.failNext({ operation: 'import', body: '{"eTag":"x"}' });
    await assert.rejects(setup.adapter.move!('move me.txt', 'half.txt', { signal, replace: true }), {
      reason: 'invalid-answer',
    });
    assert.ok(holds('move me.txt'));
  });
});

/** A form whose answer is lost may have made a file: neither a second file nor somebody else's. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { content, deliver, signal, upload } from '../../contract/transfer.js';
import { formPlan, type Setup, sendPatiently, setUp } from './setup.js';

describe('deep-lake after a lost answer', () => {
  let setup: Setup;
  before(async () => {
    setup = await setUp();
  });
  after(() => setup.close());
  beforeEach(() => {
    setup.standIn.faults.reset();
    setup.lines();
  });
  const named = (name: string) => setup.standIn.records().filter(({ filename }) => filename === name);
  const posts = () => setup.lines().filter(line => line.startsWith('POST')).length;

  it('finds the file that is there already, and sends nothing again', async () => {
    const blob = content(300_000);
    setup.standIn.faults.failNext({ operation: 'upload', loseAnswer: true });
    const outcome = await sendPatiently(await formPlan(setup.adapter, 'lost.bin', blob), blob);
    assert.deepEqual(
      named('lost.bin').map(({ id }) => id),
      [outcome.id],
    );
    assert.equal(outcome.size, 300_000);
    assert.equal(posts(), 1);
  });

  it('does so when only a gateway’s error came back', async () => {
    const blob = content(5000);
    setup.standIn.quirks.gatewayTimeouts = 1;
    await sendPatiently(await formPlan(setup.adapter, 'gateway.bin', blob), blob);
    assert.equal(posts(), 1);
    assert.equal(named('gateway.bin').length, 1);
  });

  it('sends again when nothing arrived', async () => {
    const blob = content(5000, 2);
    setup.standIn.faults.failNext({ operation: 'upload', cut: true });
    const outcome = await sendPatiently(await formPlan(setup.adapter, 'cut.bin', blob), blob);
    assert.deepEqual(
      named('cut.bin').map(({ id }) => id),
      [outcome.id],
    );
    assert.equal(posts(), 2);
  });

  it('does not look around after a plain refusal', async () => {
    const blob = content(10);
    setup.standIn.faults.failNext({ operation: 'upload', status: 429 });
    await sendPatiently(await formPlan(setup.adapter, 'slow.bin', blob), blob);
    assert.deepEqual(
      setup.lines().map(line => line.split(' ')[0]),
      ['POST', 'POST'],
    );
  });

  it('never takes a file of the same name and size with other bytes for its own', async () => {
    const blob = content(5000, 3);
    setup.standIn.faults.failNext({ operation: 'upload', cut: true });
    const plan = await formPlan(setup.adapter, 'b/index.html', blob);
    const first = await plan.sign({ signal, attempt: 1 });
    await assert.rejects(deliver(first, blob));
    // Another page stores its own meanwhile.
    await upload(setup.another({}), 'a/index.html', content(5000, 4));
    const outcome = await sendPatiently(plan, blob);
    const both = named('index.html').map(({ id }) => id);
    assert.equal(both.length, 2);
    assert.equal(outcome.id, both[0]);
  });

  it('does not take an earlier upload of the same bytes by this page for the lost one', async () => {
    const blob = content(4000, 5);
    const { outcome: first } = await upload(setup.adapter, 'twice.bin', blob);
    setup.standIn.faults.failNext({ operation: 'upload', loseAnswer: true });
    const second = await sendPatiently(await formPlan(setup.adapter, 'twice.bin', blob), blob);
    assert.notEqual(second.id, first.id);
    assert.equal(named('twice.bin').length, 2);
  });

  it('does not take an old file of the same bytes for it', async () => {
    let now = Date.now() - 3_600_000;
    const old = await setUp({}, {}, () => now);
    try {
      const blob = content(4000, 6);
      await upload(old.adapter, 'old.bin', blob);
      now = Date.now();
      old.standIn.faults.failNext({ operation: 'upload', cut: true });
      await sendPatiently(await formPlan(old.another({}), 'old.bin', blob), blob);
      assert.equal(old.standIn.records().length, 2);
    } finally {
      await old.close();
    }
  });

  it('finds it behind files that others added since', async () => {
    const blob = content(700, 7);
    const plan = await formPlan(setup.adapter, 'behind.bin', blob);
    setup.standIn.faults.failNext({ operation: 'upload', loseAnswer: true });
    await assert.rejects(deliver(await plan.sign({ signal, attempt: 1 }), blob));
    for (let index = 0; index < 45; index += 1) await setup.standIn.put(`other ${index}`, 'x');
    await sendPatiently(plan, blob);
    assert.equal(named('behind.bin').length, 1);
  });

  it('shows files that are alike, for the page to decide', async () => {
    const [first, second] = [
      await setup.standIn.put('alike', 'one'),
      await setup.standIn.put('alike', 'two'),
    ];
    await setup.standIn.put('alike', 'three');
    const found = [];
    for await (const entry of setup.adapter.likenessesOf(first, { signal })) found.push(entry.id);
    assert.deepEqual(found, [second]);
  });

  it('deletes a copy that arrived by half, and asks for a new beginning', async () => {
    const blob = content(900, 8);
    const half = await setup.standIn.put('half.bin', 'half');
    setup.standIn.faults.failNext({ operation: 'upload', body: JSON.stringify({ id: half, size: 4 }) });
    await assert.rejects(sendPatiently(await formPlan(setup.adapter, 'half.bin', blob), blob), {
      kind: 'restart',
      reason: 'incomplete',
    });
    assert.equal(named('half.bin').length, 0);
  });

  it('discards the file of an upload that was cancelled at its end', async () => {
    const blob = content(20);
    const plan = await formPlan(setup.adapter, 'cancelled.bin', blob);
    await sendPatiently(plan, blob);
    await plan.discard!({ signal });
    assert.equal(named('cancelled.bin').length, 0);
    await plan.discard!({ signal });
  });
});

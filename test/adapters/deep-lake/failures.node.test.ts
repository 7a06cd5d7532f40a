/** What is refused, expired, overloaded or silent. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { TransferError } from '../../../src/core/errors.js';
import { content, signal, upload } from '../../contract/transfer.js';
import { formPlan, type Setup, setUp } from './setup.js';

describe('deep-lake in trouble', () => {
  let setup: Setup;
  let now = Date.now();
  before(async () => {
    setup = await setUp({}, {}, () => now);
  });
  after(() => setup.close());
  beforeEach(() => {
    now = Date.now();
    setup.standIn.faults.reset();
    setup.lines();
  });

  const meanings: [status: number, reason: string, kind: string][] = [
    [400, 'invalid-input', 'fatal'],
    [401, 'unauthorized', 'fatal'],
    [402, 'quota', 'fatal'],
    [403, 'forbidden', 'fatal'],
    [404, 'not-found', 'fatal'],
    [409, 'conflict', 'fatal'],
    [413, 'too-large', 'fatal'],
    [415, 'wrong-type', 'fatal'],
    [422, 'invalid-input', 'fatal'],
    [429, 'rate-limited', 'retry'],
    [500, 'server', 'retry'],
    [503, 'server', 'retry'],
  ];
  for (const [status, reason, kind] of meanings) {
    it(`reads ${status} as ${reason}, with the server’s words in every envelope`, async () => {
      const { standIn, another } = setup;
      for (const errors of ['error', 'message', 'detail', 'list'] as const) {
        standIn.quirks.errors = errors;
        standIn.faults.failNext({ operation: 'list', status, message: 'words of the server' });
        await assert.rejects(another({ maxRetries: 0 }).list('', { signal }), (error: TransferError) => {
          assert.deepEqual([error.reason, error.kind, error.status], [reason, kind, status]);
          assert.equal(error.serverMessage, 'words of the server');
          return true;
        });
        const plan = await formPlan(another({}), 'x', content(1));
        const answer = { status, headers: {}, body: '{"error":"x"}' };
        assert.equal(plan.readError(answer, { phase: 'form' })?.reason, reason);
      }
    });
  }

  it('takes the front end’s own 403 page for something that passes, and the API’s for a refusal', async () => {
    const { standIn, adapter, lines } = setup;
    const page = { operation: 'list', status: 403, body: '<html>blocked</html>', bodyType: 'text/html' };
    standIn.faults.failNext({ ...page, times: 2 });
    await adapter.list('', { signal });
    assert.equal(lines().length, 3);
    standIn.faults.failNext({ operation: 'list', status: 403 });
    await assert.rejects(adapter.list('', { signal }), { reason: 'forbidden' });
    assert.equal(lines().length, 1);
  });

  it('repeats reading three times and no more, or as often as told', async () => {
    const { standIn, adapter, another, lines } = setup;
    standIn.faults.failNext({ operation: 'list', status: 503, times: 3 });
    await adapter.list('', { signal });
    assert.equal(lines().length, 4);
    standIn.faults.failNext({ operation: 'list', cut: true, times: 4 });
    await assert.rejects(adapter.list('', { signal }), { kind: 'retry', reason: 'network' });
    assert.equal(lines().length, 4);
    standIn.faults.failNext({ operation: 'list', status: 502 });
    await assert.rejects(another({ maxRetries: 0 }).list('', { signal }));
    assert.equal(lines().length, 1);
  });

  it('gives up waiting after the time it was given', async () => {
    setup.standIn.faults.rules.push({ delay: 2_000 });
    await assert.rejects(setup.another({ maxRetries: 0, timeout: 50 }).list('', { signal }), {
      reason: 'timeout',
    });
  });

  it('tells a token that ended, was taken back, or is for another workspace', async () => {
    const { standIn, another } = setup;
    const token = standIn.issueToken({ seconds: 60 });
    const adapter = another({ getToken: () => token });
    await adapter.list('', { signal });
    now += 61_000;
    await assert.rejects(adapter.list('', { signal }), { reason: 'unauthorized', status: 401 });
    await assert.rejects(upload(adapter, 'x', content(1)), { reason: 'unauthorized' });
    now = Date.now();
    standIn.tokens.find(known => known.token === token)!.revoked = true;
    await assert.rejects(adapter.list('', { signal }), { reason: 'unauthorized', status: 401 });
    const elsewhere = standIn.issueToken({ workspaces: ['another'] });
    await assert.rejects(another({ getToken: () => elsewhere }).list('', { signal }), {
      reason: 'forbidden',
    });
  });

  it('reads answers that make no sense as what they are', async () => {
    const { standIn, adapter } = setup;
    for (const body of ['<html>sign in</html>', '{}', 'null', '{"files":[{"id":"1"}]}']) {
      standIn.faults.failNext({ operation: 'list', body });
      await assert.rejects(adapter.list('', { signal }), { reason: 'invalid-answer', kind: 'fatal' }, body);
    }
    for (const body of ['ok', '{}', '{"id":7}']) {
      standIn.faults.failNext({ operation: 'upload', body });
      await assert.rejects(upload(adapter, 'x', content(1)), { reason: 'invalid-answer' }, body);
    }
    standIn.faults.failNext({ operation: 'health', body: '{"status":"down"}' });
    await assert.rejects(adapter.health!({ signal }), { reason: 'server' });
  });

  it('deletes what it can, and reports the rest one by one', async () => {
    const { standIn, another } = setup;
    const ids = [];
    for (const name of ['a', 'b', 'c']) ids.push(await standIn.put(name, name));
    standIn.faults.failNext({ operation: 'delete', status: 403 });
    const results = await another({ maxWorkers: 1 }).remove!(ids, { signal });
    assert.deepEqual(
      results.map(({ error }) => error?.reason),
      ['forbidden', undefined, undefined],
    );
    assert.deepEqual(
      standIn.records().map(({ id }) => id),
      [ids[0]],
    );
  });
});

/** What is refused, expired, overloaded or silent. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { RequestPlan } from '../../../src/adapters/adapter.js';
import type { TransferError } from '../../../src/core/errors.js';
import { content, deliver, intentFor, read, signal, upload } from '../../contract/transfer.js';
import { type Setup, setUp } from './setup.js';

describe('smarts-bio in trouble', () => {
  let setup: Setup;
  let now = Date.now();
  before(async () => {
    setup = await setUp({}, {}, () => now);
    await upload(setup.adapter, 'a.txt', new Blob(['a']));
  });
  after(() => setup.close());
  beforeEach(() => {
    now = Date.now();
    setup.standIn.faults.reset();
    setup.store.faults.reset();
    setup.lines();
  });

  async function openLarge(
    adapter = setup.adapter,
    path = 'large.bin',
    size = 200_000,
  ): Promise<RequestPlan> {
    const plan = await adapter.openUpload!({ ...intentFor(path, content(0)), size }, { signal });
    assert.ok(plan.kind === 'request');
    return plan;
  }

  const meanings: [status: number, code: string, reason: string, kind: string][] = [
    [400, 'validation_error', 'invalid-input', 'fatal'],
    [401, 'auth_required', 'unauthorized', 'fatal'],
    [402, 'quota_exceeded', 'quota', 'fatal'],
    [403, 'insufficient_scope', 'forbidden', 'fatal'],
    [404, 'not_found', 'not-found', 'fatal'],
    [409, 'conflict', 'conflict', 'fatal'],
    [413, 'validation_error', 'too-large', 'fatal'],
    [415, 'validation_error', 'wrong-type', 'fatal'],
    [429, 'rate_limit_exceeded', 'rate-limited', 'retry'],
    [500, 'internal_error', 'server', 'retry'],
    [500, 'agent_error', 'server', 'retry'],
  ];
  for (const [status, code, reason, kind] of meanings) {
    it(`reads ${status} ${code} as ${reason}, with the server’s words`, async () => {
      const { standIn, another } = setup;
      standIn.faults.rules.push({ operation: 'list', status, code, message: 'words of the server' });
      await assert.rejects(another({ maxRetries: 0 }).list('', { signal }), (error: TransferError) => {
        assert.deepEqual([error.reason, error.kind, error.serverCode], [reason, kind, code]);
        assert.equal(error.serverMessage, 'words of the server');
        return true;
      });
    });
  }

  it('reads an envelope that says error under a status 200', async () => {
    const body = '{"status":"error","error":"not_found","message":"gone"}';
    setup.standIn.faults.failNext({ operation: 'list', body });
    await assert.rejects(setup.adapter.list('', { signal }), { reason: 'not-found', serverMessage: 'gone' });
  });

  it('waits as long as the server asks, also before a deletion', async () => {
    setup.standIn.faults.failNext({ operation: 'delete', status: 429, headers: { 'retry-after': '0' } });
    await upload(setup.adapter, 'gone.txt', new Blob(['x']));
    assert.deepEqual(await setup.adapter.remove!(['gone.txt'], { signal }), [{ path: 'gone.txt' }]);
    assert.equal(setup.lines().filter(line => line.startsWith('DELETE')).length, 2);
    setup.standIn.faults.failNext({ operation: 'list', status: 429, headers: { 'retry-after': '7' } });
    const refused = setup.another({ maxRetries: 0 }).list('', { signal });
    await assert.rejects(refused, { retryAfter: 7000 });
  });

  it('tells revoked, expired and narrowed keys apart', async () => {
    const { standIn, another } = setup;
    const listWith = (key: string) => another({ getToken: () => key, maxRetries: 0 }).list('', { signal });
    const revoked = standIn.issueKey();
    standIn.keys.find(known => known.token === revoked)!.revoked = true;
    await assert.rejects(listWith(revoked), { reason: 'unauthorized', serverCode: 'key_revoked' });
    const expired = standIn.issueKey({ seconds: 10 });
    now += 11_000;
    await assert.rejects(listWith(expired), { reason: 'unauthorized', serverCode: 'key_expired' });
    const elsewhere = standIn.issueKey({ workspaces: ['ws_def456'] });
    await assert.rejects(listWith(elsewhere), { reason: 'forbidden', serverCode: 'workspace_access_denied' });
    const noFiles = standIn.issueKey({ scopes: ['query'] });
    await assert.rejects(listWith(noFiles), { reason: 'forbidden', serverCode: 'insufficient_scope' });
    const { containers } = await another({ getToken: () => elsewhere }).containers!.list({ signal });
    assert.deepEqual(
      containers.map(({ id }) => id),
      ['ws_def456'],
    );
  });

  it('tells a full account, by form and in three steps', async () => {
    setup.standIn.quirks.quota = 1000;
    await assert.rejects(upload(setup.adapter, 'q', content(2000)), { reason: 'quota', status: 402 });
    await assert.rejects(upload(setup.adapter, 'q', content(200_000)), { reason: 'quota', status: 402 });
    setup.standIn.quirks.quota = Number.POSITIVE_INFINITY;
    assert.ok(!setup.standIn.has('q'));
  });

  it('tells when a form is too large', async () => {
    setup.standIn.quirks.formLimit = 1000;
    for (const status of [413, 400] as const) {
      setup.standIn.quirks.tooLargeStatus = status;
      await assert.rejects(upload(setup.adapter, 'big', content(2000)), { status, kind: 'fatal' });
    }
    setup.standIn.quirks.formLimit = 500_000_000;
    assert.equal(setup.standIn.files.list('incoming/').length, 0);
  });

  it('shows nothing that was not confirmed, and confirms as often as needed', async () => {
    const plan = await openLarge();
    const delivery = await plan.sign({ signal, attempt: 1 });
    const response = await deliver(delivery, content(200_000));
    assert.equal(await setup.adapter.stat!('large.bin', { signal }), undefined);
    setup.standIn.faults.failNext({ operation: 'upload-confirm', loseAnswer: true });
    await assert.rejects(plan.finish(response, { signal }), { kind: 'retry' });
    const [first, second] = [
      await plan.finish(response, { signal }),
      await plan.finish(response, { signal }),
    ];
    assert.deepEqual(first, second);
    assert.equal((await setup.adapter.stat!('large.bin', { signal }))?.size, 200_000);
  });

  it('begins again when the platform does not see the bytes', async () => {
    const plan = await openLarge(setup.adapter, 'unseen.bin');
    await plan.sign({ signal, attempt: 1 });
    const finished = plan.finish({ status: 200, headers: {}, body: '' }, { signal });
    await assert.rejects(finished, { kind: 'restart', reason: 'upload-gone' });
  });

  it('leaves nothing of a cancelled upload, and everything of an older file', async () => {
    const { standIn } = setup;
    const plan = await openLarge(setup.adapter, 'cancelled.bin');
    await deliver(await plan.sign({ signal, attempt: 1 }), content(200_000));
    assert.ok(standIn.files.find(standIn.keyOf('cancelled.bin')));
    await plan.discard!({ signal });
    assert.ok(!standIn.files.find(standIn.keyOf('cancelled.bin')));
    await plan.discard!({ signal });
    await upload(setup.adapter, 'older.bin', content(150_000));
    const over = await openLarge(setup.adapter, 'older.bin');
    await over.sign({ signal, attempt: 1 });
    await over.discard!({ signal });
    assert.ok(standIn.has('older.bin'));
    assert.ok(standIn.files.find(standIn.keyOf('older.bin')));
  });

  it('asks for another URL when one has expired', async () => {
    const plan = await openLarge();
    const delivery = await plan.sign({ signal, attempt: 1 });
    setup.store.faults.expireEarly = 4_000_000;
    const refused = await deliver(delivery, content(200_000));
    assert.equal(plan.readError(refused, { phase: 'send' })?.kind, 're-sign');
    const source = await setup.adapter.resolveDownload!({ path: 'a.txt', id: 'a.txt' }, { signal });
    await assert.rejects(read(source), { kind: 're-sign', reason: 'expired' });
  });

  it('falls back to the form when the storage answers nothing, or says why it cannot', async () => {
    const blob = content(200_000);
    const adapter = setup.another({});
    const plan = await openLarge(adapter, 'closed.bin');
    for (const attempt of [1, 2]) await plan.sign({ signal, attempt });
    const delivery = await plan.sign({ signal, attempt: 3 });
    assert.ok('url' in delivery && new URL(delivery.url).origin === setup.standIn.baseUrl);
    const response = await deliver(delivery, blob);
    assert.equal(plan.readError(response, { phase: 'send' }), undefined);
    assert.equal((await plan.finish(response, { signal })).size, 200_000);
    assert.ok(setup.standIn.has('closed.bin'));
    assert.equal((await upload(adapter, 'next.bin', blob)).kind, 'form');
    const huge = await openLarge(adapter, 'huge.bin', 600_000_000);
    await assert.rejects(huge.sign({ signal, attempt: 1 }), { kind: 'fatal', reason: 'cors-or-network' });
  });

  it('reads through the API when the storage gives nothing to this page', async () => {
    const adapter = setup.another({ downloads: 'auto' });
    setup.store.faults.rules.push({ operation: 'GetObject', resetAfterBytesOut: 0, status: 403 });
    // A refusal is an answer: the storage can be read.
    assert.ok((await adapter.resolveDownload!({ path: 'a.txt', id: '' }, { signal })).kind === 'url');
    const origins: string[] = [];
    for (const answers of [false, true]) {
      const fresh = setup.another({ downloads: 'auto' });
      setup.store.faults.reset();
      if (!answers) setup.store.faults.rules.push({ operation: 'GetObject', loseAnswer: true });
      for (let time = 0; time < 2; time += 1) {
        const source = await fresh.resolveDownload!({ path: 'a.txt', id: '' }, { signal });
        assert.ok(source.kind === 'url');
        origins.push(new URL(source.url).origin);
        if (!answers) continue;
        assert.equal(new TextDecoder().decode(await read(source)), 'a');
      }
    }
    const { baseUrl } = setup.standIn;
    const { endpoint } = setup.store;
    assert.deepEqual(origins, [baseUrl, baseUrl, endpoint, endpoint]);
  });

  it('keeps no path that the platform cannot', async () => {
    for (const path of ['a//b', '/a', 'a/../b', './a']) {
      const opened = setup.adapter.openUpload!(intentFor(path, content(1)), { signal });
      await assert.rejects(opened, { reason: 'invalid-name' }, path);
    }
  });

  it('asks for a workspace when there is none', async () => {
    const { workspaceId: _, ...rest } = { workspaceId: '' };
    const adapter = setup.another({ ...rest, workspaceId: '' });
    await assert.rejects(adapter.list('', { signal }), { reason: 'invalid-input' });
    assert.equal((await adapter.containers!.list({ signal })).containers.length, 2);
  });
});

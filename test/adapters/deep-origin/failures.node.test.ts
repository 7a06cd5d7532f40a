/** What is refused, expired, overloaded or silent. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { TransferError } from '../../../src/core/errors.js';
import { content, deliver, intentFor, read, signal, upload } from '../../contract/transfer.js';
import { type Setup, setUp } from './setup.js';

describe('deep-origin in trouble', () => {
  let setup: Setup;
  let now = Date.now();
  before(async () => {
    setup = await setUp({}, {}, () => now);
    await setup.put('a.txt');
  });
  after(() => setup.close());
  beforeEach(() => {
    now = Date.now();
    setup.standIn.faults.reset();
    setup.store.faults.reset();
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
    [429, 'rate-limited', 'retry'],
    [500, 'server', 'retry'],
    [503, 'server', 'retry'],
  ];
  for (const [status, reason, kind] of meanings) {
    it(`reads ${status} as ${reason}, with the server’s words`, async () => {
      const { standIn, another } = setup;
      standIn.faults.rules.push({ operation: 'list', status, message: 'words of the server' });
      await assert.rejects(another({ maxRetries: 0 }).list('', { signal }), (error: TransferError) => {
        assert.deepEqual([error.reason, error.kind, error.status], [reason, kind, status]);
        assert.equal(error.serverMessage, 'words of the server');
        assert.match(error.message, /\w+.*\.( \(|$)/);
        return true;
      });
    });
  }

  it('says of every answer that means “full” what to do about it', async () => {
    const { standIn, store, adapter } = setup;
    const small = new Blob(['x']);
    // The API has no code of its own for it: whichever status comes, its words say so.
    for (const status of [400, 402, 403, 409, 413]) {
      standIn.faults.failNext({ operation: 'upload', status, message: 'Storage quota of this org exceeded' });
      await assert.rejects(upload(adapter, 'full.txt', small), (error: TransferError) => {
        assert.deepEqual([error.kind, error.reason, error.status], ['fatal', 'quota', status]);
        assert.match(error.message, /used up.*What is stored is safe; delete something or ask for more/);
        return true;
      });
    }
    standIn.faults.failNext({ operation: 'upload', status: 507 });
    await assert.rejects(upload(adapter, 'full.txt', small), {
      kind: 'fatal',
      reason: 'storage-full',
      message: /is full\. What is stored is safe; free some space there, then try again/,
    });
    // The storage behind it has its own.
    const large = content(300_000);
    store.faults.storeFull = true;
    await assert.rejects(upload(adapter, 'full.bin', large), {
      kind: 'fatal',
      reason: 'storage-full',
      message: /The storage is full\. What is stored is safe; free some space/,
    });
    store.faults.reset();
    store.faults.failNext({ operation: 'PutObject', status: 403, code: 'QuotaExceeded' });
    await assert.rejects(upload(adapter, 'full.bin', large), {
      kind: 'fatal',
      reason: 'quota',
      message: /used up\. What is stored is safe; delete something, or ask whoever runs it for more/,
    });
    assert.deepEqual(
      [standIn.files.find(standIn.keyOf('full.bin')), await adapter.stat!('full.txt', { signal })],
      [undefined, undefined],
    );
  });

  it('repeats three times and no more, or as often as told', async () => {
    const { standIn, adapter, another, lines } = setup;
    standIn.faults.failNext({ operation: 'list', status: 503, times: 3 });
    await adapter.list('', { signal });
    assert.equal(lines().length, 4);
    standIn.faults.failNext({ operation: 'list', cut: true, times: 4 });
    await assert.rejects(adapter.list('', { signal }), { kind: 'retry', reason: 'network' });
    assert.equal(lines().length, 4);
    standIn.faults.failNext({ operation: 'list', status: 502, times: 1 });
    await assert.rejects(another({ maxRetries: 0 }).list('', { signal }));
    assert.equal(lines().length, 1);
  });

  it('gives up waiting after the time it was given, for deletions another one', async () => {
    const { standIn, another } = setup;
    standIn.faults.rules.push({ delay: 2_000 });
    const patient = { maxRetries: 0, timeout: 60_000 };
    await assert.rejects(another({ ...patient, timeout: 50 }).list('', { signal }), { reason: 'timeout' });
    const [result] = await another({ ...patient, deleteTimeout: 50 }).remove!(['x'], { signal });
    assert.equal(result?.error?.reason, 'timeout');
  });

  it('does not send a token that has ended', async () => {
    const { standIn, another, lines } = setup;
    const ended = standIn.issueToken({ seconds: -10 });
    await assert.rejects(another({ getToken: () => ended }).list('', { signal }), { reason: 'unauthorized' });
    assert.deepEqual(lines(), []);
  });

  it('tells a token that ended at the server, or was taken back', async () => {
    const { standIn, another } = setup;
    const token = standIn.issueToken({ seconds: 60 });
    const adapter = another({ getToken: () => token });
    await adapter.list('', { signal });
    now += 61_000;
    await assert.rejects(adapter.list('', { signal }), { reason: 'unauthorized', status: 401 });
    now = Date.now();
    standIn.tokens.find(known => known.token === token)!.revoked = true;
    await assert.rejects(adapter.list('', { signal }), { reason: 'unauthorized', status: 401 });
  });

  it('lets everybody read the shared organisation, and nobody change it', async () => {
    const adapter = setup.another({ orgKey: 'shared', uploads: 'form' });
    assert.deepEqual((await adapter.list('', { signal })).entries, []);
    await assert.rejects(upload(adapter, 'x', content(1)), { reason: 'forbidden' });
  });

  it('asks for another URL when one has expired', async () => {
    const { adapter } = setup;
    const plan = await adapter.openUpload!(intentFor('late.bin', content(300_000)), { signal });
    assert.equal(plan.kind, 'request');
    assert.ok(plan.kind === 'request');
    const delivery = await plan.sign({ signal, attempt: 1 });
    setup.store.faults.expireEarly = 3_600_000;
    const refused = await deliver(delivery, content(300_000));
    assert.equal(refused.status, 403);
    assert.equal(plan.readError(refused, { phase: 'send' })?.kind, 're-sign');
    const source = await adapter.resolveDownload!({ path: 'a.txt', id: 'a.txt' }, { signal });
    await assert.rejects(read(source), { kind: 're-sign', reason: 'expired' });
    setup.store.faults.reset();
    const again = await plan.sign({ signal, attempt: 2 });
    assert.ok('url' in again && 'url' in delivery);
    const response = await deliver(again, content(300_000));
    assert.equal(plan.readError(response, { phase: 'send' }), undefined);
  });

  it('reads an answer without a URL as what it is', async () => {
    setup.standIn.quirks.urlMissing = true;
    await assert.rejects(setup.adapter.signedLink!('a.txt', { signal, seconds: 9 }), {
      reason: 'invalid-answer',
    });
    setup.standIn.quirks.urlMissing = false;
  });

  it('reads a proxy’s page as no answer of the platform', async () => {
    setup.standIn.faults.failNext({ operation: 'list', body: '<html>sign in</html>', bodyType: 'text/html' });
    await assert.rejects(setup.adapter.list('', { signal }), { reason: 'invalid-answer' });
  });

  it('learns how large a form may be', async () => {
    const { standIn, another } = setup;
    standIn.quirks.formLimit = 1000;
    const adapter = another({});
    await assert.rejects(upload(adapter, 'form.bin', content(2000)), { kind: 'restart', status: 413 });
    assert.equal((await upload(adapter, 'form.bin', content(2000))).kind, 'request');
    await assert.rejects(upload(another({ uploads: 'form' }), 'form.bin', content(2000)), {
      kind: 'fatal',
      reason: 'too-large',
    });
    standIn.quirks.formLimit = Number.POSITIVE_INFINITY;
  });

  it('goes through the API when the storage answers nothing, and tells it when it may not', async () => {
    const { another, standIn } = setup;
    const blob = content(300_000);
    const open = async (adapter: ReturnType<typeof another>) => {
      const plan = await adapter.openUpload!(intentFor('closed.bin', blob), { signal });
      assert.ok(plan.kind === 'request');
      return plan;
    };
    const adapter = another({});
    const plan = await open(adapter);
    for (const attempt of [1, 2]) assert.ok('expiresAt' in (await plan.sign({ signal, attempt })));
    const delivery = await plan.sign({ signal, attempt: 3 });
    assert.ok('url' in delivery && new URL(delivery.url).origin === standIn.baseUrl);
    const response = await deliver(delivery, blob);
    assert.equal(plan.readError(response, { phase: 'send' }), undefined);
    assert.equal((await plan.finish(response, { signal })).path, 'closed.bin');
    assert.equal(standIn.files.find(standIn.keyOf('closed.bin'))?.size, 300_000);
    assert.equal((await adapter.openUpload!(intentFor('next.bin', blob), { signal })).kind, 'form');

    const strict = await open(another({ uploads: 'signed' }));
    for (const attempt of [1, 2]) await strict.sign({ signal, attempt });
    await assert.rejects(strict.sign({ signal, attempt: 3 }), { kind: 'fatal', reason: 'cors-or-network' });
  });

  it('keeps to the storage once that has answered, and after a pause', async () => {
    const adapter = setup.another({});
    const plan = await adapter.openUpload!(intentFor('open.bin', content(300_000)), { signal });
    assert.ok(plan.kind === 'request');
    // A pause begins again with attempt 1: nothing failed.
    for (const attempt of [1, 1, 1, 2]) await plan.sign({ signal, attempt });
    plan.readError({ status: 503, headers: {}, body: '' }, { phase: 'send' });
    for (const attempt of [3, 4, 5, 6]) {
      const delivery = await plan.sign({ signal, attempt });
      assert.ok('url' in delivery && new URL(delivery.url).origin === setup.store.endpoint);
    }
  });

  it('names no path that the service or a browser cannot address', async () => {
    for (const path of ['a//b', '/a', 'a/../b', './a']) {
      const opened = setup.adapter.openUpload!(intentFor(path, content(1)), { signal });
      await assert.rejects(opened, { reason: 'invalid-name' }, path);
    }
    assert.deepEqual(setup.lines(), []);
  });
});

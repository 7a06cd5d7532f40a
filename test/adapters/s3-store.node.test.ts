/** What the contract does not ask of every platform: S3's own corners, against the local store. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createS3Store, type S3Store } from '../../demo/server/store/index.js';
import type { Adapter, PartReceipt } from '../../src/adapters/adapter.js';
import { type S3CredentialsOptions, s3 } from '../../src/adapters/s3/index.js';
import { content, deliver, intentFor, sendPart, signal, upload } from '../contract/transfer.js';

const keys = {
  accessKeyId: 'CORNERSACCESSKEY0001',
  secretAccessKey: 'corner-secret-of-nobody-0000000000001',
};

describe('S3’s own corners', () => {
  let directory: string;
  let store: S3Store;
  let adapter: Adapter;
  const open = (options: Partial<S3CredentialsOptions> = {}) =>
    s3({ bucketUrl: store.url('lab'), getCredentials: async () => keys, ...options });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 's3-corners-'));
    store = await createS3Store({ directory, credentials: [keys], buckets: ['lab'] });
  });
  after(async () => {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    store.faults.reset();
    store.stats.reset();
    adapter = open();
  });
  const count = (operation: string) => store.stats.counts[operation] ?? 0;

  it('reaches odd keys, and hides only the marker of the listed folder', async () => {
    for (const key of ['odd/', 'odd//', 'odd//b', 'odd/full/', 'odd/e\u{FFFD}', 'odd/e𝒳', '/root']) {
      await store.local.put('lab', key, key === 'odd/full/' ? 'content' : '');
    }
    const shown = async (path: string, recursive = false) =>
      (await adapter.list(path, { signal, recursive })).entries.map(entry => `${entry.kind} ${entry.path}`);
    assert.deepEqual(await shown('odd/'), [
      'folder odd//',
      'file odd/e\u{FFFD}',
      'file odd/e𝒳',
      'folder odd/full/',
    ]);
    assert.deepEqual(await shown('odd//'), ['file odd//b']);
    assert.deepEqual(await shown('odd/full/'), ['file odd/full/']);
    assert.deepEqual(await shown('odd/', true), [
      'folder odd//',
      'file odd//b',
      'file odd/e\u{FFFD}',
      'file odd/e𝒳',
      'file odd/full/',
    ]);
    assert.ok((await shown('')).includes('folder /'));
    assert.deepEqual(await shown('/'), ['file /root']);
    // A folder is made without harm to what an object of that key holds.
    await adapter.createFolder!('odd/full', { signal });
    assert.equal((await adapter.stat!('odd/full/', { signal }))?.kind, 'folder');
    assert.equal(store.local.list('lab', 'odd/full/')[0]?.size, 7);
  });

  it('deletes what no URL can name, and says why the rest is refused', async () => {
    await store.local.put('lab', 'dots/../x', 'x');
    const [entry] = (await adapter.list('dots/../', { signal })).entries;
    assert.match(entry?.refuses?.resolveDownload ?? '', /Browsers cannot address/);
    await assert.rejects(adapter.resolveDownload!(entry!, { signal }), { reason: 'invalid-name' });
    await assert.rejects(upload(adapter, 'dots/./x', new Blob(['x'])), { reason: 'invalid-name' });
    assert.deepEqual(await adapter.remove!(['dots/../x'], { signal }), [{ path: 'dots/../x' }]);
    assert.deepEqual(store.local.list('lab', 'dots/'), []);
  });

  it('says where an upload is, without its signature, whatever way it went', async () => {
    const small = new Blob(['small']);
    const large = content(6 * 1024 ** 2);
    const raw = open({ smallFilesByForm: false });
    const told = async (by: Adapter, path: string, blob: Blob, plan: string) => {
      const { kind, outcome } = await upload(by, path, blob);
      assert.equal(kind, plan);
      assert.ok(outcome.location && !outcome.location.includes('?'), `${outcome.location}`);
      const url = new URL(outcome.location);
      assert.equal(url.host, new URL(store.url('lab')).host);
      assert.ok(decodeURIComponent(url.pathname).endsWith(`/${path}`), outcome.location);
      return outcome;
    };
    await told(raw, 'said/ü 1.txt', small, 'request');
    await told(adapter, 'said/ü 2.txt', small, 'form');
    const { body, location } = await told(open({ partsFrom: 5 * 1024 ** 2 }), 'said/ü 3.bin', large, 'parts');
    const { Location, Bucket, Key, ETag } = body as Record<string, string>;
    assert.deepEqual({ Location, Bucket, Key }, { Location: location, Bucket: 'lab', Key: 'said/ü 3.bin' });
    assert.match(ETag!, /-2"$/);
  });

  it('lists more parts than one answer holds', async () => {
    const blob = content(1005 * 10);
    const plan = await adapter.openUpload!(
      { ...intentFor('many-parts', new Blob()), size: 10 * 1024 ** 3, checksum: 'none' },
      { signal },
    );
    assert.ok(plan.kind === 'parts');
    const state = await plan.begin({ partSize: 10, count: 1005 }, { signal });
    for (let number = 1; number <= 1005; number += 1) {
      const [start, end] = [(number - 1) * 10, number * 10];
      await sendPart(plan, state, { number, start, end }, blob.slice(start, end));
    }
    const parts = await plan.listParts!(state, { signal });
    assert.deepEqual(
      parts.map(part => part.number),
      Array.from({ length: 1005 }, (_, index) => index + 1),
    );
    await plan.abort!(state, { signal });
    assert.deepEqual(store.local.uploads('lab'), []);
  });

  it('completes without readable ETags, by the list of parts', async () => {
    const blob = content(5 * 1024 ** 2 + 1);
    const plan = await adapter.openUpload!(intentFor('hidden', blob, { partsFrom: 1 }), { signal });
    assert.ok(plan.kind === 'parts');
    const state = await plan.begin({ partSize: 5 * 1024 ** 2, count: 2 }, { signal });
    const receipts: PartReceipt[] = [];
    for (const [number, start, end] of [
      [1, 0, 5 * 1024 ** 2],
      [2, 5 * 1024 ** 2, blob.size],
    ] as const) {
      const { etag: _hidden, ...receipt } = await sendPart(
        plan,
        state,
        { number, start, end },
        blob.slice(start, end),
      );
      receipts.push(receipt);
    }
    store.stats.reset();
    const outcome = await plan.complete(state, receipts, { signal });
    assert.equal(outcome.path, 'hidden');
    assert.equal(outcome.response?.status, 200, 'the answer itself is handed on');
    assert.match(outcome.response?.headers['content-type'] ?? '', /xml/);
    assert.equal(count('ListParts'), 1);
    const again = await plan.begin({ partSize: 5 * 1024 ** 2, count: 2 }, { signal });
    await assert.rejects(plan.complete(again, receipts, { signal }), /ETag.*ExposeHeaders/);
    await plan.abort!(again, { signal });
  });

  it('repeats control calls when the storage is busy, and copies that fail late', async () => {
    store.faults.failNext({ operation: 'ListObjectsV2', status: 503, times: 2 });
    await adapter.list('', { signal });
    assert.equal(count('ListObjectsV2'), 3);
    await store.local.put('lab', 'late', 'x');
    store.faults.failNext({ operation: 'CopyObject', errorInBody: true });
    await adapter.copy!('late', 'later', { signal });
    assert.equal(count('CopyObject'), 2);
  });

  it('leaves the repeating of a plan’s calls to the engine', async () => {
    const plan = await adapter.openUpload!({ ...intentFor('busy', new Blob()), size: 1024 ** 3 }, { signal });
    assert.ok(plan.kind === 'parts');
    store.faults.failNext({ operation: 'CreateMultipartUpload', status: 503, retryAfter: 2 });
    const begun = plan.begin({ partSize: 1024 ** 3, count: 1 }, { signal });
    await assert.rejects(begun, { kind: 'retry', reason: 'rate-limited', retryAfter: 2000 });
    assert.equal(count('CreateMultipartUpload'), 1);
  });

  it('knows an expired URL, an error inside a 200 and a full disk', async () => {
    const plan = await open({ smallFilesByForm: false }).openUpload!(intentFor('x', new Blob(['x'])), {
      signal,
    });
    assert.ok(plan.kind === 'request');
    const send = async () => {
      const response = await deliver(await plan.sign({ signal, attempt: 1 }), new Blob(['x']));
      return plan.readError(response, { phase: 'send' });
    };
    store.faults.expireEarly = 7 * 86_400_000;
    assert.equal((await send())?.kind, 're-sign');
    store.faults.reset();
    store.faults.storeFull = true;
    const full = await send();
    assert.deepEqual([full?.kind, full?.reason], ['fatal', 'storage-full']);
    store.faults.reset();
    assert.equal(await send(), undefined);
  });

  it('copies large objects part by part, and leaves nothing when that fails', async () => {
    const large = open({ copyInPartsFrom: 5 * 1024 ** 2, exposesMetadata: true });
    const blob = content(11 * 1024 ** 2, 9);
    await upload(large, 'large', blob, { metadata: { custom: { a: 'ü' }, tags: { t: '1' } } });
    store.stats.reset();
    await large.copy!('large', 'large copy', { signal });
    assert.equal(count('UploadPartCopy'), 3);
    assert.equal(await store.local.sha256('lab', 'large copy'), await store.local.sha256('lab', 'large'));
    const read = await large.readMetadata!('large copy', { signal });
    assert.deepEqual([read.custom, read.tags], [{ a: 'ü' }, { t: '1' }]);
    store.faults.failNext({ operation: 'UploadPartCopy', partNumber: 2, status: 403, code: 'AccessDenied' });
    await assert.rejects(large.copy!('large', 'large no', { signal }), { reason: 'forbidden' });
    assert.deepEqual(store.local.uploads('lab'), []);
    assert.deepEqual(store.local.list('lab', 'large no'), []);
  });

  it('reports each key that could not be deleted', async () => {
    await store.local.put('lab', 'del/1', 'x');
    store.faults.failNext({ operation: 'DeleteObjects', status: 403, code: 'AccessDenied' });
    const results = await adapter.remove!(['del/1', 'del/2'], { signal });
    assert.deepEqual(
      results.map(result => [result.path, result.error?.reason]),
      [
        ['del/1', 'forbidden'],
        ['del/2', 'forbidden'],
      ],
    );
    store.faults.failNext({ operation: 'DeleteObjects', status: 501, code: 'NotImplemented' });
    assert.deepEqual(await adapter.remove!(['del/1', 'del/2'], { signal }), [
      { path: 'del/1' },
      { path: 'del/2' },
    ]);
    assert.deepEqual(store.local.list('lab', 'del/'), []);
  });

  it('keeps the original when it cannot be deleted after a copy', async () => {
    await store.local.put('lab', 'mv/a', 'x');
    store.faults.failNext({ operation: 'DeleteObject', status: 403, code: 'AccessDenied' });
    await assert.rejects(adapter.move!('mv/a', 'mv/b', { signal }), /there twice/);
    assert.deepEqual(
      store.local.list('lab', 'mv/').map(object => object.key),
      ['mv/a', 'mv/b'],
    );
  });

  it('names the other origins of a bucket as mirrors', async () => {
    await store.local.put('lab', 'mirrored', 'the same');
    const path = store.url('lab', 'path');
    const both = open({ bucketUrl: [path, path.replace('127.0.0.1', 'localhost')] });
    const source = await both.resolveDownload!({ path: 'mirrored', id: 'mirrored' }, { signal });
    assert.ok(source.kind === 'url' && source.mirrors?.length === 1);
    for (const url of [source.url, ...source.mirrors])
      assert.equal(await (await fetch(url)).text(), 'the same');
    assert.notEqual(new URL(source.url).origin, new URL(source.mirrors[0]!).origin);
  });
});

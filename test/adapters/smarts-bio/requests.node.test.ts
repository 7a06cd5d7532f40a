/** What goes over the wire, and where the key goes. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { TransferError } from '../../../src/core/errors.js';
import { listAll } from '../../contract/listing.js';
import { bytesOf, content, intentFor, read, signal, upload } from '../../contract/transfer.js';
import { type Setup, setUp } from './setup.js';

describe('smarts-bio on the wire', () => {
  let setup: Setup;
  before(async () => {
    setup = await setUp({ client: 'portal/1.0' });
  });
  after(() => setup.close());
  beforeEach(() => {
    setup.lines();
  });

  it('sends small files as a form, with folder and description', async () => {
    const { kind, outcome } = await upload(
      setup.adapter,
      'raw/ü a.vcf',
      new Blob(['variants'], { type: 'text/x-vcf' }),
      {
        metadata: { custom: { description: 'first run' } },
      },
    );
    assert.equal(kind, 'form');
    assert.deepEqual([outcome.path, outcome.size], ['raw/ü a.vcf', 8]);
    assert.equal(outcome.id, setup.standIn.keyOf('raw/ü a.vcf'));
    assert.equal((outcome.body as { key?: string }).key, outcome.id);
    assert.equal(setup.standIn.recordOf('raw/ü a.vcf')?.description, 'first run');
    assert.deepEqual(setup.lines(), ['POST /v1/files/upload']);
  });

  it('sends large files in three steps, and the storage never sees the key', async () => {
    const { adapter, store, standIn } = setup;
    store.stats.reset();
    standIn.stats.reset();
    const blob = content(200_000);
    const { kind, outcome } = await upload(adapter, 'bam/large #1.bam', blob, { type: 'application/x-bam' });
    assert.equal(kind, 'request');
    assert.deepEqual([outcome.path, outcome.size], ['bam/large #1.bam', 200_000]);
    assert.match(outcome.etag!, /^[0-9a-f]{32}$/);
    assert.deepEqual(
      standIn.stats.log.map(({ operation }) => operation),
      ['upload-url', 'upload-confirm'],
    );
    assert.equal(standIn.recordOf('bam/large #1.bam')?.contentType, 'application/x-bam');
    const source = await adapter.resolveDownload!({ path: 'bam/large #1.bam', id: outcome.id! }, { signal });
    assert.deepEqual(await read(source), await bytesOf(blob));
    assert.ok(source.kind === 'url' && source.expiresAt! > Date.now() + 3_000_000);
    assert.ok(store.stats.log.some(({ operation }) => operation === 'GetObject'));
    for (const { headerNames } of store.stats.log) {
      assert.ok(!headerNames.includes('authorization') && !headerNames.includes('x-smarts-client'));
    }
    for (const { headerNames } of standIn.stats.log) {
      assert.ok(headerNames.includes('authorization') && headerNames.includes('x-smarts-client'));
    }
  });

  it('keeps what the large flow cannot carry by the metadata call', async () => {
    const metadata = { custom: { description: 'of a large file', run: '7' } };
    await upload(setup.adapter, 'described.bam', content(200_000), { metadata });
    assert.deepEqual(setup.standIn.recordOf('described.bam')?.metadata, metadata.custom);
    await setup.adapter.writeMetadata!('described.bam', { custom: { run: '8' } }, { signal });
    assert.equal(setup.standIn.recordOf('described.bam')?.metadata?.run, '8');
  });

  it('takes the form for a description when nothing else can carry it', async () => {
    const adapter = setup.another({ manage: false });
    const metadata = { custom: { description: 'kept' } };
    assert.equal((await upload(adapter, 'd.bam', content(200_000), { metadata })).kind, 'form');
    assert.equal(setup.standIn.recordOf('d.bam')?.description, 'kept');
    for (const name of ['move', 'createFolder', 'writeMetadata'] as const)
      assert.equal(adapter[name], undefined);
  });

  it('switches over at 10 MB, whatever a form could take', async () => {
    const adapter = setup.another({ presignAbove: 10_000_000 });
    const kinds = [10_000_000, 10_000_001].map(async size => {
      const plan = await adapter.openUpload!({ ...intentFor('x', content(0)), size }, { signal });
      return plan.kind;
    });
    assert.deepEqual(await Promise.all(kinds), ['form', 'request']);
    const huge = adapter.openUpload!({ ...intentFor('x', content(0)), size: 6 * 1024 ** 3 }, { signal });
    await assert.rejects(huge, { reason: 'too-large' });
  });

  it('never trusts a form with a name that it would change', async () => {
    for (const name of ['a "b".txt', '100%22.txt']) {
      assert.equal((await upload(setup.adapter, `q/${name}`, new Blob(['x']))).kind, 'request', name);
      assert.ok(setup.standIn.has(`q/${name}`), name);
    }
  });

  it('lists one level by path and everything by prefix', async () => {
    setup.lines();
    await setup.adapter.list('a b/', { signal, limit: 5 });
    await setup.adapter.list('a b/', { signal, limit: 5, recursive: true, namePrefix: 'c' });
    assert.deepEqual(setup.lines(), [
      'GET /v1/files?workspace_id=ws_abc123&path=a%20b%2F&limit=5',
      'GET /v1/files?workspace_id=ws_abc123&prefix=a%20b%2Fc&limit=5',
    ]);
  });

  it('reads every shape of a listing, and every way to tell the next page', async () => {
    const { standIn, adapter } = setup;
    for (let index = 0; index < 6; index += 1) await upload(adapter, `p/${index}.txt`, new Blob(['x']));
    const expected = Array.from({ length: 6 }, (_, index) => `p/${index}.txt`);
    for (const listShape of ['files', 'data', 'bare'] as const) {
      for (const cursor of ['nextCursor', 'next', 'after', 'none'] as const) {
        // A bare array has no room for a cursor.
        Object.assign(standIn.quirks, { listShape, cursor });
        const found = await listAll(adapter, 'p/', { limit: 2 });
        assert.deepEqual(
          found.map(entry => entry.path),
          expected,
          `${listShape} ${cursor}`,
        );
      }
    }
    Object.assign(standIn.quirks, { listShape: 'files', cursor: 'ignored' });
    const first = await listAll(adapter, 'p/', { limit: 2 });
    assert.deepEqual(
      first.map(entry => entry.path),
      expected.slice(0, 2),
      'a server that cannot page',
    );
    standIn.quirks.cursor = 'nextCursor';
  });

  it('asks for smaller pages where the API refuses large ones, and remembers it', async () => {
    const { standIn } = setup;
    for (let index = 0; index < 130; index += 1) {
      await upload(setup.adapter, `page/${index}.txt`, new Blob(['x']));
    }
    standIn.quirks.refusesLimitAbove = 100;
    try {
      const adapter = setup.another({});
      setup.lines();
      assert.equal((await listAll(adapter, 'page/')).length, 130);
      const limits = () => setup.lines().map(line => /limit=(\d+)/.exec(line)?.[1]);
      assert.deepEqual(limits(), ['1000', '100', '100']);
      await adapter.list('page/', { signal });
      assert.deepEqual(limits(), ['100']);
      // Another mistake stays one.
      standIn.faults.failNext({ operation: 'list', status: 400 });
      await assert.rejects(setup.another({}).list('page/', { signal }), {
        reason: 'invalid-input',
        status: 400,
      });
    } finally {
      standIn.quirks.refusesLimitAbove = Number.POSITIVE_INFINITY;
    }
  });

  it('tells files what the platform tells of them', async () => {
    const entry = await setup.adapter.stat!('raw/ü a.vcf', { signal });
    assert.equal(entry?.id, setup.standIn.keyOf('raw/ü a.vcf'));
    assert.deepEqual([entry?.size, entry?.type, entry?.extra?.format], [8, 'text/x-vcf', 'vcf']);
    assert.ok(entry?.created && entry.modified);
    assert.equal(await setup.adapter.keyOf('raw/ü a.vcf', { signal }), entry?.id);
  });

  it('shows the workspaces, and opens another one', async () => {
    const containers = setup.adapter.containers!;
    const { containers: all } = await containers.list({ signal });
    assert.deepEqual(
      all.map(({ id, name }) => [id, name]),
      [
        ['ws_abc123', 'Sequencing'],
        ['ws_def456', 'Proteomics'],
      ],
    );
    assert.equal(containers.current, 'ws_abc123');
    assert.deepEqual((await containers.list({ signal, query: 'prot' })).containers.length, 1);
    const other = containers.open('ws_def456');
    await upload(other, 'there.txt', new Blob(['x']));
    assert.ok(setup.standIn.files.find(setup.standIn.keyOf('there.txt', 'ws_def456')));
    assert.ok(!setup.standIn.has('there.txt'));
    const none = setup.another({});
    assert.equal(none.containers!.create, undefined);
  });

  it('hands out an upload, and registers it when it has come', async () => {
    const { adapter, standIn, lines, text } = setup;
    const file = { path: 'by others/ü #1.txt', size: 5, type: 'text/plain' };
    lines();
    const link = await adapter.signedUploadLink(file, { signal });
    assert.deepEqual(lines(), ['POST /v1/files/upload-url']);
    assert.equal(link.fileKey, standIn.keyOf(file.path));
    assert.ok(link.expiresAt! > Date.now());
    const early = await adapter
      .confirmUpload({ ...file, ...link }, { signal })
      .catch((error: unknown) => error);
    assert.deepEqual(
      [(early as TransferError).kind, (early as TransferError).reason],
      ['fatal', 'upload-gone'],
    );
    assert.match((early as Error).message, /ü #1\.txt .* Confirm it when its PUT has ended/);
    const put = (body: string, headers: Record<string, string> = { ...link.headers }) =>
      fetch(link.url, { method: 'PUT', body, headers });
    assert.equal((await put('other', { 'content-type': 'text/html' })).status, 403);
    assert.equal((await put('other size')).status, 200);
    await assert.rejects(adapter.confirmUpload({ ...file, ...link }, { signal }), { reason: 'upload-gone' });
    assert.equal(await text(file.path), undefined);
    assert.equal((await put('whole')).status, 200);
    for (const _ of [1, 2]) {
      const stored = await adapter.confirmUpload({ ...file, ...link }, { signal });
      assert.deepEqual([stored.path, stored.id, stored.size], [file.path, link.fileKey, 5]);
    }
    assert.equal(await text(file.path), 'whole');
    await assert.rejects(adapter.signedUploadLink({ path: 'folder/', size: 1 }, { signal }), {
      reason: 'invalid-name',
    });
  });

  it('renames, moves, and does both at once, folders too', async () => {
    const { adapter, text } = setup;
    await upload(adapter, 'm/a/one.txt', new Blob(['one']));
    await upload(adapter, 'm/b/one.txt', new Blob(['another one']));
    setup.lines();
    await adapter.move!('m/a/one.txt', 'm/a/two.txt', { signal });
    assert.ok(setup.lines().includes('PUT /v1/files/rename'));
    await adapter.move!('m/a/two.txt', 'm/c/two.txt', { signal });
    assert.ok(setup.lines().includes('PUT /v1/files/move'));
    // Neither step may run into the file that has the old name in the new folder.
    await adapter.move!('m/c/two.txt', 'm/a/one.txt', { signal });
    const entry = await adapter.move!('m/a/one.txt', 'm/b/three.txt', { signal });
    assert.deepEqual([entry.path, entry.id], ['m/b/three.txt', setup.standIn.keyOf('m/b/three.txt')]);
    assert.deepEqual([await text('m/b/one.txt'), await text('m/b/three.txt')], ['another one', 'one']);
    await adapter.move!('m/b/', 'n/bb/', { signal });
    assert.deepEqual([await text('n/bb/one.txt'), await text('n/bb/three.txt')], ['another one', 'one']);
    assert.equal(await adapter.stat!('m/b/', { signal }), undefined);
    await adapter.remove!(['n/'], { signal });
    assert.equal(await text('n/bb/one.txt'), undefined);
  });
});

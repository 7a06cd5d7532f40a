/** Listing, identity, names, where the token goes. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { DeepLakeQuirks } from '../../../demo/server/platforms/deep-lake/index.js';
import { type DeepLakeAdapter, deepLake } from '../../../src/adapters/deep-lake/index.js';
import { listAll } from '../../contract/listing.js';
import { hostileNames } from '../../contract/names.js';
import { bytesOf, content, read, signal, upload } from '../../contract/transfer.js';
import { type Setup, setUp } from './setup.js';

describe('deep-lake files', () => {
  let setup: Setup;
  let sane: DeepLakeQuirks;
  before(async () => {
    setup = await setUp();
    sane = { ...setup.standIn.quirks };
  });
  after(() => setup.close());
  beforeEach(() => {
    Object.assign(setup.standIn.quirks, sane);
    setup.standIn.faults.reset();
    setup.lines();
  });
  const ids = async (adapter: DeepLakeAdapter, limit?: number) =>
    (await listAll(adapter, '', limit === undefined ? {} : { limit })).map(({ id }) => id);
  const recorded = () => setup.standIn.records().map(({ id }) => id);

  it('hands out the UUID, which finds the file however it is written', async () => {
    const { adapter } = setup;
    const { kind, outcome } = await upload(
      adapter,
      'runs/photo ü.png',
      new Blob(['1'], { type: 'image/png' }),
    );
    const id = outcome.id!;
    assert.deepEqual([kind, outcome.path, outcome.size], ['form', 'runs/photo ü.png', 1]);
    assert.deepEqual(recorded(), [id]);
    const entry = (await adapter.list('', { signal })).entries[0]!;
    assert.deepEqual(
      [entry.id, entry.path, entry.name, entry.size, entry.type],
      [id, `${id}/photo ü.png`, 'photo ü.png', 1, 'image/png'],
    );
    for (const path of [id, entry.path]) {
      assert.deepEqual(await adapter.stat!(path, { signal }), entry);
      const source = await adapter.resolveDownload!({ path, id: path }, { signal });
      assert.equal(new TextDecoder().decode(await read(source)), '1');
    }
    assert.equal(await adapter.stat!('photo ü.png', { signal }), undefined);
    assert.equal(await adapter.stat!(crypto.randomUUID(), { signal }), undefined);
    assert.deepEqual(await adapter.remove!([entry.path], { signal }), [{ path: entry.path }]);
    assert.deepEqual(recorded(), []);
  });

  it('stores a second file under a taken name, and deletes only the one that was chosen', async () => {
    const { adapter } = setup;
    const first = (await upload(adapter, 'same.txt', new Blob(['first']))).outcome.id;
    const second = (await upload(adapter, 'same.txt', new Blob(['second']))).outcome.id;
    assert.notEqual(first, second);
    const found = [];
    for await (const entry of adapter.filesNamed('same.txt', { signal })) found.push(entry);
    assert.deepEqual(
      found.map(({ id }) => id),
      [second, first],
    );
    const [byName] = await adapter.remove!(['same.txt'], { signal });
    assert.equal(byName?.error?.reason, 'not-found');
    await adapter.remove!([found[1]!.path], { signal });
    assert.deepEqual(recorded(), [second]);
    await adapter.remove!([second!], { signal });
  });

  it('keeps hostile names, as the last segment or as a whole', async () => {
    for (const [fileNames, quirk] of [
      ['name', false],
      ['path', false],
      ['path', true],
    ] as const) {
      setup.standIn.quirks.stripFolders = quirk;
      const adapter = setup.another({ fileNames });
      for (const name of hostileNames) {
        const { outcome } = await upload(adapter, `hostile/${name}`, new Blob([name]));
        const entry = await adapter.stat!(outcome.id!, { signal });
        const last = name.slice(name.lastIndexOf('/') + 1);
        const kept = fileNames === 'path' && !quirk ? `hostile/${name}` : last;
        assert.deepEqual([entry?.name, entry?.path], [last, `${outcome.id}/${kept}`]);
        await adapter.remove!([entry!.path], { signal });
      }
    }
    assert.deepEqual(recorded(), []);
  });

  it('never makes a folder of a file, whatever its name', async () => {
    const id = await setup.standIn.put('dir/', 'x');
    const nameless = await setup.standIn.put('', 'x');
    const entries = (await setup.adapter.list('', { signal })).entries;
    assert.deepEqual(
      entries.map(({ path, kind }) => [path, kind]),
      [
        [nameless, 'file'],
        [`${id}/dir`, 'file'],
      ],
    );
    await setup.adapter.remove!([id, nameless], { signal });
  });

  it('pages by limit and offset in every shape of an answer, also when pages are smaller than asked', async () => {
    for (let index = 0; index < 57; index += 1) await setup.standIn.put(`${index}.txt`, 'x');
    for (const listShape of ['files', 'data', 'items', 'array'] as const) {
      for (const [totals, largestPage] of [
        [true, 7],
        [true, 100],
        [false, 25],
        [false, 100],
      ] as const) {
        Object.assign(setup.standIn.quirks, { listShape, totals, largestPage });
        // Nothing but the total tells that a page shorter than 20 is not the last.
        if (listShape === 'array' && largestPage < 20) continue;
        for (const limit of [undefined, 57, 30]) {
          assert.deepEqual(
            await ids(setup.adapter, limit),
            recorded(),
            `${listShape} ${largestPage} ${limit}`,
          );
        }
      }
    }
    Object.assign(setup.standIn.quirks, sane);
    setup.lines();
    assert.equal((await setup.adapter.list('', { signal, limit: 20 })).total, 57);
    assert.deepEqual(setup.lines(), ['GET /workspaces/lab/files?limit=20&offset=0']);
  });

  it('reads every spelling of a file’s fields', async () => {
    const [wanted] = (await setup.adapter.list('', { signal, limit: 1 })).entries;
    for (const fields of ['mime', 'camel'] as const) {
      setup.standIn.quirks.fields = fields;
      assert.deepEqual((await setup.adapter.list('', { signal, limit: 1 })).entries, [wanted]);
      assert.deepEqual(await setup.adapter.stat!(wanted!.id, { signal }), wanted);
    }
  });

  it('misses nothing when files come and go between two pages', async () => {
    const { adapter, standIn } = setup;
    const before = recorded();
    const first = await adapter.list('', { signal, limit: 20 });
    await standIn.put('new.txt', 'x');
    const second = await adapter.list('', { signal, limit: 20, token: first.next! });
    assert.deepEqual(
      second.entries.map(({ id }) => id),
      before.slice(20, 39),
    );
    await adapter.remove!(
      first.entries.map(({ path }) => path),
      { signal },
    );
    const seen = new Set([...first.entries, ...second.entries].map(({ id }) => id));
    for (let token = second.next; token !== undefined; ) {
      const page = await adapter.list('', { signal, limit: 20, token });
      for (const { id } of page.entries) seen.add(id);
      token = page.next;
    }
    assert.deepEqual(
      before.filter(id => !seen.has(id)),
      [],
    );
    await assert.rejects(adapter.list('', { signal, token: 'made up' }), { reason: 'invalid-input' });
  });

  it('takes an answer that holds nothing but the id, and asks for the rest', async () => {
    Object.assign(setup.standIn.quirks, { idOnly: true, uploadStatus: 200, deleteStatus: 200 });
    const { outcome } = await upload(setup.adapter, 'a.bin', content(1234));
    assert.deepEqual([outcome.size, outcome.id], [1234, recorded()[0]]);
    assert.deepEqual(await setup.adapter.remove!([outcome.id!], { signal }), [{ path: outcome.id! }]);
  });

  it('takes a lost answer to a deletion for success, and says when nothing was there', async () => {
    const id = await setup.standIn.put('x', 'x');
    setup.standIn.faults.failNext({ operation: 'delete', loseAnswer: true });
    assert.deepEqual(await setup.adapter.remove!([id], { signal }), [{ path: id }]);
    assert.equal((await setup.adapter.remove!([id], { signal }))[0]?.error?.reason, 'not-found');
  });

  it('reads ranges where the server has them, and the whole where not', async () => {
    const { adapter, standIn } = setup;
    const { outcome } = await upload(adapter, 'r.bin', content(5000));
    const source = await adapter.resolveDownload!({ path: 'r.bin', id: outcome.id! }, { signal });
    const all = await bytesOf(content(5000));
    assert.deepEqual(await read(source, [100, 200]), all.slice(100, 200));
    standIn.quirks.ranges = false;
    assert.ok(source.kind === 'url' && source.ranges === 'probe');
    const whole = await fetch(source.url, { headers: { ...source.headers, range: 'bytes=0-0' } });
    assert.equal(whole.status, 200);
    assert.equal(whole.headers.get('content-disposition')?.includes("filename*=UTF-8''r.bin"), true);
  });

  it('sends token and organisation to the API, and to no other origin', async () => {
    const { standIn, another, store } = setup;
    standIn.quirks.orgRequired = 400;
    await assert.rejects(another({}).list('', { signal }), { reason: 'invalid-input' });
    standIn.quirks.orgRequired = 403;
    await assert.rejects(another({}).list('', { signal }), { reason: 'forbidden' });
    const [organisation] = await another({ orgId: standIn.orgId }).organisations({ signal });
    const adapter = another({ orgId: organisation!.id });
    store.stats.reset();
    standIn.stats.reset();
    const { outcome } = await upload(adapter, 'o.txt', new Blob(['x']));
    await read(await adapter.resolveDownload!({ path: '', id: outcome.id! }, { signal }));
    await adapter.health!({ signal });
    assert.equal(standIn.stats.log.length, 3);
    for (const { headerNames, operation, status } of standIn.stats.log) {
      assert.ok(headerNames.includes('authorization'), operation);
      assert.ok(headerNames.includes('x-activeloop-org-id') && status < 400, operation);
    }
    for (const { headerNames } of store.stats.log) assert.ok(!headerNames.includes('authorization'));
  });

  it('encodes the workspace, and follows no redirect with the token', async () => {
    const { standIn, adapter, another } = setup;
    await adapter.containers.create!({ name: 'Ünï lab #2?' }, { signal });
    const other = adapter.containers.open('Ünï lab #2?');
    const { outcome } = await upload(other, 'in.txt', new Blob(['x']));
    assert.equal((await ids(other)).join(), outcome.id);
    assert.equal(await adapter.stat!(outcome.id!, { signal }), undefined);
    const location = 'http://localhost:9/steal';
    standIn.faults.failNext({ operation: 'list', status: 307, body: '', headers: { location } });
    await assert.rejects(another({ maxRetries: 0 }).list('', { signal }), { reason: 'invalid-answer' });
  });

  it('refuses options that cannot be right', () => {
    const getToken = () => 't';
    for (const wrong of [
      { workspace: '' },
      { workspace: '..' },
      { baseUrl: 'x' },
      { pageSize: 0 },
      { maxWorkers: 0 },
    ]) {
      assert.throws(() => deepLake({ workspace: 'w', getToken, ...wrong }), TypeError);
    }
  });

  it('refuses what is too large before anything is sent', async () => {
    const adapter = setup.another({ maxFileSize: 5 });
    assert.equal(adapter.capabilities.maxFileSize, 5);
    await assert.rejects(upload(adapter, 'x', content(6)), { reason: 'too-large' });
    assert.deepEqual(setup.lines(), []);
    setup.standIn.quirks.sizeLimit = 5;
    await assert.rejects(upload(setup.adapter, 'x', content(6)), { reason: 'too-large', status: 413 });
  });
});

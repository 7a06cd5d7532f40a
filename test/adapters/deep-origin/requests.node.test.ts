/** What goes over the wire, and where the token goes. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { bytesOf, content, read, signal, upload } from '../../contract/transfer.js';
import { type Setup, setUp } from './setup.js';

describe('deep-origin on the wire', () => {
  let setup: Setup;
  before(async () => {
    setup = await setUp();
  });
  after(() => setup.close());
  beforeEach(() => {
    setup.lines();
  });

  it('asks for pages as the platform spells it', async () => {
    for (const name of ['1', '2', '3']) await setup.put(`dir/sub a/p${name}`);
    const { adapter, lines } = setup;
    const first = await adapter.list('dir/sub a/', { signal, recursive: true, limit: 2, namePrefix: 'p' });
    assert.equal(first.entries.length, 2);
    const second = await adapter.list('dir/sub a/', {
      signal,
      recursive: true,
      limit: 2,
      namePrefix: 'p',
      token: first.next!,
    });
    assert.deepEqual(
      second.entries.map(entry => entry.path),
      ['dir/sub a/p3'],
    );
    assert.equal(second.next, undefined);
    const base = 'GET /files/org-1/directory/dir/sub%20a/?recursive=true';
    assert.deepEqual(lines(), [
      `${base}&max-keys=2&prefix=p`,
      `${base}&continuation-token=${encodeURIComponent(first.next!)}&max-keys=2&prefix=p`,
    ]);
  });

  it('sends the last count, the delimiter and the page size that it was given', async () => {
    await setup.another({ lastCount: 12, delimiter: '', maxKeys: 50 }).list('', { signal });
    assert.deepEqual(setup.lines(), ['GET /files/org-1/directory/?max-keys=50&last-count=12']);
  });

  it('lists keys page by page until the end, with wishes of this one listing', async () => {
    for (let index = 0; index < 7; index += 1) await setup.put(`keys/${index % 2}/${index}`);
    const found: string[] = [];
    const wishes = { signal, recursive: true, limit: 3, lastCount: 7 };
    for await (const key of setup.adapter.keys('keys/', wishes)) found.push(key);
    assert.deepEqual(found.length, 7);
    assert.equal(setup.lines().filter(line => line.includes('last-count=7')).length, 3);
    const top: string[] = [];
    for await (const key of setup.adapter.keys('keys/', { signal })) top.push(key);
    assert.deepEqual(top, ['keys/0/', 'keys/1/']);
    setup.lines();
    const grouped: string[] = [];
    const all = { signal, recursive: true, delimiter: '/' };
    for await (const key of setup.adapter.keys('keys/', all)) grouped.push(key);
    assert.deepEqual(grouped, ['keys/0/', 'keys/1/']);
    assert.deepEqual(setup.lines(), [
      'GET /files/org-1/directory/keys/?recursive=true&delimiter=%2F&max-keys=1000',
    ]);
  });

  it('finds names by their beginning, however the service compares it', async () => {
    for (const path of ['pre/apple', 'pre/apricot', 'pre/bean', 'zip/shadowed.txt']) await setup.put(path);
    for (const prefix of ['relative', 'full', 'relative'] as const) {
      setup.standIn.quirks.prefix = prefix;
      for (const adapter of [setup.adapter, setup.another({})]) {
        const { entries } = await adapter.list('pre/', { signal, namePrefix: 'ap' });
        assert.deepEqual(
          entries.map(({ path }) => path),
          ['pre/apple', 'pre/apricot'],
          prefix,
        );
        assert.equal((await adapter.stat!('zip/shadowed.txt', { signal }))?.kind, 'file', prefix);
      }
    }
    setup.standIn.quirks.prefix = 'relative';
  });

  it('does not take a folder of the same name for what was looked for', async () => {
    const paths = ['runs/runs/alpha', 'runs/runs/apple', 'runs/apricot', 'zip/zip/x1', 'zip/x', 'al/bean'];
    for (const path of [...paths, 'al/alto', 'al/al/al']) await setup.put(path);
    for (const prefix of ['relative', 'full'] as const) {
      setup.standIn.quirks.prefix = prefix;
      const adapter = setup.another({});
      const found = async (folder: string, namePrefix: string, more: { recursive?: boolean } = {}) => {
        const paths: string[] = [];
        for (let token: string | undefined, pages = 0; pages < 9; pages += 1) {
          const wishes = { signal, namePrefix, limit: 1, ...more, ...(token === undefined ? {} : { token }) };
          const page = await adapter.list(folder, wishes);
          paths.push(...page.entries.map(({ path }) => path));
          if (page.next === undefined) return paths.toSorted();
          token = page.next;
        }
        throw new Error('It does not end.');
      };
      for (let round = 1; round <= 2; round += 1) {
        const which = `${prefix}, round ${round}`;
        assert.deepEqual(await found('runs/', 'ap'), ['runs/apricot'], which);
        assert.deepEqual(await found('runs/', 'al'), [], which);
        assert.deepEqual(await found('zip/', 'nothing'), [], which);
        assert.equal((await adapter.stat!('zip/x', { signal }))?.path, 'zip/x', which);
        assert.deepEqual(await found('al/', 'al'), ['al/al/', 'al/alto'], which);
        assert.deepEqual(await found('al/', 'al', { recursive: true }), ['al/al/al', 'al/alto'], which);
        assert.deepEqual(await found('runs/', 'ru', { recursive: true }), paths.slice(0, 2), which);
      }
    }
    setup.standIn.quirks.prefix = 'relative';
  });

  it('sends small files as a form and large ones to the storage, which never sees the token', async () => {
    const { adapter, store, standIn, lines } = setup;
    store.stats.reset();
    const small = await upload(adapter, 'ü b.bin', content(1000));
    assert.equal(small.kind, 'form');
    assert.match(small.outcome.etag!, /^[0-9a-f]{32}$/);
    const large = await upload(adapter, 'up/large #1.bin', content(300_000));
    assert.equal(large.kind, 'request');
    assert.match(large.outcome.etag!, /^[0-9a-f]{32}$/);
    assert.deepEqual(lines(), [
      'PUT /files/org-1/%C3%BC%20b.bin',
      'GET /files/org-1/signedUrl/up/large%20%231.bin?upload=true',
    ]);
    const source = await adapter.resolveDownload!({ path: 'up/large #1.bin', id: '' }, { signal });
    assert.deepEqual(await read(source), await bytesOf(content(300_000)));
    assert.ok(store.stats.log.length >= 2);
    for (const request of store.stats.log) assert.ok(!request.headerNames.includes('authorization'));
    for (const { headerNames, operation } of standIn.stats.log) {
      assert.ok(headerNames.includes('authorization'), operation);
    }
  });

  it('downloads through the API when told so, and shadowed paths by signed URL all the same', async () => {
    await setup.put('direct.txt');
    await setup.put('zip/inner.txt');
    const adapter = setup.another({ downloads: 'direct' });
    setup.lines();
    for (const path of ['direct.txt', 'zip/inner.txt']) {
      const source = await adapter.resolveDownload!({ path, id: path }, { signal });
      assert.equal(new TextDecoder().decode(await read(source)), path);
    }
    assert.deepEqual(setup.lines(), [
      'GET /files/org-1/direct.txt',
      'GET /files/org-1/signedUrl/zip/inner.txt',
    ]);
    assert.equal((await adapter.stat!('zip/inner.txt', { signal }))?.size, 13);
    assert.equal(await adapter.stat!('zip/other.txt', { signal }), undefined);
  });

  it('hands out links for both directions', async () => {
    const { adapter } = setup;
    const { url, expiresAt } = await adapter.signedUploadLink('by link.txt', { signal });
    assert.ok(expiresAt > Date.now() + 800_000 && expiresAt <= Date.now() + 900_000);
    const headers = { 'content-type': 'application/octet-stream' };
    assert.equal((await fetch(url, { method: 'PUT', headers, body: 'sent by link' })).status, 200);
    const link = await adapter.signedLink!('by link.txt', { signal, seconds: 60 });
    assert.equal(await (await fetch(link.url)).text(), 'sent by link');
  });

  it('reads every way in which folders may show', async () => {
    await setup.put('shapes/in/a.txt');
    await setup.put('shapes/b.txt');
    const { quirks } = setup.standIn;
    for (const folders of ['keys', 'commonPrefixes', 'CommonPrefixes'] as const) {
      quirks.folders = folders;
      const { entries } = await setup.adapter.list('shapes/', { signal });
      assert.deepEqual(entries.map(entry => entry.path).sort(), ['shapes/b.txt', 'shapes/in/'], folders);
    }
    quirks.folders = 'keys';
    quirks.keysOnly = true;
    const { entries } = await setup.adapter.list('shapes/', { signal });
    quirks.keysOnly = false;
    assert.deepEqual(
      entries.find(entry => entry.kind === 'file'),
      { id: 'shapes/b.txt', path: 'shapes/b.txt', name: 'b.txt', kind: 'file' },
    );
  });

  it('tells health and version', async () => {
    const { adapter, standIn } = setup;
    assert.deepEqual(await adapter.health!({ signal }), { version: '1.0.0' });
    assert.equal((await adapter.serviceHealth({ signal })).status, 'ok');
    assert.deepEqual(await adapter.serviceVersion({ signal }), { version: '1.0.0' });
    standIn.quirks.unhealthy = true;
    await assert.rejects(adapter.health!({ signal }), { reason: 'server', kind: 'retry', status: 503 });
    assert.equal((await adapter.serviceHealth({ signal })).status, 'error');
    standIn.quirks.unhealthy = false;
  });

  it('fetches a folder as one ZIP', async () => {
    await setup.put('packed/ä.txt', 'first');
    await setup.put('packed/deep/b.txt', 'second');
    const source = await setup.adapter.archive!('packed/', { signal });
    const text = Buffer.from(await read(source)).toString('utf8');
    assert.ok(text.startsWith('PK\u0003\u0004') && text.includes('PK\u0005\u0006'));
    for (const piece of ['packed/ä.txt', 'first', 'packed/deep/b.txt', 'second'])
      assert.ok(text.includes(piece), piece);
    const missing = await setup.adapter.archive!('not there/', { signal });
    await assert.rejects(read(missing), { reason: 'not-found' });
  });
});

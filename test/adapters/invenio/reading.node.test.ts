import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { DownloadSource } from '../../../src/adapters/adapter.js';
import { content } from '../../contract/transfer.js';
import { decode, read, refusal, signal, text, upload, withRepository } from './support.js';

type UrlSource = Extract<DownloadSource, { kind: 'url' }>;

describe('invenio: downloads', () => {
  it(
    'come from the repository, whole where it has no ranges',
    withRepository(async ({ adapter }) => {
      await upload(adapter, 'a.html', text('<b>bold</b>'));
      const source = (await adapter.resolveDownload!(
        { path: 'a.html', id: 'a.html' },
        { signal },
      )) as UrlSource;
      assert.deepEqual([source.size, source.type, source.ranges], [11, 'text/html', 'probe']);
      assert.equal(source.checksums?.[0]?.value, createHash('md5').update('<b>bold</b>').digest('base64'));
      const response = await fetch(source.url, { headers: { ...source.headers, range: 'bytes=0-2' } });
      // Nothing a browser would run, and no range.
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
      assert.match(response.headers.get('etag') ?? '', /^"md5:[0-9a-f]{32}"$/);
    }),
  );

  it(
    'come in ranges where the operator allows them',
    withRepository(
      async ({ adapter }) => {
        await upload(adapter, 'a.txt', text('0123456789'));
        const source = await adapter.resolveDownload!({ path: 'a.txt', id: 'a.txt' }, { signal });
        assert.equal(decode(await read(source, [3, 6])), '345');
      },
      { quirks: { storage: 'local+range' } },
    ),
  );

  it(
    'follow the redirect to the storage and leave the token behind, for each range anew',
    withRepository(
      async ({ adapter, standIn, store }) => {
        const blob = content(1000, 9);
        await upload(adapter, 'ü #1.bin', blob);
        const path = 'ü #1.bin';
        const source = (await adapter.resolveDownload!({ path, id: path }, { signal })) as UrlSource;
        assert.equal(source.headers?.authorization, `Bearer ${standIn.token}`);
        assert.equal(new URL(source.url).origin, standIn.baseUrl);
        store.stats.reset();
        const bytes = new Uint8Array(await blob.arrayBuffer());
        assert.deepEqual(await read(source, [10, 20]), bytes.slice(10, 20));
        assert.deepEqual(await read(source, [990, 1000]), bytes.slice(990));
        const seen = store.stats.log.filter(({ operation }) => operation === 'GetObject');
        assert.equal(seen.length, 2);
        assert.ok(seen.every(({ headerNames }) => !headerNames.includes('authorization')));
        const head = await fetch(source.url, { method: 'HEAD', headers: source.headers ?? {} });
        assert.equal(head.status, 403, 'the storage answers HEAD on a URL signed for GET');
      },
      { quirks: { storage: 's3' } },
    ),
  );

  it(
    'ask for a fresh URL when the storage’s has ended',
    withRepository(
      async ({ adapter, store }) => {
        await upload(adapter, 'a.txt', text('content'));
        const source = (await adapter.resolveDownload!(
          { path: 'a.txt', id: 'a.txt' },
          { signal },
        )) as UrlSource;
        store.faults.failNext({
          operation: 'GetObject',
          status: 403,
          code: 'AccessDenied',
          message: 'Request has expired',
        });
        const response = await fetch(source.url, { headers: source.headers ?? {} });
        const error = source.readError!({
          status: response.status,
          headers: {},
          body: await response.text(),
          url: new URL(response.url).origin,
        });
        assert.deepEqual([error?.kind, error?.reason], ['re-sign', 'expired']);
      },
      { quirks: { storage: 's3' } },
    ),
  );

  it(
    'have a renewed token on the next attempt, and tell one that is refused again',
    withRepository(async ({ adapter, open, standIn }) => {
      await upload(adapter, 'a.txt', text('content'));
      const tokens = [standIn.token, standIn.issueToken(), standIn.token];
      let token = tokens[0]!;
      const renewing = open({ getToken: () => token });
      const entry = { path: 'a.txt', id: 'a.txt' };
      const source = (await renewing.resolveDownload!(entry, { signal })) as UrlSource;
      standIn.tokens.find(known => known.token === token)!.revoked = true;
      const response = await fetch(source.url, { headers: source.headers ?? {} });
      const answer = { status: response.status, headers: {}, body: await response.text(), url: source.url };
      const error = source.readError!(answer);
      assert.deepEqual([error?.kind, error?.reason], ['re-sign', 'unauthorized']);
      assert.equal((await refusal(renewing.resolveDownload!(entry, { signal, attempt: 2 }))).kind, 'fatal');
      token = tokens[1]!;
      const again = await renewing.resolveDownload!(entry, { signal, attempt: 2 });
      assert.equal(decode(await read(again)), 'content');
    }),
  );

  it(
    'do not demand a checksum that is not there yet',
    withRepository(async ({ adapter, standIn }) => {
      standIn.quirks.md5DelayPolls = 100;
      await upload(adapter, 'a.bin', content(6 * 1024 ** 2), { partsFrom: 1 });
      const source = (await adapter.resolveDownload!(
        { path: 'a.bin', id: 'a.bin' },
        { signal },
      )) as UrlSource;
      assert.equal(source.checksums, undefined);
      assert.equal(source.size, 6 * 1024 ** 2);
    }),
  );

  it(
    'pack the whole record, and single folders not',
    withRepository(async ({ adapter }) => {
      await upload(adapter, 'dir/ä.txt', text('one'));
      const source = await adapter.archive!('', { signal });
      const zip = await read(source);
      assert.deepEqual([...zip.slice(0, 4)], [0x50, 0x4b, 3, 4]);
      assert.ok(Buffer.from(zip).includes(Buffer.from('dir/ä.txt')));
      const [folder] = (await adapter.list('', { signal })).entries;
      assert.match(folder?.refuses?.archive ?? '', /whole|all files/);
      assert.equal((await refusal(adapter.archive!('dir/', { signal }))).reason, 'not-supported');
    }),
  );
});

describe('invenio: listings', () => {
  it(
    'read old servers’ sizes',
    withRepository(
      async ({ adapter }) => {
        await upload(adapter, 'a.txt', text('four'));
        assert.equal((await adapter.list('', { signal })).entries[0]?.size, 4);
      },
      { quirks: { oldEntries: true } },
    ),
  );

  it(
    'say that files are switched off',
    withRepository(async ({ adapter, standIn, record }) => {
      const response = await fetch(`${standIn.baseUrl}/api/records/${record}/draft`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${standIn.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ metadata: { title: 'None' }, files: { enabled: false } }),
      });
      assert.equal(response.status, 200);
      const error = await refusal(adapter.list('', { signal }));
      assert.equal(error.reason, 'not-supported');
      assert.match(error.message, /switched off/);
    }),
  );

  it(
    'page by name',
    withRepository(async ({ adapter }) => {
      for (const name of ['b', 'a', 'd/1', 'c']) await upload(adapter, name, text(name));
      const first = await adapter.list('', { signal, limit: 3 });
      assert.deepEqual([first.entries.map(entry => entry.path), first.total], [['a', 'b', 'c'], 4]);
      const second = await adapter.list('', { signal, limit: 3, token: first.next! });
      assert.deepEqual([second.entries.map(entry => entry.path), second.next], [['d/'], undefined]);
    }),
  );
});

describe('invenio: metadata', () => {
  it(
    'keeps what is no text, and changes what is given',
    withRepository(async ({ adapter, open }) => {
      await upload(adapter, 'a.jpg', text('x'), { metadata: { custom: { camera: 'C' } } });
      await adapter.writeFileMetadata!('a.jpg', { camera: 'C', iso: 200, where: { lat: 1.5 } }, { signal });
      const { custom, headers } = await adapter.readMetadata!('a.jpg', { signal });
      assert.deepEqual(custom, { camera: 'C', iso: '200', where: '{"lat":1.5}' });
      assert.equal(headers?.['content-type'], 'image/jpeg');
      await adapter.writeMetadata!('a.jpg', { custom: { ...custom, camera: 'D' } }, { signal });
      const entry = await open().stat!('a.jpg', { signal });
      assert.deepEqual(entry?.extra?.metadata, { camera: 'D', iso: 200, where: { lat: 1.5 } });
      const error = await refusal(adapter.writeMetadata!('a.jpg', { tags: { a: 'b' } }, { signal }));
      assert.equal(error.reason, 'not-supported');
    }),
  );
});

describe('invenio: deletion', () => {
  it(
    'removes everything with one request',
    withRepository(async ({ adapter, standIn }) => {
      for (const name of ['a', 'b/c']) await upload(adapter, name, text(name));
      await adapter.removeAllFiles!({ signal });
      assert.deepEqual((await adapter.list('', { signal })).entries, []);
      assert.deepEqual([standIn.stats.counts['delete-all'], standIn.stats.counts.delete], [1, undefined]);
    }),
  );

  it(
    'tells per file what failed',
    withRepository(async ({ adapter, standIn }) => {
      for (const name of ['a', 'b']) await upload(adapter, name, text(name));
      standIn.faults.failNext({ operation: 'delete', match: ({ path }) => path.endsWith('/a'), status: 403 });
      const [a, b, gone] = await adapter.remove!(['a', 'b', 'never'], { signal });
      assert.deepEqual([a?.error?.reason, b?.error, gone?.error], ['forbidden', undefined, undefined]);
    }),
  );
});

describe('invenio: addresses', () => {
  it(
    'of records and files lead to adapter and path',
    withRepository(async ({ adapter, standIn, record }) => {
      await upload(adapter, 'dir/a b#1.txt', text('one'));
      const draft = `${standIn.baseUrl}/api/records/${record}/draft`;
      for (const [url, path] of [
        [draft, ''],
        [`${draft}/files`, ''],
        [`${draft}/files/dir/a%20b%231.txt`, 'dir/a b#1.txt'],
        [`${draft}/files/dir/a%20b%231.txt/content`, 'dir/a b#1.txt'],
        [`${draft}/files/content`, 'content'],
      ] as const) {
        const found = adapter.at(url);
        assert.equal(found.path, path, url);
        assert.equal(found.adapter.containers?.current, `${record}/draft`);
      }
      const { adapter: same, path } = adapter.at(`${draft}/files/dir/a%20b%231.txt`);
      assert.equal((await same.stat!(path, { signal }))?.size, 3);
      const published = adapter.at(`${standIn.baseUrl}/api/records/${record}`).adapter;
      assert.equal(published.containers?.current, record);
      assert.equal(published.openUpload, undefined);
      for (const url of [
        'nonsense',
        'https://elsewhere.example.org/api/records/a-1',
        standIn.baseUrl,
        `${draft}/review`,
      ]) {
        assert.throws(() => adapter.at(url), { reason: 'invalid-input' }, url);
      }
    }),
  );
});

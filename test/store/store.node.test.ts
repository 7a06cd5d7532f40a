import assert from 'node:assert/strict';
import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { createS3Store } from '../../demo/server/store/index.js';
import { BUCKET, codeOf, KEYS, openStore, send, signedUrl, temporaryFolder } from './local-store.js';

const status = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init);
  return [response.status, codeOf(await response.text())];
};

test('a restart keeps objects, uploads, tags and CORS, and continues an upload', async context => {
  const directory = await temporaryFolder(context);
  const options = { directory, credentials: [KEYS], buckets: [BUCKET], minPartSize: 1 };
  const first = await createS3Store(options);
  await send(first, 'PUT', 'kept', { body: 'kept', headers: { 'content-type': 'text/kept' } });
  await send(first, 'PUT', 'removed', { body: 'removed' });
  await send(first, 'DELETE', 'removed');
  const tagging = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
  await send(first, 'PUT', 'kept', { body: tagging, query: { tagging: '' } });
  const cors =
    '<CORSConfiguration><CORSRule><AllowedOrigin>http://a</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>';
  await send(first, 'PUT', '', { body: cors, query: { cors: '' } });
  const created = await (await send(first, 'POST', 'parts', { query: { uploads: '' } })).text();
  const uploadId = /<UploadId>([^<]+)/.exec(created)![1]!;
  await send(first, 'PUT', 'parts', { body: 'one', query: { partNumber: '1', uploadId } });
  await first.close();

  const second = await openStore(context, options);
  assert.deepEqual(
    second.local.list(BUCKET).map(({ key, size, contentType }) => [key, size, contentType]),
    [['kept', 4, 'text/kept']],
  );
  assert.equal(await (await send(second, 'GET', 'kept')).text(), 'kept');
  assert.match(await (await send(second, 'GET', 'kept', { query: { tagging: '' } })).text(), /<Key>a<\/Key>/);
  assert.match(await (await send(second, 'GET', '', { query: { cors: '' } })).text(), /http:\/\/a/);
  const part = await send(second, 'PUT', 'parts', { body: 'two', query: { partNumber: '2', uploadId } });
  const listed = await (await send(second, 'GET', 'parts', { query: { uploadId } })).text();
  const etags = [...listed.matchAll(/<ETag>([^<]+)/g)].map(match => match[1]);
  assert.equal(etags.length, 2);
  assert.equal(etags[1], part.headers.get('etag')?.replaceAll('"', '&quot;'));
  const body = `<CompleteMultipartUpload>${etags
    .map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
    .join('')}</CompleteMultipartUpload>`;
  assert.equal((await send(second, 'POST', 'parts', { body, query: { uploadId } })).status, 200);
  assert.equal(await (await send(second, 'GET', 'parts')).text(), 'onetwo');
});

test('a crash in the middle of a record loses that record only, and its leftovers are swept', async context => {
  const directory = await temporaryFolder(context);
  const options = { directory, credentials: [KEYS], buckets: [BUCKET] };
  const first = await createS3Store(options);
  await first.local.put(BUCKET, 'whole', 'whole');
  await first.close();
  await appendFile(join(directory, 'journal.ndjson'), '{"type":"object","bucket":"lab","key":"to');
  await writeFile(join(directory, 'data', '00', `00${'0'.repeat(30)}`), 'an upload that never ended');
  await writeFile(join(directory, 'lock'), '999999999');
  const second = await openStore(context, options);
  assert.deepEqual(
    second.local.list(BUCKET).map(({ key }) => key),
    ['whole'],
  );
  await second.local.put(BUCKET, 'next', 'next');
  await second.close();
  assert.deepEqual(await readdir(join(directory, 'data', '00')), []);
  const third = await openStore(context, options);
  assert.equal(third.local.list(BUCKET).length, 2);
});

test('data files go with the last object that needs them', async context => {
  const store = await openStore(context);
  await store.local.put(BUCKET, 'original', 'x'.repeat(1000));
  const headers = { 'x-amz-copy-source': `${BUCKET}/original` };
  const url = await signedUrl(store, 'PUT', 'copy', { query: headers });
  assert.equal((await fetch(url, { method: 'PUT' })).status, 200);
  assert.equal(store.local.used(), 1000);
  await send(store, 'DELETE', 'original');
  assert.equal(await (await send(store, 'GET', 'copy')).text(), 'x'.repeat(1000));
  await send(store, 'DELETE', 'copy');
  assert.equal(store.local.used(), 0);
});

test('a folder belongs to one running store', async context => {
  const directory = await temporaryFolder(context);
  await openStore(context, { directory });
  await assert.rejects(createS3Store({ directory, credentials: [KEYS] }), /Another running store/);
});

test('path-style and virtual-host names reach the same bucket, on both loopbacks', async context => {
  const store = await openStore(context);
  await store.local.put(BUCKET, 'a/b c', 'same');
  const ask = (host: string, address: string, path: string) =>
    new Promise<string>((done, failed) => {
      const outgoing = request({ host: address, port: store.port, path, headers: { host } }, response => {
        let body = '';
        response.setEncoding('utf8').on('data', text => (body += text));
        response.on('end', () => done(body));
      });
      outgoing.on('error', failed).end();
    });
  for (const base of [
    store.url(BUCKET),
    store.url(BUCKET, 'virtual'),
    `http://localhost:${store.port}/${BUCKET}`,
    `http://${BUCKET}.s3.localhost:${store.port}`,
    `http://s3.localhost:${store.port}/${BUCKET}`,
  ]) {
    const url = new URL(await signedUrl(store, 'GET', 'a/b%20c', { base }));
    assert.equal(await ask(url.host, '127.0.0.1', url.pathname + url.search), 'same', base);
    const other = (text: string) => text.replace(BUCKET, 'other');
    assert.match(await ask(other(url.host), '127.0.0.1', other(url.pathname) + url.search), /<Error>/, base);
  }
  const url = new URL(await signedUrl(store, 'GET', 'a/b%20c', { base: store.url(BUCKET, 'virtual') }));
  assert.equal(await ask(url.host, '::1', url.pathname + url.search), 'same');
});

test('temporary keys work with their token only, and not after it expired', async context => {
  let now = Date.parse('2026-01-02T03:04:05Z');
  const token = 'a+token/with=signs';
  const credentials = [{ ...KEYS, sessionToken: token, expiresAt: now + 60_000 }];
  const store = await openStore(context, { credentials, clock: () => now });
  await store.local.put(BUCKET, 'x', 'x');
  const datetime = '20260102T030405Z';
  const withToken = await signedUrl(store, 'GET', 'x', { sessionToken: token, datetime });
  assert.equal((await fetch(withToken)).status, 200);
  assert.deepEqual(await status(await signedUrl(store, 'GET', 'x', { datetime })), [
    403,
    'InvalidAccessKeyId',
  ]);
  assert.deepEqual(await status(await signedUrl(store, 'GET', 'x', { sessionToken: 'other', datetime })), [
    400,
    'InvalidToken',
  ]);
  now += 61_000;
  assert.deepEqual(await status(withToken), [400, 'ExpiredToken']);
});

test('a URL ends at its second, by the clock of the store', async context => {
  let now = Date.parse('2026-01-02T03:04:05Z');
  const store = await openStore(context, { clock: () => now });
  await store.local.put(BUCKET, 'x', 'x');
  const url = await signedUrl(store, 'GET', 'x', { datetime: '20260102T030405Z' });
  now += 299_999;
  assert.equal((await fetch(url)).status, 200);
  store.faults.expireEarly = 1000;
  assert.deepEqual(await status(url), [403, 'AccessDenied']);
  store.faults.expireEarly = 0;
  now += 1;
  assert.deepEqual(await status(url), [403, 'AccessDenied']);
});

test('a full store refuses with 507, keeps what it has, and takes more after something was deleted', async context => {
  const store = await openStore(context, { capacity: 1000 });
  await send(store, 'PUT', 'first', { body: 'x'.repeat(600) });
  const refused = await send(store, 'PUT', 'second', { body: 'x'.repeat(600) });
  assert.deepEqual([refused.status, codeOf(await refused.text())], [507, 'InsufficientStorage']);
  assert.equal((await send(store, 'HEAD', 'second')).status, 404);
  assert.equal(store.local.used(), 600);
  await send(store, 'DELETE', 'first');
  assert.equal((await send(store, 'PUT', 'second', { body: 'x'.repeat(600) })).status, 200);
});

test('thirty thousand keys are listed page by page', async context => {
  const store = await openStore(context);
  const { local } = store;
  const count = 2_000;
  for (let i = 0; i < count; i++) await local.put(BUCKET, `many/${String(i).padStart(6, '0')}`, '');
  const folders = 28_000;
  for (let i = 0; i < folders; i++) await local.put(BUCKET, `deep/${i % 97}/${i}`, '');
  const seen: string[] = [];
  let token: string | undefined;
  do {
    const query = { 'list-type': '2', prefix: 'many/', ...(token ? { 'continuation-token': token } : {}) };
    const xml = await (await send(store, 'GET', '', { query })).text();
    seen.push(...[...xml.matchAll(/<Key>([^<]+)/g)].map(match => match[1]!));
    token = /<NextContinuationToken>([^<]+)/.exec(xml)?.[1];
  } while (token);
  assert.equal(seen.length, count);
  assert.deepEqual(seen, [...seen].sort());
  const query = { 'list-type': '2', prefix: 'deep/', delimiter: '/' };
  const xml = await (await send(store, 'GET', '', { query })).text();
  assert.equal([...xml.matchAll(/<CommonPrefixes>/g)].length, 97);
});

test('the log shows what happened and no secret', async context => {
  const store = await openStore(context);
  const url = await signedUrl(store, 'GET', 'secret', { sessionToken: 'TOKEN' });
  await fetch(url, { headers: { origin: 'http://page' } });
  const [entry] = store.stats.log;
  assert.equal(entry?.operation, 'GetObject');
  assert.equal(entry?.key, 'secret');
  assert.equal(entry?.status, 400);
  assert.equal(entry?.code, 'InvalidToken');
  assert.equal(entry?.origin, 'http://page');
  assert.ok(entry?.headerNames.includes('origin'));
  const text = JSON.stringify(store.stats.log);
  for (const name of ['X-Amz-Signature', 'X-Amz-Security-Token', 'X-Amz-Credential']) {
    const secret = new URL(url).searchParams.get(name)!;
    assert.ok(secret && !text.includes(secret) && !text.includes(encodeURIComponent(secret)), name);
  }
  store.stats.reset();
  assert.equal(store.stats.log.length, 0);
});

test('the most requests of an operation at the same time are counted', async context => {
  const store = await openStore(context);
  store.faults.rules.push({ operation: 'PutObject', delay: 100 });
  await Promise.all(['a', 'b', 'c', 'd'].map(key => send(store, 'PUT', key, { body: key })));
  assert.equal(store.stats.maxInFlight.PutObject, 4);
  assert.equal(store.stats.counts.PutObject, 4);
  store.faults.reset();
  store.stats.reset();
  await send(store, 'PUT', 'e', { body: 'e' });
  assert.equal(store.stats.maxInFlight.PutObject, 1);
});

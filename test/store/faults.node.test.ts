import assert from 'node:assert/strict';
import test from 'node:test';
import { BUCKET, codeOf, openStore, send, signedUrl } from './local-store.js';

const origin = 'http://page.localhost';
const broken = (work: Promise<unknown>) => assert.rejects(work, TypeError);

test('the next requests fail with what the rule says, then all is well', async context => {
  const store = await openStore(context);
  store.faults.failNext({ operation: 'PutObject', times: 2, status: 503, retryAfter: 7 });
  for (let i = 0; i < 2; i++) {
    const response = await send(store, 'PUT', 'x', { body: 'x' });
    assert.deepEqual([response.status, codeOf(await response.text())], [503, 'SlowDown']);
    assert.equal(response.headers.get('retry-after'), '7');
  }
  assert.equal((await send(store, 'PUT', 'x', { body: 'x' })).status, 200);
  assert.deepEqual(store.faults.rules, []);
});

test('rules pick requests by operation, key, part and predicate, after letting some pass', async context => {
  const store = await openStore(context);
  const { faults } = store;
  faults.rules.push(
    { key: 'exact', status: 500 },
    { key: 'folder/*', status: 429 },
    { operation: 'UploadPart', partNumber: 2, status: 502 },
    { match: request => request.ranged, status: 504 },
    { operation: ['HeadObject'], skip: 1, times: 1, status: 400, code: 'Odd' },
  );
  const put = async (key: string, query = {}) => (await send(store, 'PUT', key, { body: 'x', query })).status;
  assert.equal(await put('exact'), 500);
  assert.equal(await put('exact-not'), 200);
  assert.equal(await put('folder/a'), 429);
  assert.equal(await put('p', { partNumber: '2', uploadId: 'u' }), 502);
  assert.equal(await put('p', { partNumber: '1', uploadId: 'u' }), 404);
  assert.equal((await send(store, 'GET', 'exact-not', { headers: { range: 'bytes=0-0' } })).status, 504);
  const heads = [];
  for (let i = 0; i < 3; i++) heads.push((await send(store, 'HEAD', 'exact-not')).status);
  assert.deepEqual(heads, [200, 400, 200]);
});

test('a lost answer: the work is done, the connection is cut', async context => {
  const store = await openStore(context);
  store.faults.failNext({ operation: 'PutObject', loseAnswer: true });
  await broken(send(store, 'PUT', 'x', { body: 'x' }));
  assert.equal((await send(store, 'HEAD', 'x')).status, 200);
});

test('a lost answer to a completion leaves the object, and repeating it succeeds', async context => {
  const store = await openStore(context);
  const created = await (await send(store, 'POST', 'parts', { query: { uploads: '' } })).text();
  const uploadId = /<UploadId>([^<]+)/.exec(created)![1]!;
  const part = await send(store, 'PUT', 'parts', { body: 'one', query: { partNumber: '1', uploadId } });
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.get('etag')}</ETag></Part></CompleteMultipartUpload>`;
  const complete = () => send(store, 'POST', 'parts', { body, query: { uploadId } });
  store.faults.failNext({ operation: 'CompleteMultipartUpload', errorInBody: true });
  const failed = await complete();
  assert.deepEqual([failed.status, codeOf(await failed.text())], [200, 'InternalError']);
  assert.equal((await send(store, 'HEAD', 'parts')).status, 404);
  store.faults.failNext({ operation: 'CompleteMultipartUpload', loseAnswer: true });
  await broken(complete());
  assert.equal((await send(store, 'HEAD', 'parts')).status, 200);
  assert.equal((await complete()).status, 200);
  assert.deepEqual(store.local.uploads(BUCKET), []);
});

test('a connection that is reset in the middle of a body, up or down', async context => {
  const store = await openStore(context);
  const body = new Uint8Array(1_000_000);
  store.faults.failNext({ operation: 'PutObject', resetAfterBytesIn: 200_000 });
  await broken(send(store, 'PUT', 'x', { body }));
  assert.equal((await send(store, 'HEAD', 'x')).status, 404);
  assert.equal(store.local.used(), 0);
  await send(store, 'PUT', 'x', { body });
  store.faults.failNext({ operation: 'GetObject', resetAfterBytesOut: 200_000 });
  const response = await send(store, 'GET', 'x');
  assert.equal(response.status, 200);
  await broken(response.arrayBuffer());
  assert.equal(store.stats.log.at(-1)?.bytesOut, 200_000);
});

test('silence before, in and after a body lasts until the client gives up', async context => {
  const store = await openStore(context);
  await store.local.put(BUCKET, 'x', 'x'.repeat(100_000));
  for (const stall of ['before', 'request', 'after'] as const) {
    store.faults.failNext({ operation: 'PutObject', stall });
    await assert.rejects(
      send(store, 'PUT', 'y', { body: 'y', signal: AbortSignal.timeout(150) }),
      /timeout/i,
    );
    assert.equal((await send(store, 'HEAD', 'y')).status, stall === 'after' ? 200 : 404, stall);
  }
  store.faults.failNext({ operation: 'GetObject', stall: 'response', stallAfterBytes: 50_000 });
  const response = await send(store, 'GET', 'x', { signal: AbortSignal.timeout(300) });
  let received = 0;
  await assert.rejects(async () => {
    for await (const piece of response.body!) received += piece.length;
  }, /timeout|abort/i);
  assert.equal(received, 50_000);
  store.faults.failNext({ operation: 'GetObject', stall: 'response', stallAfterBytes: 50_000, stallFor: 50 });
  assert.equal((await (await send(store, 'GET', 'x')).text()).length, 100_000);
});

test('an object that changes between two ranges has another ETag and other bytes', async context => {
  const store = await openStore(context);
  await store.local.put(BUCKET, 'x', 'abcdefgh');
  store.faults.rules.push({ operation: 'GetObject', skip: 1, times: 1, changeObject: true });
  const range = (bytes: string) => send(store, 'GET', 'x', { headers: { range: `bytes=${bytes}` } });
  const [first, second] = [await range('0-3'), await range('4-7')];
  assert.notEqual(first.headers.get('etag'), second.headers.get('etag'));
  const etag = first.headers.get('etag')!;
  assert.equal((await send(store, 'GET', 'x', { headers: { 'if-match': etag } })).status, 412);
  const now = Buffer.from(await (await send(store, 'GET', 'x')).arrayBuffer());
  assert.equal(now.length, 8);
  assert.equal(now.subarray(1).toString(), 'bcdefgh');
  assert.notEqual(now[0], 'a'.charCodeAt(0));
});

test('ranges answered by the whole, checksums that are wrong', async context => {
  const store = await openStore(context);
  await store.local.put(BUCKET, 'x', 'abcdefgh');
  store.faults.ignoreRange = true;
  const whole = await send(store, 'GET', 'x', { headers: { range: 'bytes=2-3' } });
  assert.deepEqual([whole.status, await whole.text()], [200, 'abcdefgh']);
  const checksum = async () =>
    (await send(store, 'PUT', 'y', { body: 'same' })).headers.get('x-amz-checksum-crc64nvme');
  const right = await checksum();
  store.faults.wrongChecksum = true;
  const wrong = await checksum();
  assert.notEqual(wrong, right);
  assert.equal(wrong?.length, right?.length);
  store.faults.reset();
  assert.equal(await checksum(), right);
});

test('CORS headers that are missing, ETags that are hidden', async context => {
  const store = await openStore(context);
  const exposed = (response: Response) => response.headers.get('access-control-expose-headers') ?? '';
  const get = () => send(store, 'GET', 'absent', { headers: { origin } });
  const stranger = async () =>
    fetch((await signedUrl(store, 'GET', 'x')).replace(/.$/, '!'), { headers: { origin } });
  assert.match(exposed(await get()), /\bETag\b/);
  assert.equal((await stranger()).headers.get('access-control-allow-origin'), '*');
  store.faults.hideETag = true;
  assert.doesNotMatch(exposed(await get()), /\bETag\b/);
  store.faults.dropCors = 'refused-signature';
  assert.equal((await get()).headers.get('access-control-allow-origin'), '*');
  const refused = await stranger();
  assert.equal(refused.status, 403);
  assert.equal(refused.headers.get('access-control-allow-origin'), null);
  store.faults.dropCors = 'errors';
  assert.equal((await get()).headers.get('access-control-allow-origin'), null);
});

test('a disk that fills up by a switch', async context => {
  const store = await openStore(context);
  store.faults.storeFull = true;
  assert.equal((await send(store, 'PUT', 'x', { body: 'x' })).status, 507);
  store.faults.storeFull = false;
  assert.equal((await send(store, 'PUT', 'x', { body: 'x' })).status, 200);
});

test('a slow connection lets bodies pass whole', async context => {
  const store = await openStore(context);
  store.faults.bytesPerSecond = 2_000_000;
  const body = Buffer.alloc(300_000, 'slow');
  const started = performance.now();
  assert.equal((await send(store, 'PUT', 'x', { body })).status, 200);
  assert.ok(Buffer.from(await (await send(store, 'GET', 'x')).arrayBuffer()).equals(body));
  // 600 kB at 2 MB/s take 300 ms; a floor, since only too fast would be wrong.
  assert.ok(performance.now() - started > 250);
});

test('closing ends what hangs', async context => {
  const store = await openStore(context);
  store.faults.failNext({ stall: 'before' });
  const hanging = broken(send(store, 'GET', 'x'));
  while (!store.stats.inFlight.GetObject) await new Promise(resolve => setTimeout(resolve, 5));
  await store.close();
  await hanging;
});

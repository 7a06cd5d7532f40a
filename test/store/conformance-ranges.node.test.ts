import assert from 'node:assert/strict';
import { before, describe } from 'node:test';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { conforms, key, outcome, presign, sampleBytes, target } from './target.js';

const bytes = sampleBytes(100_000);
let etag = '';
let modified = new Date(0);

before(async () => {
  const where = { Bucket: target.bucket, Key: key('ranged') };
  etag = (await target.s3.send(new PutObjectCommand({ ...where, Body: bytes, CacheControl: 'max-age=5' })))
    .ETag!;
  modified = (await target.s3.send(new HeadObjectCommand(where))).LastModified!;
  await target.s3.send(new PutObjectCommand({ Bucket: target.bucket, Key: key('ranged-empty'), Body: '' }));
});

const get = async (headers: Record<string, string>, name = 'ranged', method = 'GET') =>
  fetch(await presign(method, key(name)), { method, headers });
const content = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('ranges', () => {
  for (const [range, start, end] of [
    ['bytes=0-9', 0, 10],
    ['bytes=500-1499', 500, 1500],
    ['bytes=99990-', 99_990, 100_000],
    ['bytes=99990-200000', 99_990, 100_000],
    ['bytes=-7', 99_993, 100_000],
    ['bytes=-200000', 0, 100_000],
    ['bytes=0-0', 0, 1],
  ] as const) {
    conforms(`Range: ${range}`, async () => {
      const response = await get({ range });
      assert.equal(response.status, 206);
      assert.equal(response.headers.get('content-range'), `bytes ${start}-${end - 1}/100000`);
      assert.equal(response.headers.get('content-length'), String(end - start));
      assert.equal(response.headers.get('etag'), etag);
      assert.ok((await content(response)).equals(bytes.subarray(start, end)));
    });
  }

  conforms('a range behind the end is not satisfiable', async () => {
    const { status, code } = await outcome(await get({ range: 'bytes=100000-' }));
    assert.deepEqual([status, code], [416, 'InvalidRange']);
    assert.equal((await get({ range: 'bytes=0-0' }, 'ranged-empty')).status, 416);
  });

  conforms('InvalidRange tells the size of the object', async () => {
    const { body } = await outcome(await get({ range: 'bytes=100000-' }));
    assert.match(body, /<ActualObjectSize>100000<\/ActualObjectSize>/);
  });

  conforms('several ranges are answered by the whole object', async () => {
    const response = await get({ range: 'bytes=0-1,5-6' });
    assert.equal(response.status, 200);
    assert.ok((await content(response)).equals(bytes));
  });

  conforms('what is no byte range is ignored', async () => {
    for (const range of ['lines=1-2', 'bytes=9-5'])
      assert.equal((await content(await get({ range }))).length, 100_000);
  });

  conforms('HEAD takes a range too', async () => {
    const response = await get({ range: 'bytes=10-19' }, 'ranged', 'HEAD');
    assert.equal(response.status, 206);
    assert.equal(response.headers.get('content-length'), '10');
    assert.equal(response.headers.get('content-range'), 'bytes 10-19/100000');
  });

  conforms('If-Range serves the range only of the version it names', async () => {
    const range = 'bytes=0-9';
    assert.equal((await get({ range, 'if-range': etag })).status, 206);
    const response = await get({ range, 'if-range': '"0123456789abcdef0123456789abcdef"' });
    assert.equal(response.status, 200);
    assert.equal((await content(response)).length, 100_000);
  });

  conforms('If-Range takes a date', async () => {
    const range = 'bytes=0-9';
    assert.equal((await get({ range, 'if-range': modified.toUTCString() })).status, 206);
    assert.equal(
      (await get({ range, 'if-range': new Date(modified.getTime() - 60_000).toUTCString() })).status,
      200,
    );
  });

  conforms('ranges of many readers at once fit together', async () => {
    const step = 9_973;
    const starts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => i * step);
    const pieces = await Promise.all(
      starts.map(async start => content(await get({ range: `bytes=${start}-${start + step - 1}` }))),
    );
    assert.ok(Buffer.concat(pieces).equals(bytes));
  });
});

describe('conditional reads', () => {
  const earlier = () => new Date(modified.getTime() - 60_000).toUTCString();
  const later = () => new Date(modified.getTime() + 1000).toUTCString();

  conforms('If-Match', async () => {
    assert.equal((await get({ 'if-match': etag })).status, 200);
    const { status, code } = await outcome(await get({ 'if-match': '"other"' }));
    assert.deepEqual([status, code], [412, 'PreconditionFailed']);
  });

  conforms('If-Match holds a range to one version', async () => {
    assert.equal((await get({ range: 'bytes=0-9', 'if-match': etag })).status, 206);
    assert.equal((await get({ range: 'bytes=0-9', 'if-match': '"other"' })).status, 412);
  });

  conforms('If-None-Match', async () => {
    assert.equal((await get({ 'if-none-match': '"other"' })).status, 200);
    const response = await get({ 'if-none-match': etag });
    assert.equal(response.status, 304);
    assert.equal(response.headers.get('etag'), etag);
    assert.equal(await response.text(), '');
  });

  conforms('If-Modified-Since', async () => {
    assert.equal((await get({ 'if-modified-since': earlier() })).status, 200);
    assert.equal((await get({ 'if-modified-since': later() })).status, 304);
  });

  conforms('If-Unmodified-Since', async () => {
    assert.equal((await get({ 'if-unmodified-since': later() })).status, 200);
    assert.equal((await get({ 'if-unmodified-since': earlier() })).status, 412);
  });

  conforms('If-Match outweighs If-Unmodified-Since, If-None-Match outweighs If-Modified-Since', async () => {
    assert.equal((await get({ 'if-match': etag, 'if-unmodified-since': earlier() })).status, 200);
    assert.equal((await get({ 'if-none-match': '"other"', 'if-modified-since': later() })).status, 200);
  });
});

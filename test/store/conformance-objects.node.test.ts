import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe } from 'node:test';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { client, conforms, key, outcome, presign, refusal, sampleBytes, target } from './target.js';

const put = (name: string, body: string | Buffer, extra = {}) =>
  target.s3.send(new PutObjectCommand({ Bucket: target.bucket, Key: key(name), Body: body, ...extra }));
const head = (name: string, extra = {}) =>
  target.s3.send(new HeadObjectCommand({ Bucket: target.bucket, Key: key(name), ...extra }));
const get = (name: string, extra = {}) =>
  target.s3.send(new GetObjectCommand({ Bucket: target.bucket, Key: key(name), ...extra }));
const read = async (name: string, extra = {}) =>
  Buffer.from((await (await get(name, extra)).Body?.transformToByteArray()) ?? []);

describe('objects', () => {
  conforms('put and get give the same bytes, size and ETag', async () => {
    const bytes = sampleBytes(3_000_001);
    const md5 = createHash('md5').update(bytes).digest('hex');
    assert.equal((await put('plain', bytes)).ETag, `"${md5}"`);
    assert.ok((await read('plain')).equals(bytes));
    const info = await head('plain');
    assert.equal(info.ContentLength, bytes.length);
    assert.equal(info.ETag, `"${md5}"`);
    assert.equal(info.AcceptRanges, 'bytes');
    assert.ok(info.LastModified && Math.abs(Date.now() - info.LastModified.getTime()) < 3_600_000);
  });

  conforms('an empty object is an object', async () => {
    await put('empty', '');
    assert.equal((await head('empty')).ContentLength, 0);
    assert.equal((await read('empty')).length, 0);
  });

  conforms('a second put replaces the first', async () => {
    await put('replaced', 'the first, longer one');
    await put('replaced', 'second');
    assert.equal((await read('replaced')).toString(), 'second');
  });

  conforms('metadata and content headers come back', async () => {
    const expires = new Date('2031-01-02T03:04:05Z');
    await put('headers', 'x', {
      ContentType: 'text/csv; charset=utf-8',
      ContentDisposition: 'attachment; filename="a b.csv"',
      ContentEncoding: 'identity',
      ContentLanguage: 'de',
      CacheControl: 'max-age=60',
      Expires: expires,
      Metadata: { sample: 'S-1', Author: 'someone' },
    });
    const info = await head('headers');
    assert.equal(info.ContentType, 'text/csv; charset=utf-8');
    assert.equal(info.ContentDisposition, 'attachment; filename="a b.csv"');
    assert.equal(info.ContentEncoding, 'identity');
    assert.equal(info.ContentLanguage, 'de');
    assert.equal(info.CacheControl, 'max-age=60');
    assert.equal(info.ExpiresString, expires.toUTCString());
    assert.deepEqual(info.Metadata, { sample: 'S-1', author: 'someone' });
  });

  conforms('an object without a type is binary/octet-stream', async () => {
    const url = await presign('PUT', key('untyped'));
    assert.equal((await fetch(url, { method: 'PUT', body: new Uint8Array([1, 2]) })).status, 200);
    assert.equal((await head('untyped')).ContentType, 'binary/octet-stream');
  });

  conforms('response-* parameters change the headers of an answer', async () => {
    await put('overridden', 'x', { ContentType: 'text/plain' });
    const answer = await get('overridden', {
      ResponseContentType: 'application/x-test',
      ResponseContentDisposition: 'attachment; filename="räksmörgås.txt"',
      ResponseCacheControl: 'no-store',
    });
    assert.equal(answer.ContentType, 'application/x-test');
    assert.equal(answer.CacheControl, 'no-store');
    assert.equal(
      Buffer.from(answer.ContentDisposition ?? '', 'latin1').toString('utf8'),
      'attachment; filename="räksmörgås.txt"',
    );
    assert.equal((await head('overridden')).ContentType, 'text/plain');
  });

  conforms('hostile keys are stored as they are', async () => {
    const names = [
      '../up',
      'a/../../b',
      'per%cent %2F %41',
      'hash#mark',
      'question?mark=1&x=y',
      'plus+and space',
      'quotes"\'`',
      'emoji-\u{1f9ec}\u{1f468}\u200d\u{1f52c}',
      '\u00fcber-composed',
      'u\u0308ber-decomposed',
      'back\\slash',
      '(paren)*!~$,;:@=',
      '\ufb01\uffe5',
      'dir',
      'dir/',
      'dir/file',
      'dir//double',
      'CON',
      'journal.ndjson',
      '.hidden',
      'constructor/__proto__',
    ];
    for (const name of names) await put(`hostile/${name}`, name);
    for (const name of names) assert.equal((await read(`hostile/${name}`)).toString(), name);
    for (const name of names) {
      await target.s3.send(new DeleteObjectCommand({ Bucket: target.bucket, Key: key(`hostile/${name}`) }));
      assert.equal((await refusal(head(`hostile/${name}`))).status, 404);
    }
  });

  conforms('a key may begin with a slash', async () => {
    const name = `/${key('leading')}`;
    const { s3, bucket: Bucket } = target;
    await s3.send(new PutObjectCommand({ Bucket, Key: name, Body: 'slash' }));
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: name }));
    assert.equal(await answer.Body?.transformToString(), 'slash');
    assert.equal((await refusal(head('leading'))).status, 404);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: name }));
  });

  conforms('a key has at most 1024 bytes', async () => {
    const room = 1024 - Buffer.byteLength(target.prefix);
    const longest = `${'ü'.repeat(Math.floor(room / 2))}${room % 2 ? 'x' : ''}`;
    await put(longest, 'fits');
    assert.equal((await read(longest)).toString(), 'fits');
    assert.deepEqual(await refusal(put(`${longest}x`, 'too long')), { status: 400, code: 'KeyTooLongError' });
  });

  conforms('a missing object and a missing bucket are told apart', async () => {
    assert.deepEqual(await refusal(get('no-such-key')), { status: 404, code: 'NoSuchKey' });
    const other = new GetObjectCommand({ Bucket: 'no-such-bucket-here', Key: 'x' });
    assert.deepEqual(await refusal(target.s3.send(other)), { status: 404, code: 'NoSuchBucket' });
  });

  conforms('an error is XML with code, message and request id', async () => {
    const response = await fetch(await presign('GET', key('no-such-key')));
    const { body } = await outcome(response);
    assert.match(response.headers.get('content-type') ?? '', /application\/xml/);
    assert.match(body, /<Error>.*<Code>NoSuchKey<\/Code>/s);
    assert.match(body, /<RequestId>[^<]+<\/RequestId>.*<HostId>[^<]+<\/HostId>/s);
    assert.equal(/<RequestId>([^<]+)/.exec(body)?.[1], response.headers.get('x-amz-request-id'));
  });

  conforms('an error to HEAD has no body', async () => {
    const response = await fetch(await presign('HEAD', key('no-such-key')), { method: 'HEAD' });
    assert.equal(response.status, 404);
    assert.equal(await response.text(), '');
  });

  conforms('deleting what is not there succeeds', async () => {
    const { s3, bucket: Bucket } = target;
    const answer = await s3.send(new DeleteObjectCommand({ Bucket, Key: key('never-was') }));
    assert.equal(answer.$metadata.httpStatusCode, 204);
  });

  conforms('DeleteObjects reports every key, or only errors when quiet', async () => {
    const names = ['many/1', 'many/2 & <two>', 'many/3'];
    for (const name of names) await put(name, name);
    const { s3, bucket: Bucket } = target;
    const Objects = [...names, 'many/absent'].map(name => ({ Key: key(name) }));
    const answer = await s3.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: { Objects: Objects.slice(1) },
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    assert.deepEqual(
      answer.Deleted?.map(({ Key }) => Key).sort(),
      Objects.slice(1)
        .map(({ Key }) => Key)
        .sort(),
    );
    assert.equal((await read('many/1')).toString(), 'many/1');
    const quiet = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true }, ChecksumAlgorithm: 'SHA256' }),
    );
    assert.deepEqual(quiet.Deleted ?? [], []);
    assert.equal((await refusal(head('many/1'))).status, 404);
  });

  conforms('DeleteObjects wants a checksum of its body', async () => {
    const url = `${await presign('POST', '', { query: { delete: '' } })}`;
    const body = '<Delete><Object><Key>x</Key></Object></Delete>';
    assert.equal((await outcome(await fetch(url, { method: 'POST', body }))).code, 'InvalidRequest');
  });

  conforms('DeleteObjects refuses broken XML', async () => {
    const body = '<Delete><Object><Key>x</Object></Delete>';
    const md5 = createHash('md5').update(body).digest('base64');
    const url = await presign('POST', '', { query: { delete: '' }, headers: { 'content-md5': md5 } });
    const response = await fetch(url, { method: 'POST', body, headers: { 'content-md5': md5 } });
    assert.deepEqual(await outcome(response).then(({ status, code }) => [status, code]), [
      400,
      'MalformedXML',
    ]);
  });
});

describe('copies', () => {
  const copy = (from: string, to: string, extra = {}) =>
    target.s3.send(
      new CopyObjectCommand({
        Bucket: target.bucket,
        Key: key(to),
        CopySource: `${target.bucket}/${encodeURIComponent(key(from))}`,
        ...extra,
      }),
    );

  conforms('a copy has the bytes and the metadata of its source', async () => {
    const name = 'copy source ü+%?.txt';
    const stored = await put(name, 'copied', { ContentType: 'text/x-copy', Metadata: { a: '1' } });
    const answer = await copy(name, 'copies/one');
    assert.equal(answer.CopyObjectResult?.ETag?.replaceAll('"', ''), stored.ETag?.replaceAll('"', ''));
    const info = await head('copies/one');
    assert.equal(info.ContentType, 'text/x-copy');
    assert.deepEqual(info.Metadata, { a: '1' });
    await target.s3.send(new DeleteObjectCommand({ Bucket: target.bucket, Key: key(name) }));
    assert.equal((await read('copies/one')).toString(), 'copied');
  });

  conforms('REPLACE gives a copy its own metadata', async () => {
    await put('copies/source', 'x', { ContentType: 'text/x-copy', Metadata: { a: '1' } });
    await copy('copies/source', 'copies/replaced', {
      MetadataDirective: 'REPLACE',
      ContentType: 'text/x-new',
      Metadata: { b: '2' },
    });
    const info = await head('copies/replaced');
    assert.equal(info.ContentType, 'text/x-new');
    assert.deepEqual(info.Metadata, { b: '2' });
  });

  conforms('a copy onto itself must change something', async () => {
    await put('copies/self', 'x');
    assert.deepEqual(await refusal(copy('copies/self', 'copies/self')), {
      status: 400,
      code: 'InvalidRequest',
    });
    await copy('copies/self', 'copies/self', { MetadataDirective: 'REPLACE', Metadata: { changed: 'yes' } });
    assert.deepEqual((await head('copies/self')).Metadata, { changed: 'yes' });
    assert.equal((await read('copies/self')).toString(), 'x');
  });

  conforms('conditions on the source of a copy', async () => {
    const { ETag } = await put('copies/conditional', 'x');
    await copy('copies/conditional', 'copies/c1', { CopySourceIfMatch: ETag });
    for (const extra of [{ CopySourceIfMatch: '"0"' }, { CopySourceIfNoneMatch: ETag }]) {
      assert.deepEqual(await refusal(copy('copies/conditional', 'copies/c2', extra)), {
        status: 412,
        code: 'PreconditionFailed',
      });
    }
  });

  conforms('the source of a copy must be there', async () => {
    assert.deepEqual(await refusal(copy('copies/absent', 'copies/x')), { status: 404, code: 'NoSuchKey' });
  });
});

describe('tags', () => {
  conforms('tags are set with the object, read, replaced and removed', async () => {
    await put('tagged', 'x', { Tagging: 'project=a%20b&state=raw' });
    const where = { Bucket: target.bucket, Key: key('tagged') };
    const tags = async () =>
      Object.fromEntries(
        ((await target.s3.send(new GetObjectTaggingCommand(where))).TagSet ?? []).map(tag => [
          tag.Key,
          tag.Value,
        ]),
      );
    assert.deepEqual(await tags(), { project: 'a b', state: 'raw' });
    await target.s3.send(
      new PutObjectTaggingCommand({ ...where, Tagging: { TagSet: [{ Key: 'ü<&>', Value: 'new' }] } }),
    );
    assert.deepEqual(await tags(), { 'ü<&>': 'new' });
    await target.s3.send(new DeleteObjectTaggingCommand(where));
    assert.deepEqual(await tags(), {});
  });
});

describe('conditional writes', () => {
  conforms('If-None-Match: * writes only what is not there', async () => {
    await put('once', 'first', { IfNoneMatch: '*' });
    assert.deepEqual(await refusal(put('once', 'second', { IfNoneMatch: '*' })), {
      status: 412,
      code: 'PreconditionFailed',
    });
    assert.equal((await read('once')).toString(), 'first');
  });

  conforms('of many conditional writers at once one wins', async () => {
    const writers = Array.from({ length: 8 }, (_, i) => put('race', `writer ${i}`, { IfNoneMatch: '*' }));
    const results = await Promise.allSettled(writers);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    assert.equal((await read('race')).toString(), `writer ${winner}`);
  });

  conforms('If-Match replaces only the version it names', async () => {
    const { ETag } = await put('versioned', 'one');
    await put('versioned', 'two', { IfMatch: ETag });
    assert.deepEqual(await refusal(put('versioned', 'three', { IfMatch: ETag })), {
      status: 412,
      code: 'PreconditionFailed',
    });
    assert.equal((await refusal(put('versioned-absent', 'x', { IfMatch: ETag }))).status, 404);
    assert.equal((await read('versioned')).toString(), 'two');
  });
});

describe('access', () => {
  conforms('a wrong secret is refused with SignatureDoesNotMatch', async () => {
    const stranger = client({ secretAccessKey: 'wrong' });
    const work = stranger.send(new GetObjectCommand({ Bucket: target.bucket, Key: key('x') }));
    assert.deepEqual(await refusal(work), { status: 403, code: 'SignatureDoesNotMatch' });
    stranger.destroy();
  });

  conforms('an unknown key id is refused with InvalidAccessKeyId', async () => {
    const stranger = client({ accessKeyId: 'NOBODY' });
    const work = stranger.send(new GetObjectCommand({ Bucket: target.bucket, Key: key('x') }));
    assert.deepEqual(await refusal(work), { status: 403, code: 'InvalidAccessKeyId' });
    stranger.destroy();
  });
});

import assert from 'node:assert/strict';
import { before, describe } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { conforms, key, outcome, presign, refusal, target } from './target.js';

const NAMES = [
  'a',
  'a/',
  'a/1',
  'a/2/x',
  'a/2/y',
  'a-',
  'a0',
  'b c/ü',
  'b c/u\u0308',
  'b/1',
  'c',
  'd+e&f/<g>',
  'z\uffe5',
  'z\u{1f9ec}',
];
const byBytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right));

before(async () => {
  for (const name of NAMES) {
    await target.s3.send(
      new PutObjectCommand({ Bucket: target.bucket, Key: key(`list/${name}`), Body: name }),
    );
  }
});

const root = () => key('list/');
const list = (input: Partial<ListObjectsV2CommandInput> = {}) =>
  target.s3.send(
    new ListObjectsV2Command({ Bucket: target.bucket, ...input, Prefix: root() + (input.Prefix ?? '') }),
  );
const names = (items: ({ Key?: string | undefined } | { Prefix?: string | undefined })[] = []) =>
  items.map(item =>
    (('Key' in item ? item.Key : (item as { Prefix?: string }).Prefix) ?? '').slice(root().length),
  );

describe('listing', () => {
  conforms('keys come in the order of their UTF-8 bytes', async () => {
    const answer = await list();
    assert.deepEqual(names(answer.Contents), [...NAMES].sort(byBytes));
    assert.equal(answer.KeyCount, NAMES.length);
    assert.equal(answer.IsTruncated, false);
    assert.equal(answer.NextContinuationToken, undefined);
  });

  conforms('each key has size, ETag and date', async () => {
    const [first] = (await list({ Prefix: 'a/2/x' })).Contents ?? [];
    assert.equal(first?.Size, 'a/2/x'.length);
    assert.match(first?.ETag ?? '', /^"[0-9a-f]{32}"$/);
    assert.ok(first?.LastModified instanceof Date);
  });

  conforms('a delimiter rolls up what lies behind it', async () => {
    const answer = await list({ Delimiter: '/' });
    assert.deepEqual(names(answer.CommonPrefixes), ['a/', 'b c/', 'b/', 'd+e&f/']);
    assert.deepEqual(names(answer.Contents), ['a', 'a-', 'a0', 'c', 'z\uffe5', 'z\u{1f9ec}']);
    assert.equal(answer.KeyCount, 10);
  });

  conforms('a folder holds its marker, its files and its folders', async () => {
    const answer = await list({ Delimiter: '/', Prefix: 'a/' });
    assert.deepEqual(names(answer.Contents), ['a/', 'a/1']);
    assert.deepEqual(names(answer.CommonPrefixes), ['a/2/']);
  });

  conforms('a delimiter may be any text', async () => {
    const answer = await list({ Delimiter: '/2' });
    assert.deepEqual(names(answer.CommonPrefixes), ['a/2']);
  });

  for (const limit of [1, 2, 3, 7]) {
    conforms(`pages of ${limit} hold everything once`, async () => {
      const seen: string[] = [];
      let token: string | undefined;
      do {
        const page = await list({
          Delimiter: '/',
          MaxKeys: limit,
          ...(token ? { ContinuationToken: token } : {}),
        });
        const count = (page.Contents?.length ?? 0) + (page.CommonPrefixes?.length ?? 0);
        assert.ok(count <= limit && (count === limit || !page.IsTruncated));
        seen.push(...names(page.Contents), ...names(page.CommonPrefixes));
        token = page.NextContinuationToken;
        assert.equal(page.IsTruncated, token !== undefined);
      } while (token);
      const whole = await list({ Delimiter: '/' });
      assert.deepEqual(
        [...seen].sort(byBytes),
        [...names(whole.Contents), ...names(whole.CommonPrefixes)].sort(byBytes),
      );
    });
  }

  conforms('a page that ends with the last key is not truncated', async () => {
    assert.equal((await list({ MaxKeys: NAMES.length })).IsTruncated, false);
    assert.equal((await list({ MaxKeys: NAMES.length - 1 })).IsTruncated, true);
  });

  conforms('start-after begins behind a key', async () => {
    const sorted = [...NAMES].sort(byBytes);
    assert.deepEqual(names((await list({ StartAfter: root() + sorted[4]! })).Contents), sorted.slice(5));
    const between = `${sorted[4]!}\u0000`;
    assert.deepEqual(names((await list({ StartAfter: root() + between })).Contents), sorted.slice(5));
  });

  conforms('keys written meanwhile appear, keys removed meanwhile do not', async () => {
    const first = await list({ MaxKeys: 2 });
    const added = key('list/b/added');
    await target.s3.send(new PutObjectCommand({ Bucket: target.bucket, Key: added, Body: 'x' }));
    const rest = await list({ ContinuationToken: first.NextContinuationToken });
    assert.ok(names(rest.Contents).includes('b/added'));
    await target.s3.send(new DeleteObjectCommand({ Bucket: target.bucket, Key: added }));
    const again = await list({ ContinuationToken: first.NextContinuationToken });
    assert.ok(!names(again.Contents).includes('b/added'));
  });

  conforms('encoding-type=url encodes keys and prefixes', async () => {
    const answer = await list({ EncodingType: 'url', Prefix: 'd+', Delimiter: '/' });
    assert.equal(answer.EncodingType, 'url');
    const [prefix] = answer.CommonPrefixes ?? [];
    const decoded = decodeURIComponent((prefix?.Prefix ?? '').replaceAll('+', ' '));
    assert.equal(decoded, key('list/d+e&f/'));
    assert.match(prefix?.Prefix ?? '', /d%2Be%26f\/$/);
  });

  conforms('an owner is shown on request', async () => {
    assert.equal((await list({ MaxKeys: 1 })).Contents?.[0]?.Owner, undefined);
    assert.ok((await list({ MaxKeys: 1, FetchOwner: true })).Contents?.[0]?.Owner?.ID);
  });

  conforms('max-keys of zero gives nothing', async () => {
    const answer = await list({ MaxKeys: 0 });
    assert.deepEqual([answer.KeyCount, answer.Contents, answer.IsTruncated], [0, undefined, false]);
  });

  conforms('a wrong max-keys is refused', async () => {
    const url = await presign('GET', '', { query: { 'list-type': '2', 'max-keys': 'many' } });
    const { status, code } = await outcome(await fetch(url));
    assert.deepEqual([status, code], [400, 'InvalidArgument']);
  });

  conforms('a continuation token that nobody gave is refused', async () => {
    assert.deepEqual(await refusal(list({ ContinuationToken: 'no-such-token' })), {
      status: 400,
      code: 'InvalidArgument',
    });
  });

  conforms('the older listing continues by marker', async () => {
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const page = await target.s3.send(
        new ListObjectsCommand({
          Bucket: target.bucket,
          Prefix: root(),
          Delimiter: '/',
          MaxKeys: 3,
          ...(marker === undefined ? {} : { Marker: marker }),
        }),
      );
      seen.push(...names(page.Contents), ...names(page.CommonPrefixes));
      marker = page.IsTruncated ? page.NextMarker : undefined;
    } while (marker !== undefined);
    assert.equal(seen.length, 10);
    assert.equal(new Set(seen).size, 10);
  });

  conforms('listing a bucket that is not there', async () => {
    const work = target.s3.send(new ListObjectsV2Command({ Bucket: 'no-such-bucket-here' }));
    assert.deepEqual(await refusal(work), { status: 404, code: 'NoSuchBucket' });
  });
});

describe('buckets', () => {
  conforms('a bucket is made, seen, and removed when empty', async () => {
    const { s3 } = target;
    const Bucket = target.prefix.replace('/', '');
    await s3.send(new CreateBucketCommand({ Bucket }));
    assert.ok((await s3.send(new ListBucketsCommand({}))).Buckets?.some(({ Name }) => Name === Bucket));
    await s3.send(new HeadBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }));
    assert.deepEqual(await refusal(s3.send(new DeleteBucketCommand({ Bucket }))), {
      status: 409,
      code: 'BucketNotEmpty',
    });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'x' }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
    assert.equal((await refusal(s3.send(new HeadBucketCommand({ Bucket })))).status, 404);
  });

  conforms('a bucket tells where it is', async () => {
    const { LocationConstraint } = await target.s3.send(
      new GetBucketLocationCommand({ Bucket: target.bucket }),
    );
    assert.ok([undefined, '', target.region].includes(LocationConstraint));
  });

  conforms('a bucket has a decent name', async () => {
    const { status, code } = await refusal(
      target.s3.send(new CreateBucketCommand({ Bucket: 'Not_A_Bucket' })),
    );
    assert.deepEqual([status, code], [400, 'InvalidBucketName']);
  });
});

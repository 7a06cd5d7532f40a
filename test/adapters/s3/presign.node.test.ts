import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AwsS3Options } from '@uppy/aws-s3';
import { bucketNameOf, presign } from '../../../src/adapters/s3/presign.js';
import type { S3SignedRequest, S3SignRequest } from '../../../src/adapters/s3/signing.js';
import { openPolicy, verifyPresigned } from '../../server/verify-signature.js';

const credentials = { accessKeyId: 'ASIA', secretAccessKey: 'se/cret', sessionToken: 'tok+en/=' };
const expected = { ...credentials, region: 'us-east-1' };
const options = {
  bucketUrl: 'https://lab.s3.example',
  region: 'us-east-1',
  credentials,
  now: () => Date.UTC(2026, 0, 31, 23, 59, 59, 999),
};

/** The superset, held by the type check: what Uppy asks is asked here, what is answered here Uppy takes. */
type UppySign = Extract<AwsS3Options<never, never>, { signRequest: unknown }>['signRequest'];
const forUppy: UppySign = async request => {
  const asked: S3SignRequest = request;
  const answer: S3SignedRequest = await presign(asked, options);
  return answer;
};

describe('presign', () => {
  it('serves Uppy’s client as it is', async () => {
    const { url } = await forUppy({ method: 'PUT', key: 'k', uploadId: 'u', partNumber: 2 });
    assert.equal(verifyPresigned({ method: 'PUT', url }, expected).query.get('partNumber'), '2');
  });

  it('signs keys that a server’s rules would refuse but S3 knows', async () => {
    for (const key of ['/leading', 'a//b', 'a/', 'a\u0001b', 'a b+c', '%2F']) {
      const { url } = await presign({ method: 'GET', key }, options);
      const verdict = verifyPresigned({ method: 'GET', url }, expected);
      assert.equal(verdict.valid, true, key);
      assert.equal(verdict.path, `/${key}`);
      assert.equal(new URL(url).href, url);
    }
    for (const key of ['.', '..', 'a/../b', 'a/.']) {
      await assert.rejects(presign({ method: 'GET', key }, options), TypeError);
    }
  });

  it('signs the length only when told to', async () => {
    const request = { method: 'PUT', key: 'k', contentLength: 5 } as const;
    const open = verifyPresigned({ method: 'PUT', url: (await presign(request, options)).url }, expected);
    assert.deepEqual(open.signedHeaders, ['host']);
    const { url, headers } = await presign(request, { ...options, signContentLength: true });
    assert.equal(headers, undefined);
    const bound = verifyPresigned({ method: 'PUT', url, contentLength: 5 }, expected);
    assert.equal(bound.valid, true);
    assert.deepEqual(bound.signedHeaders, ['content-length', 'host']);
  });

  it('writes the copy source from a key, for any way the bucket is named', async () => {
    for (const [bucketUrl, bucket] of [
      ['https://lab.s3.example', undefined],
      ['http://127.0.0.1:9000/lab', undefined],
      ['https://gate.example/s3/lab/', undefined],
      ['https://files.example', 'lab'],
    ] as const) {
      const { headers } = await presign(
        { method: 'PUT', key: 'to', sourceKey: 'a b/ü+' },
        { ...options, bucketUrl, ...(bucket ? { bucket } : {}) },
      );
      assert.equal(headers!['x-amz-copy-source'], '/lab/a%20b/%C3%BC%2B', bucketUrl);
    }
    assert.equal(bucketNameOf('http://lab.localhost:9000'), 'lab');
  });

  it('makes a form for the bucket’s own URL', async () => {
    const signed = await presign(
      { operation: 'PostObject', method: 'POST', key: 'k', contentType: 'a/b', contentLength: 3 },
      { ...options, bucketUrl: 'https://gate.example/lab' },
    );
    assert.equal(signed.url, 'https://gate.example/lab');
    assert.deepEqual(Object.keys(signed.fields!)[0], 'key');
    const { conditions } = openPolicy(signed.fields!, expected);
    assert.deepEqual(conditions.at(-1), ['content-length-range', 3, 3]);
  });

  it('tells when the signature ends: with its own time, or with the credentials', async () => {
    const signed = await presign({ method: 'GET', key: 'k', expiresIn: 60 }, options);
    assert.equal(signed.expiresAt, Date.UTC(2026, 1, 1, 0, 0, 59));
    assert.equal(
      verifyPresigned({ method: 'GET', url: signed.url }, expected).query.get('X-Amz-Date'),
      '20260131T235959Z',
    );
    const ending = { ...credentials, expiration: '2026-02-01T00:00:10Z' };
    const short = await presign(
      { method: 'GET', key: 'k', expiresIn: 60 },
      { ...options, credentials: ending },
    );
    assert.equal(short.expiresAt, Date.UTC(2026, 1, 1, 0, 0, 10));
    for (const expiresIn of [0, -1, 1.5, 604_801]) {
      await assert.rejects(presign({ method: 'GET', key: 'k', expiresIn }, options), TypeError);
    }
  });

  it('derives a new key for each day, region and secret', async () => {
    const shared = { ...credentials };
    const day = 24 * 3600 * 1000;
    for (const [offset, region] of [
      [0, 'us-east-1'],
      [day, 'us-east-1'],
      [0, 'auto'],
      [2 * day, 'auto'],
    ] as const) {
      const now = () => options.now() + offset;
      const { url } = await presign(
        { method: 'GET', key: 'k' },
        { ...options, credentials: shared, region, now },
      );
      assert.equal(verifyPresigned({ method: 'GET', url }, { ...expected, region }).valid, true);
    }
  });

  it('refuses what a request cannot carry', async () => {
    for (const request of [
      { method: 'PUT', key: 'k', headers: { 'x-amz-meta-a': 'ü' } },
      { method: 'PUT', key: 'k', headers: { 'x-amz-meta-a': 'a\nb' } },
      { method: 'GET', key: 'k', uploadId: 'u', query: { uploadId: 'v' } },
      { operation: 'CopyObject', method: 'PUT', key: 'k' },
      { operation: 'DeleteObjects', method: 'POST', key: '', keys: [] },
    ] as S3SignRequest[]) {
      await assert.rejects(presign(request, options), TypeError, JSON.stringify(request));
    }
  });
});

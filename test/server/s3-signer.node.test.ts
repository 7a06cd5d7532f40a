import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  createS3Signer,
  type S3AuthorizeContext,
  type S3AuthorizeRequest,
  type S3SignBatchResponse,
  type S3SignedRequest,
  type S3SignerConstraints,
  type S3SignerOptions,
  type S3SignRefusal,
  S3SignRefused,
  type S3SignRequest,
} from '../../src/server/s3-signer.js';
import { openPolicy, verifyPresigned } from './verify-signature.js';

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const REGION = 'eu-west-1';
const EXPECTED = { ...KEY, region: REGION };
const NOW = Date.UTC(2026, 0, 31, 12, 0, 0, 250);

function signer(options: Partial<S3SignerOptions> = {}) {
  return createS3Signer({
    endpoint: 'https://storage.example',
    region: REGION,
    bucket: 'lab',
    credentials: KEY,
    authorize: () => true,
    now: () => NOW,
    ...options,
  });
}

const post = (body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  new Request('https://app.example/sign', {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

async function sign(
  request: S3SignRequest,
  options: Partial<S3SignerOptions> = {},
): Promise<S3SignedRequest> {
  const response = await signer(options)(post(request));
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer as S3SignedRequest;
}

async function refused(request: unknown, options: Partial<S3SignerOptions> = {}) {
  const response = await signer(options)(post(request));
  const answer = (await response.json()) as S3SignRefusal;
  assert.ok(answer.error, `was signed: ${JSON.stringify(answer)}`);
  assert.equal(answer.error.status, response.status);
  assert.equal(answer.error.message.length > 10, true);
  return answer.error;
}

const within = (limits: S3SignerConstraints): Partial<S3SignerOptions> => ({ authorize: () => limits });

describe('createS3Signer', () => {
  it('needs an authorize function and usable options', () => {
    const options = {
      endpoint: 'https://s',
      region: 'r',
      bucket: 'b',
      credentials: KEY,
      authorize: () => true,
    };
    assert.throws(() => createS3Signer({ ...options, authorize: undefined as never }), /authorize/);
    for (const wrong of [
      { endpoint: 'storage' },
      { endpoint: 'ftp://storage' },
      { endpoint: [] },
      { endpoint: 'https://user:pass@storage' },
      { region: '' },
      { bucket: '' },
      { bucket: 'a/b' },
      { credentials: { accessKeyId: 'a', secretAccessKey: '' } },
      { credentials: undefined as never },
      { maxExpiresIn: 604_801 },
      { maxExpiresIn: 0 },
      { prefix: '../x' },
      { prefix: '/x' },
      { cors: { origins: '*' as const, credentials: true } },
      { cors: { origins: ['app.example'] } },
    ]) {
      assert.throws(() => createS3Signer({ ...options, ...wrong }), TypeError, JSON.stringify(wrong));
    }
  });
});

describe('presigned requests', () => {
  it('are what an independent reading of Signature V4 accepts, for any key', async () => {
    const segment = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 12 })
      .filter(text => !/[\p{Cc}\u2028\u2029/\ud800-\udfff]/u.test(text) && text !== '.' && text !== '..');
    await fc.assert(
      fc.asyncProperty(
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (segments, folder) => {
          const key = segments.join('/') + (folder ? '/' : '');
          const signed = await sign({ method: 'PUT', key });
          const verdict = verifyPresigned({ method: 'PUT', url: signed.url }, EXPECTED);
          assert.equal(verdict.valid, true);
          assert.equal(verdict.path, `/lab/${key}`);
          // What a browser makes of the URL is what was signed.
          assert.equal(new URL(signed.url).href, signed.url);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('spell spaces in the query as %20', async () => {
    const query = { prefix: "a b+c/ü'(*)!~/", delimiter: '/', 'start-after': 'a b+c/ü 1' };
    const signed = await sign({ operation: 'ListObjectsV2', method: 'GET', key: '', query });
    assert.equal(signed.url.includes('+'), false);
    const verdict = verifyPresigned({ method: 'GET', url: signed.url }, EXPECTED);
    assert.equal(verdict.valid, true);
    for (const [name, value] of Object.entries(query)) assert.equal(verdict.query.get(name), value);
    assert.equal(verdict.query.get('list-type'), '2');
    assert.equal(verdict.path, '/lab');
  });

  it('do not survive a change of method, path, query or header', async () => {
    const request = { method: 'PUT', key: 'a/b.txt', contentType: 'text/plain', contentLength: 5 } as const;
    const signed = await sign(request);
    const sent = { method: 'PUT', url: signed.url, headers: signed.headers!, contentLength: 5 };
    assert.deepEqual(signed.headers, { 'content-type': 'text/plain' });
    assert.equal(verifyPresigned(sent, EXPECTED).valid, true);
    for (const change of [
      { method: 'DELETE' },
      { url: signed.url.replace('b.txt', 'c.txt') },
      { url: `${signed.url}&versionId=1` },
      { url: signed.url.replace('X-Amz-Expires=900', 'X-Amz-Expires=901') },
      { headers: { 'content-type': 'text/html' } },
      { headers: { ...signed.headers, 'x-amz-acl': 'public-read' } },
      { contentLength: 6 },
    ]) {
      assert.equal(verifyPresigned({ ...sent, ...change }, EXPECTED).valid, false, JSON.stringify(change));
    }
  });

  it('serve the shapes of @uppy/aws-s3', async () => {
    const cases: [S3SignRequest, string, Record<string, string>][] = [
      [{ method: 'PUT', key: 'k', contentType: 'image/png', expiresIn: 60 }, 'PutObject', {}],
      [{ method: 'DELETE', key: 'k' }, 'DeleteObject', {}],
      [{ method: 'POST', key: 'k' }, 'CreateMultipartUpload', { uploads: '' }],
      [{ method: 'POST', key: 'k', uploadId: 'u~1' }, 'CompleteMultipartUpload', { uploadId: 'u~1' }],
      [{ method: 'DELETE', key: 'k', uploadId: 'u' }, 'AbortMultipartUpload', { uploadId: 'u' }],
      [{ method: 'GET', key: 'k', uploadId: 'u' }, 'ListParts', { uploadId: 'u' }],
      [
        { method: 'PUT', key: 'k', uploadId: 'u', partNumber: 3 },
        'UploadPart',
        { uploadId: 'u', partNumber: '3' },
      ],
    ];
    for (const [request, operation, query] of cases) {
      let judged: S3AuthorizeRequest | undefined;
      const signed = await sign(request, {
        authorize: asked => {
          judged = asked;
          return true;
        },
      });
      assert.equal(judged?.operation, operation);
      const verdict = verifyPresigned(
        { method: request.method, url: signed.url, ...(signed.headers ? { headers: signed.headers } : {}) },
        EXPECTED,
      );
      assert.equal(verdict.valid, true, operation);
      const own = [...verdict.query].filter(([name]) => !name.startsWith('X-Amz-'));
      assert.deepEqual(Object.fromEntries(own), query, operation);
      assert.equal(signed.key, undefined);
    }
  });

  it('carry the session token', async () => {
    const temporary = { ...KEY, sessionToken: 'to/ken+==' };
    const signed = await sign({ method: 'GET', key: 'k' }, { credentials: temporary });
    assert.equal(
      verifyPresigned({ method: 'GET', url: signed.url }, { ...temporary, region: REGION }).valid,
      true,
    );
    const form = await sign(
      { operation: 'PostObject', method: 'POST', key: 'k' },
      { credentials: temporary },
    );
    assert.equal(form.fields!['x-amz-security-token'], 'to/ken+==');
    openPolicy(form.fields!, EXPECTED);
  });

  it('refuse calls that contradict their fields', async () => {
    for (const request of [
      { method: 'PUT', key: 'k', operation: 'GetObject' },
      { method: 'PUT', key: 'k', operation: 'UploadPart' },
      { method: 'PUT', key: 'k', uploadId: 'u' },
      { method: 'PUT', key: 'k', operation: 'PutObject', uploadId: 'u', partNumber: 1 },
      { method: 'PUT', key: 'k', uploadId: 'u', partNumber: 10_001 },
      { method: 'PUT', key: 'k', uploadId: 'u', partNumber: 1.5 },
      { method: 'GET', key: 'k', operation: 'ListObjectsV2' },
      { method: 'DELETE', key: '' },
      { method: 'POST', key: '' },
      { method: 'PATCH', key: 'k' },
      { method: 'PUT', key: 'k', operation: 'constructor' },
      { method: 'PUT' },
      { method: 'PUT', key: 7 },
      { method: 'PUT', key: 'k', contentLength: -1 },
      { method: 'PUT', key: 'k', expiresIn: '60' },
      { method: 'GET', key: 'k', keys: ['a'] },
      { method: 'PUT', key: 'k', headers: { 'x-amz-meta-a': 1 } },
      { method: 'PUT', key: 'k', contentType: 'a/b', headers: { 'Content-Type': 'c/d' } },
      null,
      [],
      'text',
    ]) {
      assert.equal((await refused(request)).status, 400, JSON.stringify(request));
    }
  });
});

describe('keys', () => {
  const hostile = [
    '../secret',
    'a/../../secret',
    'a/..',
    '..',
    '.',
    './a',
    'a/./b',
    '/a',
    'a//b',
    'a//',
    '/',
    'a\nb',
    'a\u0000b',
    'a\u007f',
    'a\u2028b',
    '\ud800',
    'k'.repeat(1025),
    'ü'.repeat(513),
  ];

  it('that leave their place or cannot be addressed are refused, wherever they stand', async () => {
    for (const key of hostile) {
      for (const request of [
        { method: 'PUT', key },
        { method: 'PUT', key: 'k', sourceKey: key },
        { method: 'PUT', key: 'k', headers: { 'x-amz-copy-source': `/lab/${key}` } },
        { operation: 'DeleteObjects', method: 'POST', key: '', keys: ['fine', key] },
        { operation: 'PostObject', method: 'POST', key },
      ]) {
        const { status } = await refused(request);
        assert.equal(status, 400, JSON.stringify(request));
      }
    }
    assert.equal(
      (await refused({ method: 'GET', key: '', query: { prefix: 'a/../b/' } })).code,
      'InvalidKey',
    );
  });

  it('that only look dangerous are signed as they are', async () => {
    for (const key of [
      '%2e%2e/%2e%2e/secret',
      '..a/b..',
      'a/...',
      '.hidden',
      'a\\..\\b',
      '%2F%2Fa',
      'a/b/',
      'k'.repeat(1024),
    ]) {
      const verdict = verifyPresigned(
        { method: 'GET', url: (await sign({ method: 'GET', key })).url },
        EXPECTED,
      );
      assert.equal(verdict.valid, true);
      assert.equal(verdict.path, `/lab/${key}`);
    }
  });

  it('are confined to the prefix of the signer and to that of authorize', async () => {
    for (const options of [
      { prefix: 'users/1' },
      within({ prefix: 'users/1/' }),
      { prefix: 'users', ...within({ prefix: 'users/1' }) },
    ]) {
      for (const key of [
        'users/10/a',
        'users/1',
        'users/2/a',
        'users',
        'Users/1/a',
        'other/users/1/a',
        'users/1%2f..%2f2/a',
      ]) {
        for (const request of [
          { method: 'GET', key },
          { method: 'PUT', key, contentLength: 1 },
          { method: 'PUT', key, uploadId: 'u', partNumber: 1 },
          { method: 'POST', key, uploadId: 'u' },
          { method: 'DELETE', key, uploadId: 'u' },
          { operation: 'PostObject', method: 'POST', key },
          { operation: 'DeleteObjects', method: 'POST', key: '', keys: ['users/1/a', key] },
          { method: 'PUT', key: 'users/1/a', sourceKey: key },
          {
            method: 'PUT',
            key: 'users/1/a',
            headers: { 'x-amz-copy-source': `lab/${encodeURIComponent(key)}` },
          },
          { method: 'PUT', key, sourceKey: 'users/1/a' },
          { method: 'GET', key: '', query: { prefix: key } },
          { operation: 'ListMultipartUploads', method: 'GET', key: '', query: { prefix: key } },
        ]) {
          const error = await refused(request, options);
          assert.equal(error.status, 403, JSON.stringify(request));
          assert.equal(error.code, 'OutsidePrefix');
        }
      }
      for (const query of [{}, { prefix: '' }, { delimiter: '/' }]) {
        assert.equal((await refused({ method: 'GET', key: '', query }, options)).code, 'OutsidePrefix');
      }
      await sign({ method: 'GET', key: 'users/1/a' }, options);
      await sign({ method: 'GET', key: 'users/1/' }, options);
      await sign({ method: 'GET', key: '', query: { prefix: 'users/1/' } }, options);
      await sign({ method: 'GET', key: '', query: { prefix: 'users/1/be' } }, options);
      await sign({ method: 'PUT', key: 'users/1/b', sourceKey: 'users/1/a' }, options);
    }
  });

  it('take a prefix of the signer’s, and say so', async () => {
    const options = within({ keyPrefix: 'users/1' });
    for (const key of ['a.txt', 'users/1/a.txt']) {
      const signed = await sign({ method: 'PUT', key }, options);
      assert.equal(verifyPresigned({ method: 'PUT', url: signed.url }, EXPECTED).path, '/lab/users/1/a.txt');
      assert.equal(signed.key, key === 'a.txt' ? 'users/1/a.txt' : undefined);
    }
    const attempt = await sign({ method: 'GET', key: 'users/2/a.txt' }, options);
    assert.equal(attempt.key, 'users/1/users/2/a.txt');
    const list = await sign({ method: 'GET', key: '', query: { delimiter: '/' } }, options);
    assert.equal(new URL(list.url).searchParams.get('prefix'), 'users/1/');
    const copy = await sign({ method: 'PUT', key: 'b', sourceKey: 'ü' }, options);
    assert.equal(copy.headers!['x-amz-copy-source'], '/lab/users/1/%C3%BC');
    const gone = await sign({ operation: 'DeleteObjects', method: 'POST', key: '', keys: ['c'] }, options);
    assert.match(gone.body!, /<Key>users\/1\/c<\/Key>/);
    const long = 'k'.repeat(1020);
    assert.equal((await refused({ method: 'PUT', key: long }, options)).code, 'InvalidKey');
  });

  it('are derived for new objects only, and stay confined', async () => {
    const options = within({
      prefix: 'in/',
      mapKey: async key => `in/${createHash('md5').update(key).digest('hex')}`,
    });
    const signed = await sign({ method: 'POST', key: 'my file' }, options);
    assert.match(signed.key!, /^in\/[0-9a-f]{32}$/);
    assert.equal(
      (await sign({ method: 'PUT', key: signed.key!, uploadId: 'u', partNumber: 1 }, options)).key,
      undefined,
    );
    const form = await sign({ operation: 'PostObject', method: 'POST', key: 'my file' }, options);
    assert.equal(form.fields!.key, form.key);
    assert.equal(
      (await refused({ method: 'PUT', key: 'a' }, within({ prefix: 'in/', mapKey: () => 'out/a' }))).status,
      403,
    );
    assert.equal(
      (await refused({ method: 'PUT', key: 'a' }, within({ prefix: 'in/', mapKey: () => 'in/../out' })))
        .status,
      400,
    );
  });

  it('of a copy source are read once and written anew', async () => {
    const copy = (source: string) => ({
      method: 'PUT' as const,
      key: 'k',
      headers: { 'x-amz-copy-source': source },
    });
    assert.equal((await sign(copy('lab/a b%2Bc'))).headers!['x-amz-copy-source'], '/lab/a%20b%2Bc');
    assert.equal((await sign(copy('/lab/a+b'))).headers!['x-amz-copy-source'], '/lab/a%2Bb');
    assert.equal(
      (await sign(copy('/lab/a?versionId=v%201'))).headers!['x-amz-copy-source'],
      '/lab/a?versionId=v%201',
    );
    for (const source of [
      '/other/a',
      'lab',
      '/lab/',
      '/lab/%',
      '/lab/a?versionId=1&x=2',
      '/lab/a?b?versionId=1',
      'arn:aws:s3:::other/a',
      '/lab%2Fx/a',
      '/lab/x%2F..%2Fa',
    ]) {
      assert.ok([400, 403].includes((await refused(copy(source))).status), source);
    }
    let judged: S3AuthorizeRequest | undefined;
    await sign(copy('/lab/%C3%BC?versionId=7'), {
      authorize: asked => {
        judged = asked;
        return true;
      },
    });
    assert.equal(judged?.sourceKey, 'ü');
    assert.equal(judged?.sourceVersionId, '7');
    assert.equal(judged?.operation, 'CopyObject');
  });
});

describe('headers and query', () => {
  it('that belong to the call are signed and returned', async () => {
    const headers = {
      'X-Amz-Checksum-CRC64NVME': 'AAAAAAAAAAA=',
      'x-amz-meta-note': '  two  spaces ',
      'x-amz-tagging': 'a=b',
      'if-none-match': '*',
      'content-md5': 'x',
    };
    const signed = await sign({ operation: 'PutObject', method: 'PUT', key: 'k', headers });
    assert.equal(signed.headers!['x-amz-checksum-crc64nvme'], 'AAAAAAAAAAA=');
    assert.deepEqual(
      Object.keys(signed.headers!).sort(),
      Object.keys(headers)
        .map(name => name.toLowerCase())
        .sort(),
    );
    const verdict = verifyPresigned({ method: 'PUT', url: signed.url, headers: signed.headers! }, EXPECTED);
    assert.equal(verdict.valid, true);
    for (const name of Object.keys(signed.headers!)) assert.ok(verdict.signedHeaders.includes(name), name);
  });

  it('that would make another call of it, or are unknown, are refused', async () => {
    const put = { operation: 'PutObject', method: 'PUT', key: 'k' };
    for (const headers of [
      { 'x-amz-copy-source': '/lab/other' },
      { 'x-amz-acl': 'public-read' },
      { 'x-amz-storage-class': 'GLACIER' },
      { 'x-amz-meta-': 'x' },
      { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
      { 'content-encoding': 'aws-chunked' },
      { host: 'elsewhere.example' },
      { 'content-length': '1' },
      { 'x-amz-meta-a': 'ü' },
      { 'x-amz-meta-a': 'a\r\nb: c' },
      { 'bad name': 'x' },
      { A: '1', a: '2' },
    ]) {
      assert.equal((await refused({ ...put, headers })).status, 400, JSON.stringify(headers));
    }
    for (const query of [
      { acl: '' },
      { tagging: '' },
      { uploadId: 'u' },
      { 'X-Amz-Expires': '9' },
      { 'x-amz-acl': 'public-read' },
      { versionId: '1' },
    ]) {
      assert.equal((await refused({ ...put, query })).status, 400, JSON.stringify(query));
    }
    assert.equal(
      (await refused({ method: 'GET', key: 'k', query: { 'response-expires': 'a\nb' } })).status,
      400,
    );
    assert.equal((await refused({ method: 'GET', key: '', query: { 'list-type': '1' } })).status, 400);
    await sign({ method: 'GET', key: '', query: { 'list-type': '2' } });
  });

  it('beyond the usual ones are signed where authorize allows them', async () => {
    const request = { method: 'PUT', key: 'k', headers: { 'x-amz-storage-class': 'GLACIER' } } as const;
    const signed = await sign(request, within({ headers: ['X-Amz-Storage-Class'] }));
    assert.deepEqual(signed.headers, { 'x-amz-storage-class': 'GLACIER' });
    assert.equal((await refused(request, within({ headers: ['x-amz-acl'] }))).code, 'HeaderNotAllowed');
  });
});

describe('POST policy', () => {
  it('binds key, type, metadata, checksum and size', async () => {
    const signed = await sign(
      {
        operation: 'PostObject',
        method: 'POST',
        key: 'ü $x "q".bin',
        contentType: 'a/b',
        headers: {
          'x-amz-meta-a': 'b',
          'x-amz-checksum-crc32c': 'AAAAAA==',
          'content-disposition': 'inline',
        },
      },
      within({ minSize: 1, maxSize: 10 }),
    );
    assert.equal(signed.url, 'https://storage.example/lab');
    assert.equal(signed.headers, undefined);
    const policy = openPolicy(signed.fields!, EXPECTED);
    assert.equal(signed.fields!.key, 'ü $x "q".bin');
    assert.equal(signed.fields!['Content-Type'], 'a/b');
    assert.equal(signed.fields!['x-amz-meta-a'], 'b');
    assert.equal(signed.fields!['x-amz-checksum-crc32c'], 'AAAAAA==');
    assert.equal(signed.fields!.success_action_status, '201');
    assert.equal(signed.fields!['x-amz-credential'], `AKIDEXAMPLE/20260131/${REGION}/s3/aws4_request`);
    assert.deepEqual(policy.conditions[0], { bucket: 'lab' });
    assert.deepEqual(policy.conditions.at(-1), ['content-length-range', 1, 10]);
    assert.equal(Date.parse(policy.expiration), signed.expiresAt);
    assert.equal(Buffer.from(signed.fields!.policy!, 'base64').toString().includes(' $x'), false);
  });

  it('allows exactly the announced length', async () => {
    const signed = await sign(
      { operation: 'PostObject', method: 'POST', key: 'k', contentLength: 7 },
      within({ maxSize: 10 }),
    );
    assert.deepEqual(openPolicy(signed.fields!, EXPECTED).conditions.at(-1), ['content-length-range', 7, 7]);
  });

  it('refuses what a form cannot say', async () => {
    const form = { operation: 'PostObject', method: 'POST', key: 'k' };
    assert.match((await refused({ ...form, key: `a/$\{filename}` })).message, /filename/);
    assert.equal((await refused({ ...form, headers: { 'if-none-match': '*' } })).status, 400);
    assert.equal((await refused({ ...form, headers: { 'x-amz-acl': 'public-read' } })).status, 400);
  });
});

describe('limits', () => {
  const size = within({ maxSize: 100, minSize: 2 });

  it('of size sign the length, and need it', async () => {
    const put = { operation: 'PutObject', method: 'PUT', key: 'k' } as const;
    const part = { method: 'PUT', key: 'k', uploadId: 'u', partNumber: 1 } as const;
    for (const request of [
      { ...put, contentLength: 100 },
      { ...put, contentLength: 2 },
      { ...part, contentLength: 1 },
    ]) {
      const signed = await sign(request, size);
      const verdict = verifyPresigned(
        { method: 'PUT', url: signed.url, contentLength: request.contentLength },
        EXPECTED,
      );
      assert.equal(verdict.valid, true);
      assert.equal(verdict.signedHeaders.includes('content-length'), true);
      assert.equal(signed.headers, undefined, 'a page cannot set content-length');
    }
    assert.equal((await refused(put, size)).code, 'LengthNeeded');
    assert.equal((await refused(part, size)).code, 'LengthNeeded');
    assert.equal((await refused({ ...put, contentLength: 101 }, size)).code, 'EntityTooLarge');
    assert.equal((await refused({ ...part, contentLength: 101 }, size)).code, 'EntityTooLarge');
    assert.equal((await refused({ ...put, contentLength: 1 }, size)).code, 'EntityTooSmall');
    assert.equal(
      (await refused({ operation: 'PostObject', method: 'POST', key: 'k', contentLength: 101 }, size)).code,
      'EntityTooLarge',
    );
    assert.equal((await refused({ ...put, contentLength: 5 * 1024 ** 3 + 1 })).code, 'EntityTooLarge');
    assert.equal(
      (
        await refused(
          { operation: 'CreateMultipartUpload', method: 'POST', key: 'k', contentLength: 101 },
          size,
        )
      ).code,
      'EntityTooLarge',
    );
  });

  it('of size hold for the whole of a multipart upload', async () => {
    const complete = (headers?: Record<string, string>) =>
      ({ method: 'POST', key: 'k', uploadId: 'u', ...(headers ? { headers } : {}) }) as const;
    assert.equal((await refused(complete(), size)).code, 'SizeNeeded');
    for (const wrong of ['', '-1', '1e2', '0x10', 'NaN']) {
      assert.equal(
        (await refused(complete({ 'x-amz-mp-object-size': wrong }), size)).code,
        'SizeNeeded',
        wrong,
      );
    }
    assert.equal((await refused(complete({ 'x-amz-mp-object-size': '101' }), size)).code, 'EntityTooLarge');
    assert.equal((await refused(complete({ 'x-amz-mp-object-size': '1' }), size)).code, 'EntityTooSmall');
    const signed = await sign(complete({ 'x-amz-mp-object-size': '100' }), size);
    assert.equal(signed.headers!['x-amz-mp-object-size'], '100');
    assert.equal(
      verifyPresigned({ method: 'POST', url: signed.url, headers: signed.headers! }, EXPECTED).valid,
      true,
    );
  });

  it('of size give @uppy/aws-s3, which tells no length, a form', async () => {
    const signed = await sign({ method: 'PUT', key: 'k', contentType: 'image/png' }, size);
    assert.deepEqual(openPolicy(signed.fields!, EXPECTED).conditions.at(-1), [
      'content-length-range',
      2,
      100,
    ]);
    assert.equal(signed.fields!['Content-Type'], 'image/png');
    assert.equal((await refused({ method: 'POST', key: 'k' }, size)).code, 'LengthNeeded');
  });

  it('of type sign the type, and need it', async () => {
    const types = within({ contentTypes: ['image/*', 'text/csv'] });
    const put = { operation: 'PutObject', method: 'PUT', key: 'k' } as const;
    for (const contentType of ['image/png', 'IMAGE/JPEG', 'text/csv; charset=utf-8']) {
      const signed = await sign({ ...put, contentType }, types);
      assert.equal(signed.headers!['content-type'], contentType);
      const { signedHeaders } = verifyPresigned({ method: 'PUT', url: signed.url }, EXPECTED);
      assert.deepEqual(signedHeaders, ['content-type', 'host']);
    }
    for (const contentType of ['text/html', 'imagex/png', 'text/csvx', 'image', 'text/html;image/png']) {
      assert.equal((await refused({ ...put, contentType }, types)).code, 'TypeNotAllowed', contentType);
    }
    assert.equal(
      (await refused({ ...put, headers: { 'content-type': 'text/html' } }, types)).code,
      'TypeNotAllowed',
    );
    assert.equal((await refused(put, types)).code, 'TypeNeeded');
    assert.equal((await refused({ method: 'POST', key: 'k' }, types)).code, 'TypeNeeded');
    assert.equal(
      (await refused({ method: 'PUT', key: 'k', sourceKey: 'a', contentType: 'text/html' }, types)).code,
      'TypeNotAllowed',
    );
    await sign({ method: 'GET', key: 'k' }, types);
    await sign({ method: 'PUT', key: 'k', uploadId: 'u', partNumber: 1 }, types);
  });

  it('of calls', async () => {
    const reading = within({ operations: ['GetObject'] });
    await sign({ method: 'GET', key: 'k' }, reading);
    assert.equal((await refused({ method: 'PUT', key: 'k' }, reading)).code, 'OperationNotAllowed');
    assert.equal(
      (await refused({ method: 'GET', key: 'k', uploadId: 'u' }, reading)).code,
      'OperationNotAllowed',
    );
  });

  it('of time bound the lifetime', async () => {
    const cases: [number | undefined, Partial<S3SignerOptions>, number][] = [
      [undefined, {}, 900],
      [60, {}, 60],
      [100_000, {}, 900],
      [100_000, { maxExpiresIn: 604_800 }, 100_000],
      [10_000_000, { maxExpiresIn: 604_800 }, 604_800],
      [undefined, within({ expiresIn: 30 }), 30],
      [10, within({ expiresIn: 30 }), 10],
      [5000, within({ expiresIn: 5000 }), 900],
      [undefined, { maxExpiresIn: 604_800 }, 900],
      [604_800, { maxExpiresIn: 604_800 }, 604_800],
    ];
    for (const [expiresIn, options, expected] of cases) {
      const signed = await sign({ method: 'GET', key: 'k', ...(expiresIn ? { expiresIn } : {}) }, options);
      assert.equal(verifyPresigned({ method: 'GET', url: signed.url }, EXPECTED).expires, expected);
      assert.equal(signed.expiresAt, Math.floor(NOW / 1000) * 1000 + expected * 1000);
    }
    const ending = { ...KEY, sessionToken: 't', expiration: new Date(NOW + 100_000) };
    assert.equal((await sign({ method: 'GET', key: 'k' }, { credentials: ending })).expiresAt, NOW + 100_000);
    for (const expiresIn of [0, -5, 1.5]) await refused({ method: 'GET', key: 'k', expiresIn });
  });

  it('that are misspelt or got lost refuse instead of letting all through', async () => {
    for (const wrong of [
      { prefix: undefined },
      { prefx: 'a/' },
      { maxSize: Number.NaN },
      { maxSize: '5' },
      { expiresIn: 0 },
      { operations: 'GetObject' },
    ]) {
      const seen: unknown[] = [];
      const error = await refused(
        { method: 'GET', key: 'k' },
        { authorize: () => wrong as S3SignerConstraints, onError: failure => seen.push(failure) },
      );
      assert.equal(error.status, 500, JSON.stringify(wrong));
      assert.match(String(seen[0]), /limit/);
    }
  });
});

describe('DeleteObjects', () => {
  it('signs a body of the checked keys', async () => {
    const keys = [`a<&>"'b`, 'ü/\u{1f9ec}'];
    const signed = await sign({ operation: 'DeleteObjects', method: 'POST', key: '', keys });
    const digest = createHash('sha256').update(signed.body!);
    assert.equal(signed.headers!['x-amz-content-sha256'], digest.copy().digest('hex'));
    assert.equal(signed.headers!['x-amz-checksum-sha256'], digest.digest('base64'));
    const verdict = verifyPresigned({ method: 'POST', url: signed.url, headers: signed.headers! }, EXPECTED);
    assert.equal(verdict.valid, true);
    assert.equal(verdict.signedHeaders.includes('x-amz-content-sha256'), true);
    assert.match(
      signed.body!,
      /<Key>a&#60;&#38;&#62;&#34;&#39;b<\/Key><\/Object><Object><Key>ü\/\u{1f9ec}<\/Key>/u,
    );
  });

  it('is never signed for an open body', async () => {
    const open = { operation: 'DeleteObjects', method: 'POST', key: '' };
    assert.equal((await refused(open)).code, 'KeysNeeded');
    assert.equal(
      (await refused({ ...open, keys: ['a'], headers: { 'content-md5': 'x' } })).code,
      'HeaderNotAllowed',
    );
    assert.equal((await refused({ ...open, keys: [] })).status, 400);
    assert.equal(
      (await refused({ ...open, keys: Array.from({ length: 1001 }, (_, i) => `k${i}`) })).status,
      400,
    );
    assert.equal((await refused({ ...open, keys: 'abc' })).status, 400);
  });
});

describe('authorize', () => {
  it('sees the call, the caller and the platform’s context', async () => {
    let asked: S3AuthorizeRequest | undefined;
    let context: S3AuthorizeContext | undefined;
    const handler = signer({
      authorize: (request, given) => {
        asked = request;
        context = given;
        return true;
      },
    });
    const request = post(
      { operation: 'ListObjectsV2', method: 'GET', key: '', query: { prefix: 'a/' } },
      { 'content-type': 'application/json', cookie: 'session=1' },
    );
    await handler(request, { binding: 1 });
    assert.equal(asked?.prefix, 'a/');
    assert.equal(asked?.operation, 'ListObjectsV2');
    assert.equal(asked?.bucketUrl, 'https://storage.example/lab');
    assert.equal(context?.request.headers.get('cookie'), 'session=1');
    assert.deepEqual(context?.context, { binding: 1 });
  });

  it('refuses by anything but true or limits', async () => {
    for (const answer of [false, undefined, null, 0, 1, 'yes']) {
      assert.equal(
        (await refused({ method: 'GET', key: 'k' }, { authorize: () => answer as boolean })).status,
        403,
      );
    }
  });

  it('that throws refuses, without its words', async () => {
    const seen: unknown[] = [];
    const error = await refused(
      { method: 'GET', key: 'k' },
      {
        authorize: () => {
          throw new Error(`database at ${KEY.secretAccessKey}`);
        },
        onError: failure => seen.push(failure),
      },
    );
    assert.equal(error.status, 403);
    assert.equal(JSON.stringify(error).includes(KEY.secretAccessKey), false);
    assert.equal(seen.length, 1);
  });

  it('may choose the answer', async () => {
    const error = await refused(
      { method: 'GET', key: 'k' },
      {
        authorize: async () => {
          throw new S3SignRefused(401, 'SignInNeeded', 'Sign in again.');
        },
      },
    );
    assert.deepEqual(error, { status: 401, code: 'SignInNeeded', message: 'Sign in again.' });
  });
});

describe('batches', () => {
  it('answer in order, one refusal by itself', async () => {
    const requests = Array.from({ length: 100 }, (_, index) => ({
      method: 'GET',
      key: index % 10 === 3 ? '..' : `in/${index}`,
    }));
    requests[50] = { method: 'GET', key: 'out/50' };
    const response = await signer({ prefix: 'in' })(post({ requests }));
    assert.equal(response.status, 200);
    const { responses } = (await response.json()) as S3SignBatchResponse;
    assert.equal(responses.length, 100);
    for (const [index, answer] of responses.entries()) {
      if (index === 50) assert.equal((answer as S3SignRefusal).error.code, 'OutsidePrefix');
      else if (index % 10 === 3) assert.equal((answer as S3SignRefusal).error.code, 'InvalidKey');
      else {
        const verdict = verifyPresigned({ method: 'GET', url: (answer as S3SignedRequest).url }, EXPECTED);
        assert.equal(verdict.valid, true);
        assert.equal(verdict.path, `/lab/in/${index}`);
      }
    }
  });

  it('are bounded', async () => {
    const batch = (count: number) =>
      post({ requests: Array.from({ length: count }, () => ({ method: 'GET', key: 'k' })) });
    assert.equal((await signer()(batch(1000))).status, 200);
    assert.equal((await signer()(batch(1001))).status, 413);
    assert.equal((await signer({ maxBatch: 2 })(batch(3))).status, 413);
    assert.deepEqual(await (await signer()(batch(0))).json(), { responses: [] });
    assert.equal((await signer()(post({ requests: {} }))).status, 400);
  });

  it('ask for credentials once', async () => {
    let asked = 0;
    const handler = signer({
      credentials: async () => {
        asked++;
        return KEY;
      },
    });
    await handler(post({ requests: Array.from({ length: 20 }, () => ({ method: 'GET', key: 'k' })) }));
    assert.equal(asked, 1);
  });
});

describe('credentials', () => {
  it('from a function are kept until shortly before they end', async () => {
    let time = NOW;
    let given = 0;
    const handler = signer({
      now: () => time,
      credentials: async () => {
        given++;
        return {
          ...KEY,
          sessionToken: `token${given}`,
          expiration: new Date(time + 3_600_000).toISOString(),
        };
      },
    });
    const token = async () => {
      const signed = (await (await handler(post({ method: 'GET', key: 'k' }))).json()) as S3SignedRequest;
      return new URL(signed.url).searchParams.get('X-Amz-Security-Token');
    };
    assert.deepEqual(await Promise.all([token(), token(), token()]), ['token1', 'token1', 'token1']);
    time += 3_500_000;
    assert.equal(await token(), 'token1');
    time += 50_000;
    assert.equal(await token(), 'token2');
  });

  it('that fail leave the last ones in use while they live, then give 503 without a secret', async () => {
    let time = NOW;
    let fail = false;
    const seen: unknown[] = [];
    const handler = signer({
      now: () => time,
      onError: error => seen.push(error),
      credentials: () => {
        if (fail) throw new Error(`vault says ${KEY.secretAccessKey}`);
        return { ...KEY, expiration: time + 100_000 };
      },
    });
    const status = async () => (await handler(post({ method: 'GET', key: 'k' }))).status;
    assert.equal(await status(), 200);
    fail = true;
    time += 50_000;
    assert.equal(await status(), 200);
    time += 60_000;
    const response = await handler(post({ method: 'GET', key: 'k' }));
    assert.equal(response.status, 503);
    assert.equal((await response.text()).includes(KEY.secretAccessKey), false);
    assert.equal(seen.length, 2);
    fail = false;
    assert.equal(await status(), 200);
  });
});

describe('bucket URLs', () => {
  const urlOf = async (options: Partial<S3SignerOptions>, bucketUrl?: string) =>
    (await sign({ method: 'GET', key: 'k', ...(bucketUrl ? { bucketUrl } : {}) }, options)).url.split('?')[0];

  it('follow from endpoint and style', async () => {
    assert.equal(await urlOf({ endpoint: 'http://localhost:9000/' }), 'http://localhost:9000/lab/k');
    assert.equal(
      await urlOf({ endpoint: 'http://localhost:9000', style: 'virtual-host' }),
      'http://lab.localhost:9000/k',
    );
    assert.equal(
      await urlOf({ endpoint: 'https://s3.eu-west-1.amazonaws.com' }),
      'https://lab.s3.eu-west-1.amazonaws.com/k',
    );
    assert.equal(
      await urlOf({ endpoint: 'https://lab.s3.eu-west-1.amazonaws.com' }),
      'https://lab.s3.eu-west-1.amazonaws.com/k',
    );
    assert.equal(
      await urlOf({ endpoint: 'https://s3.eu-west-1.amazonaws.com', style: 'path' }),
      'https://s3.eu-west-1.amazonaws.com/lab/k',
    );
    assert.equal(await urlOf({ endpoint: 'https://gate.example/s3/lab' }), 'https://gate.example/s3/lab/k');
    assert.equal(
      await urlOf({ endpoint: 'https://files.example', style: 'bucket-url' }),
      'https://files.example/k',
    );
    const form = await sign(
      { operation: 'PostObject', method: 'POST', key: 'k' },
      { endpoint: 'https://files.example', style: 'bucket-url' },
    );
    assert.deepEqual(openPolicy(form.fields!, EXPECTED).conditions[0], { bucket: 'lab' });
    assert.equal(form.url, 'https://files.example/');
  });

  it('may be several, of which the page asks for one', async () => {
    const options = {
      endpoint: ['https://lab.s3.example', 'https://s3.example/lab', 'http://localhost:80/lab'],
    };
    assert.equal(await urlOf(options), 'https://lab.s3.example/k');
    assert.equal(await urlOf(options, 'https://S3.example:443/lab/'), 'https://s3.example/lab/k');
    assert.equal(await urlOf(options, 'http://localhost/lab'), 'http://localhost/lab/k');
    for (const bucketUrl of [
      'https://evil.example/lab',
      'http://s3.example/lab',
      'https://s3.example/lab2',
      'https://s3.example',
      'https://a:b@s3.example/lab',
      'https://s3.example/lab?x',
      'lab',
    ]) {
      assert.ok(
        [400, 403].includes((await refused({ method: 'GET', key: 'k', bucketUrl }, options)).status),
        bucketUrl,
      );
    }
  });

  it('are covered by the signature', async () => {
    const options = { endpoint: ['https://lab.s3.example', 'https://lab.s4.example'] };
    const { url } = await sign({ method: 'GET', key: 'k' }, options);
    assert.equal(verifyPresigned({ method: 'GET', url }, EXPECTED).valid, true);
    assert.equal(verifyPresigned({ method: 'GET', url: url.replace('s3.', 's4.') }, EXPECTED).valid, false);
  });
});

describe('the handler', () => {
  const request = { method: 'GET', key: 'k' };
  const json = { 'content-type': 'application/json' };

  it('answers uncached JSON, errors too', async () => {
    for (const body of [request, { method: 'GET', key: '..' }, 'no json']) {
      const response = await signer()(post(body));
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.equal(response.headers.get('content-type'), 'application/json');
      await response.json();
    }
  });

  it('takes POST only, JSON only, within bounds', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'HEAD']) {
      const response = await signer()(new Request('https://app.example/sign', { method }));
      assert.equal(response.status, 405);
      assert.match(response.headers.get('allow')!, /POST/);
    }
    assert.equal((await signer()(post('{"method":'))).status, 400);
    assert.equal((await signer()(post(''))).status, 400);
    const big = JSON.stringify({ ...request, padding: 'x'.repeat(200) });
    assert.equal((await signer({ maxBodySize: 100 })(post(big))).status, 413);
    const streamed = new Request('https://app.example/sign', {
      method: 'POST',
      headers: json,
      body: new Blob([big]).stream(),
      duplex: 'half',
    } as RequestInit);
    assert.equal((await signer({ maxBodySize: 100 })(streamed)).status, 413);
  });

  it('refuses pages of other origins, and bodies that such a page can send unasked', async () => {
    let authorized = 0;
    const handler = signer({
      authorize: () => {
        authorized++;
        return true;
      },
    });
    const status = async (headers: Record<string, string>) => (await handler(post(request, headers))).status;
    for (const type of ['application/json', 'text/plain;charset=UTF-8']) {
      assert.equal(await status({ 'content-type': type, origin: 'https://app.example' }), 200);
      assert.equal(
        await status({
          'content-type': type,
          'sec-fetch-site': 'same-origin',
          origin: 'https://public.example',
        }),
        200,
      );
    }
    assert.equal(await status(json), 200, 'a program that is no browser');
    assert.equal(
      await status({ ...json, origin: 'https://public.example', host: 'public.example' }),
      200,
      'behind a proxy',
    );
    const allowed = authorized;
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      assert.equal(await status({ 'content-type': type, origin: 'https://evil.example' }), 403);
      assert.equal(await status({ 'content-type': type, origin: 'null' }), 403);
      assert.equal(
        await status({ 'content-type': type, 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }),
        403,
      );
      assert.equal(await status({ 'content-type': type, 'sec-fetch-site': 'same-site' }), 403);
    }
    assert.equal(await status({ 'content-type': 'text/plain' }), 415);
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/html',
    ]) {
      assert.equal(await status({ 'content-type': type, origin: 'https://app.example' }), 415);
    }
    assert.equal(authorized, allowed, 'authorize never ran for them');
  });

  it('answers the preflight and the request of listed origins', async () => {
    const handler = signer({
      cors: { origins: ['https://Pages.example/'], credentials: true, headers: ['x-csrf'] },
    });
    const ask = (origin: string) =>
      handler(
        new Request('https://app.example/sign', {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST' },
        }),
      );
    const preflight = await ask('https://pages.example');
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://pages.example');
    assert.equal(preflight.headers.get('access-control-allow-credentials'), 'true');
    assert.match(preflight.headers.get('access-control-allow-headers')!, /content-type.*x-csrf/);
    const foreign = await ask('https://evil.example');
    assert.equal(foreign.status, 403);
    assert.equal(foreign.headers.get('access-control-allow-origin'), null);
    for (const body of [request, { method: 'GET', key: '..' }]) {
      const answer = await handler(
        post(body, {
          'content-type': 'text/plain',
          origin: 'https://pages.example',
          'sec-fetch-site': 'cross-site',
        }),
      );
      assert.equal(answer.headers.get('access-control-allow-origin'), 'https://pages.example');
      assert.equal(answer.headers.get('vary'), 'Origin');
      assert.notEqual(answer.status, 403);
    }
    assert.equal((await handler(post(request, { ...json, origin: 'https://evil.example' }))).status, 403);
    const open = await signer({ cors: { origins: '*' } })(
      post(request, { ...json, origin: 'https://any.example' }),
    );
    assert.equal(open.headers.get('access-control-allow-origin'), '*');
    assert.equal(open.headers.get('access-control-allow-credentials'), null);
  });

  it('never tells a secret', async () => {
    const temporary = { ...KEY, sessionToken: 'SESSIONTOKEN' };
    for (const body of [
      request,
      { method: 'GET', key: '..' },
      { operation: 'PostObject', method: 'POST', key: 'k' },
    ]) {
      const text = await (await signer({ credentials: temporary })(post(body))).text();
      assert.equal(text.includes(KEY.secretAccessKey), false);
      if (text.includes('"error"')) assert.equal(text.includes('SESSIONTOKEN'), false);
    }
  });
});

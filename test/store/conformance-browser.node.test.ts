import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe } from 'node:test';
import { GetBucketCorsCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { conforms, key, outcome, PAGE_ORIGIN, presign, sampleBytes, target } from './target.js';

const preflight = async (method: string, headers: string, origin = PAGE_ORIGIN) =>
  fetch(await presign(method, key('cors')), {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      ...(headers ? { 'access-control-request-headers': headers } : {}),
    },
  });
const list = (response: Response, name: string) =>
  (response.headers.get(name) ?? '').split(',').map(item => item.trim().toLowerCase());

describe('CORS', () => {
  conforms('a preflight from an allowed origin is answered', async () => {
    const response = await preflight('PUT', 'content-type,x-amz-checksum-crc32c');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('access-control-allow-origin'), PAGE_ORIGIN);
    assert.ok(list(response, 'access-control-allow-methods').includes('put'));
    const allowed = list(response, 'access-control-allow-headers');
    assert.ok(allowed.includes('content-type') && allowed.includes('x-amz-checksum-crc32c'));
    assert.equal(response.headers.get('access-control-max-age'), '300');
    assert.ok(list(response, 'vary').includes('origin'));
  });

  conforms('a preflight from another origin, or for another method, is refused', async () => {
    for (const response of [
      await preflight('PUT', '', 'http://elsewhere.localhost'),
      await preflight('PATCH', ''),
    ]) {
      assert.equal(response.status, 403);
      assert.equal(response.headers.get('access-control-allow-origin'), null);
    }
  });

  conforms('answers name the origin and expose what the rule says', async () => {
    const url = await presign('PUT', key('cors'));
    const response = await fetch(url, { method: 'PUT', body: 'x', headers: { origin: PAGE_ORIGIN } });
    assert.equal(response.headers.get('access-control-allow-origin'), PAGE_ORIGIN);
    const exposed = list(response, 'access-control-expose-headers');
    assert.ok(exposed.includes('etag') && exposed.includes('content-range'));
  });

  conforms('another origin gets the answer without CORS headers', async () => {
    const url = await presign('PUT', key('cors'));
    const response = await fetch(url, {
      method: 'PUT',
      body: 'x',
      headers: { origin: 'http://elsewhere.localhost' },
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('access-control-allow-origin'), null);
  });

  conforms('errors carry CORS headers', async () => {
    const response = await fetch(await presign('GET', key('cors-absent')), {
      headers: { origin: PAGE_ORIGIN },
    });
    assert.equal(response.status, 404);
    assert.equal(response.headers.get('access-control-allow-origin'), PAGE_ORIGIN);
  });

  conforms('refused signatures carry CORS headers', async () => {
    const url = await presign('GET', key('cors'), { secretAccessKey: 'wrong' });
    const response = await fetch(url, { headers: { origin: PAGE_ORIGIN } });
    assert.equal(response.status, 403);
    assert.equal(response.headers.get('access-control-allow-origin'), PAGE_ORIGIN);
  });

  conforms('the configuration can be read', async () => {
    const { CORSRules } = await target.s3.send(new GetBucketCorsCommand({ Bucket: target.bucket }));
    assert.deepEqual(CORSRules?.[0]?.AllowedOrigins, [PAGE_ORIGIN]);
    assert.equal(CORSRules?.[0]?.MaxAgeSeconds, 300);
  });
});

describe('POST policies', () => {
  type Condition = Record<string, string> | (string | number)[];

  function sign(
    conditions: Condition[],
    fields: Record<string, string>,
    expires = 300_000,
    secret = target.secretAccessKey,
  ) {
    const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
    const scope = [date.slice(0, 8), target.region, 's3', 'aws4_request'];
    const all: Record<string, string> = {
      ...fields,
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': `${target.accessKeyId}/${scope.join('/')}`,
      'x-amz-date': date,
    };
    const signed = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-date'].map(name => ({
      [name]: all[name]!,
    }));
    const policy = Buffer.from(
      JSON.stringify({
        expiration: new Date(Date.now() + expires).toISOString(),
        conditions: [{ bucket: target.bucket }, ...conditions, ...signed],
      }),
    ).toString('base64');
    const signing = scope.reduce<string | Buffer>(
      (previous, part) => createHmac('sha256', previous).update(part).digest(),
      `AWS4${secret}`,
    );
    return { ...all, policy, 'x-amz-signature': createHmac('sha256', signing).update(policy).digest('hex') };
  }

  const post = (fields: Record<string, string>, file: Buffer | string, fileName = 'file.bin', extra = {}) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob([file as unknown as BlobPart]), fileName);
    for (const [name, value] of Object.entries(extra)) form.append(name, value as string);
    return fetch(`${target.endpoint}/${target.bucket}`, { method: 'POST', body: form, redirect: 'manual' });
  };
  const exact = (name: string) => ({
    conditions: [{ key: key(name) }] as Condition[],
    fields: { key: key(name) },
  });
  const exists = async (name: string) =>
    (await fetch(await presign('HEAD', key(name)), { method: 'HEAD' })).status === 200;

  conforms('a form stores its file byte for byte', async () => {
    const bytes = Buffer.concat([
      sampleBytes(300_007),
      Buffer.from('\r\n--tricky\r\n\r\n'),
      Buffer.from([0, 13, 10, 45, 45]),
    ]);
    const { conditions, fields } = exact('form ü.bin');
    const response = await post(sign(conditions, fields), bytes);
    assert.equal(response.status, 204);
    assert.equal(response.headers.get('etag'), `"${createHash('md5').update(bytes).digest('hex')}"`);
    const { Body } = await target.s3.send(
      new GetObjectCommand({ Bucket: target.bucket, Key: key('form ü.bin') }),
    );
    assert.ok(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(bytes));
  });

  conforms('an empty file is stored too', async () => {
    const { conditions, fields } = exact('form-empty');
    assert.equal((await post(sign(conditions, fields), '')).status, 204);
    assert.ok(await exists('form-empty'));
  });

  conforms('fields become headers and metadata', async () => {
    const { conditions, fields } = exact('form-fields');
    const more = { 'Content-Type': 'text/x-form', 'x-amz-meta-lab': 'north', 'Cache-Control': 'no-cache' };
    const all = [
      ...conditions,
      ['starts-with', '$Content-Type', 'text/'],
      { 'x-amz-meta-lab': 'north' },
      ['starts-with', '$Cache-Control', ''],
    ];
    const response = await post(sign(all, { ...fields, ...more }), 'x');
    assert.equal(response.status, 204, await response.text());
    const info = await target.s3.send(
      new HeadObjectCommand({ Bucket: target.bucket, Key: key('form-fields') }),
    );
    assert.equal(info.ContentType, 'text/x-form');
    assert.equal(info.CacheControl, 'no-cache');
    assert.deepEqual(info.Metadata, { lab: 'north' });
  });

  conforms('${filename} in the key is the name of the file', async () => {
    const template = `${key('form/')}\${filename}`;
    const conditions: Condition[] = [['starts-with', '$key', key('form/')]];
    assert.equal((await post(sign(conditions, { key: template }), 'x', 'picked.txt')).status, 204);
    assert.ok(await exists('form/picked.txt'));
  });

  conforms('success_action_status chooses the answer', async () => {
    const { conditions, fields } = exact('form-status');
    for (const status of ['200', '201']) {
      const all = [...conditions, { success_action_status: status }];
      const response = await post(sign(all, { ...fields, success_action_status: status }), 'x');
      assert.equal(response.status, Number(status));
      if (status === '201') assert.match(await response.text(), /<PostResponse>.*<ETag>.*<\/PostResponse>/s);
    }
  });

  conforms('content-length-range refuses what is too large or too small', async () => {
    const { conditions, fields } = exact('form-range');
    const range = [...conditions, ['content-length-range', 5, 10]];
    const large = await outcome(await post(sign(range, fields), 'x'.repeat(11)));
    assert.deepEqual([large.status, large.code], [400, 'EntityTooLarge']);
    const little = await outcome(await post(sign(range, fields), 'x'.repeat(4)));
    assert.deepEqual([little.status, little.code], [400, 'EntityTooSmall']);
    assert.equal(await exists('form-range'), false);
    assert.equal((await post(sign(range, fields), 'x'.repeat(10))).status, 204);
  });

  const forbidden = async (response: Response, code = 'AccessDenied') => {
    const { status, code: said } = await outcome(response);
    assert.deepEqual([status, said], [403, code]);
  };

  conforms('a key outside the policy is refused', async () => {
    const conditions: Condition[] = [['starts-with', '$key', key('inside/')]];
    await forbidden(await post(sign(conditions, { key: key('outside') }), 'x'));
    await forbidden(await post(sign([{ key: key('inside') }], { key: key('inside2') }), 'x'));
  });

  conforms('a field that no condition covers is refused', async () => {
    const { conditions, fields } = exact('form-extra');
    await forbidden(await post(sign(conditions, { ...fields, 'x-amz-meta-smuggled': '1' }), 'x'));
  });

  conforms('fields behind the file are ignored', async () => {
    const { conditions, fields } = exact('form-behind');
    const response = await post(sign(conditions, fields), 'x', 'f', { 'x-amz-meta-late': '1' });
    assert.equal(response.status, 204);
    const info = await target.s3.send(
      new HeadObjectCommand({ Bucket: target.bucket, Key: key('form-behind') }),
    );
    assert.deepEqual(info.Metadata ?? {}, {});
  });

  conforms('an expired policy is refused', async () => {
    const { conditions, fields } = exact('form-expired');
    await forbidden(await post(sign(conditions, fields, -1000), 'x'));
  });

  conforms('a policy that was changed, or signed with another secret, is refused', async () => {
    const { conditions, fields } = exact('form-tampered');
    await forbidden(await post(sign(conditions, fields, 300_000, 'wrong'), 'x'), 'SignatureDoesNotMatch');
    const good = sign(conditions, fields);
    const policy = Buffer.from(good.policy, 'base64')
      .toString()
      .replace(key('form-tampered'), key('form-tampereX'));
    const changed = { ...good, key: key('form-tampereX'), policy: Buffer.from(policy).toString('base64') };
    await forbidden(await post(changed, 'x'), 'SignatureDoesNotMatch');
  });

  conforms('a form without a policy is refused', async () => {
    const response = await post({ key: key('form-open') }, 'x');
    assert.equal(response.status, 403);
    assert.equal(await exists('form-open'), false);
  });

  conforms('a body that is no form is refused', async () => {
    const url = `${target.endpoint}/${target.bucket}`;
    const response = await fetch(url, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    assert.ok(response.status >= 400 && response.status < 500);
  });
});

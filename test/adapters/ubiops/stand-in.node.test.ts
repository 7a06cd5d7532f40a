/** The stand-in speaks the platform's protocol, and refuses what the platform would refuse. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createUbiOpsStandIn } from '../../../demo/server/platforms/ubiops/index.js';
import { bucketInputs } from '../../contract/ubiops-contract.js';
import { openStore } from '../support/open-store.js';
import { type Scene, scene, signal } from './support.js';

const B = '/projects/project-1/buckets';
const X = `${B}/default/files`;

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, and any surprise fails the test
async function json(response: Response | Promise<Response>): Promise<any> {
  return (await response).json();
}

async function put(scene: Scene, path: string, text: string): Promise<void> {
  const { url } = await json(scene.api(`${X}/${encodeURIComponent(path)}`, { method: 'POST' }));
  assert.equal((await fetch(url!, { method: 'PUT', body: text })).status, 200);
}

describe('the UbiOps stand-in: access', () => {
  it('takes the scheme Token, and no other', () =>
    scene(async ({ api, standIn: { token } }) => {
      assert.equal((await api(B)).status, 200);
      for (const authorization of [`Bearer ${token}`, token, 'Token wrong', `Token ${token} more`]) {
        const response = await api(B, { authorization });
        assert.equal(response.status, 401, authorization.replace(token, '…'));
        assert.equal(typeof (await json(response)).error, 'string');
      }
    }));

  it('gives each role what it may do', () =>
    scene(async given => {
      const { api, standIn } = given;
      await put(given, 'a.txt', 'a');
      const statuses = async (role: Parameters<typeof standIn.issueToken>[0]) => {
        const authorization = `Token ${standIn.issueToken(role)}`;
        const ask = async (path: string, method = 'GET') =>
          (await api(path, { method, authorization })).status;
        return [await ask(B), await ask(X), await ask(`${X}/a.txt`), await ask(`${X}/b.txt`, 'POST')];
      };
      assert.deepEqual(await statuses({ roles: ['files-reader'] }), [403, 200, 200, 403]);
      assert.deepEqual(await statuses({ roles: ['files-reader-restricted'] }), [403, 403, 200, 403]);
      assert.deepEqual(await statuses({ roles: ['files-writer'] }), [403, 200, 200, 200]);
      assert.deepEqual(await statuses({ roles: ['bucket-viewer'] }), [200, 403, 403, 403]);
      assert.deepEqual(await statuses({ seconds: -1 }), [401, 401, 401, 401]);
    }));

  it('lets pages in by CORS, and shows them the reset of the rate limit', () =>
    scene(async ({ api, standIn }) => {
      const preflight = await fetch(`${standIn.baseUrl}${X}/a%2Fb`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://portal.example',
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization, content-type',
        },
      });
      assert.equal(preflight.status, 204);
      assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/);
      standIn.quirks.rateLimited = 1;
      const limited = await api(B, { headers: { origin: 'https://portal.example' } });
      assert.equal(limited.status, 429);
      assert.equal(limited.headers.get('x-ratelimit-reset'), '1');
      assert.match(limited.headers.get('access-control-expose-headers') ?? '', /x-ratelimit-reset/);
      standIn.quirks.hideRateLimitReset = true;
      const hidden = await api(B, { headers: { origin: 'https://portal.example' } });
      assert.doesNotMatch(hidden.headers.get('access-control-expose-headers') ?? '', /ratelimit/);
    }));

  it('keeps its buckets and its token over a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ubiops-state-'));
    const { store, bucket, close } = await openStore();
    const first = await createUbiOpsStandIn({ store, bucket, directory });
    await fetch(`${first.baseUrl}${B}`, {
      method: 'POST',
      headers: { authorization: `Token ${first.token}` },
      body: JSON.stringify({ name: 'kept' }),
    });
    await first.close();
    const second = await createUbiOpsStandIn({ store, bucket, directory });
    try {
      assert.equal(second.token, first.token);
      const response = await fetch(`${second.baseUrl}${B}/kept`, {
        headers: { authorization: `Token ${first.token}` },
      });
      assert.equal(response.status, 200);
    } finally {
      await second.close();
      await close();
      await rm(directory, { recursive: true });
    }
  });
});

describe('the UbiOps stand-in: files', () => {
  it('takes %2F for a part of the name, and a slash for a part of the path', () =>
    scene(async given => {
      await put(given, 'dir/ü b.txt', 'x');
      const found = await given.api(`${X}/dir%2F%C3%BC%20b.txt`);
      assert.deepEqual([found.status, (await json(found)).file], [200, 'dir/ü b.txt']);
      assert.equal((await given.api(`${X}/dir/%C3%BC%20b.txt`)).status, 404);
    }));

  it('lists at most 1,000 at a time, 100 when nobody asks, and goes on by its token', () =>
    scene(async given => {
      for (let index = 0; index < 103; index += 1) {
        await put(given, `many/${String(index).padStart(3, '0')}`, 'x');
      }
      const first = await json(given.api(X));
      assert.equal(first.files.length, 100);
      const token = encodeURIComponent(first.continuation_token!);
      const second = await json(given.api(`${X}?continuation_token=${token}`));
      assert.equal(second.files.length, 3);
      assert.equal(second.continuation_token, null);
      for (const wrong of ['limit=1001', 'limit=0', 'limit=x', 'continuation_token=wrong']) {
        assert.equal((await given.api(`${X}?${wrong}`)).status, 400, wrong);
      }
      const level = await json(given.api(`${X}?delimiter=/`));
      assert.deepEqual([level.files, level.prefixes], [[], ['many']]);
      given.standIn.quirks.prefixesWithSlash = true;
      assert.deepEqual((await json(given.api(`${X}?delimiter=/`))).prefixes, ['many/']);
    }));

  it('takes no body or an empty dictionary for an upload URL', () =>
    scene(async ({ api }) => {
      for (const [body, status] of [
        ['', 200],
        ['{}', 200],
        ['[]', 400],
        ['{', 400],
      ] as const) {
        assert.equal((await api(`${X}/a`, { method: 'POST', body })).status, status, body);
      }
      assert.equal((await api(`${X}/a?upload_id=u`, { method: 'POST' })).status, 400);
      assert.equal((await api(`${X}/a?upload_id=u&part_number=0`, { method: 'POST' })).status, 400);
    }));

  it('puts parts together as the official client names them, and refuses wrong ones', () =>
    scene(async ({ api, standIn }) => {
      const start = await json(api(`${X}/big/start-multipart-upload`, { method: 'POST' }));
      const id = encodeURIComponent(start.upload_id!);
      const bytes = new Uint8Array(5 * 1024 ** 2).fill(7);
      const etags: string[] = [];
      for (const [number, body] of [
        [1, bytes],
        [2, new Uint8Array([1, 2, 3])],
      ] as const) {
        const part = await json(api(`${X}/big?upload_id=${id}&part_number=${number}`, { method: 'POST' }));
        const answer = await fetch(part.url!, { method: 'PUT', body });
        etags.push(answer.headers.get('etag')!);
      }
      const complete = (parts: unknown, uploadId: unknown = start.upload_id) =>
        api(`${X}/big/complete-multipart-upload`, {
          method: 'POST',
          body: JSON.stringify({ upload_id: uploadId, parts }),
        });
      const part = (PartNumber: number) => ({ ETag: etags[PartNumber - 1], PartNumber });
      for (const wrong of [[], undefined, [part(2), part(1)], [{ ETag: '"x"', PartNumber: 1 }], [{}]]) {
        const response = await complete(wrong);
        assert.equal(response.status, 400);
        assert.equal(typeof (await json(response)).error, 'string');
      }
      assert.equal((await complete([part(1), part(2)], 'another')).status, 400);
      // The documents show the parts alone.
      const done = await complete([part(1), part(2)], undefined);
      assert.deepEqual([done.status, (await json(done)).upload_id], [200, start.upload_id]);
      assert.equal((await standIn.stored('default', 'big'))?.length, bytes.length + 3);
      assert.equal((await complete([part(1), part(2)])).status, 400);
    }));

  it('lets files end with the lifetime of their bucket', async () => {
    let now = Date.now();
    await scene(
      async given => {
        await put(given, 'a.txt', 'a');
        assert.equal((await given.api(`${X}/a.txt`)).status, 200);
        now += 604_860_000;
        assert.equal((await given.api(`${X}/a.txt`)).status, 404);
        assert.deepEqual((await json(given.api(X))).files, []);
      },
      { clock: () => now },
    );
  });
});

describe('the UbiOps stand-in: buckets', () => {
  it('refuses what the platform would refuse', () =>
    scene(async ({ api }) => {
      const create = (body: unknown) => api(B, { method: 'POST', body: JSON.stringify(body) });
      const s3 = { name: 's3', provider: 'amazon_s3', credentials: { access_key: 'a', secret_key: 'b' } };
      for (const wrong of [
        {},
        { name: '' },
        { name: 'x'.repeat(65) },
        { name: 'default' },
        { name: 'n', provider: 'dropbox' },
        { name: 'n', ttl: 604_801 },
        { name: 'n', ttl: 0 },
        { name: 'n', description: 'x'.repeat(401) },
        { name: 'n', labels: { a: 1 } },
        { ...s3, configuration: { bucket: 'b', prefix: '' } },
        { ...s3, configuration: { bucket: 'b', region: 'r' } },
        { ...s3, configuration: { prefix: '', region: 'r' } },
        { ...s3, credentials: { access_key: 'a' }, configuration: { bucket: 'b', prefix: '', region: 'r' } },
        { name: 'n', provider: 'google_cloud_storage', configuration: { bucket: 'b', prefix: '' } },
        {
          name: 'n',
          provider: 'azure_blob_storage',
          credentials: { connection_string: 'AccountName=x' },
          configuration: { container: 'c', prefix: '' },
        },
      ]) {
        assert.equal((await create(wrong)).status, 400, JSON.stringify(wrong));
      }
      const made = await create({ ...s3, configuration: { bucket: 'b', prefix: 'p', region: 'r' } });
      assert.equal(made.status, 201);
      const bucket = await json(made);
      assert.deepEqual(
        [bucket.credentials, bucket.configuration],
        [s3.credentials, { bucket: 'b', prefix: 'p/', region: 'r' }],
      );
      assert.match(bucket.creation_date!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      const detail = await json(api(`${B}/s3`));
      assert.deepEqual([detail.credentials, detail.size], [undefined, 0]);
      const listed = (await json(api(B))) as unknown as Record<string, unknown>[];
      assert.ok(Array.isArray(listed) && listed.every(each => !('size' in each) && !('credentials' in each)));
    }));

  it('filters by any of the labels', () =>
    scene(async ({ api }) => {
      for (const [name, labels] of Object.entries({ one: { a: 'b' }, two: { c: 'd', e: 'f' }, three: {} })) {
        await api(B, { method: 'POST', body: JSON.stringify({ name, labels }) });
      }
      const names = async (filter: string) =>
        ((await json(api(`${B}?labels=${encodeURIComponent(filter)}`))) as unknown as { name: string }[]).map(
          ({ name }) => name,
        );
      assert.deepEqual(await names('a:b,c:d'), ['one', 'two']);
      assert.deepEqual(await names('a:x'), []);
      assert.equal((await api(`${B}?labels=nonsense`)).status, 400);
    }));
});

describe('the UbiOps stand-in: requests as the official Python client sends them', () => {
  it('reads the state of the service, whose words may not be empty', () =>
    scene(async ({ api }) => {
      const { status, reason } = await json(api('/status'));
      assert.ok(status.length > 0 && reason.length > 0);
    }));

  const client = { 'content-type': 'application/json', accept: 'application/json' };
  const disposition = { 'content-disposition': 'multipart/form-data' };

  for (const provider of ['ubiops', 'azure_blob_storage'] as const) {
    it(`works at ${provider}: one piece, parts, get, download, delete`, () =>
      scene(async ({ api, adapter, standIn }) => {
        const azure = provider === 'azure_blob_storage';
        const { id } = await adapter().containers.create!(bucketInputs[provider], { signal });
        const files = `${B}/${id}/files`;
        const file = `${files}/dir%2Fx.bin`;
        const post = (path: string) => json(api(path, { method: 'POST', headers: client, body: '' }));
        const headers = {
          ...disposition,
          ...(azure ? { 'x-ms-version': '2020-04-08', 'x-ms-blob-type': 'BlockBlob' } : {}),
        };

        const { url, provider: named } = await post(file);
        assert.equal(named, provider);
        assert.ok((await fetch(url, { method: 'PUT', body: 'one piece', headers })).ok);
        const got = await json(api(file, { headers: client }));
        assert.deepEqual([got.file, got.size], ['dir/x.bin', 9]);
        const listed = await json(api(`${files}?prefix=dir%2F&delimiter=%2F&limit=5`, { headers: client }));
        assert.deepEqual(
          listed.files.map((each: { file: string }) => each.file),
          ['dir/x.bin'],
        );

        const { upload_id: uploadId } = await post(`${file}/start-multipart-upload`);
        const parts: object[] = [];
        for (const [number, body] of [
          [1, Buffer.alloc(5 * 1024 ** 2, 'a')],
          [2, Buffer.from('b')],
        ] as const) {
          const blockId = btoa(`dir/x.bin_${number}`);
          const query = azure
            ? `upload_id=${encodeURIComponent(blockId)}`
            : `upload_id=${encodeURIComponent(uploadId)}&part_number=${number}`;
          const part = await post(`${file}?${query}`);
          const answer = await fetch(part.url, { method: 'PUT', body, headers });
          assert.ok(answer.ok);
          parts.push(azure ? { BlockId: blockId } : { ETag: answer.headers.get('etag'), PartNumber: number });
        }
        const completed = await api(`${file}/complete-multipart-upload`, {
          method: 'POST',
          headers: client,
          body: JSON.stringify({ upload_id: uploadId, parts }),
        });
        assert.deepEqual(await json(completed), { upload_id: uploadId, provider });
        const source = await json(api(`${file}/download`, { headers: client }));
        const bytes = Buffer.from(await (await fetch(source.url)).arrayBuffer());
        assert.equal(bytes.length, 5 * 1024 ** 2 + 1);
        assert.equal(bytes.at(-1), 'b'.charCodeAt(0));

        const gone = await api(file, { method: 'DELETE', headers: client });
        assert.deepEqual([gone.status, await gone.text()], [204, '']);
        assert.equal((await api(file, { method: 'DELETE', headers: client })).status, 404);
        assert.equal(await standIn.stored(id, 'dir/x.bin'), undefined);
      }));
  }
});

describe('the storages behind the UbiOps stand-in', () => {
  const urlFor = async ({ adapter }: Scene, provider: 'azure_blob_storage' | 'google_cloud_storage') => {
    const { id } = await adapter().containers.create!(bucketInputs[provider], { signal });
    return adapter({ bucket: id }).signedUploadUrl('a b.txt', { signal });
  };

  it('Google takes an empty file in chunks, as the official client sends it; Azure wants a length', () =>
    scene(async given => {
      for (const [provider, status] of [
        ['google_cloud_storage', 200],
        ['azure_blob_storage', 411],
      ] as const) {
        const { url, headers } = await urlFor(given, provider);
        const sent = await new Promise<IncomingMessage>((resolve, reject) => {
          const options = { method: 'PUT', headers: { ...headers, 'transfer-encoding': 'chunked' } };
          request(url, options, resolve).on('error', reject).end();
        });
        sent.resume();
        assert.equal(sent.statusCode, status, provider);
      }
    }));

  it('Azure wants its two headers, a signature that fits, and no other', () =>
    scene(async given => {
      const { url, headers } = await urlFor(given, 'azure_blob_storage');
      const send = async (more: Record<string, string>, to = url) => {
        const response = await fetch(to, { method: 'PUT', body: 'x', headers: more });
        return [response.status, response.headers.get('x-ms-error-code')];
      };
      assert.deepEqual(await send(headers), [201, null]);
      assert.deepEqual(await send({ 'x-ms-version': '2020-04-08' }), [400, 'MissingRequiredHeader']);
      assert.deepEqual(await send({ 'x-ms-blob-type': 'BlockBlob' }), [400, 'MissingRequiredHeader']);
      assert.deepEqual(await send(headers, url.replace('a%20b', 'c')), [403, 'AuthenticationFailed']);
      assert.deepEqual(await send(headers, url.replace('sp=cw', 'sp=rw')), [403, 'AuthenticationFailed']);
      assert.deepEqual(await send({ ...headers, authorization: 'Token x' }), [
        400,
        'InvalidAuthenticationInfo',
      ]);
      const read = await fetch(url);
      assert.deepEqual(
        [read.status, read.headers.get('x-ms-error-code')],
        [403, 'AuthorizationPermissionMismatch'],
      );
    }));

  it('Azure gives ranges by its own header as well, which counts for more', () =>
    scene(async given => {
      const { url, headers } = await urlFor(given, 'azure_blob_storage');
      assert.equal((await fetch(url, { method: 'PUT', body: '0123456789', headers })).status, 201);
      const bucket = given.adapter({ bucket: bucketInputs.azure_blob_storage.name });
      const { url: there } = await bucket.signedLink!('a b.txt', { signal, seconds: 60 });
      for (const asked of [
        { range: 'bytes=2-4' },
        { 'x-ms-range': 'bytes=2-4' },
        { range: 'bytes=0-0', 'x-ms-range': 'bytes=2-4' },
      ]) {
        const answer = await fetch(there, { headers: asked as Record<string, string> });
        assert.deepEqual(
          [answer.status, answer.headers.get('content-range'), await answer.text()],
          [206, 'bytes 2-4/10', '234'],
        );
      }
    }));

  it('Azure wants block ids of one length, at most 64 bytes, in base64', () =>
    scene(async given => {
      const { url, headers } = await urlFor(given, 'azure_blob_storage');
      const block = async (id: string) => {
        const to = `${url}&comp=block&blockid=${encodeURIComponent(id)}`;
        const response = await fetch(to, { method: 'PUT', body: 'x', headers });
        return [response.status, response.headers.get('x-ms-error-code')];
      };
      assert.deepEqual(await block(btoa('file_1')), [201, null]);
      assert.deepEqual(await block(btoa('file_10')), [400, 'InvalidBlobOrBlock']);
      assert.deepEqual(await block('no base64!'), [400, 'InvalidQueryParameterValue']);
      assert.deepEqual(await block(btoa('x'.repeat(65))), [400, 'InvalidQueryParameterValue']);
    }));

  it('Google takes what was signed for it, until it ends', () =>
    scene(async given => {
      const { url } = await urlFor(given, 'google_cloud_storage');
      const put = async (to: string, headers = {}) => {
        const response = await fetch(to, { method: 'PUT', body: 'x', headers });
        return [response.status, /<Code>(\w+)/.exec(await response.text())?.[1]];
      };
      assert.deepEqual(await put(url), [200, undefined]);
      assert.deepEqual(await put(url.replace('a%20b', 'c')), [403, 'SignatureDoesNotMatch']);
      assert.deepEqual(await put(url.replace('X-Goog-Expires=3600', 'X-Goog-Expires=9999')), [
        403,
        'SignatureDoesNotMatch',
      ]);
      assert.deepEqual(await put(url.replace(/X-Goog-Signature=\w+/, '')), [403, 'AccessDenied']);
      assert.deepEqual(await put(url, { authorization: 'Token x' }), [400, 'InvalidArgument']);
      given.standIn.quirks.expiredUrls = 1;
      const ended = await given.adapter({ bucket: 'at-google' }).signedUploadUrl('b', { signal });
      assert.deepEqual(await put(ended.url), [400, 'ExpiredToken']);
    }));

  it('answer pages of other sites', () =>
    scene(async given => {
      const { url: azure } = await urlFor(given, 'azure_blob_storage');
      const { url: google } = await urlFor(given, 'google_cloud_storage');
      for (const [url, headers] of [
        [azure, 'x-ms-blob-type,x-ms-version'],
        [google, 'content-type'],
      ] as const) {
        // Not fetch: it forbids some of these headers.
        const status = await new Promise<number | undefined>((resolve, reject) => {
          request(url, {
            method: 'OPTIONS',
            headers: {
              origin: 'https://portal.example',
              'access-control-request-method': 'PUT',
              'access-control-request-headers': headers,
            },
          })
            .once('response', response => {
              response.resume();
              resolve(response.statusCode);
            })
            .once('error', reject)
            .end();
        });
        assert.equal(status, 204);
      }
    }));
});

/** The stand-in itself: what the service would refuse, it refuses. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Setup, setUp } from './setup.js';

describe('the Deep Origin stand-in', () => {
  let setup: Setup;
  let headers: Record<string, string>;
  before(async () => {
    setup = await setUp();
    headers = { authorization: `Bearer ${setup.standIn.token}` };
    for (const path of ['dir/a.txt', 'dir/b/c.txt']) await setup.put(path);
  });
  after(() => setup.close());
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${setup.standIn.baseUrl}${path}`, { headers, ...init });

  it('answers health and version to anybody, the rest to tokens', async () => {
    assert.equal((await ask('/files/health', { headers: {} })).status, 200);
    assert.equal((await ask('/files/version', { headers: {} })).status, 200);
    const refused = await ask('/files/org-1/directory/', { headers: {} });
    assert.deepEqual(
      [refused.status, await refused.json()],
      [401, { statusCode: 401, message: 'Unauthorized', error: 'Unauthorized' }],
    );
    assert.equal((await ask('/files/org-9/directory/')).status, 403);
  });

  it('knows no empty segments, and takes a path as one encoded segment too', async () => {
    assert.equal((await ask('/files/org-1//dir/a.txt')).status, 404);
    assert.equal((await ask('/files/org-1/signedUrl//dir/a.txt')).status, 404);
    assert.equal(await (await ask('/files/org-1/dir%2Fa.txt')).text(), 'dir/a.txt');
    const listed = (await (await ask('/files/org-1/directory/dir%2Fb')).json()) as {
      data: { Key: string }[];
    };
    assert.deepEqual(
      listed.data.map(({ Key }) => Key),
      ['dir/b/c.txt'],
    );
  });

  it('takes all spellings of the page size, and no page above 1,000', async () => {
    for (const name of ['max-keys', 'max-orgKeys', 'maxKeys']) {
      const page = (await (await ask(`/files/org-1/directory/dir?recursive=true&${name}=1`)).json()) as {
        data: unknown[];
        continuationToken: string | null;
      };
      assert.equal(page.data.length, 1, name);
      assert.equal(typeof page.continuationToken, 'string');
    }
    assert.equal((await ask('/files/org-1/directory/dir?max-keys=1001')).status, 400);
    assert.equal((await ask('/files/org-1/directory/dir?continuation-token=made-up')).status, 400);
    const last = await (await ask('/files/org-1/directory/nothing')).json();
    assert.deepEqual(last, { data: [], continuationToken: null });
  });

  it('signs for another origin, which refuses the token and other types', async () => {
    const { url } = (await (await ask('/files/org-1/signedUrl/dir/a.txt')).json()) as { url: string };
    assert.notEqual(new URL(url).origin, setup.standIn.baseUrl);
    assert.equal((await fetch(url)).status, 200);
    assert.equal((await fetch(url, { headers })).status, 400);
    assert.equal((await fetch(url, { headers: { range: 'bytes=0-2' } })).status, 206);
    const put = (await (await ask('/files/org-1/signedUrl/n.txt?upload=true')).json()) as { url: string };
    const wrong = await fetch(put.url, {
      method: 'PUT',
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    assert.equal(wrong.status, 403);
  });

  it('takes a form with a file, and nothing else', async () => {
    const put = (body: BodyInit, more: Record<string, string> = {}) =>
      ask('/files/org-1/form.txt', { method: 'PUT', body, headers: { ...headers, ...more } });
    assert.equal((await put('raw', { 'content-type': 'text/plain' })).status, 415);
    const without = new FormData();
    without.append('other', 'x');
    assert.equal((await put(without)).status, 400);
    const named = new FormData();
    named.append('content', new Blob(['content']), 'form.txt');
    assert.equal((await put(named)).status, 400);
    const form = new FormData();
    form.append('note', 'text beside it');
    form.append('file', new Blob(['content']), 'any "name".txt');
    const answer = (await (await put(form)).json()) as { eTag: string; s3: { bucketorgKey: string } };
    assert.deepEqual([answer.eTag, answer.s3.bucketorgKey], ['"9a0364b9e99bb480dd25e1f0284c8555"', 'org-1']);
    assert.equal(
      (
        await put('--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\ncut', {
          'content-type': 'multipart/form-data; boundary=b',
        })
      ).status,
      400,
    );
    assert.equal(await (await ask('/files/org-1/form.txt')).text(), 'content');
  });

  it('answers too many requests by its switch, with the time to wait or without', async () => {
    Object.assign(setup.standIn.quirks, { rateLimited: 2, retryAfter: 1 });
    const busy = await ask('/files/org-1/directory/');
    const { statusCode, error } = (await busy.json()) as Record<string, unknown>;
    assert.deepEqual([busy.headers.get('retry-after'), statusCode, error], ['1', 429, 'Too Many Requests']);
    setup.standIn.quirks.retryAfter = undefined;
    assert.equal((await ask('/files/org-1/directory/')).headers.get('retry-after'), null);
    assert.equal((await ask('/files/org-1/directory/')).status, 200);
  });

  it('answers deletions with 200 either way', async () => {
    const remove = async (path: string) => {
      const response = await ask(`/files/org-1/${path}`, { method: 'DELETE' });
      return [response.status, await response.json()];
    };
    assert.deepEqual(await remove('never'), [200, false]);
    assert.deepEqual(await remove('dir'), [200, false]);
    assert.deepEqual(await remove('dir/'), [200, true]);
    assert.deepEqual(await remove('dir/'), [200, false]);
  });

  it('answers preflights by its policy', async () => {
    const preflight = (asked: string) =>
      ask('/files/org-1/x', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://portal.example',
          'access-control-request-method': 'PUT',
          'access-control-request-headers': asked,
        },
      });
    const allowed = await preflight('authorization,content-type');
    assert.deepEqual([allowed.status, allowed.headers.get('access-control-allow-origin')], [204, '*']);
    assert.equal((await preflight('x-other')).status, 403);
    const answer = await ask('/files/org-1/nothing', {
      headers: { ...headers, origin: 'https://portal.example' },
    });
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /ETag/);
    assert.equal(answer.status, 404);
  });
});

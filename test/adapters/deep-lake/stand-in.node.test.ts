/** The stand-in itself: what the service would refuse, it refuses. Requests as the platform's documents write them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDeepLakeStandIn } from '../../../demo/server/platforms/deep-lake/index.js';
import { openStore } from '../support/open-store.js';
import { type Setup, setUp } from './setup.js';

describe('the Deep Lake stand-in', () => {
  let setup: Setup;
  let headers: Record<string, string>;
  before(async () => {
    setup = await setUp();
    headers = { authorization: `Bearer ${setup.standIn.token}` };
  });
  after(() => setup.close());
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${setup.standIn.baseUrl}${path}`, { headers, ...init });
  const form = (field: string, name = 'photo.png') => {
    const body = new FormData();
    body.append(field, new Blob(['pixels'], { type: 'image/png' }), name);
    return body;
  };

  it('answers health and readiness to anybody, the rest to tokens', async () => {
    assert.deepEqual(await (await ask('/health', { headers: {} })).json(), { status: 'ok' });
    assert.deepEqual(await (await ask('/ready', { headers: {} })).json(), { status: 'ready' });
    for (const authorization of ['', 'Bearer wrong', `Basic ${setup.standIn.token}`]) {
      assert.equal((await ask('/workspaces/lab/files', { headers: { authorization } })).status, 401);
    }
    assert.equal((await ask('/workspaces/nowhere/files')).status, 404);
  });

  it('takes one part named file of a form, and nothing else', async () => {
    const post = (body: BodyInit, more: Record<string, string> = {}) =>
      ask('/workspaces/lab/files', { method: 'POST', body, headers: { ...headers, ...more } });
    assert.equal((await post('{}', { 'content-type': 'application/json' })).status, 415);
    assert.equal((await post(form('upload'))).status, 422);
    const two = form('file');
    two.append('file', new Blob(['2']), 'second');
    assert.equal((await post(two)).status, 422);
    const response = await post(form('file'));
    const answer = (await response.json()) as Record<string, unknown>;
    assert.equal(response.status, 201);
    assert.match(String(answer.id), /^[0-9a-f-]{36}$/);
    assert.deepEqual([answer.filename, answer.content_type, answer.size], ['photo.png', 'image/png', 6]);
  });

  it('keeps to the upload what was uploaded, by its id only', async () => {
    const { id } = setup.standIn.records()[0]!;
    const response = await ask(`/workspaces/lab/files/${id}/content`);
    assert.equal(await response.text(), 'pixels');
    assert.deepEqual(
      ['content-type', 'content-length'].map(name => response.headers.get(name)),
      ['image/png', '6'],
    );
    assert.match(response.headers.get('content-disposition') ?? '', /filename="photo.png"/);
    assert.equal((await ask(`/workspaces/lab/files/${crypto.randomUUID()}`)).status, 404);
    assert.equal((await ask('/workspaces/lab/files/photo.png')).status, 422);
    assert.equal((await ask(`/workspaces/lab/files/${id}`, { method: 'PUT', body: 'x' })).status, 405);
    const other = await setup.standIn.put('x', 'x');
    assert.equal((await ask(`/workspaces/lab/files/${other}`, { method: 'DELETE' })).status, 204);
    assert.equal((await ask(`/workspaces/lab/files/${other}`, { method: 'DELETE' })).status, 404);
    assert.equal((await ask(`/workspaces/lab/files/${other}/content`)).status, 404);
  });

  it('lists newest first, 20 at a time unless told otherwise', async () => {
    for (let index = 0; index < 25; index += 1) await setup.standIn.put(`n${index}`, 'x');
    const page = async (query: string) =>
      (await (await ask(`/workspaces/lab/files${query}`)).json()) as {
        files: { filename: string }[];
        total: number;
      };
    const first = await page('');
    assert.deepEqual([first.files.length, first.total, first.files[0]?.filename], [20, 26, 'n24']);
    assert.deepEqual(
      (await page('?limit=20&offset=25')).files.map(file => file.filename),
      ['photo.png'],
    );
    for (const wrong of ['limit=0', 'limit=x', 'offset=-1']) {
      assert.equal((await ask(`/workspaces/lab/files?${wrong}`)).status, 422, wrong);
    }
  });

  it('takes the documented INSERT, and refuses what is no UUID or another schema', async () => {
    const { id } = setup.standIn.records()[0]!;
    const insert = (schema: string, value: string) =>
      ask('/workspaces/lab/tables/query', {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({
          query: `
            INSERT INTO "${schema}"."my_images" (title, file_id)
            VALUES ('Beach ''sunset''', '${value}'::uuid)
        `,
        }),
      });
    const response = await insert('lab', id);
    assert.deepEqual([response.status, await response.json()], [200, { columns: [], rows: [] }]);
    assert.deepEqual(setup.standIn.rows('my_images'), [{ title: "Beach 'sunset'", file_id: id }]);
    assert.equal((await insert('lab', 'photo.png')).status, 400);
    assert.equal((await insert('other', id)).status, 400);
    assert.equal((await insert('lab', "x'); DROP TABLE t; --")).status, 400);
    const wrongType = await ask('/workspaces/lab/tables/query', { method: 'POST', body: '{"query":""}' });
    assert.equal(wrongType.status, 415);
  });

  it('answers too many requests by its switch, with the time to wait', async () => {
    setup.standIn.quirks.rateLimited = 1;
    const busy = await ask('/workspaces/lab/files');
    assert.deepEqual([busy.status, busy.headers.get('retry-after')], [429, '1']);
    assert.equal((await ask('/workspaces/lab/files')).status, 200);
  });

  it('answers preflights by its policy', async () => {
    const preflight = (method: string, asked: string) =>
      ask('/workspaces/lab/files', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://portal.example',
          'access-control-request-method': method,
          'access-control-request-headers': asked,
        },
      });
    assert.equal((await preflight('POST', 'authorization,x-activeloop-org-id')).status, 204);
    assert.equal((await preflight('PUT', 'authorization')).status, 403);
    assert.equal((await preflight('GET', 'x-other')).status, 403);
  });

  it('keeps everything over a restart', async () => {
    const { store, bucket, close } = await openStore();
    const directory = await mkdtemp(join(tmpdir(), 'deep-lake-'));
    try {
      const first = await createDeepLakeStandIn({ store, bucket, directory });
      const id = await first.put('kept.txt', 'kept');
      await first.close();
      const second = await createDeepLakeStandIn({ store, bucket, directory });
      const { baseUrl, token } = second;
      const response = await fetch(`${baseUrl}/workspaces/lab/files/${id}/content`, {
        headers: { authorization: `Bearer ${first.token}` },
      });
      assert.equal(await response.text(), 'kept');
      assert.equal(token, first.token);
      assert.deepEqual(second.environment, {
        DEEP_LAKE_BASE_URL: baseUrl,
        DEEP_LAKE_TOKEN: token,
        DEEP_LAKE_WORKSPACE: 'lab',
      });
      await second.close();
    } finally {
      await close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});

/** The stand-in itself: what the service would refuse, it refuses. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Setup, setUp } from './setup.js';

describe('the smarts.bio stand-in', () => {
  let setup: Setup;
  let headers: Record<string, string>;
  before(async () => {
    setup = await setUp();
    headers = { authorization: `Bearer ${setup.standIn.apiKey}` };
  });
  after(() => setup.close());
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${setup.standIn.baseUrl}/v1${path}`, { headers, ...init });
  const json = (path: string, method: string, body: object) =>
    ask(path, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const errorOf = async (response: Response) => [
    response.status,
    ((await response.json()) as { error: string }).error,
  ];
  const form = (entries: [string, string | Blob, string?][]) => {
    const body = new FormData();
    for (const [name, value, fileName] of entries) {
      if (typeof value === 'string') body.append(name, value);
      else body.append(name, value, fileName);
    }
    return ask('/files/upload', { method: 'POST', body });
  };
  const ws = 'ws_abc123';

  it('takes the form’s fields before and after the file', async () => {
    const file = new Blob(['content']);
    const last = await form([
      ['workspace_id', ws],
      ['path', 'raw/'],
      ['file', file, 'last.txt'],
    ]);
    const first = await form([
      ['file', file, 'first.txt'],
      ['workspace_id', ws],
      ['path', 'raw'],
    ]);
    for (const response of [last, first]) assert.equal(response.status, 200);
    assert.deepEqual([setup.standIn.has('raw/last.txt'), setup.standIn.has('raw/first.txt')], [true, true]);
    assert.deepEqual(await errorOf(await form([['file', file, 'x']])), [400, 'workspace_required']);
    assert.deepEqual(await errorOf(await form([['workspace_id', ws]])), [400, 'validation_error']);
    const outside = await form([
      ['workspace_id', ws],
      ['path', '../other/'],
      ['file', file, 'x'],
    ]);
    assert.deepEqual(await errorOf(outside), [400, 'validation_error']);
  });

  it('takes a space in a query in both spellings', async () => {
    await form([
      ['workspace_id', ws],
      ['path', 'a b/'],
      ['file', new Blob(['x']), 'c.txt'],
    ]);
    for (const prefix of ['a+b%2F', 'a%20b%2F']) {
      const answer = (await (await ask(`/files?workspace_id=${ws}&prefix=${prefix}`)).json()) as {
        data: { files: { key: string; name: string; size: number }[] };
      };
      assert.deepEqual(
        answer.data.files.map(({ name, size }) => [name, size]),
        [['c.txt', 1]],
      );
    }
  });

  it('takes both keys’ headers, and no others', async () => {
    const { apiKey } = setup.standIn;
    const list = (more: Record<string, string>) => ask(`/files?workspace_id=${ws}`, { headers: more });
    assert.equal((await list({ 'x-api-key': apiKey })).status, 200);
    assert.deepEqual(await errorOf(await list({})), [401, 'auth_required']);
    assert.deepEqual(await errorOf(await list({ authorization: `Token ${apiKey}` })), [401, 'auth_required']);
    assert.deepEqual(await errorOf(await ask('/files')), [400, 'workspace_required']);
  });

  it('takes the large flow in the spellings of all clients', async () => {
    const bodies = [
      { filename: 'a.bin', contentType: 'application/octet-stream', size: 3, path: 'p/' },
      { fileName: 'b.bin', sizeBytes: 3, path: 'p/' },
      { filename: 'c.bin', content_type: 'application/octet-stream', size: 3, path: 'p/' },
    ];
    for (const body of bodies) {
      const asked = await json('/files/upload-url', 'POST', { workspace_id: ws, ...body });
      const { data } = (await asked.json()) as {
        data: { uploadUrl: string; fileKey: string; expiresIn: number };
      };
      assert.equal(data.expiresIn, 3600);
      const early = await json('/files/upload-confirm', 'POST', { workspace_id: ws, fileKey: data.fileKey });
      assert.deepEqual(await errorOf(early), [404, 'not_found']);
      const put = (type: string) =>
        fetch(data.uploadUrl, { method: 'PUT', body: 'abc', headers: { 'content-type': type } });
      assert.equal((await put('text/plain')).status, 403);
      assert.equal((await put('application/octet-stream')).status, 200);
      const wrong = await json('/files/upload-confirm', 'POST', {
        workspace_id: ws,
        fileKey: data.fileKey,
        size: 4,
      });
      assert.deepEqual(await errorOf(wrong), [400, 'validation_error']);
      const right = await json('/files/upload-confirm', 'POST', { workspace_id: ws, fileKey: data.fileKey });
      assert.equal(((await right.json()) as { data: { key: string } }).data.key, data.fileKey);
    }
  });

  it('answers too many requests in its envelope, with the time to wait', async () => {
    setup.standIn.quirks.rateLimited = 1;
    const busy = await ask(`/files?workspace_id=${ws}`);
    assert.equal(busy.headers.get('retry-after'), '1');
    assert.deepEqual(await errorOf(busy), [429, 'rate_limit_exceeded']);
    assert.equal((await ask(`/files?workspace_id=${ws}`)).status, 200);
  });

  it('deletes by query, and tells what is missing', async () => {
    const key = encodeURIComponent(setup.standIn.keyOf('raw/last.txt'));
    assert.equal((await ask(`/files?workspace_id=${ws}`, { method: 'DELETE' })).status, 400);
    assert.equal((await ask(`/files?workspace_id=${ws}&key=${key}`, { method: 'DELETE' })).status, 200);
    const again = await ask(`/files?workspace_id=${ws}&key=${key}`, { method: 'DELETE' });
    assert.deepEqual(await errorOf(again), [404, 'not_found']);
    const folder = encodeURIComponent(setup.standIn.keyOf('p/'));
    assert.equal((await ask(`/files?workspace_id=${ws}&key=${folder}`, { method: 'DELETE' })).status, 400);
    const all = await ask(`/files?workspace_id=${ws}&key=${folder}&isFolder=true`, { method: 'DELETE' });
    assert.deepEqual([all.status, setup.standIn.has('p/a.bin')], [200, false]);
  });

  it('closes its storage to pages on demand, and opens it again', async () => {
    const { standIn, store } = setup;
    const origin = { origin: 'https://portal.example' };
    const url = await standIn.files.sign('GET', standIn.keyOf('raw/first.txt'), { seconds: 60 });
    const allowed = async () =>
      (await fetch(url, { headers: origin })).headers.get('access-control-allow-origin');
    assert.equal(await allowed(), '*');
    await standIn.openStorageToPages(false);
    assert.equal(await allowed(), null);
    await standIn.openStorageToPages(true);
    assert.equal(await allowed(), '*');
    assert.ok(store.stats.total > 0);
  });

  it('answers 405 with what is allowed, and 404 for what it does not know', async () => {
    const wrong = await ask('/files/upload', { method: 'GET' });
    assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'POST']);
    assert.deepEqual(await errorOf(await ask('/nothing')), [404, 'not_found']);
  });
});

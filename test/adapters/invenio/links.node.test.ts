import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createInvenioStandIn } from '../../../demo/server/platforms/invenio/index.js';
import { invenio } from '../../../src/adapters/invenio/index.js';
import { openStore } from '../support/open-store.js';
import { decode, read, signal, text, upload, withRepository } from './support.js';

/** Runs with every JSON answer changed on its way to the page. */
async function rewriting(change: (body: string) => string, run: () => Promise<void>): Promise<void> {
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await real(input, init);
    if (!response.headers.get('content-type')?.includes('json')) return response;
    const { status, headers, url } = response;
    const changed = new Response(change(await response.text()), { status, headers });
    return Object.defineProperty(changed, 'url', { value: url });
  };
  try {
    await run();
  } finally {
    globalThis.fetch = real;
  }
}

describe('invenio: links in answers', () => {
  for (const [title, change] of [
    ['that are relative', (body: string) => body.replaceAll(/"http:\/\/127\.0\.0\.1:\d+/g, '"')],
    [
      'that are nonsense',
      (body: string) => body.replaceAll(/"(content|commit)":"http[^"]*"/g, '"$1":"javascript:alert(1)"'),
    ],
    ['that are missing', (body: string) => body.replaceAll(/"(content|commit)":"http[^"]*"/g, '"$1":null')],
    ['of another scheme', (body: string) => body.replaceAll('"http://', '"https://')],
  ] as const) {
    it(
      `${title} do not lead astray`,
      withRepository(async ({ adapter, standIn, record }) => {
        await rewriting(change, async () => {
          await upload(adapter, 'ü/a.txt', text('one'));
          const source = await adapter.resolveDownload!({ path: 'ü/a.txt', id: 'ü/a.txt' }, { signal });
          assert.equal(decode(await read(source)), 'one');
        });
        assert.equal(decode(await standIn.stored(record, 'ü/a.txt')), 'one');
      }),
    );
  }

  it(
    'of another host get no token',
    withRepository(async ({ adapter, standIn }) => {
      await upload(adapter, 'a.txt', text('one'));
      const elsewhere = (body: string) => body.replaceAll(standIn.baseUrl, 'https://elsewhere.example.org');
      await rewriting(elsewhere, async () => {
        const source = await adapter.resolveDownload!({ path: 'a.txt', id: 'a.txt' }, { signal });
        assert.ok(source.kind === 'url');
        assert.deepEqual(source.headers, {});
      });
    }),
  );
});

describe('invenio: the stand-in', () => {
  it('keeps records and tokens over a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'invenio-'));
    const { store, bucket, close } = await openStore();
    const start = () => createInvenioStandIn({ store, bucket, directory });
    let standIn = await start();
    const record = standIn.createDraft();
    const { token } = standIn;
    const open = () => invenio({ baseUrl: standIn.baseUrl, record, getToken: () => token });
    await upload(open(), 'a.txt', text('one'));
    await standIn.close();
    standIn = await start();
    try {
      assert.equal(standIn.token, token);
      const source = await open().resolveDownload!({ path: 'a.txt', id: 'a.txt' }, { signal });
      assert.equal(decode(await read(source)), 'one');
      assert.deepEqual(standIn.environment, { INVENIO_BASE_URL: standIn.baseUrl, INVENIO_TOKEN: token });
    } finally {
      await standIn.close();
      await close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});

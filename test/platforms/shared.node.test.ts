/** What all stand-ins share: forms as streams, and state that outlives them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openState, readForm } from '../../demo/server/platforms/shared/index.js';
import { createSmartsBioStandIn } from '../../demo/server/platforms/smarts-bio/index.js';
import { openStore } from '../adapters/support/open-store.js';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

describe('forms as streams', () => {
  it('reads what the platform’s own FormData writes, in pieces of any size', async () => {
    const form = new FormData();
    form.append('path', 'ü/');
    form.append('file', new Blob(['\r\n--not the boundary\r\n'], { type: 'text/x' }), 'a "b" ü.txt');
    form.append('last', '');
    const request = new Request('http://x.test/', { method: 'POST', body: form });
    const type = request.headers.get('content-type')!;
    const bytes = Buffer.from(await request.arrayBuffer());
    for (let size = 1; size <= bytes.length; size += size < 40 ? 1 : 37) {
      const found: unknown[] = [];
      for await (const part of readForm(type, pieces(bytes, size))) {
        found.push([part.name, part.fileName, await part.text()]);
      }
      const expected = [
        ['path', undefined, 'ü/'],
        ['file', 'a "b" ü.txt', '\r\n--not the boundary\r\n'],
        ['last', undefined, ''],
      ];
      assert.deepEqual(found, expected, `pieces of ${size}`);
    }
  });

  it('skips what nobody reads, and refuses what is cut or is no form', async () => {
    const body =
      '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\ncontent-disposition: form-data; name="c"; filename*=UTF-8\'\'%C3%BC\r\n\r\n2\r\n--b--';
    const names: unknown[] = [];
    for await (const { name, fileName } of readForm(
      'multipart/form-data; boundary="b"',
      pieces(Buffer.from(body), 5),
    )) {
      names.push([name, fileName]);
    }
    assert.deepEqual(names, [
      ['a', undefined],
      ['c', 'ü'],
    ]);
    const read = async (type: string, text: string) => {
      for await (const part of readForm(type, pieces(Buffer.from(text), 7))) await part.text();
    };
    await assert.rejects(read('multipart/form-data; boundary=b', body.slice(0, -6)), { status: 400 });
    await assert.rejects(read('application/json', body), { status: 415 });
    await assert.rejects(read('multipart/form-data; boundary=other', body), { status: 400 });
  });
});

describe('state that outlives a stand-in', () => {
  it('is written whole, and read again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'stand-in-state-'));
    try {
      const first = openState(directory, 'some', { count: 0, added: 'default' });
      first.state.count = 7;
      first.save();
      first.flush();
      assert.deepEqual(openState(directory, 'some', { count: 0, added: 'default' }).state, {
        count: 7,
        added: 'default',
      });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('keeps keys and files over a restart', async () => {
    const { store, bucket, close } = await openStore();
    const directory = await mkdtemp(join(tmpdir(), 'stand-in-state-'));
    try {
      const first = await createSmartsBioStandIn({ store, bucket, directory });
      const body = new FormData();
      body.append('workspace_id', first.workspaceId);
      body.append('file', new Blob(['kept']), 'kept.txt');
      const headers = { 'x-api-key': first.apiKey };
      await fetch(`${first.baseUrl}/v1/files/upload`, { method: 'POST', body, headers });
      await first.close();
      const second = await createSmartsBioStandIn({ store, bucket, directory });
      assert.equal(second.apiKey, first.apiKey);
      assert.ok(second.has('kept.txt'));
      await second.close();
    } finally {
      await close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});

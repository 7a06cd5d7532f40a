/** The stand-in itself: what the service would refuse, it refuses, and its odd answers are as odd. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Repository, withRepository } from './support.js';

type Json = Record<string, unknown> & { links: Record<string, unknown> };

/** Requests as any client would send them, to a draft's files unless the path is absolute. */
function asking({ standIn, record }: Repository) {
  const files = `${standIn.baseUrl}/api/records/${record}/draft/files`;
  const ask = (path: string, method = 'GET', body?: string | object, headers: Record<string, string> = {}) =>
    fetch(path.startsWith('http') ? path : files + path, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${standIn.token}`,
        ...(body === undefined
          ? {}
          : { 'content-type': typeof body === 'string' ? 'application/octet-stream' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const store = async (key: string, content: string) => {
    assert.equal((await ask('', 'POST', [{ key }])).status, 201);
    assert.equal((await ask(`/${key}/content`, 'PUT', content)).status, 200);
    const done = await ask(`/${key}/commit`, 'POST', {});
    assert.equal(done.status, 200);
    return (await done.json()) as Json;
  };
  return { files, ask, store };
}

const errorsOf = async (response: Response) => {
  const { errors = [] } = (await response.json()) as { errors?: { field: string }[] };
  return [response.status, ...errors.map(({ field }) => field)];
};

describe('the InvenioRDM stand-in', () => {
  it(
    'takes a file from pending to completed, and none twice',
    withRepository(async repository => {
      const { ask, store } = asking(repository);
      await store('first.txt', '1');
      const begun = await ask('', 'POST', [{ key: 'a b.txt', metadata: { description: 'd' }, transfer: {} }]);
      const { entries } = (await begun.json()) as { entries: Json[] };
      // All files of the record are answered, not the new one alone.
      assert.deepEqual(
        entries.map(({ key, status }) => [key, status]),
        [
          ['first.txt', 'completed'],
          ['a b.txt', 'pending'],
        ],
      );
      assert.equal((await ask('', 'POST', [{ key: 'first.txt' }])).status, 400);
      assert.deepEqual(await errorsOf(await ask('', 'POST', { key: 'x' })), [400, '0._schema']);
      assert.deepEqual(await errorsOf(await ask('', 'POST', [{ key: 'x', colour: 1 }])), [400, '0.colour']);
      assert.equal((await ask('', 'POST', [])).status, 400);
      assert.equal((await ask('', 'POST', '[]')).status, 415);
      // Nothing has come yet.
      assert.equal((await ask('/a%20b.txt/commit', 'POST', {})).status, 500);
      const sent = await ask('/a%20b.txt/content', 'PUT', 'bytes');
      assert.equal(((await sent.json()) as Json).status, 'pending');
      const done = (await (await ask('/a%20b.txt/commit', 'POST', {})).json()) as Json;
      assert.deepEqual([done.status, done.checksum], ['completed', 'md5:4b3a6218bb3e3a7303e8a171a60fcf92']);
    }),
  );

  it(
    'answers bytes for a completed file with a success that is none, and drops the file',
    withRepository(async repository => {
      const { ask, store } = asking(repository);
      await store('x.txt', 'before');
      const answer = await ask('/x.txt/content', 'PUT', 'after');
      assert.equal(answer.status, 200);
      assert.equal(((await answer.json()) as Json).errors, 'File upload transfer failed.');
      assert.equal((await ask('/x.txt')).status, 404);
    }),
  );

  it(
    'changes of an entry its metadata and access, and nothing else',
    withRepository(async repository => {
      const { ask, store } = asking(repository);
      await store('x.txt', 'x');
      const changed = await ask('/x.txt', 'PUT', { metadata: { x: 1 } });
      assert.deepEqual(((await changed.json()) as Json).metadata, { x: 1 });
      assert.deepEqual(await errorsOf(await ask('/x.txt', 'PUT', { key: 'y.txt', size: 3 })), [
        400,
        'key',
        'size',
      ]);
      assert.deepEqual(await errorsOf(await ask('/x.txt', 'PUT', { metadata: 'text' })), [400, 'metadata']);
      assert.deepEqual(await errorsOf(await ask('/x.txt', 'PUT', ['x'])), [400, '_schema']);
    }),
  );

  it(
    'freezes the files of what is published',
    withRepository(async repository => {
      const { ask, store } = asking(repository);
      const { standIn, record } = repository;
      const own = `${standIn.baseUrl}/api/records/${record}`;
      assert.equal((await ask(`${own}/draft/actions/publish`, 'POST', {})).status, 400);
      await ask('', 'POST', [{ key: 'open.txt' }]);
      assert.equal((await ask(`${own}/draft/actions/publish`, 'POST', {})).status, 400);
      assert.equal((await ask('/open.txt', 'DELETE')).status, 204);
      await store('x.txt', 'x');
      assert.equal((await ask(`${own}/draft/actions/publish`, 'POST', {})).status, 202);
      for (const [path, method] of [
        ['/files', 'POST'],
        ['/files', 'DELETE'],
        ['/files/x.txt', 'PUT'],
        ['/files/x.txt', 'DELETE'],
        ['/files/x.txt/content', 'PUT'],
        ['/files/x.txt/commit', 'POST'],
      ] as const) {
        assert.equal((await ask(own + path, method, method === 'DELETE' ? undefined : {})).status, 405, path);
      }
      const anybody = await fetch(`${own}/files/x.txt/content`);
      assert.equal(await anybody.text(), 'x');
    }),
  );

  it(
    'gives bytes in whole, in ranges, or by an address of the storage, as it is set up',
    withRepository(async repository => {
      const { ask, store } = asking(repository);
      const { standIn } = repository;
      await store('x.txt', '0123456789');
      const range = { range: 'bytes=2-4' };
      const whole = await ask('/x.txt/content', 'GET', undefined, range);
      assert.deepEqual([whole.status, await whole.text()], [200, '0123456789']);
      assert.match(whole.headers.get('etag')!, /^"md5:[0-9a-f]{32}"$/);
      assert.match(whole.headers.get('content-md5')!, /^[0-9a-f]{32}$/);
      standIn.quirks.storage = 'local+range';
      const piece = await ask('/x.txt/content', 'GET', undefined, range);
      assert.deepEqual([piece.status, await piece.text()], [206, '234']);
      standIn.quirks.storage = 's3';
      const away = await ask('/x.txt/content');
      assert.equal(away.status, 302);
      const target = away.headers.get('location')!;
      assert.notEqual(new URL(target).origin, standIn.baseUrl);
      assert.equal(new URL(target).searchParams.get('X-Amz-Expires'), '60');
      const there = await fetch(target, { headers: range });
      assert.deepEqual([there.status, await there.text()], [206, '234']);
      // It was signed for GET.
      const head = (await ask('/x.txt/content', 'HEAD')).headers.get('location')!;
      assert.equal((await fetch(head, { method: 'HEAD' })).status, 403);
    }),
  );

  for (const storage of ['local', 's3'] as const) {
    it(
      `joins the parts it has at ${storage}, fails on holes, and computes MD5 later`,
      withRepository(
        async repository => {
          const { ask } = asking(repository);
          const part = 5 * 1024 ** 2;
          const wish = { key: 'm.bin', size: part + 3 };
          assert.deepEqual(await errorsOf(await ask('', 'POST', [{ ...wish, transfer: { type: 'M' } }])), [
            400,
            '0.transfer.parts',
            ...(storage === 'local' ? ['0.transfer.part_size'] : []),
          ]);
          const transfer = { type: 'M', parts: 2, part_size: part };
          assert.equal((await ask('', 'POST', [{ ...wish, transfer }])).status, 201);
          const links = async () =>
            ((await (await ask('/m.bin')).json()) as Json).links as { parts: { url: string }[] };
          const first = (await links()).parts;
          const put = (url: string, content: string) =>
            storage === 'local' ? ask(url, 'PUT', content) : fetch(url, { method: 'PUT', body: content });
          assert.equal((await put(first[0]!.url, 'x'.repeat(part))).status, 200);
          assert.equal((await ask('/m.bin/commit', 'POST', {})).status, 500);
          if (storage === 'local') assert.equal((await put(first[1]!.url, 'longer')).status, 400);
          else
            assert.equal(
              (
                await fetch(first[1]!.url, {
                  method: 'PUT',
                  headers: { authorization: 'Bearer x' },
                  body: 'abc',
                })
              ).status,
              400,
            );
          // The links are made anew whenever somebody looks.
          const again = (await links()).parts;
          assert.equal((await put(again[1]!.url, 'abc')).status, 200);
          const done = (await (await ask('/m.bin/commit', 'POST', {})).json()) as Json;
          assert.match(String(done.checksum), /^multipart:.+-5242880$/);
          const later = async () => String(((await (await ask('/m.bin')).json()) as Json).checksum);
          let looks = 0;
          while (!(await later()).startsWith('md5:') && looks < 20) looks += 1;
          assert.ok(looks > 0 && looks < 20, `${looks} looks`);
        },
        { quirks: { storage, md5DelayPolls: 3 } },
      ),
    );
  }

  it(
    'fetches for those whom it lets, from where it may, in its own time',
    withRepository(async repository => {
      const { ask } = asking(repository);
      const { standIn } = repository;
      const from = (key: string, url: string) => [{ key, transfer: { type: 'F', url } }];
      const url = 'https://data.example.org/x';
      standIn.sources.set(url, 'fetched');
      standIn.sources.set('https://data.example.org/no', { error: 'It answers 404.' });
      // The host is looked at before the person is.
      assert.deepEqual(await errorsOf(await ask('', 'POST', from('x', url))), [400, '0.transfer.url']);
      Object.assign(standIn.quirks, { fetchHosts: ['data.example.org'], fetchPolls: 2 });
      assert.equal((await ask('', 'POST', from('x', url))).status, 403);
      standIn.quirks.remoteForPeople = true;
      assert.equal((await ask('', 'POST', from('y', 'https://elsewhere.example/x'))).status, 400);
      assert.equal(
        (await ask('', 'POST', [...from('x', url), ...from('no', 'https://data.example.org/no')])).status,
        201,
      );
      assert.equal((await ask('/x/content', 'PUT', 'mine')).status, 400);
      const states = async (key: string) => {
        const seen: unknown[] = [];
        for (let look = 0; look < 6; look += 1) {
          const entry = (await (await ask(`/${key}`)).json()) as Json & { transfer: Json };
          assert.equal(entry.transfer.url, undefined);
          seen.push(entry.status);
        }
        return [seen[0], seen.at(-1)];
      };
      assert.deepEqual(await states('x'), ['pending', 'completed']);
      assert.deepEqual(await states('no'), ['pending', 'failed']);
    }),
  );

  it(
    'refuses by its switches: too many, too large, other pages',
    withRepository(async repository => {
      const { ask, store } = asking(repository);
      const { standIn } = repository;
      Object.assign(standIn.quirks, { rateLimited: 2, retryAfter: 3 });
      const busy = await ask('');
      assert.deepEqual([busy.status, busy.headers.get('retry-after')], [429, '3']);
      standIn.quirks.retryAfter = undefined;
      assert.equal((await ask('')).headers.get('retry-after'), null);
      assert.equal((await ask('')).status, 200);

      standIn.quirks.proxyLimit = 4;
      await ask('', 'POST', [{ key: 'large' }]);
      const refused = await ask('/large/content', 'PUT', '12345');
      assert.deepEqual([refused.status, refused.headers.get('content-type')], [413, 'text/html']);
      standIn.quirks.proxyLimit = Number.POSITIVE_INFINITY;

      await store('x', 'x');
      const page = { origin: 'https://page.example' };
      assert.equal((await ask('', 'GET', undefined, page)).headers.get('access-control-allow-origin'), '*');
      standIn.cors.origins = [];
      assert.equal((await ask('', 'GET', undefined, page)).headers.get('access-control-allow-origin'), null);
    }),
  );
});

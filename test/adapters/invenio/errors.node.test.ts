import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RequestPlan } from '../../../src/adapters/adapter.js';
import { discoverInvenio, invenio, optionsFor } from '../../../src/adapters/invenio/index.js';
import { deliver } from '../../contract/transfer.js';
import { intentFor, refusal, signal, text, upload, withRepository } from './support.js';

describe('invenio: refusals', () => {
  const statuses = [
    [401, 'fatal', 'unauthorized', /token/],
    [403, 'fatal', 'forbidden', /owner/],
    [404, 'fatal', 'not-found', /Reload/],
    [409, 'retry', 'conflict', /Another change/],
    [410, 'fatal', 'not-found', /deleted/],
    [412, 'fatal', 'changed-remote', /overwritten/],
    [413, 'fatal', 'too-large', /size/],
    [415, 'fatal', 'invalid-answer', /address and version/],
    [429, 'retry', 'rate-limited', /slower/],
    [500, 'retry', 'server', /error of its own/],
    [503, 'retry', 'server', /error of its own/],
  ] as const;
  for (const [status, kind, reason, words] of statuses) {
    it(
      `${status} is ${reason}`,
      withRepository(async ({ adapter, standIn }) => {
        standIn.faults.failNext({ operation: 'list', status, message: 'In its own words.' });
        const error = await refusal(adapter.list('', { signal }));
        assert.deepEqual([error.kind, error.reason, error.status], [kind, reason, status]);
        assert.match(error.message, words);
        assert.equal(error.serverMessage, 'In its own words.');
        assert.ok(!JSON.stringify(error).includes(standIn.token));
      }),
    );
  }

  it(
    'wait as long as the repository says, and as its own client does when it does not say',
    withRepository(async ({ adapter, standIn }) => {
      standIn.faults.failNext({ operation: 'list', status: 429, headers: { 'retry-after': '7' } });
      assert.equal((await refusal(adapter.list('', { signal }))).retryAfter, 7000);
      standIn.faults.failNext({ operation: 'list', status: 429 });
      assert.equal((await refusal(adapter.list('', { signal }))).retryAfter, 20_000);
    }),
  );

  it(
    'are overcome by another attempt where that is safe, and not where it is not',
    withRepository(async ({ open, standIn }) => {
      const patient = open({ attempts: 3 });
      standIn.faults.failNext({ operation: 'list', status: 503, headers: { 'retry-after': '0' } });
      await patient.list('', { signal });
      standIn.faults.failNext({ operation: 'create', status: 503, headers: { 'retry-after': '0' } });
      assert.equal((await refusal(patient.containers!.create!({ title: 'T' }, { signal }))).reason, 'server');
      assert.equal(standIn.stats.counts.create, 1);
    }),
  );

  it(
    'of the proxy in front are told as such, though they are no JSON',
    withRepository(
      async ({ adapter }) => {
        const error = await refusal(upload(adapter, 'a.txt', text('larger than ten bytes')));
        assert.deepEqual([error.reason, error.serverMessage], ['too-large', undefined]);
      },
      { quirks: { proxyLimit: 10 } },
    ),
  );

  it(
    'tell a full quota and a too large file apart',
    withRepository(async ({ adapter, standIn }) => {
      standIn.quirks.quota = 4;
      assert.equal((await refusal(upload(adapter, 'a.txt', text('12345')))).reason, 'quota');
      standIn.quirks.quota = 100;
      standIn.quirks.maxFileSize = 4;
      assert.equal((await refusal(upload(adapter, 'a.txt', text('12345')))).reason, 'too-large');
    }),
  );

  it(
    'of a missing record are not taken for a missing file',
    withRepository(async ({ open }) => {
      const nowhere = open({ record: 'zzzzz-00000' });
      assert.equal((await refusal(nowhere.stat!('a.txt', { signal }))).reason, 'not-found');
      const [result] = await nowhere.remove!(['a.txt'], { signal });
      assert.equal(result?.error?.reason, 'not-found');
    }),
  );

  it(
    'of an ended token end with it',
    withRepository(async ({ open, standIn }) => {
      const ended = standIn.issueToken({ expiresAt: Date.now() - 1 });
      const error = await refusal(open({ getToken: () => ended }).list('', { signal }));
      assert.equal(error.reason, 'unauthorized');
      assert.ok(!`${error.stack} ${JSON.stringify(error)}`.includes(ended));
    }),
  );

  it(
    'ask for the token again while bytes are sent',
    withRepository(async ({ open, standIn }) => {
      const tokens = [standIn.issueToken(), standIn.issueToken()];
      let token = tokens[0]!;
      const adapter = open({ getToken: () => token });
      const plan = (await adapter.openUpload!(intentFor('a.txt', text('one')), { signal })) as RequestPlan;
      const delivery = await plan.sign({ signal, attempt: 1 });
      standIn.tokens.find(known => known.token === token)!.revoked = true;
      const error = plan.readError(await deliver(delivery, text('one')), { phase: 'send' });
      assert.equal(error?.kind, 're-sign');
      assert.equal((await refusal(plan.sign({ signal, attempt: 2 }))).reason, 'unauthorized');
      token = tokens[1]!;
      const response = await deliver(await plan.sign({ signal, attempt: 3 }), text('one'));
      assert.equal(plan.readError(response, { phase: 'send' }), undefined);
    }),
  );

  it('refuse impossible names and options before anything is sent', async () => {
    const adapter = invenio({
      baseUrl: 'https://repository.example.org',
      record: 'abcde-12345',
      getToken: () => 't',
    });
    for (const path of ['', 'a/', 'a/../b', './a', 'x'.repeat(256), 'half \ud800.txt']) {
      const error = await refusal(adapter.openUpload!(intentFor(path, text('x')), { signal }));
      assert.equal(error.reason, 'invalid-name', path);
    }
    assert.throws(() => invenio({ baseUrl: 'repository' }), TypeError);
    assert.throws(() => invenio({ baseUrl: 'https://a.example.org', record: '../other' }), TypeError);
  });
});

describe('invenio: the wire', () => {
  it(
    'the stand-in refuses what a repository refuses',
    withRepository(async ({ standIn, record }) => {
      const files = `${standIn.baseUrl}/api/records/${record}/draft/files`;
      const post = async (body: unknown, type = 'application/json') => {
        const response = await fetch(files, {
          method: 'POST',
          headers: { authorization: `Bearer ${standIn.token}`, 'content-type': type },
          body: JSON.stringify(body),
        });
        return [
          response.status,
          (await response.json()) as { message: string; errors?: { field: string }[] },
        ] as const;
      };
      const fieldOf = async (body: unknown) => {
        const [status, { errors }] = await post(body);
        return `${status} ${errors?.[0]?.field}`;
      };
      assert.equal(await fieldOf({ key: 'a' }), '400 0._schema');
      assert.equal(await fieldOf([{ key: 'a', mimetype: 'x' }]), '400 0.mimetype');
      assert.equal(await fieldOf([{ key: 'a', transfer: { type: 'local-file' } }]), '400 0.transfer.type');
      assert.equal(
        await fieldOf([{ key: 'a', size: 9, transfer: { type: 'M', parts: 2 } }]),
        '400 0.transfer.part_size',
      );
      assert.equal(
        await fieldOf([{ key: 'a', transfer: { type: 'M', parts: 2, part_size: 5 } }]),
        '400 0.size',
      );
      assert.equal((await post([]))[0], 400);
      assert.equal((await post([{ key: 'a' }], 'text/plain'))[0], 415);
      // nrp-cmd sends an empty object for L.
      assert.equal((await post([{ key: 'a', transfer: {} }]))[0], 201);
      assert.match((await post([{ key: 'a' }]))[1].message, /already exists/);
      const bare = await fetch(files);
      assert.equal(bare.status, 403);
      const asQuery = await fetch(`${files}?access_token=${standIn.token}`, { headers: { accept: '*/*' } });
      assert.equal(asQuery.status, 200);
      assert.equal(
        (await fetch(`${files}?access_token=${standIn.token}`, { headers: { accept: 'text/csv' } })).status,
        406,
      );
      const early = await fetch(`${files}/a/commit`, {
        method: 'POST',
        headers: { authorization: `Bearer ${standIn.token}` },
      });
      assert.equal(early.status, 500);
      const part = await fetch(`${files}/a/content/1`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${standIn.token}`, 'content-type': 'application/octet-stream' },
        body: 'xyz',
      });
      assert.equal(part.status, 400);
    }),
  );

  it(
    'a part of the wrong length is refused by a repository that keeps parts itself',
    withRepository(async ({ standIn, record }) => {
      const files = `${standIn.baseUrl}/api/records/${record}/draft/files`;
      const headers = { authorization: `Bearer ${standIn.token}` };
      await fetch(files, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify([{ key: 'm', size: 25, transfer: { type: 'M', parts: 3, part_size: 10 } }]),
      });
      const put = (number: number, body: string) =>
        fetch(`${files}/m/content/${number}`, {
          method: 'PUT',
          headers: { ...headers, 'content-type': 'application/octet-stream' },
          body,
        });
      assert.equal((await put(1, '123456789')).status, 400);
      assert.equal((await put(1, '1234567890')).status, 200);
      assert.equal((await put(4, '12345')).status, 400);
    }),
  );

  it(
    'pages of other sites are shut out while CORS is off',
    withRepository(async ({ standIn }) => {
      const preflight = () =>
        fetch(`${standIn.baseUrl}/api/records`, {
          method: 'OPTIONS',
          headers: {
            origin: 'https://page.example.org',
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,content-type,if-match,content-md5',
          },
        });
      assert.equal((await preflight()).headers.get('access-control-allow-origin'), '*');
      standIn.cors.origins = [];
      assert.equal((await preflight()).headers.get('access-control-allow-origin'), null);
    }),
  );
});

describe('invenio: discovery', () => {
  it(
    'knows an NRP repository by what it says of itself',
    withRepository(
      async ({ standIn, record }) => {
        const found = await discoverInvenio(standIn.baseUrl, { signal });
        assert.deepEqual([found.kind, found.version, found.transfers], ['nrp', '13.0.0', ['L', 'M']]);
        assert.equal(found.models[0]?.recordsUrl, `${standIn.baseUrl}/api/datasets`);
        const adapter = invenio({ ...optionsFor(found), record, getToken: () => standIn.token });
        await upload(adapter, 'a.txt', text('one'));
        assert.equal(adapter.importFromUrl, undefined);
        const { containers } = await adapter.containers!.list({ signal });
        assert.deepEqual(
          containers.map(({ id }) => id),
          [`${record}/draft`],
        );
      },
      { model: 'datasets', quirks: { transfers: ['L', 'M'] } },
    ),
  );

  it(
    'knows a plain InvenioRDM by its home page',
    withRepository(async ({ standIn }) => {
      const found = await discoverInvenio(`${standIn.baseUrl}/api`, { signal });
      assert.deepEqual([found.kind, found.version, found.transfers], ['rdm', '13.0', ['L', 'F', 'R', 'M']]);
      standIn.quirks.knowsTransfers = false;
      assert.deepEqual((await discoverInvenio(standIn.baseUrl, { signal })).transfers, ['L']);
      standIn.quirks.generatorTag = false;
      const error = await refusal(discoverInvenio(standIn.baseUrl, { signal }));
      assert.equal(error.reason, 'not-supported');
    }),
  );

  it(
    'an InvenioRDM before version 13 takes files without a transfer type',
    withRepository(
      async ({ open, standIn }) => {
        const found = await discoverInvenio(standIn.baseUrl, { signal });
        await upload(open({ ...optionsFor(found) }), 'a.txt', text('one'));
      },
      { quirks: { knowsTransfers: false } },
    ),
  );
});

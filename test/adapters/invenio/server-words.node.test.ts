/** What the server's own code answers, beyond what its documents say: successes with lists of errors, and refusals in other orders. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode, refusal, signal, text, upload, withRepository } from './support.js';

describe('invenio: answers in the words of the server', () => {
  it(
    'a draft that is saved with mistakes in it is saved, and says what it lacks',
    withRepository(async ({ open, standIn }) => {
      const { containers } = open();
      const made = await containers!.create!({ title: 'Only a title' }, { signal });
      assert.deepEqual([made.name, made.status], ['Only a title', 'draft']);
      const fields = (container: typeof made) =>
        ((container.extra!.errors ?? []) as { field: string }[]).map(({ field }) => field);
      assert.deepEqual(fields(made), [
        'metadata.creators',
        'metadata.publication_date',
        'metadata.resource_type',
      ]);
      // It is there once, and can be mended until nothing is missing.
      assert.equal((await containers!.list({ signal, query: 'Only' })).containers.length, 1);
      const changed = await containers!.update!(made.id, { creators: 'Doe, Jo' }, { signal });
      assert.deepEqual(fields(changed), ['metadata.publication_date', 'metadata.resource_type']);
      const whole = { resourceType: 'dataset', publicationDate: '2026-01-31' };
      assert.deepEqual(fields(await containers!.update!(made.id, whole, { signal })), []);
      assert.equal(standIn.stats.counts.create, 1);
    }),
  );

  it(
    'a list of errors that comes with reading a draft goes no further',
    withRepository(async ({ open, standIn, record }) => {
      const { containers } = open();
      const url = `${standIn.baseUrl}/api/records/${record}/draft`;
      const headers = { authorization: `Bearer ${standIn.token}` };
      const draft = (await (await fetch(url, { headers })).json()) as object;
      const errors = [{ field: 'files.enabled', messages: ['Missing uploaded files.'] }];
      standIn.faults.failNext({
        operation: 'read-draft',
        status: 200,
        body: JSON.stringify({ ...draft, errors }),
      });
      const changed = await containers!.update!(`${record}/draft`, { title: 'Changed' }, { signal });
      assert.equal(changed.name, 'Changed');
      assert.equal(changed.extra!.errors, undefined);
    }),
  );

  it(
    'content that could not be kept is sent again, whichever status says so',
    withRepository(async ({ adapter, standIn }) => {
      const message = 'The file upload transfer failed, please try again.';
      standIn.faults.failNext({ operation: 'send', status: 400, message });
      const error = await refusal(upload(adapter, 'a.txt', text('one')));
      assert.deepEqual([error.kind, error.reason], ['restart', 'upload-gone']);
      assert.match(error.message, /could not take the content and dropped the file/);
    }),
  );

  it(
    'a record that is full lets one of its files be replaced',
    withRepository(
      async ({ adapter, standIn, record }) => {
        await upload(adapter, 'a.txt', text('one'));
        await upload(adapter, 'b.txt', text('two'));
        await upload(adapter, 'a.txt', text('three'));
        assert.equal(decode(await standIn.stored(record, 'a.txt')), 'three');
        assert.equal(decode(await standIn.stored(record, 'b.txt')), 'two');
        assert.equal((await refusal(upload(adapter, 'c.txt', text('four')))).reason, 'too-many');
      },
      { quirks: { maxFiles: 2 } },
      { maxFiles: 2 },
    ),
  );

  it(
    'an address that is not fetched from is told apart from one that is none',
    withRepository(async ({ adapter, standIn }) => {
      const url = 'https://elsewhere.example/x?secret=1';
      const plan = await adapter.importFromUrl!('x', url, { signal });
      for (const fetchHosts of [[], ['elsewhere.example']]) {
        standIn.quirks.fetchHosts = fetchHosts;
        const error = await refusal(plan.kind === 'import' ? plan.start({ signal }) : Promise.resolve());
        assert.equal(error.reason, 'forbidden');
        assert.match(error.message, /bring in files from other addresses, or not from this one/);
        assert.ok(!JSON.stringify(error).includes('secret'));
      }
    }),
  );

  it(
    'the start of an upload takes the fields of the server’s schema, and no null for an object',
    withRepository(async ({ standIn, record }) => {
      const announce = async (entry: object) => {
        const response = await fetch(`${standIn.baseUrl}/api/records/${record}/draft/files`, {
          method: 'POST',
          headers: { authorization: `Bearer ${standIn.token}`, 'content-type': 'application/json' },
          body: JSON.stringify([entry]),
        });
        const { errors = [] } = (await response.json()) as { errors?: { field: string }[] };
        return [response.status, ...errors.map(({ field }) => field)];
      };
      assert.deepEqual(await announce({ key: 'a', storage_class: 'L', metadata: {} }), [201]);
      assert.deepEqual(await announce({ key: 'b', metadata: null }), [400, '0.metadata']);
    }),
  );

  it(
    'an archive comes without its length',
    withRepository(async ({ adapter, standIn, record }) => {
      await upload(adapter, 'a.txt', text('one'));
      const archive = await fetch(`${standIn.baseUrl}/api/records/${record}/draft/files-archive`, {
        headers: { authorization: `Bearer ${standIn.token}` },
      });
      assert.deepEqual([archive.status, archive.headers.get('content-length')], [200, null]);
      assert.equal(decode(new Uint8Array(await archive.arrayBuffer()).slice(0, 2)), 'PK');
    }),
  );
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type InvenioAdapter, invenio } from '../../../src/adapters/invenio/index.js';
import { decode, read, refusal, signal, text, upload, withRepository } from './support.js';

const INPUT = {
  title: 'Research Dataset',
  creators: 'Doe, Jo; Müller',
  resourceType: 'dataset',
  publicationDate: '2026-01-31',
};
const open = (adapter: InvenioAdapter, id: string) => adapter.containers!.open(id) as InvenioAdapter;

describe('invenio: records as containers', () => {
  it(
    'are created, filled and published; then they only can be read',
    withRepository(async ({ open: start }) => {
      const bare = start();
      const made = await bare.containers!.create!(INPUT, { signal });
      assert.deepEqual(
        [made.name, made.status, made.readonlyBecause],
        ['Research Dataset', 'draft', undefined],
      );
      assert.deepEqual((made.extra!.metadata as { creators: unknown }).creators, [
        { person_or_org: { type: 'personal', family_name: 'Doe', given_name: 'Jo' } },
        { person_or_org: { type: 'personal', family_name: 'Müller' } },
      ]);
      const draft = open(bare, made.id);
      await upload(draft, 'a.txt', text('one'));
      const published = await draft.publish!({ signal });
      assert.equal(published.status, 'published');
      assert.match(published.readonlyBecause ?? '', /frozen/);
      assert.equal(published.size, 3);
      const final = open(bare, published.id);
      for (const name of [
        'openUpload',
        'remove',
        'writeMetadata',
        'publish',
        'importFromUrl',
        'removeAllFiles',
      ] as const) {
        assert.equal(final[name], undefined, name);
      }
      assert.deepEqual(final.capabilities.uploadPlans, []);
      const source = await final.resolveDownload!({ path: 'a.txt', id: 'a.txt' }, { signal });
      assert.equal(decode(await read(source)), 'one');
      assert.equal((await refusal(draft.list('', { signal }))).reason, 'not-found');
    }),
  );

  it(
    'tell a form what it holds, keep of creators what it does not show, and refuse it once published',
    withRepository(async ({ open: start }) => {
      const bare = start();
      const orcid = { scheme: 'orcid', identifier: '0000-0001-2345-6789' };
      const made = await bare.containers!.create!(
        {
          ...INPUT,
          metadata: {
            creators: [
              {
                person_or_org: {
                  type: 'personal',
                  family_name: 'Doe',
                  given_name: 'Jo',
                  identifiers: [orcid],
                },
              },
              { person_or_org: { type: 'organizational', name: 'The Institute' } },
            ],
          },
        },
        { signal },
      );
      const { creators, resourceType, publicationDate } = made.extra!;
      assert.deepEqual(
        [creators, resourceType, publicationDate],
        ['Doe, Jo; The Institute', 'dataset', '2026-01-31'],
      );
      assert.equal(made.refuses, undefined);
      const changed = await bare.containers!.update!(made.id, { creators: 'Roe, Al; Doe, Jo' }, { signal });
      assert.equal(changed.extra!.creators, 'Roe, Al; Doe, Jo');
      const [, jo] = (changed.extra!.metadata as { creators: { person_or_org: { identifiers: unknown } }[] })
        .creators;
      assert.deepEqual(jo!.person_or_org.identifiers, [orcid]);
      const draft = open(bare, made.id);
      await upload(draft, 'a.txt', text('one'));
      const published = await draft.publish!({ signal });
      assert.deepEqual(Object.keys(published.refuses ?? {}), ['update', 'remove']);
    }),
  );

  it(
    'need no token once they are published',
    withRepository(async ({ adapter, standIn, record }) => {
      await upload(adapter, 'a.txt', text('one'));
      await adapter.publish!({ signal });
      const anonymous = invenio({ baseUrl: `${standIn.baseUrl}/api/`, record, state: 'published' });
      const source = await anonymous.resolveDownload!({ path: 'a.txt', id: 'a.txt' }, { signal });
      assert.deepEqual(source.kind === 'url' && source.headers, {});
      assert.equal(decode(await read(source)), 'one');
      assert.equal(anonymous.newVersion, undefined);
      assert.equal(anonymous.containers!.create, undefined);
      const { containers } = await anonymous.containers!.list({ signal });
      assert.deepEqual(
        containers.map(({ id }) => id),
        [record],
      );
    }),
  );

  it(
    'say what publishing lacks, in the repository’s words',
    withRepository(async ({ open: start }) => {
      const bare = start();
      const made = await bare.containers!.create!({ title: 'Bare' }, { signal });
      const error = await refusal(open(bare, made.id).publish!({ signal }));
      assert.equal(error.reason, 'invalid-input');
      assert.match(error.message, /metadata\.creators: Missing data/);
      const nameless = await refusal(bare.containers!.create!({ title: ' ' }, { signal }));
      assert.equal(nameless.reason, 'invalid-input');
    }),
  );

  it(
    'are changed unless somebody else did, and discarded',
    withRepository(async ({ adapter, standIn, record }) => {
      const { containers } = adapter;
      const id = `${record}/draft`;
      const changed = await containers!.update!(
        id,
        { title: 'New', metadata: '{"subjects":[{"subject":"x"}]}' },
        { signal },
      );
      const { title, creators, subjects } = changed.extra!.metadata as Record<string, unknown>;
      assert.deepEqual([changed.name, title, subjects], ['New', 'New', [{ subject: 'x' }]]);
      assert.ok(creators, 'what was not given is lost');
      standIn.faults.failNext({ operation: 'update-draft', status: 412 });
      assert.equal(
        (await refusal(containers!.update!(id, { title: 'X' }, { signal }))).reason,
        'changed-remote',
      );
      const put = standIn.stats.log.find(({ operation }) => operation === 'update-draft');
      assert.ok(put?.headerNames.includes('if-match'));
      assert.equal(
        (await refusal(containers!.update!(id, { metadata: '{' }, { signal }))).reason,
        'invalid-input',
      );
      await containers!.remove!(id, { signal });
      assert.equal((await refusal(containers!.read!(id, { signal }))).reason, 'not-found');
      assert.equal((await refusal(containers!.remove!(record, { signal }))).reason, 'not-supported');
    }),
  );

  it(
    'are found by words and by labels, page by page',
    withRepository(
      async ({ adapter, standIn }) => {
        for (const title of ['Alpha one', 'Beta one', 'Gamma two']) standIn.createDraft(title);
        const { containers } = adapter;
        const all: string[] = [];
        for (let token: string | undefined; ; ) {
          const page = await containers!.list({ signal, ...(token ? { token } : {}) });
          all.push(...page.containers.map(({ name }) => name));
          if (!(token = page.next)) break;
        }
        assert.deepEqual(all.toSorted(), ['A dataset', 'Alpha one', 'Beta one', 'Gamma two']);
        const names = async (more: object) =>
          (await containers!.list({ signal, ...more })).containers.map(({ name }) => name).sort();
        assert.deepEqual(await names({ query: 'one' }), ['Alpha one', 'Beta one']);
        assert.deepEqual(await names({ labels: { title: 'Gamma two' } }), ['Gamma two']);
        assert.deepEqual(await names({ query: 'one', labels: { title: 'Beta one' } }), ['Beta one']);
      },
      {},
      { pageSize: 2 },
    ),
  );

  it(
    'are other people’s: nothing is let through',
    withRepository(async ({ adapter, open: start, standIn }) => {
      await upload(adapter, 'a.txt', text('one'));
      const stranger = start({ getToken: () => standIn.issueToken({ subject: 'user-2' }) });
      assert.equal((await refusal(stranger.list('', { signal }))).reason, 'forbidden');
      // The existence of a file is looked at first.
      assert.equal(await stranger.stat!('never', { signal }), undefined);
      assert.equal((await refusal(stranger.stat!('a.txt', { signal }))).reason, 'forbidden');
      const error = await refusal(upload(stranger, 'b.txt', text('two')));
      assert.equal(error.reason, 'forbidden');
      assert.deepEqual((await stranger.containers!.list({ signal })).containers, []);
    }),
  );

  it(
    'have none chosen at first',
    withRepository(async ({ standIn }) => {
      const bare = invenio({ baseUrl: standIn.baseUrl, getToken: () => standIn.token });
      assert.deepEqual(
        [bare.containers?.current, bare.openUpload, bare.stat],
        [undefined, undefined, undefined],
      );
      assert.match((await refusal(bare.list('', { signal }))).message, /Choose one/);
    }),
  );
});

describe('invenio: versions', () => {
  it(
    'begin without files, and may take those of the one before over',
    withRepository(async ({ adapter, standIn, record }) => {
      await upload(adapter, 'a.txt', text('one'));
      const published = open(adapter, (await adapter.publish!({ signal })).id);
      const next = await published.newVersion!({ signal });
      assert.notEqual(next.id, record);
      assert.equal(next.readonlyBecause, undefined);
      const draft = open(adapter, next.id);
      assert.deepEqual((await draft.list('', { signal })).entries, []);
      assert.equal(await draft.importPreviousFiles!({ signal }), 1);
      assert.equal((await draft.stat!('a.txt', { signal }))?.size, 3);
      assert.equal(standIn.stats.counts.content, undefined, 'bytes were copied');
      await upload(draft, 'b.txt', text('two'));
    }),
  );

  it(
    'keep the files of a published record frozen while it is edited',
    withRepository(async ({ adapter, open: start, record }) => {
      await upload(adapter, 'a.txt', text('one'));
      const published = open(adapter, (await adapter.publish!({ signal })).id);
      const editing = await published.editPublished!({ signal });
      assert.equal(editing.id, `${record}/draft`);
      assert.match(editing.readonlyBecause ?? '', /frozen/);
      const draft = open(published, editing.id);
      assert.deepEqual([draft.openUpload, draft.remove], [undefined, undefined]);
      assert.ok(draft.publish);
      // An adapter that was not told is told by the repository.
      const error = await refusal(upload(start(), 'b.txt', text('two')));
      assert.equal(error.reason, 'forbidden');
      assert.match(error.message, /new version/);
      await draft.containers!.update!(editing.id, { title: 'Renamed' }, { signal });
      assert.equal((await draft.publish!({ signal })).name, 'Renamed');
    }),
  );

  it(
    'refuse changes of what is published with the reason',
    withRepository(async ({ adapter, standIn, record }) => {
      await upload(adapter, 'a.txt', text('one'));
      await adapter.publish!({ signal });
      const response = await fetch(`${standIn.baseUrl}/api/records/${record}/files/a.txt`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${standIn.token}` },
      });
      assert.equal(response.status, 405);
    }),
  );
});

describe('invenio: publishing', () => {
  it(
    'finds out whether it happened when the answer was lost',
    withRepository(async ({ adapter, standIn, record }) => {
      await upload(adapter, 'a.txt', text('one'));
      standIn.faults.failNext({ operation: 'publish', loseAnswer: true });
      const published = await adapter.publish!({ signal });
      assert.deepEqual([published.id, published.status], [record, 'published']);
      assert.equal(standIn.stats.counts.publish, 1);
    }),
  );

  it(
    'is not undone by a browser that sends it twice',
    withRepository(async ({ adapter, standIn, record }) => {
      await upload(adapter, 'a.txt', text('one'));
      const once = globalThis.fetch;
      globalThis.fetch = async (input, init) => {
        const request = new Request(input, init);
        if (request.url.endsWith('/publish')) await once(request.clone());
        return once(request);
      };
      try {
        const published = await adapter.publish!({ signal });
        assert.deepEqual([published.id, published.status], [record, 'published']);
        assert.equal(standIn.stats.counts.publish, 2);
      } finally {
        globalThis.fetch = once;
      }
    }),
  );

  it(
    'by a request that is accepted at once',
    withRepository(
      async ({ adapter, record }) => {
        await upload(adapter, 'a.txt', text('one'));
        const published = await adapter.publish!({ signal });
        assert.deepEqual([published.id, published.status], [record, 'published']);
      },
      { quirks: { workflow: 'auto' } },
    ),
  );

  it(
    'by a request that somebody must accept',
    withRepository(
      async ({ adapter, record, standIn }) => {
        await upload(adapter, 'a.txt', text('one'));
        const waiting = await adapter.publish!({ signal });
        assert.deepEqual([waiting.id, waiting.status], [`${record}/draft`, 'submitted']);
        assert.match(waiting.readonlyBecause ?? '', /waiting/);
        assert.equal(standIn.stats.counts['submit-request'], 1);
      },
      { quirks: { workflow: 'review' } },
    ),
  );
});

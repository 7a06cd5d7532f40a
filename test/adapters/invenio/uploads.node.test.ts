import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { ImportPlan, PartsPlan, RequestPlan } from '../../../src/adapters/adapter.js';
import { completeParts, content, deliver, sendPart, sendParts } from '../../contract/transfer.js';
import { decode, intentFor, refusal, signal, text, upload, withRepository } from './support.js';

const MiB = 1024 ** 2;
const md5 = (bytes: string | Uint8Array) => createHash('md5').update(bytes).digest('base64');

describe('invenio: uploads of one request', () => {
  it(
    'announce, send and commit, and bring size, MD5 and metadata back',
    withRepository(async ({ adapter, standIn }) => {
      const { outcome } = await upload(adapter, 'a/data.csv', text('x,y'), {
        metadata: { custom: { description: 'Dataset file' } },
      });
      assert.equal(outcome.size, 3);
      assert.deepEqual(outcome.checksums, [{ algorithm: 'md5', value: md5('x,y'), scope: 'full' }]);
      const entry = await adapter.stat!('a/data.csv', { signal });
      assert.equal(entry?.status, 'completed');
      assert.equal(entry?.type, 'text/csv');
      assert.deepEqual(entry?.extra?.metadata, { description: 'Dataset file' });
      assert.deepEqual(
        standIn.stats.log
          .filter(({ operation }) => /announce|send|commit/.test(operation))
          .map(one => one.operation),
        ['announce', 'send', 'commit'],
      );
    }),
  );

  it(
    'delete the file of the same name first, but only then',
    withRepository(async ({ adapter, standIn, record }) => {
      await upload(adapter, 'a.txt', text('one'));
      assert.equal(standIn.stats.counts.delete ?? 0, 0);
      await upload(adapter, 'a.txt', text('two'));
      assert.equal(standIn.stats.counts.delete, 1);
      assert.equal(decode(await standIn.stored(record, 'a.txt')), 'two');
    }),
  );

  it(
    'go on when the answer to the announcement was lost',
    withRepository(async ({ adapter, standIn, record }) => {
      standIn.faults.failNext({ operation: 'announce', loseAnswer: true });
      const plan = (await adapter.openUpload!(intentFor('a.txt', text('one'), { createOnly: true }), {
        signal,
      })) as RequestPlan;
      const lost = await refusal(plan.sign({ signal, attempt: 1 }));
      assert.equal(lost.kind, 'retry');
      const response = await deliver(await plan.sign({ signal, attempt: 2 }), text('one'));
      assert.equal(plan.readError(response, { phase: 'send' }), undefined);
      await plan.finish(response, { signal });
      assert.equal(decode(await standIn.stored(record, 'a.txt')), 'one');
      assert.equal(standIn.stats.counts.delete ?? 0, 0);
    }),
  );

  it(
    'go on when the browser announced twice, unseen by the page, and leave no trace of how they know',
    withRepository(async ({ open, standIn, record }) => {
      const real = globalThis.fetch;
      let repeats = 0;
      globalThis.fetch = async (input, init) => {
        const request = new Request(input, init);
        if (request.method === 'POST' && request.url.endsWith('/draft/files') && repeats > 0) {
          repeats -= 1;
          await real(request.clone());
        }
        return real(request);
      };
      try {
        for (const createOnly of [true, false]) {
          repeats = 1;
          await upload(open(), `${createOnly}.txt`, text('one'), {
            createOnly,
            metadata: { custom: { by: 'me' } },
          });
        }
      } finally {
        globalThis.fetch = real;
      }
      assert.equal(decode(await standIn.stored(record, 'true.txt')), 'one');
      // What may replace begins anew: it needs no proof.
      assert.equal(standIn.stats.counts.delete, 1);
      for (const { extra } of (await open().list('', { signal })).entries) {
        assert.deepEqual(extra?.metadata, { by: 'me' });
      }
      await upload(open(), 'plain.txt', text('two'), { createOnly: true });
      assert.deepEqual((await open().stat!('plain.txt', { signal }))?.extra?.metadata, {});
    }),
  );

  it(
    'take a refusal of the mark for what it is, and do without',
    withRepository(async ({ adapter, standIn }) => {
      const refused = { operation: 'announce', status: 400, message: 'metadata: Unknown field.' };
      standIn.faults.failNext(refused);
      await upload(adapter, 'a.txt', text('one'), { createOnly: true });
      await upload(adapter, 'b.txt', text('one'), { createOnly: true });
      assert.deepEqual([standIn.stats.counts.announce, standIn.stats.counts.update], [3, undefined]);
    }),
  );

  it(
    'do not take the pending file of somebody else for their own',
    withRepository(async ({ adapter, open, standIn, record }) => {
      const other = (await open().openUpload!(intentFor('a.txt', text('theirs')), { signal })) as RequestPlan;
      await other.sign({ signal, attempt: 1 });
      const error = await refusal(upload(adapter, 'a.txt', text('mine'), { createOnly: true }));
      assert.equal(error.reason, 'exists');
      await upload(adapter, 'a.txt', text('mine'));
      assert.equal(decode(await standIn.stored(record, 'a.txt')), 'mine');
    }),
  );

  it(
    'look whether a commit whose answer was lost did its work',
    withRepository(async ({ adapter, standIn }) => {
      const plan = (await adapter.openUpload!(intentFor('a.txt', text('one')), { signal })) as RequestPlan;
      const response = await deliver(await plan.sign({ signal, attempt: 1 }), text('one'));
      standIn.faults.failNext({ operation: 'commit', loseAnswer: true });
      assert.equal((await refusal(plan.finish(response, { signal }))).kind, 'retry');
      const outcome = await plan.finish(response, { signal });
      assert.equal(outcome.size, 3);
      assert.equal(standIn.stats.counts.commit, 1);
    }),
  );

  it(
    'begin again when the repository drops the file with a 200',
    withRepository(async ({ adapter, standIn, record }) => {
      const plan = (await adapter.openUpload!(intentFor('a.txt', text('one')), { signal })) as RequestPlan;
      const response = await deliver(await plan.sign({ signal, attempt: 1 }), text('one'));
      await plan.finish(response, { signal });
      const again = await deliver(await plan.sign({ signal, attempt: 2 }), text('one'));
      assert.equal(again.status, 200);
      const error = plan.readError(again, { phase: 'send' });
      assert.deepEqual([error?.kind, error?.reason], ['restart', 'upload-gone']);
      assert.equal(await standIn.stored(record, 'a.txt'), undefined);
      await plan.sign({ signal, attempt: 3 });
      assert.equal((await adapter.stat!('a.txt', { signal }))?.status, 'pending');
    }),
  );

  it(
    'begin again when the entry is gone, and leave none when they are cancelled',
    withRepository(async ({ adapter }) => {
      const plan = (await adapter.openUpload!(intentFor('a.txt', text('one')), { signal })) as RequestPlan;
      const delivery = await plan.sign({ signal, attempt: 1 });
      assert.equal((await adapter.stat!('a.txt', { signal }))?.status, 'pending');
      await plan.discard!({ signal });
      assert.equal(await adapter.stat!('a.txt', { signal }), undefined);
      const error = plan.readError(await deliver(delivery, text('one')), { phase: 'send' });
      assert.equal(error?.kind, 'restart');
    }),
  );

  it(
    'tell that the record is full before anything is sent',
    withRepository(
      async ({ adapter, open, standIn }) => {
        await upload(adapter, '1', text('1'));
        await upload(adapter, '2', text('2'));
        for (const one of [adapter, open()]) {
          standIn.stats.reset();
          const error = await refusal(one.openUpload!(intentFor('3', text('3')), { signal }));
          assert.equal(error.reason, 'too-many');
          assert.match(error.message, /at most 2 files/);
          assert.equal(standIn.stats.counts.announce, undefined);
        }
        await upload(adapter, '2', text('replaced'));
        await adapter.remove!(['1'], { signal });
        await upload(adapter, '3', text('3'));
        // When the page has it wrong, the repository says so.
        const careless = open({ maxFiles: 100 });
        assert.equal((await refusal(upload(careless, '4', text('4')))).reason, 'too-many');
      },
      { quirks: { maxFiles: 2 } },
      { maxFiles: 2 },
    ),
  );

  it(
    'leave an unfinished entry visible, without a size, and refused for download',
    withRepository(async ({ adapter, standIn, record }) => {
      const plan = (await adapter.openUpload!(intentFor('a.txt', text('one')), { signal })) as RequestPlan;
      await plan.sign({ signal, attempt: 1 });
      const [entry] = (await adapter.list('', { signal })).entries;
      assert.deepEqual([entry?.status, entry?.size], ['pending', undefined]);
      assert.match(entry?.refuses?.resolveDownload ?? '', /not finished/);
      const error = await refusal(adapter.resolveDownload!(entry!, { signal }));
      assert.equal(error.reason, 'incomplete');
      const publishing = await refusal(adapter.publish!({ signal }));
      assert.match(publishing.message, /not finished/);
      const [unfinished] = await adapter.listUnfinishedUploads!('', { signal });
      await adapter.abortUnfinishedUpload!(unfinished!, { signal });
      assert.deepEqual((await adapter.list('', { signal })).entries, []);
      assert.equal(await standIn.stored(record, 'a.txt'), undefined);
    }),
  );
});

for (const storage of ['local', 's3'] as const) {
  describe(`invenio: uploads in parts, ${storage} storage`, () => {
    const blob = content(12 * MiB, 3);
    const PART = 5 * MiB;
    const begun = async (adapter: Parameters<typeof upload>[0], path: string) => {
      const plan = (await adapter.openUpload!(intentFor(path, blob), { signal })) as PartsPlan;
      assert.equal(plan.kind, 'parts');
      return { plan, state: await plan.begin({ partSize: PART, count: 3 }, { signal }) };
    };

    it(
      'send the token with parts to the repository, never to the storage',
      withRepository(
        async ({ adapter, standIn, store }) => {
          const { plan, state } = await begun(adapter, 'large.bin');
          store.stats.reset();
          standIn.stats.reset();
          const receipts = await sendParts(plan, state, blob, PART);
          const parts = standIn.stats.log.filter(({ operation }) => operation === 'part');
          const direct = store.stats.log.filter(({ operation }) => operation === 'UploadPart');
          assert.deepEqual([parts.length, direct.length], storage === 'local' ? [3, 0] : [0, 3]);
          assert.ok(parts.every(({ headerNames }) => headerNames.includes('authorization')));
          assert.ok(direct.every(({ headerNames }) => !headerNames.includes('authorization')));
          // Damage shows where the storage looks, and nowhere else is it said to.
          assert.equal(plan.requestChecksum, storage === 's3' ? 'md5' : undefined);
          assert.ok(direct.every(({ headerNames }) => headerNames.includes('content-md5')));
          const outcome = await completeParts(plan, state, blob, receipts);
          assert.equal(outcome.size, blob.size);
          assert.equal(outcome.checksums, undefined);
          assert.equal(/^[0-9a-f]{32}-3$/.test(outcome.etag ?? ''), storage === 's3');
          await adapter.stat!('large.bin', { signal });
          await adapter.stat!('large.bin', { signal });
          const entry = await adapter.stat!('large.bin', { signal });
          assert.equal(entry?.checksums?.[0]?.value, md5(new Uint8Array(await blob.arrayBuffer())));
        },
        { quirks: { storage } },
      ),
    );

    it(
      'begin again when a part is missing at the repository',
      withRepository(
        async ({ adapter }) => {
          const { plan, state } = await begun(adapter, 'hole.bin');
          await sendParts(plan, state, blob, PART, [1, 3]);
          const complete = () => refusal(plan.complete(state, [], { signal }));
          assert.deepEqual((await complete()).kind, 'retry');
          await complete();
          const error = await complete();
          assert.deepEqual([error.kind, error.reason], ['restart', 'upload-gone']);
        },
        { quirks: { storage } },
      ),
    );

    it(
      'keep no URL and no token in their state',
      withRepository(
        async ({ adapter, standIn }) => {
          const { state } = await begun(adapter, 'secret.bin');
          const { created, ...rest } = state;
          assert.deepEqual(rest, { partSize: PART, count: 3, size: blob.size });
          assert.ok(Date.parse(String(created)) > 0);
          assert.ok(!JSON.stringify(state).includes(standIn.token));
        },
        { quirks: { storage } },
      ),
    );

    it(
      'do not continue another file’s upload',
      withRepository(
        async ({ adapter }) => {
          const { state } = await begun(adapter, 'one.bin');
          const other = intentFor('one.bin', content(11 * MiB, 3));
          const error = await refusal(adapter.reopenUpload!(other, state, { signal }));
          assert.equal(error.kind, 'restart');
        },
        { quirks: { storage } },
      ),
    );
  });
}

describe('invenio: uploads in parts', () => {
  it(
    'ask for fresh URLs when those of the storage end',
    withRepository(
      async ({ adapter, standIn, store }) => {
        const blob = content(6 * MiB, 5);
        const plan = (await adapter.openUpload!(intentFor('a.bin', blob, { partsFrom: 1 }), {
          signal,
        })) as PartsPlan;
        const state = await plan.begin({ partSize: 5 * MiB, count: 2 }, { signal });
        standIn.stats.reset();
        // The signatures live 30 seconds: that is less than what is taken for safe.
        await sendPart(plan, state, { number: 1, start: 0, end: 5 * MiB }, blob.slice(0, 5 * MiB));
        assert.equal(standIn.stats.counts.read, 1);
        store.faults.failNext({
          operation: 'UploadPart',
          status: 403,
          code: 'AccessDenied',
          message: 'Request has expired',
        });
        const part = { number: 2, start: 5 * MiB, end: 6 * MiB };
        const error = await refusal(sendPart(plan, state, part, blob.slice(part.start)));
        assert.deepEqual([error.kind, error.reason], ['re-sign', 'expired']);
      },
      { quirks: { storage: 's3', partUrlSeconds: 30 } },
    ),
  );

  it(
    'are told apart from damaged ones by the storage',
    withRepository(
      async ({ adapter }) => {
        const blob = content(6 * MiB, 5);
        const plan = (await adapter.openUpload!(intentFor('a.bin', blob, { partsFrom: 1 }), {
          signal,
        })) as PartsPlan;
        const state = await plan.begin({ partSize: 5 * MiB, count: 2 }, { signal });
        const checksum = { algorithm: 'md5', value: md5('other'), scope: 'full' } as const;
        const part = { number: 1, start: 0, end: 5 * MiB };
        const delivery = await plan.signPart(part, state, { signal, attempt: 1, checksum });
        const response = await deliver(delivery, blob.slice(0, 5 * MiB));
        assert.equal(plan.readError(response, { phase: 'part' })?.reason, 'checksum-mismatch');
      },
      { quirks: { storage: 's3' } },
    ),
  );

  it(
    'give way to one request where the repository does not know them',
    withRepository(
      async ({ adapter, standIn, record }) => {
        const blob = content(6 * MiB, 5);
        const intent = intentFor('a.bin', blob, { partsFrom: 1 });
        const plan = (await adapter.openUpload!(intent, { signal })) as PartsPlan;
        const error = await refusal(plan.begin({ partSize: 5 * MiB, count: 2 }, { signal }));
        assert.equal(error.kind, 'restart');
        const { kind } = await upload(adapter, 'a.bin', blob, { partsFrom: 1 });
        assert.equal(kind, 'request');
        assert.deepEqual(adapter.capabilities.uploadPlans, ['request', 'import']);
        assert.equal((await standIn.stored(record, 'a.bin'))?.length, blob.size);
      },
      { quirks: { transfers: ['L'] } },
    ),
  );
});

describe('invenio: imports', () => {
  const sources = {
    'https://data.example.org/a.csv': 'a,b',
    'https://data.example.org/bad': { error: '404 NOT FOUND' },
  };
  const quirks = { remoteForPeople: true, fetchHosts: ['data.example.org'] };
  const run = async (plan: ImportPlan) => {
    const state = await plan.start({ signal });
    assert.ok(!JSON.stringify(state).includes('data.example.org'));
    for (let polls = 0; polls < 10; polls += 1) {
      const answer = await plan.poll(state, { signal });
      if ('outcome' in answer) return { outcome: answer.outcome, polls };
    }
    throw new Error('It does not end.');
  };

  it(
    'are polled until the repository has the file',
    withRepository(
      async ({ adapter, standIn, record }) => {
        const plan = await adapter.importFromUrl!('a.csv', 'https://data.example.org/a.csv', { signal });
        const { outcome, polls } = await run(plan);
        assert.equal(polls, 2);
        assert.equal(outcome.size, 3);
        assert.equal(decode(await standIn.stored(record, 'a.csv')), 'a,b');
      },
      { sources, quirks },
    ),
  );

  it(
    'begin once, also when the answer was lost',
    withRepository(
      async ({ adapter, standIn }) => {
        const plan = await adapter.importFromUrl!('a.csv', 'https://data.example.org/a.csv', { signal });
        standIn.faults.failNext({ operation: 'announce', loseAnswer: true });
        assert.equal((await refusal(plan.start({ signal }))).kind, 'retry');
        await run(plan);
        assert.equal(standIn.stats.counts.delete, undefined);
      },
      { sources, quirks },
    ),
  );

  it(
    'tell why the repository could not fetch',
    withRepository(
      async ({ adapter }) => {
        const plan = await adapter.importFromUrl!('b.csv', 'https://data.example.org/bad', { signal });
        const error = await refusal(run(plan));
        assert.match(error.serverMessage ?? '', /404/);
        assert.equal((await adapter.stat!('b.csv', { signal }))?.status, 'failed');
        await plan.abort!({}, { signal });
        assert.equal(await adapter.stat!('b.csv', { signal }), undefined);
      },
      { sources, quirks },
    ),
  );

  it(
    'say that people may usually not',
    withRepository(async ({ adapter }) => {
      const plan = await adapter.importFromUrl!('a.csv', 'https://data.example.org/a.csv', { signal });
      const error = await refusal(plan.start({ signal }));
      assert.equal(error.reason, 'forbidden');
      assert.match(error.message, /other addresses/);
    }),
  );

  it(
    'are absent where the repository does not know them',
    withRepository(
      async ({ adapter }) => {
        assert.equal(adapter.importFromUrl, undefined);
        assert.equal(adapter.linkRemote, undefined);
        assert.deepEqual(adapter.capabilities.uploadPlans, ['request', 'parts']);
      },
      {},
      { transfers: ['L', 'M'] },
    ),
  );

  it(
    'may leave the bytes where they are',
    withRepository(
      async ({ adapter }) => {
        const url = 'https://data.example.org/far.bin';
        const entry = await adapter.linkRemote!('far.bin', url, { signal, size: 7 });
        assert.deepEqual([entry.status, entry.size, entry.extra?.transfer], ['completed', 7, 'R']);
        const source = await adapter.resolveDownload!(entry, { signal });
        assert.ok(source.kind === 'url');
        const response = await fetch(source.url, { redirect: 'manual', headers: source.headers ?? {} });
        assert.deepEqual([response.status, response.headers.get('location')], [302, url]);
      },
      { sources, quirks },
    ),
  );
});

/** What the contract suite does not ask of every adapter: this platform's buckets, storages, refusals and oddities. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PartsPlan, UploadPlan } from '../../../src/adapters/adapter.js';
import { fileUri, parseFileUri, ubiops } from '../../../src/adapters/ubiops/index.js';
import { TransferError } from '../../../src/core/errors.js';
import {
  completeParts,
  content,
  intentFor,
  read,
  sendPart,
  sendParts,
  upload,
} from '../../contract/transfer.js';
import { bucketInputs } from '../../contract/ubiops-contract.js';
import { providers, scene, signal } from './support.js';

const PART = 5 * 1024 ** 2;

async function failure(promise: Promise<unknown>): Promise<TransferError> {
  const error = await promise.then(
    () => assert.fail('nothing was thrown'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof TransferError, String(error));
  return error;
}

function parts(plan: UploadPlan): PartsPlan {
  assert.equal(plan.kind, 'parts');
  return plan as PartsPlan;
}

describe('UbiOps buckets', () => {
  it('are made at all four providers, shown without credentials, changed and deleted', () =>
    scene(async ({ adapter, standIn }) => {
      const { containers } = adapter();
      for (const provider of providers) {
        const made = await containers.create!(
          {
            ...bucketInputs[provider],
            labels: { kind: provider, all: 'yes' },
            weeks: 2,
            description: 'For tests',
          },
          { signal },
        );
        const text = JSON.stringify(made);
        for (const secret of ['example-secret', 'AKIAEXAMPLE', 'bGFiLWtleS', 'service_account']) {
          assert.ok(!text.includes(secret), `${provider} shows ${secret}`);
        }
        assert.deepEqual(
          [made.id, made.description, made.labels?.kind],
          [bucketInputs[provider].name, 'For tests', provider],
        );
        assert.deepEqual(
          [made.extra?.provider, made.extra?.ttl, made.extra?.weeks],
          [provider, 1_209_600, 2],
        );

        assert.equal(made.removalKeepsFiles ?? false, provider !== 'ubiops', provider);

        const opened = containers.open(made.id);
        assert.equal(opened.containers?.current, made.id);
        await upload(opened, 'in it.txt', new Blob(['12345']));
        assert.equal((await containers.read!(made.id, { signal })).size, 5);

        const changed = await containers.update!(made.id, { description: 'New', weeks: '' }, { signal });
        assert.deepEqual([changed.description, changed.extra?.ttl], ['New', null]);
        assert.deepEqual(changed.labels, { kind: provider, all: 'yes' }, 'what was not given stays');
        assert.deepEqual((await containers.update!(made.id, { labels: { all: 'yes' } }, { signal })).labels, {
          all: 'yes',
        });
      }
      const names = async (more: object) =>
        (await containers.list({ signal, ...more })).containers.map(({ name }) => name).sort();
      assert.equal((await names({})).length, 5);
      assert.deepEqual(
        await names({ labels: { all: 'yes', other: 'x' } }),
        providers.map(name => bucketInputs[name].name).sort(),
      );
      assert.deepEqual(await names({ query: 'AZURE' }), ['at-azure']);

      for (const provider of providers) {
        const { name } = bucketInputs[provider];
        await containers.remove!(name, { signal });
        assert.equal((await failure(containers.read!(name, { signal }))).reason, 'not-found');
        await containers.create!(bucketInputs[provider], { signal });
        // Only UbiOps' own storage deletes the files with the bucket.
        const kept = provider === 'ubiops' ? undefined : 5;
        assert.equal((await standIn.stored(name, 'in it.txt'))?.length, kept, provider);
      }
    }));

  it('are refused before anything is sent when the form is wrong', () =>
    scene(async ({ adapter, standIn }) => {
      const { containers } = adapter();
      const { amazon_s3: s3, azure_blob_storage: azure } = bucketInputs;
      for (const [input, words] of [
        [{ name: '' }, /1 to 64/],
        [{ name: 'x'.repeat(65) }, /1 to 64/],
        [{ name: 'n', provider: 'dropbox' }, /dropbox/],
        [{ name: 'n', description: 'x'.repeat(401) }, /400/],
        [{ name: 'n', weeks: 1.5 }, /weeks/],
        [{ name: 'n', ttl: 5 }, /weeks/],
        [{ name: 'n', color: 'red' }, /color/],
        [{ ...s3, secret_key: '' }, /Secret key/],
        [{ ...s3, region: '' }, /region/],
        [{ ...azure, container: undefined }, /Container/],
      ] as const) {
        const error = await failure(containers.create!(input, { signal }));
        assert.deepEqual([error.kind, error.reason], ['fatal', 'invalid-input']);
        assert.match(error.message, words);
        assert.ok(!error.message.includes('example-secret'));
      }
      const error = await failure(containers.list({ signal, labels: { 'a:b': 'c' } }));
      assert.equal(error.reason, 'invalid-input');
      assert.equal(standIn.stats.counts.bucketsCreate ?? 0, 0);
      assert.equal((await failure(containers.create!({ name: 'default' }, { signal }))).reason, 'exists');
      assert.match(
        (await failure(containers.update!('default', { name: 'x' }, { signal }))).message,
        /cannot be changed/,
      );
    }));

  it('keep the settings that an update does not name', () =>
    scene(async ({ at, adapter }) => {
      await at('amazon_s3');
      const { containers } = adapter();
      const changed = await containers.update!('at-amazon', { prefix: 'other' }, { signal });
      assert.deepEqual(changed.extra?.configuration, {
        bucket: 'lab',
        prefix: 'other/',
        region: 'eu-west-1',
      });
      const fields = new Set(containers.fields!.map(({ name }) => name));
      assert.equal(fields.size, containers.fields!.length, 'a name twice');
    }));
});

describe('the UbiOps adapter: the token', () => {
  it('goes to the API alone', () =>
    scene(async ({ at, standIn, store }) => {
      for (const provider of providers) {
        const adapter = await at(provider);
        await upload(adapter, 'a.txt', new Blob(['x']));
        await upload(adapter, 'b.bin', content(PART + 10), { partsFrom: 1 });
        await read(await adapter.resolveDownload!({ path: 'b.bin', id: 'b.bin' }, { signal }));
      }
      const seen = [standIn.google.stats.log, standIn.azure!.stats.log, store.stats.log].map(log => {
        assert.ok(log.every(({ headerNames }) => !headerNames.includes('authorization')));
        return log.length;
      });
      assert.ok(
        seen.every(count => count >= 4),
        `requests: ${seen.join(' ')}`,
      );
      const ours = standIn.stats.log.filter(({ operation }) => operation !== 'preflight');
      assert.ok(ours.every(({ headerNames }) => headerNames.includes('authorization')));
    }));

  it('may come with the word Token', () =>
    scene(async ({ adapter, standIn }) => {
      const asked = adapter({ getToken: async () => ` Token ${standIn.token}` });
      await asked.list('', { signal });
    }));

  it('is told apart: unknown, too weak, ended', () =>
    scene(async ({ adapter, standIn }) => {
      const restricted = standIn.issueToken({ roles: ['files-reader-restricted'] });
      const weak = await failure(adapter({ getToken: () => restricted }).list('', { signal }));
      assert.deepEqual([weak.reason, weak.status], ['forbidden', 403]);
      assert.match(weak.message, /role/);
      const ended = standIn.issueToken({ seconds: -1 });
      const error = await failure(adapter({ getToken: () => ended }).list('', { signal }));
      assert.deepEqual([error.reason, error.serverMessage], ['unauthorized', 'Invalid token']);
      assert.ok(!JSON.stringify(error).includes(ended));
    }));

  it('may write without reading', () =>
    scene(async ({ adapter, standIn }) => {
      standIn.faults.rules.push({ operation: 'filesGet', status: 403 });
      const plan = parts(
        await adapter().openUpload!(intentFor('w.bin', content(PART + 1), { partsFrom: 1 }), { signal }),
      );
      const blob = content(PART + 1);
      const state = await plan.begin({ partSize: PART, count: 2 }, { signal });
      await completeParts(plan, state, blob, await sendParts(plan, state, blob, PART));
      assert.equal((await standIn.stored('default', 'w.bin'))?.length, PART + 1);
    }));
});

describe('the UbiOps adapter: refusals of the API', () => {
  const meanings = [
    [400, 'fatal', 'invalid-input'],
    [401, 'fatal', 'unauthorized'],
    [402, 'fatal', 'quota'],
    [403, 'fatal', 'forbidden'],
    [404, 'fatal', 'not-found'],
    [409, 'fatal', 'conflict'],
    [413, 'fatal', 'too-large'],
    [415, 'fatal', 'wrong-type'],
    [500, 'retry', 'server'],
    [503, 'retry', 'server'],
  ] as const;

  it('have a kind, a reason, and the server’s words', () =>
    scene(async ({ adapter, standIn }) => {
      for (const errorField of ['error', 'error_message', 'detail'] as const) {
        standIn.quirks.errorField = errorField;
        for (const [status, kind, reason] of meanings) {
          standIn.faults.failNext({ operation: 'filesList', status, message: 'Said so', times: 1 });
          const error = await failure(adapter({ maxRetries: 0 }).list('', { signal }));
          assert.deepEqual(
            [error.kind, error.reason, error.status, error.serverMessage],
            [kind, reason, status, 'Said so'],
          );
        }
      }
      standIn.faults.failNext({ status: 502, body: '<html>Bad gateway</html>', bodyType: 'text/html' });
      assert.equal((await failure(adapter({ maxRetries: 0 }).list('', { signal }))).kind, 'retry');
      standIn.faults.failNext({ status: 200, body: '<html>Sign in</html>', bodyType: 'text/html' });
      assert.equal((await failure(adapter().list('', { signal }))).reason, 'invalid-answer');
    }));

  it('say what to do when nothing more may be stored', () =>
    scene(async ({ adapter, at, standIn, store }) => {
      const own = adapter();
      // The platform has no code of its own for it: whichever status comes, its words say so.
      for (const status of [400, 402, 403, 413]) {
        const message = 'The storage quota of this project is exceeded';
        standIn.faults.failNext({ operation: 'filesUpload', status, message });
        const error = await failure(upload(own, 'full.bin', content(10)));
        assert.deepEqual([error.kind, error.reason, error.status], ['fatal', 'quota', status]);
        assert.match(error.message, /used up\. What is stored is safe; ask whoever runs the project/);
      }
      for (const bucket of [own, await at('amazon_s3')]) {
        for (const blob of [content(10), content(PART + 1)]) {
          const sent = () => upload(bucket, 'full.bin', blob, { partsFrom: PART });
          const refuse = (status: number, code: string) =>
            store.faults.failNext({ operation: ['PutObject', 'UploadPart'], status, code });
          refuse(507, 'InsufficientStorage');
          const full = await failure(sent());
          assert.deepEqual([full.kind, full.reason], ['fatal', 'storage-full']);
          assert.match(full.message, /is full\. What is stored is safe; free some space there/);
          refuse(403, 'QuotaExceeded');
          const quota = await failure(sent());
          assert.deepEqual([quota.kind, quota.reason], ['fatal', 'quota']);
          assert.match(quota.message, /delete something, or ask whoever runs it for more/);
          store.faults.reset();
        }
        assert.equal(await bucket.stat!('full.bin', { signal }), undefined);
      }
    }));

  it('say so as well when the storage is full as parts begin, or are put together', () =>
    scene(async ({ adapter, at, standIn, store }) => {
      const steps = ['CreateMultipartUpload', 'CompleteMultipartUpload'];
      const refusals = [
        [403, 'QuotaExceeded'],
        [507, 'InsufficientStorage'],
      ] as const;
      for (const bucket of [adapter({ partsFrom: PART }), await at('amazon_s3', { partsFrom: PART })]) {
        for (const operation of steps) {
          for (const [status, code] of refusals) {
            // The status is the API's choice, which no document names: the storage's words tell.
            for (const fullStatus of [400, 502] as const) {
              standIn.quirks.fullStatus = fullStatus;
              store.faults.failNext({ operation, status, code });
              const error = await failure(upload(bucket, 'full.bin', content(PART + 1)));
              assert.deepEqual([error.kind, error.reason, error.status], ['fatal', 'quota', fullStatus]);
              assert.match(
                error.message,
                /storage of this bucket, allows is used up\. What is stored is safe/,
              );
              assert.match(error.serverMessage!, new RegExp(code));
            }
          }
        }
        // A storage that is ill for a while is another thing.
        store.faults.failNext({ operation: steps[0]!, status: 503, code: 'SlowDown' });
        const ill = await failure(upload(bucket, 'full.bin', content(PART + 1)));
        assert.deepEqual([ill.kind, ill.reason, ill.status], ['retry', 'server', 502]);
        assert.equal(await bucket.stat!('full.bin', { signal }), undefined);
      }
    }));

  it('are tried again as often as was said', () =>
    scene(async ({ adapter, standIn }) => {
      standIn.faults.failNext({ operation: 'filesList', status: 503, times: 3 });
      await adapter({ maxRetries: 3 }).list('', { signal });
      assert.equal(standIn.stats.counts.filesList, 4);
      standIn.faults.failNext({ operation: 'filesList', status: 503, times: 2 });
      assert.equal((await failure(adapter({ maxRetries: 1 }).list('', { signal }))).status, 503);
    }));

  it('wait as long as the rate limit says, and a minute when that is hidden', () =>
    scene(async ({ adapter, standIn }) => {
      Object.assign(standIn.quirks, { rateLimited: 1, rateLimitReset: 0 });
      assert.deepEqual((await adapter().list('', { signal })).entries, []);
      Object.assign(standIn.quirks, { rateLimited: 1, rateLimitReset: 7 });
      const named = await failure(adapter({ maxRetries: 0 }).list('', { signal }));
      assert.deepEqual([named.kind, named.reason, named.retryAfter], ['retry', 'rate-limited', 8000]);
      Object.assign(standIn.quirks, { rateLimited: 1, rateLimitReset: undefined });
      const hidden = await failure(adapter().list('', { signal }));
      assert.equal(hidden.retryAfter, 60_000);
      assert.match(hidden.message, /60 seconds/);
    }));

  it('of a deletion whose first answer was lost is none', () =>
    scene(async ({ adapter, standIn }) => {
      await upload(adapter(), 'gone.txt', new Blob(['x']));
      standIn.faults.failNext({ operation: 'filesDelete', loseAnswer: true });
      assert.deepEqual(await adapter().remove!(['gone.txt'], { signal }), [{ path: 'gone.txt' }]);
      assert.equal(await standIn.stored('default', 'gone.txt'), undefined);
      standIn.faults.failNext({ operation: 'filesDelete', status: 403 });
      const [result] = await adapter().remove!(['gone.txt'], { signal });
      assert.equal(result?.error?.reason, 'forbidden');
    }));
});

describe('the UbiOps adapter: names', () => {
  it('that browsers would change on their way are refused, not sent', () =>
    scene(async ({ adapter, standIn }) => {
      const ours = adapter();
      for (const path of ['..', '.', 'a/../b', 'a/./b', '../x']) {
        const error = await failure(ours.openUpload!(intentFor(path, new Blob(['x'])), { signal }));
        assert.equal(error.reason, 'invalid-name', path);
        assert.equal(
          (await failure(ours.resolveDownload!({ path, id: path }, { signal }))).reason,
          'invalid-name',
        );
      }
      assert.equal(standIn.stats.log.length, 0);
      assert.equal((await failure(ours.stat!('..', { signal }))).reason, 'invalid-name');
      const result = await ours.remove!(['..'], { signal });
      assert.equal(result[0]?.error?.reason, 'invalid-name');
      assert.equal(standIn.stats.log.length, 0);
    }));

  it('of the server that climb out of their folder can be deleted, not fetched', () =>
    scene(async ({ adapter, standIn }) => {
      standIn.faults.failNext({
        operation: 'filesList',
        status: 200,
        body: JSON.stringify({ files: [{ file: 'a/../../etc', size: 1 }], prefixes: null }),
      });
      const [entry] = (await adapter().list('', { signal, recursive: true })).entries;
      assert.ok(entry?.refuses?.resolveDownload);
      assert.equal(entry.refuses.remove, undefined);
    }));

  it('have an address of the platform', () => {
    const bucket = ubiops({ project: 'p', getToken: () => 't', bucket: 'lab' });
    assert.equal(bucket.uriOf('dir/a b.txt'), 'ubiops-file://lab/dir/a b.txt');
    assert.deepEqual(parseFileUri(fileUri('lab', 'dir/a b.txt')), { bucket: 'lab', path: 'dir/a b.txt' });
    for (const wrong of ['lab/a', 'ubiops-file://lab', 'ubiops-file:///a', 'https://lab/a']) {
      assert.throws(() => parseFileUri(wrong), TransferError);
    }
  });
});

describe('the UbiOps adapter: uploads', () => {
  it('refuse a backslash where Azure would make a slash of it, and nowhere else', () =>
    scene(async ({ at }) => {
      const blob = new Blob(['x']);
      const azure = await at('azure_blob_storage');
      for (const partsFrom of [1, 1000]) {
        await assert.rejects(upload(azure, 'a\\b.txt', blob, { partsFrom }), {
          reason: 'invalid-name',
          message: /backslash/,
        });
      }
      assert.deepEqual((await azure.list('', { signal })).entries, []);
      await upload(await at('google_cloud_storage'), 'a\\b.txt', blob);
    }));

  it('cut Azure’s blocks with ids of one length that no other upload shares', () =>
    scene(async ({ at, standIn }) => {
      const adapter = await at('azure_blob_storage');
      const blob = content(11 * 10, 3);
      const idsOf = async () => {
        const plan = parts(
          await adapter.openUpload!(
            { ...intentFor('dir/x ü.bin', blob), size: 60 * PART, partsFrom: 1 },
            { signal },
          ),
        );
        const state = await plan.begin({ partSize: PART, count: 60 }, { signal });
        const receipts = [];
        for (let number = 1; number <= 11; number += 1) {
          const range = { number, start: (number - 1) * 10, end: number * 10 };
          receipts.push(await sendPart(plan, state, range, blob.slice(range.start, range.end)));
        }
        const ids = standIn.azure!.stats.log.flatMap(
          ({ target }) => new URLSearchParams(target.split('?')[1]).get('blockid') ?? [],
        );
        return { plan, state, receipts, ids };
      };
      const first = await idsOf();
      assert.equal(first.ids.length, 11);
      assert.equal(new Set(first.ids.map(id => id.length)).size, 1);
      const second = await idsOf();
      assert.equal(new Set(second.ids).size, 22, 'two uploads share a block id');
      await second.plan.complete(second.state, second.receipts, { signal });
      assert.deepEqual(
        Buffer.from((await standIn.stored('at-azure', 'dir/x ü.bin'))!),
        Buffer.from(await blob.arrayBuffer()),
      );
    }));

  it('go in one piece when blocks of an older upload stand in the way', () =>
    scene(async ({ at, standIn }) => {
      const adapter = await at('azure_blob_storage');
      const { url, headers } = await adapter.signedUploadUrl('x.bin', { signal });
      const left = `${url}&comp=block&blockid=${encodeURIComponent(btoa('x.bin_1'))}`;
      assert.equal((await fetch(left, { method: 'PUT', body: 'x', headers })).status, 201);
      const blob = content(PART + 10);
      const intent = intentFor('x.bin', blob, { partsFrom: 1 });
      const error = await failure(upload(adapter, 'x.bin', blob, { partsFrom: 1 }));
      assert.deepEqual([error.kind, error.reason], ['restart', 'conflict']);
      assert.equal((await adapter.openUpload!(intent, { signal })).kind, 'request');
      await upload(adapter, 'x.bin', blob, { partsFrom: 1 });
      assert.equal((await adapter.openUpload!(intent, { signal })).kind, 'parts', 'the way is free again');
      await upload(adapter, 'x.bin', blob, { partsFrom: 1 });
      assert.equal((await standIn.stored('at-azure', 'x.bin'))?.length, blob.size);
    }));

  it('go in one piece when the storage hides the ETag, and in parts when that is too much', () =>
    scene(async ({ adapter }) => {
      const ours = adapter();
      const blob = content(PART + 10);
      const intent = intentFor('x.bin', blob, { partsFrom: 1 });
      const plan = parts(await ours.openUpload!(intent, { signal }));
      const range = { number: 1, start: 0, end: PART };
      const hidden = await failure(
        (async () => plan.readPart(range, { status: 200, headers: {}, body: '' }))(),
      );
      assert.deepEqual([hidden.kind, hidden.reason], ['restart', 'not-supported']);
      assert.match(hidden.message, /ETag.*CORS/s);
      assert.equal((await ours.openUpload!(intent, { signal })).kind, 'request');
      const large = await failure(ours.openUpload!({ ...intent, size: 6 * 1024 ** 3 }, { signal }));
      assert.deepEqual([large.kind, large.reason], ['fatal', 'too-large']);
      await upload(ours, 'x.bin', blob);
      assert.equal((await ours.openUpload!(intent, { signal })).kind, 'parts', 'it shows the ETag after all');
    }));

  it('are complete when the answer that said so was lost', () =>
    scene(async ({ at, standIn }) => {
      for (const provider of providers) {
        const adapter = await at(provider);
        const blob = content(PART + 10);
        const plan = parts(
          await adapter.openUpload!(intentFor('lost.bin', blob, { partsFrom: 1 }), { signal }),
        );
        const state = await plan.begin({ partSize: PART, count: 2 }, { signal });
        const receipts = await sendParts(plan, state, blob, PART);
        standIn.faults.failNext({ operation: 'filesCompleteMultipartUpload', loseAnswer: true });
        assert.equal((await failure(plan.complete(state, receipts, { signal }))).kind, 'retry');
        const outcome = await plan.complete(state, receipts, { signal });
        assert.equal(outcome.size, blob.size, provider);
      }
    }));

  it('begin again when their id is gone, even if a file of the same size was there before', () =>
    scene(async ({ adapter }) => {
      const ours = adapter();
      const blob = content(PART + 10);
      await upload(ours, 'old.bin', blob);
      const plan = parts(await ours.openUpload!(intentFor('old.bin', blob, { partsFrom: 1 }), { signal }));
      const state = await plan.begin({ partSize: PART, count: 2 }, { signal });
      const receipts = await sendParts(plan, state, blob, PART);
      const gone = { ...state, uploadId: 'forgotten' };
      const error = await failure(plan.complete(gone, receipts, { signal }));
      assert.deepEqual([error.kind, error.reason], ['restart', 'upload-gone']);
      const part = await failure(
        sendPart(plan, gone, { number: 1, start: 0, end: PART }, blob.slice(0, PART)),
      );
      assert.deepEqual([part.kind, part.reason], ['restart', 'upload-gone']);
    }));

  it('say what the storage itself knows of them', () =>
    scene(async ({ at }) => {
      const blob = content(PART + 10);
      for (const [provider, checksum] of [
        ['google_cloud_storage', 'crc32c'],
        ['azure_blob_storage', 'md5'],
      ] as const) {
        const adapter = await at(provider);
        const single = await upload(adapter, 'a', new Blob(['12345']));
        assert.ok(
          single.outcome.checksums?.some(({ algorithm }) => algorithm === checksum),
          provider,
        );
        const { outcome } = await upload(adapter, 'b', blob, { partsFrom: 1 });
        assert.equal(outcome.size, blob.size);
        if (checksum === 'crc32c')
          assert.deepEqual(
            outcome.checksums?.map(({ algorithm }) => algorithm),
            ['crc32c'],
          );
      }
      const s3 = await at('amazon_s3');
      assert.match((await upload(s3, 'b', blob, { partsFrom: 1 })).outcome.etag ?? '', /^[0-9a-f]{32}-2$/);
    }));

  it('ask for a new URL when one has ended, whatever the storage', () =>
    scene(async ({ at, standIn }) => {
      for (const provider of providers) {
        const adapter = await at(provider);
        standIn.quirks.expiredUrls = 1;
        const error = await failure(upload(adapter, 'a.txt', new Blob(['x'])));
        assert.deepEqual([error.kind, error.reason], ['re-sign', 'expired'], provider);
        await upload(adapter, 'a.txt', new Blob(['x']));
        standIn.quirks.expiredUrls = 1;
        const source = await adapter.resolveDownload!({ path: 'a.txt', id: 'a.txt' }, { signal });
        assert.equal((await failure(read(source))).kind, 're-sign', provider);
        const text = JSON.stringify(error) + error.stack;
        assert.ok(!/sig=|signature=/i.test(text), 'a signature in the error');
      }
    }));

  it('know an Azure signature that ended by another clock than ours', () =>
    scene(async ({ at }) => {
      const adapter = await at('azure_blob_storage');
      const plan = await adapter.openUpload!(intentFor('a', new Blob(['x'])), { signal });
      const error = plan.readError(
        {
          status: 403,
          headers: {},
          body: '<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.</Message><AuthenticationErrorDetail>Signature not valid in the specified time frame: Start [x] - Expiry [y]</AuthenticationErrorDetail></Error>',
        },
        { phase: 'send' },
      );
      assert.deepEqual([error?.kind, error?.reason], ['re-sign', 'expired']);
    }));

  it('send no content type unless the page wishes it', () =>
    scene(async ({ adapter }) => {
      const headersOf = async (contentType?: 'file') => {
        const plan = await adapter(contentType ? { contentType } : {}).openUpload!(
          { ...intentFor('a', new Blob(['x'])), type: 'text/csv' },
          { signal },
        );
        assert.equal(plan.kind, 'request');
        const delivery = plan.kind === 'request' ? await plan.sign({ signal, attempt: 1 }) : undefined;
        return delivery && 'headers' in delivery ? delivery.headers : undefined;
      };
      assert.equal(await headersOf(), undefined);
      assert.deepEqual(await headersOf('file'), { 'content-type': 'text/csv' });
    }));
});

describe('the UbiOps adapter: what the API learns late', () => {
  it('is asked of the storage: the size, also of an empty file', () =>
    scene(async ({ at, standIn }) => {
      for (const provider of providers) {
        const adapter = await at(provider);
        await upload(adapter, 'five', new Blob(['12345']));
        await upload(adapter, 'empty', new Blob([]));
        standIn.quirks.lateSize = true;
        assert.equal((await adapter.stat!('five', { signal }))?.size, 5, provider);
        assert.equal((await adapter.stat!('empty', { signal }))?.size, 0, provider);
        assert.deepEqual(
          (await adapter.list('', { signal })).entries.map(({ size }) => size),
          [undefined, undefined],
        );
        standIn.quirks.lateSize = false;
      }
    }));
});

describe('the UbiOps adapter: addresses and state', () => {
  it('appends the version where there is none', () =>
    scene(async ({ adapter, standIn }) => {
      await adapter({ baseUrl: standIn.baseUrl.replace('/v2.1', '') }).list('', { signal });
      await adapter({ baseUrl: `${standIn.baseUrl}/` }).list('', { signal });
      assert.throws(() => adapter({ baseUrl: 'not a url' }), TypeError);
      assert.throws(() => adapter({ project: '' }), TypeError);
    }));

  it('asks for the service’s state', () =>
    scene(async ({ adapter, standIn }) => {
      assert.deepEqual(await adapter().health!({ signal }), { version: 'v2.1' });
      standIn.quirks.status = { status: 'unavailable', reason: 'Maintenance until noon' };
      const error = await failure(adapter({ maxRetries: 0 }).health!({ signal }));
      assert.deepEqual([error.kind, error.serverMessage], ['retry', 'Maintenance until noon']);
    }));

  it('gives up waiting when it is stopped', () =>
    scene(async ({ adapter, standIn }) => {
      standIn.faults.delay = 5_000;
      const controller = new AbortController();
      const running = adapter().list('', { signal: controller.signal });
      setTimeout(() => controller.abort(), 50);
      assert.equal((await failure(running)).reason, 'aborted');
      const late = await failure(adapter({ timeout: 50, maxRetries: 0 }).list('', { signal }));
      assert.deepEqual([late.kind, late.reason], ['retry', 'timeout']);
    }));
});

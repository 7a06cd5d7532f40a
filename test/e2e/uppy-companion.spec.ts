/** Uploads through a real @uppy/companion server on loopback, on the local store. */

import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as companionServer from '@uppy/companion';
import { expect, type Page, test } from 'playwright/test';
import { build } from 'vite';
import { openStorage, type Storage } from '../../demo/server/storage.js';
import { presign } from '../../src/adapters/s3/presign.js';
import type { S3SignRequest } from '../../src/adapters/s3/signing.js';
import type { CompanionRun } from './support/companion-page.js';

const MiB = 1024 ** 2;
let folder: string;
let storage: Storage;
let site: Server;
let address: string;
let companion: Server;
let companionUrl: string;
let run = '';

const listen = (server: Server): Promise<string> =>
  new Promise(resolve => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });

test.skip(
  Boolean(process.env.S3_ENDPOINT),
  'Companion is driven on the local store: its counters and switches are what these tests look at.',
);

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'companion-spec-'));
  storage = await openStorage({ data: folder, host: '127.0.0.1', port: 0, capacity: undefined });
  const script = await bundle();
  site = createServer((request, response) => {
    if (request.url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script);
    else if (request.url?.endsWith('elsewhere.bin')) {
      const size = (request.url.startsWith('/large') ? 24 : 3) * MiB;
      response.writeHead(200, { 'content-type': 'application/x-test', 'content-length': size });
      response.end(request.method === 'HEAD' ? undefined : Buffer.alloc(size, 7));
    } else
      response.setHeader('content-type', 'text/html').end('<!doctype html><script src="/page.js"></script>');
  });
  address = await listen(site);
  companion = createServer();
  companionUrl = await listen(companion);
  const files = join(folder, 'companion');
  await mkdir(files);
  const { app } = companionServer.app({
    filePath: files,
    secret: 'a secret of this test',
    server: { host: new URL(companionUrl).host, protocol: 'http' },
    corsOrigins: true,
    allowLocalUrls: true,
    enableUrlEndpoint: true,
    streamingUpload: true,
    uploadUrls: [/.*/],
    s3: {
      key: storage.credentials.accessKeyId,
      secret: storage.credentials.secretAccessKey,
      bucket: storage.bucket,
      region: storage.region,
      endpoint: storage.endpoint,
      forcePathStyle: true,
      // What sites do that want folders kept; the default puts a UUID before the name.
      getKey: ({ filename }: { filename: string }) => `${run}/${filename}`,
      // AWS's SDK would ask for checksums that a browser's plain PUT does not send.
      awsClientOptions: { requestChecksumCalculation: 'WHEN_REQUIRED' },
    },
  } as Parameters<typeof companionServer.app>[0]);
  companion.on('request', app);
  companionServer.socket(companion);
});

test.afterAll(async () => {
  for (const server of [site, companion]) {
    server?.closeAllConnections();
    server?.close();
  }
  await storage?.close();
  await rm(folder, { recursive: true, force: true });
});

test.beforeEach(async ({ page }) => {
  run = randomUUID();
  storage.store?.faults.reset();
  storage.store?.stats.reset();
  await page.goto(address);
});

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    worker: { format: 'es' },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: fileURLToPath(new URL('./support/companion-page.ts', import.meta.url)),
        formats: ['iife'],
        name: 'companionPageBundle',
      },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (!output || !('output' in output)) throw new Error('Vite built nothing.');
  return output.output[0].code;
}

const upload = (page: Page, files: CompanionRun['files'], act?: CompanionRun['act'], stallAfter?: number) =>
  page.evaluate(given => globalThis.companionPage.upload(given), {
    url: companionUrl,
    files,
    ...(act ? { act } : {}),
    ...(stallAfter === undefined ? {} : { stallAfter }),
  });

async function ask(request: S3SignRequest): Promise<Response> {
  const { url } = await presign(request, {
    bucketUrl: storage.bucketUrls[0]!,
    bucket: storage.bucket,
    region: storage.region,
    credentials: storage.credentials,
  });
  return fetch(url, { method: request.method });
}

async function sha256Of(key: string): Promise<string> {
  const answer = await ask({ method: 'GET', key });
  expect(answer.status, key).toBe(200);
  const digest = await crypto.subtle.digest('SHA-256', await answer.arrayBuffer());
  return Buffer.from(digest).toString('hex');
}

async function unfinished(): Promise<number> {
  const query = { prefix: `${run}/` };
  const answer = await ask({ operation: 'ListMultipartUploads', method: 'GET', key: '', query });
  return (await answer.text()).split('<UploadId>').length - 1;
}

const counts = (): Readonly<Record<string, number>> => storage.store!.stats.counts;

test('one small and one multipart file, end to end', async ({ page }) => {
  const outcome = await upload(page, [
    { name: 'deep/small ü.txt', size: 3000 },
    { name: 'large.bin', size: 12 * MiB },
  ]);
  expect(outcome.files.map(file => file.error)).toEqual([undefined, undefined]);
  expect(outcome.state).toBe('done');
  expect(outcome.files.map(file => file.path)).toEqual([`${run}/deep/small ü.txt`, `${run}/large.bin`]);
  for (const file of outcome.files) {
    expect(await sha256Of(file.path)).toBe(file.sha256);
    expect(file.verified).toBe('none');
  }
  expect(counts()).toMatchObject({ PostObject: 1, UploadPart: 3, CompleteMultipartUpload: 1 });
  expect(await unfinished()).toBe(0);
});

test('a pause keeps what is stored, and sends each part once', async ({ page }) => {
  storage.store!.faults.bytesPerSecond = 6 * MiB;
  // A loaded machine may stand still for seconds: that is no stall, after which parts would be sent once more.
  const outcome = await upload(
    page,
    [{ name: 'paused.bin', size: 20 * MiB }],
    { after: 7 * MiB, what: 'pause and resume' },
    30_000,
  );
  expect(outcome.files[0]!.error).toBeUndefined();
  expect(await sha256Of(outcome.files[0]!.path)).toBe(outcome.files[0]!.sha256);
  expect(counts()).toMatchObject({ CreateMultipartUpload: 1, CompleteMultipartUpload: 1 });
  // The part that was on its way goes once more.
  expect(counts().UploadPart).toBeLessThanOrEqual(5);
});

test('a pause while the upload is being begun leaves no second one behind', async ({ page }) => {
  storage.store!.faults.rules.push({ operation: 'CreateMultipartUpload', delay: 800, times: 1 });
  const outcome = await upload(page, [{ name: 'early.bin', size: 11 * MiB }], {
    after: 0,
    what: 'pause and resume',
  });
  expect(outcome.files[0]!.error).toBeUndefined();
  expect(await sha256Of(outcome.files[0]!.path)).toBe(outcome.files[0]!.sha256);
  expect(counts().CreateMultipartUpload).toBe(1);
  expect(await unfinished()).toBe(0);
});

test('a cancel leaves nothing behind', async ({ page }) => {
  storage.store!.faults.bytesPerSecond = 4 * MiB;
  const outcome = await upload(page, [{ name: 'cancelled.bin', size: 20 * MiB }], {
    after: 6 * MiB,
    what: 'cancel',
  });
  expect(outcome.state).toBe('cancelled');
  await expect.poll(unfinished).toBe(0);
  expect((await ask({ method: 'HEAD', key: `${run}/cancelled.bin` })).status).toBe(404);
});

for (const [what, rule] of [
  ['a stalled part', { operation: 'UploadPart', stall: 'request', stallAfterBytes: MiB, times: 1 }],
  ['ten refusals in a row', { operation: 'UploadPart', status: 503, times: 10 }],
  ['connections that break', { operation: 'UploadPart', resetAfterBytesIn: MiB, times: 6 }],
  [
    'an upload that is gone',
    { operation: 'UploadPart', status: 404, code: 'NoSuchUpload', skip: 1, times: 5 },
  ],
] as const) {
  test(`${what}: it goes on, and ends well`, async ({ page }) => {
    storage.store!.faults.rules.push({ ...rule });
    const outcome = await upload(page, [{ name: 'troubled.bin', size: 16 * MiB }]);
    expect(outcome.files[0]!.error).toBeUndefined();
    expect(await sha256Of(outcome.files[0]!.path)).toBe(outcome.files[0]!.sha256);
    await expect.poll(unfinished).toBe(0);
  });
}

test('one bad file keeps no other waiting', async ({ page }) => {
  storage.store!.faults.rules.push({
    operation: 'PostObject',
    status: 400,
    code: 'InvalidRequest',
    times: 1,
  });
  const outcome = await upload(page, [
    { name: 'a.txt', size: 1000 },
    { name: 'b.txt', size: 1000 },
  ]);
  expect(outcome.state).toBe('incomplete');
  expect(outcome.files.filter(file => file.error).length).toBe(1);
  const good = outcome.files.find(file => !file.error)!;
  expect(await sha256Of(good.path)).toBe(good.sha256);
});

test('TransferUploader hands files that lie elsewhere to Companion', async ({ page }) => {
  const { key, sent } = await page.evaluate(
    ([url, source]) => globalThis.companionPage.fromElsewhere(url!, source!),
    [companionUrl, `${address}/elsewhere.bin`],
  );
  expect(key).toContain('elsewhere.bin');
  expect(sent).toBe(0);
  const answer = await ask({ method: 'GET', key: `${run}/elsewhere.bin` });
  expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.alloc(3 * MiB, 7))).toBe(true);
});

test('a drop zone takes files of Uppy’s Url plugin, which Companion stores', async ({ page }) => {
  const given = [companionUrl, `${address}/elsewhere.bin`];
  const outcome = await page.evaluate(
    ([url, source]) => globalThis.companionPage.throughDropzone(url!, source!),
    given,
  );
  expect(outcome.said).toContain('elsewhere.bin');
  expect(outcome).toMatchObject({ stored: ['near.txt'], held: 0 });
  const answer = await ask({ method: 'GET', key: `${run}/elsewhere.bin` });
  expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.alloc(3 * MiB, 7))).toBe(true);
});

for (const by of ['removeFile', 'cancelAll', 'removePlugin'] as const) {
  test(`a file that lies elsewhere is given up at Companion too, by ${by}`, async ({ page }) => {
    storage.store!.faults.bytesPerSecond = 2 * MiB;
    const outcome = await page.evaluate(
      given => globalThis.companionPage.givenUp(given.url, given.source, given.by),
      { url: companionUrl, source: `${address}/large-elsewhere.bin`, by },
    );
    expect(outcome).toBe('settled');
    // Were Companion still at it, it would be done in a moment now.
    storage.store!.faults.reset();
    await new Promise(resolve => setTimeout(resolve, 4000));
    // What Companion itself had begun at its storage it leaves there (6.2.1), whoever tells it to stop.
    expect((await ask({ method: 'HEAD', key: `${run}/large-elsewhere.bin` })).status).toBe(404);
  });
}

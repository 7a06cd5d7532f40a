/** The signer's wire shape is that of @uppy/aws-s3: the real one uploads through it. */

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from 'playwright/test';
import { build } from 'vite';
import { answerWith } from '../../demo/server/node-http.js';
import { openStorage, type Storage } from '../../demo/server/storage.js';
import { presign } from '../../src/adapters/s3/presign.js';
import type { S3SignRequest } from '../../src/adapters/s3/signing.js';
import { createS3Signer, type S3SignerConstraints } from '../../src/server/s3-signer.js';
import type { UppyOutcome, UppyRun } from './support/uppy-page.js';

let folder: string;
let storage: Storage;
let server: Server;
let site: string;
/** Calls that were signed since the test began. */
let signed: string[] = [];

/** The rules behind each address of the signer. */
const rules: Record<string, true | S3SignerConstraints> = {
  '/sign': true,
  '/sign-below': { keyPrefix: 'uppy-users/1' },
  '/sign-small': { maxSize: 1000, contentTypes: ['text/*'] },
};

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uppy-spec-'));
  storage = await openStorage({ data: folder, host: '127.0.0.1', port: 0, capacity: undefined });
  const script = await bundle();
  server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    const limits = rules[path];
    if (limits) {
      const signer = createS3Signer({
        endpoint: storage.bucketUrls,
        style: 'bucket-url',
        region: storage.region,
        bucket: storage.bucket,
        credentials: storage.credentials,
        authorize: ({ operation }) => {
          signed.push(operation);
          return limits;
        },
      });
      void answerWith(signer, incoming, outgoing);
    } else if (path === '/') {
      outgoing.setHeader('content-type', 'text/html').end('<!doctype html><script src="/uppy.js"></script>');
    } else if (path === '/uppy.js') {
      outgoing.setHeader('content-type', 'text/javascript; charset=utf-8').end(script);
    } else outgoing.writeHead(404).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

test.afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await storage?.close();
  await rm(folder, { recursive: true, force: true });
});

test.beforeEach(async ({ page }) => {
  signed = [];
  await page.goto(site);
});

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: fileURLToPath(new URL('./support/uppy-page.ts', import.meta.url)),
        formats: ['iife'],
        name: 'uppyPage',
      },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (!output || !('output' in output)) throw new Error('Vite built nothing.');
  return output.output[0].code;
}

const upload = (page: Page, run: UppyRun): Promise<UppyOutcome> =>
  page.evaluate(given => globalThis.uploadWithUppy(given), run);

async function ask(request: S3SignRequest): Promise<Response> {
  const { url } = await presign(request, {
    bucketUrl: storage.bucketUrls[0]!,
    bucket: storage.bucket,
    region: storage.region,
    credentials: storage.credentials,
  });
  return fetch(url, { method: request.method });
}

async function stored(key: string): Promise<{ sha256: string; type: string | null }> {
  const answer = await ask({ method: 'GET', key });
  expect(answer.status, key).toBe(200);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    type: answer.headers.get('content-type'),
  };
}

async function unfinished(): Promise<number> {
  const answer = await ask({
    operation: 'ListMultipartUploads',
    method: 'GET',
    key: '',
    query: { prefix: 'uppy-' },
  });
  return (await answer.text()).split('<UploadId>').length - 1;
}

test('single requests, with names that need care', async ({ page, browserName }) => {
  const files = ['plain.txt', 'ü & +100% #1?.csv', 'emoji 🧬.txt', 'empty.txt'].map(name => ({
    name: `uppy-${browserName}/${name}`,
    type: 'text/plain',
    size: name === 'empty.txt' ? 0 : 3000,
  }));
  const { done, failed } = await upload(page, { signer: '/sign', files, multipart: false });
  expect(failed).toEqual([]);
  expect(done.map(file => file.key).sort()).toEqual(files.map(file => file.name).sort());
  for (const file of done)
    expect(await stored(file.key)).toEqual({ sha256: file.sha256, type: 'text/plain' });
  expect(new Set(signed)).toEqual(new Set(['PutObject']));
});

test('parts, paused and resumed', async ({ page, browserName }) => {
  const name = `uppy-${browserName}/große parts.bin`;
  const { done, failed } = await upload(page, {
    signer: '/sign',
    files: [{ name, type: 'application/x-test', size: 11 * 1024 ** 2 }],
    multipart: true,
    afterFirstPart: 'pause and resume',
  });
  expect(failed).toEqual([]);
  expect(await stored(name)).toEqual({ sha256: done[0]!.sha256, type: 'application/x-test' });
  expect(new Set(signed)).toEqual(
    new Set(['CreateMultipartUpload', 'UploadPart', 'ListParts', 'CompleteMultipartUpload']),
  );
  expect(await unfinished()).toBe(0);
});

test('a cancelled upload leaves nothing behind', async ({ page, browserName }) => {
  await upload(page, {
    signer: '/sign',
    files: [{ name: `uppy-${browserName}/cancelled.bin`, type: '', size: 16 * 1024 ** 2 }],
    multipart: true,
    afterFirstPart: 'cancel',
  });
  await expect.poll(unfinished).toBe(0);
  expect(signed).toContain('AbortMultipartUpload');
  expect((await ask({ method: 'HEAD', key: `uppy-${browserName}/cancelled.bin` })).status).toBe(404);
});

test('the signer’s own key is the one used', async ({ page, browserName }) => {
  for (const multipart of [false, true]) {
    const name = `${browserName} ${multipart ? 'parts' : 'single'}.txt`;
    const files = [{ name, type: 'text/plain', size: 6 * 1024 ** 2 }];
    const { done, failed } = await upload(page, { signer: '/sign-below', files, multipart });
    expect(failed).toEqual([]);
    expect(done[0]!.key).toBe(`uppy-users/1/${name}`);
    expect((await stored(done[0]!.key)).sha256).toBe(done[0]!.sha256);
  }
});

test('limits of size hold by a form, those of type by a refusal', async ({ page, browserName }) => {
  const forms: string[] = [];
  page.on('request', request => {
    if (request.method() === 'POST' && !request.url().startsWith(site)) forms.push(request.url());
  });
  const at = (name: string) => `uppy-${browserName}/limited ${name}`;
  const { done, failed } = await upload(page, {
    signer: '/sign-small',
    files: [
      { name: at('fits.txt'), type: 'text/plain', size: 1000 },
      { name: at('too large.txt'), type: 'text/plain', size: 1001 },
      { name: at('picture.png'), type: 'image/png', size: 10 },
    ],
    multipart: false,
  });
  expect(done.map(file => file.key)).toEqual([at('fits.txt')]);
  expect(await stored(at('fits.txt'))).toEqual({ sha256: done[0]!.sha256, type: 'text/plain' });
  expect(forms.length).toBeGreaterThan(0);
  expect(failed.map(file => file.name).sort()).toEqual([at('picture.png'), at('too large.txt')].sort());
  expect(failed.find(file => file.name === at('picture.png'))!.message).toMatch(/type are not taken/);
  expect((await ask({ method: 'HEAD', key: at('too large.txt') })).status).toBe(404);

  const parts = await upload(page, {
    signer: '/sign-small',
    files: [{ name: at('parts.txt'), type: 'text/plain', size: 900 }],
    multipart: true,
  });
  expect(parts.failed).toHaveLength(1);
});

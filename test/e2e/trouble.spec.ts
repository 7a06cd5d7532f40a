import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from 'playwright/test';
import { Bucket } from './support/bucket.js';
import { drop } from './support/drop.js';
import { type EndedTransfer, nextTransferEnd, openDemo } from './support/page.js';

/** Each trouble gives a message a person can act on, and loses nothing. */

async function breakStore(page: Page, settings: object): Promise<void> {
  const answer = await page.request.post('/api/faults', { data: settings });
  test.skip(
    answer.status() === 409,
    'The storage is an external one; only the local store has fault switches.',
  );
  expect(answer.ok()).toBe(true);
}

async function upload(page: Page, names: Record<string, Buffer>): Promise<EndedTransfer> {
  const ended = await nextTransferEnd(page);
  await page
    .locator('upload-dropzone input[type=file]')
    .first()
    .setInputFiles(
      Object.entries(names).map(([name, buffer]) => ({ name, mimeType: 'application/octet-stream', buffer })),
    );
  return ended();
}

test.afterEach(async ({ page }) => {
  await page.request.post('/api/faults', { data: {} });
});

test('a full disk at the storage', async ({ page, browserName, baseURL }) => {
  await openDemo(page, `/#trouble-full-${browserName}/`);
  await breakStore(page, { storeFull: true });
  const result = await upload(page, { 'a.bin': Buffer.alloc(1_000), 'b.bin': Buffer.alloc(20 << 20) });
  expect(result).toMatchObject({ state: 'incomplete', done: 0, failed: 2 });
  expect(result.errors.map(error => error.reason)).toEqual(['storage-full', 'storage-full']);
  for (const { message } of result.errors) expect(message).toMatch(/full|space/i);

  // Nothing is lost: when there is room again, one click sends both.
  await breakStore(page, {});
  const again = await nextTransferEnd(page);
  await page.locator('upload-dropzone').getByRole('button', { name: /again/i }).first().click();
  expect(await again()).toMatchObject({ state: 'done', done: 2 });
  expect(await new Bucket(baseURL!).unfinished(`trouble-full-${browserName}/`)).toEqual([]);
});

test('an expired URL is signed again', async ({ page, browserName }) => {
  await openDemo(page, `/#trouble-expired-${browserName}/`);
  await breakStore(page, {
    rules: [
      {
        operation: ['PutObject', 'PostObject', 'UploadPart'],
        status: 403,
        code: 'AccessDenied',
        message: 'Request has expired',
        times: 3,
      },
    ],
  });
  const result = await upload(page, { 'a.bin': Buffer.alloc(1_000), 'b.bin': Buffer.alloc(20 << 20) });
  expect(result).toMatchObject({ state: 'done', done: 2 });
});

test('a refused signature without CORS headers', async ({ page, browserName }) => {
  test.setTimeout(300_000);
  await openDemo(page, `/#trouble-cors-${browserName}/`);
  await breakStore(page, {
    dropCors: 'errors',
    rules: [{ operation: ['PutObject', 'PostObject'], status: 403, code: 'SignatureDoesNotMatch' }],
  });
  const result = await upload(page, { 'a.bin': Buffer.alloc(300_000) });
  expect(result).toMatchObject({ state: 'incomplete', failed: 1 });
  expect(result.errors[0]?.reason).toBe('cors-or-network');
  expect(result.errors[0]?.message).toMatch(/CORS|allow|connection/i);
});

test('a wrong key says whom to ask', async ({ page, browserName }) => {
  await openDemo(page, `/#trouble-key-${browserName}/`);
  await breakStore(page, {
    rules: [{ operation: ['PutObject', 'PostObject'], status: 403, code: 'InvalidAccessKeyId' }],
  });
  const result = await upload(page, { 'a.bin': Buffer.alloc(300_000) });
  expect(result).toMatchObject({ state: 'incomplete', failed: 1 });
  expect(result.errors[0]?.message).toContain('InvalidAccessKeyId');
  await expect(page.locator('transfer-list')).toContainText('InvalidAccessKeyId');
});

test('an unreadable file in a folder does not stop the others', async ({ page, browserName, baseURL }) => {
  test.skip(browserName !== 'chromium', 'A folder of the disk can be dropped in Chromium only.');
  test.skip(
    process.getuid?.() === 0 && process.platform !== 'linux',
    'Needs a file that its owner cannot read.',
  );
  const root = await mkdtemp(join(tmpdir(), 'trouble-'));
  const folder = join(root, 'mixed');
  await mkdir(folder);
  await writeFile(join(folder, 'good.txt'), 'good');
  await writeFile(join(folder, 'gone.txt'), 'gone');
  await writeFile(join(folder, 'locked.txt'), 'locked');
  await chmod(join(folder, 'locked.txt'), 0);
  try {
    const into = `trouble-unreadable-${browserName}/`;
    await openDemo(page, `/#${into}`);
    // Root reads everything: there the file is removed between the drop and the reading instead.
    await page.locator('upload-dropzone').evaluate(element => {
      element.addEventListener('before-upload', event => {
        (event as unknown as { waitUntil?: (promise: Promise<void>) => void }).waitUntil?.(
          new Promise(done => setTimeout(done, 1_000)),
        );
      });
    });
    const ended = await nextTransferEnd(page);
    await drop(page, browserName, page.locator('upload-dropzone'), [folder], () => []);
    await page.waitForTimeout(300);
    await rm(join(folder, 'gone.txt'));
    const result = await ended();
    expect(result.errors.map(({ path }) => path)).toContain(`${into}mixed/gone.txt`);
    expect(result.errors[0]?.message).toMatch(/read|changed|open/i);
    expect([...(await new Bucket(baseURL!).list(into)).keys()]).toContain(`${into}mixed/good.txt`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

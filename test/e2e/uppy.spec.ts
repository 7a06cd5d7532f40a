/** Uppy's real Dashboard and plugins, on this kit's engine. */

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from 'playwright/test';
import { Bucket } from './support/bucket.js';
import { writeLargeFile } from './support/files.js';
import { nextTransferEnd } from './support/page.js';

const MiB = 1024 ** 2;
const folder = 'uppy/ours/';

let scratch: string;
test.beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'uppy-dashboard-'));
});
test.afterAll(() => rm(scratch, { recursive: true, force: true }));
test.afterEach(({ page }) => setFaults(page, {}).then(() => {}));

async function setFaults(page: Page, settings: object): Promise<void> {
  const answer = await page.request.post('/api/faults', { data: settings });
  test.skip(answer.status() === 409, 'Only the local store has fault switches.');
  expect(answer.ok()).toBe(true);
}

async function openPage(page: Page): Promise<Locator> {
  await page.goto('/uppy/');
  await page.locator('html[data-ready]').waitFor();
  const dashboard = page.locator('#ours');
  await expect(dashboard.locator('.uppy-Dashboard-inner')).toBeVisible();
  return dashboard;
}

const choose = (dashboard: Locator, files: Parameters<Locator['setInputFiles']>[0]): Promise<void> =>
  dashboard.locator('input.uppy-Dashboard-input').first().setInputFiles(files);

const start = (dashboard: Locator): Promise<void> =>
  dashboard.getByRole('button', { name: /^Upload \d+ files?$/ }).click();

/** Percentages that the status bar shows, as they come. */
async function watchProgress(page: Page): Promise<() => Promise<number[]>> {
  const handle = await page.evaluateHandle(() => {
    const seen: number[] = [];
    const look = (): void => {
      const bar = document.querySelector('#ours .uppy-StatusBar-progress');
      const value = Number(bar?.getAttribute('aria-valuenow') ?? Number.NaN);
      if (!Number.isNaN(value) && value !== seen.at(-1)) seen.push(value);
    };
    new MutationObserver(look).observe(document.querySelector('#ours')!, {
      subtree: true,
      childList: true,
      attributes: true,
    });
    return seen;
  });
  return () => handle.jsonValue();
}

test('the Dashboard uploads small and large files, whole, and its bar never goes back', async ({
  page,
  browserName,
  baseURL,
}) => {
  const dashboard = await openPage(page);
  await setFaults(page, { bytesPerSecond: 2 * MiB });
  const large = join(scratch, `${browserName}-large.bin`);
  const sha = await writeLargeFile(large, 40 * MiB);
  const text = Buffer.from('hello from the dashboard');
  const small = join(scratch, `${browserName} ü 1.txt`);
  await writeFile(small, text);
  await choose(dashboard, [large, small]);
  const progress = await watchProgress(page);
  await start(dashboard);
  await expect(dashboard.locator('.uppy-StatusBar.is-complete')).toBeVisible({ timeout: 90_000 });
  await expect(page.locator('#ours-note')).toContainText('proven by checksum');
  await setFaults(page, {});
  const seen = await progress();
  expect(seen.length).toBeGreaterThan(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  const bucket = new Bucket(baseURL!);
  expect(await bucket.sha256(`${folder}${browserName}-large.bin`)).toBe(sha);
  expect(await bucket.sha256(`${folder}${browserName} ü 1.txt`)).toBe(
    createHash('sha256').update(text).digest('hex'),
  );
  expect(await bucket.unfinished(folder)).toEqual([]);
});

test('pause, resume and cancel in the Dashboard', async ({ page, browserName, baseURL }) => {
  const dashboard = await openPage(page);
  await setFaults(page, { bytesPerSecond: MiB / 4 });
  const path = join(scratch, `${browserName}-paused.bin`);
  const sha = await writeLargeFile(path, 40 * MiB);
  await choose(dashboard, [path]);
  await start(dashboard);
  await dashboard.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(dashboard.getByText(/^Paused/).first()).toBeVisible();
  const bucket = new Bucket(baseURL!);
  expect(await bucket.sha256(`${folder}${browserName}-paused.bin`)).toBeUndefined();
  await setFaults(page, {});
  await dashboard.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(dashboard.locator('.uppy-StatusBar.is-complete')).toBeVisible({ timeout: 60_000 });
  expect(await bucket.sha256(`${folder}${browserName}-paused.bin`)).toBe(sha);

  await dashboard.getByRole('button', { name: 'Done', exact: true }).click();
  await setFaults(page, { bytesPerSecond: MiB / 4 });
  const gone = join(scratch, `${browserName}-cancelled.bin`);
  await writeLargeFile(gone, 40 * MiB);
  await choose(dashboard, [gone]);
  await start(dashboard);
  await expect.poll(() => bucket.unfinished(folder)).toEqual([`${folder}${browserName}-cancelled.bin`]);
  await dashboard.getByRole('button', { name: 'Cancel', exact: true }).last().click();
  await expect.poll(() => bucket.unfinished(folder)).toEqual([]);
  expect(await bucket.sha256(`${folder}${browserName}-cancelled.bin`)).toBeUndefined();
});

test('a refused file says why in the Dashboard, and is tried again', async ({
  page,
  browserName,
  baseURL,
}) => {
  const dashboard = await openPage(page);
  await setFaults(page, { storeFull: true });
  const buffer = randomBytes(20_000);
  await choose(dashboard, [{ name: `${browserName}-refused.bin`, mimeType: '', buffer }]);
  await start(dashboard);
  await expect(dashboard.getByText('Upload failed').first()).toBeVisible();
  await setFaults(page, {});
  await dashboard.locator('.uppy-StatusBar-actionBtn--retry').click();
  await expect(dashboard.locator('.uppy-StatusBar.is-complete')).toBeVisible();
  expect(await new Bucket(baseURL!).sha256(`${folder}${browserName}-refused.bin`)).toBe(
    createHash('sha256').update(buffer).digest('hex'),
  );
});

test('the drop zone compresses pictures and takes the camera’s', async ({ page, browserName, baseURL }) => {
  // A device that every browser has: a canvas that says it is a camera.
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    mediaDevices.getUserMedia = async () => {
      const canvas = document.createElement('canvas');
      canvas.width = 320;
      canvas.height = 240;
      const context = canvas.getContext('2d')!;
      let hue = 0;
      setInterval(() => {
        hue = (hue + 7) % 360;
        context.fillStyle = `hsl(${hue} 80% 50%)`;
        context.fillRect(0, 0, 320, 240);
      }, 50);
      return canvas.captureStream(20);
    };
    mediaDevices.enumerateDevices = async () =>
      [
        { kind: 'videoinput', deviceId: 'canvas', groupId: '', label: 'Canvas', toJSON() {} },
      ] as MediaDeviceInfo[];
  });
  await openPage(page);
  const bucket = new Bucket(baseURL!);
  const name = `${browserName}-picture.png`;
  const ended = await nextTransferEnd(page);
  const size = await page.evaluate(async fileName => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1600, height: 1600 });
    const context = canvas.getContext('2d')!;
    for (let at = 0; at < 4000; at++) {
      context.fillStyle = `rgb(${(at * 37) % 256} ${(at * 91) % 256} ${(at * 17) % 256})`;
      context.fillRect((at * 53) % 1600, (at * 101) % 1600, 40, 40);
    }
    const blob = await new Promise<Blob>(resolve => canvas.toBlob(made => resolve(made!), 'image/jpeg', 1));
    const file = new File([blob], fileName.replace('.png', '.jpg'), { type: 'image/jpeg' });
    await document.querySelector('upload-dropzone')!.add([file]);
    return blob.size;
  }, name);
  expect(await ended()).toMatchObject({ state: 'done', done: 1 });
  const stored = (await bucket.list('uppy/')).get(`uppy/${browserName}-picture.jpg`)!;
  expect(stored).toBeGreaterThan(0);
  expect(stored).toBeLessThan(size);

  const before = new Set((await bucket.list('uppy/')).keys());
  const shot = await nextTransferEnd(page);
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await page.getByRole('button', { name: /take a picture/i }).click();
  await page.getByRole('button', { name: /submit recorded/i }).click();
  expect(await shot()).toMatchObject({ state: 'done', done: 1 });
  const added = [...(await bucket.list('uppy/')).keys()].filter(key => !before.has(key));
  expect(added).toHaveLength(1);
  expect(added[0]).toMatch(/^uppy\/cam-.*\.(jpe?g|png|webp)$/);
});

test('a page that uses no Uppy loads no byte of it', async ({ context }) => {
  const withUppy = async (path: string): Promise<string[]> => {
    // A new one for each: leaving a page counts as a navigation in Firefox, and may come in between.
    const page = await context.newPage();
    const scripts = new Map<string, Promise<string>>();
    page.on('response', response => {
      const type = response.headers()['content-type'] ?? '';
      if (type.includes('javascript')) scripts.set(response.url(), response.text());
    });
    await page.goto(path, { waitUntil: 'networkidle' });
    const texts = await Promise.all([...scripts].map(async ([url, text]) => [url, await text] as const));
    expect(texts.length).toBeGreaterThan(0);
    await page.close();
    // Each of its packages carries its manifest in its code.
    return texts.filter(([, text]) => /@uppy\/(core|aws-s3|dashboard)/.test(text)).map(([url]) => url);
  };
  expect((await withUppy('/uppy/')).length).toBeGreaterThan(0);
  for (const path of ['/', '/form/', '/react/']) expect(await withUppy(path), path).toEqual([]);
});

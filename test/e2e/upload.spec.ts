import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { Bucket } from './support/bucket.js';
import { drop } from './support/drop.js';
import { sha256OfFile, sha256OfMembers, writeLargeFile, writeTree } from './support/files.js';
import { nextTransferEnd, openDemo, watchInFlight } from './support/page.js';
import { saveBy } from './support/saved.js';

const gibibyte = 1024 ** 3;
let folder: string;
let largeHash: string;
let tree: Map<string, string>;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upload-spec-'));
  largeHash = await writeLargeFile(join(folder, 'large run.bam'), gibibyte);
  tree = await writeTree(join(folder, 'survey 2026'), 2_000);
});

test.afterAll(() => rm(folder, { recursive: true, force: true }));

test('a 1 GiB file and a folder of 2,000 arrive byte for byte', async ({ page, browserName, baseURL }) => {
  test.setTimeout(600_000);
  const bucket = new Bucket(baseURL!);
  const into = `e2e-${browserName}/`;
  await openDemo(page, `/#${into}`);
  const parts = watchInFlight(
    page,
    request => request.method() === 'PUT' && /[?&]partNumber=/i.test(request.url()),
  );
  await page.request.delete('/api/stats');
  const ended = await nextTransferEnd(page);
  await drop(
    page,
    browserName,
    page.locator('upload-dropzone'),
    [join(folder, 'large run.bam'), join(folder, 'survey 2026')],
    path => (path.endsWith('survey 2026') ? [...tree.keys()] : []),
  );
  const result = await ended();
  expect(result.errors).toEqual([]);
  expect(result).toMatchObject({ state: 'done', done: 2_001, total: 2_001 });
  // The local store tells what it saw; of an external engine only the browser's side is known.
  const stats = await page.request.get('/api/stats');
  const seen = stats.ok() ? await stats.json() : undefined;
  expect(seen ? seen.maxInFlight.UploadPart : parts.most()).toBeGreaterThanOrEqual(4);
  if (seen) {
    // Small files go as forms, for which browsers ask no permission first.
    expect(seen.counts.PostObject).toBeGreaterThanOrEqual(2_000);
    expect(seen.counts.Preflight).toBeLessThan(500);
  }

  const stored = await bucket.list(into);
  const expected = new Map([...tree].map(([path, hash]) => [`${into}survey 2026/${path}`, hash]));
  expected.set(`${into}large run.bam`, largeHash);
  expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
  expect(Object.fromEntries(await bucket.sha256Of(expected.keys()))).toEqual(Object.fromEntries(expected));
  expect(await bucket.unfinished(into)).toEqual([]);

  const browser = page.locator('file-browser');
  await browser.getByRole('row', { name: 'large run.bam' }).click();
  const download = browser.getByRole('button', { name: /^Download/ }).first();
  const saved = await saveBy(page, browserName, () => download.click(), 240_000);
  expect(saved.name).toBe('large run.bam');
  expect(await sha256OfFile(saved.path)).toBe(largeHash);

  // Chromium would ask a person for a folder of the disk; without its picker a folder comes as one ZIP.
  await page.evaluate(() => void Object.assign(globalThis, { showDirectoryPicker: undefined }));
  await browser.getByRole('row', { name: 'survey 2026' }).click();
  const archive = await saveBy(page, browserName, () => download.click(), 240_000);
  expect(archive.name).toBe('survey 2026.zip');
  const members = await sha256OfMembers(archive.path);
  expect(Object.fromEntries(members)).toEqual(
    Object.fromEntries([...tree].map(([path, hash]) => [`survey 2026/${path}`, hash])),
  );
});

test('a cancelled upload leaves nothing behind', async ({ page, browserName, baseURL }) => {
  const bucket = new Bucket(baseURL!);
  const into = `e2e-cancel-${browserName}/`;
  await openDemo(page, `/#${into}`);
  const ended = await nextTransferEnd(page);
  const part = page.waitForRequest(request => /[?&]partNumber=/i.test(request.url()));
  await drop(page, browserName, page.locator('upload-dropzone'), [join(folder, 'large run.bam')], () => []);
  await part;
  await page
    .locator('transfer-list')
    .getByRole('button', { name: /^Cancel/ })
    .first()
    .click();
  const result = await ended();
  expect(result).toMatchObject({ state: 'cancelled', done: 0 });
  expect(await bucket.unfinished(into)).toEqual([]);
  expect([...(await bucket.list(into)).keys()]).toEqual([]);
});

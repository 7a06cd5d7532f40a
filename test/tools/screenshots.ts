/**
 * `npm run screenshots`: pictures of the demo's states in `test-results/screenshots/`, for a look before a release;
 * the two that the README shows go to `demo/screenshots/`. Starts its own demo on a store of its own.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { ensureBrowsers } from './browsers.mjs';

const folder = join('test-results', 'screenshots');
mkdirSync(folder, { recursive: true });
mkdirSync(join('demo', 'screenshots'), { recursive: true });
const data = mkdtempSync(join(tmpdir(), 'screenshots-'));
const demo = spawn(
  process.execPath,
  ['--import', 'tsx', 'demo/server/start.ts', '--built', '--port', '0', '--data', data],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const url = await new Promise<string>((done, fail) => {
  let said = '';
  demo.stdout.on('data', chunk => {
    said += chunk;
    const ready = /^READY (\S+)$/m.exec(said)?.[1];
    if (ready) done(ready);
  });
  demo.once('exit', () => fail(new Error(`The demo did not start. It said:\n${said}`)));
});
const found = ensureBrowsers().chromium;
if ('skip' in found) throw new Error(found.skip);
const browser: Browser = await chromium.launch(found.launchOptions);

interface Shot {
  name: string;
  path: string;
  width?: number;
  height?: number;
  scheme?: 'light' | 'dark';
  forcedColors?: 'active';
  act?: (page: Page) => Promise<void>;
}

const files = (count: number, size: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `sample ${index + 1}.bin`,
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(size, index),
  }));

async function upload(page: Page, count: number, size: number, wait = 2_500): Promise<void> {
  await page.locator('upload-dropzone input[type=file]').first().setInputFiles(files(count, size));
  await page.waitForTimeout(wait);
}

async function breakStore(page: Page, settings: object): Promise<void> {
  await page.request.post('/api/faults', { data: settings });
}

const slow = { bytesPerSecond: 300_000 };
const selectSome = async (page: Page) => {
  const rows = page.locator('file-browser').getByRole('row');
  await rows.nth(2).click();
  await rows.nth(4).click({ modifiers: ['Shift'] });
};
const shots: Shot[] = [
  {
    name: 'bucket-light',
    path: '/#runs/2026/',
    act: async page => {
      await breakStore(page, slow);
      await upload(page, 14, 400_000);
    },
  },
  { name: 'bucket-dark', path: '/', scheme: 'dark', act: selectSome },
  { name: 'bucket-rtl', path: '/?dir=rtl#names/' },
  { name: 'bucket-narrow', path: '/#microscopy/', width: 320, height: 900 },
  { name: 'bucket-forced-colors', path: '/', forcedColors: 'active', act: selectSome },
  { name: 'names', path: '/#names/' },
  { name: 'empty', path: '/#nested/an%20empty%20folder/' },
  {
    name: 'error',
    path: '/#reports/',
    act: async page => {
      await breakStore(page, { rules: [{ operation: 'ListObjectsV2', status: 403, code: 'AccessDenied' }] });
      await page.reload();
      await page.waitForTimeout(2_500);
    },
  },
  {
    name: 'loading',
    path: '/#tables/',
    act: async page => {
      await breakStore(page, { delay: 5_000 });
      await page.reload();
      await page.waitForTimeout(1_500);
    },
  },
  {
    name: 'failed-uploads',
    path: '/#reports/',
    act: async page => {
      await breakStore(page, { storeFull: true });
      await upload(page, 3, 100_000, 4_000);
    },
  },
  { name: 'many', path: '/#frames%20(12%2C000)/' },
  { name: 'million-rows', path: '/rows/' },
  { name: 'form', path: '/form/' },
  { name: 'form-dark', path: '/form/', scheme: 'dark' },
  { name: 'faults', path: '/faults/' },
  {
    name: 'delete-dialog',
    path: '/#microscopy/',
    act: async page => {
      await page.locator('file-browser').getByRole('row').nth(1).click();
      await page.keyboard.press('Delete');
      await page.waitForTimeout(600);
    },
  },
  {
    name: 'menu',
    path: '/#reports/',
    act: async page => {
      await page.locator('file-browser').getByRole('row').nth(1).click({ button: 'right' });
      await page.waitForTimeout(400);
    },
  },
];

const only = process.argv[2];
try {
  for (const shot of shots) {
    if (only && !shot.name.includes(only)) continue;
    const context = await browser.newContext({
      baseURL: url,
      viewport: { width: shot.width ?? 1280, height: shot.height ?? 800 },
      colorScheme: shot.scheme ?? 'light',
      ...(shot.forcedColors ? { forcedColors: shot.forcedColors } : {}),
    });
    const page = await context.newPage();
    await page.goto(shot.path);
    await page.waitForTimeout(1_500);
    await shot.act?.(page);
    await page.screenshot({ path: join(folder, `${shot.name}.png`) });
    await breakStore(page, {});
    await context.close();
    console.log(shot.name);
  }
  for (const name of ['bucket-light', 'bucket-dark']) {
    if (!only) copyFileSync(join(folder, `${name}.png`), join('demo', 'screenshots', `${name}.png`));
  }
} finally {
  await browser.close();
  demo.kill('SIGTERM');
  await new Promise(done => demo.once('exit', done));
  rmSync(data, { recursive: true, force: true });
}

/** What the specs of the platforms' page do again and again. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page, test } from 'playwright/test';
import { nextTransferEnd } from './page.js';
import { saveBy } from './saved.js';

/** Opens a platform's page, which connects to its stand-in by itself. */
export async function openPlatform(page: Page, platform: string): Promise<Locator> {
  const running = await (await page.request.get('/api/platforms')).json();
  test.skip(!(platform in running), 'The stand-ins run on the local store; the storage is an external one.');
  await page.goto(`/platforms/?platform=${platform}`);
  await expect(page.locator('#connected')).toContainText('the stand-in on this machine');
  return page.locator('file-browser');
}

/** A bucket, record or workspace made through the browser's own form, and shown. */
export async function create(browser: Locator, word: string, label: string, name: string): Promise<void> {
  await browser.getByRole('button', { name: `More about this ${word}` }).click();
  await browser.getByRole('menuitem', { name: `New ${word}…` }).click();
  await browser.getByRole('textbox', { name: label, exact: true }).fill(name);
  if (word === 'record') {
    await browser.getByRole('textbox', { name: 'Creators' }).fill('Doe, Jo');
    await browser.getByRole('textbox', { name: 'Type of resource' }).fill('dataset');
    await browser.getByRole('textbox', { name: 'Publication date' }).fill('2026');
  }
  await browser.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(switcher(browser)).toContainText(name);
}

export const switcher = (browser: Locator) => browser.locator('.container-switch');
export const row = (browser: Locator, name: string) => browser.getByRole('row', { name });

/** Uploads a file, and waits until it is listed. */
export async function upload(page: Page, browser: Locator, name: string, bytes: Buffer): Promise<void> {
  const ended = await nextTransferEnd(page);
  const dropzone = page.locator('upload-dropzone');
  // Files can be set on a field that a person cannot use.
  await expect(dropzone.getByRole('button', { name: 'Choose files' })).toBeEnabled();
  await dropzone
    .locator('input[type=file]')
    .first()
    .setInputFiles([{ name, mimeType: 'application/octet-stream', buffer: bytes }]);
  const result = await ended();
  expect(result.errors).toEqual([]);
  expect(result).toMatchObject({ state: 'done', done: 1, total: 1 });
  await expect(row(browser, name)).toBeVisible();
}

/** Downloads a file through the browser and compares it byte for byte. */
export async function downloadBack(
  page: Page,
  browserName: string,
  browser: Locator,
  name: string,
  bytes: Buffer,
): Promise<void> {
  await row(browser, name).click();
  const download = browser.getByRole('button', { name: /^Download/ }).first();
  const saved = await saveBy(page, browserName, () => download.click());
  expect(saved.name).toBe(name);
  expect(bytes.equals(await readFile(saved.path))).toBe(true);
}

export async function remove(browser: Locator, name: string): Promise<void> {
  await row(browser, name).click();
  await browser.getByRole('button', { name: 'Delete', exact: true }).click();
  await browser.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(row(browser, name)).toHaveCount(0);
}

/** What every platform can do. */
export async function roundTrip(
  page: Page,
  browserName: string,
  browser: Locator,
  size = 300_000,
): Promise<string> {
  const name = `probe ${browserName} ü+1.bin`;
  const bytes = randomBytes(size);
  await upload(page, browser, name, bytes);
  await downloadBack(page, browserName, browser, name, bytes);
  await remove(browser, name);
  return name;
}

/** Presses one of the platform's own controls and waits for what it says. */
export async function special(
  page: Page,
  name: string,
  says: RegExp | string,
  answer?: string,
): Promise<void> {
  const specials = page.locator('#specials');
  if (answer === undefined) await specials.getByRole('button', { name }).click();
  else {
    const field = specials.getByRole('textbox', { name });
    await field.fill(answer);
    await field.press('Enter');
  }
  await expect(page.locator('#said')).toContainText(says);
}

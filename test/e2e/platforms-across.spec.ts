/** The platforms' own controls beyond a round trip, and what leads from one platform, or a directory, to another. */
import { randomBytes } from 'node:crypto';
import { expect, type Page, test } from 'playwright/test';
import { create, downloadBack, openPlatform, remove, row, special, upload } from './support/platforms.js';

/** Catches what a page puts into the clipboard: Firefox lets no test read it. */
async function catchCopied(page: Page): Promise<() => Promise<string>> {
  await page.addInitScript(() => {
    const writeText = async (text: string) => void Object.assign(globalThis, { copiedText: text });
    const write = async ([item]: ClipboardItem[]) =>
      writeText(await (await item!.getType('text/plain')).text());
    Object.defineProperties(navigator.clipboard, {
      writeText: { value: writeText },
      write: { value: write },
    });
  });
  return () => page.evaluate(() => (globalThis as { copiedText?: string }).copiedText ?? '');
}

/** What the server tells of a stand-in's own variables. */
async function environmentOf(page: Page, platform: string): Promise<Record<string, string>> {
  return (await (await page.request.get('/api/platforms')).json())[platform];
}

/** Sends a PUT as somebody would who was only given the address. */
async function putBy(url: string, bytes: Buffer): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream' };
  const { status } = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) });
  expect(status).toBe(200);
}

const bytesAt = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer());

type Files = Record<string, string>;

/** Lets the page's next picker answer with a directory of its private file system that holds these files. */
async function pickDirectory(page: Page, name: string, files: Files): Promise<void> {
  await page.evaluate(
    async ([directoryName, contents]) => {
      const root = await navigator.storage.getDirectory();
      const directory = await root.getDirectoryHandle(directoryName, { create: true });
      for (const [path, text] of Object.entries(contents)) {
        const parts = path.split('/');
        let folder = directory;
        for (const part of parts.slice(0, -1)) {
          folder = await folder.getDirectoryHandle(part, { create: true });
        }
        const writable = await (await folder.getFileHandle(parts.at(-1)!, { create: true })).createWritable();
        await writable.write(text);
        await writable.close();
      }
      Object.assign(globalThis, { showDirectoryPicker: async () => directory });
    },
    [name, files] as const,
  );
}

/** What a directory of the page's private file system holds. */
const directoryHolds = (page: Page, name: string): Promise<Files> =>
  page.evaluate(async directoryName => {
    const found: Record<string, string> = {};
    const walk = async (folder: FileSystemDirectoryHandle, prefix: string) => {
      for await (const [child, handle] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>) {
        const path = prefix + child;
        if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle, `${path}/`);
        else found[path] = await (await (handle as FileSystemFileHandle).getFile()).text();
      }
    };
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle(directoryName), '');
    return found;
  }, name);

/** Only Chromium has the picker; the page asks for it when it is connected. */
const withPicker = (page: Page) =>
  page.addInitScript(() => {
    Object.assign(globalThis, { showDirectoryPicker: undefined });
    Object.assign(globalThis, { showDirectoryPicker: async () => undefined });
  });

test('Deep Lake: chosen files become rows of a table, by their ids', async ({ page, browserName }) => {
  const copied = await catchCopied(page);
  const browser = await openPlatform(page, 'deep-lake');
  const name = `linked ${browserName} '); --.bin`;
  await upload(page, browser, name, randomBytes(64));
  await row(browser, name).click();
  await special(page, 'Id of the chosen file', 'Copied: ');
  const id = await copied();
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const table = `images ${browserName}`;
  const link = 'Link the chosen files to the table';
  await special(page, link, 'Deep Lake has no such table in this workspace.', table);

  const environment = await environmentOf(page, 'deep-lake');
  const { DEEP_LAKE_BASE_URL: base, DEEP_LAKE_TOKEN: token, DEEP_LAKE_WORKSPACE: workspace } = environment;
  const run = (query: string) =>
    fetch(`${base}/workspaces/${workspace}/tables/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
  await run(`CREATE TABLE IF NOT EXISTS "${workspace}"."${table}" (title TEXT, file_id UUID)`);
  await special(page, link, `1 rows with title and file_id added`, table);
  const answer = await run(`SELECT * FROM "${workspace}"."${table}"`);
  const { columns, rows } = await answer.json();
  expect(columns).toEqual(['title', 'file_id']);
  expect(rows).toContainEqual([name, id]);

  await special(page, 'Files like the chosen one', 'There is no other of this name and size.');
  await remove(browser, name);
});

for (const { platform, label } of [
  { platform: 'deep-origin', label: 'Deep Origin' },
  { platform: 'smarts-bio', label: 'smarts.bio' },
  { platform: 'ubiops', label: 'UbiOps' },
]) {
  test(`${label}: a link takes a file without a token, and another one gives it`, async ({
    page,
    browserName,
  }) => {
    const copied = await catchCopied(page);
    const browser = await openPlatform(page, platform);
    const name = `by link ${browserName} ü+1.bin`;
    const bytes = randomBytes(70_000);
    if (platform === 'smarts-bio') {
      const question = 'Copy an upload URL for a new file: its bytes and its name';
      await special(page, question, 'Copied. A PUT', `${bytes.length} ${name}`);
      await special(page, 'Confirm what was uploaded so', `smarts.bio does not see ${name}`);
      await putBy(await copied(), bytes);
      await special(page, 'Confirm what was uploaded so', `${name} is stored.`);
    } else {
      await special(page, 'Copy an upload URL for a new file named', 'Copied. A PUT', name);
      await putBy(await copied(), bytes);
      await browser.getByRole('button', { name: 'Refresh' }).click();
    }
    await row(browser, name).click();
    await browser.getByRole('button', { name: 'Copy link…' }).click();
    const dialog = browser.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Copy link', exact: true }).click();
    await expect(dialog).toContainText('opied');
    expect(bytes.equals(await bytesAt(await copied()))).toBe(true);
    await page.keyboard.press('Escape');
    await remove(browser, name);
  });
}

test('a directory is brought to a bucket and back, and what would be done is shown first', async ({
  page,
  browserName,
}) => {
  await withPicker(page);
  const browser = await openPlatform(page, 'ubiops');
  await create(browser, 'bucket', 'Name', `synced-${browserName}`);
  const across = page.locator('#across');
  const said = page.locator('#said');
  const steps = across.getByRole('listitem');

  await pickDirectory(page, 'mine', { 'a.txt': 'first', 'sub/ü b.txt': 'second' });
  await across.getByRole('button', { name: 'Bring a directory here…' }).click();
  await expect(said).toHaveText('2 to create, 0 to replace, 0 are the same.');
  await expect(steps).toHaveText([/^create a\.txt/, /^create sub\/ü b\.txt/]);
  // It was only looked at so far.
  await browser.getByRole('button', { name: 'Refresh' }).click();
  await expect(row(browser, 'a.txt')).toHaveCount(0);
  await across.getByRole('button', { name: 'Do this' }).click();
  await expect(said).toHaveText('All files of the directory are in this folder now.');
  await expect(row(browser, 'a.txt')).toBeVisible();
  await expect(row(browser, 'sub')).toBeVisible();

  // Another directory has an older content, one more file, and lacks one.
  await pickDirectory(page, 'yours', { 'a.txt': 'another content', 'own.txt': 'stays' });
  await across.getByRole('button', { name: 'Bring this folder to a directory…' }).click();
  await expect(said).toHaveText('1 to create, 1 to replace, 0 are the same.');
  await expect(steps).toHaveText([/^replace a\.txt/, /^create sub\/ü b\.txt/]);
  expect(await directoryHolds(page, 'yours')).toEqual({ 'a.txt': 'another content', 'own.txt': 'stays' });
  await across.getByRole('button', { name: 'Do this' }).click();
  await expect(said).toHaveText('All files of this folder are in the directory now.');
  expect(await directoryHolds(page, 'yours')).toEqual({
    'a.txt': 'first',
    'own.txt': 'stays',
    'sub/ü b.txt': 'second',
  });

  // Looked at once more, there is nothing to do, and nothing is offered.
  await across.getByRole('button', { name: 'Bring this folder to a directory…' }).click();
  await expect(said).toHaveText('0 to create, 0 to replace, 2 are the same.');
  await expect(across.getByRole('button', { name: 'Do this' })).toHaveCount(0);
});

test('copies what is selected from one platform to another', async ({ page, browserName }) => {
  const from = await openPlatform(page, 'deep-origin');
  const name = `across ${browserName} ü+1.txt`;
  const bytes = randomBytes(5000);
  await upload(page, from, name, bytes);
  const across = page.locator('#across');
  await across.getByRole('button', { name: 'Copy there' }).click();
  await expect(page.locator('#said')).toContainText('Select the files');
  await row(from, name).click();
  await across.getByRole('combobox').selectOption({ label: 'UbiOps' });
  await across.getByRole('button', { name: 'Copy there' }).click();
  await expect(page.locator('#said')).toContainText('1 of 1 files are at UbiOps now.');
  // Once more: the copy that is there stays as it is.
  await across.getByRole('button', { name: 'Copy there' }).click();
  await expect(page.locator('#said')).toContainText('1 of 1 files are at UbiOps now.');
  await remove(from, name);
  const to = await openPlatform(page, 'ubiops');
  await expect(to.getByRole('row', { name: `across ${browserName} ü+1` })).toHaveCount(2);
  await downloadBack(page, browserName, to, name, bytes);
  await remove(to, name);
});

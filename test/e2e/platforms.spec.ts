import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'playwright/test';
import {
  create,
  downloadBack,
  openPlatform,
  remove,
  roundTrip,
  row,
  special,
  switcher,
  upload,
} from './support/platforms.js';
import { saveBy } from './support/saved.js';

test('Deep Origin: a round trip, and the service’s health', async ({ page, browserName }) => {
  const browser = await openPlatform(page, 'deep-origin');
  await expect(switcher(browser)).toHaveCount(0);
  await roundTrip(page, browserName, browser);
  await upload(page, browser, 'packed.bin', randomBytes(1000));
  const zip = await saveBy(page, browserName, () =>
    special(page, 'Download this folder as the platform’s ZIP', 'is saved.'),
  );
  expect(zip.name).toMatch(/\.zip$/);
  expect((await readFile(zip.path)).subarray(0, 2).toString()).toBe('PK');
  await remove(browser, 'packed.bin');
  await special(page, 'Health and version', /The service says: \S+, version \S+/);
  await special(page, 'Import from the address', 'This is no address.', 'nonsense');
  const address = `${new URL(page.url()).origin}/platforms/index.html`;
  await special(page, 'Import from the address', 'index.html is stored', address);
  await remove(browser, 'index.html');
});

test('smarts.bio: a round trip, another workspace, and a description', async ({ page, browserName }) => {
  const browser = await openPlatform(page, 'smarts-bio');
  await expect(switcher(browser)).toBeVisible();
  // Above the form's threshold: signed, sent to the storage, confirmed.
  await roundTrip(page, browserName, browser, 11_000_000);
  // Keys can see workspaces, and neither make nor change them.
  await expect(browser.locator('.container-commands')).toHaveCount(0);
  await switcher(browser).click();
  const others = browser.locator('.container-choice:not([aria-current])');
  const name = await others.first().locator('.container-name').innerText();
  await others.first().click();
  await expect(switcher(browser)).toContainText(name);
  await upload(page, browser, `note-${browserName}.txt`, Buffer.from('note'));
  await row(browser, `note-${browserName}.txt`).click();
  await special(page, 'Describe the chosen files', '1 files described.', 'A note of the test.');
  await remove(browser, `note-${browserName}.txt`);
});

test('InvenioRDM: a draft is made, filled and published, and is frozen then', async ({
  page,
  browserName,
}) => {
  const browser = await openPlatform(page, 'invenio');
  await expect(browser).toContainText('No record chosen');
  await expect(page.locator('upload-dropzone')).toBeHidden();
  await create(browser, 'record', 'Title', `Soil probes ${browserName}`);
  await roundTrip(page, browserName, browser);
  const bytes = randomBytes(5_000);
  await upload(page, browser, 'kept.bin', bytes);

  await browser.getByRole('button', { name: 'Publish…' }).click();
  await browser.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(browser).toContainText('its files are frozen');
  await expect(row(browser, 'kept.bin')).toBeVisible();
  await expect(page.locator('upload-dropzone')).toBeHidden();
  await expect(browser.getByRole('button', { name: 'Upload files' })).toHaveCount(0);
  await row(browser, 'kept.bin').click();
  await expect(browser.getByRole('button', { name: 'Delete', exact: true })).toHaveCount(0);
  await downloadBack(page, browserName, browser, 'kept.bin', bytes);

  await special(page, 'New version', 'This is the draft of the new version');
  await expect(page.locator('upload-dropzone')).toBeVisible();
  await special(page, 'Take over the files of the version before', '1 files, and no bytes copied.');
  await expect(row(browser, 'kept.bin')).toBeVisible();
});

test('InvenioRDM: the files of a record stay frozen while its description is edited', async ({
  page,
  browserName,
}) => {
  const browser = await openPlatform(page, 'invenio');
  await create(browser, 'record', 'Title', `Water probes ${browserName}`);
  await upload(page, browser, 'kept.bin', randomBytes(100));
  await row(browser, 'kept.bin').click();
  await special(page, 'Metadata of the chosen file', 'This is no JSON object.', '{wrong');
  await browser.getByRole('button', { name: 'Publish…' }).click();
  await browser.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(browser).toContainText('its files are frozen');

  await special(page, 'Edit the description', 'the files stay frozen');
  await expect(row(browser, 'kept.bin')).toBeVisible();
  await expect(browser.locator('.container-status')).toHaveText('draft');
  await expect(browser.locator('.container-note')).toBeVisible();
  await expect(page.locator('upload-dropzone')).toBeHidden();
  await expect(browser.getByRole('button', { name: 'Upload files' })).toHaveCount(0);
  for (const name of [
    'Delete all files',
    'Take over the files of the version before',
    'Let the repository fetch',
  ])
    await expect(page.locator('#specials').getByText(name)).toHaveCount(0);
});

test('Deep Lake: a round trip without folders, and a workspace that comes and goes', async ({
  page,
  browserName,
}) => {
  const browser = await openPlatform(page, 'deep-lake');
  for (const name of ['New folder', 'Upload a folder', 'Type a path'])
    await expect(browser.getByRole('button', { name })).toHaveCount(0);
  await roundTrip(page, browserName, browser);
  await create(browser, 'workspace', 'Name', `probes-${browserName}`);
  await upload(page, browser, 'row.bin', randomBytes(100));
  // The id is the key that rows are joined by.
  await expect(page.locator('#said')).toContainText(/Stored as [0-9a-f-]{36}/);
  await row(browser, 'row.bin').click();
  await browser.getByRole('button', { name: 'More about this workspace' }).click();
  await browser.getByRole('menuitem', { name: 'Delete workspace…' }).click();
  const confirm = browser.getByRole('button', { name: 'Delete workspace', exact: true });
  await expect(confirm).toBeDisabled();
  await browser.getByRole('textbox', { name: /^To confirm/ }).fill(`probes-${browserName}`);
  await confirm.click();
  await expect(browser).toContainText('No workspace chosen');
});

test('UbiOps: a round trip in a bucket made here, found by its label', async ({ page, browserName }) => {
  const browser = await openPlatform(page, 'ubiops');
  await expect(switcher(browser)).toContainText('default');
  await create(browser, 'bucket', 'Name', `probes-${browserName}`);
  await roundTrip(page, browserName, browser);

  await browser.getByRole('button', { name: 'More about this bucket' }).click();
  await browser.getByRole('menuitem', { name: 'Edit bucket…' }).click();
  await expect(browser.getByRole('button', { name: 'Save' })).toBeEnabled();
  await browser.getByRole('textbox', { name: 'Labels' }).fill(`browser: ${browserName}`);
  await browser.getByRole('textbox', { name: 'Description' }).fill('Of the test.');
  await browser.getByRole('button', { name: 'Save' }).click();
  await expect(browser.getByRole('dialog')).toHaveCount(0);

  await switcher(browser).click();
  await browser.getByRole('searchbox', { name: 'Label' }).fill(`browser:${browserName}`);
  await expect(browser.locator('.container-choice')).toHaveCount(1);
  await expect(browser.locator('.container-choice')).toContainText(/probes-.*Of the test\./s);
  await browser.getByRole('button', { name: 'Close' }).click();
  await special(page, 'About this bucket', /probes-\S+: .*, held by ubiops/);
});

test('a wrong token is told in words, and never written down', async ({ page }) => {
  const browser = await openPlatform(page, 'ubiops');
  await expect(browser.getByRole('grid')).toBeVisible();
  await page.locator('#connected').click();
  await page.getByLabel('Token').fill('wrong-token-5150');
  await page.getByRole('button', { name: 'Connect' }).click();
  await expect(browser.getByRole('alert')).toContainText(/token/i);
  const written = await page.evaluate(() => {
    const texts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), location.href];
    const walk = (root: Document | ShadowRoot) => {
      for (const element of root.querySelectorAll('*')) {
        for (const { value } of element.attributes) texts.push(value);
        if (element.shadowRoot) walk(element.shadowRoot);
      }
      texts.push(root.textContent ?? '');
    };
    walk(document);
    return texts.join('\n');
  });
  expect(written).not.toContain('wrong-token-5150');
});

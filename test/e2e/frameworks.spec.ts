import { expect, test } from 'playwright/test';
import { nextTransferEnd, openDemo, openEntry } from './support/page.js';

/** Properties, events and slots without wrappers. */
for (const [framework, path] of [
  ['React 19', '/react/'],
  ['Vue 3', '/vue/'],
] as const) {
  test(`the elements work inside ${framework}`, async ({ page, browserName }) => {
    const problems: string[] = [];
    page.on('pageerror', error => problems.push(String(error)));
    await openDemo(page, path);
    const browser = page.locator('file-browser');

    // Event out, property back in: the framework's state holds the path.
    await openEntry(browser, 'nested');
    await expect(page.locator('#path')).toHaveText('/nested/');
    await expect(browser).toHaveJSProperty('path', 'nested/');

    await openEntry(browser, 'an empty folder');
    const word = framework.startsWith('React') ? 'says React' : 'says Vue';
    await expect(page.getByText(word)).toBeVisible();

    const ended = await nextTransferEnd(page);
    const name = `from ${framework} in ${browserName}.txt`;
    await page
      .locator('upload-dropzone input[type=file]')
      .first()
      .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(framework) });
    expect(await ended()).toMatchObject({ state: 'done', done: 1 });
    await expect(page.locator('#ended')).toHaveText('Last upload: 1 stored.');
    await expect(browser.getByText(name, { exact: true }).first()).toBeVisible();
    await browser.getByText(name, { exact: true }).first().click();
    await expect(page.locator('#count')).toHaveText('1');
    await browser.getByText(name, { exact: true }).first().press('Delete');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Delete/ })
      .click();
    await expect(browser.getByText(name, { exact: true })).toHaveCount(0);
    expect(problems).toEqual([]);
  });
}

import { randomBytes } from 'node:crypto';
import { expect, test } from 'playwright/test';
import { roundTrip, row, special, upload } from './support/platforms.js';

test('the browser’s own storage: a round trip, and files that are there after a reload', async ({
  page,
  browserName,
}) => {
  const sent: string[] = [];
  await page.goto('/platforms/?platform=this-browser');
  await expect(page.locator('#connected')).toContainText('its folder “files”');
  const browser = page.locator('file-browser');
  page.on('request', request => void (request.method() === 'GET' || sent.push(request.url())));
  await roundTrip(page, browserName, browser, 2_000_000);
  await upload(page, browser, 'draft.bin', randomBytes(50_000));
  await special(page, 'How much fits', /GB of at most .* GB are used/);
  expect(sent, 'requests that could carry bytes').toEqual([]);
  await page.reload();
  await expect(row(browser, 'draft.bin')).toBeVisible();
});

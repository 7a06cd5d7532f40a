import { expect, test } from 'playwright/test';
import { Bucket } from './support/bucket.js';
import { sha256OfFile } from './support/files.js';
import { openDemo } from './support/page.js';
import { saveBy } from './support/saved.js';

test('a file comes down byte for byte', async ({ page, browserName, baseURL }) => {
  await openDemo(page, '/form/');
  const saved = await saveBy(page, browserName, () =>
    page.locator('download-button#one').getByRole('button').first().click(),
  );
  expect(saved.name).toBe('reads.bam');
  expect(await sha256OfFile(saved.path)).toBe(await new Bucket(baseURL!).sha256('runs/2026/reads.bam'));
});

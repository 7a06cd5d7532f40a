import { expect, type Page, test } from 'playwright/test';
import { Bucket } from './support/bucket.js';
import { keepFile } from './support/kept-file.js';
import { tabTo } from './support/keyboard.js';
import { openDemo } from './support/page.js';

/** Uploads at the storage that nobody goes on with are found and removed, by somebody who has only a keyboard. */

/** The storage tells the page that uploads of one folder began two days ago; those of other tests stay young. */
async function ageUploads(page: Page, folder: string): Promise<void> {
  const then = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000).toISOString();
  await page.route(
    url => url.searchParams.has('uploads'),
    async route => {
      if (route.request().method() !== 'GET') return route.fallback();
      const response = await route.fetch();
      const body = (await response.text()).replace(/<Upload>.*?<\/Upload>/gs, upload =>
        upload.includes(folder) ? upload.replace(/(<Initiated>)[^<]*/, `$1${then}`) : upload,
      );
      return route.fulfill({ response, body });
    },
  );
}

/** Uploads in this browser's journal. */
const recorded = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('file-transfer-elements.uploads');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const counting = opening.result.transaction('uploads').objectStore('uploads').count();
          counting.onsuccess = () => resolve(counting.result);
          counting.onerror = () => reject(counting.error);
          opening.result.close();
        };
      }),
  );

test.afterEach(async ({ request }) => {
  await request.post('/api/faults', { data: {} });
});

test('with the keyboard: forgotten uploads are removed, that of this browser is not', async ({
  page,
  browserName,
}, { retry }) => {
  const into = `e2e-strays-${browserName}-${retry}/`;
  await openDemo(page, `/#${into}`);
  const bucket = new Bucket(new URL(page.url()).origin);
  await bucket.begin(`${into}forgotten-1.bin`);
  await bucket.begin(`${into}forgotten-2.bin`);

  // One of this browser's own, broken off by a reload: it is offered to be gone on with, not to be removed.
  const rule = { operation: 'UploadPart', key: `${into}*`, stall: 'before' };
  const faults = await page.request.post('/api/faults', { data: { rules: [rule] } });
  test.skip(!faults.ok(), 'Holding parts back takes the local store.');
  page.on('dialog', dialog => dialog.accept());
  await keepFile(page, 'mine.bin', 64);
  await page.locator('upload-dropzone').getByRole('button', { name: 'Choose files' }).click();
  await expect.poll(() => bucket.unfinished(into)).toHaveLength(3);
  await expect.poll(() => recorded(page)).toBe(1);

  await ageUploads(page, into);
  await page.reload();
  const strays = page.locator('transfer-list stray-prompt');
  await expect(strays.getByRole('group', { name: '2 unfinished uploads lie at the storage' })).toBeVisible();
  await expect(strays).toContainText('forgotten-1.bin');
  await expect(strays).toContainText('forgotten-2.bin');
  await expect(strays).not.toContainText('mine.bin');

  await tabTo(page, /^Remove/);
  await page.keyboard.press('Enter');
  await expect(strays.getByRole('group')).toHaveCount(0);
  expect(await bucket.unfinished(into)).toEqual([`${into}mine.bin`]);
  // What had the focus is gone: the keyboard goes on in the list, not at the top of the page.
  await expect.poll(() => page.evaluate(() => document.activeElement?.localName)).toBe('transfer-list');

  const own = page.locator('transfer-list resume-prompt');
  await expect(own).toContainText('mine.bin');
  await tabTo(page, /^Discard/);
  await page.keyboard.press('Enter');
  await expect.poll(() => bucket.unfinished(into)).toEqual([]);
});

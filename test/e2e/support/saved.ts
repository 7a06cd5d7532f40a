import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';

/** A file that the browser has saved. */
export interface SavedFile {
  name: string;
  path: string;
}

/** Does something that makes the browser save a file, and waits until the file is whole. */
export async function saveBy(
  page: Page,
  browserName: string,
  act: () => Promise<void>,
  timeout = 60_000,
): Promise<SavedFile> {
  try {
    return await saved(page, browserName, act, timeout);
  } catch (error) {
    // What the page tells the person says why nothing came.
    const list = page.locator('transfer-list').first();
    const told = await list.ariaSnapshot({ timeout: 5_000 }).catch(() => '(no transfer list)');
    throw new Error(`${(error as Error).message}\n${told}`, { cause: error });
  }
}

/**
 * Firefox's WebDriver reports no download of a `blob:` URL, so there the folder is watched; Firefox writes to `.part`
 * until it is done.
 */
async function saved(
  page: Page,
  browserName: string,
  act: () => Promise<void>,
  timeout: number,
): Promise<SavedFile> {
  if (browserName === 'chromium') {
    const event = page.waitForEvent('download', { timeout });
    await act();
    const download = await event;
    return { name: download.suggestedFilename(), path: await download.path() };
  }
  const folder = process.env.E2E_DOWNLOADS!;
  const names = async () => new Set(await readdir(folder).catch(() => []));
  const before = await names();
  await act();
  const end = Date.now() + timeout;
  while (Date.now() < end) {
    const now = [...(await names())];
    const fresh = now.filter(name => !before.has(name));
    const [name] = fresh.filter(candidate => !candidate.endsWith('.part'));
    if (name && !fresh.some(candidate => candidate.endsWith('.part'))) {
      const path = join(folder, name);
      const { size } = await stat(path);
      await new Promise(done => setTimeout(done, 300));
      if ((await stat(path)).size === size) return { name: name.replace(/\(\d+\)(?=\.[^.]*$|$)/, ''), path };
    }
    await new Promise(done => setTimeout(done, 200));
  }
  throw new Error(`Nothing was saved within ${timeout / 1000} s.`);
}

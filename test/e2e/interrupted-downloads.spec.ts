import { randomBytes } from 'node:crypto';
import { expect, type Locator, type Page, test } from 'playwright/test';
import { Bucket } from './support/bucket.js';
import { sha256OfFile } from './support/files.js';
import { tabTo } from './support/keyboard.js';
import { openDemo } from './support/page.js';
import { saveBy } from './support/saved.js';

/** A download that a reload broke off goes on with one key press, and nothing that came is fetched again. */

const mebibyte = 1024 * 1024;

type Place = 'files' | 'folder';
interface Stretch {
  readonly start: number;
  readonly end: number;
}

const prompt = (page: Page): Locator => page.locator('transfer-list download-prompt');

async function setFaults(page: Page, rules: readonly object[]): Promise<boolean> {
  return (await page.request.post('/api/faults', { data: { rules } })).ok();
}

/** Begins a download in the page; what comes of it shows in the list. */
const begin = (page: Page, path: string, to: Place): Promise<void> =>
  page
    .locator('download-button')
    .first()
    .evaluate(
      async (element, wanted) => {
        const button = element as HTMLElement & { path: string; download(to: Place): Promise<unknown> };
        button.path = wanted.path;
        await button.download(wanted.to);
      },
      { path, to },
    );

/** All rows of a table of the kit's. */
const rowsOf = <Row>(page: Page, database: string, table: string): Promise<Row[]> =>
  page.evaluate(
    async ([database, table]) => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      // Opened before the kit has made it, it would be an empty one for good.
      const known = await indexedDB.databases();
      if (!known.some(({ name }) => name === database)) return [];
      const db = await done(indexedDB.open(database));
      try {
        return JSON.parse(
          JSON.stringify(await done(db.transaction(table).objectStore(table).getAll())),
        ) as Row[];
      } finally {
        db.close();
      }
    },
    [`file-transfer-elements.${database}`, table] as const,
  );

/** What the browser keeps of a staged file. */
async function stagedOf(page: Page, path: string): Promise<Stretch[]> {
  const rows = await rowsOf<{ path: string; stretches: { start: number; size: number }[] }>(
    page,
    'staged',
    'files',
  );
  const kept = rows.filter(row => row.path === path).flatMap(({ stretches }) => stretches);
  return kept.map(({ start, size }) => ({ start, end: start + size }));
}

const sizeOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { start, end }) => sum + end - start, 0);

/** Names of all files in the browser's own storage. */
const keptFiles = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const names: string[] = [];
    const look = async (folder: FileSystemDirectoryHandle, base: string): Promise<void> => {
      const entries = (
        folder as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }
      ).entries();
      for await (const [name, handle] of entries) {
        if (handle.kind === 'directory') await look(handle as FileSystemDirectoryHandle, `${base}${name}/`);
        else names.push(base + name);
      }
    };
    await look(await navigator.storage.getDirectory(), '');
    return names;
  });

interface Fetched extends Stretch {
  readonly isWhole: boolean;
}

/** Ranges of an object that the store was asked for since its log was emptied. */
async function fetched(page: Page, key: string): Promise<Fetched[]> {
  const { log } = (await (await page.request.get('/api/stats')).json()) as {
    log: { operation: string; key: string; range?: string; status: number; ended?: number }[];
  };
  return log
    .filter(each => each.operation === 'GetObject' && each.key === key)
    .map(({ range, status, ended }) => {
      const [, start, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
      const end = last === undefined ? Number.POSITIVE_INFINITY : Number(last) + 1;
      return { start: Number(start ?? 0), end, isWhole: status === 206 && ended !== undefined };
    });
}

test.describe('after a reload', () => {
  const keys: string[] = [];

  test.afterEach(async ({ page, baseURL }) => {
    await page.request.post('/api/faults', { data: {} });
    const bucket = new Bucket(baseURL!);
    for (const key of keys.splice(0)) await bucket.remove(key);
  });

  async function stored(baseURL: string, key: string, size: number): Promise<string> {
    keys.push(key);
    await new Bucket(baseURL).put(key, new Uint8Array(randomBytes(size)));
    return key;
  }

  test('with the keyboard: one large file goes on where it was, another one is discarded', async ({
    page,
    browserName,
    baseURL,
  }) => {
    test.setTimeout(300_000);
    const folder = `e2e-cut-${browserName}/`;
    const size = 72 * mebibyte;
    const cut = await stored(baseURL!, `${folder}cut.bin`, size);
    const unwanted = await stored(baseURL!, `${folder}unwanted.bin`, size);
    await openDemo(page, '/downloads/');
    await page.request.delete('/api/stats');
    const rangesThatPass = 8;
    const held = { operation: 'GetObject', skip: rangesThatPass, stall: 'before' };
    const canHold = await setFaults(page, [
      { ...held, key: cut },
      { ...held, key: unwanted },
    ]);
    test.skip(!canHold, 'Holding ranges back takes the local store.');
    page.on('dialog', dialog => dialog.accept());
    // One after the other: ranges that are held back keep the connections.
    for (const key of [cut, unwanted]) {
      await begin(page, key, 'files');
      const state = async () => {
        const whole = (await fetched(page, key)).filter(({ isWhole }) => isWhole);
        return { whole: whole.length, unkept: sizeOf(whole) - sizeOf(await stagedOf(page, key)) };
      };
      await expect.poll(state, { timeout: 60_000 }).toEqual({ whole: rangesThatPass, unkept: 0 });
      await page.reload();
      await expect(prompt(page)).toContainText('interrupted');
    }
    await expect(prompt(page)).toContainText('2 downloads were interrupted');
    await expect(prompt(page)).toContainText('are here already and are not fetched again');
    await expect(prompt(page).getByRole('listitem')).toHaveText([/^\s*cut\.bin/, /^\s*unwanted\.bin/]);
    await setFaults(page, []);
    // What was held back ends with the pages that asked for it, a little later in some browsers.
    const underWay = async (): Promise<number> => {
      const { log } = (await (await page.request.get('/api/stats')).json()) as {
        log: { operation: string; ended?: number }[];
      };
      return log.filter(({ operation, ended }) => operation === 'GetObject' && ended === undefined).length;
    };
    await expect.poll(underWay, { timeout: 30_000 }).toBe(0);
    await page.request.delete('/api/stats');

    await tabTo(page, /^Discard the download of unwanted\.bin$/);
    await page.keyboard.press('Enter');
    await expect(prompt(page)).toContainText('1 download was interrupted');
    await expect.poll(async () => (await keptFiles(page)).length).toBe(1);
    expect(await stagedOf(page, unwanted)).toEqual([]);
    const records = await rowsOf<{ label: string }>(page, 'downloads', 'downloads');
    expect(records.map(({ label }) => label)).toEqual(['cut.bin']);
    expect(JSON.stringify(records)).not.toMatch(/x-amz|signature|credential|token/i);

    const kept = await stagedOf(page, cut);
    expect(sizeOf(kept)).toBeGreaterThanOrEqual(size / 4);
    // The keyboard is still in the offer.
    const saved = await saveBy(page, browserName, () => page.keyboard.press('Enter'));
    expect(saved.name).toBe('cut.bin');
    expect(await sha256OfFile(saved.path)).toBe(await new Bucket(baseURL!).sha256(cut));
    const again = (await fetched(page, cut)).filter(range =>
      // What the test itself has read for its hash has no range.
      Number.isFinite(range.end)
        ? kept.some(({ start, end }) => range.start < end && start < range.end)
        : false,
    );
    expect(again).toEqual([]);
    expect(await fetched(page, unwanted)).toEqual([]);
    await expect(prompt(page)).toHaveText('');
    await expect.poll(() => rowsOf(page, 'downloads', 'downloads')).toEqual([]);
    await expect.poll(() => rowsOf(page, 'staged', 'files')).toEqual([]);
  });

  test('a folder goes on in the folder that was picked, without the files that are there', async ({
    page,
    browserName,
    baseURL,
  }) => {
    test.skip(browserName !== 'chromium', 'The others have no folder picker.');
    const bucket = new Bucket(baseURL!);
    const folder = 'e2e-folder/run/';
    const names = ['a.bin', 'b.bin', 'deep/c.bin', 'd.bin'];
    for (const name of names) await stored(baseURL!, folder + name, 3 * mebibyte);
    await page.addInitScript(() => {
      const pick = async () =>
        (await navigator.storage.getDirectory()).getDirectoryHandle('Photos', { create: true });
      Object.assign(window, { showDirectoryPicker: pick });
    });
    await openDemo(page, '/downloads/');
    const missing = ['d.bin', 'deep/c.bin'];
    const held = missing.map(name => ({ operation: 'GetObject', key: folder + name, stall: 'before' }));
    test.skip(!(await setFaults(page, held)), 'Holding files back takes the local store.');
    page.on('dialog', dialog => dialog.accept());
    await begin(page, folder, 'folder');
    await expect
      .poll(
        async () =>
          (await rowsOf<{ files: string[] }>(page, 'downloads', 'finished')).flatMap(row => row.files).length,
      )
      .toBe(names.length - missing.length);
    await page.reload();
    await expect(prompt(page)).toContainText('into the folder Photos');
    await expect(prompt(page)).toContainText('2 of 4 files are there');
    await expect(prompt(page)).toContainText('6 MiB of 12 MiB are here already');
    await setFaults(page, []);
    await page.request.delete('/api/stats');
    await tabTo(page, /^Resume$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => rowsOf(page, 'downloads', 'downloads'), { timeout: 60_000 }).toEqual([]);
    await expect(prompt(page)).toHaveText('');
    for (const name of names) {
      const asked = await fetched(page, folder + name);
      expect(asked.length > 0, name).toBe(missing.includes(name));
    }
    const hashes = await page.evaluate(async () => {
      const found: [string, string][] = [];
      const look = async (handle: FileSystemDirectoryHandle, base: string): Promise<void> => {
        const entries = (
          handle as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }
        ).entries();
        for await (const [name, inner] of entries) {
          if (inner.kind === 'directory') await look(inner as FileSystemDirectoryHandle, `${base}${name}/`);
          else {
            const bytes = await (await (inner as FileSystemFileHandle).getFile()).arrayBuffer();
            const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
            found.push([base + name, [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('')]);
          }
        }
      };
      const root = await navigator.storage.getDirectory();
      await look(await root.getDirectoryHandle('Photos'), '');
      return found.sort();
    });
    const expected: [string, string | undefined][] = [];
    for (const name of names) expected.push([`run/${name}`, await bucket.sha256(folder + name)]);
    expect(hashes).toEqual(expected.sort());
  });
});

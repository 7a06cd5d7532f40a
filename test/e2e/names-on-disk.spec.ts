import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { LocalNames, localName } from '../../src/transfer/names.js';
import { drop } from './support/drop.js';
import { newProfile, openProfile } from './support/killed-browser.js';
import { openDemo } from './support/page.js';

/** All characters of every kind that a browser may refuse, and a few letters and the like. */
function oddCharacters(): string[] {
  const characters: string[] = [];
  for (let point = 0; point < 0x11_0000; point += 1) {
    const character = String.fromCodePoint(point);
    const isOdd =
      /[\p{Cc}\p{Cf}\p{Z}\p{Noncharacter_Code_Point}]/u.test(character) ||
      (point < 0x250 && /[\p{P}\p{S}]/u.test(character));
    if (isOdd || point % 9973 === 0) characters.push(character);
  }
  return characters;
}

const names = [
  ...'notes.txt~ Thumbs.db .~lock.f.odt# ~$plan.docx . .. ... ..txt ~ .a a..b 100%.txt fine.txt'.split(' '),
  ...'con con.x NUL.tar.gz com1 conin$ clock$ con~ desktop.ini a.lnk .lnk a.scf a.url a.lnk~'.split(' '),
  ...'a.{21EC2020-3AEA} .{b} .{x}.{y} a.{} Readme README'.split(' '),
  ...['. .', '. a', 'a. ', '', '👩\u200d🔬 results.csv', 'می\u200cخواهم.pdf', 'e\u0301', '\ud800'],
  ...[`${'é'.repeat(200)}.bam`, 'x'.repeat(300), `${'y'.repeat(251)}.bam`],
];

/** What an origin-private directory takes says nothing: it takes nearly everything. */
test('a folder of the disk takes every name that a file is saved under', async ({
  browserName,
  launchOptions,
  baseURL,
}) => {
  test.skip(browserName !== 'chromium', 'only Chromium lets a page write into a folder of the disk');
  const parent = await mkdtemp(join(tmpdir(), 'names-on-disk-'));
  const folder = join(parent, 'folder');
  await mkdir(folder);
  const profile = await newProfile();
  // Writing is allowed without a question, which nobody could answer here.
  const allowed = { [`${new URL(baseURL!).origin},*`]: { setting: 1 } };
  await mkdir(join(profile, 'Default'));
  await writeFile(
    join(profile, 'Default', 'Preferences'),
    JSON.stringify({ profile: { content_settings: { exceptions: { file_system_write_guard: allowed } } } }),
  );
  const page = await openProfile(browserName, profile, launchOptions, baseURL!);
  try {
    await openDemo(page, '/form/');
    await page.evaluate(() => {
      const area = document.createElement('div');
      area.id = 'area';
      area.style.cssText = 'position: fixed; inset: 0; z-index: 9';
      area.addEventListener('dragover', event => event.preventDefault());
      area.addEventListener('drop', event => {
        event.preventDefault();
        const item = event.dataTransfer!.items[0] as unknown as {
          getAsFileSystemHandle(): Promise<FileSystemHandle>;
        };
        Object.assign(globalThis, { dropped: item.getAsFileSystemHandle() });
      });
      document.body.append(area);
    });
    await drop(page, browserName, page.locator('#area'), [folder], () => []);
    await page.waitForFunction(() => 'dropped' in globalThis);

    /** The name is refused before the file is looked for. */
    const refused = (some: readonly string[]): Promise<string[]> =>
      page.evaluate(async asked => {
        const { dropped } = globalThis as unknown as { dropped: Promise<FileSystemDirectoryHandle> };
        const directory = await dropped;
        const said: string[] = [];
        for (const name of asked) {
          const error = await directory.getFileHandle(name).catch((thrown: Error) => thrown);
          if (error instanceof Error && error.name !== 'NotFoundError') said.push(JSON.stringify(name));
        }
        return said;
      }, some);
    expect(await refused(['notes.txt~', 'a\u200db', 'fine.txt'])).toEqual(['"notes.txt~"', '"a\u200db"']);
    const odd = oddCharacters().flatMap(each => [`a${each}b`, `${each}b`, `a${each}`, `.${each}b`]);
    expect(await refused(odd.map(name => localName(name.replaceAll('/', ''))))).toEqual([]);

    const given = new LocalNames();
    const places = names.map(name => given.place(name)[0]!);
    const failed = await page.evaluate(async wanted => {
      const { dropped } = globalThis as unknown as { dropped: Promise<FileSystemDirectoryHandle> };
      const directory = await dropped;
      const said: string[] = [];
      for (const name of wanted) {
        try {
          const writable = await (await directory.getFileHandle(name, { create: true })).createWritable();
          await writable.write(name);
          await writable.close();
        } catch (error) {
          said.push(`${JSON.stringify(name)}: ${error}`);
        }
      }
      return said;
    }, places);
    expect(failed).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual([...places].sort());
  } finally {
    await page.context().close();
    await rm(parent, { recursive: true, force: true });
    await rm(profile, { recursive: true, force: true });
  }
});

import type { Adapter } from '../../src/adapters/adapter.js';
import type { Entry } from '../../src/core/entry.js';
import { equal, ok, refusal, skipped } from './check.js';
import type { ContractOptions, Group } from './describe-adapter.js';
import { signal, upload } from './transfer.js';

/** All pages of a listing. */
export async function listAll(
  adapter: Adapter,
  path: string,
  more: { recursive?: boolean; limit?: number; namePrefix?: string } = {},
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let token: string | undefined, pages = 0; ; pages += 1) {
    ok(pages < 200, 'a listing that does not end');
    const page = await adapter.list(path, { signal, ...more, ...(token === undefined ? {} : { token }) });
    entries.push(...page.entries);
    if (page.next === undefined) return entries;
    token = page.next;
  }
}

/** Entries of the long listing, unless there is a reason for fewer. */
const FULL = 3000;

const paths = (entries: readonly Entry[]): string[] => entries.map(entry => entry.path).sort();

export function describeListing(group: Group, options: ContractOptions): void {
  const { it } = options.runner;
  const { manyEntries = FULL } = options;
  if (!options.functions.includes('list') || !options.functions.includes('openUpload')) return;

  group('listings', current => {
    it('is empty at the beginning', async () => {
      equal((await current().adapter.list('', { signal })).entries, [], 'the root');
    });

    it('shows one level, folders as entries', async () => {
      const { adapter } = current();
      if (adapter.capabilities.folders === 'none') {
        await upload(adapter, 'top.txt', new Blob(['top.txt']));
        return skipped('the storage has no folders');
      }
      for (const path of ['top.txt', 'one/a.txt', 'one/two/b.txt', 'one.txt', 'öne/c.txt']) {
        await upload(adapter, path, new Blob([path]));
      }
      equal(paths(await listAll(adapter, '')), ['one.txt', 'one/', 'top.txt', 'öne/'].sort(), 'the root');
      equal(paths(await listAll(adapter, 'one/')), ['one/a.txt', 'one/two/'], 'a folder');
      const folder = (await listAll(adapter, '')).find(entry => entry.path === 'one/');
      equal([folder?.kind, folder?.name, folder?.size], ['folder', 'one', undefined], 'a folder’s entry');
      equal((await adapter.stat?.('one/', { signal }))?.kind, 'folder', 'stat of a folder');
      equal(await adapter.stat?.('nowhere/', { signal }), undefined, 'stat of no folder');
      equal(await adapter.stat?.('nowhere', { signal }), undefined, 'stat of no file');
      return undefined;
    });

    it('shows everything below when asked', async () => {
      const { adapter } = current();
      const { folders, recursiveList } = adapter.capabilities;
      if (folders === 'none') return skipped('the storage has no folders');
      if (!recursiveList) return skipped('the adapter declares no listing of all levels at once');
      equal(
        paths(await listAll(adapter, 'one/', { recursive: true })),
        ['one/a.txt', 'one/two/b.txt'],
        'a folder and all below',
      );
    });

    it('describes files', async () => {
      const entry = (await listAll(current().adapter, '')).find(other => other.path === 'top.txt')!;
      equal([entry.kind, entry.name, entry.size], ['file', 'top.txt', 7], 'the entry');
      ok(entry.modified === undefined || Math.abs(entry.modified - Date.now()) < 3_600_000, 'the time');
      ok(!entry.etag?.includes('"'), 'an ETag with quotes');
    });

    it('takes an impossible folder for what it is', async () => {
      const error = await refusal(current().adapter.list('top.txt', { signal }), 'the listing of a file');
      equal(error.reason, 'invalid-input', 'the reason');
    });

    const { fewerBecause } = options;
    if (fewerBecause !== undefined) {
      it(`pages through ${FULL} entries`, async () => skipped(`${manyEntries} here: ${fewerBecause}`));
    }
    const expected = Array.from(
      { length: manyEntries },
      (_, index) => `many/${index} of ${manyEntries} ü.txt`,
    );

    it(`pages through ${manyEntries} entries without a gap or a double`, async () => {
      const { adapter } = current();
      await inParallel(expected, path => upload(adapter, path, new Blob(['x'])).then(() => undefined));
      equal(paths(await listAll(adapter, 'many/')), expected.toSorted(), 'all pages');
      const page = await adapter.list('many/', { signal, limit: 7 });
      ok(page.entries.length <= 7 && page.entries.length > 0, `${page.entries.length} entries of 7`);
      ok(page.next !== undefined, 'the first of many pages has no next');
    });

    it(`deletes ${manyEntries} entries`, async () => {
      const { adapter } = current();
      if (!adapter.remove) return skipped('the adapter deletes nothing');
      const results = await adapter.remove(expected, { signal });
      equal(
        results.map(result => result.path),
        expected,
        'one result a path, in order',
      );
      equal(results.filter(result => result.error).length, 0, 'deletions that failed');
      equal(await listAll(adapter, 'many/').catch(() => []), [], 'what is left');
      return undefined;
    });

    it('filters by the beginning of the name, where it can', async () => {
      const { adapter } = current();
      for (const name of ['alpha', 'alphabet', 'beta']) {
        await upload(adapter, `names/${name}`, new Blob([name]));
      }
      const found = paths(await listAll(adapter, 'names/', { namePrefix: 'alpha' }));
      ok(found.includes('names/alpha') && found.includes('names/alphabet'), 'a name that fits is missing');
    });
  });
}

async function inParallel<T>(values: readonly T[], run: (value: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < values.length) await run(values[next++]!);
  };
  await Promise.all(Array.from({ length: 12 }, worker));
}

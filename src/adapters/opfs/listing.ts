/** Pages of a folder, in the order of UTF-16 code units. */
import type { Entry, ListPage } from '../../core/entry.js';
import type { ListOptions } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import { problem } from './problems.js';
import { fileEntry, folderEntry, ifThere, type Tree } from './tree.js';

/** Most files looked at at once; each look is a turn of the browser's own process. */
const looks = 64;

export type Lister = (folder: string, options: ListOptions) => Promise<ListPage>;

/** The names of a folder are read once for all pages of a listing; the files of a page when it is asked for. */
export function createLister(tree: Tree, pageSize: number): Lister {
  let kept: { readonly id: string; readonly paths: readonly string[] } | undefined;

  async function read(path: string, namePrefix: string): Promise<readonly string[]> {
    const folder = await tree.folder(path);
    // One that goes while it is read is as empty as one that is gone.
    const names = (folder && (await ifThere(tree.names(folder, path === '')))) ?? [];
    return names
      .filter(name => name.startsWith(namePrefix))
      .map(name => path + name)
      .sort();
  }

  /** A file that has gone since its name was read is left out. */
  async function entryOf(path: string): Promise<Entry | undefined> {
    if (path.endsWith('/')) return folderEntry(path);
    const handle = await tree.file(path);
    return handle && ifThere(fileEntry(path, handle));
  }

  return async (path, options) => {
    const { signal, token, limit, namePrefix = '' } = options;
    if (signal.aborted) throw abortedError();
    if (path !== '' && !path.endsWith('/')) {
      throw problem('invalid-input', 'Only folders can be listed, and their paths end in “/”.', path);
    }
    const id = JSON.stringify([path, namePrefix]);
    const known = token !== undefined && kept?.id === id ? kept.paths : undefined;
    const paths = known ?? (await read(path, namePrefix));
    kept = { id, paths };
    // The token is the last path of the page before, so that changes in between neither hide nor repeat entries.
    const start = token === undefined ? 0 : paths.findIndex(each => each > token);
    const end = start < 0 ? paths.length : start + Math.max(1, Math.min(limit ?? pageSize, pageSize));
    const page = start < 0 ? [] : paths.slice(start, end);
    const entries: Entry[] = [];
    for (let next = 0; next < page.length; next += looks) {
      if (signal.aborted) throw abortedError();
      const some = await Promise.all(page.slice(next, next + looks).map(entryOf));
      entries.push(...some.filter(entry => entry !== undefined));
    }
    if (signal.aborted) throw abortedError();
    const last = page.at(-1);
    return {
      entries,
      total: paths.length,
      ...(last !== undefined && end < paths.length ? { next: last } : {}),
    };
  };
}

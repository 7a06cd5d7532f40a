/** Pages of a folder, in the order of UTF-16 code units. */
import type { ListPage } from '../../core/entry.js';
import type { ListOptions } from '../adapter.js';
import { folderEntry, type MemoryStore, problem } from './store.js';

export type Lister = (folder: string, options: ListOptions) => ListPage;

/** Listings are kept until something changes, so that paging through a million files stays cheap. */
export function createLister(store: MemoryStore, pageSize: number): Lister {
  const kept = new Map<string, readonly string[]>();
  let keptAt = -1;

  function pathsOf(folder: string, namePrefix: string, recursive: boolean): readonly string[] {
    if (keptAt !== store.changes) {
      kept.clear();
      keptAt = store.changes;
    }
    const id = JSON.stringify([folder, namePrefix, recursive]);
    const known = kept.get(id);
    if (known) return known;
    const found = new Set<string>();
    for (const path of store.below(folder)) {
      if (!path.startsWith(namePrefix, folder.length)) continue;
      const end = path.indexOf('/', folder.length);
      found.add(end < 0 || recursive ? path : path.slice(0, end + 1));
    }
    const paths = [...found].sort();
    kept.set(id, paths);
    return paths;
  }

  return (folder, { token, limit, recursive = false, namePrefix = '' }) => {
    if (folder !== '' && !folder.endsWith('/')) {
      throw problem('invalid-input', 'Only folders can be listed, and their paths end in “/”.', folder);
    }
    if (store.native && !store.hasFolder(folder)) {
      throw problem('not-found', 'The folder is no longer there.', folder);
    }
    const paths = pathsOf(folder, namePrefix, recursive);
    // The token is the last path of the page before, so that changes in between neither hide nor repeat entries.
    const start = token === undefined ? 0 : firstAfter(paths, token);
    const page = paths.slice(start, start + Math.max(1, Math.min(limit ?? pageSize, pageSize)));
    const last = page.at(-1);
    return {
      entries: page.map(path => (path.endsWith('/') ? folderEntry(path) : store.fileEntry(path))),
      total: paths.length,
      ...(last !== undefined && start + page.length < paths.length ? { next: last } : {}),
    };
  };
}

function firstAfter(sorted: readonly string[], value: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

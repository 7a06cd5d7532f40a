import type { Adapter } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { nameOf, parentPath } from '../../core/path.js';
import { isBelow, listingPages } from '../listing-pages.js';
import type { DownloadAs } from '../types.js';

/** A file to download, and where it goes relative to what was asked for. */
export interface WantedFile {
  readonly entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>;
  /** Remote path below the folder that holds the folder asked for; for a single file its name. */
  readonly relative: string;
  /** Local segments, safe already, where the caller has chosen them. */
  readonly place?: readonly string[];
  /** For a file that is no file of the storage's: makes its content. */
  write?(signal: AbortSignal): Promise<string>;
  /** The platform packs it: its size is not known before. */
  readonly archive?: boolean;
  /** That content, once it is made: thousands may wait for their turn, and as a `Blob` each takes some 20 kB. */
  readonly content?: string;
}

/**
 * What tells files of one relative path apart, which need places of their own: what the storage knows of a file is made
 * under a name that another file of the storage may have.
 */
export const sourceOf = ({ entry, write }: WantedFile): string =>
  write ? `${entry.path}\nmade` : entry.path;

/** What a download is asked for: a path, an entry, or either under a name of the caller's. */
export type Wanted =
  | string
  | Entry
  | (DownloadAs & { readonly entry?: WantedFile['entry']; readonly place?: readonly string[] });

const isNamed = (wanted: Wanted): wanted is Extract<Wanted, DownloadAs> =>
  typeof wanted === 'object' && 'as' in wanted;

/** A path that ends in `/` stands for a folder, unless an entry says that it is a file of that name. */
export const isFolder = (wanted: Wanted): boolean => {
  if (isNamed(wanted)) return false;
  return typeof wanted === 'string' ? wanted === '' || wanted.endsWith('/') : wanted.kind === 'folder';
};

/** What finding files needs of a storage. */
export type Lister = Pick<Adapter, 'list' | 'capabilities'>;

async function* filesBelow(adapter: Lister, folder: string, signal: AbortSignal): AsyncGenerator<Entry> {
  const recursive = adapter.capabilities.recursiveList;
  // Depth first without recursion: folders still to be listed, the next one last.
  const folders = [folder];
  const known = new Set(folders);
  for (let path = folders.pop(); path !== undefined; path = folders.pop()) {
    const listed = path;
    const deeper: string[] = [];
    for await (const entries of listingPages(at => adapter.list(listed, { signal, recursive, ...at }))) {
      for (const entry of entries) {
        if (entry.kind === 'file') yield entry;
        else if (!recursive && isBelow(entry.path, listed) && !known.has(entry.path)) {
          known.add(entry.path);
          deeper.push(entry.path);
        }
      }
    }
    folders.push(...deeper.reverse());
  }
}

/**
 * The files that the paths stand for, as they are found. A path that ends in `/` (or is empty) is a folder with
 * everything below it. Rejects with `TransferError`.
 */
export async function* wantedFiles(
  adapter: Lister,
  paths: readonly Wanted[],
  signal: AbortSignal,
): AsyncGenerator<WantedFile> {
  for (const wanted of paths) {
    const path = typeof wanted === 'string' ? wanted : wanted.path;
    if (isNamed(wanted)) {
      const { as, place, entry = { path, id: wanted.id ?? path } } = wanted;
      yield { entry, relative: as, ...(place === undefined ? {} : { place }) };
    } else if (isFolder(wanted)) {
      const base = parentPath(path);
      for await (const entry of filesBelow(adapter, path, signal)) {
        yield { entry, relative: entry.path.slice(base.length) };
      }
    } else if (typeof wanted !== 'string') {
      yield { entry: wanted, relative: wanted.name };
    } else {
      yield { entry: { path, id: path }, relative: nameOf(path) };
    }
  }
}

/** A file with its size: what the storage says when only the path is known, or the content that is made for it. */
export async function described(
  adapter: Adapter,
  file: WantedFile,
  signal: AbortSignal,
): Promise<WantedFile> {
  const { entry } = file;
  if (file.write && file.content === undefined) {
    const content = await file.write(signal);
    return { ...file, content, entry: { ...entry, size: new TextEncoder().encode(content).length } };
  }
  if (entry.size !== undefined || file.archive === true) return file;
  if (adapter.stat === undefined) return file;
  const found = await adapter.stat(entry.path, { signal });
  if (found !== undefined) return { ...file, entry: found };
  throw new TransferError(
    `${entry.path} is not in the storage any more. It may have been moved or deleted.`,
    {
      kind: 'fatal',
      reason: 'not-found',
      path: entry.path,
    },
  );
}

/** Words for a heading. */
export function labelOf(paths: readonly Wanted[]): string {
  const first = paths[0];
  if (first === undefined) return '';
  const name = typeof first === 'string' ? nameOf(first) : isNamed(first) ? nameOf(first.as) : first.name;
  return paths.length === 1 ? name || '/' : `${name} + ${paths.length - 1}`;
}

import type { Adapter } from '../../adapters/adapter.js';
import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { nameOf, parentPath } from '../../core/path.js';

/** A file to download, and where it goes relative to what was asked for. */
export interface WantedFile {
  readonly entry: Pick<Entry, 'path' | 'id'> & Partial<Entry>;
  /** Remote path below the folder that holds the folder asked for; for a single file its name. */
  readonly relative: string;
}

/** A path that ends in `/` stands for a folder, unless an entry says that it is a file of that name. */
export const isFolder = (wanted: string | Entry): boolean =>
  typeof wanted === 'string' ? wanted === '' || wanted.endsWith('/') : wanted.kind === 'folder';

async function* filesBelow(adapter: Adapter, folder: string, signal: AbortSignal): AsyncGenerator<Entry> {
  const recursive = adapter.capabilities.recursiveList;
  // Depth first without recursion: folders still to be listed, the next one last.
  const folders = [folder];
  for (let path = folders.pop(); path !== undefined; path = folders.pop()) {
    let token: string | undefined;
    const deeper: string[] = [];
    do {
      const page = await adapter.list(path, { signal, recursive, ...(token === undefined ? {} : { token }) });
      for (const entry of page.entries) {
        if (entry.kind === 'file') yield entry;
        else if (!recursive && entry.path !== path) deeper.push(entry.path);
      }
      token = page.next;
    } while (token !== undefined);
    folders.push(...deeper.reverse());
  }
}

/**
 * The files that the paths stand for, as they are found. A path that ends in `/` (or is empty) is a folder with
 * everything below it. Rejects with `TransferError`.
 */
export async function* wantedFiles(
  adapter: Adapter,
  paths: readonly (string | Entry)[],
  signal: AbortSignal,
): AsyncGenerator<WantedFile> {
  for (const wanted of paths) {
    const path = typeof wanted === 'string' ? wanted : wanted.path;
    if (isFolder(wanted)) {
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

/** What the storage says about a file of which only the path is known. */
export async function described(
  adapter: Adapter,
  entry: WantedFile['entry'],
  signal: AbortSignal,
): Promise<WantedFile['entry']> {
  if (entry.size !== undefined || adapter.stat === undefined) return entry;
  const found = await adapter.stat(entry.path, { signal });
  if (found !== undefined) return found;
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
export function labelOf(paths: readonly (string | Entry)[]): string {
  const first = paths[0];
  if (first === undefined) return '';
  const name = typeof first === 'string' ? nameOf(first) : first.name;
  return paths.length === 1 ? name || '/' : `${name} + ${paths.length - 1}`;
}

/** Reading listings of a storage to their end, also of one whose listings have none. */
import type { Entry, ListPage } from '../core/entry.js';
import { repeatedToken } from '../core/errors.js';
import { joinPath } from '../core/path.js';

/** The entries of a listing, page by page. Throws `TransferError` when a page leads back to one that was read. */
export async function* listingPages(
  read: (at: { readonly token?: string }) => Promise<ListPage>,
): AsyncGenerator<readonly Entry[]> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const { entries, next } = await read(token === undefined ? {} : { token });
    yield entries;
    if (next !== undefined && seen.has(next)) throw repeatedToken();
    if (next !== undefined) seen.add(next);
    token = next;
  } while (token !== undefined);
}

/** Whether a path lies strictly below a folder: following only such ones leads back to none. */
export const isBelow = (path: string, folder: string): boolean => {
  const start = joinPath(folder, '');
  return path.length > start.length && path.startsWith(start);
};

/** How much a button stands for, where that takes a look into folders. */
import type { Adapter } from '../../../adapters/adapter.js';

/** Pages of listings read for one number: some thousand files at most storages. */
const mostPages = 3;

export interface Extent {
  /** Files counted in folders; undefined where no folder is among the paths. */
  readonly files: number | undefined;
  /** Bytes; undefined where the storage does not tell all of them. */
  readonly bytes: number | undefined;
  /** There is more: nobody wants a bucket listed to the end for a number. */
  readonly isMore: boolean;
  /** First path that the storage does not have. */
  readonly missing: string | undefined;
}

export const isFolderPath = (path: string): boolean => path === '' || path.endsWith('/');

/** Rejects with what the storage said. */
export async function extentOf(
  adapter: Adapter,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Extent> {
  const single = paths.filter(path => !isFolderPath(path));
  const folders = paths.filter(isFolderPath);
  const entries = await Promise.all(single.map(path => adapter.stat!(path, { signal })));
  const missing = single.find((_, index) => entries[index] === undefined);
  const sum = new Sum();
  for (const entry of entries) sum.add(entry?.size);
  const recursive = adapter.capabilities.recursiveList;
  let pages = 0;
  let isMore = false;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    let token: string | undefined;
    do {
      if (pages === mostPages) {
        isMore = true;
        break;
      }
      pages += 1;
      const page = await adapter.list(folder, {
        signal,
        recursive,
        ...(token === undefined ? {} : { token }),
      });
      for (const { kind, path, size } of page.entries) {
        if (kind === 'file') sum.add(size);
        else if (!recursive && path !== folder) folders.push(path);
      }
      token = page.next;
    } while (token !== undefined);
    if (isMore) break;
  }
  const files = single.length === paths.length ? undefined : sum.files;
  return { files, bytes: missing === undefined ? sum.bytes : undefined, isMore, missing };
}

class Sum {
  files = 0;
  bytes: number | undefined = 0;

  add(size: number | undefined): void {
    this.files += 1;
    this.bytes = size === undefined || this.bytes === undefined ? undefined : this.bytes + size;
  }
}

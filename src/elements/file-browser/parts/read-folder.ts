import type { Adapter } from '../../../adapters/adapter.js';
import type { ReadPage } from '../../../core/listing.js';

/**
 * Reads a folder page by page. Where folders are made of the slashes in names, one that never was lists like an empty
 * one: before a person is told that a folder is empty, the storage is asked whether it is there at all.
 */
export function folderReader(adapter: Adapter, path: string): ReadPage {
  return async options => {
    const page = await adapter.list(path, options);
    const isEmpty = page.entries.length === 0 && page.next === undefined && options.token === undefined;
    if (!isEmpty || path === '' || page.missing !== undefined || !adapter.stat) return page;
    // Whoever cannot be asked is not accused of lacking it.
    const folder = await adapter.stat(path, { signal: options.signal }).catch(() => null);
    return folder === undefined ? { ...page, missing: true } : page;
  };
}

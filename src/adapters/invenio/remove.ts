import { TransferError } from '../../core/errors.js';
import type { CallOptions, ItemResult, UnfinishedUpload } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import type { InvenioClient } from './client.js';
import { allFiles } from './list.js';
import { requireFileName } from './names.js';
import { removeFile } from './start.js';
import { timeOf } from './wire.js';

/** Each deletion changes the record; many at once get into each other's way at the repository. */
const AT_ONCE = 3;

export async function remove(
  client: InvenioClient,
  paths: readonly string[],
  { signal }: CallOptions,
): Promise<readonly ItemResult[]> {
  if (signal.aborted) throw abortedError();
  const results: ItemResult[] = [];
  let next = 0;
  const work = async () => {
    while (next < paths.length) {
      const index = next++;
      results[index] = await removeOne(client, paths[index]!, { signal });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (signal.aborted) throw abortedError();
  return results;
}

async function removeOne(client: InvenioClient, path: string, { signal }: CallOptions): Promise<ItemResult> {
  try {
    // Folders are only the slashes in names: there is nothing of their own to delete.
    if (!path.endsWith('/')) {
      requireFileName(path);
      await removeFile(client, path, { signal, attempts: client.attempts });
    }
    return { path };
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    return { path, error };
  }
}

/** Deletes every file of the draft with one request. */
export async function removeAll(client: InvenioClient, { signal }: CallOptions): Promise<void> {
  await client.send('DELETE', client.filesUrl, { signal, attempts: client.attempts });
  client.names = new Set();
}

/** Files that were announced and never closed. They keep the record from being published. */
export async function listUnfinishedUploads(
  client: InvenioClient,
  prefix: string,
  { signal }: CallOptions,
): Promise<readonly UnfinishedUpload[]> {
  const files = await allFiles(client, { signal });
  return files.flatMap(({ key, status, transfer, size, created }) => {
    if (status !== 'pending' || transfer?.type === 'F' || !key.startsWith(prefix)) return [];
    const { parts, part_size: partSize } = transfer ?? {};
    const begun = parts && partSize && size ? { count: parts, partSize, size: Number(size) } : {};
    const started = timeOf(created);
    return [{ path: key, state: begun, ...(started === undefined ? {} : { started }) }];
  });
}

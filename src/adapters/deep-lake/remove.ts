import { TransferError } from '../../core/errors.js';
import type { CallOptions, ItemResult } from '../adapter.js';
import { abortedError } from '../http-errors.js';
import type { DeepLakeClient } from './client.js';
import { requireFileId } from './entries.js';

/** Deletes in parallel, each file by a request of its own: the API has no call for many. */
export async function remove(
  client: DeepLakeClient,
  paths: readonly string[],
  call: CallOptions,
): Promise<readonly ItemResult[]> {
  if (call.signal.aborted) throw abortedError();
  const results = new Map<string, ItemResult>();
  const unique = [...new Set(paths)];
  let next = 0;
  const worker = async () => {
    while (next < unique.length) {
      const path = unique[next++]!;
      results.set(path, await removeOne(client, path, call));
    }
  };
  const { maxWorkers = 5 } = client.options;
  await Promise.all(Array.from({ length: Math.min(maxWorkers, unique.length) }, worker));
  return paths.map(path => results.get(path)!);
}

async function removeOne(client: DeepLakeClient, path: string, call: CallOptions): Promise<ItemResult> {
  try {
    await deleteFile(client, requireFileId(path), call, path);
    return { path };
  } catch (error) {
    if (!(error instanceof TransferError) || error.reason === 'aborted') throw error;
    return { path, error };
  }
}

/** A file that is gone at the second attempt went with the first. `goneIsFine`: at the first too. */
export async function deleteFile(
  client: DeepLakeClient,
  id: string,
  call: CallOptions,
  path: string,
  { goneIsFine = false }: { goneIsFine?: boolean } = {},
): Promise<void> {
  const request = { method: 'DELETE', url: client.url('files', id) } as const;
  await client.send(request, call, {
    path,
    again: true,
    acceptLater: [404],
    ...(goneIsFine ? { accept: [404] } : {}),
  });
}

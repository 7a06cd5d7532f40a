import { TransferError } from '../../core/errors.js';
import type { CallOptions, ItemResult } from '../adapter.js';
import { readJson } from '../http.js';
import type { DeepOriginClient } from './client.js';
import { SUBJECT } from './errors.js';
import { firstKeysBelow, stat } from './list.js';

/** Deletes in parallel, each path by a request of its own: the API has no call for many. */
export async function remove(
  client: DeepOriginClient,
  paths: readonly string[],
  call: CallOptions,
): Promise<readonly ItemResult[]> {
  const results = new Map<string, ItemResult>();
  const removeAll = async (some: readonly string[]) => {
    let next = 0;
    const worker = async () => {
      while (next < some.length) {
        const path = some[next++]!;
        results.set(path, await removeOne(client, path, call));
      }
    };
    const { maxWorkers = 20 } = client.options;
    await Promise.all(Array.from({ length: Math.min(maxWorkers, some.length) }, worker));
  };
  const unique = [...new Set(paths)];
  await removeAll(unique.filter(path => !path.endsWith('/')));
  // A marker goes only when its folder is empty, so folders come after files, inner ones first.
  const folders = unique.filter(path => path.endsWith('/')).sort((a, b) => b.length - a.length);
  for (const folder of folders) await removeAll([folder]);
  return paths.map(path => results.get(path)!);
}

async function removeOne(client: DeepOriginClient, path: string, call: CallOptions): Promise<ItemResult> {
  try {
    if (path.endsWith('/')) await removeMarker(client, path, call);
    else if (!(await deletePath(client, path, call))) await explainFalse(client, path, call);
    return { path };
  } catch (error) {
    if (!(error instanceof TransferError) || error.reason === 'aborted') throw error;
    return { path, error };
  }
}

/** The status is 200 either way: the body says whether anything was deleted. */
export async function deletePath(
  client: DeepOriginClient,
  path: string,
  call: CallOptions,
): Promise<boolean> {
  const { deleteTimeout } = client.options;
  const response = await client.send({ method: 'DELETE', url: client.url(path) }, call, {
    path,
    direct: true,
    ...(deleteTimeout === undefined ? {} : { timeout: deleteTimeout }),
  });
  return readJson(response, SUBJECT) === true;
}

/** `false` is said of a file that was not there, and of one that could not be deleted. */
async function explainFalse(client: DeepOriginClient, path: string, call: CallOptions): Promise<void> {
  if (await stat(client, path, call)) {
    throw new TransferError(
      'Deep Origin said that it did not delete the file. It is still there; try again.',
      {
        kind: 'fatal',
        reason: 'conflict',
        status: 200,
        path,
      },
    );
  }
  throw new TransferError('The file was not there any more.', {
    kind: 'fatal',
    reason: 'not-found',
    status: 200,
    path,
  });
}

/**
 * The API's deletion of a path that ends in `/` takes everything below it. So a marker goes only while nothing else is
 * there.
 */
async function removeMarker(client: DeepOriginClient, folder: string, call: CallOptions): Promise<void> {
  const left = await firstKeysBelow(client, folder, call);
  if (left.length === 0) return;
  if (left.some(key => key.replace(/^\//, '') !== folder)) {
    throw new TransferError('The folder is not empty, so it stays.', {
      kind: 'fatal',
      reason: 'conflict',
      path: folder,
    });
  }
  await deletePath(client, folder, call);
}

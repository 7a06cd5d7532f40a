import { TransferError } from '../../core/errors.js';
import type { CallOptions, ItemResult } from '../adapter.js';
import { sideBySide } from '../side-by-side.js';
import type { SmartsBioClient } from './client.js';
import { keyOf } from './list.js';

/** The API has no call for many; a small pool honours its rate limit. */
const AT_ONCE = 6;

export async function remove(
  client: SmartsBioClient,
  paths: readonly string[],
  call: CallOptions,
): Promise<readonly ItemResult[]> {
  return sideBySide(paths, AT_ONCE, path => removeOne(client, path, call));
}

/** A folder goes with everything in it, in one call. */
async function removeOne(client: SmartsBioClient, path: string, call: CallOptions): Promise<ItemResult> {
  try {
    const key = await keyOf(client, path, call);
    const isFolder: Record<string, string> = path.endsWith('/') ? { isFolder: 'true' } : {};
    await client.send({ method: 'DELETE', route: 'files', query: { key, ...isFolder } }, call, {
      path,
      direct: true,
    });
    return { path };
  } catch (error) {
    if (!(error instanceof TransferError) || error.reason === 'aborted') throw error;
    return { path, error };
  }
}

import { toFolderPath } from '../core/path.js';
import type { InterruptedUpload } from '../transfer/interrupted.js';
import type { TransferManager } from '../transfer/manager.js';
import type { UploadFile } from '../transfer/types.js';

/** Files below this size in bytes go up in one request, and nothing of them is kept. */
const smallestInParts = 5 * 1024 * 1024;

/**
 * Which of these files (by Uppy's id) an earlier page began to upload to the same path and left unfinished, as far as
 * size tells; whether they are the same is known by their content when they go on.
 */
export async function begunBefore(
  manager: TransferManager,
  into: string | undefined,
  files: ReadonlyMap<string, UploadFile>,
): Promise<ReadonlyMap<string, InterruptedUpload>> {
  const found = new Map<string, InterruptedUpload>();
  const large = [...files].filter(([, { size }]) => size !== undefined && size >= smallestInParts);
  if (large.length === 0 || !manager.adapter.capabilities.uploadPlans.includes('parts')) return found;
  // Who cannot read what is kept uploads all of it: nothing is lost but time.
  const left = await manager.interrupted().catch(() => []);
  const byPath = new Map(left.filter(each => !each.isElsewhere).map(each => [each.path, each]));
  const folder = toFolderPath((into ?? '').replace(/^\/+/, ''));
  for (const [id, { path, size }] of large) {
    const earlier = byPath.get(folder + path.replace(/^\/+/, ''));
    if (earlier && earlier.size === size) found.set(id, earlier);
  }
  return found;
}

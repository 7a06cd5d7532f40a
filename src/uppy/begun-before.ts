import { toFolderPath } from '../core/path.js';
import { within } from '../transfer/clock.js';
import type { InterruptedUpload } from '../transfer/interrupted.js';
import type { TransferManager } from '../transfer/manager.js';
import type { TransferJob, UploadFile, UploadOptions } from '../transfer/types.js';

/** Files below this size in bytes go up in one request, and nothing of them is kept. */
const smallestInParts = 5 * 1024 * 1024;

/** What is kept is waited for so long before the files are uploaded from their beginning. Milliseconds. */
const lookWithin = 2000;

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
  const left = await within(manager.interrupted(), lookWithin, () => undefined).catch(() => []);
  const byPath = new Map(left.filter(each => !each.isElsewhere).map(each => [each.path, each]));
  const folder = toFolderPath((into ?? '').replace(/^\/+/, ''));
  const pathOf = ({ path }: UploadFile) => folder + path.replace(/^\/+/, '');
  if (byPath.size === 0) return found;
  const filesAt = new Map<string, number>();
  for (const file of files.values()) {
    const path = pathOf(file);
    filesAt.set(path, (filesAt.get(path) ?? 0) + 1);
  }
  for (const [id, file] of large) {
    const path = pathOf(file);
    const earlier = byPath.get(path);
    // Two files for one path are told apart by the job that takes both.
    if (earlier && earlier.size === file.size && filesAt.get(path) === 1) found.set(id, earlier);
  }
  return found;
}

/** Goes on with an upload if it is of this very file and was asked for in this way; else resolves to undefined. */
export async function goOn(
  manager: TransferManager,
  upload: InterruptedUpload,
  input: UploadFile,
  options: UploadOptions,
): Promise<TransferJob | undefined> {
  const resumed = await manager
    .resumeInterrupted([upload], { files: [input], options })
    .catch(() => undefined);
  return resumed?.job;
}

import type { ConflictController } from '../../../controllers/conflict-controller.js';
import type { ActionOperations } from '../../../core/actions/action.js';
import type { Entry } from '../../../core/entry.js';
import { TransferError } from '../../../core/errors.js';
import type { TransferManager } from '../../../transfer/manager.js';
import type { TransferJob, UploadSource } from '../../../transfer/types.js';
import { guardJob } from '../../parts/leave-guard.js';

interface PickerWindow {
  showDirectoryPicker?(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

/**
 * One file is saved by the browser. More, or a folder, go into a directory the person picks where the browser can do
 * that, else into one zip. Undefined: the person picked none.
 */
async function placeFor(
  entries: readonly Entry[],
): Promise<'files' | 'zip' | FileSystemDirectoryHandle | undefined> {
  if (entries.length === 1 && entries[0]!.kind === 'file') return 'files';
  const picker = globalThis as unknown as PickerWindow;
  if (!picker.showDirectoryPicker) return 'zip';
  try {
    return await picker.showDirectoryPicker({ mode: 'readwrite' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    // A page in a frame of another origin may not open pickers.
    if (error instanceof DOMException && error.name === 'SecurityError') return 'zip';
    throw error;
  }
}

/** What is in the directory already is left alone where it is the same, and asked about where it is not. */
async function download(
  manager: TransferManager,
  conflicts: ConflictController,
  entries: readonly Entry[],
): Promise<TransferJob | undefined> {
  const to = await placeFor(entries);
  if (to === undefined) return undefined;
  const paths = entries.map(entry => entry.path);
  const job =
    typeof to === 'string' ? manager.download(paths, { to }) : conflicts.download(manager, paths, { to });
  guardJob(job);
  return job;
}

/** The transfer manager as the actions see it. */
export function operationsOf(manager: TransferManager, conflicts: ConflictController): ActionOperations {
  return {
    upload(source, into) {
      const job = conflicts.upload(manager, source as UploadSource, { into });
      guardJob(job);
      return job;
    },
    download: entries => download(manager, conflicts, entries),
    remove: entries => manager.remove(entries),
    rename: (entry, name) => manager.rename(entry, name),
    move: (entries, to) => manager.move(entries, to),
    copy: (entries, to) => manager.copy(entries, to),
    createFolder: path => manager.createFolder(path),
    async signedLink(entry, seconds) {
      const signal = AbortSignal.timeout(30_000);
      const link = await manager.adapter.signedLink?.(entry.path, { seconds, saveAs: entry.name, signal });
      if (link) return link;
      throw new TransferError('This storage cannot make links.', { kind: 'fatal', reason: 'not-supported' });
    },
  };
}

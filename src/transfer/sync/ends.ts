/** The two kinds of sides a synchronisation has, and what its directions need of them. */
import type { TransferContext } from '../context.js';
import { RemoveJob } from '../operations/remove-job.js';
import { retrying } from '../retry.js';
import type { TransferJob } from '../types.js';
import type { Candidate } from './plan.js';
import type { LocalFile, RemoteFile } from './sides.js';

/** A directory, as a side of a synchronisation. */
export interface LocalEnd {
  readonly root: FileSystemDirectoryHandle;
}

/** A folder of a storage, as a side of a synchronisation. */
export interface RemoteEnd {
  readonly context: TransferContext;
  /** Empty, or ending in `/`. */
  readonly path: string;
  /** Puts a job into the list of the storage's manager. */
  add(job: TransferJob): TransferJob;
}

export function* remoteCandidates(files: readonly RemoteFile[]): Generator<[string, Candidate<RemoteFile>]> {
  const seen = new Set<string>();
  for (const its of files) {
    if (seen.has(its.path)) continue;
    seen.add(its.path);
    yield [its.path, candidateOf(its, its)];
  }
}

export function candidateOf<Its>({ path, entry }: RemoteFile, its: Its): Candidate<Its> {
  const { size, modified } = entry;
  return {
    path,
    its,
    ...(size === undefined ? {} : { size }),
    ...(modified === undefined ? {} : { modified }),
  };
}

export const localCandidate = (path: string, its: LocalFile): Candidate<LocalFile> => ({
  path,
  its,
  size: its.file.size,
  modified: its.file.lastModified,
});

export const removeRemote = ({ context, add }: RemoteEnd, files: readonly RemoteFile[]): TransferJob =>
  add(
    new RemoveJob(
      context,
      files.map(({ entry }) => entry),
    ),
  );

export const makesNewFiles = ({ context }: RemoteEnd): boolean =>
  context.adapter.capabilities.overwrite === 'new-identity';

export function patiently<T>(
  { clock, connectivity }: TransferContext,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  return retrying(call, { signal, clock, connectivity });
}

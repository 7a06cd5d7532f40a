/** The two kinds of sides a synchronisation has, and what its directions need of them. */
import { TransferError } from '../../core/errors.js';
import type { TransferContext } from '../context.js';
import { RemoveJob } from '../operations/remove-job.js';
import { isOtherVersion } from '../other-version.js';
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
    if (its.unfinished || seen.has(its.path)) continue;
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

/** Paths of which the storage has nothing but what is still on its way into it. */
export function unfinishedPaths(files: readonly RemoteFile[]): Set<string> {
  const whole = new Set(files.filter(file => !file.unfinished).map(({ path }) => path));
  return new Set(files.map(({ path }) => path).filter(path => !whole.has(path)));
}

/** Why what the target has is no longer what was compared; undefined when it is. */
export function changedRemote(before: RemoteFile, now: RemoteFile): TransferError | undefined {
  const isSame = before.entry.path === now.entry.path && !isOtherVersion(before.entry, now.entry);
  return isSame ? undefined : changedSince(before.path, 'changed-remote');
}

export function changedLocal({ path, file }: LocalFile, { file: now }: LocalFile): TransferError | undefined {
  const isSame = file.size === now.size && file.lastModified === now.lastModified;
  return isSame ? undefined : changedSince(path, 'changed-local');
}

const changedSince = (path: string, reason: 'changed-remote' | 'changed-local'): TransferError =>
  new TransferError(
    `${path} was changed at the target since both sides were compared, so it was left as it is. Compare them again.`,
    { kind: 'fatal', reason, path },
  );

export const removeRemote = ({ context, add }: RemoteEnd, files: readonly RemoteFile[]): TransferJob =>
  add(
    new RemoveJob(
      context,
      files.map(({ entry }) => entry),
    ),
  );

export const makesNewFiles = ({ context }: RemoteEnd): boolean =>
  context.adapter.capabilities.overwrite === 'new-identity';

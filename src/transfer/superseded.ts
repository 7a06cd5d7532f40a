/** Records of uploads to one path: only the newest of them is of use. */
import type { ResumeState } from '../adapters/adapter.js';
import type { TransferContext } from './context.js';
import type { KeptUpload } from './journal.js';
import { removeEarlier } from './upload/earlier-upload.js';

type Records = Pick<TransferContext, 'journal' | 'storage'>;

/** By path, the newest record and those it took the place of. */
export interface OfOnePath {
  readonly newest: KeptUpload;
  readonly older: readonly KeptUpload[];
}

export function byPath(kept: readonly KeptUpload[]): readonly OfOnePath[] {
  const found = new Map<string, { newest: KeptUpload; older: KeptUpload[] }>();
  for (const upload of kept) {
    const known = found.get(upload.path);
    if (!known) found.set(upload.path, { newest: upload, older: [] });
    else if (upload.started < known.newest.started) known.older.push(upload);
    else {
      known.older.push(known.newest);
      known.newest = upload;
    }
  }
  return [...found.values()];
}

/** Some storages give an upload no id: a new one to the same path goes on where the old one was. */
export const isOneUpload = (one: ResumeState, other: ResumeState): boolean => {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every(key => JSON.stringify(one[key]) === JSON.stringify(other[key]));
};

/** Clears away what nobody will go on with. Never rejects; what another tab has, or cannot be removed, stays. */
export async function clearOlder(
  context: TransferContext,
  { newest, older }: OfOnePath,
  signal?: AbortSignal,
): Promise<void> {
  const { journal } = context;
  for (const upload of older) {
    if (!(await journal.claim(upload.id))) continue;
    // Removed at the storage, the newer one would go with it.
    if (isOneUpload(upload.state, newest.state)) journal.ended(upload.id, 'aborted');
    else await removeEarlier(context, upload, signal);
  }
}

/**
 * An upload to `path` has begun at a storage that goes by paths and not by ids: parts on an earlier record of it are not
 * there any more, or are this one's.
 */
export async function forgetSame(
  { journal, storage }: Records,
  path: string,
  id: string,
  state: ResumeState,
) {
  for (const upload of await journal.kept(storage, { path, receipts: 'none' })) {
    if (upload.id === id || !isOneUpload(upload.state, state)) continue;
    if (await journal.claim(upload.id)) journal.ended(upload.id, 'aborted');
  }
}

/** A file was stored at `path`: going on with an earlier upload to it would put an old version over it. */
export async function clearStored(context: TransferContext, path: string, id?: string): Promise<void> {
  const { journal, storage } = context;
  if (context.adapter.capabilities.overwrite === 'new-identity') return;
  for (const upload of await journal.kept(storage, { path, receipts: 'none' })) {
    if (upload.id === id) continue;
    if (await journal.claim(upload.id)) await removeEarlier(context, upload);
  }
}

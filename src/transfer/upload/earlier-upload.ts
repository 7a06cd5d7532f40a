/** Uploads in parts that an earlier page began and its journal remembers. */
import type { UploadIntent } from '../../adapters/adapter.js';
import { TransferError } from '../../core/errors.js';
import type { Hasher } from '../checksum/index.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import type { KeptUpload } from '../journal.js';
import { asTransferError } from '../transfer-errors.js';
import { abortParts } from './abort-parts.js';
import type { OpenedFile } from './inputs.js';

/** What was asked for then, for what goes on or begins again now. */
export function intentOfEarlier({ path, size, modified, partSize, wishes }: KeptUpload): UploadIntent {
  const { verify: _, expectsFree: _free, ...wished } = wishes;
  return { ...wished, path, size, partSize, ...(modified === undefined ? {} : { modified }) };
}

/** What was asked for then, for another file that goes up in its place. */
export function intentInstead({ wishes }: KeptUpload, intent: UploadIntent): UploadIntent {
  const { verify: _, expectsFree: _free, type: _type, ...wished } = wishes;
  return { ...intent, ...wished };
}

/** What a file begins with: with its size, and the time of its last change, it says whether it is still the same. */
export async function hashFirstPart(
  hasher: Hasher,
  blob: Blob,
  partSize: number,
  signal?: AbortSignal,
): Promise<string> {
  const hashes = await hasher.hash(blob.slice(0, partSize), ['sha256'], signal ? { signal } : {});
  return hashes.get('sha256')!.value;
}

type FileFacts = Pick<OpenedFile, 'blob' | 'size' | 'modified'>;

/**
 * Whether a file is the one whose parts the storage holds: `same` by size, time and beginning (its other parts are
 * compared before the upload is completed); `same-parts`: its time is another one (a copy, or touched) or is not known,
 * but it has the bytes of every part on record; else `other`. In doubt it is another.
 *
 * @param everyPart compare every part on record whatever the time is
 */
export async function compareWithEarlier(
  earlier: KeptUpload,
  { blob, size, modified }: FileFacts,
  hasher: Hasher,
  { signal, everyPart = false }: { readonly signal?: AbortSignal; readonly everyPart?: boolean } = {},
): Promise<'same' | 'same-parts' | 'other'> {
  if (size !== earlier.size) return 'other';
  const isSameTime = modified !== undefined && modified === earlier.modified;
  if (earlier.firstPart === undefined) return isSameTime ? 'same' : 'other';
  const firstPart = await hashFirstPart(hasher, blob, earlier.partSize, signal);
  if (firstPart !== earlier.firstPart) return 'other';
  if (isSameTime && !everyPart) return 'same';
  for (const { number, size: length, own, checksum = own } of earlier.receipts) {
    if (!checksum) return 'other';
    const start = (number - 1) * earlier.partSize;
    const part = blob.slice(start, start + length);
    const { algorithm } = checksum;
    const hashes = await hasher.hash(part, [algorithm], signal ? { signal } : {});
    if (hashes.get(algorithm)?.value !== checksum.value) return 'other';
  }
  return 'same-parts';
}

export function changedSinceError(path: string): TransferError {
  return new TransferError(
    `${path} changed on disk since its upload began. Nothing of the old version is mixed with the new one: try again to upload the new version from its beginning.`,
    { kind: 'fatal', reason: 'changed-local', path },
  );
}

const never = new AbortController().signal;

/** Removes what the storage holds of an earlier upload. False: that could not be had, or not before `signal`. */
export async function removeParts(
  context: TransferContext,
  earlier: KeptUpload,
  signal: AbortSignal = never,
): Promise<boolean> {
  try {
    const opening = context.adapter.reopenUpload?.(intentOfEarlier(earlier), earlier.state, { signal });
    const plan = opening && (await abortable(opening, signal));
    return plan ? await abortParts(plan, earlier.state, context, signal) : true;
  } catch (error) {
    return asTransferError(error, earlier.path).kind === 'restart';
  }
}

/**
 * Leaves nothing of an earlier upload at the storage, and no record of it. False: it could not be removed now, or not
 * before `signal`; then it stays on record, and is this page's no more.
 */
export async function removeEarlier(
  context: TransferContext,
  earlier: KeptUpload,
  signal?: AbortSignal,
): Promise<boolean> {
  const { journal } = context;
  const gone = await removeParts(context, earlier, signal);
  if (gone) journal.ended(earlier.id, 'aborted');
  else journal.release(earlier.id);
  return gone;
}

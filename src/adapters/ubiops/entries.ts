/** Files of a bucket as entries. */
import type { Entry, StorageAction } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { nameOf } from '../../core/path.js';
import { numberOf, textOf, timeOf, unexpected } from './client.js';

const NEEDS_SIGNED_URL: readonly StorageAction[] = ['openUpload', 'resolveDownload', 'signedLink'];

/** A file as the API describes it. */
export function fileEntry(value: unknown): Entry {
  const file = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const path = textOf(file.file);
  if (path === undefined) throw unexpected('a file without a name');
  const size = numberOf(file.size);
  if (path.endsWith('/') && size === 0) return folderEntry(path);
  const time = timeOf(file.time_created);
  const refusal = isAddressable(path)
    ? undefined
    : 'Browsers cannot address a path with “.” or “..” as a segment. It can be deleted.';
  return {
    id: path,
    path,
    name: nameOf(path),
    kind: 'file',
    ...(size === undefined ? {} : { size }),
    // A file is created anew whenever it is replaced, so that its one time is that of its content as well.
    ...(time === undefined ? {} : { created: time, modified: time }),
    ...(refusal === undefined
      ? {}
      : { refuses: Object.fromEntries(NEEDS_SIGNED_URL.map(action => [action, refusal])) }),
  };
}

export function folderEntry(path: string): Entry {
  return { id: path, path, name: nameOf(path), kind: 'folder' };
}

/**
 * Whether browsers can use a signed URL for the path: they resolve `.` and `..` as segments, encoded ones too, before
 * they send anything, and the storage would be asked for another file than was signed.
 */
export function isAddressable(path: string): boolean {
  return !path.split('/').some(segment => segment === '.' || segment === '..');
}

/** @throws TransferError (`invalid-name`) */
export function requireAddressable(path: string): void {
  if (isAddressable(path)) return;
  throw new TransferError(
    'Browsers cannot send a path with “.” or “..” as a folder or file name. Choose another name.',
    { kind: 'fatal', reason: 'invalid-name', path },
  );
}

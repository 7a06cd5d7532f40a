/** Keys of a bucket as entries. */

import type { Entry, StorageAction } from '../../core/entry.js';
import { nameOf } from '../../core/path.js';
import type { TransferResponse } from '../adapter.js';
import { childText, type XmlElement } from '../xml.js';
import { checksumsOfHeaders } from './checksums.js';
import { etagOf } from './client.js';

/** Storage classes whose objects must be restored before they can be read. */
const ARCHIVED = new Set(['GLACIER', 'DEEP_ARCHIVE']);
const NEEDS_CONTENT: readonly StorageAction[] = [
  'resolveDownload',
  'copy',
  'move',
  'rename',
  'writeMetadata',
];
const NEEDS_URL: readonly StorageAction[] = [
  'stat',
  'openUpload',
  'resolveDownload',
  'copy',
  'move',
  'rename',
  'readMetadata',
  'writeMetadata',
  'signedLink',
];

/**
 * Whether browsers can name the key in a URL: they resolve `.` and `..` as segments, encoded ones too, before they
 * send anything.
 */
export function isAddressable(path: string): boolean {
  return !path.split('/').some(segment => segment === '.' || segment === '..');
}

export function folderEntry(path: string, modified?: number): Entry {
  return {
    id: path,
    path,
    name: nameOf(path),
    kind: 'folder',
    ...(modified === undefined ? {} : { modified }),
  };
}

/** An object as a listing shows it. A marker object (`x/`, empty) is a folder; one with content stays a file. */
export function listedEntry(path: string, element: XmlElement): Entry {
  const size = Number(childText(element, 'Size') ?? Number.NaN);
  const modified = Date.parse(childText(element, 'LastModified') ?? '');
  if (path.endsWith('/') && size === 0) {
    return folderEntry(path, Number.isNaN(modified) ? undefined : modified);
  }
  const etag = etagOf(childText(element, 'ETag'));
  const storageClass = childText(element, 'StorageClass');
  const refuses = refusals(path, storageClass);
  return {
    id: path,
    path,
    name: nameOf(path),
    kind: 'file',
    ...(Number.isNaN(size) ? {} : { size }),
    ...(Number.isNaN(modified) ? {} : { modified }),
    ...(etag ? { etag } : {}),
    ...(refuses ? { refuses } : {}),
    ...(storageClass && storageClass !== 'STANDARD' ? { extra: { storageClass } } : {}),
  };
}

/** An object as HEAD shows it. */
export function headEntry(path: string, { headers }: TransferResponse): Entry {
  const size = Number(headers['content-length'] ?? Number.NaN);
  const modified = Date.parse(headers['last-modified'] ?? '');
  if (path.endsWith('/') && size === 0) {
    return folderEntry(path, Number.isNaN(modified) ? undefined : modified);
  }
  const etag = etagOf(headers.etag);
  const version = headers['x-amz-version-id'];
  const checksums = checksumsOfHeaders(headers);
  const refuses = headers['x-amz-restore'] ? undefined : refusals(path, headers['x-amz-storage-class']);
  return {
    id: path,
    path,
    name: nameOf(path),
    kind: 'file',
    ...(Number.isNaN(size) ? {} : { size }),
    ...(Number.isNaN(modified) ? {} : { modified }),
    ...(headers['content-type'] ? { type: headers['content-type'] } : {}),
    ...(etag ? { etag } : {}),
    ...(version && version !== 'null' ? { version } : {}),
    ...(checksums.length > 0 ? { checksums } : {}),
    ...(refuses ? { refuses } : {}),
  };
}

function refusals(path: string, storageClass: string | undefined): Entry['refuses'] | undefined {
  const refuse = (actions: readonly StorageAction[], reason: string) =>
    Object.fromEntries(actions.map(action => [action, reason]));
  if (!isAddressable(path)) {
    return refuse(
      NEEDS_URL,
      'Browsers cannot address a path with “.” or “..” as a segment. It can be deleted.',
    );
  }
  if (storageClass && ARCHIVED.has(storageClass)) {
    return refuse(NEEDS_CONTENT, 'The file lies in an archive and must be restored first.');
  }
  return undefined;
}

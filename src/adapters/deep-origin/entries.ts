/** What the API says about files, as entries. */
import type { Entry, StorageAction } from '../../core/entry.js';
import { nameOf } from '../../core/path.js';
import type { TransferResponse } from '../adapter.js';
import { addressProblem } from './paths.js';

const NEEDS_URL: readonly StorageAction[] = [
  'stat',
  'openUpload',
  'resolveDownload',
  'remove',
  'copy',
  'move',
  'rename',
  'signedLink',
];

/** An ETag without its quotes. */
export function etagOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replace(/^(W\/)?"(.*)"$/, '$1$2') || undefined : undefined;
}

export function folderEntry(path: string): Entry {
  const problem = addressProblem(path);
  return {
    id: path,
    path,
    name: nameOf(path),
    kind: 'folder',
    ...(problem === undefined
      ? {}
      : { refuses: Object.fromEntries(['list', ...NEEDS_URL].map(a => [a, problem])) }),
  };
}

/** One object of a listing; only its key is sure to be there. */
export function listedEntry(path: string, about: Readonly<Record<string, unknown>>): Entry {
  if (path.endsWith('/')) return folderEntry(path);
  const { Size, LastModified, ETag, StorageClass } = about;
  const modified = typeof LastModified === 'string' ? Date.parse(LastModified) : Number.NaN;
  const etag = etagOf(ETag);
  const problem = addressProblem(path);
  return {
    id: path,
    path,
    name: nameOf(path),
    kind: 'file',
    ...(typeof Size === 'number' ? { size: Size } : {}),
    ...(Number.isNaN(modified) ? {} : { modified }),
    ...(etag === undefined ? {} : { etag }),
    ...(problem === undefined
      ? {}
      : { refuses: Object.fromEntries(NEEDS_URL.map(action => [action, problem])) }),
    ...(typeof StorageClass === 'string' && StorageClass !== 'STANDARD'
      ? { extra: { storageClass: StorageClass } }
      : {}),
  };
}

/** A file as HEAD shows it. */
export function headEntry(path: string, { headers }: TransferResponse): Entry {
  const { 'content-length': length, 'content-type': type } = headers;
  if (type === 'application/x-directory') return folderEntry(path.endsWith('/') ? path : `${path}/`);
  const modified = Date.parse(headers['last-modified'] ?? headers['x-last-modified'] ?? '');
  const etag = etagOf(headers.etag);
  const storageClass = headers['x-amz-storage-class'];
  return {
    id: path,
    path,
    name: nameOf(path),
    kind: 'file',
    ...(length === undefined ? {} : { size: Number(length) }),
    ...(Number.isNaN(modified) ? {} : { modified }),
    ...(type === undefined ? {} : { type }),
    ...(etag === undefined ? {} : { etag }),
    ...(storageClass && storageClass !== 'STANDARD' ? { extra: { storageClass } } : {}),
  };
}

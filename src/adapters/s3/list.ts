/** ListObjectsV2 and HeadObject: what is there. */
import type { Entry, ListPage } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, ListOptions } from '../adapter.js';
import { childrenOf, childText, type XmlElement } from '../xml.js';
import { DIRECT_ATTEMPTS, type S3Answer, type S3Client } from './client.js';
import { folderEntry, headEntry, isAddressable, listedEntry } from './entries.js';

const MOST_KEYS = 1000;

/** One page of the folder at `path`, in the order of the keys' UTF-8 bytes, files and folders together. */
export async function list(client: S3Client, path: string, options: ListOptions): Promise<ListPage> {
  if (path !== '' && !path.endsWith('/')) throw notAFolder(path);
  const { token, limit, recursive = false, namePrefix = '' } = options;
  const own = client.keyOf(path);
  const { xml } = await client.callXml(
    {
      method: 'GET',
      key: '',
      operation: 'ListObjectsV2',
      query: {
        ...(own + namePrefix === '' ? {} : { prefix: own + namePrefix }),
        ...(recursive ? {} : { delimiter: '/' }),
        // Keys may hold characters that XML cannot.
        'encoding-type': 'url',
        'max-keys': String(Math.max(1, Math.min(limit ?? MOST_KEYS, MOST_KEYS))),
        ...(token === undefined ? {} : { 'continuation-token': token }),
      },
    },
    'ListBucketResult',
    { signal: options.signal, attempts: DIRECT_ATTEMPTS, path },
  );
  const decode = keyDecoder(xml);
  const files: [key: string, entry: Entry][] = [];
  for (const element of childrenOf(xml, 'Contents')) {
    const key = decode(childText(element, 'Key') ?? '');
    const entry = listedEntry(client.pathOf(key), element);
    // The folder's own marker is the folder, not a thing in it.
    if (key === own && entry.kind === 'folder') continue;
    files.push([key, entry]);
  }
  const folders: [key: string, entry: Entry][] = childrenOf(xml, 'CommonPrefixes').map(element => {
    const key = decode(childText(element, 'Prefix') ?? '');
    return [key, folderEntry(client.pathOf(key))];
  });
  const next = childText(xml, 'NextContinuationToken');
  if (childText(xml, 'IsTruncated') === 'true' && !next) {
    throw new TransferError(
      'The storage says there is more in this folder, but not where it goes on. It may be too old for this page.',
      { kind: 'fatal', reason: 'invalid-answer', path },
    );
  }
  return {
    entries: merge(files, folders),
    ...(next && childText(xml, 'IsTruncated') === 'true' ? { next } : {}),
  };
}

/** One entry. A folder is there when anything is below it. */
export async function stat(
  client: S3Client,
  path: string,
  { signal }: CallOptions,
): Promise<Entry | undefined> {
  if (path === '') return folderEntry('');
  if (path.endsWith('/')) {
    const { xml } = await client.callXml(
      {
        method: 'GET',
        key: '',
        operation: 'ListObjectsV2',
        query: { prefix: client.keyOf(path), 'encoding-type': 'url', 'max-keys': '1' },
      },
      'ListBucketResult',
      { signal, attempts: DIRECT_ATTEMPTS, path },
    );
    return childrenOf(xml, 'Contents').length > 0 ? folderEntry(path) : undefined;
  }
  const answer = await head(client, client.keyOf(path), { signal, path, attempts: DIRECT_ATTEMPTS });
  return answer && headEntry(path, answer);
}

/** HeadObject with checksums; undefined when there is no such object. */
export async function head(
  client: S3Client,
  key: string,
  options: CallOptions & {
    path?: string;
    attempts?: number;
    version?: string;
    query?: Readonly<Record<string, string>>;
  },
): Promise<S3Answer | undefined> {
  const { version, path, query, ...rest } = options;
  requireAddressable(path ?? client.pathOf(key));
  const answer = await withChecksumMode(client, mode =>
    client.call(
      {
        method: 'HEAD',
        key,
        operation: 'HeadObject',
        query: { ...query, ...mode, ...(version === undefined ? {} : { versionId: version }) },
      },
      { ...rest, path, accept: [404], ofObject: true },
    ),
  );
  return answer.status === 404 ? undefined : answer;
}

/**
 * Asks for checksums in the query, where AWS's SDKs put it in presigned URLs too: as a header it would cost a CORS
 * preflight. A signer that does not sign it is asked without from then on.
 */
export async function withChecksumMode<T>(
  client: S3Client,
  run: (query: Record<string, string>) => Promise<T>,
): Promise<T> {
  if (!client.has.checksumMode) return run({});
  try {
    return await run({ 'x-amz-checksum-mode': 'ENABLED' });
  } catch (error) {
    if (!(error instanceof TransferError) || error.serverCode !== 'QueryNotAllowed') throw error;
    client.has.checksumMode = false;
    return run({});
  }
}

/** @throws TransferError (`invalid-name`) for a path that no URL can carry. */
export function requireAddressable(path: string): void {
  if (isAddressable(path)) return;
  throw new TransferError(
    'Browsers cannot send a path with “.” or “..” as a folder or file name. Choose another name.',
    { kind: 'fatal', reason: 'invalid-name', path },
  );
}

/** S3 writes spaces as `+` in `encoding-type=url`; a literal `+` is always `%2B`. */
export function keyDecoder(xml: XmlElement): (text: string) => string {
  if (childText(xml, 'EncodingType') !== 'url') return text => text;
  return text => {
    try {
      return decodeURIComponent(text.replace(/\+/g, ' '));
    } catch {
      // Bytes that are no UTF-8: shown as they came.
      return text;
    }
  };
}

function merge(
  files: readonly [key: string, entry: Entry][],
  folders: readonly [key: string, entry: Entry][],
): readonly Entry[] {
  const merged: Entry[] = [];
  let next = 0;
  for (const [key, entry] of files) {
    while (next < folders.length && isBefore(folders[next]![0], key)) merged.push(folders[next++]![1]);
    merged.push(entry);
  }
  for (; next < folders.length; next += 1) merged.push(folders[next]![1]);
  return merged;
}

/** UTF-8 order, which differs from UTF-16's where surrogates meet U+E000 and above. */
function isBefore(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return weight(left) < weight(right);
  }
  return a.length < b.length;
}

function weight(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

function notAFolder(path: string): TransferError {
  return new TransferError('Only folders can be listed, and their paths end in “/”.', {
    kind: 'fatal',
    reason: 'invalid-input',
    path,
  });
}

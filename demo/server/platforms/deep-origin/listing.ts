import type { StoredObjectInfo } from '../../store/index.js';
import { type Exchange, Refusal } from '../shared/index.js';
import type { DeepOriginQuirks } from './options.js';

const LARGEST_PAGE = 1000;

interface Listed {
  readonly Key: string;
  readonly LastModified?: string;
  readonly ETag?: string;
  readonly Size?: number;
  readonly StorageClass?: string;
  readonly ChecksumAlgorithm?: readonly string[];
}

/**
 * One page of a directory.
 * @param objects what lies below `base`, keys relative to the organisation
 * @param base the directory, ending in `/`, or empty
 */
export function listPage(
  { query }: Exchange,
  objects: readonly StoredObjectInfo[],
  base: string,
  quirks: DeepOriginQuirks,
): Record<string, unknown> {
  const recursive = query.get('recursive') === 'true';
  // What is asked for by name groups a recursive listing too.
  const delimiter = query.get('delimiter') || (recursive ? undefined : '/');
  const prefix = (quirks.prefix === 'relative' ? base : '') + (query.get('prefix') ?? '');
  const size = pageSize(query.get('max-keys') ?? query.get('max-orgKeys') ?? query.get('maxKeys'));
  const after = readToken(query.get('continuation-token') ?? query.get('continuationToken'));
  const rows = new Map<string, StoredObjectInfo | undefined>();
  for (const object of objects) {
    if (!object.key.startsWith(prefix)) continue;
    const end = delimiter === undefined ? -1 : object.key.indexOf(delimiter, base.length);
    const inner = delimiter !== undefined && end >= 0 && end < object.key.length - delimiter.length;
    if (!inner) rows.set(object.key, object);
    else if (!rows.has(object.key.slice(0, end + delimiter.length))) {
      rows.set(object.key.slice(0, end + delimiter.length), undefined);
    }
  }
  const keys = [...rows.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const rest =
    after === undefined ? keys : keys.filter(key => Buffer.from(key).compare(Buffer.from(after)) > 0);
  const page = rest.slice(0, size);
  const more = rest.length > page.length;
  const isFolder = (key: string) => delimiter !== undefined && key.endsWith('/') && key !== base;
  const folders = page.filter(isFolder);
  const shown = quirks.folders === 'keys' ? page : page.filter(key => !isFolder(key));
  return {
    data: shown.map(key => describe(key, rows.get(key), quirks)),
    ...(quirks.folders === 'commonPrefixes' ? { commonPrefixes: folders } : {}),
    ...(quirks.folders === 'CommonPrefixes' ? { CommonPrefixes: folders.map(Prefix => ({ Prefix })) } : {}),
    [quirks.tokenName]: more ? Buffer.from(`v1:${page.at(-1)}`).toString('base64') : null,
  };
}

function describe(key: string, object: StoredObjectInfo | undefined, quirks: DeepOriginQuirks): Listed {
  if (quirks.keysOnly) return { Key: key };
  if (!object) return { Key: key, Size: 0 };
  return {
    Key: key,
    LastModified: new Date(object.lastModified).toISOString(),
    ETag: `"${object.etag}"`,
    Size: object.size,
    StorageClass: 'STANDARD',
    ChecksumAlgorithm: ['CRC32'],
  };
}

function pageSize(text: string | null): number {
  if (text === null) return LARGEST_PAGE;
  const size = Number(text);
  if (!/^\d+$/.test(text) || size < 1 || size > LARGEST_PAGE) {
    throw new Refusal(400, { message: 'max-keys must be a number from 1 to 1000' });
  }
  return size;
}

function readToken(text: string | null): string | undefined {
  if (text === null) return undefined;
  const token = Buffer.from(text, 'base64').toString('utf8');
  if (!token.startsWith('v1:')) throw new Refusal(400, { message: 'The continuation token is not valid' });
  return token.slice(3);
}

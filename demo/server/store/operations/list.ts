import { encodeUri } from '../address.js';
import type { Call } from '../call.js';
import type { Bucket } from '../catalog.js';
import type { Operation } from '../context.js';
import { S3Error } from '../errors.js';
import { compareUtf8, type SortedKeys } from '../sorted-keys.js';
import { element, optional, S3_NAMESPACE, type XmlNode, xmlDocument } from '../xml.js';
import { queryNumber, quoted, xmlHeaders } from './answers.js';
import { OWNER } from './buckets.js';

/** Where a page ended: after a key, or after everything under a common prefix. */
export interface Position {
  after: string;
  wholePrefix: boolean;
}

export interface Page {
  keys: string[];
  prefixes: string[];
  /** Where the next page begins; undefined at the end. */
  next: Position | undefined;
}

/** One page of the sorted keys, what lies behind the delimiter rolled up. Each entry costs two binary searches. */
export function listPage(
  sorted: SortedKeys,
  prefix: string,
  delimiter: string,
  start: Position | undefined,
  limit: number,
): Page {
  const page: Page = { keys: [], prefixes: [], next: undefined };
  let position = start;
  const next = () =>
    sorted.seek(key => {
      if (compareUtf8(key, prefix) < 0) return false;
      if (!position) return true;
      if (position.wholePrefix && key.startsWith(position.after)) return false;
      return compareUtf8(key, position.after) > 0;
    });
  if (limit === 0) return page;
  for (let key = next(); key?.startsWith(prefix); key = next()) {
    if (page.keys.length + page.prefixes.length === limit) {
      page.next = position;
      return page;
    }
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      page.keys.push(key);
      position = { after: key, wholePrefix: false };
    } else {
      const common = key.slice(0, cut + delimiter.length);
      page.prefixes.push(common);
      position = { after: common, wholePrefix: true };
    }
  }
  return page;
}

/** How keys are written into the answer: plain, or percent-encoded with `+` for a space as S3 does. */
export function keyEncoder(call: Call): { encode: (text: string) => string; type: string | undefined } {
  const type = call.query.get('encoding-type') || undefined;
  if (type !== undefined && type !== 'url') {
    throw new S3Error('InvalidArgument', {
      message: 'Invalid Encoding Method specified in Request',
      details: { ArgumentName: 'encoding-type', ArgumentValue: type },
    });
  }
  return { type, encode: type ? text => encodeUri(text, true).replaceAll('%20', '+') : text => text };
}

function contents(bucket: Bucket, key: string, encode: (text: string) => string, owner: boolean): XmlNode {
  const object = bucket.objects.get(key)!;
  return element('Contents', [
    element('Key', encode(key)),
    element('LastModified', new Date(object.lastModified).toISOString()),
    element('ETag', quoted(object.etag)),
    optional('ChecksumAlgorithm', object.checksum?.algorithm),
    optional('ChecksumType', object.checksum?.type),
    element('Size', object.size),
    owner ? element('Owner', [element('ID', OWNER.id), element('DisplayName', OWNER.name)]) : undefined,
    element('StorageClass', object.headers['x-amz-storage-class'] ?? 'STANDARD'),
  ]);
}

export function commonPrefixes(prefixes: readonly string[], encode: (text: string) => string): XmlNode[] {
  return prefixes.map(prefix => element('CommonPrefixes', [element('Prefix', encode(prefix))]));
}

function writeToken(position: Position): string {
  return Buffer.from(JSON.stringify([position.after, position.wholePrefix])).toString('base64url');
}

function readToken(token: string): Position {
  try {
    const [after, wholePrefix] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [unknown, unknown];
    if (typeof after === 'string' && typeof wholePrefix === 'boolean') return { after, wholePrefix };
  } catch {
    // Told below, as any other wrong token.
  }
  throw new S3Error('InvalidArgument', {
    message: 'The continuation token provided is incorrect',
    details: { ArgumentName: 'continuation-token' },
  });
}

export const listObjectsV2: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  const { query } = call;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const startAfter = query.get('start-after');
  const token = query.get('continuation-token');
  const maxKeys = queryNumber(call, 'max-keys', 1000, 1000);
  const { encode, type } = keyEncoder(call);
  if (token === '')
    throw new S3Error('InvalidArgument', { message: 'The continuation token provided is incorrect' });
  const start =
    token !== undefined
      ? readToken(token)
      : startAfter
        ? { after: startAfter, wholePrefix: false }
        : undefined;
  const page = listPage(bucket.keys, prefix, delimiter, start, maxKeys);
  const owner = query.get('fetch-owner') === 'true';
  const xml = element(
    'ListBucketResult',
    [
      element('Name', call.bucket),
      element('Prefix', encode(prefix)),
      startAfter === undefined ? undefined : element('StartAfter', encode(startAfter)),
      optional('ContinuationToken', token),
      page.next ? element('NextContinuationToken', writeToken(page.next)) : undefined,
      element('KeyCount', page.keys.length + page.prefixes.length),
      element('MaxKeys', maxKeys),
      delimiter === '' ? undefined : element('Delimiter', encode(delimiter)),
      optional('EncodingType', type),
      element('IsTruncated', page.next !== undefined),
      ...page.keys.map(key => contents(bucket, key, encode, owner)),
      ...commonPrefixes(page.prefixes, encode),
    ],
    { xmlns: S3_NAMESPACE },
  );
  await call.respond(200, xmlHeaders, xmlDocument(xml));
};

/** The older listing, which continues by a key. */
export const listObjects: Operation = async (store, call) => {
  const bucket = store.catalog.bucket(call.bucket);
  const prefix = call.query.get('prefix') ?? '';
  const delimiter = call.query.get('delimiter') ?? '';
  const marker = call.query.get('marker') ?? '';
  const maxKeys = queryNumber(call, 'max-keys', 1000, 1000);
  const { encode, type } = keyEncoder(call);
  // A marker that is itself a common prefix was the last entry of a page.
  const wholePrefix = delimiter !== '' && marker.startsWith(prefix) && marker.endsWith(delimiter);
  const start = marker === '' ? undefined : { after: marker, wholePrefix };
  const page = listPage(bucket.keys, prefix, delimiter, start, maxKeys);
  const xml = element(
    'ListBucketResult',
    [
      element('Name', call.bucket),
      element('Prefix', encode(prefix)),
      element('Marker', encode(marker)),
      page.next && delimiter !== '' ? element('NextMarker', encode(page.next.after)) : undefined,
      element('MaxKeys', maxKeys),
      delimiter === '' ? undefined : element('Delimiter', encode(delimiter)),
      optional('EncodingType', type),
      element('IsTruncated', page.next !== undefined),
      ...page.keys.map(key => contents(bucket, key, encode, true)),
      ...commonPrefixes(page.prefixes, encode),
    ],
    { xmlns: S3_NAMESPACE },
  );
  await call.respond(200, xmlHeaders, xmlDocument(xml));
};

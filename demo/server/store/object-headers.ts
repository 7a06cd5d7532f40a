import { toHeaderValue } from './address.js';
import type { Call, ResponseHeaders } from './call.js';
import { type Checksum, checksumHeader } from './checksums.js';
import { S3Error } from './errors.js';
import type { StoredHeaders, StoredObject } from './model.js';

const KEPT = [
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-language',
  'cache-control',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
];
const MAX_METADATA = 2048;

/** Requests for what the store does not do must fail, not be taken and forgotten. */
const NOT_IMPLEMENTED = [
  /^x-amz-server-side-encryption/,
  /^x-amz-object-lock/,
  /^x-amz-grant-/,
  /^x-amz-write-offset-bytes$/,
];

/**
 * The headers S3 keeps with an object, out of header names (lower case) and values.
 *
 * @throws S3Error MetadataTooLarge
 */
export function keepHeaders(headers: Iterable<readonly [name: string, value: string]>): StoredHeaders {
  const kept: StoredHeaders = {};
  let metadataSize = 0;
  for (const [name, value] of headers) {
    if (name.startsWith('x-amz-meta-')) {
      metadataSize += name.length - 'x-amz-meta-'.length + value.length;
      kept[name] = value;
    } else if (name === 'content-encoding') {
      const codings = value
        .split(',')
        .map(coding => coding.trim())
        .filter(coding => coding !== '' && coding !== 'aws-chunked');
      if (codings.length > 0) kept[name] = codings.join(',');
    } else if (KEPT.includes(name) && value !== '') kept[name] = value;
  }
  if (metadataSize > MAX_METADATA) {
    throw new S3Error('MetadataTooLarge', { details: { Size: metadataSize, MaxSizeAllowed: MAX_METADATA } });
  }
  if (kept['x-amz-storage-class'] === 'STANDARD') delete kept['x-amz-storage-class'];
  kept['content-type'] ??= 'binary/octet-stream';
  return kept;
}

/** @throws S3Error NotImplemented, MetadataTooLarge, AccessControlListNotSupported */
export function readObjectHeaders(call: Call): StoredHeaders {
  for (const [name] of call.headersWith('x-amz-')) {
    if (NOT_IMPLEMENTED.some(pattern => pattern.test(name))) {
      throw new S3Error('NotImplemented', { details: { Header: name } });
    }
  }
  const acl = call.header('x-amz-acl');
  if (acl !== undefined && acl !== 'private' && acl !== 'bucket-owner-full-control') {
    throw new S3Error('AccessControlListNotSupported', {
      status: 400,
      message: 'The bucket does not allow ACLs',
    });
  }
  const standard = KEPT.map(name => [name, call.header(name)] as const).filter(
    (pair): pair is readonly [string, string] => pair[1] !== undefined,
  );
  return keepHeaders([...standard, ...call.headersWith('x-amz-meta-')]);
}

export function checksumHeaders(checksum: Checksum | undefined): ResponseHeaders {
  return checksum
    ? { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type }
    : {};
}

const OVERRIDES: Record<string, string> = {
  'response-content-type': 'content-type',
  'response-content-language': 'content-language',
  'response-expires': 'expires',
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
};

/** Headers of GET and HEAD, with the overrides of the query. @throws S3Error InvalidArgument */
export function describeObject(call: Call, object: StoredObject): ResponseHeaders {
  const headers: ResponseHeaders = {
    ...object.headers,
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
  };
  const tagCount = Object.keys(object.tags ?? {}).length;
  if (tagCount > 0) headers['x-amz-tagging-count'] = tagCount;
  for (const [parameter, name] of Object.entries(OVERRIDES)) {
    const text = call.query.get(parameter);
    if (text === undefined) continue;
    const value = toHeaderValue(text);
    if ([...value].some(character => (character < ' ' && character !== '\t') || character === '\x7f')) {
      throw new S3Error('InvalidArgument', {
        message: 'Header value contains invalid characters.',
        details: { ArgumentName: parameter },
      });
    }
    headers[name] = value;
  }
  return headers;
}

/**
 * Headers and query parameters that may be signed, call by call.
 *
 * Each list holds what belongs to that call and nothing else, because one header or parameter turns a call into
 * another: `x-amz-copy-source` makes an upload read other objects, `acl` makes it change permissions.
 */

import { OPERATIONS } from '../../adapters/s3/presign-operations.js';
import type { S3Operation } from '../../adapters/s3/signing.js';
import { invalid } from './refusal.js';

const CONTENT = ['content-type', 'content-disposition', 'content-encoding', 'cache-control', 'expires'];
const OBJECT = [...CONTENT, 'content-language', 'x-amz-meta-*', 'x-amz-tagging'];
const CHECKSUMS = [
  'crc32',
  'crc32c',
  'crc64nvme',
  'sha1',
  'sha256',
  'sha512',
  'md5',
  'xxhash3',
  'xxhash64',
  'xxhash128',
].map(name => `x-amz-checksum-${name}`);
const BODY_CHECKS = ['content-md5', 'x-amz-content-sha256', 'x-amz-sdk-checksum-algorithm', ...CHECKSUMS];
const WRITE_IF = ['if-match', 'if-none-match'];
const COPY_SOURCE = [
  'x-amz-copy-source',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-unmodified-since',
];
const READ = ['range', ...WRITE_IF, 'if-modified-since', 'if-unmodified-since', 'x-amz-checksum-mode'];

const HEADERS: Readonly<Record<S3Operation, readonly string[]>> = {
  PutObject: [...OBJECT, ...BODY_CHECKS, ...WRITE_IF],
  PostObject: [...CONTENT, 'x-amz-meta-*', 'x-amz-checksum-algorithm', ...CHECKSUMS],
  GetObject: READ,
  HeadObject: READ,
  DeleteObject: ['if-match'],
  // The signer writes the body, and with it the digest that covers it.
  DeleteObjects: [],
  CopyObject: [
    ...OBJECT,
    ...COPY_SOURCE,
    ...WRITE_IF,
    'x-amz-metadata-directive',
    'x-amz-tagging-directive',
    'x-amz-checksum-algorithm',
  ],
  ListObjectsV2: [],
  HeadBucket: [],
  GetObjectTagging: [],
  PutObjectTagging: ['content-type', ...BODY_CHECKS],
  CreateMultipartUpload: [...OBJECT, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
  UploadPart: BODY_CHECKS,
  UploadPartCopy: [...COPY_SOURCE, 'x-amz-copy-source-range'],
  ListParts: [],
  CompleteMultipartUpload: [
    'content-type',
    ...WRITE_IF,
    ...CHECKSUMS,
    'x-amz-checksum-type',
    'x-amz-mp-object-size',
  ],
  AbortMultipartUpload: [],
  ListMultipartUploads: [],
};

const RESPONSE = [
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
];
const LIST = ['prefix', 'delimiter', 'encoding-type'];

const QUERY: Readonly<Partial<Record<S3Operation, readonly string[]>>> = {
  // As a query parameter the checksum mode costs no CORS preflight.
  GetObject: ['versionId', 'x-amz-checksum-mode', ...RESPONSE],
  HeadObject: ['versionId', 'partNumber', 'x-amz-checksum-mode', ...RESPONSE],
  DeleteObject: ['versionId'],
  GetObjectTagging: ['versionId'],
  PutObjectTagging: ['versionId'],
  ListObjectsV2: [...LIST, 'max-keys', 'continuation-token', 'start-after', 'fetch-owner'],
  ListMultipartUploads: [...LIST, 'max-uploads', 'key-marker', 'upload-id-marker'],
  ListParts: ['max-parts', 'part-number-marker'],
};

/**
 * Throws a refusal when a header is none of the call's own and none of `extra`.
 *
 * @param extra Further names; a `*` at the end stands for any rest.
 */
export function checkHeaders(
  operation: S3Operation,
  headers: Readonly<Record<string, string>>,
  extra: readonly string[],
): void {
  const allowed = [...HEADERS[operation], ...extra.map(name => name.toLowerCase())];
  for (const [name, value] of Object.entries(headers)) {
    if (!allowed.some(pattern => matches(name, pattern))) {
      throw invalid(`The header “${name}” is not signed for ${operation}.`, 'HeaderNotAllowed');
    }
    if (name === 'x-amz-content-sha256' && !/^[0-9a-f]{64}$/.test(value)) {
      // Its other values name ways of framing a body.
      throw invalid('x-amz-content-sha256 must be a SHA-256 in lower-case hex.', 'HeaderNotAllowed');
    }
    if (name === 'content-encoding' && /aws-chunked/i.test(value)) {
      // The length signed would be that of the framing, not of the object.
      throw invalid('Bodies framed as aws-chunked are not signed: send the plain bytes.', 'HeaderNotAllowed');
    }
  }
}

/** Throws a refusal when a query parameter is none of the call's own. */
export function checkQuery(operation: S3Operation, query: Readonly<Record<string, string>>): void {
  const fixed = OPERATIONS[operation].query;
  for (const [name, value] of Object.entries(query)) {
    if (Object.hasOwn(fixed, name) && fixed[name] === value) continue;
    if (!QUERY[operation]?.includes(name)) {
      throw invalid(`The query parameter “${name}” is not signed for ${operation}.`, 'QueryNotAllowed');
    }
  }
}

function matches(name: string, pattern: string): boolean {
  if (!pattern.endsWith('*')) return name === pattern;
  const start = pattern.slice(0, -1);
  return name.length > start.length && name.startsWith(start);
}

/**
 * Presigning: from what a page wants to do and credentials to a request that can be sent by whoever holds it.
 *
 * Pure: no network, no rule about who may do what. A server decides that first (`createS3Signer`); a page that holds
 * temporary credentials of its own (STS) has had it decided by the policy behind them.
 */

import { AwsV4Signer } from 'aws4fetch';
import { base64, encodeKey, encodeStrict, escapeXml, hex, sha256 } from './presign-encoding.js';
import { OPERATIONS, operationOf } from './presign-operations.js';
import { signPostPolicy } from './presign-policy.js';
import type { S3Operation, S3SignedRequest, S3SignRequest } from './signing.js';

/** An access key, or the temporary one of a session. */
export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Present for temporary credentials. */
  sessionToken?: string;
  /** When temporary credentials end: a Date, milliseconds since 1970, or an ISO 8601 string. */
  expiration?: Date | number | string;
}

export interface PresignOptions {
  /** Base URL of the bucket: `https://lab.s3.eu-west-1.amazonaws.com` or `https://storage.example/lab`. */
  bucketUrl: string;
  /** Region in the signature's scope. Engines without regions take `us-east-1`, R2 takes `auto`. */
  region: string;
  credentials: S3Credentials;
  /** The bucket's name, where {@link bucketUrl} does not show it (a domain of one's own). */
  bucket?: string;
  /** Lifetime in seconds when the request wishes none. Default: 900. At most 604,800 (seven days). */
  expiresIn?: number;
  /** Smallest size in bytes that a POST policy admits, when the request names no exact one. */
  minSize?: number;
  /** Largest size in bytes that a POST policy admits, when the request names no exact one. */
  maxSize?: number;
  /** Sign `contentLength` as a header of PutObject and UploadPart, so that no other length is taken. Default: false. */
  signContentLength?: boolean;
  /** The clock, in milliseconds since 1970. Default: `Date.now`. */
  now?: () => number;
}

/** The longest lifetime that Signature V4 allows, in seconds. */
export const MAX_EXPIRES_IN = 604_800;
const DEFAULT_EXPIRES_IN = 900;

/** Browsers set it themselves and forbid pages to. */
const NOT_SENT_BY_PAGES = new Set(['content-length']);
const TAKES_CONTENT_TYPE = new Set<S3Operation>([
  'PutObject',
  'PostObject',
  'CopyObject',
  'CreateMultipartUpload',
]);
const TAKES_CONTENT_LENGTH = new Set<S3Operation>(['PutObject', 'UploadPart']);

/** Derived signing keys, by credentials: four of the five HMACs of a signature are the same all day. */
const derivedKeys = new WeakMap<S3Credentials, Map<string, ArrayBuffer>>();

/**
 * Signs one request.
 *
 * @throws TypeError when the request is no S3 call, or holds what a URL or a header cannot carry.
 */
export async function presign(request: S3SignRequest, options: PresignOptions): Promise<S3SignedRequest> {
  const operation = operationOf(request);
  const { credentials, region } = options;
  const base = new URL(options.bucketUrl);
  const bucket = options.bucket ?? bucketNameOf(base);
  const seconds = Math.floor((options.now ?? Date.now)() / 1000);
  const datetime = new Date(seconds * 1000).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const expiresIn = lifetime(request.expiresIn ?? options.expiresIn ?? DEFAULT_EXPIRES_IN);
  const expiresAt = Math.min(
    (seconds + expiresIn) * 1000,
    expirationOf(credentials) ?? Number.POSITIVE_INFINITY,
  );
  const { headers, body } = await headersOf(operation, request, bucket, options);

  if (operation === 'PostObject') {
    const url = `${base.origin}${base.pathname}`;
    return signPostPolicy(request, options, { url, bucket, headers, datetime, expiresAt });
  }

  let cache = derivedKeys.get(credentials);
  if (!cache) derivedKeys.set(credentials, (cache = new Map()));
  const signer = new AwsV4Signer({
    method: request.method,
    url: unsignedUrl(operation, request, base, expiresIn),
    headers,
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    ...(credentials.sessionToken ? { sessionToken: credentials.sessionToken } : {}),
    service: 's3',
    region,
    datetime,
    signQuery: true,
    // Else content-type, content-length and range would be left to whoever holds the URL.
    allHeaders: true,
    cache,
  });
  const signed = (await signer.sign()).url;
  // URLSearchParams writes a space as “+”, which not every engine reads as one in a query.
  const query = Array.from(signed.searchParams, pair => pair.map(encodeStrict).join('=')).join('&');
  const toSend = Object.entries(headers).filter(([name]) => !NOT_SENT_BY_PAGES.has(name));
  return {
    url: `${signed.origin}${signed.pathname}?${query}`,
    ...(toSend.length > 0 ? { headers: Object.fromEntries(toSend) } : {}),
    ...(body === undefined ? {} : { body }),
    expiresAt,
  };
}

/** The bucket's name in a path-style (`…/lab`) or virtual-host (`lab.…`) URL. */
export function bucketNameOf(bucketUrl: string | URL): string {
  const { hostname, pathname } = new URL(bucketUrl);
  const inPath = pathname.split('/').filter(Boolean).at(-1);
  return inPath === undefined ? (hostname.split('.')[0] ?? '') : decodeURIComponent(inPath);
}

/** The moment credentials end, in milliseconds since 1970; undefined for lasting ones. */
export function expirationOf(credentials: S3Credentials): number | undefined {
  const { expiration } = credentials;
  if (expiration === undefined) return undefined;
  const at = new Date(expiration).getTime();
  if (Number.isNaN(at)) throw new TypeError('The expiration of the credentials is no date.');
  return at;
}

/** The value of `x-amz-copy-source`, each part encoded once. */
export function copySource(bucket: string, key: string, versionId?: string): string {
  const version = versionId === undefined ? '' : `?versionId=${encodeStrict(versionId)}`;
  return `/${encodeStrict(bucket)}/${encodeKey(key)}${version}`;
}

/** The body of DeleteObjects for these keys. */
export function deleteObjectsBody(keys: readonly string[]): string {
  const objects = keys.map(key => `<Object><Key>${escapeXml(key)}</Key></Object>`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${objects}</Delete>`;
}

function lifetime(seconds: number): number {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_EXPIRES_IN) {
    throw new TypeError(`expiresIn must be a whole number of seconds from 1 to ${MAX_EXPIRES_IN}.`);
  }
  return seconds;
}

function unsignedUrl(operation: S3Operation, request: S3SignRequest, base: URL, expiresIn: number): string {
  const query = new Map(Object.entries(OPERATIONS[operation].query));
  if (request.uploadId !== undefined) query.set('uploadId', request.uploadId);
  if (request.partNumber !== undefined) query.set('partNumber', String(request.partNumber));
  for (const [name, value] of Object.entries(request.query ?? {})) {
    // A sub-resource given as a parameter would turn one call into another.
    if (query.has(name) && query.get(name) !== value) {
      throw new TypeError(`The query parameter “${name}” is set by ${operation} itself.`);
    }
    query.set(name, value);
  }
  query.set('X-Amz-Expires', String(expiresIn));

  let path = base.pathname;
  if (request.key !== '') {
    if (request.key.split('/').some(segment => segment === '.' || segment === '..')) {
      throw new TypeError('A key with “.” or “..” as a segment cannot be addressed by a URL.');
    }
    path = `${path.replace(/\/+$/, '')}/${encodeKey(request.key)}`;
  }
  const search = Array.from(query, pair => pair.map(encodeStrict).join('=')).join('&');
  return `${base.origin}${path}?${search}`;
}

async function headersOf(
  operation: S3Operation,
  request: S3SignRequest,
  bucket: string,
  options: PresignOptions,
): Promise<{ headers: Record<string, string>; body?: string }> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers ?? {}))
    headers[name.toLowerCase()] = value.trim();

  if (request.contentType !== undefined && TAKES_CONTENT_TYPE.has(operation)) {
    const named = headers['content-type'];
    if (named !== undefined && named !== request.contentType.trim()) {
      throw new TypeError('contentType and the header content-type contradict each other.');
    }
    headers['content-type'] = request.contentType.trim();
  }
  if (
    options.signContentLength &&
    request.contentLength !== undefined &&
    TAKES_CONTENT_LENGTH.has(operation)
  ) {
    headers['content-length'] = String(request.contentLength);
  }
  if (operation === 'CopyObject' || operation === 'UploadPartCopy') {
    if (request.sourceKey !== undefined) {
      if (headers['x-amz-copy-source'] !== undefined) {
        throw new TypeError('Give either sourceKey or the header x-amz-copy-source.');
      }
      headers['x-amz-copy-source'] = copySource(bucket, request.sourceKey);
    }
    if (headers['x-amz-copy-source'] === undefined) throw new TypeError(`${operation} needs a sourceKey.`);
  }

  let body: string | undefined;
  if (operation === 'DeleteObjects' && request.keys) {
    if (request.keys.length < 1 || request.keys.length > 1000) {
      throw new TypeError('DeleteObjects takes 1 to 1,000 keys.');
    }
    body = deleteObjectsBody(request.keys);
    const digest = await sha256(body);
    // AWS insists on a checksum for this call. The payload hash is what binds the body everywhere: Ceph, for one,
    // checks neither checksum headers nor Content-MD5 here.
    headers['x-amz-checksum-sha256'] = base64(digest);
    headers['x-amz-content-sha256'] = hex(digest);
  }

  for (const [name, value] of Object.entries(headers)) {
    // Beyond ASCII the bytes signed (UTF-8) and the bytes sent (Latin-1) would differ.
    if (!/^[\x20-\x7e]*$/.test(value)) {
      throw new TypeError(`The header “${name}” may hold printable ASCII only: encode the rest.`);
    }
  }
  return body === undefined ? { headers } : { headers, body };
}

/** Putting a request within the limits that `authorize` set. */

import { copySource } from '../../adapters/s3/presign.js';
import { MAX_SINGLE_UPLOAD } from '../../adapters/s3/presign-policy.js';
import type { S3Operation, S3SignRequest } from '../../adapters/s3/signing.js';
import { checkHeaders, checkQuery } from './allowed.js';
import { checkKey, confine, normalizePrefix } from './keys.js';
import type { S3AuthorizeRequest, S3SignerConstraints } from './options.js';
import type { ParsedRequest } from './parse.js';
import { forbidden, invalid } from './refusal.js';

const LISTS = new Set<S3Operation>(['ListObjectsV2', 'ListMultipartUploads']);
const NAMES_NEW_OBJECT = new Set<S3Operation>([
  'PutObject',
  'PostObject',
  'CopyObject',
  'CreateMultipartUpload',
]);
const SENDS_OBJECT = new Set<S3Operation>(['PutObject', 'PostObject', 'UploadPart']);
const HAS_TYPE = new Set<S3Operation>(['PutObject', 'PostObject', 'CreateMultipartUpload']);
const OBJECT_SIZE = 'x-amz-mp-object-size';

/** What may be signed. */
export interface Constrained {
  request: S3SignRequest;
  /** Longest lifetime in seconds; undefined where only the signer's own limit holds. */
  expiresIn: number | undefined;
  minSize: number | undefined;
  maxSize: number | undefined;
}

const CHECKS: Readonly<Record<keyof S3SignerConstraints, (value: unknown) => boolean>> = {
  prefix: value => typeof value === 'string',
  keyPrefix: value => typeof value === 'string',
  mapKey: value => typeof value === 'function',
  operations: Array.isArray,
  maxSize: isSize,
  minSize: isSize,
  contentTypes: Array.isArray,
  expiresIn: value => Number.isInteger(value) && (value as number) >= 1,
  headers: Array.isArray,
};

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/**
 * Fails closed: a misspelt limit, or one whose value went missing on the way (`{ prefix: user.folder }` without a
 * folder), must not read as “no limit”.
 *
 * @throws TypeError
 */
export function checkConstraints(constraints: S3SignerConstraints): S3SignerConstraints {
  for (const [name, value] of Object.entries(constraints)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof S3SignerConstraints] : undefined;
    if (!check) throw new TypeError(`authorize answered with an unknown limit “${name}”.`);
    if (!check(value))
      throw new TypeError(`authorize answered with a limit “${name}” that has no valid value.`);
  }
  return constraints;
}

/**
 * @param constraints What `authorize` answered.
 * @param signerPrefix The signer's own prefix, normalised.
 * @throws S3SignRefused when the request lies outside.
 */
export async function constrain(
  parsed: ParsedRequest,
  asked: S3AuthorizeRequest,
  constraints: S3SignerConstraints,
  signerPrefix: string,
  bucket: string,
): Promise<Constrained> {
  const { operation } = parsed;
  if (constraints.operations && !constraints.operations.includes(operation)) {
    throw forbidden(`${operation} is not allowed here.`, 'OperationNotAllowed');
  }
  checkQuery(operation, parsed.query);
  checkHeaders(operation, parsed.headers, constraints.headers ?? []);
  const located = await locate(parsed, asked, constraints, signerPrefix, bucket);
  checkType(located, constraints);
  const request = checkSize(located, constraints);
  const { operationNamed: _named, sourceVersionId: _version, ...signable } = request;
  return {
    request: signable,
    expiresIn: constraints.expiresIn,
    minSize: constraints.minSize,
    maxSize: constraints.maxSize,
  };
}

/** Final keys: derived, prefixed, and confined. */
async function locate(
  parsed: ParsedRequest,
  asked: S3AuthorizeRequest,
  constraints: S3SignerConstraints,
  signerPrefix: string,
  bucket: string,
): Promise<ParsedRequest> {
  const own = normalizePrefix(constraints.keyPrefix);
  const prefixes = [signerPrefix, normalizePrefix(constraints.prefix), own];
  const below = (key: string) => (key.startsWith(own) ? key : own + key);
  const settle = (key: string, what?: string): string => {
    checkKey(key, what);
    confine(key, prefixes, what);
    return key;
  };
  const { operation } = parsed;
  const request: ParsedRequest = { ...parsed, headers: { ...parsed.headers }, query: { ...parsed.query } };

  if (parsed.key !== '') {
    const derived =
      constraints.mapKey && NAMES_NEW_OBJECT.has(operation)
        ? await constraints.mapKey(parsed.key, asked)
        : parsed.key;
    request.key = settle(below(derived));
  }
  if (parsed.keys) request.keys = parsed.keys.map(key => settle(below(key)));
  if (parsed.sourceKey !== undefined) {
    const source = settle(below(parsed.sourceKey), 'copy source');
    request.headers['x-amz-copy-source'] = copySource(bucket, source, parsed.sourceVersionId);
    delete request.sourceKey;
  }
  if (LISTS.has(operation)) {
    const prefix = below(parsed.query.prefix ?? '');
    confine(prefix, prefixes, 'listed prefix');
    if (prefix !== '') request.query.prefix = prefix;
  }
  return request;
}

function checkType(request: ParsedRequest, { contentTypes }: S3SignerConstraints): void {
  if (!contentTypes) return;
  const named = request.contentType ?? request.headers['content-type'];
  if (!HAS_TYPE.has(request.operation) && (request.operation !== 'CopyObject' || named === undefined)) return;
  const allowed = contentTypes.join(', ');
  if (named === undefined) {
    throw invalid(
      `Only certain types of files are taken here (${allowed}): name one in contentType.`,
      'TypeNeeded',
    );
  }
  const type = named.split(';')[0]!.trim().toLowerCase();
  const fits = contentTypes.some(pattern => {
    const wanted = pattern.trim().toLowerCase();
    if (wanted === '*/*' || wanted === '*') return true;
    return wanted.endsWith('/*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
  });
  if (!fits) throw forbidden(`Files of this type are not taken here. Allowed: ${allowed}.`, 'TypeNotAllowed');
}

function checkSize(request: ParsedRequest, { minSize, maxSize }: S3SignerConstraints): ParsedRequest {
  const { operation, contentLength } = request;
  const limited = minSize !== undefined || maxSize !== undefined;

  if (SENDS_OBJECT.has(operation) && contentLength !== undefined) {
    if (contentLength > MAX_SINGLE_UPLOAD) {
      throw invalid('S3 takes 5 GiB in one request at most: send the file in parts.', 'EntityTooLarge');
    }
    compare(contentLength, operation === 'UploadPart' ? undefined : minSize, maxSize);
  }
  if (!limited) return request;

  switch (operation) {
    case 'PutObject':
      if (contentLength !== undefined) return request;
      // @uppy/aws-s3 tells no length, and takes a form instead, whose size the storage checks against a range.
      if (!request.operationNamed) return { ...request, operation: 'PostObject', method: 'POST' };
      throw lengthNeeded();
    case 'UploadPart':
      if (contentLength === undefined) throw lengthNeeded();
      return request;
    case 'CreateMultipartUpload':
      if (contentLength !== undefined) compare(contentLength, minSize, maxSize);
      else if (!request.operationNamed) throw lengthNeeded();
      return request;
    case 'CompleteMultipartUpload': {
      const size = request.headers[OBJECT_SIZE];
      if (size === undefined || !/^\d{1,15}$/.test(size)) {
        throw invalid(
          `Sizes are limited here: name the size of the whole in the header ${OBJECT_SIZE}.`,
          'SizeNeeded',
        );
      }
      compare(Number(size), minSize, maxSize);
      return request;
    }
    default:
      return request;
  }
}

function compare(size: number, minSize: number | undefined, maxSize: number | undefined): void {
  if (maxSize !== undefined && size > maxSize) {
    throw forbidden(`The file is too large: ${count(maxSize)} bytes are allowed.`, 'EntityTooLarge');
  }
  if (minSize !== undefined && size < minSize) {
    throw forbidden(`The file is too small: it needs at least ${count(minSize)} bytes.`, 'EntityTooSmall');
  }
}

const lengthNeeded = () =>
  invalid(
    'Sizes are limited here, so the length of what is sent must be signed: name it in contentLength. Uploaders that cannot should send the file in one request, not in parts.',
    'LengthNeeded',
  );

const count = (bytes: number) => bytes.toLocaleString('en');

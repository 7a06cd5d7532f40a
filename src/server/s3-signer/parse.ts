/** From untrusted JSON to a well-formed signing request. */

import { operationOf } from '../../adapters/s3/presign-operations.js';
import type { S3Operation, S3SignRequest } from '../../adapters/s3/signing.js';
import { parseCopySource } from './copy-source.js';
import { checkKey, checkListPrefix } from './keys.js';
import { invalid } from './refusal.js';

const METHODS: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']);
const MAX_PART_NUMBER = 10_000;
const MAX_UPLOAD_ID_LENGTH = 1024;

/** A request whose fields have their types, whose call is known, and whose keys are fit for a URL. */
export interface ParsedRequest extends S3SignRequest {
  operation: S3Operation;
  query: Record<string, string>;
  headers: Record<string, string>;
  sourceVersionId?: string;
  /** False for the shape of @uppy/aws-s3, which names no call and tells no length. */
  operationNamed: boolean;
}

/**
 * @param bucket The signer's bucket: a copy source in another one is refused.
 * @throws S3SignRefused
 */
export function parseRequest(input: unknown, bucket: string): ParsedRequest {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid('A signing request is a JSON object.');
  }
  const fields = input as Record<string, unknown>;
  if (!METHODS.has(fields.method)) throw invalid('method must be GET, HEAD, PUT, POST or DELETE.');
  if (typeof fields.key !== 'string') throw invalid('key must be a string.');

  const request: Partial<ParsedRequest> & Pick<S3SignRequest, 'method' | 'key'> = {
    method: fields.method as S3SignRequest['method'],
    key: fields.key,
  };
  for (const name of ['operation', 'contentType', 'uploadId', 'bucketUrl', 'sourceKey'] as const) {
    const value = optional(fields, name);
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '')
      throw invalid(`${name} must be a string that is not empty.`);
    Object.assign(request, { [name]: value });
  }
  for (const [name, min, max] of [
    ['expiresIn', 1, Number.MAX_SAFE_INTEGER],
    ['partNumber', 1, MAX_PART_NUMBER],
    ['contentLength', 0, Number.MAX_SAFE_INTEGER],
  ] as const) {
    const value = optional(fields, name);
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
      const range = max === MAX_PART_NUMBER ? `from ${min} to ${max}` : `of at least ${min}`;
      throw invalid(`${name} must be a whole number ${range}.`);
    }
    request[name] = value as number;
  }
  if (request.uploadId !== undefined && request.uploadId.length > MAX_UPLOAD_ID_LENGTH) {
    throw invalid('uploadId is longer than any S3 gives out.');
  }
  const keys = optional(fields, 'keys');
  if (keys !== undefined) {
    if (!Array.isArray(keys) || keys.some(key => typeof key !== 'string')) {
      throw invalid('keys must be an array of strings.');
    }
    request.keys = keys as string[];
  }
  const headers = textMap(fields, 'headers');
  const query = textMap(fields, 'query');
  return complete({ ...request, headers, query, operationNamed: request.operation !== undefined }, bucket);
}

type Draft = Omit<ParsedRequest, 'operation'> & { operation?: S3Operation };

function complete(draft: Draft, bucket: string): ParsedRequest {
  let operation: S3Operation;
  try {
    operation = operationOf(draft);
  } catch (error) {
    throw invalid((error as Error).message, 'InvalidOperation');
  }
  const request: ParsedRequest = { ...draft, operation };
  if (request.key !== '') checkKey(request.key);
  if (operation === 'ListObjectsV2' || operation === 'ListMultipartUploads') {
    checkListPrefix(request.query.prefix ?? '');
  }
  if (operation === 'DeleteObjects') {
    if (!request.keys) {
      throw invalid(
        'DeleteObjects needs “keys”: the signer signs the body, which is made from them.',
        'KeysNeeded',
      );
    }
    if (request.keys.length < 1 || request.keys.length > 1000)
      throw invalid('keys must hold 1 to 1,000 keys.');
    for (const key of request.keys) checkKey(key);
  } else if (request.keys) {
    throw invalid(`${operation} takes no keys.`);
  }
  takeCopySource(request, bucket);
  return request;
}

/** Reads the source of a copy from either spelling into `sourceKey` and `sourceVersionId`. */
function takeCopySource(request: ParsedRequest, bucket: string): void {
  const copies = request.operation === 'CopyObject' || request.operation === 'UploadPartCopy';
  const header = request.headers['x-amz-copy-source'];
  if (!copies) {
    if (request.sourceKey !== undefined) throw invalid(`${request.operation} takes no sourceKey.`);
    return;
  }
  if (header !== undefined) {
    if (request.sourceKey !== undefined)
      throw invalid('Give either sourceKey or the header x-amz-copy-source.');
    Object.assign(request, parseCopySource(header, bucket));
    delete request.headers['x-amz-copy-source'];
  }
  if (request.sourceKey === undefined) throw invalid(`${request.operation} needs a sourceKey.`);
  checkKey(request.sourceKey, 'copy source');
}

function optional(fields: Record<string, unknown>, name: string): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return value === null ? undefined : value;
}

function textMap(fields: Record<string, unknown>, name: 'headers' | 'query'): Record<string, string> {
  const value = optional(fields, name);
  if (value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalid(`${name} must be an object of strings.`);
  const result = new Map<string, string>();
  for (const [rawName, text] of Object.entries(value as object)) {
    const entry = name === 'headers' ? rawName.toLowerCase() : rawName;
    if (typeof text !== 'string') throw invalid(`${name}: the value of “${entry}” must be a string.`);
    if (!/^[A-Za-z0-9._-]+$/.test(entry)) throw invalid(`${name}: a name is not valid.`);
    if (result.has(entry)) throw invalid(`${name}: “${entry}” is given twice.`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\u0000-\u001f\u007f]|\p{Surrogate}/u.test(text)) {
      throw invalid(`${name}: the value of “${entry}” contains a control character.`);
    }
    result.set(entry, text);
  }
  return Object.fromEntries(result);
}

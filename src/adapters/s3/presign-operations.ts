/**
 * What each S3 call looks like on the wire, and which call a request without an `operation` means.
 */

import type { S3Operation, S3SignRequest } from './signing.js';

/** The fixed part of one S3 call. */
export interface OperationShape {
  method: S3SignRequest['method'];
  /** Whether the URL names an object or the bucket itself. */
  target: 'object' | 'bucket';
  /** Query parameters that make it this call. */
  query: Readonly<Record<string, string>>;
  /** Whether the call is one on a multipart upload. */
  uploadId: boolean;
  /** Whether the call is one on a part. */
  partNumber: boolean;
}

const onObject = (
  method: OperationShape['method'],
  query: Record<string, string> = {},
  fields: { uploadId?: boolean; partNumber?: boolean } = {},
): OperationShape => ({ method, target: 'object', query, uploadId: false, partNumber: false, ...fields });

const onBucket = (method: OperationShape['method'], query: Record<string, string> = {}): OperationShape => ({
  method,
  target: 'bucket',
  query,
  uploadId: false,
  partNumber: false,
});

export const OPERATIONS: Readonly<Record<S3Operation, OperationShape>> = {
  PutObject: onObject('PUT'),
  PostObject: { ...onBucket('POST'), target: 'object' },
  GetObject: onObject('GET'),
  HeadObject: onObject('HEAD'),
  DeleteObject: onObject('DELETE'),
  CopyObject: onObject('PUT'),
  GetObjectTagging: onObject('GET', { tagging: '' }),
  PutObjectTagging: onObject('PUT', { tagging: '' }),
  CreateMultipartUpload: onObject('POST', { uploads: '' }),
  UploadPart: onObject('PUT', {}, { uploadId: true, partNumber: true }),
  UploadPartCopy: onObject('PUT', {}, { uploadId: true, partNumber: true }),
  ListParts: onObject('GET', {}, { uploadId: true }),
  CompleteMultipartUpload: onObject('POST', {}, { uploadId: true }),
  AbortMultipartUpload: onObject('DELETE', {}, { uploadId: true }),
  HeadBucket: onBucket('HEAD'),
  ListObjectsV2: onBucket('GET', { 'list-type': '2' }),
  ListMultipartUploads: onBucket('GET', { uploads: '' }),
  DeleteObjects: onBucket('POST', { delete: '' }),
};

/**
 * The call that a request stands for. `operation` says it; without one it follows from the verb, the upload id and
 * the part number, as in requests of @uppy/aws-s3.
 *
 * @throws TypeError when no single call fits, or when the named one contradicts the other fields.
 */
export function operationOf(request: S3SignRequest): S3Operation {
  const operation = request.operation ?? inferOperation(request);
  const shape = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
  if (!shape) throw new TypeError(`Unknown operation “${String(operation)}”.`);
  if (request.method !== shape.method) {
    throw new TypeError(`${operation} is sent with ${shape.method}, not with ${String(request.method)}.`);
  }
  if (shape.target === 'object' && request.key === '') throw new TypeError(`${operation} needs a key.`);
  if (shape.target === 'bucket' && request.key !== '') {
    throw new TypeError(`${operation} is a call on the bucket: its key is the empty string.`);
  }
  if (shape.uploadId !== (request.uploadId !== undefined)) {
    throw new TypeError(`${operation} ${shape.uploadId ? 'needs' : 'takes no'} uploadId.`);
  }
  if (shape.partNumber !== (request.partNumber !== undefined)) {
    throw new TypeError(`${operation} ${shape.partNumber ? 'needs' : 'takes no'} partNumber.`);
  }
  return operation;
}

function inferOperation(request: S3SignRequest): S3Operation {
  const { method, key } = request;
  const onUpload = request.uploadId !== undefined;
  const copies = request.sourceKey !== undefined || request.headers?.['x-amz-copy-source'] !== undefined;
  if (key === '') {
    if (method === 'GET') return 'ListObjectsV2';
    if (method === 'HEAD') return 'HeadBucket';
    if (method === 'POST' && request.keys) return 'DeleteObjects';
  } else {
    switch (method) {
      case 'PUT':
        if (onUpload) return copies ? 'UploadPartCopy' : 'UploadPart';
        return copies ? 'CopyObject' : 'PutObject';
      case 'POST':
        return onUpload ? 'CompleteMultipartUpload' : 'CreateMultipartUpload';
      case 'DELETE':
        return onUpload ? 'AbortMultipartUpload' : 'DeleteObject';
      case 'GET':
        return onUpload ? 'ListParts' : 'GetObject';
      case 'HEAD':
        return 'HeadObject';
    }
  }
  throw new TypeError(
    `No S3 call follows from the method ${String(method)} ${key === '' ? 'without a key' : 'and these fields'}: name it in “operation”.`,
  );
}

import type { IncomingHttpHeaders } from 'node:http';

/** Sub-resources S3 has and this store does not. */
const NOT_IMPLEMENTED = new Set(
  (
    'accelerate acl analytics encryption intelligent-tiering inventory legal-hold lifecycle logging metrics ' +
    'notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment ' +
    'restore retention select session torrent versioning versions website'
  ).split(' '),
);

/** The S3 operation a request means, by its name in the S3 API; `NotImplemented` or `MethodNotAllowed` for the rest. */
export function operationOf(
  method: string,
  bucket: string,
  key: string,
  query: ReadonlyMap<string, string>,
  headers: IncomingHttpHeaders,
): string {
  if (method === 'OPTIONS') return 'Preflight';
  for (const name of query.keys()) if (NOT_IMPLEMENTED.has(name)) return 'NotImplemented';
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : 'MethodNotAllowed';
  return (
    (key === '' ? bucketOperation(method, query) : objectOperation(method, query, headers)) ??
    'MethodNotAllowed'
  );
}

function bucketOperation(method: string, query: ReadonlyMap<string, string>): string | undefined {
  switch (method) {
    case 'HEAD':
      return 'HeadBucket';
    case 'GET':
      if (query.has('tagging')) return 'NotImplemented';
      if (query.has('cors')) return 'GetBucketCors';
      if (query.has('location')) return 'GetBucketLocation';
      if (query.has('uploads')) return 'ListMultipartUploads';
      return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
    case 'PUT':
      if (query.has('tagging')) return 'NotImplemented';
      return query.has('cors') ? 'PutBucketCors' : 'CreateBucket';
    case 'DELETE':
      if (query.has('tagging')) return 'NotImplemented';
      return query.has('cors') ? 'DeleteBucketCors' : 'DeleteBucket';
    case 'POST':
      return query.has('delete') ? 'DeleteObjects' : 'PostObject';
  }
  return undefined;
}

function objectOperation(
  method: string,
  query: ReadonlyMap<string, string>,
  headers: IncomingHttpHeaders,
): string | undefined {
  const copies = headers['x-amz-copy-source'] !== undefined || query.has('x-amz-copy-source');
  switch (method) {
    case 'HEAD':
      return 'HeadObject';
    case 'GET':
      if (query.has('uploadId')) return 'ListParts';
      if (query.has('tagging')) return 'GetObjectTagging';
      return query.has('attributes') ? 'GetObjectAttributes' : 'GetObject';
    case 'PUT':
      if (query.has('tagging')) return 'PutObjectTagging';
      if (query.has('uploadId') || query.has('partNumber')) return copies ? 'UploadPartCopy' : 'UploadPart';
      return copies ? 'CopyObject' : 'PutObject';
    case 'DELETE':
      if (query.has('tagging')) return 'DeleteObjectTagging';
      return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (query.has('uploads')) return 'CreateMultipartUpload';
      return query.has('uploadId') ? 'CompleteMultipartUpload' : undefined;
  }
  return undefined;
}

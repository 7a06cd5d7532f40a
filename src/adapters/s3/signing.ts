/**
 * The words a page and a signer exchange: what the page wants to do, and the presigned request it gets back.
 *
 * The shape is a superset of `signRequest` in @uppy/aws-s3 6.3 (`PresignableRequest` and `PresignedResponse`
 * there): an endpoint written for Uppy serves uploads here, and `createS3Signer` serves Uppy.
 */

/** The S3 API call a presigned request stands for, by its name in the S3 API reference. */
export type S3Operation =
  | 'PutObject'
  | 'PostObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'CopyObject'
  | 'ListObjectsV2'
  | 'HeadBucket'
  | 'GetObjectTagging'
  | 'PutObjectTagging'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'UploadPartCopy'
  | 'ListParts'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListMultipartUploads';

/** One request to be signed. JSON-safe: it travels to the signing endpoint as it is. */
export interface S3SignRequest {
  /** HTTP verb of the request that will be sent to the storage. */
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Object key; the empty string for calls on the bucket (listing, DeleteObjects). */
  key: string;
  /** Wished lifetime of the URL in seconds; the signer bounds it. */
  expiresIn?: number;
  /** MIME type of a PutObject, PostObject or CreateMultipartUpload. */
  contentType?: string;
  /** Multipart upload id, for the calls on one. */
  uploadId?: string;
  /** Part number, 1 to 10,000, for UploadPart and UploadPartCopy. */
  partNumber?: number;

  /**
   * The S3 call meant. Absent in requests of @uppy/aws-s3, whose six kinds follow from `method`, `uploadId` and
   * `partNumber`. Superset field, like all below.
   */
  operation?: S3Operation;
  /** The bucket's base URL to sign for, one of those that the page's adapter was given; default: the signer's. */
  bucketUrl?: string;
  /** Query parameters beyond those that follow from the fields above (`prefix`, `versionId`, `response-…`). */
  query?: Record<string, string>;
  /**
   * Headers the page will send and that the signature must cover (`x-amz-checksum-…`, `x-amz-copy-source`,
   * `x-amz-meta-…`, `content-md5`, `if-none-match`). Names in lower case.
   */
  headers?: Record<string, string>;
  /** Length of the body in bytes. A signer that limits sizes signs it, so that S3 refuses any other length. */
  contentLength?: number;
  /**
   * Keys to delete, for DeleteObjects (1 to 1,000). The signer writes the body itself and signs its SHA-256, because
   * a signature that left the body open would delete any key of the bucket: send {@link S3SignedRequest.body}.
   */
  keys?: string[];
  /**
   * Key to copy from in the same bucket, for CopyObject and UploadPartCopy. The signer writes `x-amz-copy-source`
   * from it; either this or that header is given.
   */
  sourceKey?: string;
}

/** A request signed and ready to send. */
export interface S3SignedRequest {
  /** Presigned URL; for a POST policy, the URL the form goes to. */
  url: string;
  /** The key the storage will use, when the signer derives its own (adds a prefix). */
  key?: string;
  /** Headers to send exactly as given: the signature covers them. */
  headers?: Record<string, string>;
  /** Fields of an S3 POST policy, in the order to send them; the file comes last, under the name `file`. */
  fields?: Record<string, string>;
  /** Body to send exactly as given (DeleteObjects with `keys`): the signed headers hold its digest. */
  body?: string;
  /** When the signature expires, in milliseconds since 1970. */
  expiresAt?: number;
}

/** Why the signer refused one request. `code` is for the program, `message` for the person. */
export interface S3SignRefusal {
  error: { code: string; message: string; status: number };
}

/** Many requests in one round trip. The answers come in the order of the requests. */
export interface S3SignBatch {
  requests: S3SignRequest[];
}

/** Answer to {@link S3SignBatch}: one refusal does not spoil the others. */
export interface S3SignBatchResponse {
  responses: (S3SignedRequest | S3SignRefusal)[];
}

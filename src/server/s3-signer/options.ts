import type { S3Credentials } from '../../adapters/s3/presign.js';
import type { S3Operation, S3SignRequest } from '../../adapters/s3/signing.js';

/** What is asked for, checked in form and not yet confined: what `authorize` judges. */
export interface S3AuthorizeRequest {
  operation: S3Operation;
  method: S3SignRequest['method'];
  /** Object key as the page asked for it; the empty string for calls on the bucket. */
  key: string;
  /** Keys to delete (DeleteObjects). */
  keys?: readonly string[];
  /** Key copied from (CopyObject, UploadPartCopy); always in the same bucket. */
  sourceKey?: string;
  /** Version copied from. */
  sourceVersionId?: string;
  /** Prefix listed (ListObjectsV2, ListMultipartUploads); the empty string lists the whole bucket. */
  prefix?: string;
  contentType?: string;
  /** Length of the body in bytes, as the page announced it. */
  contentLength?: number;
  uploadId?: string;
  partNumber?: number;
  /** The bucket URL that will be signed for. */
  bucketUrl: string;
  query: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
}

export interface S3AuthorizeContext<Context = unknown> {
  /** The page's request, for its cookies and headers. Its body has been read already. */
  request: Request;
  /** What the handler was called with beside the request: the bindings of a Worker, a session. */
  context: Context | undefined;
}

/** Limits within which a request is signed. All that are given hold together. */
export interface S3SignerConstraints {
  /**
   * Confines keys, copy sources and listings to those below it. Taken as a folder: `users/1` means `users/1/`, so that
   * it does not open `users/10/` too.
   */
  prefix?: string;
  /**
   * Confines like {@link prefix}, and is put before each key and listed prefix that does not begin with it: the page
   * asks for `a.txt`, the storage holds `users/1/a.txt`, and the answer's `key` says so.
   */
  keyPrefix?: string;
  /**
   * Derives the key of a new object (PutObject, PostObject, CopyObject, CreateMultipartUpload). Must give the same key
   * for the same request, or an upload signed again after a failure goes elsewhere. Later calls use the derived key,
   * which the answer's `key` tells.
   */
  mapKey?: (key: string, request: S3AuthorizeRequest) => string | Promise<string>;
  /** The only calls that are signed. */
  operations?: readonly S3Operation[];
  /**
   * Largest object in bytes. A POST policy carries it; PutObject and UploadPart need `contentLength`, which is signed.
   * The sum of the parts can be checked only when they are put together: CompleteMultipartUpload then needs the header
   * `x-amz-mp-object-size`, which the storage compares (AWS does; some engines ignore it). The size of the source of a
   * copy is not known here.
   */
  maxSize?: number;
  /** Smallest object in bytes; works like {@link maxSize}, parts excepted. */
  minSize?: number;
  /** MIME types of new objects: `image/png`, `image/*`. The type is signed, so one must be named. */
  contentTypes?: readonly string[];
  /** Longest lifetime of a signature in seconds. */
  expiresIn?: number;
  /**
   * Headers to be signed beyond the usual ones, which do not touch cost, access or encryption: `x-amz-storage-class`,
   * `x-amz-acl`, `x-amz-server-side-encryption*`.
   */
  headers?: readonly string[];
}

/** True signs as asked, false refuses, an object signs within its limits. */
export type S3AuthorizeAnswer = boolean | S3SignerConstraints;

export interface S3SignerCors {
  /** Origins of pages on other hosts that may ask (`https://app.example`), or `*` for all. */
  origins: readonly string[] | '*';
  /** Whether those pages may send cookies. Not together with `*`. Default: false. */
  credentials?: boolean;
  /** Request headers they may send, beside `content-type` and `authorization`. */
  headers?: readonly string[];
  /** How long browsers may remember the answer to a preflight, in seconds. Default: 7,200. */
  maxAge?: number;
}

/** How a bucket's URL follows from an endpoint. */
export type S3AddressingStyle = 'path' | 'virtual-host' | 'bucket-url';

export interface S3SignerOptions<Context = unknown> {
  /**
   * Where the storage answers: `https://s3.eu-west-1.amazonaws.com`, or several of which each reaches the same bucket.
   * The first is signed for unless the page asks for another.
   */
  endpoint: string | readonly string[];
  /**
   * `path` appends the bucket to the endpoint's path, `virtual-host` puts it before its host, `bucket-url` says that
   * the endpoint is the bucket's URL already. Default: `bucket-url` for endpoints that begin or end with the bucket's
   * name, else `virtual-host` on AWS and `path` elsewhere.
   */
  style?: S3AddressingStyle;
  /** Region in the signature's scope. */
  region: string;
  /** The bucket's name. */
  bucket: string;
  /**
   * Access key, or a function that gets one: its answer is kept until shortly before its `expiration`, and for the one
   * request if it has none.
   */
  credentials: S3Credentials | (() => S3Credentials | Promise<S3Credentials>);
  /**
   * Decides over each request. Called once per request, for each one of a batch. To throw is to refuse; an
   * `S3SignRefused` chooses the answer, anything else becomes a plain 403 and goes to {@link onError}.
   */
  authorize: (
    request: S3AuthorizeRequest,
    context: S3AuthorizeContext<Context>,
  ) => S3AuthorizeAnswer | Promise<S3AuthorizeAnswer>;
  /** Confines all keys, whatever `authorize` answers; see {@link S3SignerConstraints.prefix}. */
  prefix?: string;
  /**
   * Longest lifetime of a signature in seconds, for who asks for one: links that people copy. What asks for none gets
   * 900 or less. Default: 900; at most 604,800.
   */
  maxExpiresIn?: number;
  /** Most requests of one batch. Default: 1,000. */
  maxBatch?: number;
  /** Largest body of a call to the signer in bytes. Default: 4 MiB. */
  maxBodySize?: number;
  /** Pages of other origins that may ask. Default: none but the signer's own origin. */
  cors?: S3SignerCors;
  /** Told of errors that the page must not see: a failing `authorize` or `credentials`. */
  onError?: (error: unknown, context: S3AuthorizeContext<Context>) => void;
  /** The clock, in milliseconds since 1970. Default: `Date.now`. */
  now?: () => number;
}

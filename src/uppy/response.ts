import type { UppyFile } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import type { Checksum, Verification } from '../core/checksum.js';
import type { TransferError } from '../core/errors.js';
import type { TransferResult } from '../transfer/types.js';
import { fieldsLeftOut, type MetadataTaken } from './file-input.js';
import type { TransferUploaderOptions } from './options.js';

/** `response.body` of `upload-success`: everything the storage said about a file, and how it was proven. */
export interface TransferBody extends Body {
  /** Path at the storage. */
  path: string;
  /** The same under the name that @uppy/aws-s3 gives it. */
  key: string;
  /** Where the storage says the file is, as @uppy/aws-s3 gives it: without query. Also Uppy's `uploadURL`. */
  location?: string;
  id?: string;
  /** Bytes. */
  size: number;
  etag?: string;
  version?: string;
  checksums: readonly Checksum[];
  verified?: Verification;
  /** The file was there already, and nothing was sent. */
  skipped?: 'same' | 'exists';
  /** Fields of `meta` that are not kept with the file, since the storage cannot take their names. */
  metaLeftOut?: readonly string[];
  /** Readable headers of the last answer, names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Parsed body of the last answer, where there is one; of S3's to Complete its elements (`Location`, `Bucket`, `Key`, …). */
  body?: unknown;
}

/** `response.body` of `upload-error`: the reason, for programs. Holds no secret. */
export interface TransferErrorBody extends Body {
  kind: TransferError['kind'];
  reason: TransferError['reason'];
  serverCode?: string | undefined;
  serverMessage?: string | undefined;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
  path?: string | undefined;
}

type UppyResponse<M extends Meta, B extends Body> = NonNullable<UppyFile<M, B>['response']>;

function bodyOf(result: TransferResult, leftOut: readonly string[]): TransferBody {
  const { response, path, size, checksums, location, id, etag, version, verified, skipped } = result;
  return {
    path,
    key: path,
    size,
    checksums,
    headers: response?.headers ?? {},
    ...(location === undefined ? {} : { location }),
    ...(id === undefined ? {} : { id }),
    ...(etag === undefined ? {} : { etag }),
    ...(version === undefined ? {} : { version }),
    ...(verified === undefined ? {} : { verified }),
    ...(skipped === undefined ? {} : { skipped }),
    ...(leftOut.length === 0 ? {} : { metaLeftOut: leftOut }),
    ...(response?.body === undefined ? {} : { body: response.body }),
  };
}

/** What `upload-success` says of a file that is stored. */
export function successOf<M extends Meta, B extends Body>(
  result: TransferResult,
  file: UppyFile<M, B>,
  options: TransferUploaderOptions<M, B>,
  taken: MetadataTaken,
): UppyResponse<M, B> {
  const url = options.uploadURL ? options.uploadURL(result, file) : result.location;
  return {
    // What was there already is as good as stored.
    status: result.response?.status ?? 200,
    body: options.responseBody
      ? options.responseBody(result, file)
      : (bodyOf(result, fieldsLeftOut(file, options, taken)) as Body as B),
    bytesUploaded: result.size,
    ...(url === undefined ? {} : { uploadURL: url }),
  };
}

/** What `upload-error` says beside the error. `status` is 0 where no answer came. */
export function failureOf<M extends Meta, B extends Body>(
  error: TransferError,
): Omit<UppyResponse<M, B>, 'uploadURL'> {
  const { kind, reason, serverCode, serverMessage, requestId, retryAfter, path } = error;
  const body: TransferErrorBody = { kind, reason, serverCode, serverMessage, requestId, retryAfter, path };
  return { status: error.status ?? 0, body: body as Body as B };
}

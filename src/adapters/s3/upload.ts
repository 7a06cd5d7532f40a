/** Which way a file goes up. */
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import type { UploadIntent, UploadPlan } from '../adapter.js';
import type { S3Client } from './client.js';
import { formPlan } from './form.js';
import { requireAddressable } from './list.js';
import { metadataHeaders, taggingHeader } from './metadata-headers.js';
import { GiB, MAX_SINGLE_REQUEST, MIN_PART_SIZE, MiB } from './options.js';
import { partsPlan } from './parts.js';
import { requestPlan } from './request.js';

/** What an upload is, in S3's words. */
export interface S3Upload {
  readonly client: S3Client;
  readonly intent: UploadIntent;
  readonly key: string;
  readonly type: string;
  /** Metadata as headers, tags included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly createOnly: boolean;
  readonly checksum: ChecksumAlgorithm | undefined;
}

const DEFAULT_PARTS_FROM = 16 * MiB;
const DEFAULT_MAX_FILE_SIZE = 5 * 1024 * GiB;
/** Longest key in bytes of UTF-8. */
const LONGEST_KEY = 1024;

/** Checks the intent and chooses a plan. Sends nothing. */
export function openUpload(client: S3Client, intent: UploadIntent): UploadPlan {
  const kind = chooseKind(client, intent);
  const upload = describeUpload(client, intent, kind);
  if (kind === 'parts') return partsPlan(upload);
  return kind === 'form' ? formPlan(upload) : requestPlan(upload);
}

export function maxFileSizeOf(client: S3Client): number {
  return client.options.maxFileSize ?? DEFAULT_MAX_FILE_SIZE;
}

function chooseKind(client: S3Client, intent: UploadIntent): 'request' | 'form' | 'parts' {
  const { size } = intent;
  const partsFrom = intent.partsFrom ?? client.options.partsFrom ?? DEFAULT_PARTS_FROM;
  // A single part below the smallest size would be three round trips for nothing.
  if (size > MAX_SINGLE_REQUEST || (size >= partsFrom && size > MIN_PART_SIZE)) return 'parts';
  const { createOnly, metadata, checksum } = intent;
  // Forms have no field for a condition, for these headers, or for Content-MD5; and S3 expands this word in keys.
  const formTakesIt =
    createOnly !== true &&
    !metadata?.tags &&
    metadata?.headers?.['content-language'] === undefined &&
    (checksum === 'auto' ? client.options.checksum : checksum) !== 'md5' &&
    !intent.path.includes('${' + 'filename}');
  return client.forms.offeredFor(client.keyOf(intent.path)) && formTakesIt && size <= partsFrom
    ? 'form'
    : 'request';
}

/** @throws TransferError for what the storage can never take. */
export function describeUpload(
  client: S3Client,
  intent: UploadIntent,
  kind: 'request' | 'form' | 'parts',
): S3Upload {
  const { path, size, metadata } = intent;
  const key = client.keyOf(path);
  requireAddressable(path);
  if (path === '' || path.endsWith('/')) throw refuse('invalid-name', 'A file needs a name.', path);
  if (new TextEncoder().encode(key).length > LONGEST_KEY) {
    throw refuse('invalid-name', 'The path is too long for the storage: at most 1,024 bytes.', path);
  }
  if (size > maxFileSizeOf(client)) {
    throw refuse('too-large', 'The file is larger than the storage can hold.', path);
  }
  if (metadata && !client.full) {
    throw refuse('not-supported', 'The signer of this page cannot store metadata with a file.', path);
  }
  const { 'content-type': givenType, ...headers } = metadataHeaders(metadata);
  const tagging = taggingHeader(metadata?.tags);
  return {
    client,
    intent,
    key,
    type: givenType ?? (intent.type || 'application/octet-stream'),
    headers: tagging === undefined ? headers : { ...headers, 'x-amz-tagging': tagging },
    createOnly:
      Boolean(intent.createOnly) &&
      kind !== 'form' &&
      client.full &&
      client.options.conditionalCreate !== false,
    checksum: client.full
      ? client.checksums.choose(intent.checksum, client.options.checksum ?? 'auto', kind)
      : undefined,
  };
}

function refuse(reason: 'invalid-name' | 'too-large' | 'not-supported', text: string, path: string) {
  return new TransferError(text, { kind: 'fatal', reason, path });
}

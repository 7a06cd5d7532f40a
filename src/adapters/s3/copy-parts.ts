/** Copies beyond 5 GiB: UploadPartCopy, several parts at a time. Nothing passes through the page. */
import type { Checksum } from '../../core/checksum.js';
import type { EntryMetadata } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { child, childText, escapeXml } from '../xml.js';
import { checksumHeader, checksumsOfHeaders, isCombinable } from './checksums.js';
import { DIRECT_ATTEMPTS, etagOf, type S3Answer, type S3Client } from './client.js';
import { COPY_TIMEOUT, unchanged } from './copy-source.js';
import { metadataHeaders, metadataOfHeaders, taggingHeader } from './metadata-headers.js';
import { abortMultipart, createMultipart } from './multipart.js';
import { MAX_PARTS, MIN_PART_SIZE, MiB } from './options.js';
import { readTags } from './tags.js';

const PARTS_AT_ONCE = 4;
const USUAL_PART = 512 * MiB;
const CLEAN_UP_TIME = 30_000;

export interface CopyInParts {
  readonly from: string;
  readonly to: string;
  /** HEAD of the source. */
  readonly source: S3Answer;
  /** Metadata for the target. Default: what is visible of the source's. */
  readonly metadata?: EntryMetadata;
  readonly signal: AbortSignal;
}

export async function copyInParts(client: S3Client, options: CopyInParts): Promise<void> {
  const { from, to, source, signal } = options;
  const size = Number(source.headers['content-length']);
  const metadata = options.metadata ?? metadataOfHeaders(source.headers);
  const tags = metadata.tags ?? (await readTags(client, from, signal));
  const { 'content-type': type = 'application/octet-stream', ...headers } = metadataHeaders(metadata);
  const tagging = taggingHeader(tags);
  const whole = checksumsOfHeaders(source.headers).find(
    sum => sum.scope === 'full' && isCombinable(sum.algorithm),
  );
  const { uploadId, key } = await createMultipart(client, {
    key: client.keyOf(to),
    type,
    headers: tagging === undefined ? headers : { ...headers, 'x-amz-tagging': tagging },
    checksum: whole?.algorithm,
    size,
    path: to,
    signal,
  });
  const failed = new AbortController();
  try {
    const etags = await copyRanges(
      client,
      options,
      { uploadId, key, size },
      AbortSignal.any([signal, failed.signal]),
    );
    await complete(client, { uploadId, key, size, whole, etags, to, signal });
  } catch (error) {
    failed.abort();
    // The reason for stopping may be the caller's own signal; cleaning up must not be stopped by it.
    const clean = AbortSignal.timeout(CLEAN_UP_TIME);
    await abortMultipart(client, { key, uploadId, path: to, signal: clean }).catch(() => undefined);
    throw error;
  }
}

async function copyRanges(
  client: S3Client,
  { from, to, source }: CopyInParts,
  { uploadId, key, size }: { uploadId: string; key: string; size: number },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const usual = Math.min(USUAL_PART, client.options.copyInPartsFrom ?? USUAL_PART);
  const partSize = Math.max(MIN_PART_SIZE, usual, Math.ceil(size / MAX_PARTS));
  const count = Math.ceil(size / partSize);
  const etags: string[] = [];
  let next = 1;
  let broken = false;
  const copyNext = async () => {
    while (next <= count && !broken) {
      const number = next++;
      const start = (number - 1) * partSize;
      const end = Math.min(start + partSize, size);
      const { xml } = await client.callXml(
        {
          method: 'PUT',
          key,
          uploadId,
          partNumber: number,
          operation: 'UploadPartCopy',
          sourceKey: client.keyOf(from),
          headers: {
            ...unchanged(source).headers,
            'x-amz-copy-source-range': `bytes=${start}-${end - 1}`,
          },
        },
        'CopyPartResult',
        { signal, path: from, attempts: DIRECT_ATTEMPTS, timeout: COPY_TIMEOUT },
      );
      const etag = etagOf(childText(xml, 'ETag') ?? child(xml, 'ETag')?.text);
      if (!etag) {
        throw new TransferError('The storage copied a part but did not say which.', {
          kind: 'fatal',
          reason: 'invalid-answer',
          path: to,
        });
      }
      etags[number - 1] = etag;
    }
  };
  const worker = () =>
    copyNext().catch(error => {
      broken = true;
      throw error;
    });
  const workers = Array.from({ length: PARTS_AT_ONCE }, worker);
  // A part that is still being copied at the storage would come after the abort and stay behind.
  const settled = await Promise.allSettled(workers);
  const failure = settled.find(result => result.status === 'rejected');
  if (failure) throw failure.reason;
  return etags;
}

async function complete(
  client: S3Client,
  options: {
    uploadId: string;
    key: string;
    size: number;
    whole: Checksum | undefined;
    etags: readonly string[];
    to: string;
    signal: AbortSignal;
  },
): Promise<void> {
  const { uploadId, key, size, whole, etags, to, signal } = options;
  const parts = etags.map(
    (etag, index) =>
      `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(`"${etag}"`)}</ETag></Part>`,
  );
  await client.callXml(
    {
      method: 'POST',
      key,
      uploadId,
      operation: 'CompleteMultipartUpload',
      headers: {
        'x-amz-mp-object-size': String(size),
        // The storage compares its copy with the original itself.
        ...(whole
          ? { 'x-amz-checksum-type': 'FULL_OBJECT', [checksumHeader(whole.algorithm)]: whole.value }
          : {}),
      },
    },
    'CompleteMultipartUploadResult',
    {
      signal,
      path: to,
      completing: true,
      timeout: COPY_TIMEOUT,
      body: `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`,
    },
  );
}

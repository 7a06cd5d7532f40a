/** The calls on a multipart upload that uploads, copies and cleaning up share. */
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions, PartReceipt } from '../adapter.js';
import { childrenOf, childText } from '../xml.js';
import { checksumsOfXml, isCombinable } from './checksums.js';
import { etagOf, parseAnswer, type S3Client } from './client.js';

interface MultipartCall extends CallOptions {
  readonly key: string;
  readonly uploadId: string;
  readonly path: string;
}

export async function createMultipart(
  client: S3Client,
  options: CallOptions & {
    key: string;
    type: string;
    headers: Readonly<Record<string, string>>;
    checksum: ChecksumAlgorithm | undefined;
    size: number;
    path: string;
  },
): Promise<{ uploadId: string; key: string }> {
  const { checksum, key, type, path, size, signal } = options;
  const headers: Record<string, string> = { ...options.headers };
  if (checksum !== undefined && checksum !== 'md5') {
    headers['x-amz-checksum-algorithm'] = checksum.toUpperCase();
    headers['x-amz-checksum-type'] = isCombinable(checksum) ? 'FULL_OBJECT' : 'COMPOSITE';
  }
  const { answer, xml } = await client.callXml(
    {
      method: 'POST',
      key,
      operation: 'CreateMultipartUpload',
      contentType: type,
      // Signers that limit sizes refuse here, before anything is sent.
      contentLength: size,
      ...(Object.keys(headers).length > 0 ? { headers } : {}),
    },
    'InitiateMultipartUploadResult',
    // Signers for Uppy do not sign the type; S3 takes it unsigned.
    { signal, path, headers: { 'content-type': type } },
  );
  const uploadId = childText(xml, 'UploadId');
  if (!uploadId) {
    throw new TransferError('The storage began the upload but did not say under which number.', {
      kind: 'fatal',
      reason: 'invalid-answer',
      path,
    });
  }
  return { uploadId, key: answer.key ?? key };
}

/** All parts the storage holds. */
export async function listMultipart(
  client: S3Client,
  { key, uploadId, checksum, path, signal }: MultipartCall & { checksum?: ChecksumAlgorithm | undefined },
): Promise<readonly PartReceipt[]> {
  const parts: PartReceipt[] = [];
  for (let marker: string | undefined; ; ) {
    const { xml } = await client.callXml(
      {
        method: 'GET',
        key,
        uploadId,
        operation: 'ListParts',
        ...(marker === undefined ? {} : { query: { 'part-number-marker': marker } }),
      },
      'ListPartsResult',
      { signal, path, ofUpload: true },
    );
    for (const element of childrenOf(xml, 'Part')) {
      const etag = etagOf(childText(element, 'ETag'));
      const reported: Checksum | undefined = checksumsOfXml(element).find(sum => sum.algorithm === checksum);
      parts.push({
        number: Number(childText(element, 'PartNumber')),
        size: Number(childText(element, 'Size')),
        ...(etag ? { etag } : {}),
        ...(reported ? { checksum: { ...reported, scope: 'full' } } : {}),
      });
    }
    const next = childText(xml, 'NextPartNumberMarker');
    const goesOn = childText(xml, 'IsTruncated') === 'true' && next !== undefined && next !== marker;
    // A signer for Uppy cannot sign the marker: the first 1,000 parts are known, the others are sent again.
    if (!goesOn || !client.full) return parts;
    marker = next;
  }
}

/**
 * Aborts, and looks whether nothing is left: a part that was under way while S3 aborted can stay.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 */
export async function abortMultipart(
  client: S3Client,
  { key, uploadId, path, signal }: MultipartCall,
): Promise<void> {
  for (let round = 1; round <= 3; round += 1) {
    const aborted = await client.call(
      { method: 'DELETE', key, uploadId, operation: 'AbortMultipartUpload' },
      { signal, path, accept: [404] },
    );
    if (aborted.status === 404) return;
    const left = await client.call(
      { method: 'GET', key, uploadId, operation: 'ListParts' },
      { signal, path, accept: [404] },
    );
    if (left.status === 404) return;
    if (childrenOf(parseAnswer(left, 'ListPartsResult', path), 'Part').length === 0) return;
  }
}

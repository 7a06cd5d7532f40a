/** Multipart uploads that nobody finished: they are not listed, and they cost money. */
import type { CallOptions, UnfinishedUpload } from '../adapter.js';
import { childrenOf, childText } from '../xml.js';
import { DIRECT_ATTEMPTS, type S3Client } from './client.js';
import { keyDecoder } from './list.js';
import { abortMultipart } from './multipart.js';

export async function listUnfinishedUploads(
  client: S3Client,
  prefix: string,
  { signal }: CallOptions,
): Promise<readonly UnfinishedUpload[]> {
  const uploads: UnfinishedUpload[] = [];
  const wanted = client.keyOf(prefix);
  let marker: { 'key-marker': string; 'upload-id-marker': string } | undefined;
  for (;;) {
    const { xml } = await client.callXml(
      {
        method: 'GET',
        key: '',
        operation: 'ListMultipartUploads',
        // No `encoding-type`: Ceph then encodes keys without saying so.
        query: { ...(wanted === '' ? {} : { prefix: wanted }), ...marker },
      },
      'ListMultipartUploadsResult',
      { signal, path: prefix, attempts: DIRECT_ATTEMPTS },
    );
    const decode = keyDecoder(xml);
    for (const element of childrenOf(xml, 'Upload')) {
      const key = decode(childText(element, 'Key') ?? '');
      const uploadId = childText(element, 'UploadId') ?? '';
      const started = Date.parse(childText(element, 'Initiated') ?? '');
      const checksum = childText(element, 'ChecksumAlgorithm')?.toLowerCase();
      uploads.push({
        path: client.pathOf(key),
        state: { key, uploadId, checksum: checksum || null },
        ...(Number.isNaN(started) ? {} : { started }),
      });
    }
    const key = decode(childText(xml, 'NextKeyMarker') ?? '');
    const uploadId = childText(xml, 'NextUploadIdMarker') ?? '';
    const moved = key !== marker?.['key-marker'] || uploadId !== marker['upload-id-marker'];
    if (childText(xml, 'IsTruncated') !== 'true' || !key || !moved) return uploads;
    marker = { 'key-marker': key, 'upload-id-marker': uploadId };
  }
}

export async function abortUnfinishedUpload(
  client: S3Client,
  { path, state }: UnfinishedUpload,
  { signal }: CallOptions,
): Promise<void> {
  await abortMultipart(client, { key: String(state.key), uploadId: String(state.uploadId), path, signal });
}

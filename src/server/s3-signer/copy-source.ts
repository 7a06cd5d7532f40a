/** Reading `x-amz-copy-source`, the one place where a key of another object comes in as a header. */

import { forbidden, invalid } from './refusal.js';

/**
 * The key and version that a copy source names.
 *
 * Decoded here and encoded anew for the signature, so that what was checked is what the storage reads.
 *
 * @throws S3SignRefused when it lies in another bucket or cannot be read.
 */
export function parseCopySource(
  header: string,
  bucket: string,
): { sourceKey: string; sourceVersionId?: string } {
  const [path = '', query, ...more] = header.split('?');
  const version = query === undefined ? undefined : /^versionId=([^&=]+)$/.exec(query)?.[1];
  const [, sourceBucket, key] = /^\/?([^/]+)\/(.+)$/.exec(path) ?? [];
  if (more.length > 0 || key === undefined || (query !== undefined && version === undefined)) {
    throw invalid('x-amz-copy-source must read /bucket/key, percent-encoded, with ?versionId= if need be.');
  }
  try {
    if (decodeURIComponent(sourceBucket!) !== bucket) {
      throw forbidden('Copies from other buckets are not signed.', 'OutsideBucket');
    }
    return {
      sourceKey: decodeURIComponent(key),
      ...(version === undefined ? {} : { sourceVersionId: decodeURIComponent(version) }),
    };
  } catch (error) {
    if (error instanceof URIError) throw invalid('x-amz-copy-source is not percent-encoded.');
    throw error;
  }
}

/** Headers, custom pairs and tags of an object that is there. */
import type { EntryMetadata } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { CallOptions } from '../adapter.js';
import { DIRECT_ATTEMPTS, type S3Answer, type S3Client } from './client.js';
import { copyInParts } from './copy-parts.js';
import { COPY_TIMEOUT, unchanged } from './copy-source.js';
import { head, requireAddressable } from './list.js';
import { metadataHeaders, metadataOfHeaders } from './metadata-headers.js';
import { MAX_SINGLE_REQUEST } from './options.js';
import { readTags, writeTags } from './tags.js';

export async function readMetadata(
  client: S3Client,
  path: string,
  { signal }: CallOptions,
): Promise<EntryMetadata> {
  const [seen, tags] = await Promise.all([existing(client, path, signal), readTags(client, path, signal)]);
  return { ...metadataOfHeaders(seen.headers), ...(tags ? { tags } : {}) };
}

/**
 * Headers are replaced one by one (an empty value takes one away), custom pairs and tags each as a whole. S3 knows no
 * change of headers, only a copy onto itself with all of them new; what the page cannot see would be lost, hence
 * `exposesMetadata`.
 */
export async function writeMetadata(
  client: S3Client,
  path: string,
  metadata: EntryMetadata,
  { signal }: CallOptions,
): Promise<void> {
  requireAddressable(path);
  if (metadata.headers || metadata.custom) {
    if (!client.options.exposesMetadata) {
      throw new TransferError(
        'Headers and metadata cannot be changed here: the page may not see all of them, and those would be lost. Whoever runs the site has to expose them in the bucket’s CORS rules first. Tags can be changed.',
        { kind: 'fatal', reason: 'not-supported', path },
      );
    }
    const tags = metadata.tags ? undefined : await readTags(client, path, signal);
    await replaceHeaders(client, path, metadata, signal);
    if (tags && Object.keys(tags).length > 0) {
      // S3 leaves tags alone here; Ceph loses them.
      const left = await readTags(client, path, signal);
      if (Object.keys(left ?? {}).length === 0) await writeTags(client, path, tags, signal);
    }
  }
  if (metadata.tags) await writeTags(client, path, metadata.tags, signal);
}

async function replaceHeaders(
  client: S3Client,
  path: string,
  metadata: EntryMetadata,
  signal: AbortSignal,
): Promise<void> {
  const source = await existing(client, path, signal);
  const old = metadataOfHeaders(source.headers);
  const changed: EntryMetadata = {
    headers: { ...old.headers, ...lowerNames(metadata.headers) },
    custom: metadata.custom ?? old.custom ?? {},
  };
  const size = Number(source.headers['content-length']);
  const limit = Math.min(client.options.copyInPartsFrom ?? MAX_SINGLE_REQUEST, MAX_SINGLE_REQUEST);
  if (size > limit) {
    await copyInParts(client, { from: path, to: path, source, metadata: changed, signal });
    return;
  }
  const storageClass = source.headers['x-amz-storage-class'];
  const key = client.keyOf(path);
  await client.callXml(
    {
      method: 'PUT',
      key,
      operation: 'CopyObject',
      sourceKey: key,
      headers: {
        ...metadataHeaders(changed),
        ...unchanged(source).headers,
        'x-amz-metadata-directive': 'REPLACE',
        ...(storageClass ? { 'x-amz-storage-class': storageClass } : {}),
      },
    },
    'CopyObjectResult',
    { signal, path, attempts: DIRECT_ATTEMPTS, timeout: COPY_TIMEOUT },
  );
}

async function existing(client: S3Client, path: string, signal: AbortSignal): Promise<S3Answer> {
  const seen = await head(client, client.keyOf(path), { signal, path, attempts: DIRECT_ATTEMPTS });
  if (seen) return seen;
  throw new TransferError('The file is no longer at the storage. Reload the listing.', {
    kind: 'fatal',
    reason: 'not-found',
    path,
  });
}

function lowerNames(headers: EntryMetadata['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

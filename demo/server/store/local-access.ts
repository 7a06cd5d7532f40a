import { createHash } from 'node:crypto';
import { checkKey, toHeaderValue } from './address.js';
import type { Bucket } from './catalog.js';
import type { StoreContext } from './context.js';
import type { StoredObject } from './model.js';
import { keepHeaders } from './object-headers.js';
import { existingObject } from './operations/answers.js';
import { checkBucketName } from './operations/buckets.js';
import type { LocalAccess, StoredObjectInfo } from './options.js';
import { readSegments, storeBytes } from './store-bytes.js';

function describe(key: string, object: StoredObject): StoredObjectInfo {
  return {
    key,
    size: object.size,
    etag: object.etag,
    lastModified: object.lastModified,
    contentType: object.headers['content-type'] ?? 'binary/octet-stream',
  };
}

export function createLocalAccess(store: StoreContext): LocalAccess {
  const { catalog, files } = store;
  async function* read(bucket: string, key: string): AsyncGenerator<Buffer> {
    const { segments } = existingObject(catalog.bucket(bucket), key);
    files.hold(segments);
    try {
      yield* readSegments(files, segments);
    } finally {
      files.release(segments);
    }
  }
  return {
    createBucket(bucket) {
      checkBucketName(bucket);
      if (!catalog.buckets.has(bucket)) catalog.commit({ type: 'bucket', bucket, created: store.clock() });
    },
    list(name, prefix = '') {
      const bucket: Bucket = catalog.bucket(name);
      return [...bucket.keys.from(() => true)]
        .filter(key => key.startsWith(prefix))
        .map(key => describe(key, bucket.objects.get(key)!));
    },
    read,
    async sha256(bucket, key) {
      const hash = createHash('sha256');
      for await (const piece of read(bucket, key)) hash.update(piece);
      return hash.digest('hex');
    },
    async put(bucket, key, body, headers = {}) {
      catalog.bucket(bucket);
      checkKey(key);
      const pieces = typeof body === 'string' || body instanceof Uint8Array ? one(Buffer.from(body)) : body;
      const written = await storeBytes(files, pieces, ['MD5', 'CRC64NVME']);
      try {
        const object: StoredObject = {
          size: written.size,
          etag: written.digests.get('MD5')!.toString('hex'),
          lastModified: store.clock(),
          segments: written.segments,
          headers: keepHeaders(
            Object.entries(headers).map(([name, value]) => [name.toLowerCase(), toHeaderValue(value)]),
          ),
          checksum: {
            algorithm: 'CRC64NVME',
            value: written.digests.get('CRC64NVME')!.toString('base64'),
            type: 'FULL_OBJECT',
          },
        };
        catalog.commit({ type: 'object', bucket, key, object });
        return describe(key, object);
      } finally {
        files.release(written.segments);
      }
    },
    remove(bucket, key) {
      catalog.bucket(bucket);
      catalog.commit({ type: 'object-removed', bucket, key });
    },
    uploads(bucket) {
      return [...catalog.bucket(bucket).uploads.values()].map(({ key, uploadId, parts }) => ({
        key,
        uploadId,
        parts: parts.size,
      }));
    },
    used: () => files.used,
  };
}

async function* one(piece: Buffer): AsyncGenerator<Buffer> {
  yield piece;
}

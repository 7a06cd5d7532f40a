import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createS3Store, type S3Store } from '../../../demo/server/store/index.js';

/** A fresh store with one bucket, for a stand-in to keep its files in. */
export async function openStore(): Promise<{ store: S3Store; bucket: string; close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'stand-in-'));
  const bucket = 'platform';
  const store = await createS3Store({
    directory,
    credentials: [
      { accessKeyId: 'STANDINACCESSKEY0001', secretAccessKey: 'stand-in-secret-key-of-nobody-000001' },
    ],
    buckets: [bucket],
    cors: { origins: ['*'] },
  });
  return {
    store,
    bucket,
    async close() {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** All bytes of something that comes in pieces. */
export async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return new Uint8Array(Buffer.concat(parts));
}

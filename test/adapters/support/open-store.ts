import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createS3Store, type S3Store } from '../../../demo/server/store/index.js';
import { createTcpProxy, type TcpProxy } from '../../faults/tcp-proxy.js';

export interface OpenedStore {
  readonly store: S3Store;
  readonly bucket: string;
  /** Between pages and the store, where one was asked for: the store's URLs lead to it. */
  readonly proxy: TcpProxy | undefined;
  close(): Promise<void>;
}

/** A fresh store with one bucket, for a stand-in to keep its files in. */
export async function openStore({ proxied = false } = {}): Promise<OpenedStore> {
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
  const proxy = proxied ? await createTcpProxy({ port: store.port }) : undefined;
  return {
    store: proxy ? reachedBy(store, proxy.port) : store,
    bucket,
    proxy,
    async close() {
      await proxy?.close();
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function reachedBy(store: S3Store, port: number): S3Store {
  const instead = (url: string): string => url.replace(`:${store.port}`, `:${port}`);
  return {
    ...store,
    endpoint: instead(store.endpoint),
    port,
    url: (bucket, style) => instead(store.url(bucket, style)),
  };
}

/** All bytes of something that comes in pieces. */
export async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return new Uint8Array(Buffer.concat(parts));
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { AwsClient } from 'aws4fetch';
import { createS3Store, type S3Store, type S3StoreOptions } from '../../demo/server/store/index.js';

export const KEYS = { accessKeyId: 'LOCAL', secretAccessKey: 'local-secret' };
export const BUCKET = 'lab';

/** A folder that goes when the test ends. */
export async function temporaryFolder(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'store-test-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A store with one bucket, closed and removed when the test ends. */
export async function openStore(
  context: TestContext,
  options: Partial<S3StoreOptions> = {},
): Promise<S3Store> {
  const directory = options.directory ?? (await temporaryFolder(context));
  const store = await createS3Store({
    credentials: [{ ...KEYS }],
    buckets: [BUCKET],
    cors: { origins: ['*'] },
    ...options,
    directory,
  });
  context.after(() => store.close());
  return store;
}

/** A signed URL of the store's bucket. */
export async function signedUrl(
  store: S3Store,
  method: string,
  key: string,
  options: { query?: Record<string, string>; sessionToken?: string; base?: string; datetime?: string } = {},
): Promise<string> {
  const { sessionToken, datetime } = options;
  const aws = new AwsClient({
    ...KEYS,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region: store.region,
  });
  const url = new URL(`${options.base ?? store.url(BUCKET)}/${key}`);
  url.searchParams.set('X-Amz-Expires', '300');
  for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
  const aws4 = { signQuery: true, ...(datetime === undefined ? {} : { datetime }) };
  return (await aws.sign(url, { method, aws: aws4 })).url;
}

export async function send(
  store: S3Store,
  method: string,
  key: string,
  init: RequestInit & { query?: Record<string, string> } = {},
): Promise<Response> {
  const { query, ...rest } = init;
  return fetch(await signedUrl(store, method, key, query ? { query } : {}), { ...rest, method });
}

export function codeOf(xml: string): string | undefined {
  return /<Code>([^<]*)/.exec(xml)?.[1];
}

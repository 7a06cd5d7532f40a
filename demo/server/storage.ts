import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import type { ServerOptions } from './options.js';
import { createS3Store, type S3Store } from './store/index.js';

/** The bucket behind the demo: the local store, or any S3 engine that the environment names. */
export interface Storage {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Base URLs that all reach the bucket, each an origin of its own. The first one is the default. */
  readonly bucketUrls: readonly string[];
  /** Only when the store is ours: its switches and its log. */
  readonly store: S3Store | undefined;
  close(): Promise<void>;
}

/** Keys of the local store. Not a secret: it binds to loopback and holds sample files. */
const localKeys = {
  accessKeyId: 'LOCALDEMOKEY00000001',
  secretAccessKey: 'local-demo-secret-key-00000000000000001',
};

/**
 * Opens the storage. `S3_ENDPOINT`, `S3_REGION`, `S3_BUCKET`, `S3_ACCESS_KEY_ID`, `S3_SECRET_ACCESS_KEY` (and
 * `S3_SESSION_TOKEN`, `S3_BUCKET_URLS`) put another engine in the local store's place; its bucket is made when
 * missing and gets a CORS rule, as far as the keys allow.
 */
export async function openStorage(
  options: Pick<ServerOptions, 'data' | 'host' | 'capacity'> & { port: number },
  env: NodeJS.ProcessEnv = process.env,
): Promise<Storage> {
  return env.S3_ENDPOINT ? openExternal(env.S3_ENDPOINT, env) : openLocal(options);
}

async function openLocal(
  options: Pick<ServerOptions, 'data' | 'host' | 'capacity'> & { port: number },
): Promise<Storage> {
  const bucket = 'lab';
  const store = await createS3Store({
    directory: join(options.data, 'store'),
    host: options.host,
    port: options.port,
    credentials: [localKeys],
    buckets: [bucket],
    cors: { origins: ['*'] },
    ...(options.capacity === undefined ? {} : { capacity: options.capacity }),
  });
  return {
    endpoint: store.endpoint,
    region: store.region,
    bucket,
    credentials: localKeys,
    bucketUrls: [store.url(bucket), store.url(bucket, 'virtual'), `http://localhost:${store.port}/${bucket}`],
    store,
    close: () => store.close(),
  };
}

async function openExternal(endpoint: string, env: NodeJS.ProcessEnv): Promise<Storage> {
  const need = (name: string) => {
    const value = env[name];
    if (!value) throw new Error(`S3_ENDPOINT is set, so ${name} is needed too.`);
    return value;
  };
  const bucket = env.S3_BUCKET || 'file-transfer-elements-demo';
  const credentials = {
    accessKeyId: need('S3_ACCESS_KEY_ID'),
    secretAccessKey: need('S3_SECRET_ACCESS_KEY'),
    ...(env.S3_SESSION_TOKEN ? { sessionToken: env.S3_SESSION_TOKEN } : {}),
  };
  const region = env.S3_REGION || 'us-east-1';
  const root = `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  const client = new AwsClient({ ...credentials, region, service: 's3', retries: 2 });
  await ensureBucket(client, root);
  const bucketUrls = env.S3_BUCKET_URLS?.split(/[\s,]+/).filter(Boolean) ?? [root];
  return {
    endpoint,
    region,
    bucket,
    credentials,
    bucketUrls,
    store: undefined,
    close: () => Promise.resolve(),
  };
}

/** What a browser needs of a bucket; the README shows the same rule. */
export const corsRule = `<CORSConfiguration><CORSRule>
<AllowedOrigin>*</AllowedOrigin>
<AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedMethod>POST</AllowedMethod><AllowedMethod>DELETE</AllowedMethod>
<AllowedHeader>*</AllowedHeader>
<ExposeHeader>ETag</ExposeHeader><ExposeHeader>Content-Range</ExposeHeader><ExposeHeader>Accept-Ranges</ExposeHeader><ExposeHeader>x-amz-version-id</ExposeHeader><ExposeHeader>x-amz-request-id</ExposeHeader><ExposeHeader>x-amz-checksum-crc64nvme</ExposeHeader><ExposeHeader>x-amz-checksum-crc32c</ExposeHeader><ExposeHeader>x-amz-checksum-crc32</ExposeHeader><ExposeHeader>x-amz-checksum-sha256</ExposeHeader><ExposeHeader>x-amz-checksum-sha1</ExposeHeader><ExposeHeader>x-amz-checksum-type</ExposeHeader>
<MaxAgeSeconds>3600</MaxAgeSeconds>
</CORSRule></CORSConfiguration>`;

async function ensureBucket(client: AwsClient, root: string): Promise<void> {
  const head = await client.fetch(root, { method: 'HEAD' });
  if (head.status === 404) {
    const made = await client.fetch(root, { method: 'PUT' });
    if (!made.ok) throw new Error(`The bucket could not be made (${made.status}). ${await made.text()}`);
  } else if (!head.ok) {
    throw new Error(
      `The storage refused to look at the bucket (${head.status}). Check S3_BUCKET, S3_REGION and the keys.`,
    );
  }
  const cors = await client.fetch(`${root}?cors`, {
    method: 'PUT',
    headers: { 'content-md5': md5(corsRule), 'content-type': 'application/xml' },
    body: corsRule,
  });
  if (!cors.ok) {
    console.warn(`The bucket's CORS rule could not be set (${cors.status}); browsers may be refused.`);
  }
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('base64');
}

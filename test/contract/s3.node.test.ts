/**
 * The S3 adapter against the local store and, when `S3_ENDPOINT`, `S3_ACCESS_KEY_ID` and `S3_SECRET_ACCESS_KEY` are
 * given, against any other S3. Node has no CORS, so all metadata is visible here.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { createS3Store } from '../../demo/server/store/index.js';
import { type S3Options, s3 } from '../../src/adapters/s3/index.js';
import { createS3Signer } from '../../src/server/s3-signer.js';
import { type AdapterUnderTest, describeAdapter } from './describe-adapter.js';
import { node } from './node.js';
import { s3Contract } from './s3-contract.js';

const credentials = {
  accessKeyId: 'CONTRACTACCESSKEY001',
  secretAccessKey: 'contract-secret-key-of-nobody-00000001',
};
const region = 'us-east-1';

interface Bucket {
  readonly urls: readonly string[];
  readonly keys: typeof credentials;
  close(): Promise<void>;
}

async function localBucket(): Promise<Bucket> {
  const directory = await mkdtemp(join(tmpdir(), 's3-contract-'));
  const store = await createS3Store({ directory, region, credentials: [credentials], buckets: ['lab'] });
  return {
    urls: [store.url('lab', 'path'), store.url('lab', 'path').replace('127.0.0.1', 'localhost')],
    keys: credentials,
    async close() {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

let buckets = 0;

async function remoteBucket(endpoint: string, keys: typeof credentials): Promise<Bucket> {
  const client = new AwsClient({ ...keys, service: 's3', region });
  const url = `${endpoint}/contract-${process.pid}-${++buckets}`;
  const made = await client.fetch(url, { method: 'PUT' });
  if (!made.ok) throw new Error(`The bucket could not be made: ${made.status}`);
  return {
    urls: [url],
    keys,
    async close() {
      const adapter = s3({ bucketUrl: url, getCredentials: async () => keys });
      const { signal } = new AbortController();
      for (const upload of await adapter.listUnfinishedUploads!('', { signal })) {
        await adapter.abortUnfinishedUpload!(upload, { signal });
      }
      for (;;) {
        const { entries } = await adapter.list('', { signal, recursive: true });
        if (entries.length === 0) break;
        await adapter.remove!(
          entries.map(entry => entry.path),
          { signal },
        );
      }
      await client.fetch(url, { method: 'DELETE' });
    },
  };
}

/** Reads objects by header-signed GET: another way than the adapter's. */
function underTest(bucket: Bucket, options: S3Options): AdapterUnderTest {
  const client = new AwsClient({ ...bucket.keys, service: 's3', region });
  return {
    adapter: s3(options),
    async stored(path) {
      const key = `${options.prefix ?? ''}${path}`.split('/').map(encodeURIComponent).join('/');
      const response = await client.fetch(`${bucket.urls[0]}/${key.replace(/[!'()*]/g, escape)}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Error(`GET answered ${response.status}`);
      return bytes;
    },
    close: () => bucket.close(),
  };
}

function signing(bucket: Bucket, keys = bucket.keys): Pick<S3Options, 'bucketUrl'> & { signRequest: never } {
  const handler = createS3Signer({
    endpoint: bucket.urls,
    style: 'bucket-url',
    region,
    bucket: new URL(bucket.urls[0]!).pathname.slice(1),
    credentials: keys,
    authorize: () => true,
  });
  const ask = async (body: unknown) =>
    (
      await handler(
        new Request('http://signer.test/', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      )
    ).json();
  return {
    bucketUrl: bucket.urls,
    signRequest: ask,
    signRequests: (requests: unknown) => ask({ requests }),
  } as never;
}

const all = { ...s3Contract, metadata: 'all', runner: node } as const;

describeAdapter('s3 with a signer, one request at a time', {
  ...all,
  largeFile: 64 * 1024 ** 2,
  create: async () => {
    const bucket = await localBucket();
    const { signRequest } = signing(bucket);
    return underTest(bucket, { bucketUrl: bucket.urls, signRequest, exposesMetadata: true });
  },
  refused: [
    {
      title: 's3 with a signer that has a wrong key',
      reasons: ['wrong-credentials'],
      secrets: [credentials.secretAccessKey, 'another-secret'],
      create: async () => {
        const bucket = await localBucket();
        const keys = { ...credentials, secretAccessKey: 'another-secret' };
        return underTest(bucket, { ...signing(bucket, keys) });
      },
    },
    {
      title: 's3 with a signer that refuses',
      reasons: ['forbidden'],
      secrets: [],
      create: async () => {
        const bucket = await localBucket();
        const refusal = { error: { code: 'AccessDenied', message: 'Not yours.', status: 403 } };
        return underTest(bucket, { bucketUrl: bucket.urls, signRequest: async () => refusal as never });
      },
    },
    {
      title: 's3 with a bucket that is not there',
      reasons: ['not-found'],
      secrets: [credentials.secretAccessKey],
      create: async () => {
        const bucket = await localBucket();
        const bucketUrl = bucket.urls[0]!.replace(/lab$/, 'nothing');
        return underTest(bucket, { bucketUrl, getCredentials: async () => credentials });
      },
    },
  ],
});

describeAdapter('s3 with a batch signer, below a prefix', {
  ...all,
  manyEntries: 1001,
  create: async () => {
    const bucket = await localBucket();
    return underTest(bucket, { ...signing(bucket), prefix: 'teams/ü #1/', exposesMetadata: true });
  },
});

describeAdapter('s3 with credentials in the page, without forms', {
  ...all,
  manyEntries: 20,
  create: async () => {
    const bucket = await localBucket();
    return underTest(bucket, {
      bucketUrl: bucket.urls,
      getCredentials: async () => bucket.keys,
      smallFilesByForm: false,
      exposesMetadata: true,
      copyInPartsFrom: 5 * 1024 ** 2,
    });
  },
});

const { S3_ENDPOINT, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = process.env;
if (S3_ENDPOINT && S3_ACCESS_KEY_ID && S3_SECRET_ACCESS_KEY) {
  const keys = { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY };
  describeAdapter('s3 at S3_ENDPOINT', {
    ...all,
    reportsChecksums: process.env.S3_REPORTS_CHECKSUMS === '1',
    create: async () => {
      const bucket = await remoteBucket(S3_ENDPOINT, keys);
      return underTest(bucket, { ...signing(bucket), exposesMetadata: true });
    },
  });
}

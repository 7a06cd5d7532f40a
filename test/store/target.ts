import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AwsClient } from 'aws4fetch';
import { createS3Store } from '../../demo/server/store/index.js';
import { CEPH_DIFFERENCES } from './ceph-differences.js';

/** The engine under test: the store in this process, or what `S3_ENDPOINT` and its companions name. */
export interface Target {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  s3: S3Client;
  /** A folder of its own for each test file. */
  prefix: string;
}

export const engine = process.env.S3_ENDPOINT ? (process.env.S3_ENGINE ?? 'other') : 'store';

export const PAGE_ORIGIN = 'http://page.localhost:5173';
export const PART = 5 * 1024 * 1024;

export const target = {} as Target;

let release: () => Promise<void> = async () => undefined;

async function prepare(): Promise<void> {
  const bucket = process.env.S3_BUCKET ?? 'conformance';
  if (process.env.S3_ENDPOINT) {
    Object.assign(target, {
      endpoint: process.env.S3_ENDPOINT.replace(/\/$/, ''),
      region: process.env.S3_REGION ?? 'us-east-1',
      accessKeyId: process.env.S3_ACCESS_KEY_ID ?? '',
      secretAccessKey: process.env.S3_SECRET_ACCESS_KEY ?? '',
    });
  } else {
    const directory = await mkdtemp(join(tmpdir(), 'store-conformance-'));
    const store = await createS3Store({
      directory,
      credentials: [{ accessKeyId: 'CONFORMANCE', secretAccessKey: 'conformance-secret' }],
    });
    Object.assign(target, {
      endpoint: store.endpoint,
      region: 'us-east-1',
      accessKeyId: 'CONFORMANCE',
      secretAccessKey: 'conformance-secret',
    });
    release = async () => {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    };
  }
  target.bucket = bucket;
  target.prefix = `run-${randomBytes(6).toString('hex')}/`;
  target.s3 = client();
  try {
    await target.s3.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch {
    await target.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  }
  await target.s3.send(
    new PutBucketCorsCommand({
      Bucket: bucket,
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: [PAGE_ORIGIN],
            AllowedMethods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'],
            AllowedHeaders: ['*'],
            ExposeHeaders: ['ETag', 'Content-Range', 'x-amz-request-id', 'x-amz-checksum-crc32c'],
            MaxAgeSeconds: 300,
          },
        ],
      },
    }),
  );
}

/** Somebody else's engine is left as it was found, apart from the bucket. */
async function cleanUp(): Promise<void> {
  const { s3, bucket: Bucket, prefix: Prefix } = target;
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
  for (const { Key, UploadId } of Uploads)
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
}

after(async () => {
  if (engine !== 'store') await cleanUp();
  target.s3.destroy();
  await release();
});

export function client(overrides: Partial<Target> & { sessionToken?: string } = {}): S3Client {
  const { accessKeyId, secretAccessKey, endpoint, region } = { ...target, ...overrides };
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    maxAttempts: 1,
    // The suite says itself which checksums it wants; engines older than them take part too.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(overrides.sessionToken === undefined ? {} : { sessionToken: overrides.sessionToken }),
    },
  });
}

export function key(name: string): string {
  return target.prefix + name;
}

export function encodeKey(name: string): string {
  return name
    .split('/')
    .map(part =>
      encodeURIComponent(part).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join('/');
}

/** Path-style URL of a key, `?query` included. */
export function objectUrl(name: string, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString().replaceAll('+', '%20');
  return `${target.endpoint}/${target.bucket}/${encodeKey(name)}${search ? `?${search}` : ''}`;
}

export interface PresignOptions {
  headers?: Record<string, string>;
  query?: Record<string, string>;
  expires?: number;
  /** ISO 8601 basic. Default now. */
  datetime?: string;
  secretAccessKey?: string;
  accessKeyId?: string;
  sessionToken?: string;
  region?: string;
}

/** A URL signed in its query by a signer that is not the store's. The headers given are signed and must be sent. */
export async function presign(method: string, name: string, options: PresignOptions = {}): Promise<string> {
  const aws = new AwsClient({
    accessKeyId: options.accessKeyId ?? target.accessKeyId,
    secretAccessKey: options.secretAccessKey ?? target.secretAccessKey,
    ...(options.sessionToken === undefined ? {} : { sessionToken: options.sessionToken }),
    service: 's3',
    region: options.region ?? target.region,
    retries: 0,
  });
  const url = objectUrl(name, { 'X-Amz-Expires': String(options.expires ?? 300), ...options.query });
  const signed = await aws.sign(url, {
    method,
    headers: options.headers ?? {},
    aws: {
      signQuery: true,
      allHeaders: true,
      ...(options.datetime === undefined ? {} : { datetime: options.datetime }),
    },
  });
  return signed.url;
}

/** Status and S3 error code of an answer. */
export async function outcome(
  response: Response,
): Promise<{ status: number; code: string | undefined; body: string }> {
  const body = await response.text();
  return { status: response.status, code: /<Code>([^<]*)<\/Code>/.exec(body)?.[1], body };
}

/** Status and code of what an SDK call was refused with. @throws Error when it was not refused */
export async function refusal(work: Promise<unknown>): Promise<{ status: number | undefined; code: string }> {
  try {
    await work;
  } catch (error) {
    const { name, Code, $metadata } = error as {
      name: string;
      Code?: string;
      $metadata?: { httpStatusCode?: number };
    };
    return { status: $metadata?.httpStatusCode, code: Code ?? name };
  }
  throw new Error('the engine took what it should have refused');
}

/** Bytes that differ in every block, the same for the same seed. */
export function sampleBytes(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed * 2654435761;
  for (let i = 0; i + 4 <= size; i += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE(state, i);
  }
  return bytes;
}

/**
 * A test of the suite. Where the engine is known to differ, the test runs all the same: failing it is reported as a
 * skip with the reason, passing it is a failure, since the table of differences is out of date then.
 */
export function conforms(name: string, body: () => Promise<void>): void {
  const reason = engine === 'ceph' ? CEPH_DIFFERENCES[name] : undefined;
  test(name, async context => {
    if (reason === undefined) return body();
    try {
      await body();
    } catch {
      context.skip(`known difference: ${reason}`);
      return;
    }
    throw new Error(`passes now: take it out of ceph-differences.ts (${reason})`);
  });
}

// Not in a hook: hooks of the files that import this would not wait for it.
await prepare();

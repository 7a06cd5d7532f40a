import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { AwsClient } from 'aws4fetch';
import { presign } from '../../../../src/adapters/s3/presign.js';
import type { S3Store, StoredObjectInfo } from '../../store/index.js';
import type { Exchange } from './exchange.js';
import { Refusal } from './refusal.js';

export interface StoredFilesOptions {
  readonly store: S3Store;
  readonly bucket: string;
  readonly clock?: () => number;
}

export interface SignOptions {
  /** Seconds the URL works. */
  readonly seconds: number;
  /** Signed into a PUT: another content type is refused then. */
  readonly contentType?: string;
  /** Query parameters to sign, e.g. `response-content-disposition`. */
  readonly query?: Readonly<Record<string, string>>;
}

const FORWARDED = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-range'];
const RETURNED = [
  'accept-ranges',
  'content-length',
  'content-range',
  'content-type',
  'content-disposition',
  'etag',
  'last-modified',
];

/** The bucket behind a platform: its files by key, and URLs signed for its own origin. */
export class StoredFiles {
  readonly store: S3Store;
  readonly bucket: string;
  readonly #clock: () => number;

  constructor({ store, bucket, clock = Date.now }: StoredFilesOptions) {
    this.store = store;
    this.bucket = bucket;
    this.#clock = clock;
    store.local.createBucket(bucket);
  }

  /** A URL of the storage that works without a token. */
  async sign(
    method: 'GET' | 'PUT',
    key: string,
    { seconds, contentType, query }: SignOptions,
  ): Promise<string> {
    const credentials = this.store.credentials[0];
    if (!credentials) throw new Error('The store has no credentials to sign with.');
    const { url } = await presign(
      {
        method,
        key,
        operation: method === 'GET' ? 'GetObject' : 'PutObject',
        expiresIn: seconds,
        ...(contentType === undefined ? {} : { contentType }),
        ...(query ? { query } : {}),
      },
      { bucketUrl: this.store.url(this.bucket), region: this.store.region, credentials, now: this.#clock },
    );
    return url;
  }

  /**
   * Closes the storage to pages of every site but one that nobody visits, or opens it again. It concerns the whole
   * bucket, so a platform that is to be closed alone needs a bucket of its own.
   */
  async openToPages(open: boolean): Promise<void> {
    const { accessKeyId, secretAccessKey } = this.store.credentials[0]!;
    const client = new AwsClient({ accessKeyId, secretAccessKey, region: this.store.region, service: 's3' });
    const rule =
      '<CORSConfiguration><CORSRule><AllowedOrigin>https://console.invalid</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>';
    const response = await client.fetch(`${this.store.url(this.bucket)}?cors`, {
      method: open ? 'DELETE' : 'PUT',
      ...(open
        ? {}
        : { body: rule, headers: { 'content-md5': createHash('md5').update(rule).digest('base64') } }),
    });
    if (!response.ok) throw new Error(`The storage's CORS rules could not be changed (${response.status}).`);
  }

  list(prefix = ''): StoredObjectInfo[] {
    return this.store.local.list(this.bucket, prefix);
  }

  /** The object of exactly this key. */
  find(key: string): StoredObjectInfo | undefined {
    return this.list(key).find(object => object.key === key);
  }

  put(
    key: string,
    body: string | Uint8Array | AsyncIterable<Uint8Array>,
    contentType?: string,
  ): Promise<StoredObjectInfo> {
    return this.store.local.put(
      this.bucket,
      key,
      body,
      contentType === undefined ? {} : { 'content-type': contentType },
    );
  }

  read(key: string): AsyncIterable<Buffer> {
    return this.store.local.read(this.bucket, key);
  }

  remove(key: string): void {
    this.store.local.remove(this.bucket, key);
  }

  /**
   * Answers GET or HEAD with the object, ranges and conditions included unless `ranges` is false. The bytes come
   * through the storage's own door, so that its rules about both hold.
   * @param options.without names of headers that this platform does not pass on
   * @throws Refusal 404, or the storage's own status
   */
  async send(
    exchange: Exchange,
    key: string,
    {
      headers = {},
      ranges = true,
      without = [],
    }: { headers?: Record<string, string>; ranges?: boolean; without?: readonly string[] } = {},
  ): Promise<void> {
    const forwarded: Record<string, string> = {};
    for (const name of FORWARDED) {
      const value = exchange.header(name);
      if (value !== undefined && (ranges || !name.includes('range'))) forwarded[name] = value;
    }
    const url = await this.sign('GET', key, { seconds: 900 });
    // The URL is signed for GET, so HEAD asks for the headers of a GET and drops its body.
    const answer = await open(url, forwarded, exchange.signal);
    const status = answer.statusCode ?? 500;
    if (status >= 400) {
      answer.resume();
      throw new Refusal(status, {
        message: status === 404 ? 'File not found' : `The storage answered ${status}`,
        ...(answer.headers['content-range']
          ? { headers: { 'content-range': answer.headers['content-range'] } }
          : {}),
      });
    }
    const returned: Record<string, string> = {};
    for (const name of RETURNED) {
      if (without.includes(name)) continue;
      const value = answer.headers[name];
      if (typeof value === 'string' && (ranges || name !== 'accept-ranges')) returned[name] = value;
    }
    try {
      await exchange.stream(status, { ...returned, ...headers }, answer);
    } finally {
      answer.destroy();
    }
  }
}

function open(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers, signal, agent: false }, resolve).once('error', reject).end();
  });
}

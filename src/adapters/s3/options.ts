/** What a page says about its bucket. */
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import type { CallOptions } from '../adapter.js';
import type { S3Credentials } from './presign.js';
import type { S3SignBatchResponse, S3SignedRequest, S3SignRefusal, S3SignRequest } from './signing.js';

/** Asks the page's server to sign one request. */
export type SignRequest = (request: S3SignRequest, options: CallOptions) => Promise<S3SignedRequest>;

/** Asks the page's server to sign many. Answers come in the order of the requests. */
export type SignRequests = (
  requests: readonly S3SignRequest[],
  options: CallOptions,
) => Promise<S3SignBatchResponse | S3SignBatchResponse['responses']>;

/** Fetches temporary credentials (STS). Called again before they end. The region may come with them, as for Uppy. */
export type GetCredentials = (
  options: CallOptions,
) => Promise<S3Credentials | { credentials: S3Credentials; region?: string }>;

export interface S3CommonOptions {
  /**
   * The bucket's URL, path style (`https://s3.example.org/lab`) or virtual-host style
   * (`https://lab.s3.example.org`). Several URLs of the same bucket (virtual-host, path-style, dual-stack) have
   * their own connections each, which makes transfers faster over distance; the signer must sign for each of them.
   */
  readonly bucketUrl: string | readonly string[];
  /** Only what is below this prefix is shown and written, as if it were the bucket. Ends in `/`, or is empty. */
  readonly prefix?: string;
  /** Name shown to the person. Default: the bucket's name, or the prefix's last segment. */
  readonly label?: string;
  /**
   * Checksum sent with uploads. `auto` (default): CRC-64/NVME; where the storage turns out not to report it, MD5,
   * which every S3 checks.
   */
  readonly checksum?: ChecksumAlgorithm | 'auto' | 'none';
  /** Files from this size in bytes go up in parts. Default 16 MiB. */
  readonly partsFrom?: number;
  /** Largest object the storage takes, in bytes. Default 5 TiB. */
  readonly maxFileSize?: number;
  /**
   * Small files go up by POST policy, which needs no CORS preflight and so half the round trips. Default true;
   * false for Cloudflare R2, which has no such uploads, and for signers without them.
   */
  readonly smallFilesByForm?: boolean;
  /**
   * Says that the bucket's CORS rules expose every `x-amz-meta-…` header in use, and `Content-Disposition` and
   * `Content-Encoding`. Only then can a page change them: S3 replaces all at once, and what a page cannot see would
   * be lost. Default false: headers and custom pairs are read as far as they are visible, tags are read and written.
   */
  readonly exposesMetadata?: boolean;
  /**
   * Objects larger than this many bytes are copied part by part, several parts at a time. Default, and most: 5 GiB,
   * which is all that S3 copies in one request. Then only the metadata that the page can see goes along (see
   * `exposesMetadata`).
   */
  readonly copyInPartsFrom?: number;
  /** Whether the storage honours `If-None-Match: *` on PUT and on completion. Default true. */
  readonly conditionalCreate?: boolean;
}

export interface S3SignerOptions extends S3CommonOptions {
  /** Signs one request at the page's server. */
  readonly signRequest: SignRequest;
  /** Signs many in one round trip; calls made at the same time are then joined. */
  readonly signRequests?: SignRequests;
  /**
   * What the signer can sign. `full` (default): every call, as `createS3Signer` does. `uppy`: only the calls that
   * @uppy/aws-s3 makes; then this adapter uploads, and cannot list, download or delete.
   */
  readonly signer?: 'full' | 'uppy';
  readonly getCredentials?: never;
  readonly region?: never;
}

export interface S3CredentialsOptions extends S3CommonOptions {
  /** Temporary credentials; requests are then signed in the page. Never give lasting keys to a page. */
  readonly getCredentials: GetCredentials;
  /** Region in the signatures, unless it comes with the credentials. Default `us-east-1`. */
  readonly region?: string;
  readonly signRequest?: never;
  readonly signRequests?: never;
  readonly signer?: never;
}

export type S3Options = S3SignerOptions | S3CredentialsOptions;

export const MiB = 1024 ** 2;
export const GiB = 1024 ** 3;
/** Limits of S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MIN_PART_SIZE = 5 * MiB;
export const MAX_PART_SIZE = 5 * GiB;
export const MAX_PARTS = 10_000;
/** Largest object that one PUT or one CopyObject takes, in bytes. */
export const MAX_SINGLE_REQUEST = 5 * GiB;
/** Longest life of a presigned URL, in seconds. */
export const MAX_LINK_SECONDS = 604_800;

/** Whether an answer to a signing request is a refusal. */
export function isRefusal(answer: unknown): answer is S3SignRefusal {
  const error = (answer as Partial<S3SignRefusal> | null)?.error;
  return typeof error === 'object' && error !== null;
}

/**
 * The bucket's URLs, normalised, one for each origin.
 *
 * @throws TypeError for a URL that is none, or holds what does not belong into it.
 */
export function bucketUrlsOf(bucketUrl: string | readonly string[]): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  for (const text of typeof bucketUrl === 'string' ? [bucketUrl] : bucketUrl) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
      throw new TypeError(
        's3(): bucketUrl must be the http(s) URL of a bucket, such as https://s3.example.org/lab.',
      );
    }
    if (!urls.has(url.origin)) urls.set(url.origin, `${url.origin}${url.pathname.replace(/\/+$/, '')}`);
  }
  if (urls.size === 0) throw new TypeError('s3(): name at least one bucketUrl.');
  return urls;
}

/** @throws TypeError for options that contradict each other: a programmer's mistake, told at once. */
export function checkOptions(options: S3Options): void {
  if ((typeof options.signRequest === 'function') === (typeof options.getCredentials === 'function')) {
    throw new TypeError('s3(): give either signRequest or getCredentials.');
  }
  const { prefix = '' } = options;
  if (prefix !== '' && (!prefix.endsWith('/') || prefix.startsWith('/'))) {
    throw new TypeError('s3(): prefix must end in “/” and not begin with one.');
  }
}

export function labelOf(options: S3Options): string {
  if (options.label) return options.label;
  const fromPrefix = options.prefix?.split('/').filter(Boolean).at(-1);
  if (fromPrefix) return fromPrefix;
  const first = [...bucketUrlsOf(options.bucketUrl).values()][0]!;
  const { hostname, pathname } = new URL(first);
  const inPath = pathname.split('/').filter(Boolean).at(-1);
  return inPath === undefined ? (hostname.split('.')[0] ?? hostname) : decodeURIComponent(inPath);
}

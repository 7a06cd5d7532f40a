import type { S3Store } from '../../store/index.js';
import type { ApiFaults, ApiStats, CorsPolicy, KnownToken, StoredFiles } from '../shared/index.js';

export type Provider = 'ubiops' | 'amazon_s3' | 'google_cloud_storage' | 'azure_blob_storage';

/** What is uncertain about the real service, and how its storages differ. All may be changed at any time. */
export interface UbiOpsQuirks {
  /** `prefixes` of a listing end in a slash. Default false: the documents show them without. */
  prefixesWithSlash: boolean;
  /** `size` is missing in listings and in the description of a file, as right after an upload. */
  lateSize: boolean;
  /** `size` and `size_measurement_date` of a bucket are null, as before the first measurement. */
  unmeasuredBuckets: boolean;
  /** A download URL for a file that is not there: refused with 404, or a URL that answers 404. */
  missingDownload: 'refused' | 'url';
  /** Status of the answer to the request for an upload URL. */
  uploadUrlStatus: 200 | 201;
  /**
   * Status when the storage behind a bucket is full as an upload in parts begins or ends: the API speaks to it itself
   * then, and hands its words on. Default 400, as for all the storage does not accept; no document says.
   */
  fullStatus: 400 | 402 | 403 | 413 | 500 | 502 | 507;
  /** The field that holds the words of a refusal. */
  errorField: 'error' | 'error_message' | 'detail';
  /** Pages may not read `ETag` of any storage. */
  hideEtag: boolean;
  /** Pages may not read `x-ratelimit-reset` of the API. */
  hideRateLimitReset: boolean;
  /** So many of the next signed URLs have ended before they are handed out. */
  expiredUrls: number;
  /** So many of the next requests are answered 429. */
  rateLimited: number;
  /** Value of `x-ratelimit-reset`, in seconds; undefined: no such header. */
  rateLimitReset: number | undefined;
  /** Seconds that signed URLs work. */
  urlSeconds: number;
  /** Azure refuses requests without `x-ms-version`, as the documents say. The real one takes the version of the SAS. */
  azureWantsVersion: boolean;
  /** What `/status` answers. */
  status: { status: string; reason: string };
}

/** A real Azure Blob Storage, or an emulator of it, in place of this stand-in's own. */
export interface AzureEndpoint {
  /** Address with the account: `http://127.0.0.1:10000/devstoreaccount1`. */
  readonly url: string;
  readonly account: string;
  /** Base64. */
  readonly key: string;
}

export interface UbiOpsStandInOptions {
  readonly store: S3Store;
  /** Bucket of the local store that holds everything. */
  readonly bucket: string;
  readonly port?: number;
  /** Where buckets and tokens are kept over a restart. Default: nowhere. */
  readonly directory?: string;
  /** Default `project-1`. */
  readonly project?: string;
  readonly quirks?: Partial<UbiOpsQuirks>;
  readonly azure?: AzureEndpoint;
  readonly clock?: () => number;
}

/** What a token's holder may do: the platform's roles for files and buckets. */
export type Role =
  | 'project-admin'
  | 'files-reader'
  | 'files-writer'
  | 'files-reader-restricted'
  | 'bucket-viewer'
  | 'bucket-editor';

export interface BucketRecord {
  id: string;
  name: string;
  provider: Provider;
  credentials: Record<string, unknown>;
  configuration: Record<string, unknown>;
  description: string;
  labels: Record<string, string>;
  /** Seconds; null: for ever. */
  ttl: number | null;
  /** Milliseconds since 1970. */
  created: number;
  updated: number;
}

export interface UbiOpsStandIn {
  /** With the version: `http://127.0.0.1:PORT/v2.1`. */
  readonly baseUrl: string;
  readonly project: string;
  /** A token that may do everything. */
  readonly token: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly quirks: UbiOpsQuirks;
  readonly faults: ApiFaults;
  readonly stats: ApiStats;
  readonly cors: CorsPolicy;
  /** Tokens given out; may be revoked and expired. */
  readonly tokens: readonly KnownToken[];
  /** The storages other than the local store. */
  readonly google: StorageDouble;
  /** Absent when a real one takes its place. */
  readonly azure: StorageDouble | undefined;
  readonly files: StoredFiles;
  issueToken(options?: { seconds?: number; roles?: Role[] }): string;
  /** The bytes of a file, read around the API; undefined when there is none. */
  stored(bucket: string, file: string): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

/** A storage of this stand-in's own, on its own origin. */
export interface StorageDouble {
  readonly url: string;
  readonly faults: ApiFaults;
  readonly stats: ApiStats;
  readonly cors: CorsPolicy;
}

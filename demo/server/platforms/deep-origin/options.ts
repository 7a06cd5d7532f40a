import type { S3Store } from '../../store/index.js';
import type {
  ApiFaults,
  ApiStats,
  CorsPolicy,
  KnownToken,
  RateLimitQuirks,
  StoredFiles,
} from '../shared/index.js';

/** What is uncertain about the real service, and how it differs between its releases. All may be changed at any time. */
export interface DeepOriginQuirks extends RateLimitQuirks {
  /** How folders show in a listing of one level. Default `keys`: entries whose `Key` ends in `/`. */
  folders: 'keys' | 'commonPrefixes' | 'CommonPrefixes' | 'hidden';
  /** Entries have nothing but `Key`. */
  keysOnly: boolean;
  tokenName: 'continuationToken' | 'continuation_token';
  /** `prefix` is compared with what follows the directory, or with the whole key. Default `relative`. */
  prefix: 'relative' | 'full';
  /** `nest`: `statusCode`, `message`, `error`; `detail`: `detail` alone. */
  errors: 'nest' | 'detail';
  /** Answer to a form upload and an import without the storage's facts. */
  plainUploadAnswer: boolean;
  /** So many deletions do nothing and say so (`false`). */
  falseDeletes: number;
  /** The file route takes `Range`. Default false: the real one is not known to. */
  directRanges: boolean;
  /** Names in a ZIP: keys from the root of the organisation, or relative to the folder. */
  zipNames: 'full' | 'relative';
  /** Most bytes of a form upload; beyond it 413. Default: no limit. */
  formLimit: number;
  /** Seconds that signed URLs work. */
  urlSeconds: number;
  /** The signature of an upload URL covers the content type. */
  signContentType: boolean;
  /** The answer of `signedUrl` lacks its `url`. */
  urlMissing: boolean;
  /** Name of the header with the time of the last change. */
  modifiedHeader: 'last-modified' | 'x-last-modified';
  /** `health` answers 503. */
  unhealthy: boolean;
  importStatus: 200 | 201;
}

export interface DeepOriginStandInOptions {
  readonly store: S3Store;
  readonly bucket: string;
  readonly port?: number;
  /** Where the tokens are kept over a restart. Default: nowhere. */
  readonly directory?: string;
  /** Default `org-1`. `shared` and `do-internal-data` exist beside it. */
  readonly orgKey?: string;
  readonly quirks?: Partial<DeepOriginQuirks>;
  /** What the server can fetch for an import, by URL. Beyond it only loopback addresses answer. */
  readonly sources?: Readonly<Record<string, string | Uint8Array>>;
  readonly clock?: () => number;
}

export interface DeepOriginStandIn {
  readonly baseUrl: string;
  readonly orgKey: string;
  /** A token of a member of the organisation. */
  readonly token: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly quirks: DeepOriginQuirks;
  readonly faults: ApiFaults;
  readonly stats: ApiStats;
  readonly cors: CorsPolicy;
  readonly files: StoredFiles;
  readonly sources: Map<string, string | Uint8Array>;
  /** Tokens given out; may be revoked and expired. */
  readonly tokens: readonly KnownToken[];
  /** Where a path of the organisation lies in the bucket. */
  keyOf(path: string): string;
  /** A further token. `organisations` are the keys it may be used for, default the one of the stand-in. */
  issueToken(options?: { seconds?: number; organisations?: string[] }): string;
  close(): Promise<void>;
}

import type { S3Store } from '../../store/index.js';
import type {
  ApiFaults,
  ApiStats,
  CorsPolicy,
  KnownToken,
  RateLimitQuirks,
  StoredFiles,
} from '../shared/index.js';

/** What is uncertain about the real service. All may be changed at any time. */
export interface DeepLakeQuirks extends RateLimitQuirks {
  /** Status of an upload's answer. Default 201. */
  uploadStatus: 200 | 201;
  /** An upload's answer holds nothing but the id, the one field that is documented. */
  idOnly: boolean;
  /** Deletions answer 204, or 200 with `{}`. Default 204. */
  deleteStatus: 200 | 204;
  /** What holds the list: a field of this name, or nothing (`array`). Default `files`. */
  listShape: 'files' | 'data' | 'items' | 'array';
  /** Lists tell `total`, `limit` and `offset` (never those of shape `array`). Default true. */
  totals: boolean;
  /** Most files of one page; more is not refused. Default 100. */
  largestPage: number;
  /** Spelling of the fields of a file. */
  fields: 'plain' | 'mime' | 'camel';
  /** Field of the error text. `list`: `detail` as a list, as FastAPI validates. */
  errors: 'error' | 'message' | 'detail' | 'list';
  /** Status for requests without the organisation's header; 0: it is not needed. Default 0. */
  orgRequired: 0 | 400 | 403;
  /** `/content` takes `Range`. Default true. */
  ranges: boolean;
  /** Of a file name with slashes only the last segment is kept. Default false. */
  stripFolders: boolean;
  /** Largest file in bytes; beyond it 413. Default: no limit. */
  sizeLimit: number;
  /** So many uploads are stored, and then a gateway in front answers 504 with a page of its own. */
  gatewayTimeouts: number;
  /** `health` answers 503. */
  unhealthy: boolean;
}

export interface DeepLakeStandInOptions {
  readonly store: S3Store;
  readonly bucket: string;
  readonly port?: number;
  /** Where records, tables and tokens are kept over a restart. Default: nowhere. */
  readonly directory?: string;
  /** Default `lab`. */
  readonly workspace?: string;
  readonly quirks?: Partial<DeepLakeQuirks>;
  readonly clock?: () => number;
}

export interface FileRecord {
  readonly id: string;
  readonly workspace: string;
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** A row as it was inserted: values by column. */
export type TableRow = Readonly<Record<string, unknown>>;

export interface DeepLakeStandIn {
  readonly baseUrl: string;
  readonly workspace: string;
  readonly orgId: string;
  /** A token of a member, good for every workspace of the organisation. */
  readonly token: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly quirks: DeepLakeQuirks;
  readonly faults: ApiFaults;
  readonly stats: ApiStats;
  readonly cors: CorsPolicy;
  readonly files: StoredFiles;
  readonly tokens: readonly KnownToken[];
  /** Records of the stand-in's workspace, newest first. */
  records(workspace?: string): readonly FileRecord[];
  /** Where a file's bytes lie in the bucket. */
  keyOf(id: string): string;
  /** Puts a file there. Resolves to its id. */
  put(filename: string, content: string | Uint8Array, workspace?: string): Promise<string>;
  /** Rows of a table of the stand-in's workspace. */
  rows(table: string): readonly TableRow[];
  /** A further token. `workspaces` are those it may be used for, default all. */
  issueToken(options?: { seconds?: number; workspaces?: string[] }): string;
  close(): Promise<void>;
}

import type { S3Store } from '../../store/index.js';
import type {
  ApiFaults,
  ApiStats,
  CorsPolicy,
  KnownToken,
  RateLimitQuirks,
  StoredFiles,
} from '../shared/index.js';

export interface SmartsBioWorkspace {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: string;
}

/** What is uncertain about the real service, and how it differs between its clients. All may be changed at any time. */
export interface SmartsBioQuirks extends RateLimitQuirks {
  /** Shape of a list's answer. Default `files`: `data.files`. */
  listShape: 'files' | 'data' | 'bare';
  /** How the next page is told. `none`: not at all, though `after` works; `ignored`: nor does `after` work. */
  cursor: 'nextCursor' | 'next' | 'after' | 'none' | 'ignored';
  /** Spelling of file metadata. `sdk`: `key`, `name`, `size`; `extension`: `fileKey`, `fileName`, `sizeBytes`. */
  names: 'sdk' | 'extension' | 'both';
  /** Where the download URL is. */
  downloadName: 'downloadUrl' | 'url' | 'download_url';
  /** Answers have no envelope. */
  bare: boolean;
  /** An empty `path` lists the whole workspace, as if it were absent. */
  emptyPathListsAll: boolean;
  /** `path` is not known: listings are flat. */
  noPath: boolean;
  /** A `limit` above this is refused; the documents name no most. Default: it is cut to 1,000. */
  refusesLimitAbove: number;
  deleteStatus: 200 | 204;
  /** What was uploaded and never confirmed can be deleted by its key. */
  deletesUnconfirmed: boolean;
  /** Status for a form above its limit. */
  tooLargeStatus: 413 | 400;
  /** Most bytes of a form upload. Default 500 MB. */
  formLimit: number;
  /** Bytes of the whole account; beyond it 402. */
  quota: number;
  /** Seconds that URLs work. */
  uploadSeconds: number;
  downloadSeconds: number;
  /** `content` takes `Range`. Default false. */
  contentRanges: boolean;
}

export interface SmartsBioStandInOptions {
  readonly store: S3Store;
  readonly bucket: string;
  readonly port?: number;
  /** Where files' records and keys are kept over a restart. Default: nowhere. */
  readonly directory?: string;
  readonly quirks?: Partial<SmartsBioQuirks>;
  readonly clock?: () => number;
}

export interface SmartsBioStandIn {
  readonly baseUrl: string;
  /** A key with every scope, for every workspace. */
  readonly apiKey: string;
  readonly workspaceId: string;
  readonly workspaces: readonly SmartsBioWorkspace[];
  readonly environment: Readonly<Record<string, string>>;
  readonly quirks: SmartsBioQuirks;
  readonly faults: ApiFaults;
  readonly stats: ApiStats;
  readonly cors: CorsPolicy;
  readonly files: StoredFiles;
  /** Keys given out; may be revoked, expired and narrowed. */
  readonly keys: readonly KnownToken[];
  /** The storage key of a path in a workspace. */
  keyOf(path: string, workspace?: string): string;
  /** What is registered: unconfirmed uploads are not. */
  has(path: string): boolean;
  recordOf(path: string): FileRecord | undefined;
  /** A further key. Default: every scope, every workspace. */
  issueKey(options?: { scopes?: string[]; workspaces?: string[]; seconds?: number }): string;
  /** The switch “storage CORS closed”. Concerns the whole bucket. */
  openStorageToPages(open: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What the service keeps of a file beside its bytes. */
export interface FileRecord {
  fileId: string;
  size: number;
  contentType: string;
  createdAt: number;
  lastModified: number;
  description?: string;
  metadata?: Record<string, unknown>;
}

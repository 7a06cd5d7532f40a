import type { S3Store } from '../../store/index.js';
import type { ApiFaults, ApiStats, CorsPolicy, KnownToken, RateLimitQuirks } from '../shared/index.js';

export type TransferLetter = 'L' | 'F' | 'R' | 'M';

/** What operators set differently, and what differs between versions. All of it may be changed at any time. */
export interface InvenioQuirks extends RateLimitQuirks {
  /** Where content lies: behind the API without or with byte ranges, or in an object storage it redirects to. */
  storage: 'local' | 'local+range' | 's3';
  /** Ways files may come. Others are refused with 400. */
  transfers: TransferLetter[];
  /** Before version 13 there was no `transfer` field, so it is refused as unknown. */
  knowsTransfers: boolean;
  /** Whether people, not only the repository's own processes, may use F and R. Real repositories: false. */
  remoteForPeople: boolean;
  /** Hosts that may be fetched from. */
  fetchHosts: string[];
  /** Looks at an entry before a fetch ends. */
  fetchPolls: number;
  /** Looks at an entry before `multipart:…` becomes `md5:…`. */
  md5DelayPolls: number;
  /** What a committed file in parts says at first. */
  checksumAfterParts: 'multipart' | 'absent';
  /** Seconds the URL of a download redirect works. */
  redirectSeconds: number;
  /** Seconds a part URL of the object storage works. */
  partUrlSeconds: number;
  maxFiles: number;
  /** Bytes of one file. */
  maxFileSize: number;
  /** Bytes of all files of a record. */
  quota: number;
  /** Bytes of a request body that the proxy in front lets through. */
  proxyLimit: number;
  /** Largest archive in bytes. */
  archiveLimit: number;
  /** Answer to a draft asked for without a token. */
  anonymousDraft: 401 | 403;
  /** What publishing needs: nothing, a request that is accepted at once, or one that somebody must accept. */
  workflow: 'none' | 'auto' | 'review';
  /** Sizes as decimal fractions and no `transfer` in entries, as old servers write them. */
  oldEntries: boolean;
  /** Whether the home page names the software. */
  generatorTag: boolean;
}

export interface InvenioStandInOptions {
  readonly store: S3Store;
  readonly bucket: string;
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  /** Folder where records and tokens survive a restart. Default: memory. */
  readonly directory?: string;
  readonly quirks?: Partial<InvenioQuirks>;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
  /** Makes it an NRP repository whose one model has this name: records live under `/api/<model>`. */
  readonly model?: string;
  /** What the repository finds when it fetches a URL: content, or an error in words. */
  readonly sources?: Readonly<Record<string, string | Uint8Array | { error: string }>>;
}

export interface InvenioStandIn {
  /** Address of the repository; the API is below `/api`. */
  readonly baseUrl: string;
  /** Token of a person who may create records. */
  readonly token: string;
  /** All tokens it knows; may be changed. */
  readonly tokens: KnownToken[];
  readonly environment: Readonly<Record<string, string>>;
  readonly quirks: InvenioQuirks;
  readonly faults: ApiFaults;
  readonly cors: CorsPolicy;
  readonly stats: ApiStats;
  readonly sources: Map<string, string | Uint8Array | { error: string }>;
  /** A token of another person, or with its own end. */
  issueToken(options?: { subject?: string; expiresAt?: number }): string;
  /** The bytes of a file, read around the API. */
  stored(record: string, key: string, draft?: boolean): Promise<Uint8Array | undefined>;
  /** Makes a draft around the API; resolves to its id. */
  createDraft(title?: string): string;
  close(): Promise<void>;
}

/** Keys a client signs with. With a `sessionToken` the keys only work together with it, as temporary keys do. */
export interface StoreCredential {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** Milliseconds since 1970; from then on the store answers `ExpiredToken`. Default: never. */
  expiresAt?: number;
}

export interface S3StoreOptions {
  /** Folder that holds everything; made if missing. One running store per folder. */
  directory: string;
  /** TCP port; 0 (the default) takes any free one. */
  port?: number;
  /** Address to bind, default `127.0.0.1`. For a loopback address the other loopback (`::1`) is bound too if it exists. */
  host?: string;
  /** Region that signatures must name. Default `us-east-1`. */
  region?: string;
  credentials: StoreCredential[];
  /** Buckets made at start when missing. */
  buckets?: string[];
  /** CORS rule of every bucket that has no configuration of its own (PutBucketCors). Without it such buckets answer no CORS. */
  cors?: { origins: string[] };
  /** Milliseconds since 1970; for signature age, expiry and Last-Modified. Default `Date.now`. */
  clock?: () => number;
  /** Misbehaviour from the start; the same object is mutable on the running store as `store.faults`. */
  faults?: Partial<FaultSwitches>;
  /** Smallest size of every part but the last, in bytes. Default 5 MiB, as S3 has it. */
  minPartSize?: number;
  /** Bytes the store may hold. Beyond it writes are refused with 507 `InsufficientStorage` (AWS is never full). */
  capacity?: number;
}

/** What a fault predicate sees. Never a signature or a token. */
export interface FaultRequest {
  operation: string;
  method: string;
  bucket: string;
  key: string;
  host: string;
  /** Of UploadPart and UploadPartCopy, else undefined. */
  partNumber: number | undefined;
  ranged: boolean;
}

/**
 * One misbehaviour. The conditions (`operation`, `method`, `key`, `partNumber`, `match`) must all hold;
 * the first `skip` matching requests pass, the next `times` are hit, then the rule is spent.
 */
export interface FaultRule {
  operation?: string | string[];
  method?: string;
  /** Exact key, or a prefix when it ends in `*`. */
  key?: string;
  partNumber?: number;
  match?: (request: FaultRequest) => boolean;
  skip?: number;
  /** Default: for ever. */
  times?: number;

  /** Refuse with this HTTP status (default code by status: 503 and 429 `SlowDown`, 500 `InternalError`, …). */
  status?: number;
  code?: string;
  message?: string;
  /** Value of `Retry-After`: seconds or an HTTP date. */
  retryAfter?: number | string;
  /** Refuse only after the request's body has arrived. Default false. */
  afterBody?: boolean;
  /** Milliseconds to wait before anything else. */
  delay?: number;
  /** Bytes a second, for this request's body and answer. */
  bytesPerSecond?: number;
  /** Go silent: before reading the body, in its middle, in the middle of the answer, or instead of the answer. */
  stall?: 'before' | 'request' | 'response' | 'after';
  /** Bytes of the body (`request`, `response`) that pass before the stall. Default 0. */
  stallAfterBytes?: number;
  /** Milliseconds the silence lasts. Default: until the client hangs up or the store closes. */
  stallFor?: number;
  /** Reset the connection after so many bytes of the request's body. */
  resetAfterBytesIn?: number;
  /** Reset the connection after so many bytes of the answer's body. */
  resetAfterBytesOut?: number;
  /** Close the connection after so many bytes of the answer's body, as if that were all. */
  endAfterBytesOut?: number;
  /** One byte of the answer's body is another one. */
  damageAnswer?: boolean;
  /** No `Content-Length` and no chunks: the answer ends where the connection ends. */
  withoutLength?: boolean;
  /** CompleteMultipartUpload and CopyObject: answer 200 whose body is an error, as S3 does when it fails late. Nothing is done. */
  errorInBody?: boolean;
  /** Do the work, then cut the connection instead of answering. */
  loseAnswer?: boolean;
  /** Answer a wrong value for every checksum, in headers and in XML. */
  wrongChecksum?: boolean;
  /** GetObject: ignore `Range`, answer 200 with the whole object. */
  ignoreRange?: boolean;
  /** GetObject: replace the object (same size, other bytes, other ETag) just before this request is answered. */
  changeObject?: boolean;
}

/** All switches may be changed while the store runs. */
export interface FaultSwitches {
  rules: FaultRule[];
  /** Milliseconds added to every request, preflights too. */
  delay: number;
  /** Bytes a second for each connection, both directions; 0 is unlimited. */
  bytesPerSecond: number;
  /** `ETag` is not in Access-Control-Expose-Headers, so a page cannot read it. */
  hideETag: boolean;
  /** Answers without CORS headers: to refused signatures only (as Ceph does), or to every error. */
  dropCors: false | 'refused-signature' | 'errors';
  /** Every write is refused as if the disk were full. */
  storeFull: boolean;
  /** Signed URLs and POST policies expire so many milliseconds too early. */
  expireEarly: number;
  /** ListParts tells so many parts in one answer at most; 0 is S3's 1,000. */
  partsPerPage: number;
  ignoreRange: boolean;
  wrongChecksum: boolean;
}

export interface Faults extends FaultSwitches {
  /** Adds a rule for the next `times` matching requests (default 1) and returns it. */
  failNext(rule: FaultRule): FaultRule;
  /** Back to a well-behaved store. */
  reset(): void;
}

export interface LoggedRequest {
  requestId: string;
  method: string;
  /** Path and query; values of signature, token and credential parameters are replaced by `…`. */
  path: string;
  operation: string;
  bucket: string;
  key: string;
  host: string;
  origin: string | undefined;
  /** Lower-case names of the request's headers. */
  headerNames: string[];
  /** The header `Range`. */
  range: string | undefined;
  /** 0 while no answer was sent; 499 when the client hung up first. */
  status: number;
  /** S3 error code of the answer, if it is one. */
  code: string | undefined;
  bytesIn: number;
  bytesOut: number;
  /** Milliseconds since 1970, by the machine's clock. */
  started: number;
  ended: number | undefined;
  /** When a fault rule took effect on it, milliseconds since 1970. */
  fault: number | undefined;
}

export interface Stats {
  /** The last 20,000 requests, oldest first, running ones included. */
  readonly log: readonly LoggedRequest[];
  /** Requests since the last reset, also those no longer in the log. */
  readonly total: number;
  readonly inFlight: Readonly<Record<string, number>>;
  /** Most requests of one operation that were under way at the same time; `*` for all operations together. */
  readonly maxInFlight: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  reset(): void;
}

export interface StoredObjectInfo {
  key: string;
  size: number;
  etag: string;
  lastModified: number;
  contentType: string;
}

/** The store's content without HTTP: to fill it at start and to check what arrived. */
export interface LocalAccess {
  createBucket(bucket: string): void;
  list(bucket: string, prefix?: string): StoredObjectInfo[];
  read(bucket: string, key: string): AsyncIterable<Buffer>;
  /** Lower-case hex. */
  sha256(bucket: string, key: string): Promise<string>;
  put(
    bucket: string,
    key: string,
    body: string | Uint8Array | AsyncIterable<Uint8Array>,
    headers?: Record<string, string>,
  ): Promise<StoredObjectInfo>;
  remove(bucket: string, key: string): void;
  /** Multipart uploads that are neither completed nor aborted. */
  uploads(bucket: string): { key: string; uploadId: string; parts: number }[];
  /** Bytes on disk. */
  used(): number;
}

export interface S3Store {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  /** May be changed while the store runs: keys added, removed, expired. */
  readonly credentials: StoreCredential[];
  /** Base URL of a bucket without a trailing slash: `http://127.0.0.1:PORT/bucket` or `http://bucket.localhost:PORT`. */
  url(bucket: string, style?: 'path' | 'virtual'): string;
  readonly faults: Faults;
  readonly stats: Stats;
  readonly local: LocalAccess;
  /** Ends the listeners and all connections; the data stays. */
  close(): Promise<void>;
}

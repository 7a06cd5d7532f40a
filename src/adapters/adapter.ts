/**
 * The contract between the engine and a storage platform. An adapter turns an intent into a plan and reads the
 * platform's answers; it never sends file content itself: the engine does, for every platform the same way. The
 * functions of a plan do not retry either, because the engine does; the adapter's other functions may repeat a control
 * call for a few seconds, because elements call them directly.
 *
 * Every function takes an `AbortSignal` and throws `TransferError`. A function that a platform cannot offer is absent
 * from its adapter, not one that throws.
 */
import type { Checksum, ChecksumAlgorithm } from '../core/checksum.js';
import type { Entry, EntryMetadata, ListPage, StorageAction } from '../core/entry.js';
import type { TransferError } from '../core/errors.js';

/** Facts about a storage that are not visible in which functions its adapter has. */
export interface Capabilities {
  /**
   * `native`: folders exist by themselves and move, copy and delete as one; `derived`: from `/` in keys;
   * `none`: files have no paths.
   */
  readonly folders: 'native' | 'derived' | 'none';
  /** Whether `list` can return everything below a path. */
  readonly recursiveList: boolean;
  /** What an upload to a taken path does: replaces it, needs a delete first, or makes a second file. */
  readonly overwrite: 'replace' | 'delete-first' | 'new-identity';
  /** Whether `list` honours `namePrefix`, so that one short page tells whether a name is taken. Default false. */
  readonly filtersNames?: boolean;
  /** Whether the storage can refuse an upload to a taken path by itself (`If-None-Match: *`). */
  readonly conditionalCreate: boolean;
  /** Upload plans this adapter may return. Empty when uploads are impossible. */
  readonly uploadPlans: readonly UploadPlan['kind'][];
  /** Largest file in bytes, where there is a limit. */
  readonly maxFileSize?: number;
  /** Most files one container holds, where there is a limit. */
  readonly maxFiles?: number;
  /** Byte ranges on download: known to work, to be tried, or not there. */
  readonly ranges: 'yes' | 'probe' | 'no';
  /** Checksums that the storage may keep and report, strongest wish first. */
  readonly checksums: readonly ChecksumAlgorithm[];
  /** Whether custom metadata can be given at upload. */
  readonly uploadMetadata: boolean;
  /** What a name of custom metadata must match, where the storage does not take every one. */
  readonly metadataNames?: RegExp;
  /** Longest life of a signed link in seconds, where links are signed. */
  readonly maxLinkSeconds?: number;
}

export interface CallOptions {
  readonly signal: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /** Continuation token of the page before. */
  readonly token?: string;
  /** Most entries wanted; the storage may return fewer. */
  readonly limit?: number;
  /** Everything below the path, files only, instead of one level. Default false. */
  readonly recursive?: boolean;
  /** Only names that start with this, where the storage can filter; others ignore it and the caller filters. */
  readonly namePrefix?: string;
}

/** What a page wants to store. */
export interface UploadIntent {
  /** Target path in the container. */
  readonly path: string;
  /** Size in bytes. */
  readonly size: number;
  /** MIME type; empty when unknown. */
  readonly type: string;
  /** Local time of the last change, milliseconds since 1970. */
  readonly modified?: number;
  readonly metadata?: EntryMetadata;
  /**
   * Refuse when the path is taken, where the storage can. `preferred`: only if that costs no request of its own and
   * no slower plan, since the path was free a moment ago. Default false.
   */
  readonly createOnly?: boolean | 'preferred';
  /** The wish for a checksum; `auto` leaves it to the adapter, `none` forbids it. */
  readonly checksum: ChecksumAlgorithm | 'auto' | 'none';
  /** Part size wished by the caller in bytes; the adapter's rules win. */
  readonly partSize?: number;
  /** Take the `parts` plan from this size in bytes on, where there is a choice. */
  readonly partsFrom?: number;
}

/** An HTTP request that is ready to carry bytes. */
export interface SignedRequest {
  readonly method: 'PUT' | 'POST' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** When the URL stops working, milliseconds since 1970. */
  readonly expiresAt?: number;
  /** Form fields to send before the file; makes the body `multipart/form-data`. */
  readonly fields?: readonly (readonly [name: string, value: string])[];
  /** Name of the form's file field. Default `file`. */
  readonly fileField?: string;
  /** File name to send in the form. Default: the path's last segment. */
  readonly fileName?: string;
  /**
   * The request needs no CORS preflight as long as nobody listens to upload progress; the engine then prefers
   * `fetch` for small bodies (design.md §4, rule 4).
   */
  readonly preflightFree?: boolean;
}

/** Bytes that stay in this browser (memory, OPFS, a bridge to another uploader): no HTTP request of the engine's. */
export interface LocalDelivery {
  /**
   * Takes the bytes. `onSent` is told the bytes taken so far. Resolves to an answer as HTTP would have given it.
   */
  deliver(body: Blob, hooks: { signal: AbortSignal; onSent(bytes: number): void }): Promise<TransferResponse>;
}

export type Delivery = SignedRequest | LocalDelivery;

/** The storage's answer to bytes, as far as the page may read it. */
export interface TransferResponse {
  readonly status: number;
  /** Readable headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text, at most 1 MiB of it. */
  readonly body: string;
  /** URL after redirects, without its query. */
  readonly url?: string;
}

/** What the storage says it holds now. */
export interface UploadOutcome {
  readonly path: string;
  /** Identity, where the storage gives a new one (a UUID). */
  readonly id?: string;
  /** Size the storage reports, in bytes. */
  readonly size?: number;
  readonly etag?: string;
  readonly version?: string;
  /** Checksums the storage computed itself and reports. */
  readonly checksums?: readonly Checksum[];
  /** Where the file is, without query: it can be read there by who may read it. */
  readonly location?: string;
  /** Parsed body for the app, where there is one. */
  readonly body?: unknown;
  /** The last answer, where the engine has not seen it itself (the one to Complete, to a confirmation). */
  readonly response?: Pick<TransferResponse, 'status' | 'headers'>;
}

export interface SignContext extends CallOptions {
  /** 1 for the first attempt; a higher number asks for a fresh signature. */
  readonly attempt: number;
  /** Which of the plan's `origins` to sign for. */
  readonly origin?: string;
  /** Checksum of the bytes of this request, when the plan asked for one. */
  readonly checksum?: Checksum;
}

interface PlanBase {
  /** Origins that reach the same storage; the engine spreads requests over them. Absent or empty: one. */
  readonly origins?: readonly string[];
  /** Checksum that `sign` wants for each request's bytes; absent: none. */
  readonly requestChecksum?: ChecksumAlgorithm;
  /** Checksum over all bytes that `confirm` or `complete` wants; absent: none. */
  readonly wholeChecksum?: ChecksumAlgorithm;
  /**
   * The storage tells nothing that proves an upload, not even a size. Its word is then taken, and the result says `none`;
   * a page that asks for a proof gets a failure. Default false.
   */
  readonly unproven?: boolean;
  /**
   * Reads a refusal of the storage (any status ≥ 400, or a success whose body is an error) and says what it means.
   * Returns undefined when the answer is a success.
   */
  readError(
    response: TransferResponse,
    context: { phase: 'send' | 'part' | 'form' },
  ): TransferError | undefined;
}

/** One raw-body or local request. */
export interface RequestPlan extends PlanBase {
  readonly kind: 'request';
  sign(context: SignContext): Promise<Delivery>;
  /** Reads the answer, and confirms the upload where the platform wants that. */
  finish(response: TransferResponse, context: CallOptions & { whole?: Checksum }): Promise<UploadOutcome>;
  /** Removes what a cancelled request may have left. */
  discard?(context: CallOptions): Promise<void>;
}

/** One `multipart/form-data` request. */
export interface FormPlan extends PlanBase {
  readonly kind: 'form';
  sign(context: SignContext): Promise<Delivery>;
  finish(response: TransferResponse, context: CallOptions & { whole?: Checksum }): Promise<UploadOutcome>;
  discard?(context: CallOptions): Promise<void>;
}

/** Small serialisable record that lets an upload go on after a reload. JSON, no secret in it. */
export type ResumeState = Readonly<Record<string, string | number | boolean | null>>;

/** A part of an upload in parts. */
export interface PartRange {
  /** 1-based. */
  readonly number: number;
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;
}

/** What is known of a part that the storage took. */
export interface PartReceipt {
  readonly number: number;
  /** Size in bytes. */
  readonly size: number;
  readonly etag?: string;
  /** Checksum that the storage reported for the part. */
  readonly checksum?: Checksum;
}

/** Several requests that the storage puts together. */
export interface PartsPlan extends PlanBase {
  readonly kind: 'parts';
  readonly rules: {
    /** Smallest size of a part that is not the last, in bytes. */
    readonly minPartSize: number;
    readonly maxPartSize: number;
    readonly maxParts: number;
    /** Fixed by the platform or by an upload that has begun. */
    readonly partSize?: number;
  };
  /** State of an upload that has begun already (resume); absent: `begin` is called first. */
  readonly state?: ResumeState;
  begin(parts: { partSize: number; count: number }, context: CallOptions): Promise<ResumeState>;
  signPart(part: PartRange, state: ResumeState, context: SignContext): Promise<Delivery>;
  /** Reads a part's answer. Throws when something needed is missing (an ETag hidden by CORS). */
  readPart(part: PartRange, response: TransferResponse): PartReceipt;
  /** Parts the storage holds, all pages; absent where it cannot say. */
  listParts?(state: ResumeState, context: CallOptions): Promise<readonly PartReceipt[]>;
  complete(
    state: ResumeState,
    receipts: readonly PartReceipt[],
    context: CallOptions & { whole?: Checksum; partChecksums?: readonly Checksum[] },
  ): Promise<UploadOutcome>;
  /** Leaves nothing of the unfinished upload behind. Resolves also when there is nothing any more. */
  abort?(state: ResumeState, context: CallOptions): Promise<void>;
}

/** The server fetches a URL by itself. */
export interface ImportPlan extends PlanBase {
  readonly kind: 'import';
  start(context: CallOptions): Promise<ResumeState>;
  /** Asks how far it is. `after`: milliseconds until the next question makes sense. */
  poll(
    state: ResumeState,
    context: CallOptions,
  ): Promise<{ outcome: UploadOutcome } | { after: number; bytes?: number; total?: number }>;
  abort?(state: ResumeState, context: CallOptions): Promise<void>;
}

export type UploadPlan = RequestPlan | FormPlan | PartsPlan | ImportPlan;

/** Where the bytes of a file come from. */
/** What a storage knows of all bytes of a file. */
export interface WholeChecksums {
  readonly checksums: readonly Checksum[];
  /** Of the version that they are of. */
  readonly etag?: string;
  /**
   * Bytes of each part but the last of an object that was put together from parts: what a `composite` checksum is made
   * of. Absent: they differ, or the storage does not say.
   */
  readonly partSize?: number;
  /**
   * Asks about every part whether it is of `partSize`, where that was only concluded. Called when the bytes that came do
   * not fit a `composite` checksum. Resolves to false when one is not: then the checksum says nothing of them.
   */
  confirmPartSize?(options: CallOptions): Promise<boolean>;
}

export type DownloadSource =
  | {
      readonly kind: 'url';
      readonly url: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly credentials?: RequestCredentials;
      /** Size in bytes, when known before asking. */
      readonly size?: number;
      readonly etag?: string;
      readonly version?: string;
      readonly type?: string;
      readonly checksums?: readonly Checksum[];
      readonly ranges: 'yes' | 'probe' | 'no';
      /** When the URL stops working, milliseconds since 1970. */
      readonly expiresAt?: number;
      /** Other URLs for the same bytes on other origins; the engine may spread ranges over them. */
      readonly mirrors?: readonly string[];
      /**
       * The URL answers as {@link DownloadOptions.saveAs} asked: a browser that is sent there saves the file. Default
       * false: it might show it instead.
       */
      readonly isAttachment?: boolean;
      /** Reads a refusal of the storage, as {@link PlanBase.readError} does for uploads. */
      readError?(response: TransferResponse): TransferError | undefined;
      /** Reads the checksums out of an answer's headers, where the storage sends them. */
      readChecksums?(headers: Readonly<Record<string, string>>): readonly Checksum[];
      /**
       * Asks the storage for checksums of the whole file, of `total` bytes. Called for large files of which no answer has
       * told one that can be used. Undefined: there is none.
       */
      wholeChecksums?(total: number, options: CallOptions): Promise<WholeChecksums | undefined>;
    }
  | {
      readonly kind: 'blob';
      readonly blob: Blob;
      readonly etag?: string;
      readonly checksums?: readonly Checksum[];
    };

export interface DownloadOptions extends CallOptions {
  /** Ask for a URL that makes the browser save under this name (`response-content-disposition`). */
  readonly saveAs?: string;
  /** 1 for the first attempt; a higher number asks for a fresh signature. */
  readonly attempt?: number;
}

/** Result of one path of a `remove`, `move` or `copy`. */
export interface ItemResult {
  readonly path: string;
  readonly error?: TransferError;
}

/** An upload in parts that nobody has finished. */
export interface UnfinishedUpload {
  readonly path: string;
  readonly state: ResumeState;
  /** Milliseconds since 1970. */
  readonly started?: number;
}

/** A bucket, record, workspace: what holds files and can be chosen, where a platform has several. */
export interface Container {
  /** What `Containers.open` takes. */
  readonly id: string;
  /** Name for the person. */
  readonly name: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly created?: number;
  /** Bytes in it, where the platform knows. */
  readonly size?: number;
  /** The platform's own state word (`draft`, `published`). */
  readonly status?: string;
  /** Why files in it cannot be changed, for the person; absent when they can. */
  readonly readonlyBecause?: string;
  /** Functions that the adapter has but this container refuses, each with the reason for the person. */
  readonly refuses?: Partial<Record<'update' | 'remove' | 'publish', string>>;
  /** Whether deleting it only takes the connection away and leaves its files where they are. Default false. */
  readonly removalKeepsFiles?: boolean;
  /** What the platform says beyond this. JSON-safe. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** One field of the form that creates or edits a container; the page renders it. */
export interface ContainerField {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'multiline' | 'number' | 'choice' | 'labels' | 'json' | 'secret';
  readonly required?: boolean;
  readonly choices?: readonly string[];
  /** Whether an existing container's value may be changed. Default true. */
  readonly editable?: boolean;
  /** One sentence of help. */
  readonly hint?: string;
  /** The field only applies while another field has one of these values. */
  readonly when?: { readonly field: string; readonly is: readonly string[] };
}

/** Values by field name. */
export type ContainerInput = Readonly<Record<string, unknown>>;

/** The containers of a platform. Functions that the platform or the token cannot offer are absent. */
export interface Containers {
  /** What the platform calls one of them, for headings: `bucket`, `record`. */
  readonly word: string;
  /** Id of the container this adapter shows; undefined while none is chosen. */
  readonly current: string | undefined;
  list(
    options: CallOptions & { token?: string; labels?: Readonly<Record<string, string>>; query?: string },
  ): Promise<{ containers: readonly Container[]; next?: string }>;
  /** The same adapter for another container. Sends nothing. */
  open(id: string): Adapter;
  read?(id: string, options: CallOptions): Promise<Container>;
  /** Fields of `create` and `update`. */
  readonly fields?: readonly ContainerField[];
  create?(input: ContainerInput, options: CallOptions): Promise<Container>;
  /** Changes the fields that are given. */
  update?(id: string, input: ContainerInput, options: CallOptions): Promise<Container>;
  remove?(id: string, options: CallOptions): Promise<void>;
}

/** Which part of a storage an adapter shows: what is below a prefix of a bucket. */
export interface AdapterPlace {
  /** The whole storage: an address, no secret. */
  readonly storage: string;
  /** What stands before this adapter's paths there. Empty, or ends in `/`. */
  readonly root: string;
  /** What requests are made with, compared by identity: adapters that share it may do the same things. */
  readonly access: unknown;
  /** The adapter of another part, with the same access. */
  at(root: string): Adapter;
}

/** One storage platform. See the file comment. */
export interface Adapter {
  /** Short name of the kind of storage, e.g. `s3`. */
  readonly name: string;
  /** Name for the person, e.g. the bucket. */
  readonly label: string;
  /**
   * Tells this storage from every other one of its kind, from visit to visit (an address and a container, no secret):
   * unfinished transfers are remembered under it. Default: the label. `null`: what is stored there ends with the page,
   * so nothing is worth remembering.
   */
  readonly identity?: string | null;
  /** Where this is only a part of a storage, beside or within other parts that a page may open. */
  readonly place?: AdapterPlace;
  readonly capabilities: Capabilities;

  /** One page of the folder at `path` (empty string: the root). Entries come in the storage's own order. */
  list(path: string, options: ListOptions): Promise<ListPage>;
  /** One entry, or undefined when there is none. */
  stat?(path: string, options: CallOptions): Promise<Entry | undefined>;
  /** Decides how a file goes up. Sends nothing yet. */
  openUpload?(intent: UploadIntent, options: CallOptions): Promise<UploadPlan>;
  /** Takes up an upload in parts that an earlier page began. */
  reopenUpload?(intent: UploadIntent, state: ResumeState, options: CallOptions): Promise<PartsPlan>;
  /** Says where a file's bytes are. */
  resolveDownload?(
    entry: Pick<Entry, 'path' | 'id' | 'version'>,
    options: DownloadOptions,
  ): Promise<DownloadSource>;
  /** Deletes files and folder markers, not what is below them unless folders are native. One result a path. */
  remove?(paths: readonly string[], options: CallOptions): Promise<readonly ItemResult[]>;
  /** Moves one file (a folder too where folders are native). Resolves to the new entry. */
  move?(from: string, to: string, options: CallOptions & { replace?: boolean }): Promise<Entry>;
  /** Copies one file (a folder too where folders are native). */
  copy?(from: string, to: string, options: CallOptions & { replace?: boolean }): Promise<Entry>;
  createFolder?(path: string, options: CallOptions): Promise<Entry>;
  readMetadata?(path: string, options: CallOptions): Promise<EntryMetadata>;
  /**
   * Replaces the parts of the metadata that are given: headers one by one (an empty value takes one away), `custom` and
   * `tags` each as a whole.
   */
  writeMetadata?(path: string, metadata: EntryMetadata, options: CallOptions): Promise<void>;
  /** A URL that works without credentials for `seconds`. */
  signedLink?(
    path: string,
    options: CallOptions & { seconds: number; saveAs?: string },
  ): Promise<{ url: string; expiresAt: number }>;
  listUnfinishedUploads?(prefix: string, options: CallOptions): Promise<readonly UnfinishedUpload[]>;
  abortUnfinishedUpload?(upload: UnfinishedUpload, options: CallOptions): Promise<void>;
  /** The server fetches a URL into a file by itself. */
  importFromUrl?(path: string, url: string, options: CallOptions): Promise<ImportPlan>;
  /** One archive of everything below a folder, made by the platform. */
  archive?(path: string, options: CallOptions): Promise<DownloadSource>;
  /** Makes the current container's content final (a record is published). Resolves to the container as it is then. */
  publish?(options: CallOptions): Promise<Container>;
  /** Containers one can switch between; absent when there is only the one. */
  readonly containers?: Containers;
  /** Whether the storage answers, and under which version. Throws what is wrong. */
  health?(options: CallOptions): Promise<{ version?: string }>;
}

const functionOf: Record<StorageAction, string> = {
  list: 'list',
  stat: 'stat',
  openUpload: 'openUpload',
  resolveDownload: 'resolveDownload',
  remove: 'remove',
  rename: 'move',
  move: 'move',
  copy: 'copy',
  createFolder: 'createFolder',
  readMetadata: 'readMetadata',
  writeMetadata: 'writeMetadata',
  signedLink: 'signedLink',
  importFromUrl: 'importFromUrl',
  archive: 'archive',
  publish: 'publish',
};

/** Whether an adapter offers an action, and whether this entry does not refuse it. */
export function can(adapter: Adapter, action: StorageAction, entry?: Entry): boolean {
  if (entry?.refuses?.[action] !== undefined) return false;
  return typeof (adapter as unknown as Record<string, unknown>)[functionOf[action]] === 'function';
}

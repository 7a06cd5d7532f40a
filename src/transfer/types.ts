/** The words in which the engine speaks to pages and elements. No behaviour here. */

import type { Checksum, ChecksumAlgorithm, Verification, VerificationLevel } from '../core/checksum.js';
import type { EntryMetadata } from '../core/entry.js';
import type { TransferError } from '../core/errors.js';
import type { SinkFacts } from './sinks/sink.js';

/**
 * State of one item.
 * `queued` not begun · `preparing` reading, asking the storage, opening · `active` bytes move · `finishing` all bytes
 * are there, the storage or the disk completes · `waiting` the engine goes on by itself (offline, retry) ·
 * `paused` a person stopped it · `needs-answer` a conflict waits for the person · then the ends: `done`, `skipped`,
 * `failed`, `cancelled`.
 */
export type ItemState =
  | 'queued'
  | 'preparing'
  | 'active'
  | 'finishing'
  | 'waiting'
  | 'paused'
  | 'needs-answer'
  | 'done'
  | 'skipped'
  | 'failed'
  | 'cancelled';

/** What a job does to its items. */
export type JobKind = 'upload' | 'download' | 'remove' | 'move' | 'copy';

/** State of a whole job; `incomplete`: ended, and some items failed or were cancelled. */
export type JobState = 'preparing' | 'active' | 'waiting' | 'paused' | 'done' | 'incomplete' | 'cancelled';

/** What the engine does about an item that waits, by itself. */
export interface NextTry {
  /** Which attempt it will be, from 2 on. Counted anew once bytes were confirmed. */
  readonly attempt: number;
  /** When, at the latest, in milliseconds since 1970; undefined: as soon as the browser has a connection again. */
  readonly at: number | undefined;
}

/** One file of a job at this moment. A copy: it does not change. */
export interface TransferItem {
  /** Position in the job; never changes. */
  readonly index: number;
  /** Path at the storage. */
  readonly path: string;
  /** Last segment of the path. */
  readonly name: string;
  /** Bytes; undefined while unknown. */
  readonly size: number | undefined;
  readonly state: ItemState;
  /** Bytes that the other side has confirmed (upload) or that are written (download). Never falls. */
  readonly acknowledged: number;
  /** Bytes handed to the connection (upload) or received (download). May run ahead of `acknowledged`. */
  readonly sent: number;
  /** Why it waits or failed. Its message says what happened; what comes next is said by `state` and `nextTry`. */
  readonly error: TransferError | undefined;
  /** While the item is `waiting` for another attempt: which one, and when. */
  readonly nextTry?: NextTry | undefined;
  readonly result: TransferResult | undefined;
}

/** The end of one item. */
export interface TransferResult {
  readonly path: string;
  /** Identity, where the storage gives one apart from the path. */
  readonly id?: string;
  readonly size: number;
  readonly etag?: string;
  readonly version?: string;
  /** URL of what was uploaded, where the storage has one; without query, so only those can read it who may. */
  readonly location?: string;
  /** Checksums known of the bytes, ours or the storage's. */
  readonly checksums: readonly Checksum[];
  /** How the bytes at the target were proven; absent where none were moved: deleting, renaming, new folders. */
  readonly verified?: Verification;
  /** The last answer's status, readable headers (lower case) and parsed body. */
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  /** For `skipped`: why. */
  readonly skipped?: 'same' | 'exists';
  /** For downloads to memory. */
  readonly blob?: Blob;
  /** For downloads to disk: the local name, when it had to differ from the remote one. */
  readonly savedAs?: string;
}

/** Totals of a job, or of all jobs of a manager. A copy: it does not change. */
export interface TransferSnapshot {
  readonly id: string;
  readonly kind: JobKind | 'all';
  readonly state: JobState;
  /**
   * Whether bytes travel through the page. Deleting, moving and copying within one storage moves none: then all
   * `bytes` are 0, `speed` is undefined, and `progress` counts files. For `all` only jobs that move bytes count.
   */
  readonly movesBytes: boolean;
  readonly files: {
    readonly total: number;
    readonly queued: number;
    readonly active: number;
    readonly waiting: number;
    readonly paused: number;
    /** Completed: at their target, as far as `TransferResult.verified` says. */
    readonly done: number;
    /** Needed no transfer, because the target had them. */
    readonly skipped: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  readonly bytes: {
    /** Sum of the known sizes, of all files whatever became of them. */
    readonly total: number;
    /** False while sizes or the number of files are still being found out. */
    readonly totalIsFinal: boolean;
    /** Bytes that the other side has confirmed, those of unfinished files too. Never falls. */
    readonly acknowledged: number;
    /** Bytes handed to the connection. Some of them may never arrive. */
    readonly sent: number;
    /** Sizes of the files that are `done`; nothing else is stored for sure. */
    readonly done: number;
    /** Sizes of the files that were skipped. */
    readonly skipped: number;
    /** Sizes of the files that failed. */
    readonly failed: number;
    /** Sizes of the files that were cancelled. */
    readonly cancelled: number;
    /** Bytes still to be confirmed of the files that have not ended. */
    readonly left: number;
  };
  /** Share of the bytes acknowledged, 0 to 1; 1 only when every item has ended well. */
  readonly progress: number;
  /**
   * Smoothed bytes per second, of acknowledged bytes; before the first of those, of bytes that left the full buffers of
   * the way. Undefined until it means something.
   */
  readonly speed: number | undefined;
  /** Estimated seconds left (`bytes.left` at `speed`), calm on purpose; undefined until it means something. */
  readonly secondsLeft: number | undefined;
  /** Why the job waits or ended incomplete. */
  readonly reason: TransferError | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

/** Read access to the items of a job, without a copy of them all. */
export interface ItemList {
  readonly length: number;
  at(index: number): TransferItem | undefined;
  /** Indexes of the items in these states, in order, at most `limit` from `offset` on. */
  inState(states: readonly ItemState[], offset?: number, limit?: number): readonly number[];
  [Symbol.iterator](): Iterator<TransferItem>;
}

/** What `finished` resolves to. */
export interface JobResult {
  readonly state: Extract<JobState, 'done' | 'incomplete' | 'cancelled'>;
  readonly snapshot: TransferSnapshot;
  readonly items: ItemList;
}

/** Events of a job. All are plain `Event`s: read `snapshot` and `items`. */
export interface JobEventMap {
  /** Numbers moved. At most once a frame, also in background tabs (then about once a second). */
  progress: Event;
  /** One or more items reached another state. Coalesced like `progress`. */
  itemchange: ItemChangeEvent;
  /** The job's own state changed. */
  statechange: Event;
}

/** Which items changed state since the last such event. */
export interface ItemChangeEvent extends Event {
  readonly indexes: readonly number[];
}

/** What to do when the target path is taken. */
export type ConflictPolicy = 'replace' | 'skip' | 'skip-same' | 'rename' | 'fail' | 'ask';

/** What a page asks the person when the policy is `ask`. */
export interface Conflict {
  readonly item: TransferItem;
  /** When the file that a download brings was last changed, in milliseconds since 1970, where the storage tells it. */
  readonly modified?: number;
  /** What has the name: at the storage for an upload, on this device for a download. */
  readonly existing: { readonly size?: number; readonly modified?: number; readonly etag?: string };
}

export type ConflictAnswer = Exclude<ConflictPolicy, 'ask' | 'fail'> | 'cancel';

/** A file to upload with more said about it than a `File` can. */
export interface UploadFile {
  /** The bytes, or a function that opens them when their turn comes. */
  readonly file: Blob | (() => Promise<Blob>);
  /** Path below `into`, `/`-separated, name included. */
  readonly path: string;
  /** Bytes; needed for totals when `file` is a function. */
  readonly size?: number;
  readonly type?: string;
  readonly modified?: number;
  readonly metadata?: EntryMetadata;
  /** Kept so that the upload can go on after a reload. */
  readonly handle?: FileSystemFileHandle;
}

/** An empty folder to create, or an entry that could not be read. */
export type UploadExtra =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'unreadable'; readonly path: string; readonly error: TransferError };

export type UploadInput = File | UploadFile | UploadExtra;
export type UploadSource = Iterable<UploadInput> | AsyncIterable<UploadInput>;

export interface UploadOptions {
  /** Folder at the storage, ending in `/`; empty: the root. */
  readonly into?: string;
  /** Default `replace`. */
  readonly conflict?: ConflictPolicy;
  /** Called for `ask`; without it `ask` means `fail`. May remember its answer for the rest. */
  readonly onConflict?: (conflict: Conflict) => Promise<ConflictAnswer>;
  /** Weakest proof that still counts as done. Default `size`; the strongest possible one is always tried. */
  readonly verify?: Exclude<VerificationLevel, 'none'>;
  /** Which checksum to send. Default `auto`: what the storage takes. */
  readonly checksum?: ChecksumAlgorithm | 'auto' | 'none';
  /** Part size in bytes; default: by size and link. */
  readonly partSize?: number;
  readonly metadata?: EntryMetadata | ((path: string) => EntryMetadata | undefined);
}

/** A file to download under a name of the page's choice. */
export interface DownloadAs {
  readonly path: string;
  /** Where the storage knows it by another id than its path. */
  readonly id?: string;
  /** Name, or path with `/`, below the target directory or in the zip. Made safe for file systems. */
  readonly as: string;
}

/**
 * Where a download goes. `files`: the browser saves each file, once it is whole and checked; `stream`: it saves them
 * while they come, through the worker of `registerDownloadWorker`; `browser`: it fetches them by itself, which goes on
 * without the page, and of which the page learns no more than that it was begun; `zip`: one archive; `memory`: blobs in
 * the results.
 */
export type DownloadTarget =
  | 'files'
  | 'stream'
  | 'browser'
  | 'zip'
  | 'memory'
  | FileSystemDirectoryHandle
  | FileSystemFileHandle
  | WritableStream<Uint8Array>;

export interface DownloadOptions {
  /** Default `files`: each file is saved by the browser. */
  readonly to?: DownloadTarget;
  /**
   * What to do, in a folder, about a file that is there. Default `replace`. `skip-same`: a file of the same size is left
   * alone when it is as it came and the storage still has that version, or when its checksum is the one that the storage
   * tells of the whole; what nothing shows to be the same is fetched. `ask`: as `skip-same` what is the same is left
   * alone; about what differs `onConflict` is asked, and without it both are kept, as by `rename`. Except for `rename`,
   * an empty local file counts as none when the one at the storage has content: a tab that was closed leaves such files.
   */
  readonly conflict?: ConflictPolicy;
  /**
   * Called for `ask`, for one file at a time; the others go on. May remember its answer for the rest. `cancel` leaves
   * both files as they are and ends the item as cancelled; `sendAgain` asks again.
   */
  readonly onConflict?: (conflict: Conflict) => Promise<ConflictAnswer>;
  readonly verify?: Exclude<VerificationLevel, 'none'>;
  /**
   * For `memory`: most bytes that all files of the download may take together; the others fail (`too-large`). Default
   * 1 GiB.
   */
  readonly maxInMemory?: number;
  /** Name of the zip, or of a single file. */
  readonly saveAs?: string;
  /**
   * `platform`: each folder comes as one ZIP that the platform packs, where it can (`adapter.archive`). It is as large as
   * it turns out, and only what the platform says of it can be verified. Default: the page fetches the files.
   */
  readonly archive?: 'platform';
  /**
   * Save beside each file what the storage knows of it, as `<name>.metadata.json`: path, id, size, times, validator,
   * checksums, headers, pairs and tags. A file of the storage that is called so keeps its name; the one that is made gets
   * a numbered one. Default false.
   */
  readonly metadata?: boolean;
  /**
   * For a picked file, an archive in one, and each file into a picked folder: what has come survives the page. It is
   * staged in the browser's own storage, noted range by range, and written into its place once it is whole and checked;
   * until it is removed there, it takes the disk's room twice. Downloading the same again after a reload or a crash, into
   * the same place or another one, fetches only what is missing; when the place cannot be written at the end,
   * `retryFailed` fetches nothing again. Up to 64 MiB a file goes directly, since it is fetched again in no time; so
   * does one without a size or a strong ETag, and one for which the browser's storage has no room: `TransferJob.facts`
   * tell. Other targets pay no heed to it. Default false.
   */
  readonly resumable?: boolean;
}

/** One job, whatever it does. */
export interface TransferJob extends EventTarget {
  readonly id: string;
  readonly kind: JobKind;
  /** What the job is about, for a heading: a file name or a folder. */
  readonly label: string;
  readonly snapshot: TransferSnapshot;
  readonly items: ItemList;
  /** Resolves when every item has ended; rejects only if nothing could be started. */
  readonly finished: Promise<JobResult>;
  /** Whether bytes travel through the page; false for deleting, moving and copying within one storage. */
  readonly movesBytes: boolean;
  /**
   * What the places chosen for downloaded bytes mean for the person; with several places the least that holds for all.
   * Once the storage has answered, no more than that allows: without ranges nothing goes on where it was. Undefined
   * for other jobs, and until the first place is chosen.
   */
  readonly facts?: SinkFacts | undefined;
  /** Whether `pause` means something for this job. */
  readonly canPause: boolean;
  /** Stops the whole job, or one item. What is stored stays. */
  pause(index?: number): void;
  resume(index?: number): void;
  /** Ends the job, or one item, and removes what it left. Resolves when that is done. */
  cancel(index?: number): Promise<void>;
  /**
   * Tries the failed items again (or one of them), those for which it can mean anything. With none, what is left to do
   * of an archive that is whole and could not be put into its place.
   */
  retryFailed(index?: number): void;
  /** Whether `retryFailed` would do anything: false for refused names, doubles, and a cancelled job. */
  isRetryable(index?: number): boolean;
  /**
   * Begins again what was cancelled (or one such item), where what it was made of is still there; in a job that was
   * cancelled as a whole what had failed as well. `instead`, for one upload that failed or was cancelled: the file to
   * send in place of one that changed or went away. Uploads can do it, and downloads that were not cancelled as a
   * whole: then their target is closed. Other jobs do nothing: to delete, move or copy is asked for anew.
   */
  sendAgain(index?: number, instead?: File | UploadFile): void;
  /** Whether `sendAgain` would do anything. */
  canSendAgain(index?: number): boolean;
  /**
   * Lets go of what failed items (or one of them) keep for another try. A manager calls it when the job is dismissed.
   */
  release?(index?: number): Promise<void>;
  addEventListener<K extends keyof JobEventMap>(
    type: K,
    listener: (event: JobEventMap[K]) => void,
    options?: AddEventListenerOptions | boolean,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
}

/** Events of a `TransferManager`. */
export interface ManagerEventMap {
  /** A job was added. */
  jobadd: JobEvent;
  /** A job has ended. */
  jobend: JobEvent;
  /** A job was dismissed from the list. */
  jobremove: JobEvent;
  /** Numbers of any job moved; coalesced like a job's own. */
  progress: Event;
  /** Uploads or downloads of earlier pages, or of other tabs, came or went. */
  interruptedchange: Event;
  /** Something at the storage changed through this manager: listings of these folders are stale. */
  storagechange: StorageChangeEvent;
}

export interface JobEvent extends Event {
  readonly job: TransferJob;
}

export interface StorageChangeEvent extends Event {
  /** Folder paths, each ending in `/` or empty for the root. */
  readonly folders: readonly string[];
}

import type { Checksum } from './checksum.js';

/**
 * Something a person may do with an entry or a folder. Each is the name of the adapter's function that does it, so
 * what an adapter lacks is simply absent.
 */
export type StorageAction =
  | 'list'
  | 'stat'
  | 'openUpload'
  | 'resolveDownload'
  | 'remove'
  | 'rename'
  | 'move'
  | 'copy'
  | 'createFolder'
  | 'readMetadata'
  | 'writeMetadata'
  | 'signedLink'
  | 'importFromUrl'
  | 'archive'
  | 'publish';

/** A file or folder as a storage reports it. Plain data: no methods, safe to clone and to keep. */
export interface Entry {
  /** Stable identity at the storage: the path where paths identify, else the storage's own id. */
  readonly id: string;
  /**
   * Path inside the container: segments joined by `/`, no leading slash; a folder ends in `/`. Untrusted: it may
   * hold any character, and `..` means nothing here.
   */
  readonly path: string;
  /** Last segment of the path, without a trailing slash. */
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Size in bytes; absent for folders and where the storage does not say. */
  readonly size?: number;
  /** Time of the last change, milliseconds since 1970. */
  readonly modified?: number;
  /** Time of creation, milliseconds since 1970. */
  readonly created?: number;
  /** MIME type. */
  readonly type?: string;
  /** Validator of the content as the storage gives it, quotes removed; `W/` is kept. */
  readonly etag?: string;
  /** Version id, where the storage keeps versions. */
  readonly version?: string;
  readonly checksums?: readonly Checksum[];
  /**
   * The platform's own state word (`completed`), where it has one. `pending` means the same on all of them: an upload
   * to this path was begun and has not ended, so there is no content yet.
   */
  readonly status?: string;
  /** Actions that the adapter has but this entry refuses, each with the reason for the person. */
  readonly refuses?: Partial<Record<StorageAction, string>>;
  /** What the platform says beyond this, for pages that know the platform. JSON-safe. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Whether an entry only holds the place of a file whose upload has not ended. */
export const isUnfinished = ({ status }: Pick<Entry, 'status'>): boolean => status === 'pending';

/** Headers and free key-value pairs kept with a file. */
export interface EntryMetadata {
  /** HTTP headers the storage returns with the content: `content-type`, `cache-control`, … in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The owner's own pairs (`x-amz-meta-…`, without that prefix). */
  readonly custom?: Readonly<Record<string, string>>;
  /** Tags, where the storage has them apart from metadata. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** One page of a listing. */
export interface ListPage {
  readonly entries: readonly Entry[];
  /** Continuation token for the next page; absent on the last one. Opaque. */
  readonly next?: string;
  /** Number of entries in the whole listing, where the storage says. */
  readonly total?: number;
  /**
   * Nothing is stored under the path, not even a marker of the folder itself. Absent: it is there, or the listing
   * alone does not tell.
   */
  readonly missing?: boolean;
}

/** What the measuring process has the page do, and what comes of it. */

export interface StoreAccess {
  readonly bucketUrl: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Where the bytes go: the browser's downloads after staging, through the download worker, or by the browser alone; a
 * file or folder as a picked one, of the browser's own storage, directly or after staging (`resumable`: a file); a stream
 * of the page's; memory; a zip.
 */
export type Place =
  | 'files'
  | 'stream'
  | 'navigate'
  | 'picked'
  | 'resumable'
  | 'directory'
  | 'drain'
  | 'memory'
  | 'zip';

export interface DownloadCommand {
  readonly kind: 'download';
  readonly store: StoreAccess;
  readonly paths: readonly string[];
  readonly to: Place;
  /** Bytes a second that a `drain` takes. Default: all that come. */
  readonly pace?: number;
  /** The page goes away once so many bytes are there, and says so by coming again. */
  readonly reloadAt?: number;
}

export type Command =
  | DownloadCommand
  /** One request, read to its end. */
  | { readonly kind: 'one-stream'; readonly store: StoreAccess; readonly path: string }
  /** A zip of so many files that the page makes itself, into a picked file. */
  | { readonly kind: 'many-members'; readonly count: number }
  /** What lies in the folder of the downloads: paths, and for each the text of the file. */
  | { readonly kind: 'tree' };

export interface Outcome {
  readonly state?: string;
  readonly error?: string;
  readonly milliseconds?: number;
  readonly level?: string | undefined;
  /** Bytes that came, as the page counts them. */
  readonly bytes?: number;
  readonly files?: { readonly done: number; readonly skipped: number; readonly failed: number };
  /** CRC-32 of what a `drain` was given, hexadecimal. */
  readonly crc?: string;
  readonly tree?: Readonly<Record<string, string>>;
}

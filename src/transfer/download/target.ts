/** Where the files of one job go. */

import type { ChecksumAlgorithm } from '../../core/checksum.js';
import type { TransferError } from '../../core/errors.js';
import type { Sink } from '../sinks/sink.js';
import type { KeptContent } from '../sinks/staged-journal.js';
import type { DownloadOptions, DownloadTarget } from '../types.js';
import type { FileOutcome } from './outcome.js';
import type { WantedFile } from './wanted.js';

/** What a target does with one file. */
export type FilePlace =
  | { readonly sink: Sink }
  | { readonly skipped: 'same' | 'exists'; readonly size: number }
  /** The browser fetches it by itself: nothing of it passes through the page. */
  | { readonly navigate: string };

export interface FileRequest {
  readonly index: number;
  readonly file: WantedFile;
  /** Size in bytes, as far as known. */
  readonly size: number | undefined;
  readonly type: string;
  readonly signal: AbortSignal;
}

export interface Target {
  /** All files and their sizes must be known before the first one is begun. */
  readonly needsAll?: boolean;
  /** One file after another, in order. */
  readonly oneByOne?: boolean;
  /** Files that are there already may need no bytes, which shows when they are given a place. */
  readonly maySkip?: boolean;
  /** Places follow from the listing alone; asked for before anything is requested. */
  readonly placesEarly?: boolean;
  /** What went into it cannot be written again: when one file fails, the whole target is lost. */
  readonly onlyOnce?: boolean;
  readonly alsoCompute?: readonly ChecksumAlgorithm[];
  /** Called with all files when {@link needsAll}. */
  prepare?(files: readonly WantedFile[]): Promise<void>;
  place(request: FileRequest): Promise<FilePlace>;
  /** What an earlier page has left unfinished of this file. Asked for before anything is requested. */
  takeUp?(request: FileRequest): Promise<{ readonly sink: Sink; readonly kept: KeptContent } | undefined>;
  /** What an earlier page has brought to its end of this file; nothing of it is fetched again. */
  finishedBefore?(index: number): FileOutcome | undefined;
  /** Size that the target has promised for this file. */
  promisedSize?(index: number): number | undefined;
  /** Called around the bytes of a file; the second after they are checked. */
  beforeFile?(index: number): Promise<void>;
  afterFile?(index: number, outcome: FileOutcome): Promise<void>;
  /** All files have ended, `failed` of them badly. */
  finish?(failed: number, firstError: TransferError | undefined): Promise<void>;
  /** Given up: leaves nothing behind that was not handed over. May be called more than once. */
  abort?(): Promise<void>;
}

export const isDirectory = (to: DownloadTarget): to is FileSystemDirectoryHandle =>
  typeof to === 'object' && 'kind' in to && to.kind === 'directory';

export const isFile = (to: DownloadTarget): to is FileSystemFileHandle =>
  typeof to === 'object' && 'kind' in to && to.kind === 'file';

export const isStream = (to: DownloadTarget): to is WritableStream<Uint8Array> =>
  typeof to === 'object' && 'getWriter' in to;

export type Conflict = NonNullable<DownloadOptions['conflict']>;

/** Where the files of one job go. */

import type { ChecksumAlgorithm } from '../../core/checksum.js';
import type { TransferError } from '../../core/errors.js';
import type { LocalAnswer } from '../sinks/directory.js';
import type { Sink, SinkFacts } from '../sinks/sink.js';
import type { KeptContent } from '../sinks/staged-journal.js';
import type { DownloadOptions, DownloadTarget } from '../types.js';
import type { FileOutcome } from './outcome.js';
import type { WantedFile } from './wanted.js';

/** What a target does with one file. */
export type FilePlace =
  /** `facts`: of the place as a whole, where the sink has its own. */
  | { readonly sink: Sink; readonly facts?: SinkFacts }
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
  /** Asks what to do about a local file that is another one. */
  ask(existing: File): Promise<LocalAnswer>;
  /** Called while the target waits for a place: until the browser has saved earlier files. */
  waitsForRoom?(): void;
}

export interface Target {
  /** All files and their sizes must be known before the first one is begun. */
  readonly needsAll?: boolean;
  /** One file after another, in order; a few small ones may be fetched before their turn. */
  readonly oneByOne?: boolean;
  /** Files that are there already may need no bytes, which shows when they are given a place. */
  readonly maySkip?: boolean;
  /** Places follow from the listing alone; asked for before anything is requested. */
  readonly placesEarly?: boolean;
  /** The same for files of this size, in bytes, and larger: they may have to wait for room. */
  readonly placesEarlyFrom?: number;
  /** What went into it cannot be written again: when one file fails, the whole target is lost. */
  readonly onlyOnce?: boolean;
  readonly alsoCompute?: readonly ChecksumAlgorithm[];
  /** Called with all files when {@link needsAll}. */
  prepare?(files: readonly WantedFile[], signal: AbortSignal): Promise<void>;
  place(request: FileRequest): Promise<FilePlace>;
  /** What an earlier page has left unfinished of this file. Asked for before anything is requested. */
  takeUp?(request: FileRequest): Promise<{ readonly sink: Sink; readonly kept: KeptContent } | undefined>;
  /** What an earlier page has brought to its end of this file; nothing of it is fetched again. */
  finishedBefore?(index: number): FileOutcome | undefined;
  /** Size that the target has promised for this file. */
  promisedSize?(index: number): number | undefined;
  /** Called around the bytes of a file; the second after they are checked. */
  beforeFile?(index: number, signal: AbortSignal): Promise<void>;
  afterFile?(index: number, outcome: FileOutcome): Promise<void>;
  /** A file has failed, or was cancelled. */
  lost?(index: number): void;
  /** All files have ended, `failed` of them badly. `signal`: the whole download is cancelled. */
  finish?(failed: number, firstError: TransferError | undefined, signal: AbortSignal): Promise<void>;
  /** {@link finish} has failed at its last step only, and may be called again; nothing has to be fetched for it. */
  readonly canFinishAgain?: boolean;
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

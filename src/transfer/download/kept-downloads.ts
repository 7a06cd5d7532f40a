import type { DownloadOptions } from '../types.js';
import type { Wanted } from './wanted.js';

/** Places that are still there for another page. */
export type LastingTarget = 'files' | 'zip' | FileSystemFileHandle | FileSystemDirectoryHandle;

/** What has to be known to go on with a download as it was asked for. Can be cloned; holds no secret and no URL. */
export interface DownloadRecord {
  readonly id: string;
  /** Which storage, see `storageIdentity`. */
  readonly storage: string;
  readonly label: string;
  readonly asked: readonly Wanted[];
  readonly to: LastingTarget;
  readonly options: Omit<DownloadOptions, 'to'>;
  /** Milliseconds since 1970. */
  readonly started: number;
}

export interface FilesAndBytes {
  readonly files: number;
  readonly bytes: number;
}

/** How far a download is. */
export interface DownloadExtent {
  /** Of all its files; undefined while not all of them, or of their sizes, are known. */
  readonly total: FilesAndBytes | undefined;
  /** Of the files that are where they belong. */
  readonly finished: FilesAndBytes;
}

/** A record as an earlier page, or another tab, has left it. */
export interface KeptDownload extends DownloadRecord, DownloadExtent {
  /** When it was last written, milliseconds since 1970. */
  readonly updated: number;
}

/**
 * Keeps track of downloads, so that another page can offer to go on with them. The calls that write are not awaited,
 * must not throw and never hold up a download.
 */
export interface DownloadJournalPort {
  /** A download began, or goes on. The page owns it from now on. `extent` is asked for whenever it is written down. */
  begun(record: DownloadRecord, extent: () => DownloadExtent): void;
  /** More is known of its extent. */
  touched(id: string): void;
  /** A file is where it belongs. */
  fileDone(id: string, file: string): void;
  /** Nothing is left to go on with. */
  ended(id: string): void;
  /** There is, but this page does not: once all that was told is written, any page may claim it. */
  left(id: string): void;

  /** Records of one storage, oldest first. Resolves to none when they cannot be read. */
  kept(storage: string): Promise<readonly KeptDownload[]>;
  /** What {@link fileDone} was told. */
  finishedFiles(id: string): Promise<ReadonlySet<string>>;
  /** Makes this page the owner of an earlier download. False: it has one already, in this page or another. */
  claim(id: string): Promise<boolean>;
  /** Gives a download up without ending it: another page, or this one, may claim it. */
  release(id: string): void;
  /** Downloads that some page owns now, this one included. */
  owned(): Promise<ReadonlySet<string>>;
  owns(id: string): boolean;
  /** Calls `listener` when records came or went, in this tab or another. Returns what ends it. */
  onChange(listener: () => void): () => void;
}

/** Keeps nothing. */
export const noDownloadJournal: DownloadJournalPort = {
  begun() {},
  touched() {},
  fileDone() {},
  ended() {},
  left() {},
  kept: async () => [],
  finishedFiles: async () => new Set(),
  claim: async () => true,
  release() {},
  owned: async () => new Set(),
  owns: () => false,
  onChange: () => () => {},
};

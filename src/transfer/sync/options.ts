import type { TransferManager } from '../manager.js';

/** A folder of a storage; empty path: all of the container. */
export interface RemoteSide {
  readonly manager: TransferManager;
  readonly path: string;
}

/** One end of a synchronisation: a directory of the person's (or of OPFS), or a folder of a storage. */
export type SyncSide = FileSystemDirectoryHandle | RemoteSide;

/** A file of one side, as the page's own rules see it. */
export interface SyncFile {
  /** Path below the side's folder. */
  readonly path: string;
  /** Bytes. */
  readonly size?: number;
  /** Milliseconds since 1970. */
  readonly modified?: number;
}

export interface SyncOptions {
  /**
   * When a file that both sides have counts as the same. `content` (default): equal sizes, and an equal digest where
   * the storage tells one; without any digest the file is transferred again, or, on its way to a directory, compared
   * by date. `size`: equal sizes are enough. `exists`: its being there is enough, nothing is ever replaced.
   */
  readonly compare?: 'content' | 'size' | 'exists';
  /**
   * Whether to delete what only the target has: all of it, or what the function says yes to. Default false. Deleting
   * begins only after everything else has succeeded.
   */
  readonly remove?: boolean | ((file: SyncFile) => boolean);
  /** Which files take part, on both sides: the others are neither transferred nor deleted. Default: all. */
  readonly include?: (file: SyncFile) => boolean;
}

/** One thing that a synchronisation would do with one file. */
export interface SyncStep {
  readonly action: 'create' | 'replace' | 'remove' | 'skip';
  /** Path below both sides' folders. */
  readonly path: string;
  /**
   * `missing` at the target · `size` or `content` differs, or could not be shown to be the same · `same` · `exists`,
   * which is enough for `compare: 'exists'` · `extra`: only the target has it.
   */
  readonly why: 'missing' | 'size' | 'content' | 'same' | 'exists' | 'extra';
  /** Bytes at the source; at the target for `remove`. */
  readonly size: number | undefined;
}

/** What a synchronisation would do. Plain data, in the order of the paths. */
export interface SyncPlan {
  readonly steps: readonly SyncStep[];
  /** Numbers of files by action. */
  readonly create: number;
  readonly replace: number;
  readonly remove: number;
  readonly skip: number;
  /** Sum of the known sizes of what would be created or replaced. */
  readonly bytes: number;
}

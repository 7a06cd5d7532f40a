import type { EntryMetadata } from '../../core/entry.js';
import type { TransferError } from '../../core/errors.js';

/** A call as `failures` sees it. */
export interface MemoryCall {
  /** Name of the adapter's or plan's function; `send` and `sendPart` for the arrival of bytes. */
  readonly operation: string;
  readonly path: string;
  /** For parts: the number. */
  readonly part?: number;
  /** 1 for the first call of this operation on this path (and part). */
  readonly count: number;
}

/** A file to begin with: its content, or its content with more said about it. */
export type MemoryFile =
  | string
  | Blob
  | Uint8Array<ArrayBuffer>
  | {
      readonly content: string | Blob | Uint8Array<ArrayBuffer>;
      readonly type?: string;
      /** Milliseconds since 1970. */
      readonly modified?: number;
      readonly metadata?: EntryMetadata;
    };

export interface MemoryOptions {
  /** What is there at the beginning, by path. A path that ends in `/` is an empty folder. */
  readonly files?: Readonly<Record<string, MemoryFile>>;
  /** Name shown to the person. Default `Memory`. */
  readonly label?: string;
  /**
   * `derived` (default): folders follow from the paths of files, as in S3. `native`: folders exist by themselves, and
   * move, copy and go with all that is in them.
   */
  readonly folders?: 'derived' | 'native';
  /** Milliseconds before each answer, or a function that says how many. Default 0. */
  readonly latency?: number | ((call: MemoryCall) => number);
  /** Called before each call does anything; what it returns is thrown. */
  readonly failures?: (call: MemoryCall) => TransferError | undefined;
  /** Bytes that fit, unfinished uploads included. Default: no limit. */
  readonly quota?: number;
  /** Most entries of one page of a listing. Default 1,000. */
  readonly pageSize?: number;
  /** Files from this size in bytes go up in parts. Default 16 MiB. */
  readonly partsFrom?: number;
  /** Smallest size of a part that is not the last, in bytes. Default 5 MiB. */
  readonly minPartSize?: number;
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

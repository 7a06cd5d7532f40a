import type { VerificationLevel } from '../../core/checksum.js';
import type { TransferManager } from '../manager.js';
import type { RelocateOptions } from '../operations/relocate-job.js';
import type { Conflict, ConflictAnswer, ConflictPolicy } from '../types.js';

/** How files are carried through the page: fetched from one storage and uploaded to another, or back to the same. */
export interface CarryOptions extends RelocateOptions {
  /** What to do when a new path is taken. Default: `replace` when that is set, else `fail`. */
  readonly conflict?: ConflictPolicy;
  /** Called for `ask`; without it `ask` means `fail`. */
  readonly onConflict?: (conflict: Conflict) => Promise<ConflictAnswer>;
  /** Weakest proof of both ways that still counts as done. Default `size`; the strongest possible is always tried. */
  readonly verify?: Exclude<VerificationLevel, 'none'>;
  /**
   * `keep` (default): headers, pairs and tags go along as far as both storages have them, and a file whose metadata
   * cannot be read fails. `drop`: only the content and its type.
   */
  readonly metadata?: 'keep' | 'drop';
}

/** Options of `TransferManager.move`, `copy` and `rename`. The ones of {@link CarryOptions} need one of these two. */
export interface RelocationOptions extends CarryOptions {
  /** The storage the files go to. Default: they stay in this one. */
  readonly to?: TransferManager;
  /**
   * Where the storage cannot move or copy by itself, fetch each file and upload it again under its new path. Costs the
   * traffic of all bytes, twice; hence only if this is true. Default false: such jobs fail with `not-supported`.
   */
  readonly throughPage?: boolean;
}

import type { TransferError } from '../../core/errors.js';
import type { Relocation } from '../../core/jobs/relocation.js';

/** One folder that is moved file by file: nothing of it is deleted before all of it is copied. */
export class RelocateGroup {
  readonly relocation: Relocation;
  /** Index of the folder's own item, which ends last; -1 until it is known. */
  folderItem = -1;
  /** Items of what is in the folder. */
  readonly content = new Set<number>();
  readonly copied = new Set<number>();
  readonly finished = new Set<number>();
  /** Content that failed or was cancelled, until it is tried again. */
  readonly lost = new Set<number>();
  /** The rest is being failed because of `lost`. */
  givingUp = false;
  /** Why the folder's content is not known whole; then nothing of it is deleted. */
  broken: TransferError | undefined;
  /** What waited for all copies was told that they are made. */
  woken = false;

  constructor(relocation: Relocation) {
    this.relocation = relocation;
  }

  /** Everything is listed and copied: the old place may be cleared. */
  get mayDelete(): boolean {
    return this.folderItem >= 0 && this.copied.size === this.content.size;
  }

  /** Every copy has ended, and not all of them well. */
  get cannotComplete(): boolean {
    if (this.folderItem < 0 || this.lost.size === 0) return false;
    if (this.mayDelete) return this.finished.size + this.lost.size >= this.content.size;
    let notCopied = 0;
    for (const index of this.lost) if (!this.copied.has(index)) notCopied += 1;
    return this.copied.size + notCopied >= this.content.size;
  }

  /** Only the folder itself is left. */
  get isEmptied(): boolean {
    return this.folderItem >= 0 && this.finished.size === this.content.size;
  }
}

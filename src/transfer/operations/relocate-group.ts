import type { TransferError } from '../../core/errors.js';
import type { Relocation } from '../../core/jobs/relocation.js';
import type { Originals } from './originals.js';
import { folderIncomplete } from './relocate-errors.js';

/** What a folder needs of the job it is part of. */
export interface GroupJob {
  readonly isMove: boolean;
  isStopped(): boolean;
  /** Lets a waiting item go on. */
  wake(index: number): void;
  /** Ends a waiting item. */
  fail(index: number, error: TransferError): void;
}

/** One folder that is moved file by file: nothing of it is deleted before all of it is copied. */
export class RelocateGroup {
  readonly relocation: Relocation;
  readonly originals: Originals;
  /** Index of the folder's own item, which ends last; -1 until it is known. */
  folderItem = -1;
  /** Items of what is in the folder. */
  readonly content = new Set<number>();
  readonly copied = new Set<number>();
  readonly finished = new Set<number>();
  /** Content that failed or was cancelled, until it is tried again. */
  readonly lost = new Set<number>();
  /** Nothing was at the new place when the move began, so what is there now is of this job. */
  targetWasNew = false;
  /** A person took some of the content out of the job: the folder as a whole cannot get there. */
  hasCancelled = false;
  /** The rest is being failed because of `lost`. */
  givingUp = false;
  /** Why the folder's content is not known whole; then nothing of it is deleted. */
  broken: TransferError | undefined;
  /** What waited for all copies was told that they are made. */
  woken = false;

  readonly #job: GroupJob;

  constructor(relocation: Relocation, originals: Originals, job: GroupJob) {
    this.relocation = relocation;
    this.originals = originals;
    this.#job = job;
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

  /** All copies are made: what waited for them goes on. */
  wakeRest(): void {
    if (this.woken) return;
    this.woken = true;
    for (const index of this.content) if (!this.finished.has(index)) this.#job.wake(index);
  }

  /** Wakes what waits for the rest of the folder, or ends it when the rest cannot come. */
  advance(): void {
    if (this.givingUp || this.#job.isStopped()) return;
    if (this.broken) {
      this.#giveUp(this.broken);
      return;
    }
    if (this.folderItem < 0) return;
    if (this.isEmptied) {
      this.#job.wake(this.folderItem);
      return;
    }
    if (this.#job.isMove && this.mayDelete) this.wakeRest();
    if (this.cannotComplete) this.#giveUp(folderIncomplete(this, this.#job.isMove));
  }

  #giveUp(error: TransferError): void {
    this.givingUp = true;
    for (const index of this.content) if (!this.finished.has(index)) this.#job.fail(index, error);
    if (this.folderItem >= 0) this.#job.fail(this.folderItem, error);
    this.givingUp = false;
  }
}

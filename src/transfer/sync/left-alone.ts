import type { TransferError } from '../../core/errors.js';
import { BaseJob, type LaneWindow } from '../job.js';
import type { TransferJob, TransferResult } from '../types.js';

/** A file that is not what it was when the plan was made, and why nothing is done with it. */
export interface LeftFile {
  readonly path: string;
  readonly error: TransferError;
}

/** Stands in the list of transfers for what a synchronisation would have done: only a new plan can. */
export class LeftAloneJob extends BaseJob {
  constructor(kind: TransferJob['kind'], files: readonly LeftFile[]) {
    super(kind, files.length === 1 ? files[0]!.path : `${files.length}`);
    for (const { path, error } of files) this.addFailed(path, undefined, error);
    this.closeItems();
  }

  protected override canRetry(): boolean {
    return false;
  }

  protected override laneWindow(): LaneWindow {
    return { most: 1 };
  }

  protected runItem(): Promise<TransferResult> {
    throw new Error('Nothing is ever begun here.');
  }
}

import type { JobResult, TransferJob, TransferSnapshot } from '../transfer/types.js';

/** Fired by an element when it has started a job. Bubbles out of shadow roots. */
export class TransferStartEvent extends Event {
  readonly detail: { readonly job: TransferJob };

  constructor(readonly job: TransferJob) {
    super('transfer-start', { bubbles: true, composed: true });
    this.detail = { job };
  }
}

/** Numbers of a job moved. At most once a frame; does not bubble. */
export class TransferProgressEvent extends Event {
  readonly snapshot: TransferSnapshot;
  readonly detail: { readonly job: TransferJob; readonly snapshot: TransferSnapshot };

  constructor(readonly job: TransferJob) {
    super('transfer-progress');
    this.snapshot = job.snapshot;
    this.detail = { job, snapshot: this.snapshot };
  }
}

/** A job has ended: `result.state` says how, `result.items` for each file. Bubbles out of shadow roots. */
export class TransferEndEvent extends Event {
  readonly detail: { readonly job: TransferJob; readonly result: JobResult };

  constructor(
    readonly job: TransferJob,
    readonly result: JobResult,
  ) {
    super('transfer-end', { bubbles: true, composed: true });
    this.detail = { job, result };
  }
}

/**
 * A cancellable wish. A listener may `preventDefault()` at once, or hold it with `waitUntil` while it asks somebody: the
 * action goes on when every promise resolves to anything but `false`, and does not when one rejects.
 */
export abstract class VetoEvent extends Event {
  readonly #waits: Promise<unknown>[] = [];

  constructor(type: string) {
    super(type, { bubbles: true, composed: true, cancelable: true });
  }

  waitUntil(promise: Promise<unknown>): void {
    this.#waits.push(promise);
  }

  /** Whether the action may go on, once everybody has answered. */
  async allowed(): Promise<boolean> {
    if (this.defaultPrevented) return false;
    try {
      const answers = await Promise.all(this.#waits);
      return !this.defaultPrevented && !answers.includes(false);
    } catch {
      return false;
    }
  }
}

declare global {
  interface HTMLElementEventMap {
    'transfer-start': TransferStartEvent;
    'transfer-progress': TransferProgressEvent;
    'transfer-end': TransferEndEvent;
  }
}

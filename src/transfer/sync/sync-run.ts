import type { JobResult, TransferJob } from '../types.js';

/** The end of a synchronisation. `incomplete`: something failed, and then nothing was deleted. */
export interface SyncResult {
  readonly state: JobResult['state'];
  readonly jobs: readonly TransferJob[];
}

/** The jobs of a run, in its two halves. */
export interface Prepared {
  transfers(): Promise<TransferJob[]>;
  removals(): Promise<TransferJob[]>;
}

/**
 * One run of a synchronisation: its jobs, which stand in the transfer list like any others, and its end. Deletions begin
 * only once every transfer has ended well; who pauses, cancels or retries does so at the jobs.
 */
export class SyncRun {
  readonly #jobs: TransferJob[] = [];
  readonly #stop = new AbortController();
  /** Resolves when all jobs have ended; rejects when the sides could not be compared, or a job could not begin. */
  readonly finished: Promise<SyncResult>;

  constructor(prepare: (signal: AbortSignal) => Promise<Prepared>) {
    this.finished = this.#go(prepare);
    this.finished.catch(() => {});
  }

  /** The jobs begun so far. */
  get jobs(): readonly TransferJob[] {
    return this.#jobs;
  }

  /** Cancels what is under way; what has ended stays as it is. */
  async cancel(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#jobs.map(job => job.cancel()));
  }

  async #go(prepare: (signal: AbortSignal) => Promise<Prepared>): Promise<SyncResult> {
    const { signal } = this.#stop;
    let state: SyncResult['state'] = 'done';
    try {
      const { transfers, removals } = await prepare(signal);
      for (const next of [transfers, removals]) {
        if (signal.aborted) break;
        state = await this.#all(await next());
        if (state !== 'done') break;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return { state: signal.aborted ? 'cancelled' : state, jobs: this.#jobs };
  }

  async #all(jobs: readonly TransferJob[]): Promise<SyncResult['state']> {
    this.#jobs.push(...jobs);
    // Cancelled while they were made: nobody could cancel them then.
    if (this.#stop.signal.aborted) await Promise.all(jobs.map(job => job.cancel()));
    const ends = await Promise.all(jobs.map(job => job.finished));
    if (ends.every(({ state }) => state === 'done')) return 'done';
    return ends.some(({ state }) => state === 'cancelled') ? 'cancelled' : 'incomplete';
  }
}

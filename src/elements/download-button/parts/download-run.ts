import type { JobAnnouncer } from '../../../controllers/job-announcer.js';
import { hasEnded, JobController } from '../../../controllers/job-controller.js';
import { TransferError } from '../../../core/errors.js';
import type { TransferJob } from '../../../transfer/types.js';
import type { KitElement } from '../../kit-element.js';
import { guardJob } from '../../parts/leave-guard.js';
import { TransferEndEvent, TransferProgressEvent, TransferStartEvent } from '../../transfer-events.js';

const asTransferError = (error: unknown): TransferError =>
  error instanceof TransferError
    ? error
    : new TransferError('', { kind: 'fatal', reason: 'unknown', cause: error });

export interface DownloadRunOptions {
  readonly announcements: JobAnnouncer;
  /** Nothing came of it: told once, with what `failure` says from then on. */
  readonly failed: (error: TransferError) => void;
}

/** The download of the last press, told to the page as it goes. */
export class DownloadRun {
  readonly #host: KitElement;
  readonly #options: DownloadRunOptions;
  readonly #watched: JobController;
  readonly #endTold = new WeakSet<TransferJob>();
  #job: TransferJob | undefined;
  #failure: TransferError | undefined;
  #paths: readonly string[] = [];

  constructor(host: KitElement, options: DownloadRunOptions) {
    this.#host = host;
    this.#options = options;
    this.#watched = new JobController(host, {
      progress: job => {
        options.announcements.update(job);
        host.dispatchEvent(new TransferProgressEvent(job));
      },
      statechange: job => {
        options.announcements.update(job);
        this.#tellEnd(job);
      },
    });
  }

  get job(): TransferJob | undefined {
    return this.#job;
  }

  /** Why there is no job, when it failed before there was one or as a whole. */
  get failure(): TransferError | undefined {
    return this.#failure;
  }

  get isRunning(): boolean {
    return this.#job !== undefined && !hasEnded(this.#job.snapshot);
  }

  /** What is fetched: it stays what the button speaks of, whatever is selected meanwhile. */
  get paths(): readonly string[] {
    return this.#paths;
  }

  /** The first error of what could not be fetched. */
  get error(): TransferError | undefined {
    if (this.#failure) return this.#failure;
    const job = this.#job;
    if (job?.snapshot.state !== 'incomplete') return undefined;
    const first = job.items.inState(['failed'], 0, 1)[0];
    return (first === undefined ? undefined : job.items.at(first)?.error) ?? job.snapshot.reason;
  }

  /** Forgets it: the next press is for something else. */
  clear(): void {
    this.#watched.clear();
    this.#job = undefined;
    this.forgive();
  }

  /** A new attempt: what failed before says nothing about it. */
  forgive(): void {
    this.#failure = undefined;
    this.#host.requestUpdate();
  }

  fail(error: unknown): void {
    this.#failure = asTransferError(error);
    this.#options.failed(this.#failure);
    this.#host.requestUpdate();
  }

  follow(job: TransferJob, paths: readonly string[]): void {
    this.#watched.clear();
    this.#job = job;
    this.#paths = paths;
    this.#watched.watch(job);
    guardJob(job);
    this.#options.announcements.claim(job);
    this.#host.dispatchEvent(new TransferStartEvent(job));
    job.finished.catch((error: unknown) => {
      if (this.#job !== job) return;
      this.#job = undefined;
      this.fail(error);
    });
    this.#host.requestUpdate();
  }

  #tellEnd(job: TransferJob): void {
    const { snapshot, items } = job;
    // A retry makes an ended job run again, and end again.
    if (!hasEnded(snapshot)) this.#endTold.delete(job);
    else if (!this.#endTold.has(job)) {
      this.#endTold.add(job);
      const state = snapshot.state as 'done' | 'incomplete' | 'cancelled';
      this.#host.dispatchEvent(new TransferEndEvent(job, { state, snapshot, items }));
    }
  }
}

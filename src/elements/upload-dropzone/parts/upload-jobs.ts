import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { AnnounceController } from '../../../controllers/announce-controller.js';
import { JobAnnouncer } from '../../../controllers/job-announcer.js';
import { hasEnded, JobController } from '../../../controllers/job-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { TransferJob } from '../../../transfer/types.js';
import { guardJob } from '../../parts/leave-guard.js';
import { TransferEndEvent, TransferProgressEvent, TransferStartEvent } from '../../transfer-events.js';

export interface UploadJobsOptions {
  readonly localize: LocalizeController;
  readonly announcer: AnnounceController;
  /** A job could not be started after all. */
  readonly broken: (error: unknown) => void;
  /** A job has ended; told before the page hears of it. */
  readonly ended: () => void;
}

/** The uploads of one element, the events it dispatches about them, and the paths they have stored. */
export class UploadJobs implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: UploadJobsOptions;
  readonly #announcements: JobAnnouncer;
  readonly #watched: JobController;
  readonly #endTold = new WeakSet<TransferJob>();
  /** Files that a job will have, as it takes them up one after the other. */
  readonly #expected = new WeakMap<TransferJob, number>();
  /** Paths of jobs that left the list, and of a form that came back. */
  #kept: readonly string[] = [];
  #stored: readonly string[] = [];
  #storedIsOld = true;

  constructor(host: ReactiveControllerHost & HTMLElement, options: UploadJobsOptions) {
    this.#host = host;
    this.#options = options;
    this.#announcements = new JobAnnouncer(options.announcer, options.localize);
    this.#watched = new JobController(host, {
      progress: job => {
        this.#announcements.update(job);
        host.dispatchEvent(new TransferProgressEvent(job));
      },
      statechange: job => this.#onState(job),
      itemchange: () => {
        this.#storedIsOld = true;
      },
    });
    host.addController(this);
  }

  /** Oldest first. */
  get list(): readonly TransferJob[] {
    return this.#watched.jobs;
  }

  get isUploading(): boolean {
    return this.list.some(({ snapshot }) => !hasEnded(snapshot));
  }

  get hasFailed(): boolean {
    return this.list.some(({ snapshot }) => snapshot.files.failed > 0);
  }

  /** Files stored or on their way, without making the list of them. */
  get given(): number {
    return this.list.reduce((sum, job) => {
      const { files } = job.snapshot;
      return sum + Math.max(files.total, this.#expected.get(job) ?? 0) - files.failed - files.cancelled;
    }, this.#kept.length);
  }

  /** Paths of what is stored. */
  get stored(): readonly string[] {
    if (this.#storedIsOld) {
      this.#storedIsOld = false;
      const paths = new Set(this.#kept);
      for (const { items } of this.list)
        for (const index of items.inState(['done', 'skipped'])) {
          const item = items.at(index);
          if (item && !item.path.endsWith('/')) paths.add(item.result?.path ?? item.path);
        }
      this.#stored = [...paths];
    }
    return this.#stored;
  }

  hostConnected(): void {
    this.#storedIsOld = true;
    for (const job of this.list) {
      this.#announcements.claim(job, true);
      this.#tellEnd(job);
    }
  }

  hostDisconnected(): void {
    this.#announcements.releaseAll();
  }

  /** `files`: how many it will have, where that is known. */
  follow(job: TransferJob, files = 0): void {
    this.#expected.set(job, files);
    this.#watched.watch(job);
    guardJob(job);
    this.#announcements.claim(job);
    this.#storedIsOld = true;
    this.#host.dispatchEvent(new TransferStartEvent(job));
    job.finished.catch((error: unknown) => {
      this.#forget(job);
      this.#options.broken(error);
    });
  }

  /** Takes a job out of the list; what it stored stays in the value. */
  dismiss(job: TransferJob): void {
    this.keep(this.stored);
    this.#forget(job);
  }

  /** Counts these paths as stored. */
  keep(paths: readonly string[]): void {
    this.#kept = [...new Set([...this.#kept, ...paths])];
    this.#storedIsOld = true;
  }

  /** Cancels what is under way and forgets everything. */
  clear(): void {
    for (const job of this.list) {
      if (!hasEnded(job.snapshot)) void job.cancel().catch(() => {});
      this.#forget(job);
    }
    this.#kept = [];
    this.#storedIsOld = true;
  }

  #forget(job: TransferJob): void {
    this.#watched.unwatch(job);
    this.#announcements.release(job);
    this.#storedIsOld = true;
  }

  #onState(job: TransferJob): void {
    this.#storedIsOld = true;
    this.#announcements.update(job);
    // A retry makes an ended job run again, and end again.
    if (hasEnded(job.snapshot)) this.#tellEnd(job);
    else this.#endTold.delete(job);
  }

  #tellEnd(job: TransferJob): void {
    const { snapshot, items } = job;
    if (!hasEnded(snapshot) || this.#endTold.has(job)) return;
    this.#endTold.add(job);
    const state = snapshot.state as 'done' | 'incomplete' | 'cancelled';
    this.#options.ended();
    this.#host.dispatchEvent(new TransferEndEvent(job, { state, snapshot, items }));
  }
}

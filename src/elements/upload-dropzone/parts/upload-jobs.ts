import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { AnnounceController } from '../../../controllers/announce-controller.js';
import { JobAnnouncer } from '../../../controllers/job-announcer.js';
import { hasEnded, JobController } from '../../../controllers/job-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { TransferJob } from '../../../transfer/types.js';
import { guardJob } from '../../parts/leave-guard.js';
import { TransferEndEvent, TransferProgressEvent, TransferStartEvent } from '../../transfer-events.js';
import type { Given } from './limits.js';

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
  /** What a job will have, as it takes it up one after the other. */
  readonly #expected = new WeakMap<TransferJob, Given>();
  /** Paths of jobs that left the list, and of a form that came back. */
  #kept: readonly string[] = [];
  /** Of those whose size was known here. */
  #keptBytes = 0;
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

  /** Files and bytes stored or on their way, without making the list of them. */
  get given(): Given {
    let { files, bytes } = { files: this.#kept.length, bytes: this.#keptBytes };
    for (const job of this.list) {
      const { snapshot } = job;
      const coming = hasEnded(snapshot) ? undefined : this.#expected.get(job);
      files +=
        Math.max(snapshot.files.total, coming?.files ?? 0) - snapshot.files.failed - snapshot.files.cancelled;
      bytes +=
        Math.max(snapshot.bytes.total, coming?.bytes ?? 0) - snapshot.bytes.failed - snapshot.bytes.cancelled;
    }
    return { files, bytes };
  }

  /** Paths of what is stored. */
  get stored(): readonly string[] {
    if (this.#storedIsOld) {
      this.#storedIsOld = false;
      this.#stored = [...new Set([...this.#kept, ...this.list.flatMap(storedBy)])];
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

  /** `expected`: what it will have, where that is known. */
  follow(job: TransferJob, expected: Given = { files: 0, bytes: 0 }): void {
    this.#expected.set(job, expected);
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
    const { bytes } = job.snapshot;
    this.#keptBytes += bytes.done + bytes.skipped;
    this.keep(storedBy(job));
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
    this.#keptBytes = 0;
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

function storedBy({ items }: TransferJob): string[] {
  return items.inState(['done', 'skipped']).flatMap(index => {
    const item = items.at(index);
    return item && !item.path.endsWith('/') ? (item.result?.path ?? item.path) : [];
  });
}

import type { Adapter } from '../adapters/adapter.js';
import type { Entry } from '../core/entry.js';
import { TransferError } from '../core/errors.js';
import { intoFolder, renamed, withoutNested } from '../core/jobs/relocation.js';
import { checkName, type NameProblem, parentPath } from '../core/path.js';
import { createHasher, type Hasher } from './checksum/index.js';
import { type Clock, systemClock } from './clock.js';
import { type Connectivity, pageConnectivity } from './connectivity.js';
import type { TransferContext } from './context.js';
import { startDownload } from './download/download-job.js';
import { type JournalPort, noJournal } from './journal.js';
import { combineSnapshots, jobHasEnded } from './manager-snapshot.js';
import { RelocateJob, type RelocateOptions } from './operations/relocate-job.js';
import { RemoveJob } from './operations/remove-job.js';
import { Pacer } from './pacer.js';
import { CalmEstimate } from './progress.js';
import { pageScheduler, type Scheduler } from './scheduler.js';
import { requestTick } from './ticker.js';
import { TypedEventTarget } from './typed-event-target.js';
import type {
  DownloadOptions,
  ManagerEventMap,
  TransferJob,
  TransferSnapshot,
  UploadOptions,
  UploadSource,
} from './types.js';
import { UploadJob } from './upload/upload-job.js';

export interface TransferManagerOptions {
  /** The storage. One manager serves one adapter. */
  readonly adapter: Adapter;
  /** Most connections to one origin. Default 6, what browsers open on HTTP/1.1; more helps on HTTP/2 and 3 only. */
  readonly connectionsPerOrigin?: number;
  /** Most bytes per second of all transfers of this manager. Default: no limit. */
  readonly bandwidth?: number;
  /** Keeps what is needed to go on after a reload. Default: nothing is kept. */
  readonly journal?: JournalPort;
  /** The page's own connections; another one for tests. */
  readonly scheduler?: Scheduler;
  readonly clock?: Clock;
  readonly connectivity?: Connectivity;
  readonly hasher?: Hasher;
}

let sharedHasher: Hasher | undefined;

const pathOf = (target: string | Pick<Entry, 'path'>): string =>
  typeof target === 'string' ? target : target.path;

const nameRefusal: Record<NameProblem, string> = {
  empty: 'A name is needed.',
  slash: 'A name cannot contain a slash.',
  dots: 'One or two dots alone cannot be used as a name.',
  control: 'A name cannot contain control characters, or characters that change the direction of the text.',
  'too-long': 'The name is too long: a path has at most 1024 bytes.',
  taken: 'Another file or folder has this name already.',
};

/**
 * All transfers of one storage: starts jobs, keeps the list of them, tells when listings became stale.
 * Dispatches the events of {@link ManagerEventMap}.
 */
export class TransferManager extends TypedEventTarget<ManagerEventMap> {
  readonly adapter: Adapter;
  readonly #context: TransferContext;
  readonly #pacer: Pacer;
  readonly #jobs: TransferJob[] = [];
  readonly #watching = new Map<TransferJob, AbortController>();
  readonly #estimate = new CalmEstimate();
  readonly #staleFolders = new Set<string>();
  #staleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TransferManagerOptions) {
    super();
    const { adapter, clock = systemClock } = options;
    this.adapter = adapter;
    this.#pacer = new Pacer(clock, options.bandwidth);
    this.#context = {
      adapter,
      clock,
      scheduler: options.scheduler ?? pageScheduler(),
      connectivity: options.connectivity ?? pageConnectivity(),
      hasher: options.hasher ?? (sharedHasher ??= createHasher()),
      journal: options.journal ?? noJournal,
      pacer: this.#pacer,
      connectionsPerOrigin: options.connectionsPerOrigin,
      changed: path => this.#changed(path),
    };
  }

  /** All jobs that were not dismissed, oldest first. */
  get jobs(): readonly TransferJob[] {
    return this.#jobs;
  }

  /** Totals over the jobs: over those under way while there are any, else over all. */
  get snapshot(): TransferSnapshot {
    return combineSnapshots(this.#jobs, this.#estimate, Date.now());
  }

  /** Most bytes per second; undefined: no limit. Requests that run already are not slowed down. */
  get bandwidth(): number | undefined {
    return this.#pacer.bandwidth;
  }

  set bandwidth(value: number | undefined) {
    this.#pacer.bandwidth = value;
  }

  /**
   * Uploads files, folders and what else a source gives; also a source that is still being read. The job starts by
   * itself. Its `finished` rejects when the storage takes no uploads, or the source fails before its first file.
   */
  upload(files: UploadSource, options: UploadOptions = {}): TransferJob {
    return this.#add(new UploadJob(this.#context, files, options));
  }

  /** Downloads files, and folders (paths that end in `/`) with all that is in them. */
  download(targets: readonly (string | Entry)[] | string, options: DownloadOptions = {}): TransferJob {
    const paths = typeof targets === 'string' ? [targets] : targets.map(pathOf);
    return this.#add(startDownload(this.#context, paths, options));
  }

  /** Deletes files, and folders with all that is in them. */
  remove(targets: readonly (string | Pick<Entry, 'path'>)[]): TransferJob {
    return this.#add(new RemoveJob(this.#context, targets.map(pathOf)));
  }

  /** Moves files and folders into the folder `into` (empty: the root). */
  move(
    targets: readonly (string | Pick<Entry, 'path'>)[],
    into: string,
    options: RelocateOptions = {},
  ): TransferJob {
    const relocations = withoutNested(targets.map(pathOf)).map(path => intoFolder(path, into));
    return this.#add(new RelocateJob(this.#context, 'move', relocations, options));
  }

  /** Copies files and folders into the folder `into` (empty: the root). */
  copy(
    targets: readonly (string | Pick<Entry, 'path'>)[],
    into: string,
    options: RelocateOptions = {},
  ): TransferJob {
    const relocations = withoutNested(targets.map(pathOf)).map(path => intoFolder(path, into));
    return this.#add(new RelocateJob(this.#context, 'copy', relocations, options));
  }

  /** Gives a file or folder another name in its folder. Throws `TransferError` (`invalid-name`). */
  rename(target: string | Pick<Entry, 'path'>, name: string, options: RelocateOptions = {}): TransferJob {
    const path = pathOf(target);
    const problem = checkName(name, parentPath(path));
    if (problem) {
      throw new TransferError(nameRefusal[problem], { kind: 'fatal', reason: 'invalid-name', path });
    }
    return this.#add(new RelocateJob(this.#context, 'move', [renamed(path, name)], options));
  }

  /** Makes a folder. Rejects with `TransferError`. */
  async createFolder(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<Entry> {
    const { adapter } = this;
    if (!adapter.createFolder) {
      throw new TransferError(`${adapter.label} keeps no empty folders.`, {
        kind: 'fatal',
        reason: 'not-supported',
        path,
      });
    }
    const folder = path.endsWith('/') ? path : `${path}/`;
    const entry = await adapter.createFolder(folder, { signal: signal ?? new AbortController().signal });
    this.#changed(entry.path);
    return entry;
  }

  /** Pauses every job that can be paused. */
  pauseAll(): void {
    for (const job of this.#jobs) if (!jobHasEnded(job) && job.canPause) job.pause();
  }

  resumeAll(): void {
    for (const job of this.#jobs) if (!jobHasEnded(job) && job.canPause) job.resume();
  }

  /** Takes an ended job out of the list, and lets go of what it kept for retrying. A job under way stays. */
  dismiss(job: TransferJob): void {
    const position = this.#jobs.indexOf(job);
    if (position < 0 || !jobHasEnded(job)) return;
    this.#jobs.splice(position, 1);
    this.#watching.get(job)?.abort();
    this.#watching.delete(job);
    if (job.snapshot.files.failed > 0) job.release?.().catch(() => {});
    this.#tell('jobremove', job);
    requestTick(this.#tick);
  }

  #add(job: TransferJob): TransferJob {
    this.#jobs.push(job);
    const watch = new AbortController();
    this.#watching.set(job, watch);
    const { signal } = watch;
    let ended = false;
    job.addEventListener('progress', () => requestTick(this.#tick), { signal });
    job.addEventListener(
      'statechange',
      () => {
        requestTick(this.#tick);
        const now = jobHasEnded(job);
        if (now && !ended) this.#tell('jobend', job);
        ended = now;
      },
      { signal },
    );
    this.#tell('jobadd', job);
    return job;
  }

  readonly #tick = (): void => {
    this.dispatchEvent(new Event('progress'));
  };

  #tell(type: 'jobadd' | 'jobend' | 'jobremove', job: TransferJob): void {
    this.dispatchEvent(Object.assign(new Event(type), { job }));
  }

  /** Folders are collected: a thousand files into one folder make it stale a few times, not a thousand. */
  #changed(path: string): void {
    // Where files have no folders, all of them are in the one listing, whatever their paths look like.
    this.#staleFolders.add(this.adapter.capabilities.folders === 'none' ? '' : parentPath(path));
    if (this.#staleTimer !== undefined) return;
    this.#staleTimer = setTimeout(() => {
      this.#staleTimer = undefined;
      const folders = [...this.#staleFolders];
      this.#staleFolders.clear();
      this.dispatchEvent(Object.assign(new Event('storagechange'), { folders }));
    }, 250);
  }
}

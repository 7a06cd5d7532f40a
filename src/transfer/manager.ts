import type { Adapter, ItemResult, UnfinishedUpload } from '../adapters/adapter.js';
import type { Entry } from '../core/entry.js';
import { TransferError } from '../core/errors.js';
import { intoFolder, type Relocation, renamed, withoutNested } from '../core/jobs/relocation.js';
import { checkName, type NameProblem, parentPath, toFolderPath } from '../core/path.js';
import { createHasher, type Hasher } from './checksum/index.js';
import { type Clock, systemClock } from './clock.js';
import { type Connectivity, pageConnectivity } from './connectivity.js';
import type { TransferContext } from './context.js';
import { CarryJob } from './copy/carry-job.js';
import type { RelocationOptions } from './copy/options.js';
import { startDownload } from './download/download-job.js';
import { pageDownloadJournal } from './download/download-journal.js';
import {
  type InterruptedDownload,
  InterruptedDownloads,
  type ResumedDownloads,
} from './download/interrupted-downloads.js';
import type { DownloadJournalPort } from './download/kept-downloads.js';
import { type ContentForms, type ReadOptions, readContent } from './download/read-content.js';
import {
  type InterruptedUpload,
  InterruptedUploads,
  type Resumed,
  type ResumeOptions,
} from './interrupted.js';
import { type JournalPort, noJournal, storageIdentity } from './journal.js';
import { combineSnapshots, jobHasEnded } from './manager-snapshot.js';
import { ImportJob, type ImportOptions, type ImportSource } from './operations/import-job.js';
import { RelocateJob } from './operations/relocate-job.js';
import { RemoveJob, type RemoveTarget } from './operations/remove-job.js';
import { everythingBelow } from './operations/tree.js';
import { type MetadataChange, updateMetadata } from './operations/update-metadata.js';
import { Pacer } from './pacer.js';
import { CalmEstimate } from './progress.js';
import { type SharedPlace, sharedPlace } from './same-storage.js';
import { pageScheduler, type Scheduler } from './scheduler.js';
import { StaleFolders } from './stale-folders.js';
import { beginSync } from './sync/begin.js';
import type { LocalEnd, RemoteEnd } from './sync/ends.js';
import type { SyncOptions, SyncSide } from './sync/options.js';
import type { Sync } from './sync/sync.js';
import { requestTick } from './ticker.js';
import { TypedEventTarget } from './typed-event-target.js';
import type {
  DownloadAs,
  DownloadOptions,
  ManagerEventMap,
  TransferJob,
  TransferSnapshot,
  UploadOptions,
  UploadSource,
} from './types.js';
import { UploadJob } from './upload/upload-job.js';
import { pageJournal } from './upload-journal.js';

export interface TransferManagerOptions {
  /** The storage. One manager serves one adapter. */
  readonly adapter: Adapter;
  /** Most connections to one origin. Default 6, what browsers open on HTTP/1.1; more helps on HTTP/2 and 3 only. */
  readonly connectionsPerOrigin?: number;
  /** Most bytes per second of all transfers of this manager. Default: no limit. */
  readonly bandwidth?: number;
  /** Keeps what is needed to go on after a reload. Default: the page's own, in IndexedDB; `noJournal` keeps nothing. */
  readonly journal?: JournalPort;
  /** The same for downloads. Default: the page's own, in IndexedDB; none with `noJournal`. */
  readonly downloadJournal?: DownloadJournalPort;
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
  readonly #interrupted: InterruptedUploads;
  readonly #interruptedDownloads: InterruptedDownloads;
  readonly #stale: StaleFolders;

  constructor(options: TransferManagerOptions) {
    super();
    const { adapter, clock = systemClock } = options;
    this.adapter = adapter;
    this.#stale = new StaleFolders(adapter, folders => {
      this.dispatchEvent(Object.assign(new Event('storagechange'), { folders }));
    });
    const storage = storageIdentity(adapter);
    const keepsNothing = storage === undefined || options.journal === noJournal;
    const downloads = options.downloadJournal ?? (keepsNothing ? undefined : pageDownloadJournal());
    this.#pacer = new Pacer(clock, options.bandwidth);
    this.#context = {
      adapter,
      clock,
      scheduler: options.scheduler ?? pageScheduler(),
      connectivity: options.connectivity ?? pageConnectivity(),
      hasher: options.hasher ?? (sharedHasher ??= createHasher()),
      journal: options.journal ?? (storage === undefined ? noJournal : pageJournal()),
      ...(downloads ? { downloads } : {}),
      storage: storage ?? adapter.name,
      pacer: this.#pacer,
      connectionsPerOrigin: options.connectionsPerOrigin,
      changed: path => this.#stale.changed(path),
    };
    this.#interrupted = new InterruptedUploads(this.#context, (files, how) =>
      this.#add(new UploadJob(this.#context, files, how)),
    );
    this.#interruptedDownloads = new InterruptedDownloads(this.#context, (asked, how, earlier) =>
      this.#add(startDownload(this.#context, asked, how, earlier)),
    );
    this.#hear(this.#context.journal);
    if (downloads) this.#hear(downloads);
  }

  /** Journals are the page's and live as long; a manager, with its jobs and their files, need not. */
  #hear(journal: Pick<JournalPort, 'onChange'>): void {
    const self = new WeakRef(this);
    const stop = journal.onChange(() => {
      const manager = self.deref();
      if (manager) manager.dispatchEvent(new Event('interruptedchange'));
      else stop();
    });
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

  /** Downloads files, folders (paths that end in `/`) with all that is in them, and files under other names. */
  download(
    targets: readonly (string | Entry | DownloadAs)[] | string,
    options: DownloadOptions = {},
  ): TransferJob {
    const list = typeof targets === 'string' ? [targets] : targets;
    return this.#add(startDownload(this.#context, list, options));
  }

  /**
   * The content of one file, checked as any download is. It is in no list of transfers; `signal` ends it. Rejects with
   * `TransferError`, or with the signal's reason.
   */
  read<Form extends keyof ContentForms>(
    target: string | Pick<Entry, 'path'>,
    form: Form,
    options: ReadOptions = {},
  ): Promise<ContentForms[Form]> {
    return readContent(this.#context, pathOf(target), form, options);
  }

  /** Deletes files, and folders with all that is in them. */
  remove(targets: readonly (string | RemoveTarget)[]): TransferJob {
    const list = targets.map(target => (typeof target === 'string' ? { path: target } : target));
    return this.#add(new RemoveJob(this.#context, list));
  }

  /** Moves files and folders into the folder `into` (empty: the root), here or in another storage. */
  move(
    targets: readonly (string | Pick<Entry, 'path'>)[],
    into: string,
    options: RelocationOptions = {},
  ): TransferJob {
    return this.#relocate('move', targets, into, options);
  }

  /** Copies files and folders into the folder `into` (empty: the root), here or in another storage. */
  copy(
    targets: readonly (string | Pick<Entry, 'path'>)[],
    into: string,
    options: RelocationOptions = {},
  ): TransferJob {
    return this.#relocate('copy', targets, into, options);
  }

  /** Gives a file or folder another name in its folder. Throws `TransferError` (`invalid-name`). */
  rename(target: string | Pick<Entry, 'path'>, name: string, options: RelocationOptions = {}): TransferJob {
    const path = pathOf(target);
    const problem = checkName(name, parentPath(path));
    if (problem) {
      throw new TransferError(nameRefusal[problem], { kind: 'fatal', reason: 'invalid-name', path });
    }
    return this.#relocateAs('move', [renamed(path, name)], options);
  }

  #relocate(
    kind: 'move' | 'copy',
    targets: readonly (string | Pick<Entry, 'path'>)[],
    into: string,
    options: RelocationOptions,
  ): TransferJob {
    const folder = into === '' || into.endsWith('/') ? into : `${into}/`;
    const relocations = withoutNested(targets.map(pathOf)).map(path =>
      path === '' ? { from: '', to: folder } : intoFolder(path, into),
    );
    return this.#relocateAs(kind, relocations, options);
  }

  #relocateAs(
    kind: 'move' | 'copy',
    relocations: readonly Relocation[],
    options: RelocationOptions,
  ): TransferJob {
    const { to = this, throughPage = false } = options;
    const { move, copy, remove } = this.adapter;
    const able = kind === 'move' ? move || (copy && remove) : copy;
    const stays = to.adapter === this.adapter;
    const shared = stays ? undefined : this.#sharedWith(to, options);
    const job = shared
      ? new RelocateJob(shared.context, kind, relocations.map(shared.in), {
          replace: (options.conflict ?? (options.replace ? 'replace' : 'fail')) === 'replace',
        })
      : stays && (able || !throughPage)
        ? new RelocateJob(this.#context, kind, relocations, options)
        : new CarryJob(kind, this.#context, stays ? this.#context : to.#context, relocations, options);
    return this.#add(job);
  }

  /** Where the storage itself copies from here to there, when nothing is wished that only the page can do. */
  #sharedWith(
    to: TransferManager,
    { conflict, verify, metadata }: RelocationOptions,
  ): SharedPlace | undefined {
    if (conflict !== undefined && conflict !== 'fail' && conflict !== 'replace') return undefined;
    if (verify !== undefined || metadata === 'drop') return undefined;
    const shared = sharedPlace(this.#context, to.#context);
    return shared?.context.adapter.copy ? shared : undefined;
  }

  /**
   * Makes `to` hold the files that `from` holds: a directory and a folder of this storage in either direction, or two
   * folders, also of other storages. A string is a folder of this storage. Nothing happens before `plan` or `run`.
   * Throws `TransferError` (`invalid-input`) for two directories.
   */
  sync(from: SyncSide | string, to: SyncSide | string, options: SyncOptions = {}): Sync {
    return beginSync(this.#endOf(from), this.#endOf(to), options);
  }

  #endOf(side: SyncSide | string): LocalEnd | RemoteEnd {
    if (typeof side === 'object' && 'kind' in side) return { root: side };
    const { manager, path } = typeof side === 'string' ? { manager: this, path: side } : side;
    return { context: manager.#context, path: toFolderPath(path), add: job => manager.#add(job) };
  }

  /**
   * The files below a folder that `matches` says yes to, without doing anything to them: what a page shows before it
   * gives them to `remove`, `copy` or `download`. Rejects with `TransferError`, or with the signal's reason.
   */
  async find(
    folder: string,
    matches: (entry: Entry) => boolean,
    { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Entry[]> {
    const found: Entry[] = [];
    for await (const entry of everythingBelow(this.#context, toFolderPath(folder), signal)) {
      if (entry.kind === 'file' && matches(entry)) found.push(entry);
    }
    return found;
  }

  /**
   * Has the storage fetch files from the web by itself, where it can. The bytes do not pass through the page, and are
   * not verified.
   */
  importFromUrl(sources: readonly ImportSource[], options: ImportOptions = {}): TransferJob {
    return this.#add(new ImportJob(this.#context, sources, options));
  }

  /**
   * Changes the metadata of many files: see {@link MetadataChange}. Resolves to one result a path; rejects with
   * `TransferError` where the storage keeps no metadata, or with the signal's reason.
   */
  async updateMetadata(
    targets: readonly (string | Pick<Entry, 'path'>)[],
    change: MetadataChange,
    { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly ItemResult[]> {
    const results = await updateMetadata(this.#context, targets.map(pathOf), change, signal);
    for (const { path, error } of results) if (!error) this.#stale.changed(path);
    return results;
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
    this.#stale.changed(entry.path);
    return entry;
  }

  // ── Transfers of earlier pages ────────────────────────────────────────────────────────────────────────────────────

  /** Uploads that an earlier page, or another tab, began and that this page does not work on. Oldest first. */
  interrupted(): Promise<readonly InterruptedUpload[]> {
    return this.#interrupted.list();
  }

  /**
   * Goes on with interrupted uploads (all of them by default): what the storage has is not sent again. Call it from a
   * click: the browser may ask once whether the files may be read. Resolves when it is known which of them go on.
   */
  resumeInterrupted(
    uploads?: readonly Pick<InterruptedUpload, 'id'>[],
    options: ResumeOptions = {},
  ): Promise<Resumed> {
    return this.#interrupted.resume(uploads, options);
  }

  /**
   * Clears interrupted uploads away (all of them by default), at the storage and here. Resolves to those that could not
   * be: another tab works on them, or the storage did not answer.
   */
  discardInterrupted(
    uploads?: readonly Pick<InterruptedUpload, 'id'>[],
  ): Promise<readonly InterruptedUpload[]> {
    return this.#interrupted.discard(uploads);
  }

  /**
   * Downloads that an earlier page, or another tab, began and that this page does not work on. Oldest first. Those whose
   * bytes go to memory, a stream of the page's, the download worker or the browser by itself are not among them.
   */
  interruptedDownloads(): Promise<readonly InterruptedDownload[]> {
    return this.#interruptedDownloads.list();
  }

  /**
   * Goes on with interrupted downloads (all of them by default), into the same places: files that are there are not
   * fetched again, and of what was kept in the browser's storage no finished range. Call it from a click: the browser
   * may ask whether a picked folder or file may be written again.
   */
  resumeInterruptedDownloads(
    downloads?: readonly Pick<InterruptedDownload, 'id'>[],
  ): Promise<ResumedDownloads> {
    return this.#interruptedDownloads.resume(downloads);
  }

  /**
   * Gives interrupted downloads up (all of them by default) and frees what the browser keeps of them; files that are
   * where they belong stay. Resolves to those that another tab works on.
   */
  discardInterruptedDownloads(
    downloads?: readonly Pick<InterruptedDownload, 'id'>[],
  ): Promise<readonly InterruptedDownload[]> {
    return this.#interruptedDownloads.discard(downloads);
  }

  /** Why an upload would not survive this page now; undefined: it would. */
  get journalProblem(): TransferError | undefined {
    return this.#context.journal.problem;
  }

  /**
   * Uploads in parts that lie at the storage below `prefix` and that this browser knows nothing of: begun elsewhere, or
   * forgotten. They may still be under way on another computer. None where the storage cannot list them.
   */
  strayUploads(
    prefix = '',
    { signal = new AbortController().signal }: { signal?: AbortSignal } = {},
  ): Promise<readonly UnfinishedUpload[]> {
    return this.#interrupted.strays(prefix, signal);
  }

  /** Removes stray uploads from the storage. Rejects with `TransferError`. */
  async abortStrayUploads(
    uploads: readonly UnfinishedUpload[],
    { signal = new AbortController().signal }: { signal?: AbortSignal } = {},
  ): Promise<void> {
    for (const upload of uploads) await this.adapter.abortUnfinishedUpload?.(upload, { signal });
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
    const { files, state } = job.snapshot;
    if (files.failed + files.cancelled > 0 || state === 'incomplete') job.release?.().catch(() => {});
    this.#tell('jobremove', job);
    requestTick(this.#tick);
  }

  #add(job: TransferJob): TransferJob {
    this.#stale.forget();
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
}

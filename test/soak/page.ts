/** Runs in the page: real managers on real adapters, which the driver commands as a person would. */
import { TransferManager } from '../../src/transfer/manager.js';
import type { TransferItem, TransferJob } from '../../src/transfer/types.js';
import { pageJournal } from '../../src/transfer/upload-journal.js';
import { Content } from './content.js';
import { fileForDownload, inputsOf, removeDownload, removeKept, sha256Of, tamper } from './page-files.js';
import { adapterOf } from './page-storages.js';
import { watchJob } from './page-watch.js';
import type { StorageName } from './plan.js';
import type {
  GivenFile,
  ItemReport,
  JobReport,
  Order,
  PageConfig,
  PageReport,
  ResumeReport,
} from './protocol.js';

interface Watched {
  readonly id: string;
  readonly storage: StorageName;
  readonly job: TransferJob;
  readonly changed: Set<number>;
  readonly stopWatching: () => void;
  paused: boolean;
}

class SoakPage {
  readonly #content: Content;
  readonly #managers = new Map<StorageName, TransferManager>();
  readonly #jobs = new Map<string, Watched>();
  readonly #violations: string[] = [];
  readonly #pending = new Map<Promise<unknown>, string>();

  constructor({ seed, storages }: PageConfig) {
    this.#content = new Content(seed);
    for (const access of storages) {
      this.#managers.set(access.name, new TransferManager({ adapter: adapterOf(access) }));
    }
    addEventListener('unhandledrejection', ({ reason }) =>
      this.#tell(`unhandled rejection: ${String(reason)}`),
    );
    addEventListener('error', ({ message }) => this.#tell(`error: ${message}`));
  }

  #tell(violation: string): void {
    if (this.#violations.length < 200) this.#violations.push(violation);
  }

  #wait(promise: Promise<unknown>, what: string): void {
    this.#pending.set(promise, what);
    promise.catch(() => {}).finally(() => this.#pending.delete(promise));
  }

  #watch(id: string, storage: StorageName, job: TransferJob): void {
    const changed = new Set<number>(Array.from({ length: job.items.length }, (_, index) => index));
    const stopWatching = watchJob(job, `${id} (${storage})`, text => this.#tell(text));
    job.addEventListener('itemchange', event => {
      for (const index of event.indexes) changed.add(index);
    });
    this.#jobs.set(id, { id, storage, job, changed, stopWatching, paused: false });
    this.#wait(job.finished, `finished of ${id}`);
  }

  // ── What the person does ────────────────────────────────────────────────────────────────────────────────────────

  async upload(id: string, storage: StorageName, files: readonly GivenFile[]): Promise<void> {
    const inputs = await inputsOf(this.#content, files);
    this.#watch(id, storage, this.#managers.get(storage)!.upload(inputs));
  }

  async download(id: string, storage: StorageName, path: string, toDisk: boolean): Promise<void> {
    const to = toDisk ? await fileForDownload(id) : 'memory';
    this.#watch(id, storage, this.#managers.get(storage)!.download([path], { to }));
  }

  order(id: string, what: Order, index?: number): void {
    const watched = this.#jobs.get(id);
    if (!watched) return;
    const { job } = watched;
    if (what === 'cancel') this.#wait(job.cancel(index), `cancel of ${id} ${index ?? ''}`);
    else if (what === 'retry') {
      if (!job.isRetryable(index)) return;
      job.retryFailed(index);
      this.#wait(job.finished, `finished of ${id} after another try`);
    } else {
      if (index === undefined) watched.paused = what === 'pause';
      job[what](index);
    }
  }

  resumeAll(): void {
    for (const manager of this.#managers.values()) manager.resumeAll();
    for (const watched of this.#jobs.values()) {
      watched.paused = false;
      for (const index of watched.job.items.inState(['paused'])) watched.job.resume(index);
    }
  }

  /** After a reload: everything that an earlier page left goes on, what cannot is cleared away. */
  async resumeInterrupted(storage: StorageName, id: string): Promise<ResumeReport> {
    const manager = this.#managers.get(storage)!;
    const { job, notResumed } = await manager.resumeInterrupted();
    if (job) this.#watch(id, storage, job);
    const gone = notResumed.filter(({ why }) => why === 'file-gone' || why === 'needs-file');
    if (gone.length > 0) await manager.discardInterrupted(gone.map(({ upload }) => upload));
    return {
      storage,
      paths: job ? [...job.items].map(({ path }) => path) : [],
      notResumed: notResumed.map(({ upload, why }) => ({ path: upload.path, why })),
    };
  }

  tamper(file: number, version: number, size: number): Promise<void> {
    return tamper(this.#content, { file, version, size });
  }

  removeKept(files: readonly number[]): Promise<void> {
    return removeKept(files);
  }

  /** Ended jobs leave the list, as when a person clears it. */
  dismiss(ids: readonly string[]): void {
    for (const id of ids) {
      const watched = this.#jobs.get(id);
      if (!watched) continue;
      watched.stopWatching();
      this.#managers.get(watched.storage)!.dismiss(watched.job);
      this.#jobs.delete(id);
      if (watched.job.kind === 'download') void removeDownload(id);
    }
  }

  // ── What the driver wants to know ───────────────────────────────────────────────────────────────────────────────

  async report(): Promise<PageReport> {
    const jobs: JobReport[] = [];
    for (const { id, storage, job, changed, paused } of this.#jobs.values()) {
      const { snapshot } = job;
      const { files, bytes, state } = snapshot;
      const indexes = [...changed];
      changed.clear();
      const reports: ItemReport[] = [];
      for (const index of indexes) {
        const item = job.items.at(index);
        if (item) reports.push(await this.#describe(id, job, item));
      }
      const open = files.total - files.done - files.skipped - files.failed - files.cancelled;
      jobs.push({
        id,
        storage,
        kind: job.kind,
        state,
        paused,
        open,
        failed: files.failed,
        acknowledged: bytes.acknowledged,
        changed: reports,
      });
    }
    return {
      jobs,
      violations: this.#violations.splice(0),
      pending: [...this.#pending.values()],
      journalProblem: pageJournal().problem?.message,
    };
  }

  async #describe(id: string, job: TransferJob, item: TransferItem): Promise<ItemReport> {
    const { index, path, state, error, result } = item;
    let sha256: string | undefined;
    if (job.kind === 'download' && state === 'done') {
      sha256 = await sha256Of(result?.blob ?? (await (await fileForDownload(id)).getFile()));
    }
    return {
      index,
      path,
      state,
      ...(error ? { reason: error.reason, kind: error.kind, message: error.message } : {}),
      ...(error?.status === undefined ? {} : { status: error.status }),
      ...(result?.id === undefined ? {} : { id: result.id }),
      ...(result?.verified ? { level: result.verified.level } : {}),
      ...(result?.skipped === undefined ? {} : { skipped: result.skipped }),
      ...(sha256 === undefined ? {} : { sha256 }),
    };
  }

  /** Rows of the journal on the disk, of all storages. */
  async journalRows(): Promise<number> {
    await pageJournal().flush();
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open('file-transfer-elements.uploads'));
    let rows = 0;
    for (const store of database.objectStoreNames) {
      rows += await done(database.transaction(store).objectStore(store).count());
    }
    database.close();
    return rows;
  }

  /** What another tab sees: uploads that nobody works on. */
  async offered(): Promise<string[]> {
    const paths: string[] = [];
    for (const [name, manager] of this.#managers) {
      for (const { path, isElsewhere } of await manager.interrupted()) {
        if (!isElsewhere) paths.push(`${name} ${path}`);
      }
    }
    return paths;
  }

  /** Uploads at the storages that this browser knows nothing of are aborted. Returns their paths. */
  async clearStrays(): Promise<string[]> {
    const paths: string[] = [];
    for (const [name, manager] of this.#managers) {
      const strays = await manager.strayUploads();
      await manager.abortStrayUploads(strays);
      for (const { path } of strays) paths.push(`${name} ${path}`);
    }
    return paths;
  }

  jobIds(): string[] {
    return [...this.#jobs.keys()];
  }
}

declare global {
  // Set once the page is ready.
  var soak: SoakPage;
}
const config = (await (await fetch('/config')).json()) as PageConfig;
globalThis.soak = new SoakPage(config);

export type { SoakPage };

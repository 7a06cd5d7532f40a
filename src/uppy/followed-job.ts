import type { Uppy } from '@uppy/core';
import type { Body, Meta, UppyFile } from '@uppy/core/utils';
import { TransferError } from '../core/errors.js';
import { isEnd } from '../transfer/item-table.js';
import type { TransferItem, TransferJob, TransferResult, UploadFile } from '../transfer/types.js';
import type { MetadataTaken } from './file-input.js';
import type { Ending, Followed, Following } from './followed-file.js';
import type { TransferUploaderOptions } from './options.js';
import { ProgressCount } from './progress-count.js';
import { failureOf, successOf } from './response.js';

/** After how many milliseconds of waiting in a row Uppy is told, so that no short pause between two tries shows. */
const tellWaitingAfter = 5000;

/** One job of the engine's and the files of Uppy's in it: tells each side what the other one did. */
export class FollowedJob<M extends Meta, B extends Body> {
  readonly job: TransferJob;
  readonly #uppy: Uppy<M, B>;
  readonly #options: TransferUploaderOptions<M, B>;
  readonly #taken: MetadataTaken;
  /** By index; a file that Uppy let go of is no longer here. */
  readonly #files = new Map<number, Followed>();
  readonly #byId = new Map<string, Followed>();
  /** Indexes that have not ended. */
  readonly #open = new Set<number>();
  readonly #onEnd: (id: string, ending: Ending) => void;
  #waitingTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #listening = new AbortController();
  readonly #count: ProgressCount;

  constructor(
    { uppy, options, taken }: Following<M, B>,
    start: (inputs: readonly UploadFile[]) => TransferJob,
    files: ReadonlyMap<string, UploadFile>,
    onEnd: (id: string, ending: Ending) => void,
  ) {
    this.#uppy = uppy;
    this.#options = options;
    this.#taken = taken;
    this.#onEnd = onEnd;
    let index = 0;
    for (const [id, input] of files) {
      const file = { id, index, input, bytes: 0, isPausedFirst: false, isRemoved: false, waiting: [] };
      this.#files.set(index, file);
      this.#byId.set(id, file);
      this.#open.add(index);
      index += 1;
    }
    this.job = start([...files.values()]);
    this.#count = new ProgressCount(this.job, options.progress);
    const { signal } = this.#listening;
    this.job.addEventListener('itemchange', ({ indexes }) => this.#look(indexes), { signal });
    this.job.addEventListener('progress', () => this.#progressed(), { signal });
    // A job that was begun before this knew of it has told some of its changes to nobody.
    if (this.job.items.length > 0) queueMicrotask(() => this.#look([...this.#open]));
    // Whatever never became an item of a job that is over would be waited for in vain.
    this.job.finished.then(
      () => this.#endMissing(cancelledError()),
      error => this.#endMissing(error instanceof TransferError ? error : cancelledError()),
    );
  }

  /** Whether the engine has made an item of the file: until then its index means nothing there. */
  #isTaken({ index }: Followed): boolean {
    return index < this.job.items.length;
  }

  /** Whether no file of Uppy's is in the job any more. */
  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  /** Resolves when the file has ended, whether it is stored, failed or was taken away. */
  ended(id: string): Promise<void> {
    const file = this.#byId.get(id);
    if (!file || !this.#open.has(file.index)) return Promise.resolve();
    return new Promise(resolve => file.waiting.push(resolve));
  }

  inputOf(id: string): UploadFile | undefined {
    return this.#byId.get(id)?.input;
  }

  // ── What Uppy does ──────────────────────────────────────────────────────────────────────────────────────────────

  setPaused(id: string, isPaused: boolean): void {
    const file = this.#byId.get(id);
    if (!file || !this.#open.has(file.index)) return;
    if (!this.#isTaken(file)) file.isPausedFirst = isPaused;
    else if (isPaused) this.job.pause(file.index);
    else this.job.resume(file.index);
  }

  /** The file is gone from Uppy: what was sent of it goes too. */
  remove(id: string): void {
    const file = this.#byId.get(id);
    if (!file) return;
    file.isRemoved = true;
    this.#byId.delete(id);
    if (this.#isTaken(file)) this.#cancel(file);
    this.#end(file, 'gone');
  }

  /** Something else comes in its place: what was sent of it goes. Gives back who waits for its end. */
  release(id: string): readonly (() => void)[] {
    const waiting = this.#byId.get(id)?.waiting.splice(0) ?? [];
    this.remove(id);
    return waiting;
  }

  /** Uppy forgets the errors of all files when it resumes them all; one that failed has still failed. */
  showFailure(id: string): void {
    const file = this.#byId.get(id);
    if (!file || this.#open.has(file.index)) return;
    const error = this.job.items.at(file.index)?.error;
    const shown = this.#uppy.getFile(id);
    if (error && shown && !shown.error) this.#uppy.setFileState(id, { error: error.message });
  }

  #cancel({ index }: Followed): void {
    const { job } = this;
    this.#files.delete(index);
    if (job.items.at(index)?.state === 'failed') void job.release?.(index).catch(() => {});
    else void job.cancel(index);
  }

  /** Tries a failed file again with what is stored of it already; one on its way goes on. False: that cannot be. */
  retry(id: string): boolean {
    const file = this.#byId.get(id);
    if (!file) return false;
    if (this.#open.has(file.index)) this.setPaused(id, false);
    else if (!this.job.isRetryable(file.index)) return false;
    else {
      this.#open.add(file.index);
      this.job.retryFailed(file.index);
    }
    // Uppy counts from 0 again; what was told once stays told.
    file.bytes = 0;
    this.#tellProgress(file);
    return true;
  }

  /** Lets go of everything: the files are told to have failed, and nothing of them stays behind. */
  async abandon(error: TransferError): Promise<void> {
    for (const file of [...this.#byId.values()]) {
      if (this.#open.has(file.index)) this.#fail(file, error);
    }
    this.#listening.abort();
    clearTimeout(this.#waitingTimer);
    await this.job.cancel();
  }

  // ── What the engine does ────────────────────────────────────────────────────────────────────────────────────────

  #look(indexes: readonly number[]): void {
    for (const index of indexes) {
      const file = this.#files.get(index);
      const item = this.job.items.at(index);
      if (!file || !item) continue;
      if (file.isRemoved) {
        // Before there was an item to cancel.
        this.#cancel(file);
        continue;
      }
      if (file.isPausedFirst) {
        file.isPausedFirst = false;
        this.job.pause(index);
        // One that was refused before there was anything to pause is told like the others.
        if (!isEnd(item.state)) continue;
      }
      if (this.#open.has(index)) this.#follow(file, item);
    }
  }

  #follow(file: Followed, item: TransferItem): void {
    switch (item.state) {
      case 'done':
      case 'skipped':
        this.#store(file, item);
        break;
      case 'failed':
        this.#fail(file, item.error ?? cancelledError());
        break;
      case 'cancelled':
        // Put off by a question, or taken away by somebody else who steers this job: as if in Uppy itself.
        if (item.error) this.#fail(file, item.error);
        else {
          this.remove(file.id);
          this.#uppy.removeFile(file.id);
        }
        break;
      default:
        this.#showPause(file, item);
        if (item.state === 'waiting') this.#watchWaiting();
    }
  }

  #store(file: Followed, { result }: TransferItem): void {
    const shown = this.#uppy.getFile(file.id);
    this.#byId.delete(file.id);
    this.#files.delete(file.index);
    if (shown && result) {
      const success = this.#successOf(result, shown);
      this.#heard(() => this.#uppy.emit('upload-success', shown, success));
    }
    this.#end(file, 'stored');
  }

  /** The page's own functions may throw: the file is stored all the same, and Uppy has to hear of it. */
  #successOf(result: TransferResult, shown: UppyFile<M, B>): ReturnType<typeof successOf<M, B>> {
    try {
      return successOf(result, shown, this.#options, this.#taken);
    } catch (error) {
      this.#uppy.log(error instanceof Error ? error : String(error), 'error');
      const { responseBody: _, uploadURL: __, ...options } = this.#options;
      return successOf(result, shown, options, this.#taken);
    }
  }

  #fail(file: Followed, error: TransferError): void {
    this.#open.delete(file.index);
    const shown = this.#uppy.getFile(file.id);
    if (shown) {
      this.#uppy.setFileState(file.id, { isPaused: false });
      this.#heard(() =>
        this.#uppy.emit('upload-error', this.#uppy.getFile(file.id), error, failureOf(error)),
      );
    }
    this.#end(file, 'failed');
  }

  /** What the page does about it may throw; that is told, and holds no other file up. */
  #heard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      reportError(error);
    }
  }

  #end(file: Followed, ending: Ending): void {
    this.#open.delete(file.index);
    if (ending !== 'failed') this.#count.forget(file.index);
    this.#onEnd(file.id, ending);
    for (const settle of file.waiting.splice(0)) settle();
  }

  #endMissing(error: TransferError): void {
    for (const file of [...this.#byId.values()]) {
      if (file.index >= this.job.items.length) this.#fail(file, error);
    }
  }

  /** Pausing elsewhere shows in Uppy; and what could not be paused any more does not look as if it were. */
  #showPause(file: Followed, { state }: TransferItem): void {
    const isPaused = state === 'paused';
    const shown = this.#uppy.getFile(file.id);
    if (shown && Boolean(shown.isPaused) !== isPaused) this.#uppy.setFileState(file.id, { isPaused });
  }

  #progressed(): void {
    const moving = this.job.items.inState(['active', 'finishing', 'waiting']);
    this.#count.look(moving);
    for (const index of moving) {
      const file = this.#files.get(index);
      if (file && this.#open.has(index)) this.#tellProgress(file);
    }
  }

  #tellProgress(file: Followed): void {
    const item = this.job.items.at(file.index);
    const shown = this.#uppy.getFile(file.id);
    if (!item || !shown?.progress.uploadStarted) return;
    const total = item.size ?? 0;
    // Uppy rounds, and takes a file at 100 % for done: that is for `upload-success` to say.
    const bytesUploaded = Math.floor(Math.min(this.#count.of(item), total * 0.99));
    if (bytesUploaded <= file.bytes) return;
    file.bytes = bytesUploaded;
    const { uploadStarted } = shown.progress;
    this.#uppy.emit('upload-progress', shown, { uploadStarted, bytesUploaded, bytesTotal: total });
  }

  #watchWaiting(): void {
    this.#waitingTimer ??= setTimeout(() => {
      this.#waitingTimer = undefined;
      const waiting = this.job.items.inState(['waiting']).flatMap(index => this.#files.get(index) ?? []);
      const files = waiting.flatMap(({ id }) => this.#uppy.getFile(id) ?? []);
      const why = waiting[0] && this.job.items.at(waiting[0].index)?.error;
      if (files.length > 0 && why) this.#uppy.emit('upload-stalled', { message: why.message }, files);
    }, tellWaitingAfter);
  }
}

const cancelledError = (): TransferError =>
  new TransferError('The upload was cancelled.', { kind: 'fatal', reason: 'aborted' });

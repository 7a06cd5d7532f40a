import type { Uppy } from '@uppy/core';
import type { Body, LocalUppyFile, Meta } from '@uppy/core/utils';
import type { TransferError } from '../core/errors.js';
import type { TransferManager } from '../transfer/manager.js';
import type { TransferJob, UploadFile } from '../transfer/types.js';
import { begunBefore, goOn } from './begun-before.js';
import { dataGone, inputError } from './errors.js';
import { FieldsLeftOut } from './fields-left-out.js';
import { fieldsLeftOut, inputOf, isSameInput } from './file-input.js';
import { FollowedJob } from './followed-job.js';
import { type TransferUploaderOptions, uploadOptionsOf } from './options.js';
import { failureOf } from './response.js';

/** Where files go now. */
export interface Place<M extends Meta, B extends Body> {
  readonly manager: TransferManager;
  /** Nobody else shows the manager's jobs: they are dismissed once they are over. */
  readonly isOwn: boolean;
  readonly options: TransferUploaderOptions<M, B>;
}

/** Files whose bytes are in the page: the engine's, from Uppy's side. */
export class LocalFiles<M extends Meta, B extends Body> {
  readonly #uppy: Uppy<M, B>;
  readonly #place: () => Place<M, B>;
  /** Where each file is on its way, or failed and may be tried again. */
  readonly #jobs = new Map<string, FollowedJob<M, B>>();
  /** Files whose upload is about to begin, and who waits for their end. */
  readonly #coming = new Map<string, { readonly input: UploadFile; readonly waiting: (() => void)[] }>();
  readonly #fieldsLeftOut: FieldsLeftOut<M, B>;
  /** The uploader's own managers, by the jobs that are to leave their lists. */
  readonly #owners = new WeakMap<FollowedJob<M, B>, TransferManager>();
  readonly #changed: () => void;

  /** `changed`: told when {@link isBusy} may have changed. */
  constructor(uppy: Uppy<M, B>, place: () => Place<M, B>, changed: () => void) {
    this.#uppy = uppy;
    this.#fieldsLeftOut = new FieldsLeftOut(uppy);
    this.#place = place;
    this.#changed = changed;
  }

  /** Whether any is on its way, or may be tried again. */
  get isBusy(): boolean {
    return this.#jobs.size > 0 || this.#coming.size > 0;
  }

  // ── Uploading ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** A promise for each, or for several, that resolves at their end in whatever way. */
  upload(files: readonly LocalUppyFile<M, B>[]): Promise<void>[] {
    const place = this.#place();
    const ends: Promise<void>[] = [];
    const fresh = new Map<string, UploadFile>();
    for (const file of files) {
      const input = this.#inputOf(file, place);
      if (!input) continue;
      if (this.#continue(file.id, input)) ends.push(this.#ended(file.id));
      else fresh.set(file.id, input);
    }
    if (fresh.size > 0) ends.push(this.#begin(place, fresh));
    return ends;
  }

  #inputOf(file: LocalUppyFile<M, B>, { manager, options }: Place<M, B>): UploadFile | undefined {
    const { capabilities } = manager.adapter;
    try {
      this.#fieldsLeftOut.tell(fieldsLeftOut(file, options, capabilities));
      const input = inputOf(file, options, capabilities);
      if (!input) this.#fail(file.id, dataGone(file));
      return input;
    } catch (error) {
      // The page's own `path` or `metadata` threw.
      this.#fail(file.id, inputError(file, error));
      return undefined;
    }
  }

  /** Whether the file is on its way already, or can be tried again with what is stored of it. */
  #continue(id: string, input: UploadFile): boolean {
    const coming = this.#coming.get(id);
    if (coming && isSameInput(coming.input, input)) return true;
    const earlier = this.#jobs.get(id);
    const before = earlier?.inputOf(id);
    if (earlier && before && isSameInput(before, input) && earlier.retry(id)) return true;
    // Another version of the file, or another place for it: nothing of the old one is of use.
    this.#supersede(id);
    return false;
  }

  /** Whoever waits for the end of what is on its way waits for what comes in its place. */
  #supersede(id: string): void {
    const earlier = this.#jobs.get(id);
    if (!earlier) return;
    const waiting = earlier.release(id);
    this.#jobs.delete(id);
    // By then it is among those to come.
    if (waiting.length > 0) queueMicrotask(() => void this.#ended(id).then(() => settleAll(waiting)));
  }

  #ended(id: string): Promise<void> {
    const coming = this.#coming.get(id);
    if (coming) return new Promise(resolve => coming.waiting.push(resolve));
    return this.#jobs.get(id)?.ended(id) ?? Promise.resolve();
  }

  /** Goes on with what an earlier page left unfinished, and begins the others. */
  async #begin(place: Place<M, B>, files: ReadonlyMap<string, UploadFile>): Promise<void> {
    const { manager } = place;
    for (const [id, input] of files) {
      this.#coming.set(id, { input, waiting: this.#coming.get(id)?.waiting ?? [] });
    }
    this.#changed();
    const options = uploadOptionsOf(place.options);
    const earlier = await begunBefore(manager, options.into, files);
    const isWanted = (id: string): boolean => this.#coming.get(id)?.input === files.get(id);
    const begin = (inputs: ReadonlyMap<string, UploadFile>): Promise<void>[] =>
      inputs.size === 0 ? [] : this.#follow(place, inputs, list => manager.upload(list, options));
    const superseded = [...files.keys()].filter(id => !isWanted(id)).map(id => this.#ended(id));
    const ends = begin(new Map([...files].filter(([id]) => isWanted(id) && !earlier.has(id))));
    // Beside them: comparing what is stored with the file takes a reading of it.
    for (const [id, upload] of earlier) {
      const input = files.get(id)!;
      const goingOn = async (): Promise<void> => {
        if (!isWanted(id)) return;
        const job = await goOn(manager, upload, input, options);
        const one = new Map([[id, input]]);
        if (isWanted(id)) await Promise.all(job ? this.#follow(place, one, () => job) : begin(one));
        else {
          await job?.cancel();
          await this.#ended(id);
        }
      };
      ends.push(goingOn());
    }
    await Promise.all([...ends, ...superseded]);
  }

  #follow(
    { manager, isOwn, options }: Place<M, B>,
    files: ReadonlyMap<string, UploadFile>,
    start: (inputs: readonly UploadFile[]) => TransferJob,
  ): Promise<void>[] {
    const uppy = this.#uppy;
    const taken = manager.adapter.capabilities;
    const followed = new FollowedJob<M, B>({ uppy, options, taken }, start, files, (id, ending) => {
      if (ending !== 'failed' && this.#jobs.get(id) === followed) this.#jobs.delete(id);
      if (followed.isEmpty) this.#dismiss(followed);
      this.#changed();
    });
    if (isOwn) this.#owners.set(followed, manager);
    // It may be over already.
    if (followed.isEmpty) this.#dismiss(followed);
    const ids = [...files.keys()];
    for (const id of ids) {
      const waiting = this.#coming.get(id)?.waiting ?? [];
      this.#coming.delete(id);
      this.#jobs.set(id, followed);
      if (waiting.length > 0) void followed.ended(id).then(() => settleAll(waiting));
      // It was paused while there was nothing to pause.
      if (uppy.getFile(id)?.isPaused) followed.setPaused(id, true);
    }
    return ids.map(id => followed.ended(id));
  }

  #fail(id: string, error: TransferError): void {
    const file = this.#uppy.getFile(id);
    if (file) this.#uppy.emit('upload-error', file, error, failureOf(error));
  }

  // ── What happens to the files in Uppy ───────────────────────────────────────────────────────────────────────────

  /** The file is gone from Uppy. */
  remove(id: string): void {
    this.#forgetComing(id);
    this.#jobs.get(id)?.remove(id);
  }

  removeAll(): void {
    for (const id of [...this.#coming.keys(), ...this.#jobs.keys()]) this.remove(id);
  }

  setPaused(id: string, isPaused: boolean): void {
    this.#jobs.get(id)?.setPaused(id, isPaused);
  }

  pauseAll(): void {
    for (const [id, followed] of this.#jobs) followed.setPaused(id, true);
  }

  resumeAll(): void {
    for (const [id, followed] of this.#jobs) {
      followed.setPaused(id, false);
      followed.showFailure(id);
    }
  }

  /** Ends all that is on its way, and has it fail. */
  abandon(error: TransferError): void {
    for (const followed of new Set(this.#jobs.values())) {
      void followed.abandon(error).then(() => this.#owners.get(followed)?.dismiss(followed.job));
    }
    this.#jobs.clear();
    for (const id of [...this.#coming.keys()]) {
      this.#forgetComing(id);
      this.#fail(id, error);
    }
  }

  /** A job that no file of Uppy's is in any more leaves the uploader's own list, once it has ended. */
  #dismiss(followed: FollowedJob<M, B>): void {
    const now = (): void => this.#owners.get(followed)?.dismiss(followed.job);
    followed.job.finished.then(now, now);
  }

  #forgetComing(id: string): void {
    const coming = this.#coming.get(id);
    this.#coming.delete(id);
    settleAll(coming?.waiting ?? []);
  }
}

function settleAll(waiting: readonly (() => void)[]): void {
  for (const settle of waiting) settle();
}

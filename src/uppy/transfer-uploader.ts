import { BasePlugin, type State, type Uppy, type UppyFile } from '@uppy/core';
import {
  type Body,
  filterFilesToEmitUploadStarted,
  filterFilesToUpload,
  type LocalUppyFile,
  type Meta,
  type RemoteUppyFile,
} from '@uppy/core/utils';
import type { TransferError } from '../core/errors.js';
import { TransferManager } from '../transfer/manager.js';
import type { TransferJob, UploadFile } from '../transfer/types.js';
import { begunBefore, goOn } from './begun-before.js';
import { dataGone, inputError, uploaderGone } from './errors.js';
import { inputOf, isSameInput } from './file-input.js';
import { FollowedJob } from './followed-job.js';
import { checkTarget, type TransferUploaderOptions, uploadOptionsOf } from './options.js';
import { RemoteFiles } from './remote-files.js';
import { failureOf } from './response.js';
import { uploadBesideRetries } from './retry-beside.js';

/**
 * Uppy's uploader that hands its files to this kit's engine: parts in parallel, checks, patience, resuming, several
 * origins, for every adapter there is. Everything else of Uppy (Dashboard, sources, editors) stays as it is.
 *
 * ```ts
 * import Uppy from '@uppy/core';
 * import { TransferUploader } from 'file-transfer-elements/uppy';
 * import { s3 } from 'file-transfer-elements/adapters/s3';
 *
 * const uppy = new Uppy().use(TransferUploader, { adapter: s3({ bucketUrl, signRequest }), into: 'incoming/' });
 * ```
 *
 * One instance of Uppy has one uploader; use no other one beside it. `upload-success` carries a {@link TransferBody},
 * `upload-error` a `TransferError` with its reason. Uppy's `resumableUploads` is set where the storage takes parts, so
 * that going on after a pause sends nothing twice; elsewhere a pause still works, and begins the file again.
 */
export class TransferUploader<M extends Meta, B extends Body> extends BasePlugin<
  TransferUploaderOptions<M, B>,
  M,
  B
> {
  readonly #remote: RemoteFiles<M, B>;
  /** Where each local file is on its way, or failed and may be tried again. */
  readonly #jobs = new Map<string, FollowedJob<M, B>>();
  /** Files whose upload is about to begin. */
  readonly #coming = new Map<string, UploadFile>();
  #manager: TransferManager | undefined;
  #restoreUpload: (() => void) | undefined;

  constructor(uppy: Uppy<M, B>, opts: TransferUploaderOptions<M, B>) {
    super(uppy, opts);
    this.id = opts?.id || 'TransferUploader';
    this.type = 'uploader';
    this.#remote = new RemoteFiles(uppy);
    checkTarget(opts);
  }

  /** The manager whose jobs the uploads are. */
  get manager(): TransferManager {
    const { manager, adapter, connectionsPerOrigin, bandwidth, journal } = this.opts;
    if (manager) return manager;
    this.#manager ??= new TransferManager({
      adapter,
      ...(connectionsPerOrigin === undefined ? {} : { connectionsPerOrigin }),
      ...(bandwidth === undefined ? {} : { bandwidth }),
      ...(journal === undefined ? {} : { journal }),
    });
    return this.#manager;
  }

  override install(): void {
    const { uppy } = this;
    uppy.addUploader(this.#upload);
    uppy.on('file-removed', this.#removed);
    uppy.on('upload-pause', this.#paused);
    uppy.on('pause-all', this.#pausedAll);
    uppy.on('resume-all', this.#resumedAll);
    uppy.on('state-update', this.#stateChanged);
    this.#restoreUpload = uploadBesideRetries(uppy);
    this.#showCapability();
  }

  override uninstall(): void {
    const { uppy } = this;
    uppy.removeUploader(this.#upload);
    uppy.off('file-removed', this.#removed);
    uppy.off('upload-pause', this.#paused);
    uppy.off('pause-all', this.#pausedAll);
    uppy.off('resume-all', this.#resumedAll);
    uppy.off('state-update', this.#stateChanged);
    this.#restoreUpload?.();
    this.#restoreUpload = undefined;
    this.#setCapability(false);
    this.#abandon();
  }

  /** A new `adapter` or `manager` is for the uploads that begin after this. */
  override setOptions(options: Partial<TransferUploaderOptions<M, B>>): void {
    const given = { ...options };
    // One stands for the other: the old one must not win.
    if (given.manager) given.adapter = undefined as never;
    else if (given.adapter) given.manager = undefined as never;
    checkTarget({ ...this.opts, ...given });
    super.setOptions(given);
    this.#manager = undefined;
    this.#showCapability();
  }

  // ── Uploading ───────────────────────────────────────────────────────────────────────────────────────────────────

  readonly #upload = async (ids: string[]): Promise<void> => {
    const there = this.uppy.getFilesByIds(ids).filter(Boolean);
    const files = filterFilesToUpload(there) as UppyFile<M, B>[];
    if (files.length === 0) return;
    this.uppy.emit('upload-start', filterFilesToEmitUploadStarted(files));
    const remote: RemoteUppyFile<M, B>[] = [];
    const local: LocalUppyFile<M, B>[] = [];
    for (const file of files) {
      if (file.isRemote) remote.push(file);
      else local.push(file);
    }
    const ends = [...this.#uploadLocal(local), ...remote.map(file => this.#uploadRemote(file))];
    await Promise.all(ends);
  };

  #uploadLocal(files: readonly LocalUppyFile<M, B>[]): Promise<void>[] {
    const takesMetadata = this.manager.adapter.capabilities.uploadMetadata;
    const ends: Promise<void>[] = [];
    const fresh = new Map<string, UploadFile>();
    for (const file of files) {
      let input: UploadFile | undefined;
      try {
        input = inputOf(file, this.opts, takesMetadata);
      } catch (error) {
        // The page's own `path` or `metadata` threw.
        this.#fail(file, inputError(file, error));
        continue;
      }
      if (!input) {
        this.#fail(file, dataGone(file));
        continue;
      }
      const earlier = this.#jobs.get(file.id);
      if (earlier && this.#continue(earlier, file.id, input)) ends.push(earlier.ended(file.id));
      else fresh.set(file.id, input);
    }
    return fresh.size === 0 ? ends : [...ends, this.#begin(fresh)];
  }

  #continue(earlier: FollowedJob<M, B>, id: string, input: UploadFile): boolean {
    const before = earlier.inputOf(id);
    if (before && isSameInput(before, input) && earlier.retry(id)) return true;
    // Another version of the file, or another place for it: nothing of the old one is of use.
    earlier.remove(id);
    return false;
  }

  /** Goes on with what an earlier page left unfinished, and begins the others. */
  async #begin(files: ReadonlyMap<string, UploadFile>): Promise<void> {
    const { manager } = this;
    const isOwn = !this.opts.manager;
    for (const [id, input] of files) this.#coming.set(id, input);
    const options = uploadOptionsOf(this.opts);
    const earlier = await begunBefore(manager, options.into, files);
    const stillWanted = (id: string): boolean => this.#coming.get(id) === files.get(id);
    const begin = (inputs: ReadonlyMap<string, UploadFile>): Promise<void>[] =>
      inputs.size === 0 ? [] : this.#follow(manager, isOwn, inputs, list => manager.upload(list, options));
    const ends = begin(new Map([...files].filter(([id]) => stillWanted(id) && !earlier.has(id))));
    // Beside them: comparing what is stored with the file takes a reading of it.
    for (const [id, upload] of earlier) {
      const input = files.get(id)!;
      const goingOn = async (): Promise<void> => {
        if (!stillWanted(id)) return;
        const job = await goOn(manager, upload, input, options);
        const one = new Map([[id, input]]);
        if (!stillWanted(id)) await job?.cancel();
        else await Promise.all(job ? this.#follow(manager, isOwn, one, () => job) : begin(one));
      };
      ends.push(goingOn());
    }
    await Promise.all(ends);
  }

  #follow(
    manager: TransferManager,
    isOwn: boolean,
    files: ReadonlyMap<string, UploadFile>,
    start: (inputs: readonly UploadFile[]) => TransferJob,
  ): Promise<void>[] {
    const followed = new FollowedJob<M, B>(this.uppy, start, this.opts, files, (id, ending) => {
      if (ending !== 'failed' && this.#jobs.get(id) === followed) this.#jobs.delete(id);
      if (isOwn && followed.isEmpty) this.#dismiss(manager, followed);
    });
    const ids = [...files.keys()];
    for (const id of ids) {
      this.#coming.delete(id);
      this.#jobs.set(id, followed);
      // It was paused while there was nothing to pause.
      if (this.uppy.getFile(id)?.isPaused) followed.setPaused(id, true);
    }
    return ids.map(id => followed.ended(id));
  }

  /** A job that no file of Uppy's is in any more leaves the uploader's own list, once it has ended. */
  #dismiss(manager: TransferManager, { job }: FollowedJob<M, B>): void {
    const dismiss = (): void => manager.dismiss(job);
    job.finished.then(dismiss, dismiss);
  }

  async #uploadRemote(file: RemoteUppyFile<M, B>): Promise<void> {
    const upload = this.#remote.upload(file, this.opts);
    this.#showCapability();
    await upload;
    this.#showCapability();
  }

  #fail(file: UppyFile<M, B>, error: TransferError): void {
    this.uppy.emit('upload-error', file, error, failureOf(error));
  }

  // ── What happens to the files in Uppy ───────────────────────────────────────────────────────────────────────────

  readonly #removed = (file: UppyFile<M, B>): void => {
    this.#coming.delete(file.id);
    this.#jobs.get(file.id)?.remove(file.id);
    this.#remote.stop(file);
  };

  readonly #paused = (file: UppyFile<M, B> | undefined, isPaused: boolean): void => {
    if (file) this.#jobs.get(file.id)?.setPaused(file.id, isPaused);
  };

  readonly #pausedAll = (): void => {
    for (const [id, followed] of this.#jobs) followed.setPaused(id, true);
  };

  readonly #resumedAll = (): void => {
    for (const [id, followed] of this.#jobs) {
      followed.setPaused(id, false);
      followed.showFailure(id);
    }
  };

  /** `uppy.clear()` empties the list without a word. */
  readonly #stateChanged = (
    before: Pick<State<M, B>, 'files'>,
    after: Pick<State<M, B>, 'files' | 'currentUploads'>,
  ): void => {
    if (before.files === after.files || !this.#isBusy) return;
    for (const _ in after.files) return;
    // It leaves the uploads in place, and Uppy then stumbles over their missing files.
    queueMicrotask(() => this.#forgetUploads(Object.keys(after.currentUploads)));
    this.#coming.clear();
    for (const [id, followed] of [...this.#jobs]) followed.remove(id);
    this.#remote.stopAll(before.files);
  };

  get #isBusy(): boolean {
    return this.#jobs.size > 0 || this.#coming.size > 0 || this.#remote.isBusy;
  }

  #forgetUploads(ids: readonly string[]): void {
    const currentUploads = { ...this.uppy.getState().currentUploads };
    for (const id of ids) delete currentUploads[id];
    this.uppy.setState({ currentUploads });
  }

  /** The uploader is taken out of Uppy: what is on its way ends, and Uppy's promises with it. */
  #abandon(): void {
    const error = uploaderGone();
    const own = this.opts.manager ? undefined : this.#manager;
    for (const followed of new Set(this.#jobs.values())) {
      const done = followed.abandon(error);
      if (own) void done.then(() => own.dismiss(followed.job));
    }
    this.#jobs.clear();
    const without = [...this.#coming.keys(), ...this.#remote.stopAll(this.uppy.getState().files)];
    this.#coming.clear();
    for (const id of without) {
      const file = this.uppy.getFile(id);
      if (file) this.#fail(file, error);
    }
  }

  // ── Capability ──────────────────────────────────────────────────────────────────────────────────────────────────

  #showCapability(): void {
    // The end of a remote file may come after that of the uploader.
    if (!this.#restoreUpload) return;
    const hasParts = this.manager.adapter.capabilities.uploadPlans.includes('parts');
    this.#setCapability(hasParts && !this.#remote.isBusy);
  }

  #setCapability(resumableUploads: boolean): void {
    const { capabilities } = this.uppy.getState();
    if (capabilities.resumableUploads === resumableUploads) return;
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads } });
  }
}

declare module '@uppy/core' {
  export interface PluginTypeRegistry<M extends Meta, B extends Body> {
    TransferUploader: TransferUploader<M, B>;
  }
}

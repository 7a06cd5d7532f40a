import { BasePlugin, type State, type Uppy, type UppyFile } from '@uppy/core';
import {
  type Body,
  filterFilesToEmitUploadStarted,
  filterFilesToUpload,
  type LocalUppyFile,
  type Meta,
  type RemoteUppyFile,
} from '@uppy/core/utils';
import { TransferManager } from '../transfer/manager.js';
import { uploaderGone } from './errors.js';
import { LocalFiles } from './local-files.js';
import { refuseLaterUploader, refuseSecondUploader } from './one-uploader.js';
import { checkTarget, type TransferUploaderOptions } from './options.js';
import { RemoteFiles } from './remote-files.js';
import { failureOf } from './response.js';
import { uploadBesideRetries } from './retry-beside.js';

/** What the uploader's own manager is made of. */
const ownManager = ['adapter', 'manager', 'connectionsPerOrigin', 'bandwidth', 'journal'] as const;

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
 * One instance of Uppy has one uploader: `uppy.use` throws `TypeError` for a second one, of whatever kind and id.
 * `upload-success` carries a {@link TransferBody}, `upload-error` a `TransferError` with its reason. Uppy's `resumableUploads` is set where the storage takes parts, so
 * that going on after a pause sends no finished part twice; elsewhere Uppy offers no pause for one file, and one for all begins
 * files again. A remote file cannot be paused: it goes on, and Uppy is told so.
 */
export class TransferUploader<M extends Meta, B extends Body> extends BasePlugin<
  TransferUploaderOptions<M, B>,
  M,
  B
> {
  readonly #remote: RemoteFiles<M, B>;
  readonly #local: LocalFiles<M, B>;
  #manager: TransferManager | undefined;
  #restoreUpload: (() => void) | undefined;

  constructor(uppy: Uppy<M, B>, opts: TransferUploaderOptions<M, B>) {
    super(uppy, opts);
    this.id = opts?.id || 'TransferUploader';
    this.type = 'uploader';
    this.#remote = new RemoteFiles(uppy);
    this.#local = new LocalFiles(
      uppy,
      () => ({ manager: this.manager, isOwn: !this.opts.manager, options: this.opts }),
      this.#showCapability,
    );
    checkTarget(opts);
    refuseSecondUploader(uppy, this.id);
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
    uppy.on('plugin-added', this.#pluginAdded);
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
    uppy.off('plugin-added', this.#pluginAdded);
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
    const before = this.opts;
    super.setOptions(given);
    // A second manager beside the same one would have a second budget of connections.
    if (ownManager.some(option => option in given && given[option] !== before[option]))
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
    await Promise.all([...this.#local.upload(local), ...remote.map(file => this.#uploadRemote(file))]);
  };

  async #uploadRemote(file: RemoteUppyFile<M, B>): Promise<void> {
    const upload = this.#remote.upload(file, this.opts);
    this.#showCapability();
    await upload;
    this.#showCapability();
  }

  // ── What happens to the files in Uppy ───────────────────────────────────────────────────────────────────────────

  readonly #removed = (file: UppyFile<M, B>): void => {
    this.#local.remove(file.id);
    this.#remote.stop(file);
  };

  readonly #paused = (file: UppyFile<M, B> | undefined, isPaused: boolean): void => {
    if (!file) return;
    this.#local.setPaused(file.id, isPaused);
    if (isPaused) this.#remote.keepGoing(file.id);
  };

  readonly #pausedAll = (): void => {
    this.#local.pauseAll();
    this.#remote.keepAllGoing();
  };

  readonly #resumedAll = (): void => this.#local.resumeAll();

  readonly #pluginAdded = (plugin: { id: string; type: string }): void =>
    refuseLaterUploader(this.uppy, this, plugin);

  /** `uppy.clear()` empties the list without a word. */
  readonly #stateChanged = (
    before: Pick<State<M, B>, 'files'>,
    after: Pick<State<M, B>, 'files' | 'currentUploads'>,
  ): void => {
    if (before.files === after.files || !this.#isBusy) return;
    for (const _ in after.files) return;
    // It leaves the uploads in place, and Uppy then stumbles over their missing files.
    queueMicrotask(() => this.#forgetUploads(Object.keys(after.currentUploads)));
    this.#local.removeAll();
    this.#remote.stopAll(before.files);
  };

  get #isBusy(): boolean {
    return this.#local.isBusy || this.#remote.isBusy;
  }

  #forgetUploads(ids: readonly string[]): void {
    const currentUploads = { ...this.uppy.getState().currentUploads };
    for (const id of ids) delete currentUploads[id];
    this.uppy.setState({ currentUploads });
  }

  /** The uploader is taken out of Uppy: what is on its way ends, and Uppy's promises with it. */
  #abandon(): void {
    const error = uploaderGone();
    this.#local.abandon(error);
    for (const id of this.#remote.stopAll(this.uppy.getState().files)) {
      const file = this.uppy.getFile(id);
      if (file) this.uppy.emit('upload-error', file, error, failureOf(error));
    }
  }

  // ── Capability ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Uppy has one word for all files: with a remote one under way it is about the others, as long as there are any. */
  readonly #showCapability = (): void => {
    // The end of a file may come after that of the uploader.
    if (!this.#restoreUpload) return;
    const hasParts = this.manager.adapter.capabilities.uploadPlans.includes('parts');
    this.#setCapability(hasParts && (!this.#remote.isBusy || this.#local.isBusy));
  };

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

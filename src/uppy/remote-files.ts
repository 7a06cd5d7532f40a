import type { Uppy } from '@uppy/core';
import type { RequestClient } from '@uppy/core/companion-client';
import type { Body, Meta, TaskQueue as Queue, RemoteUppyFile, UppyFile } from '@uppy/core/utils';
import { abortable } from '../transfer/clock.js';
import { cancelAtCompanion } from './companion-cancel.js';
import type { TransferUploaderOptions } from './options.js';
import { getAllowedMetaFields, TaskQueue } from './peer.js';

/** Remote files at once; each is a socket to Companion, which does the work. */
const atOnce = 6;

interface Running {
  readonly controller: AbortController;
  /** Resolves when the file has ended in whatever way. */
  readonly ended: Promise<void>;
}

/** Files that lie elsewhere: Companion fetches and stores them, so not a byte of theirs comes through the page. */
export class RemoteFiles<M extends Meta, B extends Body> {
  readonly #uppy: Uppy<M, B>;
  readonly #queue = new TaskQueue({ concurrency: atOnce });
  readonly #running = new Map<string, Running>();

  constructor(uppy: Uppy<M, B>) {
    this.#uppy = uppy;
  }

  /** Whether any is under way: these can be removed, but not paused. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /**
   * Resolves when the file has ended in whatever way; Uppy's client tells it through Uppy's events. One that is under way
   * already, and tried again by impatience, is waited for: Companion would store it twice.
   */
  upload(file: RemoteUppyFile<M, B>, options: TransferUploaderOptions<M, B>): Promise<void> {
    const before = this.#running.get(file.id);
    if (before && !before.controller.signal.aborted) return before.ended;
    const controller = new AbortController();
    const ended = this.#run(file, options, controller).finally(() => {
      // The file may have been removed, added once more and begun again meanwhile.
      if (this.#running.get(file.id)?.controller === controller) this.#running.delete(file.id);
    });
    this.#running.set(file.id, { controller, ended });
    return ended;
  }

  async #run(
    file: RemoteUppyFile<M, B>,
    options: TransferUploaderOptions<M, B>,
    controller: AbortController,
  ): Promise<void> {
    try {
      const client = this.#uppy.getRequestClientForFile<RequestClient<M, B>>(file);
      const { signal } = controller;
      await client.uploadRemoteFile(file, toldTo(file, options), {
        signal,
        getQueue: () => this.#slots(signal),
      });
    } catch (error) {
      // The client has told its own failures; a file whose client is not registered has had nobody to tell them.
      if (!controller.signal.aborted && !this.#uppy.getFile(file.id)?.error) {
        this.#uppy.emit('upload-error', file, error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  /** The queue, as one file's upload sees it: Uppy's client waits for ever for a socket that it closed when stopped. */
  #slots(signal: AbortSignal): Pick<Queue, 'wrapPromiseFunction'> {
    const wrapPromiseFunction: Queue['wrapPromiseFunction'] = attempt =>
      this.#queue.wrapPromiseFunction(((...given) => abortable(attempt(...given), signal)) as typeof attempt);
    return { wrapPromiseFunction };
  }

  /** Companion stores what it has begun: a file that is under way does not look paused. */
  keepGoing(id: string): void {
    if (!this.#running.has(id)) return;
    // After Uppy's own client has heard of the pause.
    queueMicrotask(() => {
      const file = this.#uppy.getFile(id);
      if (!file?.isPaused || !this.#running.has(id)) return;
      this.#uppy.setFileState(id, { isPaused: false });
      this.#uppy.emit('upload-pause', this.#uppy.getFile(id), false);
    });
  }

  keepAllGoing(): void {
    for (const id of this.#running.keys()) this.keepGoing(id);
  }

  /** Ends the upload of a file that is no longer wanted, here and at Companion. The file: as Uppy has or last had it. */
  stop(file: UppyFile<M, B>): void {
    const controller = this.#running.get(file.id)?.controller;
    if (!controller || !file.isRemote) return;
    // Uppy's own client hears of a removal after us, and must still have its socket to pass it on.
    queueMicrotask(() => {
      if (controller.signal.aborted) return;
      controller.abort();
      if (!file.serverToken || file.progress.uploadComplete) return;
      // It does not do so for a file that stays in Uppy, nor while its socket is just being opened.
      cancelAtCompanion(file.remote.companionUrl, file.serverToken);
      // Else a retry would wait for what was cancelled.
      if (this.#uppy.getFile(file.id)) this.#uppy.setFileState(file.id, { serverToken: null });
    });
  }

  /** Ends all uploads of these files; tells which were under way. */
  stopAll(files: Readonly<Record<string, UppyFile<M, B>>>): readonly string[] {
    const ids = [...this.#running.keys()];
    for (const id of ids) {
      if (files[id]) this.stop(files[id]);
      // Of a file that Uppy has forgotten there is no token to cancel it by.
      else this.#running.get(id)?.controller.abort();
    }
    return ids;
  }
}

function toldTo<M extends Meta, B extends Body>(
  file: RemoteUppyFile<M, B>,
  options: TransferUploaderOptions<M, B>,
): Record<string, unknown> {
  if (options.companionArguments) return { ...file.remote.body, ...options.companionArguments(file) };
  const fields = getAllowedMetaFields(options.allowedMetaFields ?? true, file.meta);
  return {
    ...file.remote.body,
    protocol: 's3-multipart',
    size: file.data.size,
    metadata: Object.fromEntries(fields.map(field => [field, file.meta[field]])),
  };
}

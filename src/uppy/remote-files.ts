import type { Uppy } from '@uppy/core';
import type { RequestClient } from '@uppy/core/companion-client';
import {
  type Body,
  getAllowedMetaFields,
  type Meta,
  type RemoteUppyFile,
  TaskQueue,
  type UppyFile,
} from '@uppy/core/utils';
import type { TransferUploaderOptions } from './options.js';

/** Remote files at once; each is a socket to Companion, which does the work. */
const atOnce = 6;

/** Files that lie elsewhere: Companion fetches and stores them, so not a byte of theirs comes through the page. */
export class RemoteFiles<M extends Meta, B extends Body> {
  readonly #uppy: Uppy<M, B>;
  readonly #queue = new TaskQueue({ concurrency: atOnce });
  readonly #running = new Map<string, AbortController>();

  constructor(uppy: Uppy<M, B>) {
    this.#uppy = uppy;
  }

  /** Whether any is under way: these can be removed, but not paused. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Resolves when the file has ended in whatever way; Uppy's client tells it through Uppy's events. */
  async upload(file: RemoteUppyFile<M, B>, options: TransferUploaderOptions<M, B>): Promise<void> {
    const controller = new AbortController();
    this.#running.set(file.id, controller);
    try {
      const client = this.#uppy.getRequestClientForFile<RequestClient<M, B>>(file);
      const { signal } = controller;
      await client.uploadRemoteFile(file, toldTo(file, options), { signal, getQueue: () => this.#queue });
    } catch (error) {
      // The client has told its own failures; a file whose client is not registered has had nobody to tell them.
      if (!controller.signal.aborted && !this.#uppy.getFile(file.id)?.error) {
        this.#uppy.emit('upload-error', file, error instanceof Error ? error : new Error(String(error)));
      }
    } finally {
      this.#running.delete(file.id);
    }
  }

  isUploading(id: string): boolean {
    return this.#running.has(id);
  }

  /** Ends the upload of a file that is no longer wanted. */
  stop(file: Pick<UppyFile<M, B>, 'id'>): void {
    this.#running.get(file.id)?.abort();
  }

  stopAll(): readonly string[] {
    const ids = [...this.#running.keys()];
    for (const controller of this.#running.values()) controller.abort();
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

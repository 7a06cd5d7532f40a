import type { Uppy, UppyFile } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import { errorName, TransferError } from '../../core/errors.js';
import { companionError, notCleared, stalledError } from './errors.js';
import type { CompanionOptions } from './options.js';

const MiB = 1024 ** 2;
const mostParts = 10_000;
/** How long an upload that is being begun is waited for, so that its id is known and it can be ended. Milliseconds. */
const beginWithin = 10_000;
/** An unfinished upload is cleared away with so many tries, and so many milliseconds after the first. */
const abortTries = 4;
const abortPause = 300;
/** An answer may take this much longer than a byte: Complete puts gigabytes together. */
const answerFactor = 4;

type File_ = UppyFile<Meta, Body> & { s3Multipart?: { uploadId: string; key: string } };

/** What is kept of one file between two tries, pauses included. */
export interface Slot {
  readonly path: string;
  /** In Uppy, with no request under way. */
  parked?: string | undefined;
  /** An upload in parts that broke off. */
  kept?: { uploadId: string; key: string } | undefined;
  /** Kept from an earlier try already: when it moves nothing either, it is of no use. */
  isOld?: boolean;
  parking?: Promise<void>;
}

export interface Sent {
  readonly key: string;
  readonly location: string;
}

interface Watcher {
  progress(bytes: number, total: number): void;
  done(sent: Sent): void;
  failed(error: unknown): void;
}

/**
 * The one Uppy that speaks to a Companion. It holds the files that the engine is sending, and those that are paused;
 * retries, patience and the number of files at once are the engine's.
 */
export class UppyQueue {
  readonly #uppy: Uppy<Meta, Body>;
  readonly #options: CompanionOptions;
  readonly #watchers = new Map<string, Watcher>();
  /** Files that nobody watches, by their id in Uppy. */
  readonly #parked = new Map<string, Slot>();
  #lastNumber = 0;

  private constructor(uppy: Uppy<Meta, Body>, options: CompanionOptions) {
    this.#uppy = uppy;
    this.#options = options;
    uppy.on('upload-progress', (file, { bytesUploaded, bytesTotal }) =>
      this.#watchers.get(file?.id ?? '')?.progress(bytesUploaded, bytesTotal ?? 0),
    );
    uppy.on('upload-success', (file, { body }) =>
      this.#watchers.get(file?.id ?? '')?.done(body as unknown as Sent),
    );
    uppy.on('upload-error', (file, error) => {
      const id = file?.id ?? '';
      const watcher = this.#watchers.get(id);
      if (watcher) watcher.failed(error);
      else this.#failedParked(id);
    });
  }

  /** Loads Uppy: a page that uploads nothing to Companion never does. */
  static async open(options: CompanionOptions): Promise<UppyQueue> {
    const [{ default: UppyClass }, { default: AwsS3 }] = await Promise.all([
      import('@uppy/core'),
      import('@uppy/aws-s3'),
    ]).catch(cause => {
      throw new TransferError('This page could not load Uppy, which it needs for Companion. Reload it.', {
        kind: 'retry',
        reason: 'network',
        cause: errorName(cause),
      });
    });
    const { url, partsFrom = 100 * MiB, partSize = 16 * MiB, metadataFields = [] } = options;
    const quiet = { debug() {}, warn() {}, error() {} };
    const uppy = new UppyClass<Meta, Body>({ id: 'companion', logger: quiet, infoTimeout: 1 });
    uppy.use(AwsS3, {
      companionEndpoint: url.replace(/\/+$/, ''),
      shouldUseMultipart: file => (file.size ?? 0) >= partsFrom,
      // Of the size alone, so that it is the same when an upload is gone on with: Uppy compares nothing.
      getChunkSize: ({ size }) => Math.max(partSize, Math.ceil(size / mostParts)),
      allowedMetaFields: [...metadataFields],
      limit: 0,
    });
    return new UppyQueue(uppy, options);
  }

  /** One try. Rejects with what the engine should do; what was stored of the file stays in `slot`. */
  send(
    slot: Slot,
    body: Blob,
    file: { readonly type: string; readonly meta: Meta },
    { signal, onSent }: { signal: AbortSignal; onSent(bytes: number): void },
  ): Promise<Sent> {
    return new Promise<Sent>((resolve, reject) => {
      const { stallAfter = 25_000 } = this.#options;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let moved = -1;
      let id = '';
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        this.#watchers.delete(id);
      };
      const park = (reason: unknown): void => {
        end();
        this.#park(slot, id);
        reject(reason);
      };
      const stop = (): void => park(signal.reason);
      const watch = (patience: number): void => {
        clearTimeout(timer);
        timer = setTimeout(() => park(stalledError(slot.path)), patience);
      };
      const watcher: Watcher = {
        progress: (bytes, total) => {
          if (bytes <= moved) return;
          moved = bytes;
          slot.isOld = false;
          onSent(bytes);
          watch(bytes >= total ? stallAfter * answerFactor : stallAfter);
        },
        done: sent => {
          end();
          slot.kept = undefined;
          this.#drop(id);
          resolve(sent);
        },
        failed: error => {
          end();
          this.#keep(slot, id);
          this.#drop(id);
          reject(companionError(error, slot.path));
        },
      };
      const start = async (): Promise<void> => {
        // A pause that is being made has the file still in its hands.
        await slot.parking;
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
        watch(stallAfter * answerFactor);
        id = this.#begin(slot, body, file, watcher);
      };
      start().catch(error => {
        end();
        reject(companionError(error, slot.path));
      });
    });
  }

  #begin(slot: Slot, body: Blob, file: { type: string; meta: Meta }, watcher: Watcher): string {
    const uppy = this.#uppy;
    const { parked, path } = slot;
    this.#unpark(slot);
    const there = parked === undefined ? undefined : uppy.getFile(parked);
    if (there && !there.error) {
      this.#watchers.set(there.id, watcher);
      // It came through before it could be stopped.
      if (there.progress.uploadComplete) {
        queueMicrotask(() => watcher.done(there.response?.body as unknown as Sent));
      } else uppy.emit('upload-pause', there, false);
      return there.id;
    }
    if (there) {
      this.#keep(slot, there.id);
      this.#drop(there.id);
    }
    const { type, meta } = file;
    // Uppy takes two files of one name, size and date for the same.
    const relativePath = `${path}#${++this.#lastNumber}`;
    const id = uppy.addFile({ name: path, type, data: body, meta: { ...meta, relativePath } });
    this.#watchers.set(id, watcher);
    const { kept } = slot;
    if (kept) uppy.setFileState(id, { s3Multipart: kept } as Partial<File_>);
    // What becomes of the file is told by events.
    uppy.upload().catch(() => {});
    return id;
  }

  /** Stops the request and leaves the upload where it is: taken out of Uppy, all that is stored of it would go. */
  #park(slot: Slot, id: string): void {
    const file = this.#uppy.getFile(id) as File_ | undefined;
    if (!file) return;
    slot.parked = id;
    this.#parked.set(id, slot);
    slot.parking = this.#begun(id).then(() => {
      const now = this.#uppy.getFile(id);
      if (now) this.#uppy.emit('upload-pause', now, true);
    });
  }

  #unpark(slot: Slot): void {
    if (slot.parked !== undefined) this.#parked.delete(slot.parked);
    slot.parked = undefined;
  }

  /**
   * A file failed while it was being parked. Left in Uppy, it would be tried again before whatever is sent next, and
   * wake all the others that are parked.
   */
  #failedParked(id: string): void {
    const slot = this.#parked.get(id);
    if (!slot) return;
    this.#keep(slot, id);
    this.#unpark(slot);
    this.#drop(id);
  }

  /** Resolves once an upload in parts has its id: aborted before, it would stay behind, and nobody could end it. */
  #begun(id: string): Promise<void> {
    const uppy = this.#uppy;
    const isBegun = (): boolean => {
      const file = uppy.getFile(id) as File_ | undefined;
      const { partsFrom = 100 * MiB } = this.#options;
      return !file || Boolean(file.error) || Boolean(file.s3Multipart) || (file.size ?? 0) < partsFrom;
    };
    if (isBegun()) return Promise.resolve();
    return new Promise(resolve => {
      const look = (): void => {
        if (isBegun()) finish();
      };
      const finish = (): void => {
        clearTimeout(timer);
        uppy.off('state-update', look);
        // The uploader goes on right after it has noted the id.
        setTimeout(resolve);
      };
      const timer = setTimeout(finish, beginWithin);
      uppy.on('state-update', look);
    });
  }

  /** An upload in parts that broke off is gone on with once; one that moved no byte then is begun anew. */
  #keep(slot: Slot, id: string): void {
    const { s3Multipart } = (this.#uppy.getFile(id) ?? {}) as Partial<File_>;
    if (!s3Multipart) return;
    if (slot.isOld) {
      slot.kept = undefined;
      slot.isOld = false;
      void this.#abort(s3Multipart).catch(() => {});
      return;
    }
    slot.kept = s3Multipart;
    slot.isOld = true;
  }

  #drop(id: string): void {
    if (this.#uppy.getFile(id)) this.#uppy.removeFile(id);
  }

  /** Leaves nothing of a file that is not wanted any more. */
  async discard(slot: Slot, signal: AbortSignal): Promise<void> {
    await slot.parking;
    const { parked, kept } = slot;
    this.#unpark(slot);
    slot.kept = undefined;
    // Uppy ends the upload of a file that is removed.
    if (parked !== undefined) this.#drop(parked);
    if (kept) await this.#abort(kept, signal);
  }

  async #abort({ uploadId, key }: { uploadId: string; key: string }, signal?: AbortSignal): Promise<void> {
    const url = `${this.#options.url.replace(/\/+$/, '')}/s3/multipart/${encodeURIComponent(uploadId)}`;
    const query = new URLSearchParams({ key });
    for (let tries = 1; ; tries++) {
      const { status } = await fetch(`${url}?${query}`, { method: 'DELETE', ...(signal ? { signal } : {}) });
      if (status < 500) return;
      if (tries === abortTries) throw notCleared(status);
      await new Promise(resolve => setTimeout(resolve, abortPause * tries));
    }
  }
}

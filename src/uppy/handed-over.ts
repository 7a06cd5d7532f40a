import type { UploadResult, Uppy, UppyFile } from '@uppy/core';
import type { Meta } from '@uppy/core/utils';
import { TransferError } from '../core/errors.js';
import type { UploadInput } from '../transfer/types.js';
import type { Taken } from './admitted.js';
import type { FrontHost } from './front-host.js';
import { failureOf, successOf } from './response.js';

type File_ = UppyFile<Meta, Record<string, never>>;

interface Told {
  readonly successful: File_[];
  readonly failed: File_[];
}

/**
 * Files that have left Uppy for an upload of the page's: those who listen to Uppy hear of their ends all the same, and
 * `complete` comes when they are stored, and names them.
 */
export class HandedOver {
  readonly #uppy: Uppy;
  readonly #host: FrontHost;
  /** By Uppy's upload. */
  readonly #told = new Map<string, Told>();

  constructor(uppy: Uppy, host: FrontHost) {
    this.#uppy = uppy;
    this.#host = host;
    const emit = uppy.emit.bind(uppy) as (event: string, ...told: unknown[]) => void;
    const emitWhole = (event: string, ...told: unknown[]): void => {
      if (event === 'complete') this.#fill(told[0] as UploadResult<Meta, Record<string, never>>);
      emit(event, ...told);
    };
    uppy.emit = emitWhole as typeof uppy.emit;
  }

  /** Uppy's own result knows only of files that it still has; `uppy.upload()` resolves to the same object. */
  #fill(result: UploadResult<Meta, Record<string, never>> | undefined): void {
    const told = this.#told.get(result?.uploadID ?? '');
    if (!result || !told) return;
    this.#told.delete(result.uploadID ?? '');
    result.successful = [...(result.successful ?? []), ...told.successful];
    result.failed = [...(result.failed ?? []), ...told.failed];
  }

  /** Hands files over and resolves when they have ended. */
  async upload(uploadId: string, handed: ReadonlyMap<UploadInput, File_>): Promise<void> {
    if (handed.size === 0) return;
    const taken = await this.#take([...handed.keys()]);
    await taken?.job.finished.catch(() => {});
    const indexes = new Map(taken?.files.map((input, index) => [input, index]));
    for (const [input, file] of handed)
      this.#tell(uploadId, file, taken?.job.items.at(indexes.get(input) ?? -1));
  }

  async #take(inputs: readonly UploadInput[]): Promise<Taken | undefined> {
    try {
      return await this.#host.take(inputs);
    } catch (error) {
      reportError(error);
      return undefined;
    }
  }

  #tell(uploadId: string, file: File_, item: ReturnType<Taken['job']['items']['at']>): void {
    const uppy = this.#uppy;
    if (item?.result) {
      const response = successOf<Meta, Record<string, never>>(
        item.result,
        file,
        {} as never,
        this.#host.taken(),
      );
      const { bytesTotal } = file.progress;
      const progress = {
        ...file.progress,
        percentage: 100,
        bytesUploaded: bytesTotal,
        uploadComplete: true,
        complete: true,
      };
      this.stored(uploadId, { ...file, progress, response } as File_);
      this.#heard(() => uppy.emit('upload-success', file, response));
      return;
    }
    const error =
      item?.error ??
      new TransferError(`${file.name} was not uploaded.`, { kind: 'fatal', reason: 'aborted' });
    this.failed(uploadId, { ...file, error: error.message } as File_);
    const { error: before } = uppy.getState();
    this.#heard(() => uppy.emit('upload-error', file, error, failureOf(error)));
    // Uppy has none of these files any more, and would look broken for ever.
    uppy.setState({ error: before });
  }

  stored(uploadId: string, file: File_): void {
    this.#toldOf(uploadId).successful.push(file);
  }

  failed(uploadId: string, file: File_): void {
    this.#toldOf(uploadId).failed.push(file);
  }

  #toldOf(uploadId: string): Told {
    const told = this.#told.get(uploadId) ?? { successful: [], failed: [] };
    this.#told.set(uploadId, told);
    return told;
  }

  /** A listener of the page's may throw: that is told, and holds no other file up. */
  #heard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      reportError(error);
    }
  }
}

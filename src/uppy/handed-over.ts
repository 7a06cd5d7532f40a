import type { UploadResult, Uppy, UppyFile } from '@uppy/core';
import type { Meta } from '@uppy/core/utils';
import { TransferError } from '../core/errors.js';
import { isEnd } from '../transfer/item-table.js';
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
    const given = [...handed.keys()];
    const taken = await this.#take(given);
    await taken?.job.finished.catch(() => {});
    const indexes = taken ? placesOf(given, taken.files) : [];
    const failed = new Map<number, File_>();
    for (const [at, file] of [...handed.values()].entries()) {
      const index = indexes[at] ?? -1;
      const item = taken?.job.items.at(index);
      this.#tell(uploadId, file, item);
      if (item && !item.result) failed.set(index, file);
    }
    if (taken && failed.size > 0) this.#watchRetries(taken.job, failed);
  }

  /** The person, or the page, tries some again from the list. `complete` was told: these come by themselves. */
  #watchRetries(job: Taken['job'], failed: Map<number, File_>): void {
    const heard = new AbortController();
    const underWay = new Set<number>();
    const look = ({ indexes }: { readonly indexes: readonly number[] }): void => {
      for (const index of indexes) {
        const file = failed.get(index);
        const item = job.items.at(index);
        if (!file || !item) continue;
        if (!isEnd(item.state)) underWay.add(index);
        else if (underWay.delete(index)) {
          if (item.result) failed.delete(index);
          this.#tell(undefined, file, item);
        }
      }
      if (failed.size === 0) heard.abort();
    };
    job.addEventListener('itemchange', look, { signal: heard.signal });
  }

  async #take(inputs: readonly UploadInput[]): Promise<Taken | undefined> {
    try {
      return await this.#host.take(inputs);
    } catch (error) {
      reportError(error);
      return undefined;
    }
  }

  /** `uploadId`: undefined once that upload of Uppy's is complete. */
  #tell(uploadId: string | undefined, file: File_, item: ReturnType<Taken['job']['items']['at']>): void {
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
      if (uploadId !== undefined) this.stored(uploadId, { ...file, progress, response } as File_);
      this.#heard(() => uppy.emit('upload-success', file, response));
      return;
    }
    const error =
      item?.error ??
      new TransferError(`${file.name} was not uploaded.`, { kind: 'fatal', reason: 'aborted' });
    if (uploadId !== undefined) this.failed(uploadId, { ...file, error: error.message } as File_);
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

/**
 * Where each file is among those that were taken; -1: it is not. A page may put others in the place of those that it was
 * given, which are other objects then. As many new ones as there are missing stand for these, in order; else those of the
 * same name do, and where no name is left (an archive of all, say) the last new one tells what became of them.
 */
function placesOf(given: readonly UploadInput[], taken: readonly UploadInput[]): number[] {
  const indexes = new Map(taken.map((input, index) => [input, index]));
  const known = new Set(given);
  const fresh = [...taken.keys()].filter(index => !known.has(taken[index]!));
  const missing = given.filter(input => !indexes.has(input));
  const byName = new Map(fresh.map(index => [nameOf(taken[index]!), index]));
  const hasNames = missing.some(input => byName.has(nameOf(input)));
  for (const [at, input] of missing.entries()) {
    const place =
      missing.length === fresh.length ? fresh[at] : hasNames ? byName.get(nameOf(input)) : fresh.at(-1);
    if (place !== undefined) indexes.set(input, place);
  }
  return given.map(input => indexes.get(input) ?? -1);
}

const nameOf = (input: UploadInput): string =>
  (input instanceof File ? input.name : input.path).split('/').at(-1) ?? '';

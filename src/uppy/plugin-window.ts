import type { Uppy, UppyFile } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import { TransferError } from '../core/errors.js';
import { nameOf } from '../core/path.js';
import type { UploadExtra, UploadFile, UploadInput } from '../transfer/types.js';
import { metadataOf, named, pathOf } from './file-input.js';

/** A file as the page gave it, opened. */
interface Opened {
  readonly input: File | UploadFile;
  readonly path: string;
  readonly blob: Blob;
}

/** A file in Uppy: as it came in, and as the plugins left it. */
interface Passing extends Opened {
  readonly before: UppyFile<Meta, Body>;
  after: UppyFile<Meta, Body> | undefined;
}

let lastNumber = 0;

/**
 * Takes files through Uppy's preprocessing plugins, a few at a time, and lets them go again: Uppy copies all it holds
 * at every change, so what it costs depends on how many files it holds and not on how many there are.
 */
export class PluginWindow {
  readonly #uppy: Uppy;
  /** Uploads of this window: Uppy's own run, with these files and no others. */
  readonly #runs = new Map<string, Map<string, Passing>>();
  readonly #ids = new Set<string>();

  constructor(uppy: Uppy) {
    this.#uppy = uppy;
  }

  /** Whether a file in Uppy is one of these. */
  holds(id: string): boolean {
    return this.#ids.has(id);
  }

  /**
   * Uppy's uploading step, after all plugins have prepared the files. False: the upload is somebody else's, such as one
   * that a button in the Dashboard began.
   */
  collect(ids: readonly string[], uploadId: string): boolean {
    const passing = this.#runs.get(uploadId);
    if (!passing) return false;
    for (const id of ids) {
      const one = passing.get(id);
      if (one) one.after = this.#uppy.getFile(id);
    }
    this.#release(passing);
    return true;
  }

  /** What becomes of these files: each as the plugins made it, or why it is left out. In the same order. */
  async prepare(inputs: readonly (File | UploadFile)[]): Promise<UploadInput[]> {
    const results = new Map<File | UploadFile, UploadInput>();
    const passing = new Map<string, Passing>();
    for (const opened of await Promise.all(inputs.map(open))) {
      if ('kind' in opened) {
        results.set(opened.input, opened.extra);
        continue;
      }
      try {
        const id = this.#add(opened);
        passing.set(id, { ...opened, before: this.#uppy.getFile(id), after: undefined });
      } catch (error) {
        results.set(opened.input, leftOut(opened.path, error));
      }
    }
    const failure = passing.size === 0 ? undefined : await this.#run(passing);
    for (const one of passing.values()) results.set(one.input, outcomeOf(one, failure));
    return inputs.map(input => results.get(input)!);
  }

  /** Resolves to what a plugin threw: then none of these files is prepared. */
  async #run(passing: Map<string, Passing>): Promise<unknown> {
    const uppy = this.#uppy;
    const uploadId = `window-${++lastNumber}`;
    const fileIDs = [...passing.keys()];
    this.#runs.set(uploadId, passing);
    uppy.emit('upload', uploadId, uppy.getFilesByIds(fileIDs));
    const { currentUploads } = uppy.getState();
    uppy.setState({ currentUploads: { ...currentUploads, [uploadId]: { fileIDs, step: 0, result: {} } } });
    try {
      // `upload()` would take whatever else is in Uppy, a picture that is being edited too.
      await uppy.restore(uploadId);
      return undefined;
    } catch (error) {
      return error ?? new Error('A plugin failed.');
    } finally {
      this.#release(passing);
      this.#runs.delete(uploadId);
    }
  }

  #release(passing: ReadonlyMap<string, Passing>): void {
    const there = [...passing.keys()].filter(id => this.#uppy.getFile(id));
    if (there.length > 0) this.#uppy.removeFiles(there);
    for (const id of passing.keys()) this.#ids.delete(id);
  }

  #add({ input, path, blob }: Opened): string {
    const uppy = this.#uppy;
    const { opts } = uppy;
    // Uppy tells files apart by name, type, size and date, and refuses the second of two alike.
    const id = `${uppy.getID()}-window-${++lastNumber}`;
    const added: typeof opts.onBeforeFileAdded = (file, files) => {
      const own = { ...file, id };
      const answer = opts.onBeforeFileAdded(own, files);
      return answer === true || answer === undefined ? own : answer;
    };
    // How many files and bytes there are in all is not to be seen from a window: the page counts them.
    const restrictions = { ...opts.restrictions, maxNumberOfFiles: null, maxTotalFileSize: null };
    const lifted = { ...opts, restrictions, onBeforeFileAdded: added };
    this.#ids.add(id);
    uppy.opts = lifted;
    try {
      const name = nameOf(path);
      const type = (input instanceof File ? undefined : input.type) || blob.type;
      const meta = { relativePath: path };
      return uppy.addFile({ name, data: named(blob, name), meta, ...(type ? { type } : {}) });
    } catch (error) {
      this.#ids.delete(id);
      throw error;
    } finally {
      if (uppy.opts === lifted) uppy.opts = opts;
    }
  }
}

async function open(
  input: File | UploadFile,
): Promise<
  Opened | { readonly kind: 'failed'; readonly input: File | UploadFile; readonly extra: UploadExtra }
> {
  if (input instanceof File) {
    return { input, path: input.webkitRelativePath || input.name, blob: input };
  }
  const { file, path } = input;
  try {
    return { input, path, blob: typeof file === 'function' ? await file() : file };
  } catch (cause) {
    const message = `${path} can no longer be read. Choose it again.`;
    const error =
      cause instanceof TransferError
        ? cause
        : new TransferError(message, { kind: 'fatal', reason: 'unreadable', path, cause });
    return { kind: 'failed', input, extra: { kind: 'unreadable', path, error } };
  }
}

function outcomeOf({ input, path, blob, before, after }: Passing, failure: unknown): UploadInput {
  if (!after) return leftOut(path, failure ?? new Error('A plugin of this page took it out.'));
  if (after.error) return leftOut(path, new Error(after.error));
  if (after.isRemote || !after.data)
    return leftOut(path, new Error('A plugin of this page left it without content.'));
  // Untouched: the page's own object goes on, with its handle and all that it says.
  const isSame = after.data === before.data && after.meta === before.meta && after.type === before.type;
  if (isSame && !metadataOf(after)) return input;
  const earlier = input instanceof File ? undefined : input;
  const modified = earlier?.modified ?? (blob instanceof File ? blob.lastModified : undefined);
  const metadata = withMeta(earlier, after);
  return {
    file: after.data,
    path: pathOf(after),
    size: after.data.size,
    type: after.type,
    ...(modified === undefined ? {} : { modified }),
    ...(metadata ? { metadata } : {}),
    // A resumed upload would take the file as it lies on the disk, so changed content has no handle.
    ...(after.data === before.data && earlier?.handle ? { handle: earlier.handle } : {}),
  };
}

function withMeta(earlier: UploadFile | undefined, after: UppyFile<Meta, Body>) {
  const added = metadataOf(after);
  if (!added) return earlier?.metadata;
  return { ...earlier?.metadata, custom: { ...earlier?.metadata?.custom, ...added.custom } };
}

function leftOut(path: string, cause: unknown): UploadExtra {
  const why = cause instanceof Error ? cause.message : String(cause);
  const error = new TransferError(`${path} was not uploaded: ${why}`, {
    kind: 'fatal',
    reason: 'invalid-input',
    path,
    cause,
  });
  return { kind: 'unreadable', path, error };
}

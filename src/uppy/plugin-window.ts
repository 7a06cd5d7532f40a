import type { Uppy } from '@uppy/core';
import { nameOf } from '../core/path.js';
import type { UploadInput } from '../transfer/types.js';
import type { Given } from './admitted.js';
import { named } from './file-input.js';
import { type Admission, customOf } from './front-admission.js';
import { withOptions } from './lifted.js';
import { askPage } from './page-hooks.js';
import { leftOut, type MetadataOf, type Opened, open, outcomeOf, type Passing } from './passing.js';

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
  readonly #admission: Admission;
  readonly #metadataOf: MetadataOf;
  readonly #addFile: Uppy['addFile'];

  constructor(uppy: Uppy, admission: Admission, metadataOf: MetadataOf) {
    this.#uppy = uppy;
    this.#metadataOf = metadataOf;
    this.#admission = admission;
    // Before anybody watches what plugins add.
    this.#addFile = uppy.addFile.bind(uppy);
    this.#keepQuiet();
  }

  /** Uppy says `complete` after each window, when nothing is stored yet: that is no news to anybody. */
  #keepQuiet(): void {
    const uppy = this.#uppy;
    const emit = uppy.emit.bind(uppy) as (event: string, ...told: unknown[]) => void;
    const emitOthers = (event: string, ...told: unknown[]): void => {
      const { uploadID } = (told[0] ?? {}) as { uploadID?: string };
      if (event !== 'complete' || !this.#runs.has(uploadID ?? '')) emit(event, ...told);
    };
    uppy.emit = emitOthers as typeof uppy.emit;
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
  async prepare(inputs: readonly Given[]): Promise<UploadInput[]> {
    const results = new Map<Given, UploadInput>();
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
    for (const one of passing.values()) results.set(one.input, outcomeOf(one, failure, this.#metadataOf));
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
    const known = this.#admission.knownAs(input);
    const added: typeof opts.onBeforeFileAdded = (file, files) => {
      const own = { ...file, id };
      // The page was asked about it already.
      if (known) return own;
      const { answer, isBroken } = askPage('onBeforeFileAdded', () => opts.onBeforeFileAdded(own, files));
      if (isBroken) throw new Error('This page’s own check of it broke off.');
      if (answer === false) throw new Error('This page does not let it be uploaded.');
      return answer === true || answer === undefined ? own : answer;
    };
    // How many files and bytes there are in all is not to be seen from a window: who gives the files counts them.
    const restrictions = { maxNumberOfFiles: null, maxTotalFileSize: null };
    const name = nameOf(path);
    const type = (input instanceof File ? undefined : input.type) || blob.type;
    const meta = { ...customOf(input), ...known?.meta, relativePath: path };
    const file = { name, data: named(blob, name), meta, ...(type ? { type } : {}) };
    this.#ids.add(id);
    try {
      return withOptions(uppy, { restrictions, onBeforeFileAdded: added }, () => this.#addFile(file));
    } catch (error) {
      this.#ids.delete(id);
      throw error;
    }
  }
}

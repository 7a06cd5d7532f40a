import type { Uppy, UppyFile } from '@uppy/core';
import type { Meta } from '@uppy/core/utils';
import { nameOf } from '../core/path.js';
import type { UploadInput } from '../transfer/types.js';
import { type Admitted, type Given, isGiven, type Refused, type Why } from './admitted.js';
import { askPage } from './page-hooks.js';
import { changed, type MetadataOf, type Opened, open } from './passing.js';
import { getFileNameAndExtension, getFileType } from './peer.js';

type File_ = UppyFile<Meta, Record<string, never>>;
type Files = Record<string, File_>;

interface Asked extends Opened {
  readonly before: File_;
  now: File_;
}

/** Files opened at once. */
const openAtOnce = 16;

let lastNumber = 0;

/**
 * What Uppy asks of files before it uploads them (`onBeforeFileAdded`, `onBeforeUpload`, `minNumberOfFiles`,
 * `requiredMetaFields`), asked of a whole selection that Uppy never holds: one pass, however many there are.
 */
export class Admission {
  readonly #uppy: Uppy;
  readonly #metadataOf: MetadataOf;
  readonly #untouched: Pick<Uppy['opts'], 'onBeforeFileAdded' | 'onBeforeUpload'>;
  /** As Uppy would have had them: their meta fields are the plugins' to read. */
  readonly #known = new WeakMap<Given, File_>();

  /** `uppy`: as it was made, with no function of the page's. */
  constructor(uppy: Uppy, metadataOf: MetadataOf) {
    this.#metadataOf = metadataOf;
    const { onBeforeFileAdded, onBeforeUpload } = uppy.opts;
    this.#uppy = uppy;
    this.#untouched = { onBeforeFileAdded, onBeforeUpload };
  }

  /** Whether the page has a function for files as they are added. */
  get hasAddHook(): boolean {
    return this.#uppy.opts.onBeforeFileAdded !== this.#untouched.onBeforeFileAdded;
  }

  /** What was made of a file here; undefined: it was never asked about. */
  knownAs(input: Given): File_ | undefined {
    return this.#known.get(input);
  }

  /** `others`: files that are stored or on their way besides these. */
  async ask(inputs: readonly UploadInput[], others: number): Promise<Admitted> {
    const refused: Refused[] = [];
    const changes = new Map<UploadInput, UploadInput>();
    if (this.#hasToLook) {
      const { files, failed } = await this.#files(inputs);
      for (const [input, extra] of failed) changes.set(input, extra);
      const left = this.#withFields(this.#beforeUpload(this.#beforeAdded(files, refused), refused), refused);
      for (const asked of left) {
        const { input, before, now } = asked;
        const result =
          now.data instanceof Blob
            ? changed(asked, before, { ...now, data: now.data } as never, this.#metadataOf)
            : input;
        this.#known.set(result, now);
        changes.set(input, result);
      }
    }
    const out = new Set<UploadInput>(refused.map(({ input }) => input));
    const admitted = inputs.filter(input => !out.has(input));
    const { minNumberOfFiles } = this.#uppy.opts.restrictions;
    const given = admitted.filter(isGiven);
    if (minNumberOfFiles && given.length > 0 && given.length + others < minNumberOfFiles) {
      const words = this.#uppy.i18n('youHaveToAtLeastSelectX', { smart_count: minNumberOfFiles });
      refused.push(...given.map(input => ({ input, why: { words } })));
      return { inputs: [], refused };
    }
    return { inputs: admitted.map(input => changes.get(input) ?? input), refused };
  }

  /** Most pages ask nothing of this: then no file is opened for it. */
  get #hasToLook(): boolean {
    const { opts } = this.#uppy;
    return (
      this.hasAddHook ||
      opts.onBeforeUpload !== this.#untouched.onBeforeUpload ||
      opts.restrictions.requiredMetaFields.length > 0 ||
      Object.keys(this.#uppy.getState().meta).length > 0
    );
  }

  async #files(
    inputs: readonly UploadInput[],
  ): Promise<{ files: Asked[]; failed: Map<UploadInput, UploadInput> }> {
    const given = inputs.filter(isGiven);
    const files: Asked[] = [];
    const failed = new Map<UploadInput, UploadInput>();
    for (let start = 0; start < given.length; start += openAtOnce) {
      for (const opened of await Promise.all(given.slice(start, start + openAtOnce).map(open))) {
        if ('kind' in opened) failed.set(opened.input, opened.extra);
        else {
          const before = this.#describe(opened);
          files.push({ ...opened, before, now: before });
        }
      }
    }
    return { files, failed };
  }

  #describe({ input, path, blob }: Opened): File_ {
    const uppy = this.#uppy;
    const name = nameOf(path);
    const type = getFileType({ name, type: (input instanceof File ? undefined : input.type) || blob.type });
    return {
      source: '',
      id: `${uppy.getID()}-chosen-${++lastNumber}`,
      name,
      extension: getFileNameAndExtension(name).extension ?? '',
      type,
      size: blob.size,
      data: blob,
      isRemote: false,
      isGhost: false,
      meta: { ...uppy.getState().meta, ...customOf(input), relativePath: path, name, type },
      progress: {
        percentage: 0,
        bytesUploaded: false,
        bytesTotal: blob.size,
        uploadComplete: false,
        uploadStarted: null,
      },
    };
  }

  #beforeAdded(files: readonly Asked[], refused: Refused[]): Asked[] {
    const { opts } = this.#uppy;
    if (!this.hasAddHook) return [...files];
    const added: Files = {};
    const left: Asked[] = [];
    for (const asked of files) {
      const { answer: result, why: no } = this.#hear('onBeforeFileAdded', () =>
        opts.onBeforeFileAdded(asked.now, added),
      );
      if (result === false) {
        refused.push({ input: asked.input, why: no });
        continue;
      }
      if (typeof result === 'object' && result !== null) asked.now = renamed(asked.now, result);
      const words = this.#uppy.validateSingleFile(asked.now);
      if (words) {
        refused.push({ input: asked.input, why: { words } });
        continue;
      }
      added[asked.before.id] = asked.now;
      left.push(asked);
    }
    return left;
  }

  #beforeUpload(files: readonly Asked[], refused: Refused[]): readonly Asked[] {
    const { opts } = this.#uppy;
    if (files.length === 0 || opts.onBeforeUpload === this.#untouched.onBeforeUpload) return files;
    const all: Files = Object.fromEntries(files.map(({ before, now }) => [before.id, now]));
    const { answer: result, why } = this.#hear('onBeforeUpload', () => opts.onBeforeUpload(all));
    if (result !== false && (typeof result !== 'object' || result === null)) return files;
    return files.filter(asked => {
      const now = result === false ? undefined : (result as Files)[asked.before.id];
      if (now) asked.now = renamed(asked.now, now);
      else refused.push({ input: asked.input, why });
      return now !== undefined;
    });
  }

  /** As in Uppy a field is missing that is not there or an empty text, and a page hears of it in the same way. */
  #withFields(files: readonly Asked[], refused: Refused[]): readonly Asked[] {
    const uppy = this.#uppy;
    const { requiredMetaFields } = uppy.opts.restrictions;
    return files.filter(({ input, now }) => {
      const missing = requiredMetaFields.filter(
        field => !Object.hasOwn(now.meta, field) || now.meta[field] === '',
      );
      if (missing.length === 0) return true;
      const words = uppy.i18n('missingRequiredMetaFieldOnFile', { fileName: now.name });
      const error = Object.assign(new Error(words), { isRestriction: true, isUserFacing: true });
      const file = { ...now, missingRequiredMetaFields: missing, error: words };
      uppy.emit('restriction-failed', file, error as never);
      refused.push({ input, why: { words: `${words} (${missing.join(', ')})` } });
      return false;
    });
  }

  /** What a function of the page's answers; `why`: should that be no, by what it tells by `uppy.info` meanwhile. */
  #hear<T>(name: string, ask: () => T): { answer: T | false; why: Why } {
    const before = this.#uppy.getState().info.length;
    const { answer, isBroken } = askPage(name, ask);
    const words = this.#uppy.getState().info.slice(before).at(-1)?.message;
    return { answer, why: isBroken ? 'unchecked' : words === undefined ? 'unsaid' : { words } };
  }
}

export const customOf = (input: Given): Readonly<Record<string, string>> =>
  (input instanceof File ? undefined : input.metadata?.custom) ?? {};

/** A page that renames a file gives it another `name`; a person's editing goes into `meta.name`, which wins. */
function renamed(before: File_, after: File_): File_ {
  if (after.name === before.name || after.meta.name !== before.meta.name) return after;
  return { ...after, meta: { ...after.meta, name: after.name } } as File_;
}

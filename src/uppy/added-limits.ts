import type { Uppy, UppyFile } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import { isAccepted, parseAccept } from '../core/accept.js';
import type { Amount, Refusal, Why } from './admitted.js';
import { type Lifted, withOptions } from './lifted.js';
import { askPage } from './page-hooks.js';

type File_ = UppyFile<Meta, Body>;

export interface AddedLimitsOptions {
  /** Files and bytes besides those in Uppy. */
  readonly others: () => Amount;
  /** Files in Uppy that are among `others`. */
  readonly isCounted: (id: string) => boolean;
  /** What the page allows, as in `accept`; beside Uppy's own list. */
  readonly types: () => readonly string[];
  /** Why nothing may be added at all, in words. */
  readonly off: () => string | undefined;
  readonly refuse: (refusals: readonly Refusal[]) => void;
}

/**
 * Holds files that plugins add to the restrictions of a whole page: Uppy sees those few alone that are in it at the
 * moment, and some of them twice.
 */
export class AddedLimits {
  readonly #uppy: Uppy;
  readonly #options: AddedLimitsOptions;
  /** Files at which the page's function broke. */
  readonly #unchecked = new Set<string>();

  constructor(uppy: Uppy, options: AddedLimitsOptions) {
    this.#uppy = uppy;
    this.#options = options;
    const addFile = uppy.addFile.bind(uppy);
    const addFiles = uppy.addFiles.bind(uppy);
    uppy.addFile = file => this.#watch(() => addFile(file));
    uppy.addFiles = files => this.#watch(() => addFiles(files));
  }

  /** Whatever Uppy refuses meanwhile is told to the person here: plugins often keep it to themselves. */
  #watch<T>(add: () => T): T {
    const uppy = this.#uppy;
    const told = uppy.getState().info.length;
    const refusals: Refusal[] = [];
    const heard = (file: File_ | undefined, error: Error): void => {
      refusals.push({
        name: file?.name ?? uppy.i18n('unnamed'),
        size: file?.size ?? undefined,
        why: this.#why(file, error, told),
      });
    };
    uppy.on('restriction-failed', heard as never);
    try {
      return withOptions(uppy, this.#lifted(), add);
    } finally {
      uppy.off('restriction-failed', heard as never);
      this.#unchecked.clear();
      if (refusals.length > 0) this.#options.refuse(refusals);
    }
  }

  #why(file: File_ | undefined, error: Error & { isUserFacing?: boolean }, told: number): Why {
    if (file && this.#unchecked.has(file.id)) return 'unchecked';
    if (error.isUserFacing) return { words: error.message };
    const words = this.#uppy.getState().info.slice(told).at(-1)?.message;
    return words === undefined ? 'unsaid' : { words };
  }

  /** Counting is done here, once for all files that come together and then one by one. */
  #lifted(): Lifted {
    const { onBeforeFileAdded, restrictions } = this.#uppy.opts;
    const types = this.#options.types();
    const rules = parseAccept(types.join());
    let amount: Amount | undefined;
    const check = (file: File_): void => {
      const off = this.#options.off();
      if (off !== undefined) throw restriction(off, file);
      if (!isAccepted(rules, file.name, file.type)) throw this.#wrongType(file, types);
      const { maxNumberOfFiles, maxTotalFileSize } = restrictions;
      if (maxNumberOfFiles === null && maxTotalFileSize === null) return;
      amount ??= this.#amount();
      this.#compare(file, amount, { maxNumberOfFiles, maxTotalFileSize });
      amount = { files: amount.files + 1, bytes: amount.bytes + (file.size ?? 0) };
    };
    return {
      restrictions: { maxNumberOfFiles: null, maxTotalFileSize: null },
      onBeforeFileAdded: (file, files) => {
        const { answer, isBroken } = askPage('onBeforeFileAdded', () => onBeforeFileAdded(file, files));
        if (isBroken) this.#unchecked.add(file.id);
        if (answer === false) return false;
        // Uppy answers for a file that it has already.
        if (!(file.id in files)) check(typeof answer === 'object' && answer !== null ? answer : file);
        return answer;
      },
    };
  }

  /** What there is before these files. */
  #amount(): Amount {
    let { files, bytes } = this.#options.others();
    for (const { id, size, isGhost } of this.#uppy.getFiles()) {
      if (isGhost || this.#options.isCounted(id)) continue;
      files += 1;
      bytes += size ?? 0;
    }
    return { files, bytes };
  }

  #wrongType(file: File_, types: readonly string[]): Error {
    const words = this.#uppy.i18n('youCanOnlyUploadFileTypes', { types: types.join(', ') });
    return restriction(words, file);
  }

  /** Throws what Uppy throws of its own restrictions. */
  #compare(file: File_, { files, bytes }: Amount, restrictions: Lifted['restrictions']): void {
    const one = { type: '', extension: '', size: 0 };
    const most = restrictions.maxNumberOfFiles;
    // Stand-ins only where there are too many. A ghost has a size and is not counted as a file.
    const others = most && files >= most ? Array.from({ length: most }, () => one) : [];
    const error = withOptions(this.#uppy, { restrictions }, () =>
      this.#uppy.validateRestrictions(file as never, [{ ...one, size: bytes, isGhost: true }, ...others]),
    );
    if (error) throw Object.assign(error, { file });
  }
}

/** As Uppy's own ones are. */
const restriction = (words: string, file: File_): Error =>
  Object.assign(new Error(words), { isRestriction: true, isUserFacing: true, file });

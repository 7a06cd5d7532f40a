import type { Processor, Uppy } from '@uppy/core';
import type { TransferJob, UploadInput, UploadSource } from '../transfer/types.js';
import { AddedFiles } from './added-files.js';
import { type Admitted, type Amount, isGiven } from './admitted.js';
import { FieldsLeftOut } from './fields-left-out.js';
import { fieldsLeftOut, metadataOf } from './file-input.js';
import { Admission } from './front-admission.js';
import type { FrontHost } from './front-host.js';
import { type FrontLimits, mergeLimits } from './front-limits.js';
import type { MetadataOf } from './passing.js';
import { getFileNameAndExtension, getFileType, UppyCore } from './peer.js';
import { PluginWindow } from './plugin-window.js';

/** Files in Uppy at once. */
const windowSize = 16;
/** Files that may be prepared and not yet begun: so many are kept in memory as the plugins made them. */
const ahead = 96;

type PluginClass = Parameters<Uppy['use']>[0];

/** Files on their way through the plugins. */
export interface Passage {
  readonly source: UploadSource;
  /** The job that takes the source: files are prepared as it gets to them. */
  follow(job: TransferJob): void;
}

type Facts = { readonly name: string; readonly type: string; readonly size: number | undefined };

/**
 * An Uppy in front of our transfers: its plugins add and change files, our engine uploads them. Holds a small window of
 * files only, whatever goes through it.
 */
export class UppyFront {
  readonly uppy: Uppy;
  readonly #window: PluginWindow;
  readonly #added: AddedFiles;
  readonly #preprocessors = new Set<Processor>();
  readonly #admission: Admission;
  #types: readonly string[] = [];

  constructor(host: FrontHost) {
    this.uppy = new UppyCore({ id: 'dropzone' });
    const left = new FieldsLeftOut(this.uppy);
    const metadata: MetadataOf = file => {
      const taken = host.taken();
      left.tell(fieldsLeftOut(file, {}, taken));
      return metadataOf(file, true, taken.metadataNames);
    };
    this.#admission = new Admission(this.uppy, metadata);
    this.#watchPreprocessors();
    this.#window = new PluginWindow(this.uppy, this.#admission, metadata);
    this.#added = new AddedFiles(this.uppy, host, this.#window, () => this.#types);
  }

  /** Installs a plugin. Throws `TypeError` for an uploader: files go up by the engine. */
  use(Plugin: PluginClass, options?: object): void {
    this.uppy.use(Plugin, options);
    let uploader: { id: string } | undefined;
    this.uppy.iteratePlugins(plugin => {
      if (plugin.type === 'uploader') uploader = plugin;
    });
    if (!uploader) return;
    this.uppy.removePlugin(uploader as never);
    throw new TypeError(
      `${uploader.id} uploads by itself. A drop zone uploads to its own storage: give it a backend instead.`,
    );
  }

  /** Makes the page's limits Uppy's too, so that its plugins show and hold them. The stricter one of two wins. */
  limit(limits: FrontLimits): void {
    this.#types = limits.types;
    mergeLimits(this.uppy, limits);
  }

  /**
   * Why Uppy's own restrictions refuse a file, in its words; undefined: they do not. `bytes`: sizes of all files that are
   * taken already.
   */
  refusal({ name, type, size }: Facts, bytes: () => number = () => 0): string | undefined {
    const file = {
      name,
      type: getFileType({ name, type }),
      extension: getFileNameAndExtension(name).extension ?? '',
      size: size ?? null,
      isGhost: false,
    };
    // A ghost has a size and is not counted as a file.
    const isCounted = this.uppy.opts.restrictions.maxTotalFileSize !== null;
    const others = { type: '', extension: '', size: isCounted ? bytes() : 0, isGhost: true };
    return this.uppy.validateRestrictions(file, [others])?.message;
  }

  /** Asks about a selection what Uppy asks before an upload. `others`: files stored or on their way besides. */
  admit(inputs: readonly UploadInput[], others: number): Promise<Admitted> {
    return this.#admission.ask(inputs, others + this.#added.amount.files);
  }

  /** Files that plugins added and that no upload of the page's counts. */
  get apart(): Amount {
    return this.#added.amount;
  }

  /** Most files by Uppy's own restrictions. */
  get maxFiles(): number | undefined {
    return this.uppy.opts.restrictions.maxNumberOfFiles ?? undefined;
  }

  /** Takes files through the plugins, in order. Folders and what could not be read pass by. */
  through(files: readonly UploadInput[]): Passage {
    // These may be the ones that were missing.
    if (this.uppy.opts.restrictions.minNumberOfFiles !== null) this.#added.proceedWithWaiting();
    if (!this.#looksAt(files)) return { source: files, follow() {} };
    const { promise: job, resolve: follow } = Promise.withResolvers<TransferJob>();
    return { source: this.#pass(files, job), follow };
  }

  async *#pass(files: readonly UploadInput[], coming: Promise<TransferJob>): AsyncGenerator<UploadInput> {
    const job = await coming;
    for (let start = 0; start < files.length; start += windowSize) {
      if (!(await hasRoom(job))) return;
      yield* await this.#prepare(files.slice(start, start + windowSize));
    }
  }

  async #prepare(batch: readonly UploadInput[]): Promise<UploadInput[]> {
    const plain = batch.filter(isGiven);
    const prepared = new Map<UploadInput, UploadInput>();
    const results = await this.#window.prepare(plain);
    for (const [at, input] of plain.entries()) prepared.set(input, results[at]!);
    return batch.map(input => prepared.get(input) ?? input);
  }

  /** Lets go of all that is in Uppy. */
  clear(): void {
    this.uppy.cancelAll();
    this.#added.clear();
  }

  /** Uppy does not tell which preprocessors it has. */
  #watchPreprocessors(): void {
    const { uppy } = this;
    const { addPreProcessor, removePreProcessor } = uppy;
    uppy.addPreProcessor = step => {
      this.#preprocessors.add(step);
      addPreProcessor.call(uppy, step);
    };
    uppy.removePreProcessor = step => {
      this.#preprocessors.delete(step);
      return removePreProcessor.call(uppy, step);
    };
  }

  /** Whether anything here looks at files that no plugin added: often there are sources only. */
  #looksAt(files: readonly UploadInput[]): boolean {
    const isAsked = (input: UploadInput): boolean =>
      !isGiven(input) || this.#admission.knownAs(input) !== undefined;
    if (this.#preprocessors.size > 0 || (this.#admission.hasAddHook && !files.every(isAsked))) return true;
    let looks = false;
    this.uppy.iteratePlugins(plugin => {
      if (plugin.type !== 'acquirer') looks = true;
    });
    return looks;
  }
}

/** Resolves to true when the job wants more files, to false when it has ended. */
async function hasRoom(job: TransferJob): Promise<boolean> {
  for (;;) {
    const { endedAt, files } = job.snapshot;
    if (endedAt !== undefined || job.snapshot.state === 'cancelled') return false;
    if (files.queued < ahead) return true;
    const heard = new AbortController();
    await new Promise(resolve => {
      const { signal } = heard;
      job.addEventListener('itemchange', resolve, { signal });
      job.addEventListener('statechange', resolve, { signal });
    });
    heard.abort();
  }
}

import type { Processor, Uppy, UppyFile } from '@uppy/core';
import type { Meta } from '@uppy/core/utils';
import type { TransferJob, UploadFile, UploadInput, UploadSource } from '../transfer/types.js';
import { FieldsLeftOut } from './fields-left-out.js';
import { fieldsLeftOut, inputOf, type MetadataTaken, metadataOf, named } from './file-input.js';
import { Admission, type Admitted } from './front-admission.js';
import { type FrontLimits, mergeLimits } from './front-limits.js';
import { type Lifted, withOptions } from './lifted.js';
import { isGiven, type MetadataOf } from './passing.js';
import { getFileNameAndExtension, getFileType, UppyCore } from './peer.js';
import { PluginWindow } from './plugin-window.js';
import { RemoteFiles } from './remote-files.js';

/** Files in Uppy at once. */
const windowSize = 16;
/** Files that may be prepared and not yet begun: so many are kept in memory as the plugins made them. */
const ahead = 96;
/** User interfaces of Uppy's that have an upload button of their own. */
const withButton = ['Dashboard', 'StatusBar'];

type PluginClass = Parameters<Uppy['use']>[0];

/** What stands behind Uppy: a drop zone, say. */
export interface FrontHost {
  /** Uploads files that plugins added (a camera, a web address). */
  take(files: readonly UploadInput[]): void;
  /** Tells the person something. */
  say(text: string): void;
  /** A file of another site was stored by Companion, which gave the page none of it. */
  storedElsewhere(name: string): void;
  /** Files that are stored or on their way. */
  given(): number;
  /** What the storage says about metadata. */
  taken(): MetadataTaken;
}

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
  readonly #host: FrontHost;
  readonly #window: PluginWindow;
  readonly #remote: RemoteFiles<Meta, Record<string, never>>;
  readonly #preprocessors = new Set<Processor>();
  readonly #admission: Admission;
  #proceedAsked = false;

  constructor(host: FrontHost) {
    this.#host = host;
    this.uppy = new UppyCore({ id: 'dropzone' });
    const left = new FieldsLeftOut(this.uppy);
    const metadata: MetadataOf = file => {
      const taken = host.taken();
      left.tell(fieldsLeftOut(file, {}, taken));
      return metadataOf(file, true, taken.metadataNames);
    };
    this.#admission = new Admission(this.uppy, metadata);
    this.#watchPreprocessors();
    this.#watchUpload();
    this.#window = new PluginWindow(this.uppy, this.#admission, metadata);
    this.#remote = new RemoteFiles(this.uppy);
    this.uppy.addUploader((ids, uploadId) =>
      this.#window.collect(ids, uploadId) ? Promise.resolve() : this.#handOver(ids),
    );
    this.uppy.on('file-added', ({ id, name, data, isRemote }) => {
      if (this.#window.holds(id)) return;
      if (!isRemote && data instanceof Blob) this.uppy.setFileState(id, { data: named(data, name) });
      this.#proceed();
    });
    this.uppy.on('file-removed', file => this.#remote.stop(file));
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
    return this.#admission.ask(inputs, others);
  }

  /** Most files by Uppy's own restrictions. */
  get maxFiles(): number | undefined {
    return this.uppy.opts.restrictions.maxNumberOfFiles ?? undefined;
  }

  /** Takes files through the plugins, in order. Folders and what could not be read pass by. */
  through(files: readonly UploadInput[]): Passage {
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

  /** An upload of what plugins added: files in the window are none of it, and all others count too. */
  #watchUpload(): void {
    const { uppy } = this;
    const { upload } = uppy;
    uppy.upload = () => {
      const { onBeforeUpload, restrictions } = uppy.opts;
      const held = uppy.getFiles().filter(({ id }) => this.#window.holds(id));
      const others = this.#host.given() - held.length;
      const lifted: Lifted = {
        restrictions: { minNumberOfFiles: Math.max(0, (restrictions.minNumberOfFiles ?? 0) - others) },
        onBeforeUpload: files => {
          const apart = Object.fromEntries(held.map(file => [file.id, file]));
          const added = Object.fromEntries(Object.entries(files).filter(([id]) => !(id in apart)));
          const answer = onBeforeUpload(added);
          return typeof answer === 'object' && answer !== null ? { ...apart, ...answer } : answer;
        },
      };
      return withOptions(uppy, lifted, () => upload.call(uppy));
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

  // ── Files that plugins add ──────────────────────────────────────────────────────────────────────────────────────

  /** A camera's picture goes on at once; where Uppy shows an upload button, the person presses that. */
  #proceed(): void {
    if (this.#proceedAsked || this.uppy.opts.autoProceed || withButton.some(id => this.uppy.getPlugin(id)))
      return;
    this.#proceedAsked = true;
    // After the task in which a plugin adds its files, so that they go together.
    setTimeout(() => {
      this.#proceedAsked = false;
      this.uppy
        .upload()
        .catch((error: unknown) => this.#host.say(error instanceof Error ? error.message : String(error)));
    });
  }

  async #handOver(ids: readonly string[]): Promise<void> {
    const { uppy } = this;
    const inputs: UploadFile[] = [];
    const remote: Promise<void>[] = [];
    const gone: string[] = [];
    for (const id of ids) {
      const file = uppy.getFile(id);
      if (!file || file.error || this.#window.holds(id)) continue;
      if (file.isRemote) {
        remote.push(this.#uploadRemote(file));
        continue;
      }
      const input = inputOf(file, {} as never, this.#host.taken());
      if (input) inputs.push(input);
      gone.push(id);
    }
    if (gone.length > 0) uppy.removeFiles(gone);
    if (inputs.length > 0) this.#host.take(inputs);
    await Promise.all(remote);
  }

  /** Companion stores what lies elsewhere; the page sees none of its bytes, so there is no job to show. */
  async #uploadRemote(
    file: Extract<UppyFile<Meta, Record<string, never>>, { isRemote: true }>,
  ): Promise<void> {
    const { uppy } = this;
    uppy.emit('upload-start', [file]);
    await this.#remote.upload(file, {} as never);
    const after = uppy.getFile(file.id);
    if (!after) return;
    if (after.error) this.#host.say(`${file.name}: ${after.error}`);
    else this.#host.storedElsewhere(file.name);
    // Also one that failed: else whatever is added later waits until Uppy has tried it again.
    uppy.removeFile(file.id);
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

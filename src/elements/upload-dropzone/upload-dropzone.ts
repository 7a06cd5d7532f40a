import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { Adapter } from '../../adapters/adapter.js';
import { ConflictController } from '../../controllers/conflict-controller.js';
import { hasEnded } from '../../controllers/job-controller.js';
import { ListedController } from '../../controllers/listed-managers.js';
import { toFolderPath } from '../../core/path.js';
import type { UppyInstance, UppyPluginClass, UppyPluginOptions } from '../../core/uppy-types.js';
import { dialogStyles } from '../../styles/dialog.js';
import { uploadIcon } from '../../styles/icons.js';
import { progressStyles } from '../../styles/progress.js';
import { itemsFromClipboard, itemsFromDataTransfer, itemsFromFiles } from '../../transfer/drop-items.js';
import type { TransferManager } from '../../transfer/manager.js';
import type { ConflictPolicy, TransferJob, UploadInput, UploadSource } from '../../transfer/types.js';
import type { Taken } from '../../uppy/admitted.js';
import { KitElement } from '../kit-element.js';
import { conflictDialog } from '../parts/conflict-dialog.js';
import { conflictDialogStyles } from '../parts/conflict-dialog.styles.js';
import { LinkedBrowserController } from '../parts/linked-browser-controller.js';
import { linkedSource } from '../parts/linked-source.js';
import { ResumePromptElement } from '../resume-prompt/resume-prompt.js';
import { TransferJobElement } from '../transfer-list/parts/transfer-job.js';
import { FormElement } from './form-element.js';
import { dropArea, overText } from './parts/drop-area.js';
import { DropController } from './parts/drop-controller.js';
import { InputReader } from './parts/input-reader.js';
import { addAmounts, type Given, restrictionsOf } from './parts/limits.js';
import { noteTemplate, readingTemplate, rejectionsTemplate } from './parts/notices.js';
import { pickFiles, pickFolder } from './parts/pick-files.js';
import { amountOf, type Restrictions } from './parts/restrictions.js';
import { unusableText } from './parts/unusable.js';
import { UploadJobs } from './parts/upload-jobs.js';
import { leftUnfinished, uploadList } from './parts/upload-list.js';
import { UploadSummary } from './parts/upload-summary.js';
import { UppyHook } from './parts/uppy-hook.js';
import { BeforeUploadEvent, FilesAcceptedEvent, FilesRejectedEvent } from './upload-dropzone.events.js';
import { uploadDropzoneStyles } from './upload-dropzone.styles.js';

/**
 * Takes files and whole folders by dropping, choosing or pasting, checks them, uploads them to a folder of a storage,
 * and shows how far each one is. Uploads to its folder that an earlier page left unfinished are offered again. Where a
 * `<transfer-list>` on the page shows the same storage, it does all that, and one line about all uploads is left here.
 * Takes part in forms: its value is the paths of what is stored.
 *
 * @example
 * ```html
 * <upload-dropzone backend="lab" path="runs/2026/" directory accept=".bam,.fastq.gz" max-size="500GiB"></upload-dropzone>
 * ```
 *
 * @tag upload-dropzone
 *
 * @fires {FilesAcceptedEvent} files-accepted - Files passed the restrictions: `event.files`.
 * @fires {FilesRejectedEvent} files-rejected - Files did not: `event.rejections`, each with reason and sentence.
 * @fires {BeforeUploadEvent} before-upload - About to upload; can be prevented, held with `waitUntil`, or given other `files`.
 * @fires {TransferStartEvent} transfer-start - A job has started: `event.job`.
 * @fires {TransferProgressEvent} transfer-progress - Its numbers moved: `event.snapshot`. Does not bubble.
 * @fires {TransferEndEvent} transfer-end - It has ended: `event.result`.
 * @fires change - The stored paths, the value in a form, have changed.
 *
 * @slot - The words in the drop area. Default: what can be dropped.
 * @slot icon - Replaces the icon of the drop area.
 * @slot hint - Below the words. Default: what is allowed.
 *
 * @csspart base - The drop area.
 * @csspart prompt - The words in it.
 * @csspart hint - What is allowed, and where files go.
 * @csspart choose - The row of buttons.
 * @csspart choose-files - The button for files.
 * @csspart choose-folder - The button for folders.
 * @csspart reading - The line shown while folders are read.
 * @csspart rejections - The list of refused files.
 * @csspart uploads - The list of uploads.
 * @csspart summary - The one line about all uploads (`no-list`, or beside a `<transfer-list>`).
 * @csspart upload - One upload; inside it the parts of `<transfer-list>`.
 * @csspart resume - What is said about uploads that an earlier page left unfinished.
 * @csspart page-cover - What covers the page while files are held over it (`whole-page`).
 * @csspart conflict-dialog - The question about a name that is taken.
 * @csspart conflict-choices - Its answers.
 *
 * @cssprop [--upload-dropzone-rows=4.5] - How many files an upload shows before it scrolls.
 * @cssprop [--fte-accent] - Colour of progress, focus and the drop area with files over it.
 * @cssprop [--fte-radius=6px] - Corner radius.
 *
 * @cssState dragover - Files are held over it.
 * @cssState reading - Dropped or chosen folders are being read.
 * @cssState uploading - Something goes up.
 * @cssState error - Something was refused or has failed.
 * @cssState disabled - Off, by itself or by its form.
 */
export class UploadDropzoneElement extends FormElement {
  static override readonly tag: string = 'upload-dropzone';

  static override properties: PropertyDeclarations = {
    backend: { type: String },
    adapter: { attribute: false },
    manager: { attribute: false },
    path: { type: String },
    htmlFor: { type: String, attribute: 'for' },
    directory: { type: Boolean },
    accept: { type: String },
    maxSize: { type: String, attribute: 'max-size' },
    minSize: { type: String, attribute: 'min-size' },
    maxFiles: { type: Number, attribute: 'max-files' },
    conflict: { type: String },
    wholePage: { type: Boolean, attribute: 'whole-page' },
    noList: { type: Boolean, attribute: 'no-list' },
    disabled: { type: Boolean, reflect: true },
    name: { type: String, reflect: true },
    required: { type: Boolean, reflect: true },
    formDisabled: { state: true },
  };

  /** Name given to `registerBackend`. */
  declare backend: string | undefined;
  /** Storage; wins over `backend`. */
  declare adapter: Adapter | undefined;
  /** Transfer manager; wins over `adapter` and `backend`. */
  declare manager: TransferManager | undefined;
  /** Folder that files go to, such as `runs/2026/`. Default: the top. */
  declare path: string | undefined;
  /** Id of a `<file-browser>` whose folder and storage are used, wherever the person goes in it. */
  declare htmlFor: string | undefined;
  /** Whole folders are taken too. */
  declare directory: boolean;
  /** What is taken, as on file inputs: `.csv,image/*`. */
  declare accept: string | undefined;
  /** Largest file: bytes, or `500MB`, `5GiB`. Told to the person in `units`, like every other size. */
  declare maxSize: string | number | undefined;
  /** Smallest file. */
  declare minSize: string | number | undefined;
  /** Most files in all. */
  declare maxFiles: number | undefined;
  /** When a name is taken: `ask` (default), `replace`, `skip`, `skip-same`, `rename` or `fail`. */
  declare conflict: ConflictPolicy;
  /** Files dropped or pasted anywhere on the page are taken. */
  declare wholePage: boolean;
  /** Shows one line about all uploads instead of a list, also where no `<transfer-list>` shows them. */
  declare noList: boolean;
  declare disabled: boolean;
  /** A form cannot be sent before something is stored. */
  declare required: boolean;
  declare private formDisabled: boolean;

  static override styles = [
    KitElement.baseStyles,
    progressStyles,
    dialogStyles,
    conflictDialogStyles,
    uploadDropzoneStyles,
  ];
  static override shadowRootOptions: ShadowRootInit = {
    ...KitElement.shadowRootOptions,
    delegatesFocus: true,
  };

  readonly #linked = new LinkedBrowserController(this, () => this.htmlFor);
  readonly #source = linkedSource(this, this.#linked);
  readonly #listed = new ListedController(this, () => this.#source.manager);
  readonly #conflicts = new ConflictController(this);
  readonly #drop = new DropController(this, {
    enabled: () => this.#unusable() === undefined,
    wholePage: () => this.wholePage,
    take: (transfer, how) => {
      const stop = this.#reader.begin();
      const options = { signal: stop.signal };
      const items =
        how === 'paste' ? itemsFromClipboard(transfer, options) : itemsFromDataTransfer(transfer, options);
      void this.#takeIn(items, stop);
    },
  });
  readonly #reader = new InputReader(this, {
    localize: this.localize,
    announce: text => this.announcer.announce(text),
    restrictions: () => this.#restrictions,
    rejected: rejections => this.dispatchEvent(new FilesRejectedEvent(rejections)),
    admit: (files, others) => this.#uppy.admit(files, this.#jobs.given.files + others),
  });
  readonly #jobs = new UploadJobs(this, {
    localize: this.localize,
    announcer: this.announcer,
    broken: error =>
      this.#reader.say(
        error instanceof Error ? this.localize.error(error) : this.localize.text('errors.unknown'),
      ),
    ended: () => this.#linked.refreshFor(this.#source.manager, this.backend),
  });
  readonly #summary = new UploadSummary();
  readonly #uppy = new UppyHook({
    take: files => this.#takeIn(files, this.#reader.begin(), true),
    say: text => this.#reader.say(text),
    refuse: refusals => this.#reader.refuse(refusals),
    off: () => (this.disabled || this.formDisabled ? this.localize.text('upload.disabled') : undefined),
    given: () => addAmounts(this.#jobs.given, this.#reader.taking),
    taken: () => this.#source.manager?.adapter.capabilities ?? { uploadMetadata: true },
    storedElsewhere: name => this.#reader.say(this.localize.text('upload.storedByCompanion', { name })),
  });

  static override define(tag: string = UploadDropzoneElement.tag): void {
    TransferJobElement.define();
    ResumePromptElement.define();
    // biome-ignore lint/complexity/noThisInStatic: the inherited definition registers this class
    super.define(tag);
  }

  constructor() {
    super();
    this.directory = false;
    this.conflict = 'ask';
    this.wholePage = false;
    this.disabled = false;
    this.required = false;
    this.noList = false;
    this.formDisabled = false;
  }

  /** Folder that files go to now, `''` or ending in `/`. */
  get targetPath(): string {
    return toFolderPath(this.path ?? this.#linked.browser?.path ?? '');
  }

  /** The uploads of this element, oldest first. */
  get jobs(): readonly TransferJob[] {
    return this.#jobs.list;
  }

  /** Paths of what is stored: the value in a form. */
  get value(): readonly string[] {
    return this.#jobs.stored;
  }

  formDisabledCallback(disabled: boolean): void {
    this.formDisabled = disabled;
  }

  formResetCallback(): void {
    this.clear();
  }

  formStateRestoreCallback(state: string | File | FormData | null): void {
    if (!(state instanceof FormData)) return;
    this.#jobs.keep([...state.values()].filter(value => typeof value === 'string'));
    this.requestUpdate();
  }

  /** Opens the browser's dialogue for files. Must be called from a click or a key press. */
  async chooseFiles(): Promise<void> {
    await this.#choose(pickFiles);
  }

  /** Opens the browser's dialogue for a folder. Must be called from a click or a key press. */
  async chooseFolder(): Promise<void> {
    await this.#choose(pickFolder);
  }

  /**
   * Takes files as if they had been dropped: checks, asks `before-upload`, uploads.
   *
   * @returns the job, or undefined when nothing was started
   */
  add(files: UploadSource | FileList): Promise<TransferJob | undefined> {
    const stop = this.#reader.begin();
    const source =
      files instanceof FileList ? itemsFromFiles(files, { signal: stop.signal }) : (files as UploadSource);
    return this.#takeIn(source, stop).then(taken => taken?.job);
  }

  /**
   * Puts a plugin of Uppy's in front of the uploads: what a source adds (camera, web address) is uploaded, and what a
   * preprocessor changes (compressor, editor) is uploaded as it is then. Loads `@uppy/core` at the first call. Files of
   * sources go on at once; where a Dashboard is used, when its button is pressed.
   *
   * ```ts
   * await dropzone.use(Compressor, { quality: 0.8 });
   * ```
   *
   * Rejects with `TypeError` for uploaders, and with what loading or installing threw.
   */
  async use<P extends UppyPluginClass>(Plugin: P, ...options: UppyPluginOptions<P>): Promise<this> {
    await this.#uppy.use(Plugin, options, () => this.#ownRestrictions);
    return this;
  }

  /**
   * The Uppy that {@link use} loaded; undefined before. It only ever holds the few files that pass through it, so its
   * events tell of adding and preparing files (`file-added`, `upload`, `preprocess-progress`, `restriction-failed`), and
   * no `upload-start`, `upload-success` or post-processor follows for dropped ones: what becomes of them is told by
   * `transfer-start` and `transfer-end`. Of files that plugins added it tells `upload-start`, `upload-success` or
   * `upload-error`, and `complete` (or the end of `uppy.upload()`) with all of them when they are stored. Companion stores
   * files of other sites without this page: `onBeforeUpload` is asked about them, `before-upload` is not.
   * `onBeforeFileAdded`, `onBeforeUpload` and all restrictions hold for dropped files too, as one whole selection.
   */
  get uppy(): UppyInstance | undefined {
    return this.#uppy.uppy;
  }

  /** Cancels what is under way and empties the lists and the value. What is stored stays. */
  clear(): void {
    this.#uppy.clear();
    this.#reader.stop();
    this.#jobs.clear();
    this.#reader.clear();
  }

  get #restrictions(): Restrictions {
    return this.#uppy.limit(this.#ownRestrictions, this.#given.files);
  }

  get #ownRestrictions(): Restrictions {
    return restrictionsOf(this, this.#given);
  }

  /** Without those that are just being read. */
  get #given(): Given {
    return addAmounts(this.#jobs.given, this.#uppy.apart);
  }

  async #choose(pick: typeof pickFiles): Promise<void> {
    if (this.#unusable() !== undefined) return;
    const picked = await this.#reader.pick(pick, this.maxFiles !== 1);
    if (picked === 'impossible')
      this.renderRoot.querySelector<HTMLInputElement>(pick === pickFolder ? '#folder' : '#files')?.click();
    else if (picked !== 'cancelled') await this.#takeIn(picked.source, picked.stop);
  }

  readonly #onInput = (event: Event): void => {
    const chosen = this.#reader.fromInput(event.currentTarget as HTMLInputElement);
    if (chosen) void this.#takeIn(chosen.source, chosen.stop);
  };

  /** `prepared`: Uppy's plugins have seen these files already. */
  async #takeIn(source: UploadSource, stop: AbortController, prepared = false): Promise<Taken | undefined> {
    const path = this.targetPath;
    const files = await this.#reader.read(source, stop, prepared);
    if (!files) return undefined;
    try {
      this.dispatchEvent(new FilesAcceptedEvent(files));
      return await this.#start(files, path, prepared);
    } finally {
      this.#reader.release(files);
    }
  }

  async #start(files: readonly UploadInput[], path: string, prepared: boolean): Promise<Taken | undefined> {
    const before = new BeforeUploadEvent(files, path);
    this.dispatchEvent(before);
    if (!(await before.allowed())) return undefined;
    const manager = this.#source.resolve();
    if (!manager) {
      this.#reader.say(this.#unusable() ?? this.localize.text('common.noBackend'));
      return undefined;
    }
    const start = (inputs: UploadSource): TransferJob =>
      this.#conflicts.upload(manager, inputs, { into: path, conflict: this.conflict });
    const job = prepared ? start(before.files) : this.#uppy.through(before.files, start);
    // The job counts its files as it takes them up, which is slow where plugins prepare them.
    this.#jobs.follow(job, amountOf(before.files));
    return { job, files: before.files };
  }

  #unusable(): string | undefined {
    return unusableText(this.localize, this.#source, this.disabled || this.formDisabled);
  }

  protected override updated(_changed: PropertyValues): void {
    const { isUploading, hasFailed } = this.#jobs;
    const isReading = this.#reader.count !== undefined;
    this.setState('dragover', this.#drop.isOver);
    this.setState('reading', isReading);
    this.setState('uploading', isUploading);
    this.setState('error', hasFailed || this.#reader.rejections.length > 0);
    this.setState('disabled', this.disabled || this.formDisabled);
    this.updateForm({
      isBusy: isUploading || isReading,
      hasFailed,
      paths: () => this.value,
      isMissing: paths => this.required && paths.length === 0,
      anchor: this.renderRoot.querySelector<HTMLElement>('.choose .button'),
    });
    const cover = this.renderRoot.querySelector<HTMLElement>('.page-cover');
    if (cover && cover.matches(':popover-open') !== this.#drop.isOver) cover.togglePopover(this.#drop.isOver);
  }

  protected override render(): TemplateResult {
    const { localize } = this;
    const off = this.#unusable();
    const isOver = this.#drop.isOver;
    const jobs = this.#jobs.list;
    const reader = this.#reader;
    // Twice the same list, and the same question, on one page would be one too many.
    const isBrief = this.noList || this.#listed.isListed;
    return html`
      ${dropArea(localize, {
        off,
        isOver,
        isStrip: jobs.length > 0,
        single: this.maxFiles === 1,
        directory: this.directory,
        accept: this.accept,
        limits: this.#restrictions,
        folder: this.targetPath,
        namesFolder: Boolean(this.htmlFor),
        chooseFiles: () => void this.chooseFiles(),
        chooseFolder: () => void this.chooseFolder(),
        input: this.#onInput,
      })}
      ${
        isBrief
          ? nothing
          : leftUnfinished(this, this.#source.manager, this.path, {
              resumed: job => this.#jobs.follow(job),
              gone: hadFocus => hadFocus && this.#focusChoose(),
            })
      }
      ${readingTemplate(localize, reader.count, () => reader.stop())}
      ${noteTemplate(localize, reader.note, () => reader.clearNote())}
      ${rejectionsTemplate(localize, reader.rejections, reader.showsAllRejections, {
        close: () => reader.clearRejections(),
        showAll: () => reader.showAllRejections(),
      })}
      ${
        isBrief
          ? this.#summary.render(localize, jobs, () => this.#dismissEnded())
          : uploadList(localize, this, jobs, (job, hadFocus) => {
              this.#jobs.dismiss(job);
              if (hadFocus) this.#focusChoose();
            })
      }
      ${
        this.wholePage
          ? html`<div class="page-cover" part="page-cover" popover="manual">${uploadIcon}<span>${overText(localize, this.targetPath)}</span></div>`
          : nothing
      }
      ${conflictDialog(this.#conflicts, this.localize)}
    `;
  }

  #focusChoose(): void {
    this.renderRoot.querySelector<HTMLElement>('.choose .button')?.focus();
  }

  #dismissEnded(): void {
    for (const job of this.#jobs.list) if (hasEnded(job.snapshot)) this.#jobs.dismiss(job);
    this.#focusChoose();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'upload-dropzone': UploadDropzoneElement;
  }
}

import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type Adapter, can } from '../../adapters/adapter.js';
import { ConflictController } from '../../controllers/conflict-controller.js';
import { hasEnded } from '../../controllers/job-controller.js';
import { parseAccept } from '../../core/accept.js';
import { displayName } from '../../core/format.js';
import { parseSize } from '../../core/parse-size.js';
import { toFolderPath } from '../../core/path.js';
import type { UppyInstance, UppyPluginClass, UppyPluginOptions } from '../../core/uppy-types.js';
import { dialogStyles } from '../../styles/dialog.js';
import { uploadIcon } from '../../styles/icons.js';
import { progressStyles } from '../../styles/progress.js';
import { itemsFromClipboard, itemsFromDataTransfer, itemsFromFiles } from '../../transfer/drop-items.js';
import type { TransferManager } from '../../transfer/manager.js';
import type { ConflictPolicy, TransferJob, UploadInput, UploadSource } from '../../transfer/types.js';
import { KitElement, warnOnce } from '../kit-element.js';
import { conflictDialog } from '../parts/conflict-dialog.js';
import { conflictDialogStyles } from '../parts/conflict-dialog.styles.js';
import { LinkedBrowserController } from '../parts/linked-browser-controller.js';
import { linkedSource } from '../parts/linked-source.js';
import { sentence, told } from '../parts/sentence.js';
import {
  type PromptGoneEvent,
  type ResumedEvent,
  ResumePromptElement,
} from '../resume-prompt/resume-prompt.js';
import { type JobDismissEvent, TransferJobElement } from '../transfer-list/parts/transfer-job.js';
import { FormElement } from './form-element.js';
import { chooseTemplate, limitPieces } from './parts/drop-area.js';
import { DropController } from './parts/drop-controller.js';
import { InputReader } from './parts/input-reader.js';
import { noteTemplate, readingTemplate, rejectionsTemplate } from './parts/notices.js';
import { pickFiles, pickFolder } from './parts/pick-files.js';
import type { Restrictions } from './parts/restrictions.js';
import { UploadJobs } from './parts/upload-jobs.js';
import { UploadSummary } from './parts/upload-summary.js';
import { UppyHook } from './parts/uppy-hook.js';
import { BeforeUploadEvent, FilesAcceptedEvent, FilesRejectedEvent } from './upload-dropzone.events.js';
import { uploadDropzoneStyles } from './upload-dropzone.styles.js';

/**
 * Takes files and whole folders by dropping, choosing or pasting, checks them, uploads them to a folder of a storage,
 * and shows how far each one is. Uploads to its folder that an earlier page left unfinished are offered again. Takes
 * part in forms: its value is the paths of what is stored.
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
 * @csspart summary - The one line about all uploads (`no-list`).
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
  /** Shows one line about all uploads instead of a list: for pages that have a `<transfer-list>`. */
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
  });
  readonly #jobs = new UploadJobs(this, {
    localize: this.localize,
    announcer: this.announcer,
    broken: error =>
      this.#reader.say(
        error instanceof Error ? this.localize.error(error) : this.localize.text('errors.unknown'),
      ),
    ended: () => this.#refreshBrowser(),
  });
  readonly #summary = new UploadSummary();
  readonly #uppy = new UppyHook({
    take: files => void this.#takeIn(files, this.#reader.begin(), true),
    say: text => this.#reader.say(text),
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
    return this.#takeIn(source, stop);
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

  /** The Uppy that {@link use} loaded; undefined before. It only ever holds the few files that pass through it. */
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
    return this.#uppy.limit(this.#ownRestrictions, this.#given);
  }

  get #given(): number {
    return this.#jobs.given + this.#uppy.waiting;
  }

  get #ownRestrictions(): Restrictions {
    const used = this.#given;
    const maxFiles = this.maxFiles && this.maxFiles > 0 ? this.maxFiles : undefined;
    return {
      accept: parseAccept(this.accept),
      maxSize: this.#size('max-size', this.maxSize),
      minSize: this.#size('min-size', this.minSize),
      maxFiles,
      room: maxFiles === undefined ? Number.POSITIVE_INFINITY : Math.max(0, maxFiles - used),
      directory: this.directory,
    };
  }

  #size(attribute: string, text: string | number | undefined): number | undefined {
    if (text === undefined || text === null || text === '') return undefined;
    const size = parseSize(text);
    if (size === undefined)
      warnOnce(`<upload-dropzone ${attribute}="${text}"> is not a size. Write bytes, "500MB" or "5GiB".`);
    return size;
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
  async #takeIn(
    source: UploadSource,
    stop: AbortController,
    prepared = false,
  ): Promise<TransferJob | undefined> {
    const path = this.targetPath;
    const files = await this.#reader.read(source, stop);
    if (!files) return undefined;
    try {
      this.dispatchEvent(new FilesAcceptedEvent(files));
      return await this.#start(files, path, prepared);
    } finally {
      this.#reader.release(files);
    }
  }

  async #start(
    files: readonly UploadInput[],
    path: string,
    prepared: boolean,
  ): Promise<TransferJob | undefined> {
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
    // The job counts its files as it takes them up; Uppy counts those that are with its plugins.
    this.#jobs.follow(job, this.#uppy.uppy ? 0 : before.files.filter(input => !('kind' in input)).length);
    return job;
  }

  /** The browser listens to its manager; this is for one that works on another manager of the same storage. */
  #refreshBrowser(): void {
    const { browser } = this.#linked;
    if (!browser?.refresh || browser.manager === this.#source.manager) return;
    if (!browser.manager && browser.backend === this.backend && browser.backend) return;
    void browser.refresh();
  }

  #unusable(): string | undefined {
    if (this.disabled || this.formDisabled) return this.localize.text('upload.disabled');
    const missing = this.#source.missingBackend;
    if (missing) return this.localize.text('common.backendMissing', { name: missing });
    const adapter = this.#source.resolve()?.adapter;
    if (!adapter) return this.localize.text('common.noBackend');
    if (!can(adapter, 'openUpload')) return this.localize.text('upload.notSupported');
    return undefined;
  }

  protected override updated(_changed: PropertyValues): void {
    const { isUploading, hasFailed } = this.#jobs;
    const isReading = this.#reader.count !== undefined;
    this.setState('dragover', this.#drop.isOver);
    this.setState('reading', isReading);
    this.setState('uploading', isUploading);
    this.setState('error', hasFailed || this.#reader.rejections.length > 0);
    this.setState('disabled', this.disabled || this.formDisabled);
    this.#updateForm(isUploading || isReading, hasFailed);
    const cover = this.renderRoot.querySelector<HTMLElement>('.page-cover');
    if (cover && cover.matches(':popover-open') !== this.#drop.isOver) cover.togglePopover(this.#drop.isOver);
  }

  #updateForm(isBusy: boolean, failed: boolean): void {
    // While files go up the form cannot be sent anyway, and a list of 100,000 paths is not made for every frame.
    if (!isBusy) this.setFormPaths(this.value);
    const anchor = this.renderRoot.querySelector<HTMLElement>('.choose .button');
    if (isBusy) this.setProblem('customError', this.localize.text('upload.formUploading'), anchor);
    else if (failed) this.setProblem('customError', this.localize.text('upload.formFailed'), anchor);
    else if (this.required && this.formPaths.length === 0)
      this.setProblem('valueMissing', this.localize.text('upload.formMissing'), anchor);
    else this.setProblem(undefined);
  }

  protected override render(): TemplateResult {
    const { localize } = this;
    const off = this.#unusable();
    const isOver = this.#drop.isOver;
    const jobs = this.#jobs.list;
    const reader = this.#reader;
    const classes = ['zone', isOver ? 'over' : '', off ? 'off' : '', jobs.length > 0 ? 'busy' : ''].join(' ');
    return html`
      <div class=${classes} part="base" role="group" aria-label=${localize.text('upload.dropzone')}>
        <slot name="icon">${uploadIcon}</slot>
        <div class="words">
          <p class="prompt" part="prompt"><slot>${isOver ? this.#overText() : this.#promptText()}</slot></p>
          ${this.#hint(off)}
        </div>
        <div class="choose" part="choose">${chooseTemplate(localize, {
          off: off !== undefined,
          isStrip: jobs.length > 0,
          single: this.maxFiles === 1,
          directory: this.directory,
          accept: this.accept,
          chooseFiles: () => void this.chooseFiles(),
          chooseFolder: () => void this.chooseFolder(),
          input: this.#onInput,
        })}</div>
      </div>
      ${this.noList ? nothing : this.#prompt()}
      ${readingTemplate(localize, reader.count, () => reader.stop())}
      ${noteTemplate(localize, reader.note, () => reader.clearNote())}
      ${rejectionsTemplate(localize, reader.rejections, reader.showsAllRejections, {
        close: () => reader.clearRejections(),
        showAll: () => reader.showAllRejections(),
      })}
      ${this.noList ? this.#summary.render(localize, jobs, () => this.#dismissEnded()) : this.#list(jobs)}
      ${
        this.wholePage
          ? html`<div class="page-cover" part="page-cover" popover="manual">${uploadIcon}<span>${this.#overText()}</span></div>`
          : nothing
      }
      ${conflictDialog(this.#conflicts, this.localize)}
    `;
  }

  /** What an earlier page left unfinished below the element's own folder. */
  #prompt(): TemplateResult {
    return html`<resume-prompt
      exportparts="resume"
      .manager=${this.#source.manager}
      .folder=${toFolderPath(this.path ?? '')}
      .locale=${this.locale}
      .units=${this.units}
      .density=${this.density}
      @resumed=${({ job }: ResumedEvent) => this.#jobs.follow(job)}
      @prompt-gone=${({ hadFocus }: PromptGoneEvent) => {
        if (hadFocus) this.renderRoot.querySelector<HTMLElement>('.choose .button')?.focus();
      }}
    ></resume-prompt>`;
  }

  #promptText(): TemplateResult {
    if (this.maxFiles === 1) return sentence(this.localize, 'upload.dropOneOnly');
    return sentence(this.localize, this.directory ? 'upload.dropFilesAndFolders' : 'upload.dropFiles');
  }

  #overText(): TemplateResult {
    const folder = this.targetPath;
    if (!folder) return sentence(this.localize, 'upload.dropNow');
    return sentence(this.localize, 'upload.dropNowInto', { folder: displayName(folder) });
  }

  #hint(off: string | undefined): TemplateResult {
    const { localize } = this;
    const limits = limitPieces(localize, this.#restrictions);
    const folder = this.targetPath;
    return html`<p class="small muted pieces" part="hint" id="hint">
      <slot name="hint"
        >${off === undefined ? limits.map(limit => html`<span><bdi>${limit}</bdi></span>`) : told(localize, off)}${
          off || !this.htmlFor || !folder
            ? nothing
            : html`${limits.length > 0 ? html`<br />` : nothing}${sentence(localize, 'upload.into', { folder: displayName(folder) })}`
        }</slot
      >
    </p>`;
  }

  #list(jobs: readonly TransferJob[]): TemplateResult {
    return html`<ul class="jobs" part="uploads" role="list" aria-label=${this.localize.text('upload.filesHeading')} ?hidden=${jobs.length === 0}>
      ${repeat(
        [...jobs].reverse(),
        job => job,
        job => html`<li part="upload">${this.#job(job, jobs.length === 1)}</li>`,
      )}
    </ul>`;
  }

  #job(job: TransferJob, isOnly: boolean): TemplateResult {
    return html`<transfer-list-job
      exportparts="job-header, job-title, job-numbers, job-actions, job-button, progress, reason, items, item, item-button, name, details, toggle"
      .job=${job}
      .expanded=${isOnly || job.snapshot.files.failed > 0}
      .locale=${this.locale}
      .units=${this.units}
      .density=${this.density}
      @job-dismiss=${(event: JobDismissEvent) => this.#onDismiss(event)}
    ></transfer-list-job>`;
  }

  #onDismiss({ job, currentTarget }: JobDismissEvent): void {
    const hadFocus = (currentTarget as HTMLElement).matches(':focus-within');
    this.#jobs.dismiss(job);
    if (hadFocus) this.renderRoot.querySelector<HTMLElement>('.choose .button')?.focus();
  }

  #dismissEnded(): void {
    for (const job of this.#jobs.list) if (hasEnded(job.snapshot)) this.#jobs.dismiss(job);
    this.renderRoot.querySelector<HTMLElement>('.choose .button')?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'upload-dropzone': UploadDropzoneElement;
  }
}

import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { type Adapter, can } from '../../adapters/adapter.js';
import { ConflictController } from '../../controllers/conflict-controller.js';
import { JobAnnouncer } from '../../controllers/job-announcer.js';
import { foundNothing } from '../../controllers/job-controller.js';
import type { Entry } from '../../core/entry.js';
import { displayName } from '../../core/format.js';
import { nameOf } from '../../core/path.js';
import { dialogStyles } from '../../styles/dialog.js';
import { menuStyles } from '../../styles/menu.js';
import { progressStyles } from '../../styles/progress.js';
import { isDirectory } from '../../transfer/download/target.js';
import type { TransferManager } from '../../transfer/manager.js';
import { isHandedOver } from '../../transfer/sinks/sink.js';
import type { ConflictPolicy, DownloadOptions, TransferJob } from '../../transfer/types.js';
import { KitElement } from '../kit-element.js';
import { conflictDialog } from '../parts/conflict-dialog.js';
import { conflictDialogStyles } from '../parts/conflict-dialog.styles.js';
import { LinkedBrowserController } from '../parts/linked-browser-controller.js';
import { linkedSource } from '../parts/linked-source.js';
import { BeforeDownloadEvent } from './download-button.events.js';
import { downloadButtonStyles } from './download-button.styles.js';
import {
  type ButtonState,
  barTemplate,
  buttonStates,
  messageTemplate,
  noteTemplate,
  placeTemplate,
  runningButtons,
  stateIcon,
} from './parts/button-view.js';
import { DestinationMenu } from './parts/destination-menu.js';
import { DownloadRun } from './parts/download-run.js';
import { isFolderPath } from './parts/extent.js';
import { lookBefore } from './parts/look-before.js';
import { placeWords } from './parts/place-words.js';
import { SizeController } from './parts/size-controller.js';
import { chooseTarget, type DownloadDestination } from './parts/target.js';

/** What a file browser, or an element of the page's that stands for one, says of a selected thing. */
type SelectedEntry = Pick<Entry, 'path'> & Partial<Entry>;

const isWhole = (entry: SelectedEntry): entry is Entry => entry.kind !== undefined && entry.id !== undefined;

/** One path a line: paths may hold any other character. */
const pathsConverter = {
  fromAttribute: (value: string | null) =>
    (value ?? '')
      .split('\n')
      .map(line => line.trim())
      .filter(Boolean),
};

/**
 * A button that saves a file, several files or a whole folder to this device, shows how far it is, and can be paused
 * and cancelled. One file goes where the browser saves downloads; a folder or several files go into a folder the
 * person picks where the browser has such a picker, else into one zip. Where several of these make sense, a small menu
 * offers them.
 *
 * @example
 * ```html
 * <download-button backend="lab" path="runs/2026/reads.bam">Download reads</download-button>
 * ```
 *
 * @tag download-button
 *
 * @fires {BeforeDownloadEvent} before-download - About to begin; can be prevented, or held with `waitUntil`.
 * @fires {TransferStartEvent} transfer-start - A job has started: `event.job`.
 * @fires {TransferProgressEvent} transfer-progress - Its numbers moved: `event.snapshot`. Does not bubble.
 * @fires {TransferEndEvent} transfer-end - It has ended: `event.result`.
 *
 * @slot - The label. Default: "Download" with the file's name.
 * @slot icon - Replaces the icon.
 *
 * @csspart base - The frame around the buttons.
 * @csspart button - The button itself.
 * @csspart label - Its text.
 * @csspart size - The size, percentage or end behind the text.
 * @csspart menu-button - Opens the choice of where to save to, where there is one.
 * @csspart menu - That choice.
 * @csspart menu-item - A line of it.
 * @csspart pause - The pause and resume button.
 * @csspart cancel - The cancel button.
 * @csspart progress - The progress bar.
 * @csspart place - What the place of the bytes means for a reload, the tab and the disk, while a large file comes.
 * @csspart message - The sentence below when something went wrong.
 * @csspart conflict-dialog - The question about a file of the picked folder that differs.
 * @csspart conflict-choices - Its answers.
 *
 * @cssprop [--fte-accent] - Colour of progress and focus.
 * @cssprop [--fte-radius=6px] - Corner radius.
 * @cssprop [--fte-control-height=32px] - Height of the button.
 *
 * @cssState idle - Nothing is under way.
 * @cssState preparing - The download is being opened.
 * @cssState active - Bytes come in.
 * @cssState paused - A person paused it.
 * @cssState waiting - It goes on by itself (no connection, a retry).
 * @cssState done - It is saved.
 * @cssState error - It was not saved, or not all of it.
 */
export class DownloadButtonElement extends KitElement {
  static override readonly tag: string = 'download-button';

  static override properties: PropertyDeclarations = {
    backend: { type: String },
    adapter: { attribute: false },
    manager: { attribute: false },
    path: { type: String },
    paths: { converter: pathsConverter },
    to: { type: String },
    htmlFor: { type: String, attribute: 'for' },
    saveAs: { type: String, attribute: 'save-as' },
    metadata: { type: Boolean },
    resumable: { type: Boolean },
    conflict: { type: String },
    disabled: { type: Boolean, reflect: true },
    noSize: { type: Boolean, attribute: 'no-size' },
    noMenu: { type: Boolean, attribute: 'no-menu' },
  };

  /** Name given to `registerBackend`. */
  declare backend: string | undefined;
  /** Storage; wins over `backend`. */
  declare adapter: Adapter | undefined;
  /** Transfer manager; wins over `adapter` and `backend`. */
  declare manager: TransferManager | undefined;
  /** Path of a file, or of a folder (ending in `/`). */
  declare path: string | undefined;
  /** Several paths; as an attribute one a line. Wins over `path`. */
  declare paths: readonly string[];
  /** Id of a `<file-browser>` whose selection is fetched, when neither `path` nor `paths` is given. */
  declare htmlFor: string | undefined;
  /**
   * `auto` (default), `files`, `stream` (saved while it comes, see `registerDownloadWorker`), `browser` (by the browser
   * alone, unchecked, also when the tab is closed), `file` (the person picks name and place), `folder` (the person picks
   * one) or `zip`.
   */
  declare to: DownloadDestination;
  /** Name to save under. Default: the name at the storage, made safe for a disk. */
  declare saveAs: string | undefined;
  /**
   * Saves beside each file what the storage knows of it, as `<name>.metadata.json`. That is two files, so `to="file"`
   * saves as `files`; `to="browser"`, which takes nothing that the page has written, reports it as failed.
   */
  declare metadata: boolean;
  /**
   * What the person saves under a name and in a place of their own, or into a folder, survives the page: a file of more
   * than 64 MiB is staged in the browser's own storage first and takes the disk's room twice until it is in its place.
   * Saved again after a reload, there or elsewhere, only what is missing is fetched.
   */
  declare resumable: boolean;
  /**
   * What to do about a file that is in the picked folder already. `ask` (default): what is the same is left alone, and
   * the person is asked about what differs, once for one file or for all. Without a question: `skip-same` (what differs
   * is overwritten), `skip` (whatever is there stays), `rename` (both are kept), `replace` or `fail`.
   */
  declare conflict: ConflictPolicy;
  declare disabled: boolean;
  /** Do not ask the storage for the size. */
  declare noSize: boolean;
  /** Offers no choice of where to save to. */
  declare noMenu: boolean;

  static override styles = [
    KitElement.baseStyles,
    progressStyles,
    menuStyles,
    dialogStyles,
    conflictDialogStyles,
    downloadButtonStyles,
  ];
  static override shadowRootOptions: ShadowRootInit = {
    ...KitElement.shadowRootOptions,
    delegatesFocus: true,
  };

  readonly #linked = new LinkedBrowserController(this, () => this.htmlFor);
  readonly #source = linkedSource(this, this.#linked);
  readonly #size = new SizeController(this);
  readonly #menu: DestinationMenu = new DestinationMenu(this, {
    localize: this.localize,
    paths: () => this.#wanted,
    withMetadata: () => this.metadata,
    focusElsewhere: () => this.#focusMain(),
    choose: destination => void this.download(destination),
  });
  readonly #announcements = new JobAnnouncer(this.announcer, this.localize);
  readonly #run: DownloadRun = new DownloadRun(this, {
    announcements: this.#announcements,
    failed: error =>
      this.announcer.announce(
        this.localize.text('download.announceFailed', {
          name: this.#name,
          reason: this.localize.error(error),
        }),
      ),
  });
  readonly #conflicts = new ConflictController(this);
  #isStarting = false;
  #lastWanted = '';

  constructor() {
    super();
    this.paths = [];
    this.to = 'auto';
    this.metadata = false;
    this.resumable = false;
    this.conflict = 'ask';
    this.disabled = false;
    this.noSize = false;
    this.noMenu = false;
  }

  /** The job of the last press, if any. */
  get currentJob(): TransferJob | undefined {
    return this.#run.job;
  }

  get #wanted(): readonly string[] {
    if (this.#run.isRunning) return this.#run.paths;
    if (this.paths.length > 0) return this.paths;
    if (this.path) return [this.path];
    const { browser } = this.#linked;
    // What is not loaded yet is selected too: then it is the whole folder.
    if (browser?.isEverythingSelected) return [browser.path ?? ''];
    return this.#selection.map(entry => entry.path);
  }

  /** What is selected in a file browser, when that is what a press fetches. */
  get #selection(): readonly SelectedEntry[] {
    const { browser } = this.#linked;
    if (this.#run.isRunning || this.paths.length > 0 || this.path || browser?.isEverythingSelected) return [];
    return browser?.selectedEntries ?? [];
  }

  /** Bytes of what is selected, where the listing has told all of them. */
  get #selectedSize(): number | undefined {
    let sum: number | undefined;
    for (const { kind, size } of this.#selection) {
      if (kind === 'folder' || size === undefined) return undefined;
      sum = (sum ?? 0) + size;
    }
    return sum;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#announcements.releaseAll();
  }

  /**
   * What a press does: asks `before-download`, then for a place where one is needed, then starts. Resolves to the
   * job, or undefined when it did not start. `to`: another destination for this once.
   */
  async download(to: DownloadDestination = this.to): Promise<TransferJob | undefined> {
    const manager = this.#source.resolve();
    const paths = [...this.#wanted];
    // An entry says which version is meant, and how large it is.
    const selection = this.#selection.map(entry => (isWhole(entry) ? entry : entry.path));
    if (!manager || paths.length === 0 || this.disabled || this.#isStarting || this.#run.isRunning)
      return undefined;
    this.#isStarting = true;
    this.#run.forgive();
    try {
      const before = new BeforeDownloadEvent(paths);
      this.dispatchEvent(before);
      if (!(await before.allowed())) return undefined;
      const place = this.#placeFor(to);
      // Browsers empty a file that is picked to be saved over: not for one that cannot be had.
      if (place === 'file' && paths.length === 1 && !isFolderPath(paths[0]!))
        await lookBefore(manager.adapter, paths[0]!);
      const target = await chooseTarget(paths, place, this.saveAs || nameOf(paths[0]!));
      if (target === undefined) return undefined;
      const wanted = selection.length > 0 ? selection : paths;
      const options: DownloadOptions = {
        to: target,
        ...(this.saveAs ? { saveAs: this.saveAs } : {}),
        ...(this.metadata ? { metadata: true } : {}),
        ...(this.resumable ? { resumable: true } : {}),
      };
      // Elsewhere there is no file of a name already, or the browser numbers it.
      const job = isDirectory(target)
        ? this.#conflicts.download(manager, wanted, { ...options, conflict: this.conflict })
        : manager.download(wanted, options);
      this.#run.follow(job, paths);
      return job;
    } catch (error) {
      this.#run.fail(error);
      return undefined;
    } finally {
      this.#isStarting = false;
      this.requestUpdate();
    }
  }

  /** One picked file takes no second one beside it: it would become an archive. */
  #placeFor(to: DownloadDestination): DownloadDestination {
    return this.metadata && to === 'file' ? 'files' : to;
  }

  get #state(): ButtonState {
    const { failure, job } = this.#run;
    if (failure) return 'error';
    if (!job) return 'idle';
    const { state } = job.snapshot;
    if (state === 'incomplete') return 'error';
    if (state === 'cancelled') return 'idle';
    return state;
  }

  get #name(): string {
    const paths = this.#wanted;
    if (paths.length !== 1) return this.localize.text('common.filesCount', { count: paths.length });
    return displayName(this.saveAs || nameOf(paths[0]!) || paths[0]!);
  }

  protected override update(changed: PropertyValues<this>): void {
    const focused = this.shadowRoot?.activeElement?.closest('.frame button, .message summary');
    super.update(changed);
    // What had it went with the state it was for; the focus stays with the button instead of falling to the page.
    if (focused && !focused.isConnected) this.#focusMain();
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    const wanted = this.#wanted.join('\n');
    if (wanted !== this.#lastWanted && !this.#run.isRunning) {
      this.#lastWanted = wanted;
      this.#run.clear();
    }
    // Lit runs this before the controllers have looked.
    // Whoever clicks through a list of folders does not ask for a listing of each.
    const asks =
      !this.noSize &&
      this.#selectedSize === undefined &&
      !this.#selection.some(({ kind }) => kind === 'folder');
    this.#size.want(asks ? this.#source.resolve() : undefined, this.#wanted);
  }

  protected override updated(_changed: PropertyValues): void {
    this.setOneState(buttonStates, this.#state);
  }

  protected override render(): TemplateResult {
    const state = this.#state;
    const { job, isRunning: running, error } = this.#run;
    const reason = running ? undefined : this.#unusable();
    const off = this.disabled || reason !== undefined;
    const handedOver = isHandedOver(job?.facts);
    const isSaved = !handedOver && !(job && foundNothing(job.snapshot));
    return html`
      <div class="frame ${off && !running ? 'unusable' : ''}" part="base" role="group" aria-label=${this.#name}>
        <button
          type="button"
          class="button main"
          part="button"
          aria-disabled=${off || running ? 'true' : nothing}
          aria-describedby=${this.#message(reason) ? 'message' : nothing}
          title=${reason ?? nothing}
          @click=${this.#onPress}
        >
          <slot name="icon">${stateIcon(state, isSaved)}</slot>
          <span class="words">
            <span class="label" part="label"><slot>${this.#defaultLabel()}</slot></span>
            ${noteTemplate(this.localize, state, job, this.#idleFacts(), handedOver)}
          </span>
        </button>
        ${
          running
            ? html`${runningButtons(this.localize, job!, this.#name, this.#cancel)}
              ${barTemplate(this.localize, job!.snapshot, this.#name)}`
            : this.#menuButton(off)
        }
      </div>
      ${placeTemplate(
        this.localize,
        state === 'idle' || state === 'error' || !job ? undefined : placeWords(this.localize, job),
      )}
      ${messageTemplate(this.localize, this.#message(reason), error, job?.snapshot.files.failed ?? 0)}
      ${this.#menu.render()} ${conflictDialog(this.#conflicts, this.localize)}
    `;
  }

  /** Why the button cannot be pressed, for the person; undefined when it can. */
  #unusable(): string | undefined {
    const { localize } = this;
    if (this.#wanted.length === 0)
      return localize.text(this.htmlFor ? 'download.nothingSelected' : 'download.nothing');
    if (this.#source.missingBackend)
      return localize.text('common.backendMissing', { name: this.#source.missingBackend });
    const { adapter } = this.#source;
    if (!adapter) return localize.text('common.noBackend');
    if (!can(adapter, 'resolveDownload')) return localize.text('download.notSupported');
    if (this.#size.missing !== undefined)
      return localize.text('download.missing', { name: displayName(nameOf(this.#size.missing)) });
    return undefined;
  }

  #defaultLabel(): string {
    const paths = this.#wanted;
    if (paths.length > 1) return this.localize.text('download.downloadCount', { count: paths.length });
    if (paths[0]?.endsWith('/')) return this.localize.text('download.downloadFolder', { name: this.#name });
    return this.localize.text('download.download');
  }

  /** How many things there are to get, unless the label says it, and how large they are. */
  #idleFacts(): string[] {
    const { localize } = this;
    const count = this.#wanted.length;
    const { files, bytes, isMore = false } = (this.noSize ? undefined : this.#size.extent) ?? {};
    const size = this.noSize ? undefined : (this.#selectedSize ?? bytes);
    const counted = files === 0 ? undefined : files;
    const sizeText = size === undefined ? undefined : localize.size(size);
    return [
      ...(counted !== undefined
        ? [localize.text(isMore ? 'download.moreFilesThan' : 'common.filesCount', { count: counted })]
        : count > 1 && this.textContent?.trim()
          ? [localize.text('common.filesCount', { count })]
          : []),
      ...(sizeText === undefined || files === 0
        ? []
        : [isMore ? localize.text('download.atLeast', { size: sizeText }) : sizeText]),
    ];
  }

  #menuButton(off: boolean): TemplateResult | typeof nothing {
    const offers = !off && !this.noMenu && this.to === 'auto' && this.#menu.hasChoice;
    return offers ? this.#menu.button(this.#name) : nothing;
  }

  #message(reason: string | undefined): string | undefined {
    const { error } = this.#run;
    if (error) return this.localize.error(error);
    // Configuration faults are the page's, not the person's: they stay in the title, except what concerns the file.
    return reason !== undefined && this.#size.missing !== undefined ? reason : undefined;
  }

  #focusMain(): void {
    this.renderRoot.querySelector<HTMLElement>('.main')?.focus();
  }

  readonly #onPress = (): void => {
    const { job, isRunning } = this.#run;
    if (this.disabled || isRunning || this.#unusable() !== undefined) return;
    // A job that was dismissed elsewhere has let go of everything: then it begins anew.
    if (job?.snapshot.state === 'incomplete' && job.isRetryable()) {
      // What is on the disk already is not fetched again.
      job.retryFailed();
      this.requestUpdate();
      return;
    }
    void this.download();
  };

  readonly #cancel = (): void => {
    const { job } = this.#run;
    // The cancel button goes away with the job.
    this.#focusMain();
    void job?.cancel().catch(() => {});
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'download-button': DownloadButtonElement;
  }
}

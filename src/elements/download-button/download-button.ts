import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { type Adapter, can } from '../../adapters/adapter.js';
import { JobAnnouncer } from '../../controllers/job-announcer.js';
import { hasEnded, JobController } from '../../controllers/job-controller.js';
import { ManagerController } from '../../controllers/manager-controller.js';
import { TransferError } from '../../core/errors.js';
import { displayName } from '../../core/format.js';
import { nameOf } from '../../core/path.js';
import {
  checkIcon,
  circleAlertIcon,
  closeIcon,
  downloadIcon,
  pauseIcon,
  playIcon,
  retryIcon,
} from '../../styles/icons.js';
import { progressStyles } from '../../styles/progress.js';
import type { TransferManager } from '../../transfer/manager.js';
import type { TransferJob } from '../../transfer/types.js';
import { KitElement } from '../kit-element.js';
import { TransferEndEvent, TransferProgressEvent, TransferStartEvent } from '../transfer-events.js';
import { BeforeDownloadEvent } from './download-button.events.js';
import { downloadButtonStyles } from './download-button.styles.js';
import { SizeController } from './parts/size-controller.js';
import { chooseTarget, type DownloadDestination } from './parts/target.js';

const states = ['idle', 'preparing', 'active', 'paused', 'waiting', 'done', 'error'] as const;
type ButtonState = (typeof states)[number];

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
 * person picks where the browser has such a picker, else into one zip.
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
 * @csspart pause - The pause and resume button.
 * @csspart cancel - The cancel button.
 * @csspart progress - The progress bar.
 * @csspart message - The sentence below when something went wrong.
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
    saveAs: { type: String, attribute: 'save-as' },
    disabled: { type: Boolean, reflect: true },
    noSize: { type: Boolean, attribute: 'no-size' },
    job: { state: true },
    failure: { state: true },
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
  /** `auto` (default), `files`, `folder` (the person picks one) or `zip`. */
  declare to: DownloadDestination;
  /** Name to save under. Default: the name at the storage, made safe for a disk. */
  declare saveAs: string | undefined;
  declare disabled: boolean;
  /** Do not ask the storage for the size. */
  declare noSize: boolean;
  declare private job: TransferJob | undefined;
  declare private failure: TransferError | undefined;

  static override styles = [KitElement.baseStyles, progressStyles, downloadButtonStyles];
  static override shadowRootOptions: ShadowRootInit = {
    ...KitElement.shadowRootOptions,
    delegatesFocus: true,
  };

  readonly #source: ManagerController = new ManagerController(this);
  readonly #size = new SizeController(this);
  readonly #announcements = new JobAnnouncer(this.announcer, this.localize);
  readonly #watched = new JobController(this, {
    progress: job => {
      this.#announcements.update(job);
      this.dispatchEvent(new TransferProgressEvent(job));
    },
    statechange: job => {
      this.#announcements.update(job);
      this.#tellEnd(job);
    },
  });
  readonly #endTold = new WeakSet<TransferJob>();
  #isStarting = false;

  constructor() {
    super();
    this.paths = [];
    this.to = 'auto';
    this.disabled = false;
    this.noSize = false;
  }

  /** The job of the last press, if any. */
  get currentJob(): TransferJob | undefined {
    return this.job;
  }

  get #wanted(): readonly string[] {
    if (this.paths.length > 0) return this.paths;
    return this.path ? [this.path] : [];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#announcements.releaseAll();
  }

  /**
   * What a press does: asks `before-download`, then for a folder where one is needed, then starts. Resolves to the
   * job, or undefined when it did not start.
   */
  async download(): Promise<TransferJob | undefined> {
    const manager = this.#source.resolve();
    const paths = [...this.#wanted];
    if (!manager || paths.length === 0 || this.disabled || this.#isStarting || this.#isRunning)
      return undefined;
    this.#isStarting = true;
    this.failure = undefined;
    try {
      const before = new BeforeDownloadEvent(paths);
      this.dispatchEvent(before);
      if (!(await before.allowed())) return undefined;
      const target = await chooseTarget(paths, this.to);
      if (target === undefined) return undefined;
      const job = manager.download(paths, {
        to: target,
        ...(this.saveAs ? { saveAs: this.saveAs } : {}),
      });
      this.#follow(job);
      return job;
    } catch (error) {
      this.failure = this.#asTransferError(error);
      this.announcer.announce(this.#failureText(this.failure));
      return undefined;
    } finally {
      this.#isStarting = false;
      this.requestUpdate();
    }
  }

  get #isRunning(): boolean {
    return this.job !== undefined && !hasEnded(this.job.snapshot);
  }

  #follow(job: TransferJob): void {
    this.#watched.clear();
    this.job = job;
    this.#watched.watch(job);
    this.#announcements.claim(job);
    this.dispatchEvent(new TransferStartEvent(job));
    job.finished.catch((error: unknown) => {
      if (this.job !== job) return;
      this.job = undefined;
      this.failure = this.#asTransferError(error);
      this.announcer.announce(this.#failureText(this.failure));
    });
  }

  #tellEnd(job: TransferJob): void {
    const { snapshot, items } = job;
    // A retry makes an ended job run again, and end again.
    if (!hasEnded(snapshot)) this.#endTold.delete(job);
    else if (!this.#endTold.has(job)) {
      this.#endTold.add(job);
      const state = snapshot.state as 'done' | 'incomplete' | 'cancelled';
      this.dispatchEvent(new TransferEndEvent(job, { state, snapshot, items }));
    }
  }

  #asTransferError(error: unknown): TransferError {
    if (error instanceof TransferError) return error;
    return new TransferError('', { kind: 'fatal', reason: 'unknown', cause: error });
  }

  #failureText(error: TransferError): string {
    return this.localize.text('download.announceFailed', {
      name: this.#name,
      reason: this.localize.error(error),
    });
  }

  get #state(): ButtonState {
    if (this.failure) return 'error';
    if (!this.job) return 'idle';
    const { state } = this.job.snapshot;
    if (state === 'incomplete') return 'error';
    if (state === 'cancelled') return 'idle';
    return state;
  }

  get #name(): string {
    const paths = this.#wanted;
    if (paths.length !== 1) return this.localize.text('common.filesCount', { count: paths.length });
    return displayName(this.saveAs || nameOf(paths[0]!) || paths[0]!);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if ((changed.has('path') || changed.has('paths')) && !this.#isRunning) {
      this.#watched.clear();
      this.job = undefined;
      this.failure = undefined;
    }
    // Lit runs this before the controllers have looked.
    this.#size.want(this.noSize ? undefined : this.#source.resolve()?.adapter, this.#wanted);
  }

  protected override updated(_changed: PropertyValues): void {
    this.setOneState(states, this.#state);
  }

  protected override render(): TemplateResult {
    const state = this.#state;
    const running = this.#isRunning;
    const reason = running ? undefined : this.#unusable();
    const off = this.disabled || reason !== undefined;
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
          <slot name="icon">${this.#icon(state)}</slot>
          <span class="label" part="label"><slot>${this.#defaultLabel()}</slot></span>
          ${this.#note(state)}
        </button>
        ${running ? this.#runningButtons() : nothing} ${running ? this.#bar() : nothing}
      </div>
      ${this.#messageTemplate(reason)}
    `;
  }

  /** Why the button cannot be pressed, for the person; undefined when it can. */
  #unusable(): string | undefined {
    const { localize } = this;
    if (this.#wanted.length === 0) return localize.text('download.nothing');
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

  #icon(state: ButtonState): TemplateResult {
    if (state === 'done') return html`<span class="success">${checkIcon}</span>`;
    if (state === 'error') return html`<span class="danger">${retryIcon}</span>`;
    return downloadIcon;
  }

  #note(state: ButtonState): TemplateResult | typeof nothing {
    const { localize } = this;
    const note = (text: string, tone = 'muted') =>
      html`<span class="note small ${tone}" part="size"><bdi>${text}</bdi></span>`;
    const { snapshot } = this.job ?? {};
    if (state === 'done') return note(localize.text('download.saved'), 'success');
    if (state === 'error') return note(localize.text('download.failed'), 'danger');
    if (snapshot && this.#isRunning) {
      if (state === 'paused') return note(localize.text('download.paused'));
      if (state === 'waiting') return note(localize.text('download.waiting'), 'warning');
      if (state === 'preparing' || snapshot.bytes.total === 0)
        return note(localize.text('download.preparing'));
      return note(
        localize.text('download.percentOf', {
          percent: localize.percent(snapshot.progress),
          size: localize.size(snapshot.bytes.total),
        }),
      );
    }
    return this.#size.size === undefined ? nothing : note(localize.size(this.#size.size));
  }

  #runningButtons(): TemplateResult {
    const job = this.job!;
    const { localize } = this;
    const name = this.#name;
    const isPaused = job.snapshot.state === 'paused';
    const pauseText = localize.text(isPaused ? 'download.resumeDownload' : 'download.pauseDownload', {
      name,
    });
    const cancelText = localize.text('download.cancelDownload', { name });
    return html`${
      job.canPause || isPaused
        ? html`<button
            type="button"
            class="icon-button"
            part="pause"
            aria-label=${pauseText}
            title=${pauseText}
            @click=${() => (isPaused ? job.resume() : job.pause())}
          >
            ${isPaused ? playIcon : pauseIcon}
          </button>`
        : nothing
    }<button
        type="button"
        class="icon-button"
        part="cancel"
        aria-label=${cancelText}
        title=${cancelText}
        @click=${this.#cancel}
      >
        ${closeIcon}
      </button>`;
  }

  #bar(): TemplateResult {
    const { snapshot } = this.job!;
    const label = this.localize.text('common.fileProgress', {
      name: this.#name,
      percent: this.localize.percent(snapshot.progress),
    });
    if (snapshot.state === 'preparing')
      return html`<progress class="bar" part="progress" aria-label=${this.#name}></progress>`;
    const isStill = snapshot.state === 'paused' || snapshot.state === 'waiting';
    return html`<progress
      class="bar ${isStill ? 'idle' : ''}"
      part="progress"
      max="1"
      .value=${snapshot.progress}
      aria-label=${label}
    ></progress>`;
  }

  #error(): TransferError | undefined {
    if (this.failure) return this.failure;
    const { job } = this;
    if (!job || this.#state !== 'error') return undefined;
    const first = job.items.inState(['failed'], 0, 1)[0];
    return (first === undefined ? undefined : job.items.at(first)?.error) ?? job.snapshot.reason;
  }

  #message(reason: string | undefined): string | undefined {
    const error = this.#error();
    if (error) return this.localize.error(error);
    // Configuration faults are the page's, not the person's: they stay in the title, except what concerns the file.
    return reason !== undefined && this.#size.missing !== undefined ? reason : undefined;
  }

  #messageTemplate(reason: string | undefined): TemplateResult | typeof nothing {
    const text = this.#message(reason);
    if (!text) return nothing;
    const error = this.#error();
    const failed = this.job?.snapshot.files.failed ?? 0;
    const details = [
      error?.status,
      error?.serverCode,
      error?.serverMessage,
      error?.requestId && `${this.localize.text('transfers.detailRequest')} ${error.requestId}`,
    ].filter(Boolean);
    return html`<div class="message small" part="message">
      <span class="danger">${circleAlertIcon}</span>
      <div>
        <span id="message">${
          failed > 1 ? `${this.localize.text('transfers.failedCount', { count: failed })}. ` : ''
        }${text}</span>
        ${
          details.length > 0
            ? html`<details>
                <summary>${this.localize.text('common.details')}</summary>
                ${details.join(' · ')}
              </details>`
            : nothing
        }
      </div>
    </div>`;
  }

  readonly #onPress = (): void => {
    if (this.disabled || this.#isRunning || this.#unusable() !== undefined) return;
    if (this.job && this.job.snapshot.state === 'incomplete' && this.job.snapshot.files.failed > 0) {
      // What is on the disk already is not fetched again.
      this.job.retryFailed();
      this.requestUpdate();
      return;
    }
    void this.download();
  };

  readonly #cancel = (): void => {
    const { job } = this;
    // The cancel button goes away with the job; the main button takes the focus.
    this.renderRoot.querySelector<HTMLElement>('.main')?.focus();
    void job?.cancel().catch(() => {});
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'download-button': DownloadButtonElement;
  }
}

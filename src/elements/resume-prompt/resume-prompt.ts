import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { hasEnded } from '../../controllers/job-controller.js';
import { displayName } from '../../core/format.js';
import { nameOf } from '../../core/path.js';
import { circlePauseIcon, closeIcon } from '../../styles/icons.js';
import type { InterruptedUpload, Resumed } from '../../transfer/interrupted.js';
import type { TransferManager } from '../../transfer/manager.js';
import type { TransferJob, UploadFile } from '../../transfer/types.js';
import { KitElement } from '../kit-element.js';
import { nameTemplate } from '../parts/name.js';
import { chooseAgain } from './choose-again.js';
import { resumePromptStyles } from './resume-prompt.styles.js';

/** Files listed before "Show all" is pressed. */
const filesAtFirst = 3;

/** Uploads of an earlier page go on. Heard by the element around. */
export class ResumedEvent extends Event {
  constructor(readonly job: TransferJob) {
    super('resumed');
  }
}

/** Nothing is left to ask; `hadFocus`: the person was in it, and should find their place again. */
export class PromptGoneEvent extends Event {
  constructor(readonly hadFocus: boolean) {
    super('prompt-gone');
  }
}

/**
 * What an earlier page left unfinished: how many uploads, how much of them is stored, and one button that goes on with
 * them all. Where the browser kept no handle of a file, that button asks for it. The inner piece of `<upload-dropzone>`
 * and `<transfer-list>`. Internal, not for pages.
 *
 * @tag resume-prompt
 */
export class ResumePromptElement extends KitElement {
  static override readonly tag: string = 'resume-prompt';

  static override properties: PropertyDeclarations = {
    manager: { attribute: false },
    folder: { attribute: false },
    uploads: { state: true },
    busy: { state: true },
    showsAll: { state: true },
    note: { state: true },
  };

  declare manager: TransferManager | undefined;
  /** Only uploads to below this folder are spoken of. Default: all of the storage. */
  declare folder: string | undefined;
  declare private uploads: readonly InterruptedUpload[];
  declare private busy: boolean;
  declare private showsAll: boolean;
  /** What became of the last click, where it was not what was asked for. */
  declare private note: string;

  static override styles = [KitElement.baseStyles, resumePromptStyles];

  #stop: AbortController | undefined;
  #watched: TransferManager | undefined;

  constructor() {
    super();
    this.uploads = [];
    this.busy = false;
    this.showsAll = false;
    this.note = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#watch(this.manager);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch(undefined);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('manager') && this.isConnected) this.#watch(this.manager);
  }

  #watch(manager: TransferManager | undefined): void {
    if (manager === this.#watched) return;
    this.#stop?.abort();
    this.#watched = manager;
    this.uploads = [];
    this.note = '';
    if (!manager) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const look = (): void => void this.#look(manager);
    manager.addEventListener('interruptedchange', look, { signal });
    manager.addEventListener('jobend', () => this.requestUpdate(), { signal });
    // Another tab that ended without a word has left its uploads behind.
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') look();
    };
    document.addEventListener('visibilitychange', onVisible, { signal });
    look();
  }

  async #look(manager: TransferManager): Promise<void> {
    const found = await manager.interrupted();
    if (this.#watched !== manager) return;
    const hadFocus = this.matches(':focus-within') || this.shadowRoot?.activeElement != null;
    const hadUploads = this.#shown.length > 0;
    this.uploads = found;
    this.requestUpdate();
    if (hadUploads && this.#shown.length === 0) {
      this.note = '';
      this.dispatchEvent(new PromptGoneEvent(hadFocus));
    }
  }

  get #shown(): readonly InterruptedUpload[] {
    return this.uploads.filter(({ path }) => path.startsWith(this.folder ?? ''));
  }

  /** Those that this page can go on with. */
  get #open(): readonly InterruptedUpload[] {
    return this.#shown.filter(({ isElsewhere }) => !isElsewhere);
  }

  protected override render(): TemplateResult | typeof nothing {
    const shown = this.#shown;
    if (shown.length === 0) return this.#warning();
    const { localize } = this;
    const open = this.#open;
    const listed = this.showsAll ? shown : shown.slice(0, filesAtFirst);
    const heading =
      open.length > 0
        ? localize.text('resume.heading', { count: open.length })
        : localize.text('resume.elsewhereHeading', { count: shown.length });
    return html`<div class="box" part="resume" role="group" aria-label=${heading}>
      <div class="words">
        <p class="headline">${circlePauseIcon}<span>${heading}</span></p>
        ${open.length > 0 ? html`<p class="small muted">${this.#storedText(open)}</p>` : nothing}
      </div>
      ${open.length > 0 ? this.#buttons(open) : nothing}
      <ul role="list" class="small" aria-label=${localize.text('resume.files')} tabindex=${this.showsAll ? '0' : nothing}>
        ${repeat(
          listed,
          ({ id }) => id,
          upload => this.#row(upload, shown.length > 1),
        )}
      </ul>
      ${
        listed.length < shown.length
          ? html`<button type="button" class="link-button small" data-action="show-all" @click=${this.#showAll}>
              ${localize.text('resume.showAll', { count: shown.length })}
            </button>`
          : nothing
      }
      ${this.note ? html`<p class="note small">${this.note}</p>` : nothing}
    </div>`;
  }

  /** Only while something is under way that would be lost: else it is nobody's concern. */
  #warning(): TemplateResult | typeof nothing {
    const problem = this.manager?.journalProblem;
    const isUploading = this.manager?.jobs.some(
      ({ kind, snapshot }) => kind === 'upload' && !hasEnded(snapshot),
    );
    if (!problem || !isUploading) return nothing;
    return html`<div class="box small" part="resume" role="note">
      <p class="note">${this.localize.text(problem.reason === 'quota' ? 'resume.diskFull' : 'resume.nothingKept')}</p>
    </div>`;
  }

  #storedText(open: readonly InterruptedUpload[]): string {
    const stored = open.reduce((sum, upload) => sum + upload.stored, 0);
    const size = open.reduce((sum, upload) => sum + upload.size, 0);
    if (stored === 0) return this.localize.text('resume.storedNone');
    return this.localize.text('resume.stored', {
      stored: this.localize.size(stored),
      size: this.localize.size(size),
    });
  }

  #buttons(open: readonly InterruptedUpload[]): TemplateResult {
    const { localize } = this;
    const mustChoose = open.every(({ needsFile }) => needsFile);
    return html`<div class="buttons">
      <button
        type="button"
        class="button primary"
        data-action="resume"
        aria-disabled=${this.busy}
        @click=${this.#onResume}
      >
        ${mustChoose ? localize.text('resume.chooseAndResume', { count: open.length }) : localize.text('resume.resume')}
      </button>
      <button
        type="button"
        class="button quiet"
        data-action="discard"
        aria-disabled=${this.busy}
        @click=${() => void this.#discard(this.#open)}
      >
        ${localize.text('resume.discard')}
      </button>
      <input id="files" type="file" hidden ?multiple=${open.length > 1} @change=${this.#onInput} />
    </div>`;
  }

  #row(upload: InterruptedUpload, hasOthers: boolean): TemplateResult {
    const { localize } = this;
    const label = localize.text('resume.discardOne', { name: displayName(upload.name) });
    return html`<li>
      ${nameTemplate(upload.name, upload.path)}
      <span class="state muted">${this.#stateText(upload)}</span>
      ${
        hasOthers && !upload.isElsewhere
          ? html`<button
              type="button"
              class="icon-button small-target"
              aria-label=${label}
              title=${label}
              aria-disabled=${this.busy}
              @click=${() => void this.#discard([upload])}
            >
              ${closeIcon}
            </button>`
          : nothing
      }
    </li>`;
  }

  #stateText({ isElsewhere, needsFile, stored, size }: InterruptedUpload): string {
    const { localize } = this;
    if (isElsewhere) return localize.text('resume.fileElsewhere');
    const progress = localize.text('resume.fileStored', {
      stored: localize.size(stored),
      size: localize.size(size),
    });
    return needsFile && this.#open.some(upload => !upload.needsFile)
      ? `${progress} · ${localize.text('resume.fileNeeded')}`
      : progress;
  }

  // ── What a click does ───────────────────────────────────────────────────────────────────────────────────────────

  readonly #onResume = (): void => {
    const open = this.#open;
    if (this.busy || open.length === 0) return;
    void this.#resumeAll(open);
  };

  /** Files that the browser knows go on at once; the person is asked for the others in the same click if it lasts. */
  async #resumeAll(open: readonly InterruptedUpload[]): Promise<void> {
    const needing = open.filter(({ needsFile }) => needsFile);
    const known = open.filter(({ needsFile }) => !needsFile);
    const result = known.length > 0 ? await this.#resume(known) : undefined;
    const gone = result?.notResumed.some(({ why }) => why === 'file-gone') ?? false;
    if (needing.length === 0 && !gone) return;
    if (known.length === 0 || navigator.userActivation?.isActive !== false) await this.#choose();
    else this.note ||= this.localize.text('resume.choose', { count: needing.length });
  }

  async #choose(): Promise<void> {
    const chosen = await chooseAgain(this.#open.length > 1);
    if (chosen === 'impossible') this.renderRoot.querySelector<HTMLInputElement>('#files')?.click();
    else if (chosen !== 'cancelled') await this.#resume(this.#open, chosen);
  }

  readonly #onInput = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) void this.#resume(this.#open, files);
  };

  async #resume(
    uploads: readonly InterruptedUpload[],
    files: readonly (File | UploadFile)[] = [],
  ): Promise<Resumed | undefined> {
    const { manager } = this;
    if (!manager) return undefined;
    this.busy = true;
    try {
      const result = await manager.resumeInterrupted(uploads, { files });
      this.note = this.#remark(result, files.length > 0);
      if (result.job) {
        const count = uploads.length - result.notResumed.length;
        this.announcer.announce(this.localize.text('resume.announceResumed', { count }));
        this.dispatchEvent(new ResumedEvent(result.job));
      }
      if (this.note) this.announcer.announce(this.note);
      return result;
    } finally {
      this.busy = false;
    }
  }

  #remark({ notResumed, unknownFiles }: Resumed, hasChosen: boolean): string {
    const { localize } = this;
    const of = (why: string) => notResumed.filter(each => each.why === why).map(({ upload }) => upload);
    const names = (all: readonly { name: string }[]) =>
      localize.list(all.slice(0, 3).map(({ name }) => displayName(name)));
    const remarks: string[] = [];
    if (of('elsewhere').length > 0) remarks.push(localize.text('resume.elsewhere'));
    if (of('no-permission').length > 0) remarks.push(localize.text('resume.noPermission'));
    if (of('file-gone').length > 0)
      remarks.push(localize.text('resume.fileGone', { names: names(of('file-gone')) }));
    if (unknownFiles.length > 0) {
      const unknown = unknownFiles.map(file => ({
        name: file instanceof File ? file.name : nameOf((file as UploadFile).path),
      }));
      remarks.push(
        localize.text('resume.unknownFiles', { names: names(unknown), count: unknownFiles.length }),
      );
    } else if (hasChosen && of('needs-file').length > 0) {
      remarks.push(localize.text('resume.choose', { count: of('needs-file').length }));
    }
    return remarks.join(' ');
  }

  async #discard(uploads: readonly InterruptedUpload[]): Promise<void> {
    const { manager } = this;
    if (this.busy || !manager || uploads.length === 0) return;
    this.busy = true;
    try {
      const left = await manager.discardInterrupted(uploads);
      const isRefused = left.some(({ isElsewhere }) => !isElsewhere);
      this.note = isRefused ? this.localize.text('resume.notDiscarded') : '';
      this.announcer.announce(this.note || this.localize.text('resume.announceDiscarded'));
    } finally {
      this.busy = false;
    }
  }

  readonly #showAll = (): void => {
    this.showsAll = true;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'resume-prompt': ResumePromptElement;
  }
}

import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { hasEnded } from '../../controllers/job-controller.js';
import { displayName } from '../../core/format.js';
import { nameOf } from '../../core/path.js';
import type { InterruptedUpload, Resumed } from '../../transfer/interrupted.js';
import type { TransferManager } from '../../transfer/manager.js';
import type { TransferJob, UploadFile } from '../../transfer/types.js';
import { nameTemplate } from '../parts/name.js';
import { told } from '../parts/sentence.js';
import { chooseAgain } from './choose-again.js';
import { LeftPromptElement } from './left-prompt.js';

/** Uploads of an earlier page go on. Heard by the element around. */
export class ResumedEvent extends Event {
  constructor(readonly job: TransferJob) {
    super('resumed');
  }
}

/**
 * What an earlier page left unfinished: how many uploads, how much of them is stored, and one button that goes on with
 * them all. Where the browser kept no handle of a file, that button asks for it. The inner piece of `<upload-dropzone>`
 * and `<transfer-list>`. Internal, not for pages.
 *
 * @tag resume-prompt
 */
export class ResumePromptElement extends LeftPromptElement<InterruptedUpload> {
  static override readonly tag: string = 'resume-prompt';

  static override properties: PropertyDeclarations = {
    folder: { attribute: false },
  };

  /** Only uploads to below this folder are spoken of. Default: all of the storage. */
  declare folder: string | undefined;

  protected override find(manager: TransferManager): Promise<readonly InterruptedUpload[]> {
    return manager.interrupted();
  }

  protected override watching(manager: TransferManager, signal: AbortSignal): void {
    manager.addEventListener('jobend', () => this.requestUpdate(), { signal });
  }

  protected override get shown(): readonly InterruptedUpload[] {
    return this.left.filter(({ path }) => path.startsWith(this.folder ?? ''));
  }

  /** Those that this page can go on with. */
  get #open(): readonly InterruptedUpload[] {
    return this.shown.filter(({ isElsewhere }) => !isElsewhere);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { localize, shown } = this;
    if (shown.length === 0) return this.#warning();
    const open = this.#open;
    const hasOpen = open.length > 0;
    return this.box({
      heading: hasOpen
        ? localize.text('resume.heading', { count: open.length })
        : localize.text('resume.elsewhereHeading', { count: shown.length }),
      ...(hasOpen ? { kept: this.#storedText(open) } : {}),
      buttons: hasOpen ? this.#buttons(open) : nothing,
      list: localize.text('resume.files'),
      row: upload => this.#row(upload, shown.length > 1),
    });
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
    const resume = mustChoose
      ? localize.text('resume.chooseAndResume', { count: open.length })
      : localize.text('resume.resume');
    return html`<div class="buttons">
      ${this.button('resume', resume, this.#onResume)}
      ${this.button('discard', localize.text('resume.discard'), () => void this.discard(this.#open))}
      <input id="files" type="file" hidden ?multiple=${open.length > 1} @change=${this.#onInput} />
    </div>`;
  }

  #row(upload: InterruptedUpload, hasOthers: boolean): TemplateResult {
    const label = this.localize.text('resume.discardOne', { name: displayName(upload.name) });
    return html`<li>
      ${nameTemplate(upload.name, upload.path)}
      <span class="state muted">${told(this.localize, this.#stateText(upload))}</span>
      ${hasOthers && !upload.isElsewhere ? this.rowButton(upload, label) : nothing}
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

  #resume(
    uploads: readonly InterruptedUpload[],
    files: readonly (File | UploadFile)[] = [],
  ): Promise<Resumed | undefined> {
    return this.act(async manager => {
      const result = await manager.resumeInterrupted(uploads, { files });
      const note = this.#remark(result, files.length > 0);
      if (!result.job) return { note, result };
      this.dispatchEvent(new ResumedEvent(result.job));
      const count = uploads.length - result.notResumed.length;
      return { note, said: this.localize.text('resume.announceResumed', { count }), result };
    });
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

  protected override async discard(uploads: readonly InterruptedUpload[]): Promise<void> {
    if (uploads.length === 0) return;
    await this.act(async manager => {
      const left = await manager.discardInterrupted(uploads);
      const isRefused = left.some(({ isElsewhere }) => !isElsewhere);
      if (isRefused) return { note: this.localize.text('resume.notDiscarded') };
      return { note: '', said: this.localize.text('resume.announceDiscarded') };
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'resume-prompt': ResumePromptElement;
  }
}

import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Adapter } from '../../adapters/adapter.js';
import { JobAnnouncer } from '../../controllers/job-announcer.js';
import { hasEnded, JobController } from '../../controllers/job-controller.js';
import { JobsController } from '../../controllers/jobs-controller.js';
import { ManagerController } from '../../controllers/manager-controller.js';
import { filesIcon } from '../../styles/icons.js';
import { progressStyles } from '../../styles/progress.js';
import { registeredManagers } from '../../transfer/backends.js';
import type { TransferManager } from '../../transfer/manager.js';
import { combineSnapshots } from '../../transfer/manager-snapshot.js';
import { CalmEstimate } from '../../transfer/progress.js';
import type { TransferJob, TransferSnapshot } from '../../transfer/types.js';
import { KitElement } from '../kit-element.js';
import { putOffCount } from '../parts/put-off.js';
import { jobSign, jobStateText, needsAnswer, totalsPieces } from '../parts/transfer-words.js';
import { DownloadPromptElement } from '../resume-prompt/download-prompt.js';
import type { PromptGoneEvent } from '../resume-prompt/left-prompt.js';
import { ResumePromptElement } from '../resume-prompt/resume-prompt.js';
import { StrayPromptElement } from '../resume-prompt/stray-prompt.js';
import type { TransferFilter } from './parts/item-order.js';
import { type JobDismissEvent, type JobToggleEvent, TransferJobElement } from './parts/transfer-job.js';
import { FilterChangeEvent } from './transfer-list.events.js';
import { transferListStyles } from './transfer-list.styles.js';

/** Jobs shown before "Show all" is pressed. Their files are virtual; the jobs themselves are not. */
const jobsAtFirst = 25;

/**
 * What is under way, what went wrong, what is done: every transfer of one storage, or of all storages of the page,
 * with one line of totals, pause, resume, cancel and retry for each job and each file, and what was verified. Uploads
 * and downloads that an earlier page left unfinished are offered above: one click goes on with them.
 *
 * Without `backend`, `adapter` or `manager` it shows the transfers of every storage that the page uses.
 *
 * @example
 * ```html
 * <transfer-list backend="lab"></transfer-list>
 * ```
 *
 * @tag transfer-list
 *
 * @fires {FilterChangeEvent} filter-change - The person chose which files to see.
 *
 * @slot heading - Replaces the word above the totals.
 * @slot empty - Shown while there are no transfers; says by default what would show up here.
 *
 * @csspart summary - The line of totals with the filter.
 * @csspart totals - Heading and numbers.
 * @csspart progress - Every progress bar.
 * @csspart filter - The choice between all, running and failed.
 * @csspart jobs - The list of jobs.
 * @csspart job - One job.
 * @csspart job-header - Its first line.
 * @csspart toggle - The button that shows its files.
 * @csspart job-title - Its kind, name and state.
 * @csspart job-numbers - Its numbers.
 * @csspart job-actions - Its buttons.
 * @csspart job-button - Each of them.
 * @csspart reason - Why it waits or did not complete.
 * @csspart items - The files of a job.
 * @csspart item - One file.
 * @csspart item-button - A button of a file.
 * @csspart name - A name.
 * @csspart details - The details of a file.
 * @csspart empty - The empty state.
 * @csspart resume - What is said about uploads, and about downloads, that an earlier page left unfinished.
 * @csspart strays - What is said about unfinished uploads at the storage (`clean-up`).
 *
 * @cssprop [--transfer-list-rows=6.5] - How many files a job shows before it scrolls.
 * @cssprop [--fte-accent] - Colour of progress and focus.
 * @cssprop [--fte-row-height=36px] - Height of a line; rows of files are 12 px taller.
 *
 * @cssState empty - No transfers.
 * @cssState active - Something is under way.
 * @cssState failed - Something has failed.
 */
export class TransferListElement extends KitElement {
  static override readonly tag: string = 'transfer-list';

  static override properties: PropertyDeclarations = {
    backend: { type: String },
    adapter: { attribute: false },
    manager: { attribute: false },
    filter: { type: String, reflect: true },
    cleanUp: { type: Boolean, attribute: 'clean-up' },
    opened: { state: true },
    shown: { state: true },
  };

  /** Name given to `registerBackend`. Default: all storages of the page. */
  declare backend: string | undefined;
  /** Storage; wins over `backend`. */
  declare adapter: Adapter | undefined;
  /** Transfer manager; wins over `adapter` and `backend`. */
  declare manager: TransferManager | undefined;
  /** Which files are shown: `all`, `active` or `failed` (what was put off too). Default `all`. */
  declare filter: TransferFilter;
  /**
   * Asks the storage for unfinished uploads that this browser knows nothing of, and offers to remove those that began a
   * day ago or earlier. Default false.
   */
  declare cleanUp: boolean;
  declare private opened: ReadonlyMap<TransferJob, boolean>;
  declare private shown: number;

  static override styles = [KitElement.baseStyles, progressStyles, transferListStyles];

  readonly #source: ManagerController = new ManagerController(this);
  readonly #announcements = new JobAnnouncer(this.announcer, this.localize);
  readonly #watched = new JobController(this, {
    progress: job => this.#announcements.update(job),
    statechange: job => this.#announcements.update(job),
  });
  readonly #jobs: JobsController = new JobsController(this, {
    managers: () => {
      if (this.manager || this.adapter || this.backend)
        return this.#source.manager ? [this.#source.manager] : [];
      return undefined;
    },
    added: (job, begun) => {
      this.#watched.watch(job);
      this.#announcements.claim(job, begun);
    },
    removed: job => {
      this.#watched.unwatch(job);
      this.#announcements.release(job);
    },
  });
  readonly #estimate = new CalmEstimate();

  static override define(tag: string = TransferListElement.tag): void {
    TransferJobElement.define();
    ResumePromptElement.define();
    DownloadPromptElement.define();
    StrayPromptElement.define();
    // biome-ignore lint/complexity/noThisInStatic: the inherited definition registers this class
    super.define(tag);
  }

  constructor() {
    super();
    this.filter = 'all';
    this.cleanUp = false;
    this.opened = new Map();
    this.shown = jobsAtFirst;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#announcements.releaseAll();
  }

  /** Removes every ended job from the list (and from its manager). */
  clearEnded(): void {
    for (const job of this.#jobs.list) if (hasEnded(job.snapshot)) this.#dismiss(job);
  }

  protected override update(changed: PropertyValues): void {
    const wasInEmpty = this.renderRoot.querySelector('.empty:focus') !== null;
    super.update(changed);
    // What the person went on with has taken the place of the empty list, in which the keyboard was.
    if (wasInEmpty) this.renderRoot.querySelector<HTMLElement>('.filter input:checked')?.focus();
  }

  protected override updated(_changed: PropertyValues): void {
    const snapshots = this.#jobs.list.map(job => job.snapshot);
    this.setState('empty', snapshots.length === 0);
    this.setState(
      'active',
      snapshots.some(snapshot => !hasEnded(snapshot)),
    );
    this.setState(
      'failed',
      snapshots.some(snapshot => snapshot.files.failed > 0),
    );
  }

  protected override render(): TemplateResult {
    const jobs = this.#jobs.list;
    // In one template: with the first job a prompt keeps its place, the keyboard and what it still has to say.
    return html`${this.#prompts()}${jobs.length === 0 ? this.#empty() : this.#transfers(jobs)}`;
  }

  #transfers(jobs: readonly TransferJob[]): TemplateResult {
    const totals = this.#totals(jobs);
    const failed = jobs.reduce((sum, job) => sum + job.snapshot.files.failed, 0);
    const putOff = jobs.reduce((sum, job) => sum + putOffCount(job), 0);
    const matching = jobs.filter(job => this.#matches(job)).reverse();
    const shown = matching.slice(0, this.shown);
    return html`
      <section aria-label=${this.localize.text('transfers.heading')}>
        <div class="summary" part="summary">
          <div class="totals" part="totals">
            <h2 class="headline">
              <slot name="heading">${this.#headline(totals, jobs, putOff)}</slot>
            </h2>
            <div class="numbers small muted">${this.#numbers(totals, failed, putOff).map(piece => html`<span><bdi>${piece}</bdi></span>`)}</div>
          </div>
          <div class="controls">${this.#filter(failed, putOff)} ${this.#clearButton(jobs)}</div>
          ${this.#bar(totals)}
        </div>
        ${
          shown.length === 0
            ? html`<p class="filtered-empty small muted">
                ${this.localize.text(this.filter === 'failed' ? 'transfers.emptyFailed' : 'transfers.emptyActive')}
              </p>`
            : html`<ul class="jobs" part="jobs" role="list" aria-label=${this.localize.text('transfers.jobs')}>
                ${repeat(
                  shown,
                  job => job,
                  job => html`<li part="job">${this.#job(job, jobs.length === 1)}</li>`,
                )}
              </ul>`
        }
        ${
          matching.length > shown.length
            ? html`<div class="more">
                <button type="button" class="button quiet" @click=${this.#showMore}>
                  ${this.localize.text('common.showAll', { count: matching.length })}
                </button>
              </div>`
            : nothing
        }
      </section>
    `;
  }

  /** What earlier pages left unfinished, by storage. */
  #prompts(): TemplateResult[] {
    const one = this.manager || this.adapter || this.backend;
    const managers = one ? (this.#source.manager ? [this.#source.manager] : []) : registeredManagers();
    return managers.map(
      manager => html`<resume-prompt
        exportparts="resume"
        .manager=${manager}
        .locale=${this.locale}
        .units=${this.units}
        .density=${this.density}
        @prompt-gone=${this.#onPromptGone}
      ></resume-prompt>
      <download-prompt
        exportparts="resume"
        .manager=${manager}
        .locale=${this.locale}
        .units=${this.units}
        .density=${this.density}
        @prompt-gone=${this.#onPromptGone}
      ></download-prompt>
      ${this.cleanUp ? this.#strays(manager) : nothing}`,
    );
  }

  #strays(manager: TransferManager): TemplateResult {
    return html`<stray-prompt
      exportparts="strays"
      .manager=${manager}
      .locale=${this.locale}
      .units=${this.units}
      .density=${this.density}
      @prompt-gone=${this.#onPromptGone}
    ></stray-prompt>`;
  }

  readonly #onPromptGone = ({ hadFocus }: PromptGoneEvent): void => {
    if (!hadFocus) return;
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>('.filter input:checked, .empty')?.focus();
    });
  };

  #totals(jobs: readonly TransferJob[]): TransferSnapshot {
    const open = jobs.filter(job => !hasEnded(job.snapshot));
    const only = open.length === 1 ? open[0] : jobs.length === 1 ? jobs[0] : undefined;
    return only?.snapshot ?? combineSnapshots(jobs, this.#estimate, Date.now());
  }

  #empty(): TemplateResult {
    const missing = this.#source.missingBackend;
    return html`<div class="empty" part="empty" tabindex="-1">
      <slot name="empty">
        ${filesIcon}
        <p>${this.localize.text('transfers.empty')}</p>
        <p class="small muted">
          ${
            missing
              ? this.localize.text('common.backendMissing', { name: missing })
              : this.localize.text('transfers.emptyHint')
          }
        </p>
      </slot>
    </div>`;
  }

  #numbers(totals: TransferSnapshot, failed: number, putOff: number): string[] {
    const counted = Math.min(putOff, totals.files.cancelled);
    const pieces = totalsPieces(this.localize, totals, counted);
    // Where transfers are counted, what was only to be deleted or moved is not; its failures are in the heading.
    if (hasEnded(totals) && totals.files.failed === 0 && failed > 0)
      pieces.push(this.localize.text('transfers.failedCount', { count: failed }));
    return pieces;
  }

  #headline(totals: TransferSnapshot, jobs: readonly TransferJob[], putOff: number): TemplateResult {
    const asks = jobs.some(needsAnswer);
    const sign = jobSign(totals, asks && totals.state !== 'active', putOff);
    // A single job says it itself, right below.
    if (!sign || jobs.length === 1) return html`${this.localize.text('transfers.heading')}`;
    return html`<span class=${sign.tone}>${sign.icon}</span> ${jobStateText(this.localize, totals, asks && totals.state !== 'active', putOff)}`;
  }

  #bar(totals: TransferSnapshot): TemplateResult | typeof nothing {
    if (hasEnded(totals)) return nothing;
    const isStill = totals.state === 'paused' || totals.state === 'waiting';
    return html`<progress
      class="bar total-bar ${isStill ? 'idle' : ''}"
      part="progress"
      max="1"
      .value=${totals.progress}
      aria-label=${this.localize.text('common.fileProgress', {
        name: this.localize.text('transfers.heading'),
        percent: this.localize.percent(totals.progress),
      })}
    ></progress>`;
  }

  #filter(failed: number, putOff: number): TemplateResult {
    const choice = (value: TransferFilter, text: string) =>
      html`<label
        ><input
          type="radio"
          name="filter"
          .value=${value}
          .checked=${this.filter === value}
          @change=${() => this.#setFilter(value)}
        />${text}</label
      >`;
    const { localize } = this;
    return html`<div class="filter" part="filter" role="radiogroup" aria-label=${localize.text('transfers.filter')}>
      ${choice('all', localize.text('transfers.filterAll'))}
      ${choice('active', localize.text('transfers.filterActive'))}
      ${choice(
        'failed',
        [
          localize.text(putOff > 0 ? 'transfers.filterFailedPutOff' : 'transfers.filterFailed'),
          failed + putOff > 0 ? localize.number(failed + putOff) : '',
        ]
          .join(' ')
          .trim(),
      )}
    </div>`;
  }

  #clearButton(jobs: readonly TransferJob[]): TemplateResult | typeof nothing {
    if (!jobs.some(job => hasEnded(job.snapshot))) return nothing;
    return html`<button type="button" class="button quiet small" data-action="clear" @click=${this.#onClear}>
      ${this.localize.text('transfers.clearEnded')}
    </button>`;
  }

  #job(job: TransferJob, solo: boolean): TemplateResult {
    const isOpen = this.opened.get(job) ?? (solo || this.filter !== 'all' || job.snapshot.files.failed > 0);
    return html`<transfer-list-job
      exportparts="job-header, job-title, job-numbers, job-actions, job-button, progress, reason, items, item, item-button, name, details, toggle"
      .job=${job}
      .filter=${this.filter}
      .expanded=${isOpen}
      .solo=${solo}
      .locale=${this.locale}
      .units=${this.units}
      .density=${this.density}
      @job-dismiss=${(event: JobDismissEvent) => this.#onDismiss(event)}
      @job-toggle=${(event: JobToggleEvent) => {
        this.opened = new Map(this.opened).set(event.job, event.expanded);
      }}
    ></transfer-list-job>`;
  }

  #matches(job: TransferJob): boolean {
    if (this.filter === 'active') return !hasEnded(job.snapshot);
    if (this.filter === 'failed') return job.snapshot.files.failed + putOffCount(job) > 0;
    return true;
  }

  #setFilter(filter: TransferFilter): void {
    this.filter = filter;
    this.dispatchEvent(new FilterChangeEvent(filter));
  }

  #onDismiss({ job, currentTarget }: JobDismissEvent): void {
    const element = currentTarget as TransferJobElement;
    const hadFocus = element.matches(':focus-within');
    const place = this.#jobElements.indexOf(element);
    this.#dismiss(job);
    if (hadFocus) void this.updateComplete.then(() => this.#focusJob(place));
  }

  get #jobElements(): TransferJobElement[] {
    return [...this.renderRoot.querySelectorAll<TransferJobElement>('.jobs > li > *')];
  }

  /** The focus goes to the job that is now in this place, else to what is left. */
  #focusJob(place: number): void {
    const jobs = this.#jobElements;
    const next = jobs[Math.min(place, jobs.length - 1)];
    if (next) next.focusHead();
    else this.renderRoot.querySelector<HTMLElement>('.filter input:checked, .empty')?.focus();
  }

  readonly #onClear = async ({ currentTarget }: Event): Promise<void> => {
    this.clearEnded();
    await this.updateComplete;
    if (!(currentTarget as HTMLElement | null)?.isConnected) this.#focusJob(0);
  };

  #dismiss(job: TransferJob): void {
    this.#jobs.dismiss(job);
  }

  readonly #showMore = (): void => {
    this.shown = Number.POSITIVE_INFINITY;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'transfer-list': TransferListElement;
  }
}

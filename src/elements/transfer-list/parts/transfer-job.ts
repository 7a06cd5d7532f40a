import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { focusQuestionOf } from '../../../controllers/conflict-controller.js';
import { CountdownController } from '../../../controllers/countdown-controller.js';
import { hasEnded, JobController } from '../../../controllers/job-controller.js';
import { isRename, jobName } from '../../../controllers/job-name.js';
import { chevronRightIcon } from '../../../styles/icons.js';
import { progressStyles } from '../../../styles/progress.js';
import type { TransferItem, TransferJob } from '../../../transfer/types.js';
import { KitElement } from '../../kit-element.js';
import { type JobReason, jobReasons } from '../../parts/job-reasons.js';
import { nameTemplate } from '../../parts/name.js';
import { putOffCount } from '../../parts/put-off.js';
import { told } from '../../parts/sentence.js';
import {
  finishingSign,
  isFinishing,
  itemText,
  jobKindIcon,
  jobKindKey,
  jobSign,
  jobStateText,
  needsAnswer,
  totalsPieces,
} from '../../parts/transfer-words.js';
import { againButton } from './again-button.js';
import { DetailsPopover } from './details-popover.js';
import { ItemGrid } from './item-grid.js';
import type { TransferFilter } from './item-order.js';
import { jobButtons } from './job-buttons.js';
import { transferJobStyles } from './transfer-job.styles.js';

/** The person wants an ended job out of the list. Heard by the element around. */
export class JobDismissEvent extends Event {
  constructor(readonly job: TransferJob) {
    super('job-dismiss');
  }
}

/** The person opened or closed a job's files. */
export class JobToggleEvent extends Event {
  constructor(
    readonly job: TransferJob,
    readonly expanded: boolean,
  ) {
    super('job-toggle');
  }
}

/**
 * One job with its files: the inner piece of `<transfer-list>` and `<upload-dropzone>`. Internal, not for pages.
 *
 * The files are a grid with one tab stop. Its focus is kept by `aria-activedescendant`, as rows come and go with
 * scrolling: ↑ ↓ Home End Page keys move, Enter opens the details, Space pauses and resumes, R tries again, Delete
 * cancels.
 *
 * @tag transfer-list-job
 */
export class TransferJobElement extends KitElement {
  static override readonly tag: string = 'transfer-list-job';

  static override properties: PropertyDeclarations = {
    job: { attribute: false },
    filter: { type: String },
    expanded: { type: Boolean },
    solo: { type: Boolean },
  };

  declare job: TransferJob | undefined;
  /** Which files are shown. */
  declare filter: TransferFilter;
  /** Whether the files are shown. */
  declare expanded: boolean;
  /** The element around shows the totals already. */
  declare solo: boolean;

  static override styles = [KitElement.baseStyles, progressStyles, transferJobStyles];

  readonly #watched = new JobController(this, {
    itemchange: () => this.#grid.stale(),
    statechange: () => this.#grid.stale(),
  });
  readonly #grid: ItemGrid = new ItemGrid(this, {
    localize: this.localize,
    job: () => (this.expanded ? this.job : undefined),
    filter: () => this.filter,
    openDetails: index => this.#openDetails(index),
  });
  readonly #details = new DetailsPopover(this, {
    localize: this.localize,
    announcer: this.announcer,
    anchor: index => this.#grid.rowElement(index) ?? this.#find('.head'),
    focusBack: () => {
      if (!this.#grid.focus()) this.#find('.actions button')?.focus();
    },
  });

  constructor() {
    super();
    // Until when a file waits.
    new CountdownController(this, () => (this.job?.items.inState(['waiting'], 0, 1).length ?? 0) > 0);
    this.filter = 'all';
    this.expanded = false;
    this.solo = false;
  }

  #find<E extends HTMLElement>(selector: string): E | null {
    return this.renderRoot?.querySelector<E>(selector) ?? null;
  }

  /** Gives the focus to the job's first line: to a button of it that does no harm when it is pressed by mistake. */
  focusHead(): void {
    (
      this.#find('.toggle') ??
      this.#find('[data-action=details]') ??
      this.#find('[data-action=dismiss]') ??
      this.#find('.head')
    )?.focus();
  }

  protected override update(changed: PropertyValues<this>): void {
    const focused = this.shadowRoot?.activeElement?.closest('.actions button, .again button');
    super.update(changed);
    // The button went with what it was for; the focus stays with the job instead of falling to the page.
    if (focused && !focused.isConnected) this.focusHead();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('job')) {
      this.#watched.clear();
      if (this.job) this.#watched.watch(this.job);
      this.#grid.reset();
      this.#details.open(undefined);
    }
    const isOther = changed.has('job') || changed.has('filter') || changed.has('expanded');
    if (isOther) this.#grid.stale();
    this.#grid.refresh(isOther);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('density') || changed.has('expanded')) this.#grid.measureRow();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { job } = this;
    if (!job) return nothing;
    const { snapshot } = job;
    const { localize } = this;
    const label = jobName(localize, job);
    const asks = needsAnswer(job);
    const putOff = putOffCount(job);
    const finishing = isFinishing(job);
    const sign = finishing ? finishingSign : jobSign(snapshot, asks, putOff);
    const stateText = finishing
      ? localize.text('transfers.itemFinishing')
      : jobStateText(localize, snapshot, asks, putOff);
    const single = this.#single(job);
    const toggleLabel = localize.text(this.expanded ? 'transfers.hideItems' : 'transfers.showItems', {
      label,
    });
    return html`
      <div class="head" part="job-header" tabindex="-1">
        ${
          single
            ? html`<span class="no-toggle"></span>`
            : html`<button
          type="button"
          class="icon-button small-target toggle"
          part="toggle"
          aria-expanded=${this.expanded}
          aria-label=${toggleLabel}
          title=${toggleLabel}
          @click=${this.#toggle}
        >
          ${chevronRightIcon}
        </button>`
        }
          <div class="title ${this.solo && !single ? 'lone' : ''}" part="job-title">
            ${jobKindIcon[job.kind]}<span class="visually-hidden">${localize.text(isRename(job) ? 'transfers.kindRename' : jobKindKey[job.kind])}</span>
            ${nameTemplate(label, label === job.label ? label : `${label} (${job.label})`)}
            ${
              sign
                ? html`<span
                    class="job-state ${sign.tone} ${asks ? 'asks' : ''}"
                    @click=${asks ? () => focusQuestionOf(job) : nothing}
                    >${sign.icon}${stateText}</span
                  >`
                : nothing
            }
          </div>
          ${
            this.solo && !single
              ? nothing
              : html`<div class="numbers small muted" part="job-numbers">
                  ${this.#numbers().map(piece => html`<span><bdi>${piece}</bdi></span>`)}
                </div>`
          }
        <div class="actions" part="job-actions">${jobButtons(localize, job, label, single, {
          dismiss: () => this.dispatchEvent(new JobDismissEvent(job)),
          details: () => this.#details.open(0),
        })}</div>
      </div>
      ${this.solo || hasEnded(snapshot) ? nothing : this.#bar(job, label)}
      ${this.#reasons(job).map(
        ({ text, tone }) =>
          html`<p class="reason small ${tone}" part="reason"><span>${told(localize, text)}</span></p>`,
      )}
      ${againButton(localize, job, label)}
      ${this.expanded && !single ? this.#grid.render(job, label) : nothing}
      ${this.#details.render(job)}
    `;
  }

  /** The file of a job that has just one: it needs no list, its line says everything. */
  #single(job: TransferJob): TransferItem | undefined {
    const isFinal = job.snapshot.bytes.totalIsFinal || hasEnded(job.snapshot);
    return job.items.length === 1 && isFinal ? job.items.at(0) : undefined;
  }

  #reasons(job: TransferJob): readonly JobReason[] {
    const single = this.#single(job);
    if (single?.error && (single.state === 'failed' || single.state === 'cancelled'))
      return [
        { text: itemText(this.localize, single), tone: single.state === 'failed' ? 'danger' : 'muted' },
      ];
    return jobReasons(this.localize, job);
  }

  #numbers(): string[] {
    const { snapshot } = this.job!;
    const single = this.#single(this.job!);
    const pieces = this.solo && single ? [] : totalsPieces(this.localize, snapshot, putOffCount(this.job!));
    if (single && (single.state === 'done' || single.state === 'skipped')) {
      const text = itemText(this.localize, single);
      // The word beside the name says that already.
      if (text !== jobStateText(this.localize, snapshot)) pieces.push(text);
    }
    if (single && pieces.length === 0 && single.size !== undefined)
      pieces.push(this.localize.size(single.size));
    if (snapshot.state === 'preparing') return [jobStateText(this.localize, snapshot), ...pieces];
    return pieces;
  }

  #bar(job: TransferJob, label: string): TemplateResult {
    const { snapshot } = job;
    const unknown = snapshot.state === 'preparing' && snapshot.progress === 0;
    const still = snapshot.state === 'paused' || snapshot.state === 'waiting';
    const name = this.localize.text('common.fileProgress', {
      name: label,
      percent: this.localize.percent(snapshot.progress),
    });
    return unknown
      ? html`<progress class="bar job-bar" part="progress" aria-label=${label}></progress>`
      : html`<progress
          class="bar job-bar ${still ? 'idle' : ''}"
          part="progress"
          max="1"
          .value=${snapshot.progress}
          aria-label=${name}
        ></progress>`;
  }

  readonly #toggle = (): void => {
    this.expanded = !this.expanded;
    this.dispatchEvent(new JobToggleEvent(this.job!, this.expanded));
  };

  #openDetails(index: number): void {
    this.#grid.setCurrent(index);
    this.#details.open(index);
  }
}

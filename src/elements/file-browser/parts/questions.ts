import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import type { Adapter } from '../../../adapters/adapter.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { SignedLink } from '../../../core/actions/action.js';
import { accepts } from '../../../core/actions/transfer.js';
import type { Entry } from '../../../core/entry.js';
import { displayName } from '../../../core/format.js';
import { checkName, isWithin, toFolderPath } from '../../../core/path.js';
import { sentence, told } from '../../parts/sentence.js';
import { FolderPicker } from './folder-picker.js';
import { type LinkPhase, lifeOf, linkBody, linkSeconds } from './link-question.js';
import { nameProblemText } from './name-problem.js';
import { RemovalCount, removalText } from './removal.js';

type Question =
  | {
      readonly kind: 'new-folder';
      readonly typed: string;
      readonly done: (name: string | undefined) => void;
    }
  | {
      readonly kind: 'destination';
      readonly action: 'move' | 'copy';
      readonly entries: readonly Entry[];
      readonly done: (to: string | undefined) => void;
    }
  | {
      readonly kind: 'remove';
      readonly entries: readonly Entry[];
      readonly done: (yes: true | undefined) => void;
    }
  | {
      readonly kind: 'link';
      readonly entry: Entry;
      readonly sign: (seconds: number) => Promise<SignedLink>;
      readonly done: (shown: true | undefined) => void;
    };

export interface QuestionsOptions {
  readonly localize: LocalizeController;
  readonly dialog: () => HTMLDialogElement | null;
  readonly adapter: () => Adapter | undefined;
  readonly folder: () => string;
  /** Name of the top folder. */
  readonly rootName: () => string;
  readonly isTaken: (name: string) => boolean;
  /** Writes text to the clipboard; the text may still be on its way. */
  readonly copyText: (text: Promise<string>) => Promise<void>;
}

function valueAtFirst(question: Question, folder: string): string {
  if (question.kind === 'destination') return folder;
  return question.kind === 'new-folder' ? question.typed : '';
}

/** The questions a file browser asks in its dialog, one at a time; each is answered with undefined by Escape. */
export class Questions implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: QuestionsOptions;
  readonly #waiting: Question[] = [];
  #question: Question | undefined;
  #isShown = false;
  #value = '';
  #problem = '';
  #link: LinkPhase = { phase: 'ask' };
  #seconds = 3600;
  readonly #folders: FolderPicker;
  #removal: RemovalCount | undefined;

  constructor(host: ReactiveControllerHost, options: QuestionsOptions) {
    this.#host = host;
    this.#options = options;
    this.#folders = new FolderPicker(host, {
      localize: options.localize,
      adapter: options.adapter,
      rootName: options.rootName,
      list: () => options.dialog()?.querySelector<HTMLElement>('.folder-list') ?? null,
      onWalk: path => this.#type(path),
    });
    host.addController(this);
  }

  /** Whether the dialog has the keyboard. */
  get isOpen(): boolean {
    return this.#options.dialog()?.open === true;
  }

  /** `typed`: what was typed the last time, and could not be done. */
  newFolderName(typed = ''): Promise<string | undefined> {
    return new Promise(done => this.#ask({ kind: 'new-folder', typed, done }));
  }

  destination(action: 'move' | 'copy', entries: readonly Entry[]): Promise<string | undefined> {
    return new Promise(done => this.#ask({ kind: 'destination', action, entries, done }));
  }

  confirmRemove(entries: readonly Entry[]): Promise<true | undefined> {
    return new Promise(done => this.#ask({ kind: 'remove', entries, done }));
  }

  link(entry: Entry, sign: (seconds: number) => Promise<SignedLink>): Promise<true | undefined> {
    return new Promise(done => this.#ask({ kind: 'link', entry, sign, done }));
  }

  hostUpdated(): void {
    const dialog = this.#options.dialog();
    if (!dialog || !this.#question) return;
    this.#folders.restoreFocus();
    // Closed by Escape, it stays closed until the event of that has been heard.
    if (dialog.open || this.#isShown) return;
    this.#isShown = true;
    dialog.showModal();
    const field = dialog.querySelector<HTMLInputElement>('input');
    field?.select();
  }

  hostDisconnected(): void {
    this.#options.dialog()?.close();
    for (const question of this.#waiting.splice(0)) question.done(undefined);
    this.#finish(undefined);
  }

  render(): TemplateResult {
    const question = this.#question;
    // The dialog element stays, so that closing it hands the focus back where it was.
    return html`<dialog
      class="dialog question"
      part="dialog"
      aria-labelledby="question-heading"
      @close=${(event: Event) => {
        // The event comes late: the next question may be open by then.
        if (!(event.target as HTMLDialogElement).open) this.#finish(undefined);
      }}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
    >
      ${
        question
          ? html`<form
            @submit=${(event: Event) => {
              event.preventDefault();
              this.#submit(question);
            }}
          >
            <h2 class="dialog-heading" id="question-heading">${this.#heading(question)}</h2>
            ${this.#body(question)}
          </form>`
          : nothing
      }
    </dialog>`;
  }

  #ask(question: Question): void {
    if (this.#question) this.#waiting.push(question);
    else this.#show(question);
  }

  #show(question: Question): void {
    this.#question = question;
    this.#isShown = false;
    this.#value = valueAtFirst(question, this.#options.folder());
    this.#problem = '';
    this.#link = { phase: 'ask' };
    const adapter = this.#options.adapter();
    if (question.kind === 'destination') {
      const { entries } = question;
      this.#folders.open(this.#value, folder =>
        entries.some(entry => entry.kind === 'folder' && isWithin(folder, entry.path)),
      );
    } else if (question.kind === 'remove' && adapter)
      this.#removal = new RemovalCount(adapter, question.entries, () => this.#host.requestUpdate());
    this.#host.requestUpdate();
  }

  #finish(answer: unknown): void {
    const question = this.#question;
    if (!question) return;
    this.#question = undefined;
    this.#folders.close();
    this.#removal?.stop();
    this.#removal = undefined;
    (question.done as (answer: unknown) => void)(answer);
    const dialog = this.#options.dialog();
    if (dialog?.open) dialog.close();
    const next = this.#waiting.shift();
    if (next) this.#show(next);
    this.#host.requestUpdate();
  }

  #submit(question: Question): void {
    const { localize, folder, isTaken } = this.#options;
    if (question.kind === 'new-folder') {
      const name = this.#value.trim();
      const problem = checkName(name, folder(), isTaken);
      if (problem) this.#refuse(nameProblemText(problem, name, localize));
      else this.#finish(name);
    } else if (question.kind === 'destination') {
      const to = toFolderPath(this.#value.trim());
      if (question.action === 'move' && !accepts(to, question.entries)) {
        const same = question.entries.some(entry => accepts(to, [entry]) === false && to === folder());
        this.#refuse(localize.text(same ? 'browser.destinationSame' : 'browser.destinationInside'));
      } else if (
        question.action === 'copy' &&
        question.entries.some(entry => entry.kind === 'folder' && !accepts(to, [entry]))
      ) {
        this.#refuse(
          localize.text(to === folder() ? 'browser.destinationSame' : 'browser.destinationInside'),
        );
      } else this.#finish(to);
    } else if (question.kind === 'remove') this.#finish(true);
    else if (question.kind === 'link') void this.#copyLink(question);
  }

  #type(text: string): void {
    this.#value = text;
    this.#problem = '';
    this.#host.requestUpdate();
  }

  #refuse(problem: string): void {
    this.#problem = problem;
    this.#host.requestUpdate();
    void this.#host.updateComplete.then(() => this.#options.dialog()?.querySelector('input')?.focus());
  }

  async #copyLink(question: Question & { kind: 'link' }): Promise<void> {
    const set = (phase: LinkPhase) => {
      if (this.#question !== question) return;
      this.#link = phase;
      this.#host.requestUpdate();
    };
    const seconds = this.#seconds;
    set({ phase: 'signing' });
    const signed = question.sign(seconds);
    try {
      await this.#options.copyText(signed.then(({ url }) => url));
      set({ phase: 'copied', life: lifeOf((await signed).expiresAt, seconds) });
    } catch {
      try {
        const { url, expiresAt } = await signed;
        set({ phase: 'by-hand', url, life: lifeOf(expiresAt, seconds) });
      } catch (error) {
        set({ phase: 'failed', error });
      }
    }
  }

  #heading(question: Question): TemplateResult {
    const { localize } = this.#options;
    if (question.kind === 'new-folder') return sentence(localize, 'browser.newFolderHeading');
    if (question.kind === 'link')
      return sentence(localize, 'browser.linkHeading', { name: displayName(question.entry.name) });
    const count = question.entries.length;
    const name = displayName(question.entries[0]?.name ?? '');
    if (question.kind === 'remove')
      return count === 1
        ? sentence(localize, 'browser.removeHeadingOne', { name })
        : sentence(localize, 'browser.removeHeading', { count });
    if (question.action === 'move')
      return count === 1
        ? sentence(localize, 'browser.moveHeadingOne', { name })
        : sentence(localize, 'browser.moveHeading', { count });
    return count === 1
      ? sentence(localize, 'browser.copyHeadingOne', { name })
      : sentence(localize, 'browser.copyHeading', { count });
  }

  #body(question: Question): TemplateResult {
    const { localize } = this.#options;
    switch (question.kind) {
      case 'new-folder':
        return html`${this.#field(localize.text('browser.newFolderName'))}
        ${this.#buttons(localize.text('browser.newFolderCreate'))}`;
      case 'destination':
        return html`${this.#field(localize.text('browser.destination'), localize.text('browser.destinationHint'))}
        ${this.#folders.render()}
        ${this.#buttons(localize.text(question.action === 'move' ? 'browser.moveConfirm' : 'browser.copyConfirm'))}`;
      case 'remove':
        return html`<p class="dialog-body">${told(localize, removalText(question.entries, localize))}</p>
          <p class="removal-count small muted" role="status">${this.#removal?.text(localize) ?? ''}</p>
          <div class="dialog-actions">
            ${this.#cancelButton(true)}
            <button type="submit" class="button danger" part="button">${localize.text('browser.removeConfirm')}</button>
          </div>`;
      case 'link': {
        const limit = this.#options.adapter()?.capabilities.maxLinkSeconds ?? Number.POSITIVE_INFINITY;
        if (this.#seconds > limit) this.#seconds = linkSeconds(limit).at(-1)!;
        return linkBody(this.#link, {
          localize,
          choices: linkSeconds(limit),
          seconds: this.#seconds,
          onSeconds: seconds => {
            this.#seconds = seconds;
          },
          onClose: () =>
            this.#finish(this.#link.phase === 'copied' || this.#link.phase === 'by-hand' || undefined),
        });
      }
    }
  }

  #field(label: string, hint = ''): TemplateResult {
    return html`<label class="field">
      <span>${label}</span>
      <input
        class="input"
        part="input"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        .value=${this.#value}
        aria-invalid=${this.#problem === '' ? 'false' : 'true'}
        aria-describedby="question-hint"
        @input=${(event: Event) => {
          const text = (event.target as HTMLInputElement).value;
          this.#type(text);
          if (this.#question?.kind === 'destination') this.#folders.type(text);
        }}
      />
      <span id="question-hint" class="small ${this.#problem === '' ? 'muted' : 'danger'}" aria-live="polite">
        ${this.#problem === '' ? hint : this.#problem}
      </span>
    </label>`;
  }

  #cancelButton(autofocus = false): TemplateResult {
    return html`<button
      type="button"
      class="button"
      part="button"
      ?autofocus=${autofocus}
      @click=${() => this.#finish(undefined)}
    >
      ${this.#options.localize.text('common.cancel')}
    </button>`;
  }

  #buttons(confirm: string): TemplateResult {
    return html`<div class="dialog-actions">
      ${this.#cancelButton()}
      <button type="submit" class="button primary" part="button">${confirm}</button>
    </div>`;
  }
}

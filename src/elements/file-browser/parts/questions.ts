import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { accepts } from '../../../core/actions/transfer.js';
import type { Entry } from '../../../core/entry.js';
import { displayName } from '../../../core/format.js';
import { checkName, toFolderPath } from '../../../core/path.js';
import type { Conflict, ConflictAnswer } from '../../../transfer/types.js';
import { type LinkPhase, linkBody, linkSeconds } from './link-question.js';
import { nameProblemText } from './name-problem.js';

type Question =
  | { readonly kind: 'new-folder'; readonly done: (name: string | undefined) => void }
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
      readonly sign: (seconds: number) => Promise<string>;
      readonly done: (shown: true | undefined) => void;
    }
  | {
      readonly kind: 'conflict';
      readonly conflict: Conflict;
      readonly done: (answer: { answer: ConflictAnswer; rest: boolean } | undefined) => void;
    };

export interface QuestionsOptions {
  readonly localize: LocalizeController;
  readonly dialog: () => HTMLDialogElement | null;
  readonly folder: () => string;
  readonly isTaken: (name: string) => boolean;
  /** Longest life of a link in seconds; undefined: no limit known. */
  readonly maxLinkSeconds: () => number | undefined;
  /** Writes text to the clipboard; the text may still be on its way. */
  readonly copyText: (text: Promise<string>) => Promise<void>;
}

/** The questions a file browser asks in its dialog, one at a time; each is answered with undefined by Escape. */
export class Questions implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: QuestionsOptions;
  readonly #waiting: Question[] = [];
  #question: Question | undefined;
  #value = '';
  #problem = '';
  #forRest = false;
  #link: LinkPhase = { phase: 'ask' };
  #seconds = 3600;

  constructor(host: ReactiveControllerHost, options: QuestionsOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  newFolderName(): Promise<string | undefined> {
    return new Promise(done => this.#ask({ kind: 'new-folder', done }));
  }

  destination(action: 'move' | 'copy', entries: readonly Entry[]): Promise<string | undefined> {
    return new Promise(done => this.#ask({ kind: 'destination', action, entries, done }));
  }

  confirmRemove(entries: readonly Entry[]): Promise<true | undefined> {
    return new Promise(done => this.#ask({ kind: 'remove', entries, done }));
  }

  link(entry: Entry, sign: (seconds: number) => Promise<string>): Promise<true | undefined> {
    return new Promise(done => this.#ask({ kind: 'link', entry, sign, done }));
  }

  conflict(conflict: Conflict): Promise<{ answer: ConflictAnswer; rest: boolean } | undefined> {
    return new Promise(done => this.#ask({ kind: 'conflict', conflict, done }));
  }

  hostUpdated(): void {
    const dialog = this.#options.dialog();
    if (!dialog || !this.#question || dialog.open) return;
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
      @close=${() => this.#finish(undefined)}
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
    this.#value = question.kind === 'destination' ? this.#options.folder() : '';
    this.#problem = '';
    this.#forRest = false;
    this.#link = { phase: 'ask' };
    this.#host.requestUpdate();
  }

  #finish(answer: unknown): void {
    const question = this.#question;
    if (!question) return;
    this.#question = undefined;
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
      await this.#options.copyText(signed);
      set({ phase: 'copied', until: Date.now() + seconds * 1000 });
    } catch {
      try {
        set({ phase: 'by-hand', url: await signed });
      } catch (error) {
        set({ phase: 'failed', error });
      }
    }
  }

  #heading(question: Question): string {
    const { localize } = this.#options;
    if (question.kind === 'new-folder') return localize.text('browser.newFolderHeading');
    if (question.kind === 'link')
      return localize.text('browser.linkHeading', { name: displayName(question.entry.name) });
    if (question.kind === 'conflict')
      return localize.text('upload.conflictHeading', { name: displayName(question.conflict.item.name) });
    const count = question.entries.length;
    const name = displayName(question.entries[0]?.name ?? '');
    if (question.kind === 'remove')
      return count === 1
        ? localize.text('browser.removeHeadingOne', { name })
        : localize.text('browser.removeHeading', { count });
    if (question.action === 'move')
      return count === 1
        ? localize.text('browser.moveHeadingOne', { name })
        : localize.text('browser.moveHeading', { count });
    return count === 1
      ? localize.text('browser.copyHeadingOne', { name })
      : localize.text('browser.copyHeading', { count });
  }

  #body(question: Question): TemplateResult {
    const { localize } = this.#options;
    switch (question.kind) {
      case 'new-folder':
        return html`${this.#field(localize.text('browser.newFolderName'))}
        ${this.#buttons(localize.text('browser.newFolderCreate'))}`;
      case 'destination':
        return html`${this.#field(localize.text('browser.destination'), localize.text('browser.destinationHint'))}
        ${this.#buttons(localize.text(question.action === 'move' ? 'browser.moveConfirm' : 'browser.copyConfirm'))}`;
      case 'remove':
        return html`<p class="dialog-body">${removalText(question.entries, localize)}</p>
          <div class="dialog-actions">
            ${this.#cancelButton(true)}
            <button type="submit" class="button danger" part="button">${localize.text('browser.removeConfirm')}</button>
          </div>`;
      case 'link': {
        const limit = this.#options.maxLinkSeconds() ?? Number.POSITIVE_INFINITY;
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
      case 'conflict':
        return this.#conflictBody(question);
    }
  }

  #conflictBody({ conflict }: Question & { kind: 'conflict' }): TemplateResult {
    const { localize } = this.#options;
    const describe = ({ size, modified }: { size?: number | undefined; modified?: number | undefined }) =>
      [
        size === undefined ? '' : localize.size(size),
        modified === undefined ? '' : localize.exactDate(modified),
      ]
        .filter(text => text !== '')
        .join(', ');
    const answer = (value: ConflictAnswer, label: string, primary = false) =>
      html`<button type="button" class="button ${primary ? 'primary' : ''}" part="button" @click=${() => this.#finish({ answer: value, rest: this.#forRest })}>
        ${label}
      </button>`;
    return html`<p class="dialog-body">
        ${localize.text('upload.conflictText', { folder: this.#options.folder() || localize.text('common.rootFolder') })}
      </p>
      <dl class="facts">
        <dt>${localize.text('upload.conflictNew')}</dt>
        <dd>${describe({ size: conflict.item.size })}</dd>
        <dt>${localize.text('upload.conflictExisting')}</dt>
        <dd>${describe(conflict.existing)}</dd>
      </dl>
      <label class="choice">
        <input type="checkbox" .checked=${this.#forRest} @change=${(event: Event) => (this.#forRest = (event.target as HTMLInputElement).checked)} />
        <span>${localize.text('upload.conflictRest')}</span>
      </label>
      <div class="dialog-actions">
        ${answer('skip', localize.text('upload.conflictSkip'))} ${answer('rename', localize.text('upload.conflictRename'))}
        ${answer('replace', localize.text('upload.conflictReplace'), true)}
      </div>`;
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
          this.#value = (event.target as HTMLInputElement).value;
          if (this.#problem !== '') {
            this.#problem = '';
            this.#host.requestUpdate();
          }
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

/** Says what deleting these takes away: how many files, how many folders, and that what is below goes too. */
export function removalText(entries: readonly Entry[], localize: LocalizeController): string {
  const folders = entries.filter(entry => entry.kind === 'folder').length;
  const files = entries.length - folders;
  if (folders === 0)
    return files === 1
      ? localize.text('browser.removeFile')
      : localize.text('browser.removeFiles', { count: files });
  if (files === 0)
    return folders === 1
      ? localize.text('browser.removeFolder')
      : localize.text('browser.removeFolders', { count: folders });
  return localize.text('browser.removeFilesAndFolders', {
    files: localize.text('common.filesCount', { count: files }),
    folders: localize.text('common.foldersCount', { count: folders }),
  });
}

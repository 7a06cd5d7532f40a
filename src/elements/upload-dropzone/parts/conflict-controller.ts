import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import { parentPath } from '../../../core/path.js';
import type { Conflict, ConflictAnswer } from '../../../transfer/types.js';

interface Question {
  readonly conflict: Conflict;
  /** Local time of the new file, milliseconds since 1970. */
  readonly modified: number | undefined;
  readonly memory: Memory;
  readonly answer: (answer: ConflictAnswer) => void;
}

/** The answer for the rest of one upload. */
class Memory {
  answer: ConflictAnswer | undefined;
}

/** The first one gets the focus, so it is the one that loses nothing. */
const choices = [
  ['rename', 'upload.conflictRename', 'upload.conflictRenameHint'],
  ['replace', 'upload.conflictReplace', 'upload.conflictReplaceHint'],
  ['skip-same', 'upload.conflictSkipSame', 'upload.conflictSkipSameHint'],
  ['skip', 'upload.conflictSkip', 'upload.conflictSkipHint'],
] as const;

/**
 * Asks the person what to do when a name is taken: one question at a time, and the answer can hold for the rest of the
 * same upload.
 */
export class ConflictController implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  readonly #localize: LocalizeController;
  #queue: Question[] = [];

  constructor(host: ReactiveControllerHost & Element, localize: LocalizeController) {
    this.#host = host;
    this.#localize = localize;
    host.addController(this);
  }

  /** A function for `onConflict` of one upload. `modifiedOf`: when the new file was changed, where known. */
  asker(
    modifiedOf: (conflict: Conflict) => number | undefined,
  ): (conflict: Conflict) => Promise<ConflictAnswer> {
    const memory = new Memory();
    return conflict => {
      if (memory.answer) return Promise.resolve(memory.answer);
      return new Promise(answer => {
        this.#queue.push({ conflict, modified: modifiedOf(conflict), memory, answer });
        this.#host.requestUpdate();
      });
    };
  }

  hostUpdated(): void {
    const dialog = this.#dialog;
    if (!dialog) return;
    if (this.#queue.length > 0 && !dialog.open) dialog.showModal();
    else if (this.#queue.length === 0 && dialog.open) dialog.close();
  }

  hostDisconnected(): void {
    // Nobody can answer any more: the files that are there stay, and the list shows which ones were not stored.
    for (const question of this.#queue.splice(0)) question.answer('cancel');
  }

  get #dialog(): HTMLDialogElement | null {
    return this.#host.shadowRoot?.querySelector<HTMLDialogElement>('.conflict') ?? null;
  }

  #settle(answer: ConflictAnswer): void {
    const question = this.#queue.shift();
    if (!question) return;
    const rest = this.#dialog?.querySelector<HTMLInputElement>('[name="rest"]');
    if (rest?.checked && answer !== 'cancel') {
      question.memory.answer = answer;
      const others = this.#queue.filter(other => other.memory === question.memory);
      this.#queue = this.#queue.filter(other => other.memory !== question.memory);
      for (const other of others) other.answer(answer);
    }
    question.answer(answer);
    this.#host.requestUpdate();
  }

  render(): TemplateResult {
    const question = this.#queue[0];
    return html`<dialog
      class="dialog conflict"
      part="conflict-dialog"
      aria-labelledby="conflict-heading"
      @cancel=${(event: Event) => {
        event.preventDefault();
        this.#settle('cancel');
      }}
    >
      ${question ? this.#question(question) : nothing}
    </dialog>`;
  }

  #question({ conflict, modified }: Question): TemplateResult {
    const localize = this.#localize;
    const { item, existing } = conflict;
    const folder = parentPath(item.path);
    const facts = (size: number | undefined, time: number | undefined) => {
      const words = [
        size === undefined ? undefined : localize.size(size),
        time === undefined ? undefined : localize.dateTime(time),
      ].filter(Boolean);
      return words.length > 0 ? words.join(' · ') : '–';
    };
    return html`
      <h2 class="dialog-heading" id="conflict-heading">
        ${localize.text('upload.conflictHeading', { name: displayName(item.name) })}
      </h2>
      <p class="dialog-body small muted">
        ${localize.text('upload.conflictText', { folder: folder ? displayName(folder) : localize.text('common.rootFolder') })}
      </p>
      <dl class="versions small">
        <dt>${localize.text('upload.conflictNew')}</dt>
        <dd>${facts(item.size, modified)}</dd>
        <dt>${localize.text('upload.conflictExisting')}</dt>
        <dd>${facts(existing.size, existing.modified)}</dd>
      </dl>
      <div class="choices" part="conflict-choices">
        ${choices.map(
          ([answer, label, hint]) =>
            html`<button type="button" class="choice" data-answer=${answer} @click=${() => this.#settle(answer)}>
              <span>${localize.text(label)}</span><span class="small muted">${localize.text(hint)}</span>
            </button>`,
        )}
      </div>
      <div class="dialog-actions">
        <label class="rest small"
          ><input type="checkbox" name="rest" />${localize.text('upload.conflictRest')}</label
        >
        <button type="button" class="button" data-answer="cancel" @click=${() => this.#settle('cancel')}>
          ${localize.text('upload.conflictCancel')}
        </button>
      </div>
    `;
  }
}

import { html, nothing, type TemplateResult } from 'lit';
import type {
  ConflictChoice,
  ConflictController,
  ConflictQuestion,
} from '../../controllers/conflict-controller.js';
import type { LocalizeController } from '../../controllers/localize-controller.js';
import { displayName } from '../../core/format.js';
import { parentPath } from '../../core/path.js';
import type { ConflictAnswer } from '../../transfer/types.js';
import { sentence } from './sentence.js';

const uploadKeys = {
  text: 'upload.conflictText',
  textTop: 'upload.conflictTextTop',
  comes: 'upload.conflictNew',
  existing: 'upload.conflictExisting',
  rename: ['upload.conflictRename', 'upload.conflictRenameHint'],
  replace: ['upload.conflictReplace', 'upload.conflictReplaceHint'],
  'skip-same': ['upload.conflictSkipSame', 'upload.conflictSkipSameHint'],
  skip: ['upload.conflictSkip', 'upload.conflictSkipHint'],
} as const satisfies Record<ConflictChoice, readonly [string, string]> & Record<string, unknown>;

const downloadKeys = {
  ...uploadKeys,
  text: 'download.conflictText',
  textTop: 'download.conflictTextTop',
  comes: 'download.conflictNew',
  existing: 'download.conflictExisting',
  rename: ['upload.conflictRename', 'download.conflictRenameHint'],
  replace: ['upload.conflictReplace', 'download.conflictReplaceHint'],
  skip: ['upload.conflictSkip', 'download.conflictSkipHint'],
} as const;

/**
 * The question what to do about a name that is taken, for every element that uploads or saves into folders. Needs
 * `dialogStyles` and `conflictDialogStyles`. "Not now" puts the file off: it is not moved, and can be tried again. Escape
 * puts off all files of that job whose names are taken: whoever wants out of the question wants out of the next thousand too.
 */
export function conflictDialog(conflicts: ConflictController, localize: LocalizeController): TemplateResult {
  const { question } = conflicts;
  // The element stays, so that the page's focus and the popover's state have something to hold on to.
  return html`<div
    class="dialog conflict"
    part="conflict-dialog"
    role="dialog"
    popover="manual"
    aria-labelledby="conflict-heading"
    aria-describedby="conflict-text"
    @keydown=${(event: KeyboardEvent) => {
      // Keys of the element around (a file browser has many) mean nothing here.
      event.stopPropagation();
      if (event.key !== 'Escape') return;
      event.preventDefault();
      settle(conflicts, 'cancel', true);
    }}
  >
    ${question ? questionBody(question, conflicts, localize) : nothing}
  </div>`;
}

function settle(conflicts: ConflictController, answer: ConflictAnswer, forAll = false): void {
  const box = conflicts.dialog?.querySelector<HTMLInputElement>('[name="rest"]');
  const rest = forAll || box?.checked === true;
  if (box) box.checked = false;
  conflicts.answer(answer, rest);
}

function questionBody(
  { kind, conflict, modified, choices, others, isRepeated }: ConflictQuestion,
  conflicts: ConflictController,
  localize: LocalizeController,
): TemplateResult {
  const { item, existing } = conflict;
  const keys = kind === 'upload' ? uploadKeys : downloadKeys;
  const folder = parentPath(item.path);
  const facts = (size: number | undefined, time: number | undefined) => {
    const words = [
      size === undefined ? undefined : localize.size(size),
      time === undefined ? undefined : localize.dateTime(time),
    ].filter(Boolean);
    return words.length > 0 ? words.map((word, at) => html`${at > 0 ? ' · ' : ''}<bdi>${word}</bdi>`) : '–';
  };
  return html`
    <h2 class="dialog-heading" id="conflict-heading">
      ${sentence(localize, 'upload.conflictHeading', { name: displayName(item.name) })}
    </h2>
    <p class="dialog-body small muted" id="conflict-text">
      ${
        folder
          ? sentence(localize, keys.text, { folder: displayName(folder) })
          : sentence(localize, keys.textTop)
      }
    </p>
    <dl class="versions small">
      <dt>${localize.text(keys.comes)}</dt>
      <dd>${facts(item.size, modified)}</dd>
      <dt>${localize.text(keys.existing)}</dt>
      <dd>${facts(existing.size, existing.modified)}</dd>
    </dl>
    <div class="conflict-choices" part="conflict-choices">
      ${choices.map(
        choice =>
          html`<button
            type="button"
            class="conflict-choice"
            data-answer=${choice}
            @click=${() => settle(conflicts, choice)}
          >
            <span>${localize.text(keys[choice][0])}</span>
            <span class="small muted">${sentence(localize, keys[choice][1])}</span>
          </button>`,
      )}
    </div>
    <div class="dialog-actions">
      <label class="rest small"
        ><input type="checkbox" name="rest" /><span
          >${
            others > 0
              ? localize.text('upload.conflictRestCount', { count: others })
              : localize.text('upload.conflictRest')
          }</span
        ></label
      >
      <button
        type="button"
        class="button"
        data-answer="cancel"
        title=${localize.text('upload.conflictLaterHint')}
        @click=${() => settle(conflicts, 'cancel')}
      >
        ${localize.text('upload.conflictLater')}
      </button>
      ${
        others > 0 || isRepeated
          ? html`<button
              type="button"
              class="button"
              data-answer="cancel-all"
              title=${localize.text('upload.conflictLaterAllHint')}
              @click=${() => settle(conflicts, 'cancel', true)}
            >
              ${localize.text('upload.conflictLaterAll')}
            </button>`
          : nothing
      }
    </div>
  `;
}

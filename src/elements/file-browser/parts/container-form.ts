import { html, nothing, type TemplateResult } from 'lit';
import type { ContainerField } from '../../../adapters/adapter.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { applyingFields, type FieldProblem, type FormValues } from './container-values.js';

export interface ContainerFormProps {
  readonly localize: LocalizeController;
  readonly fields: readonly ContainerField[];
  readonly values: FormValues;
  readonly problems: Readonly<Record<string, FieldProblem>>;
  /** What the fields held at first, for a container that is there. */
  readonly before: FormValues | undefined;
  readonly isBusy: boolean;
  readonly onInput: (name: string, text: string) => void;
}

/** The fields that a platform names for its containers. */
export function containerFields(props: ContainerFormProps): TemplateResult {
  const { fields, values, before } = props;
  const shown = applyingFields(fields, values).filter(({ editable }) => !before || editable !== false);
  return html`${shown.map(field => fieldTemplate(field, props))}`;
}

function fieldTemplate(field: ContainerField, props: ContainerFormProps): TemplateResult {
  const { localize, before } = props;
  const problem = props.problems[field.name];
  const isUnknown = before !== undefined && before[field.name] === undefined && field.type !== 'labels';
  const hints = [
    field.hint,
    field.type === 'labels' ? localize.text('containers.labelsHint') : undefined,
    isUnknown ? localize.text('containers.unchanged') : undefined,
  ].filter(Boolean);
  const id = `container-field-${field.name}`;
  return html`<div class="field">
    <label for=${id}>${field.label}</label>
    ${control(field, id, props)}
    <span id="${id}-hint" class="small ${problem ? 'danger' : 'muted'}" aria-live="polite">
      ${problem ? localize.text(`containers.${problem}`) : hints.join(' ')}
    </span>
  </div>`;
}

function control(field: ContainerField, id: string, props: ContainerFormProps): TemplateResult {
  const { localize, values, before, problems, isBusy } = props;
  const text = values[field.name] ?? '';
  const isInvalid = problems[field.name] ? 'true' : 'false';
  // What is left empty stays as it is, so nothing is needed of a container that is there.
  const isRequired = field.required && !before ? 'true' : nothing;
  const onInput = (event: Event) => props.onInput(field.name, (event.target as HTMLInputElement).value);
  switch (field.type) {
    case 'choice':
      return html`<select
        id=${id}
        class="input"
        part="input"
        aria-describedby="${id}-hint"
        aria-invalid=${isInvalid}
        aria-required=${isRequired}
        ?disabled=${isBusy}
        @change=${onInput}
      >
        ${text === '' || !field.required ? html`<option value="" ?selected=${text === ''}>${localize.text('containers.choiceDefault')}</option>` : nothing}
        ${(field.choices ?? []).map(choice => html`<option value=${choice} ?selected=${choice === text}>${choice}</option>`)}
      </select>`;
    case 'multiline':
    case 'labels':
    case 'json':
      return html`<textarea
        id=${id}
        class="input lines ${field.type === 'json' ? 'code' : ''}"
        part="input"
        rows=${field.type === 'json' ? 6 : 3}
        spellcheck=${field.type === 'multiline' ? 'true' : 'false'}
        dir=${field.type === 'json' ? 'ltr' : 'auto'}
        aria-describedby="${id}-hint"
        aria-invalid=${isInvalid}
        aria-required=${isRequired}
        ?disabled=${isBusy}
        .value=${text}
        @input=${onInput}
      ></textarea>`;
    default:
      return html`<input
        id=${id}
        class="input"
        part="input"
        type=${field.type === 'secret' ? 'password' : 'text'}
        inputmode=${field.type === 'number' ? 'decimal' : nothing}
        autocomplete=${field.type === 'secret' ? 'new-password' : 'off'}
        autocapitalize="off"
        spellcheck="false"
        aria-describedby="${id}-hint"
        aria-invalid=${isInvalid}
        aria-required=${isRequired}
        ?disabled=${isBusy}
        .value=${text}
        @input=${onInput}
      />`;
  }
}

/** What a form about a container holds, as text, and what the storage is given of it. */
import type { Container, ContainerField, ContainerInput } from '../../../adapters/adapter.js';

/** Text of each field, by its name. */
export type FormValues = Readonly<Record<string, string>>;
export type FieldProblem = 'problemRequired' | 'problemNumber' | 'problemLabels' | 'problemJson';

/** The text of each field for a container that is there; what its platform does not tell stays absent. */
export function valuesOf(container: Container, fields: readonly ContainerField[]): FormValues {
  const values: Record<string, string> = {};
  const own: Record<string, unknown> = {
    name: container.name,
    description: container.description,
    labels: container.labels,
    ...container.extra,
  };
  for (const field of fields) {
    const value = own[field.name];
    // Nobody shows a secret, whatever the platform says.
    if (value === undefined || value === null || field.type === 'secret') continue;
    values[field.name] = textOf(value);
  }
  // Platforms have words of their own for the name: title, heading.
  const naming = fields.find(({ type, required }) => type === 'text' && required);
  if (naming) values[naming.name] ??= container.name;
  return values;

  function textOf(value: unknown): string {
    if (value === container.labels) {
      return Object.entries(container.labels ?? {})
        .map(([name, text]) => `${name}: ${text}`)
        .join('\n');
    }
    return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
  }
}

/** The fields that mean something with the other fields as they are. */
export function applyingFields(
  fields: readonly ContainerField[],
  values: FormValues,
): readonly ContainerField[] {
  return fields.filter(({ when }) => when === undefined || when.is.includes(values[when.field] ?? ''));
}

export interface ReadForm {
  /** What the storage is given. For a container that is there: only what has been changed. */
  readonly input: ContainerInput;
  readonly problems: Readonly<Record<string, FieldProblem>>;
}

/** Reads the form. `before` holds the texts it began with, for a container that is there. */
export function readForm(
  fields: readonly ContainerField[],
  values: FormValues,
  before?: FormValues,
): ReadForm {
  const input: Record<string, unknown> = {};
  const problems: Record<string, FieldProblem> = {};
  for (const field of applyingFields(fields, values)) {
    if (before && field.editable === false) continue;
    const text = field.type === 'secret' ? (values[field.name] ?? '') : (values[field.name] ?? '').trim();
    const known = before?.[field.name];
    if (before && text === (known ?? '').trim()) continue;
    if (text === '') {
      if (field.required) problems[field.name] = 'problemRequired';
      // Emptied: the setting goes.
      else if (before) input[field.name] = field.type === 'labels' ? {} : field.type === 'number' ? null : '';
      continue;
    }
    const value = read(field, text);
    if (value.problem) problems[field.name] = value.problem;
    else input[field.name] = value.is;
  }
  return { input, problems };
}

function read({ type }: ContainerField, text: string): { is?: unknown; problem?: FieldProblem } {
  switch (type) {
    case 'number': {
      const number = Number(text.replace(',', '.'));
      return Number.isFinite(number) ? { is: number } : { problem: 'problemNumber' };
    }
    case 'labels': {
      const labels: Record<string, string> = Object.create(null);
      for (const line of text.split('\n').filter(each => each.trim() !== '')) {
        const label = readLabel(line);
        if (!label) return { problem: 'problemLabels' };
        labels[label[0]] = label[1];
      }
      return { is: { ...labels } };
    }
    case 'json':
      try {
        return { is: JSON.parse(text) };
      } catch {
        return { problem: 'problemJson' };
      }
    default:
      return { is: text };
  }
}

/** `name: value`; undefined for anything else. */
export function readLabel(text: string): readonly [name: string, value: string] | undefined {
  const colon = text.indexOf(':');
  const name = text.slice(0, colon).trim();
  return colon > 0 && name !== '' ? [name, text.slice(colon + 1).trim()] : undefined;
}

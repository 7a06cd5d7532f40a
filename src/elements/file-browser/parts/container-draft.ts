import type { Container, ContainerField } from '../../../adapters/adapter.js';
import { type FieldProblem, type FormValues, type ReadForm, readForm, valuesOf } from './container-values.js';

/** What has been filled into the form about a container, and what is wrong with it. */
export class ContainerDraft {
  values: FormValues = {};
  /** What the form began with, for a container that is there. */
  before: FormValues | undefined;
  problems: Readonly<Record<string, FieldProblem>> = {};

  /** Starts over, with what a container has. Without one it is empty: also so that secrets do not outlive their form. */
  fill(container?: Container, fields: readonly ContainerField[] = []): void {
    this.before = container && valuesOf(container, fields);
    this.values = this.before ?? {};
    this.problems = {};
  }

  input(name: string, text: string): void {
    this.values = { ...this.values, [name]: text };
    const { [name]: _, ...others } = this.problems;
    this.problems = others;
  }

  /** What the storage is to be given; undefined: something is wrong or missing. */
  read(fields: readonly ContainerField[]): ReadForm['input'] | undefined {
    const { input, problems } = readForm(fields, this.values, this.before);
    this.problems = problems;
    return Object.keys(problems).length === 0 ? input : undefined;
  }
}

import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { Entry } from '../../../core/entry.js';
import { checkName, extensionStart } from '../../../core/path.js';
import type { NameEditing } from './grid.js';
import { nameProblemText } from './name-problem.js';

export interface NamingOptions {
  readonly localize: LocalizeController;
  readonly field: () => HTMLInputElement | null;
  readonly hasFocus: (field: HTMLElement) => boolean;
  readonly folder: () => string;
  readonly isTaken: (name: string) => boolean;
  readonly isRendering: () => boolean;
  readonly requestUpdate: () => void;
  /** The field is about to go although it has the focus. */
  readonly onLeave: () => void;
}

/** The name that is being typed into a row. */
export class Naming {
  readonly #options: NamingOptions;
  #entry: Entry | undefined;
  #answer: ((name: string | undefined) => void) | undefined;
  #problem = '';
  #isNew = false;

  constructor(options: NamingOptions) {
    this.#options = options;
  }

  get isActive(): boolean {
    return this.#entry !== undefined;
  }

  /** What the row needs to show; undefined: no name is being typed. */
  get editing(): NameEditing | undefined {
    if (!this.#entry) return undefined;
    return {
      id: this.#entry.id,
      problem: this.#problem,
      onInput: () => {
        if (this.#problem === '') return;
        this.#problem = '';
        this.#options.requestUpdate();
      },
      onCommit: name => this.#commit(name),
      onCancel: () => this.end(),
    };
  }

  /** Resolves to the new name, or to undefined when the old one stays. */
  ask(entry: Entry): Promise<string | undefined> {
    this.end();
    return new Promise(answer => {
      this.#entry = entry;
      this.#answer = answer;
      this.#problem = '';
      this.#isNew = true;
      this.#options.requestUpdate();
    });
  }

  /** Ends it; without a name the old one stays. */
  end(name?: string): void {
    if (!this.#entry) return;
    const field = this.#options.field();
    if (field && this.#options.hasFocus(field)) this.#options.onLeave();
    this.#entry = undefined;
    this.#answer?.(name);
    this.#answer = undefined;
    this.#options.requestUpdate();
  }

  /** Call after each update: a new field gets the focus, with the name selected as far as the extension. */
  focusField(): void {
    const field = this.#options.field();
    const entry = this.#entry;
    if (!this.#isNew || !field || !entry) return;
    this.#isNew = false;
    field.focus();
    field.setSelectionRange(0, entry.kind === 'folder' ? entry.name.length : extensionStart(entry.name));
  }

  #commit(typed: string): void {
    const entry = this.#entry;
    const { localize, folder, isTaken, isRendering, field, hasFocus, requestUpdate } = this.#options;
    // A field that is taken out loses the focus, which is no wish of the person's.
    if (!entry || isRendering()) return;
    const name = typed.trim();
    const problem = name === entry.name ? undefined : checkName(name, folder(), isTaken);
    const input = field();
    if (!problem || !input || !hasFocus(input)) {
      // Leaving the field with a name that cannot be given keeps the old one.
      this.end(problem || name === entry.name ? undefined : name);
      return;
    }
    this.#problem = nameProblemText(problem, name, localize);
    requestUpdate();
  }
}

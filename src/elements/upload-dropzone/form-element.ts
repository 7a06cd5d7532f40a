import { KitElement } from '../kit-element.js';

/** What the form is to know. */
export interface FormState {
  readonly isBusy: boolean;
  readonly hasFailed: boolean;
  /** What is stored; asked only when it is needed. */
  readonly paths: () => readonly string[];
  readonly isMissing: (paths: readonly string[]) => boolean;
  /** What a browser's bubble points at. */
  readonly anchor: HTMLElement | null;
}

/** What every form control of the platform has, for an element whose value is a list of paths. */
export abstract class FormElement extends KitElement {
  static readonly formAssociated = true;

  /** Name in a form. */
  declare name: string | undefined;
  #sent: readonly string[] | undefined;
  #sentAs: string | undefined;

  get form(): HTMLFormElement | null {
    return this.internals.form;
  }

  get labels(): NodeList {
    return this.internals.labels;
  }

  get validity(): ValidityState {
    return this.internals.validity;
  }

  get validationMessage(): string {
    return this.internals.validationMessage;
  }

  get willValidate(): boolean {
    return this.internals.willValidate;
  }

  get type(): string {
    return this.localName;
  }

  checkValidity(): boolean {
    return this.internals.checkValidity();
  }

  reportValidity(): boolean {
    return this.internals.reportValidity();
  }

  /** The paths the form has been given last. */
  protected get formPaths(): readonly string[] {
    return this.#sent ?? [];
  }

  /** Gives the form the paths, each under the element's name. Fires `change` when they differ from the last ones. */
  protected setFormPaths(paths: readonly string[]): void {
    const before = this.#sent;
    if (paths === before && this.name === this.#sentAs) return;
    this.#sent = paths;
    this.#sentAs = this.name;
    const data = this.name ? new FormData() : null;
    for (const path of paths) data?.append(this.name!, path);
    this.internals.setFormValue(data);
    if (before && (before.length !== paths.length || before.some((path, index) => path !== paths[index])))
      this.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** Marks the element invalid for a reason, or valid without one. `anchor`: what a browser's bubble points at. */
  protected setProblem(
    flag: 'valueMissing' | 'customError' | undefined,
    message?: string,
    anchor?: HTMLElement | null,
  ): void {
    if (!flag) this.internals.setValidity({});
    else this.internals.setValidity({ [flag]: true }, message, anchor ?? undefined);
  }

  /** Brings value and validity up to what the uploads are at. */
  protected updateForm({ isBusy, hasFailed, paths, isMissing, anchor }: FormState): void {
    // While files go up the form cannot be sent anyway, and a list of 100,000 paths is not made for every frame.
    if (!isBusy) this.setFormPaths(paths());
    if (isBusy) this.setProblem('customError', this.localize.text('upload.formUploading'), anchor);
    else if (hasFailed) this.setProblem('customError', this.localize.text('upload.formFailed'), anchor);
    else if (isMissing(this.formPaths))
      this.setProblem('valueMissing', this.localize.text('upload.formMissing'), anchor);
    else this.setProblem(undefined);
  }
}

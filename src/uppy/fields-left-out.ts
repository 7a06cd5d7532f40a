import type { Uppy } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';

/** Tells the page's developer, once each, which fields of `meta` a storage cannot take. */
export class FieldsLeftOut<M extends Meta, B extends Body> {
  readonly #uppy: Uppy<M, B>;
  readonly #told = new Set<string>();

  constructor(uppy: Uppy<M, B>) {
    this.#uppy = uppy;
  }

  tell(fields: readonly string[]): void {
    for (const field of fields) {
      if (this.#told.has(field)) continue;
      this.#told.add(field);
      const text = `The storage cannot keep metadata under the name “${field}”: files are stored without it.`;
      this.#uppy.log(text, 'warning');
    }
  }
}

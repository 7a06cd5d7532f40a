import type { TransferFilter } from './parts/item-order.js';

/** The person chose which files `<transfer-list>` shows. Bubbles out of shadow roots. */
export class FilterChangeEvent extends Event {
  readonly detail: { readonly filter: TransferFilter };

  constructor(readonly filter: TransferFilter) {
    super('filter-change', { bubbles: true, composed: true });
    this.detail = { filter };
  }
}

declare global {
  interface HTMLElementEventMap {
    'filter-change': FilterChangeEvent;
  }
}

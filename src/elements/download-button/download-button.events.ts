import { VetoEvent } from '../transfer-events.js';

/** A download is about to begin; nothing has been asked of the person or the storage. */
export class BeforeDownloadEvent extends VetoEvent {
  readonly detail: { readonly paths: readonly string[] };

  constructor(readonly paths: readonly string[]) {
    super('before-download');
    this.detail = { paths };
  }
}

declare global {
  interface HTMLElementEventMap {
    'before-download': BeforeDownloadEvent;
  }
}

import type { UploadInput } from '../../transfer/types.js';
import { VetoEvent } from '../transfer-events.js';
import type { Rejection } from './parts/restrictions.js';

/**
 * Files were taken and are about to be uploaded. `preventDefault()` stops the upload, `waitUntil` holds it. A listener
 * may put other files in their place: `event.files = …`.
 */
export class BeforeUploadEvent extends VetoEvent {
  readonly detail: { readonly files: readonly UploadInput[]; readonly path: string };

  constructor(
    /** What will be uploaded; may be replaced. */
    public files: readonly UploadInput[],
    /** Folder it goes to. */
    readonly path: string,
  ) {
    super('before-upload');
    this.detail = { files, path };
  }
}

/** Files passed all restrictions. Fired before `before-upload`. */
export class FilesAcceptedEvent extends Event {
  readonly detail: { readonly files: readonly UploadInput[] };

  constructor(readonly files: readonly UploadInput[]) {
    super('files-accepted', { bubbles: true, composed: true });
    this.detail = { files };
  }
}

/** Files were not taken; each says why, as a word for the program and a sentence for the person. */
export class FilesRejectedEvent extends Event {
  readonly detail: { readonly rejections: readonly Rejection[] };

  constructor(readonly rejections: readonly Rejection[]) {
    super('files-rejected', { bubbles: true, composed: true });
    this.detail = { rejections };
  }
}

declare global {
  interface HTMLElementEventMap {
    'before-upload': BeforeUploadEvent;
    'files-accepted': FilesAcceptedEvent;
    'files-rejected': FilesRejectedEvent;
  }
}

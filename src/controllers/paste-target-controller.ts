import type { ReactiveController, ReactiveControllerHost } from 'lit';

const isEditable = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input, textarea, select, [role="textbox"]'));

export interface PasteTargetOptions {
  /** Whether something in the element has a use of its own for what is pasted. Default: nothing. */
  readonly isElsewhere?: () => boolean;
  /** Whether files pasted anywhere on the page count, unless another element has taken them. Default: no. */
  readonly everywhere?: () => boolean;
  /** Called inside the event, the only moment in which the browser shows the files. */
  readonly onFiles: (clipboard: DataTransfer) => void;
}

/**
 * Files that are pasted while the element has the focus. Firefox sends the event to where the text selection is, which
 * is nowhere near a row that cannot be selected as text, so it is listened for in the whole document.
 */
export class PasteTargetController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: PasteTargetOptions;

  constructor(host: ReactiveControllerHost & HTMLElement, options: PasteTargetOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostConnected(): void {
    const { ownerDocument } = this.#host;
    ownerDocument?.addEventListener('paste', this.#onPasteHere);
    // Later than in the document: an element that has the focus comes first.
    ownerDocument?.defaultView?.addEventListener('paste', this.#onPasteAnywhere);
  }

  hostDisconnected(): void {
    const { ownerDocument } = this.#host;
    ownerDocument?.removeEventListener('paste', this.#onPasteHere);
    ownerDocument?.defaultView?.removeEventListener('paste', this.#onPasteAnywhere);
  }

  readonly #onPasteHere = (event: ClipboardEvent): void => {
    const hasFocus =
      event.composedPath().includes(this.#host) || this.#host.shadowRoot?.activeElement != null;
    if (hasFocus && !this.#options.isElsewhere?.()) this.#take(event);
  };

  readonly #onPasteAnywhere = (event: ClipboardEvent): void => {
    if (this.#options.everywhere?.()) this.#take(event);
  };

  #take(event: ClipboardEvent): void {
    const { clipboardData } = event;
    if (event.defaultPrevented || !clipboardData?.types.includes('Files')) return;
    if (isEditable(event.composedPath()[0])) return;
    event.preventDefault();
    this.#options.onFiles(clipboardData);
  }
}

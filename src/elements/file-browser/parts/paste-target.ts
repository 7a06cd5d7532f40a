import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface PasteTargetOptions {
  /** Whether a field or a dialog has the keyboard, which has a use of its own for what is pasted. */
  readonly isElsewhere: () => boolean;
  /** Called inside the event, the only moment in which the browser shows the files. */
  readonly onFiles: (clipboard: DataTransfer) => void;
}

/**
 * Files that are pasted while the element has the focus. Firefox sends the event to where the text selection is, which
 * is nowhere near a row that cannot be selected as text, so it is listened for in the whole document.
 */
export class PasteTarget implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: PasteTargetOptions;

  constructor(host: ReactiveControllerHost & HTMLElement, options: PasteTargetOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.ownerDocument?.addEventListener('paste', this.#onPaste);
  }

  hostDisconnected(): void {
    this.#host.ownerDocument?.removeEventListener('paste', this.#onPaste);
  }

  readonly #onPaste = (event: ClipboardEvent): void => {
    const { clipboardData } = event;
    if (event.defaultPrevented || !clipboardData?.types.includes('Files')) return;
    const path = event.composedPath();
    const [target] = path;
    if (target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea')))
      return;
    const isHere = path.includes(this.#host) || this.#host.shadowRoot?.activeElement != null;
    if (!isHere || this.#options.isElsewhere()) return;
    event.preventDefault();
    this.#options.onFiles(clipboardData);
  };
}

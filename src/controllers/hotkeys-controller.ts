import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Keys and what they do. Returning false leaves the key to the browser. */
export type Hotkeys = () => Iterable<readonly [keys: string, run: (event: KeyboardEvent) => boolean | void]>;

/** `Ctrl+Shift+n` of a key event; Command counts as Ctrl. Characters need no Shift said. */
export function keysOf(event: KeyboardEvent): string {
  const isLetter = /^\p{L}$/u.test(event.key);
  const key = isLetter ? event.key.toLowerCase() : event.key === ' ' ? 'Space' : event.key;
  const shift = event.shiftKey && (isLetter || event.key.length > 1 || event.key === ' ');
  return `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`;
}

function isTextField(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, textarea, select');
}

/**
 * Shortcuts that hold inside the host only: an embedded element must not listen on the window. Keys typed into text
 * fields are left alone.
 */
export class HotkeysController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #hotkeys: Hotkeys;

  constructor(host: ReactiveControllerHost & HTMLElement, hotkeys: Hotkeys) {
    this.#host = host;
    this.#hotkeys = hotkeys;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.addEventListener('keydown', this.#onKeyDown);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener('keydown', this.#onKeyDown);
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || isTextField(event.composedPath()[0])) return;
    const pressed = keysOf(event);
    for (const [keys, run] of this.#hotkeys()) {
      if (keys !== pressed) continue;
      if (run(event) !== false) event.preventDefault();
      return;
    }
  };
}

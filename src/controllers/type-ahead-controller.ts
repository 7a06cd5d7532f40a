import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Milliseconds after which a typed beginning is forgotten. */
const memory = 1000;

/** Collects typed characters into the beginning of a name, as file managers do. */
export class TypeAheadController implements ReactiveController {
  #typed = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.reset();
  }

  /** Whether a beginning is being typed; a space then belongs to it. */
  get isTyping(): boolean {
    return this.#typed !== '';
  }

  /**
   * Takes a character. Returns the beginning to look for, and whether the search starts behind the current row: the
   * same letter again goes to the next name that begins with it.
   */
  type(character: string): { readonly prefix: string; readonly next: boolean } {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.reset(), memory);
    const isFirst = this.#typed === '';
    this.#typed += character;
    const letters = [...this.#typed];
    const repeated = letters.every(letter => letter === letters[0]);
    return repeated ? { prefix: letters[0]!, next: true } : { prefix: this.#typed, next: isFirst };
  }

  reset(): void {
    clearTimeout(this.#timer);
    this.#typed = '';
  }
}

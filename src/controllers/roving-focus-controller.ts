import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface RovingFocusOptions {
  /** The toolbar or menu. */
  readonly container: () => HTMLElement | null;
  /** Selects the controls in it. */
  readonly items: string;
  readonly axis: 'horizontal' | 'vertical';
}

/**
 * One tab stop for a group of controls: arrow keys, Home and End move among them (mirrored in right-to-left
 * horizontally). Controls that are off stay reachable, so that their reason can be read.
 */
export class RovingFocusController implements ReactiveController {
  readonly #options: RovingFocusOptions;
  #container: HTMLElement | undefined;
  #current: HTMLElement | undefined;

  constructor(host: ReactiveControllerHost, options: RovingFocusOptions) {
    this.#options = options;
    host.addController(this);
  }

  hostUpdated(): void {
    const container = this.#options.container() ?? undefined;
    if (container !== this.#container) {
      this.#unbind();
      this.#container = container;
      container?.addEventListener('keydown', this.#onKeyDown);
      container?.addEventListener('focusin', this.#onFocusIn);
    }
    this.refresh();
  }

  hostDisconnected(): void {
    this.#unbind();
  }

  /** Makes sure that exactly one control is a tab stop. */
  refresh(): void {
    const items = this.#items();
    if (!this.#current || !items.includes(this.#current)) this.#current = items[0];
    for (const item of items) {
      const tabIndex = item === this.#current ? 0 : -1;
      if (item.tabIndex !== tabIndex) item.tabIndex = tabIndex;
    }
  }

  /** Moves the focus to the first control, or the last. */
  focus(which: 'first' | 'last' = 'first'): void {
    const items = this.#items();
    (which === 'first' ? items[0] : items.at(-1))?.focus();
  }

  #unbind(): void {
    this.#container?.removeEventListener('keydown', this.#onKeyDown);
    this.#container?.removeEventListener('focusin', this.#onFocusIn);
    this.#container = undefined;
  }

  #items(): HTMLElement[] {
    const found = this.#container?.querySelectorAll<HTMLElement>(this.#options.items) ?? [];
    return [...found].filter(item => !item.hidden && !item.matches(':disabled'));
  }

  readonly #onFocusIn = (event: FocusEvent): void => {
    const item = this.#items().find(candidate => candidate === event.target);
    if (!item) return;
    this.#current = item;
    this.refresh();
  };

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    const items = this.#items();
    const index = items.indexOf(event.target as HTMLElement);
    if (index === -1) return;
    const container = this.#container!;
    const isRtl = this.#options.axis === 'horizontal' && getComputedStyle(container).direction === 'rtl';
    const [back, on] =
      this.#options.axis === 'vertical'
        ? ['ArrowUp', 'ArrowDown']
        : isRtl
          ? ['ArrowRight', 'ArrowLeft']
          : ['ArrowLeft', 'ArrowRight'];
    const target =
      event.key === on
        ? (index + 1) % items.length
        : event.key === back
          ? (index - 1 + items.length) % items.length
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? items.length - 1
              : -1;
    if (target === -1) return;
    event.preventDefault();
    items[target]!.focus();
  };
}

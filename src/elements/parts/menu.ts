import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import { RovingFocusController } from '../../controllers/roving-focus-controller.js';

/** One line of a menu. */
export interface MenuItem {
  readonly label: string;
  readonly icon?: TemplateResult;
  /** Keys that do the same, as people write them. */
  readonly shortcut?: string;
  /** Why it cannot be chosen now; undefined: it can. */
  readonly reason?: string | undefined;
  readonly danger?: boolean;
  readonly run: () => void;
}

/** A point of the viewport. */
export interface MenuPoint {
  readonly x: number;
  readonly y: number;
  /** A button of the mouse is still down. */
  readonly isPressed?: boolean;
}

/** Where a menu opens: at a point, or below a control. */
export type MenuPlace = MenuPoint | HTMLElement;

/**
 * Runs something once the mouse is let go. Firefox tells of a right click when the button goes down, except on Windows;
 * a popover that opens then is closed by the button going up, which is a click beside it.
 */
function released(then: () => void): void {
  const done = new AbortController();
  const go = () => {
    done.abort();
    setTimeout(then);
  };
  for (const type of ['pointerup', 'pointercancel'])
    addEventListener(type, go, { capture: true, signal: done.signal });
}

/** The one menu of an element, a popover filled for each opening. */
export class Menu implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #element: () => HTMLElement | null;
  readonly #focus: RovingFocusController;
  #groups: readonly (readonly MenuItem[])[] = [];
  #label = '';
  #place: MenuPlace | undefined;
  #returnTo: (() => void) | undefined;
  #chosen: (() => void) | undefined;

  constructor(host: ReactiveControllerHost, element: () => HTMLElement | null) {
    this.#host = host;
    this.#element = element;
    this.#focus = new RovingFocusController(host, {
      container: element,
      items: '.menu-item',
      axis: 'vertical',
    });
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#element()?.matches(':popover-open') ?? false;
  }

  /** Opens with these items. `returnTo` gets the focus back when the menu is closed without a choice. */
  open(
    groups: readonly (readonly MenuItem[])[],
    options: { readonly label: string; readonly place: MenuPlace; readonly returnTo: () => void },
  ): void {
    this.#groups = groups.filter(group => group.length > 0);
    this.#label = options.label;
    this.#place = options.place;
    this.#returnTo = options.returnTo;
    this.#chosen = undefined;
    this.#host.requestUpdate();
    const { place } = options;
    const isPressed = !(place instanceof HTMLElement) && place.isPressed === true;
    const show = () => {
      // Meanwhile it may have been opened for something else, or its element may have left the page.
      if (this.#place === place && this.#element()?.isConnected) this.#show();
    };
    void this.#host.updateComplete.then(() => (isPressed ? released(show) : show()));
  }

  close(): void {
    this.#element()?.hidePopover();
  }

  hostDisconnected(): void {
    if (this.isOpen) this.close();
  }

  render(): TemplateResult {
    return html`<div
      class="menu"
      part="menu"
      popover="auto"
      role="menu"
      aria-label=${this.#label || nothing}
      @toggle=${(event: ToggleEvent) => event.newState === 'closed' && this.#closed()}
      @keydown=${(event: KeyboardEvent) => {
        event.stopPropagation();
        if (event.key === 'Tab') this.close();
      }}
    >
      ${this.#groups.map((group, index) => [
        index > 0 ? html`<div class="menu-separator" role="separator"></div>` : nothing,
        group.map(item => this.#item(item)),
      ])}
    </div>`;
  }

  #item(item: MenuItem): TemplateResult {
    const isOff = item.reason !== undefined;
    return html`<button
      type="button"
      class="menu-item ${item.danger ? 'danger' : ''}"
      part="menu-item"
      role="menuitem"
      aria-disabled=${isOff ? 'true' : nothing}
      @click=${() => {
        if (isOff) return;
        this.#chosen = item.run;
        this.close();
      }}
    >
      ${item.icon ?? nothing}
      <span class="menu-label"
        >${item.label}${item.reason ? html`<span class="menu-reason small muted">${item.reason}</span>` : nothing}</span
      >
      ${item.shortcut ? html`<span class="menu-shortcut" aria-hidden="true">${item.shortcut}</span>` : nothing}
    </button>`;
  }

  #show(): void {
    const menu = this.#element();
    const place = this.#place;
    if (!menu || !place) return;
    if (!menu.matches(':popover-open')) menu.showPopover();
    const { width, height } = menu.getBoundingClientRect();
    const isRtl = getComputedStyle(menu).direction === 'rtl';
    const margin = 8;
    let x: number;
    let y: number;
    if (place instanceof HTMLElement) {
      const box = place.getBoundingClientRect();
      x = isRtl ? box.right - width : box.left;
      y = box.bottom + 4 + height > innerHeight && box.top > height ? box.top - 4 - height : box.bottom + 4;
    } else {
      x = isRtl ? place.x - width : place.x;
      y = place.y;
    }
    menu.style.left = `${Math.max(margin, Math.min(x, innerWidth - width - margin))}px`;
    menu.style.top = `${Math.max(margin, Math.min(y, innerHeight - height - margin))}px`;
    this.#focus.refresh();
    this.#focus.focus();
  }

  #closed(): void {
    const chosen = this.#chosen;
    this.#chosen = undefined;
    // First the focus goes back, so that a dialog opened by the choice returns it to the same place.
    this.#returnTo?.();
    this.#returnTo = undefined;
    chosen?.();
  }

  /** Keys as people write them: `Ctrl+Shift+N`, on a Mac `⇧⌘N`. */
  static shortcutText(keys: string | undefined): string | undefined {
    if (keys === undefined) return undefined;
    const isMac = /mac/i.test(navigator.platform);
    const parts = keys.split('+').map(part => (part.length === 1 ? part.toUpperCase() : part));
    if (!isMac) return parts.map(part => (part === 'Delete' ? 'Del' : part)).join('+');
    const signs: Record<string, string> = { Ctrl: '⌘', Shift: '⇧', Alt: '⌥', Delete: '⌦', Enter: '↩' };
    const order = ['⌥', '⇧', '⌘'];
    const texts = parts.map(part => signs[part] ?? part);
    return texts.sort((a, b) => (order.indexOf(a) + 1 || 9) - (order.indexOf(b) + 1 || 9)).join('');
  }
}

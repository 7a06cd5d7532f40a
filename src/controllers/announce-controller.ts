import type { ReactiveController, ReactiveControllerHost } from 'lit';

interface NotifyingElement extends HTMLElement {
  ariaNotify?(text: string, options?: { priority?: 'normal' | 'high' }): void;
}

/**
 * Tells screen readers what happened: by `ariaNotify` where the browser has it, else through a polite live region in
 * the host's shadow root. Texts that come in one moment are said together; the same text twice is said once.
 */
export class AnnounceController implements ReactiveController {
  readonly #host: ReactiveControllerHost & NotifyingElement;
  #region: HTMLElement | undefined;
  #queue: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Milliseconds that texts are collected before they are said. */
  static readonly delay = 150;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    // A live region must be in the page before its text changes, or nothing is read.
    if (typeof this.#host.ariaNotify !== 'function')
      void this.#host.updateComplete.then(() => this.#ensureRegion());
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  /** Says a text soon. */
  announce(text: string): void {
    if (!text || this.#queue.includes(text)) return;
    this.#queue.push(text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#say(), AnnounceController.delay);
  }

  #say(): void {
    const text = this.#queue.join(' ');
    this.#queue = [];
    if (!text || !this.#host.isConnected) return;
    if (typeof this.#host.ariaNotify === 'function') {
      this.#host.ariaNotify(text, { priority: 'normal' });
      return;
    }
    const region = this.#ensureRegion();
    if (!region) return;
    // The same sentence again is no change, and no change is not read.
    region.textContent = region.textContent === text ? `${text}\u00A0` : text;
  }

  #ensureRegion(): HTMLElement | undefined {
    const root = this.#host.shadowRoot;
    if (!root || !this.#host.isConnected) return undefined;
    if (!this.#region) {
      this.#region = document.createElement('div');
      this.#region.className = 'visually-hidden';
      this.#region.setAttribute('role', 'status');
      this.#region.setAttribute('aria-live', 'polite');
    }
    if (this.#region.parentNode !== root) root.append(this.#region);
    return this.#region;
  }
}

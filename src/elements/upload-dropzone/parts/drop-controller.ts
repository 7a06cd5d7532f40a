import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { PasteTargetController } from '../../../controllers/paste-target-controller.js';

export interface DropOptions {
  /** Whether a drop would be taken now. */
  readonly enabled: () => boolean;
  /** Whether drops and pastes anywhere on the page count. */
  readonly wholePage: () => boolean;
  /** Called inside the `drop` or `paste` event, the only moment in which the browser shows the files. */
  readonly take: (transfer: DataTransfer, how: 'drop' | 'paste') => void;
}

const hasFiles = (transfer: DataTransfer | null): transfer is DataTransfer =>
  transfer?.types.includes('Files') ?? false;

/**
 * Files that are dragged over and dropped or pasted on the host, or anywhere on the page. A drag of text or of a link
 * is left alone.
 */
export class DropController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: DropOptions;
  #stop: AbortController | undefined;
  #isOver = false;
  #leaveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, options: DropOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
    new PasteTargetController(host, {
      everywhere: () => options.wholePage(),
      isElsewhere: () => !options.enabled(),
      onFiles: clipboard => {
        if (options.enabled()) options.take(clipboard, 'paste');
      },
    });
  }

  /** Whether files are held over the host (or the page). */
  get isOver(): boolean {
    return this.#isOver;
  }

  hostConnected(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    for (const [target, scope] of [
      [this.#host, 'host'],
      [document, 'page'],
    ] as const) {
      const counts = () => (scope === 'page') === this.#options.wholePage();
      const listen = (type: string, listener: (event: Event) => void) =>
        target.addEventListener(type, event => counts() && listener(event), { signal });
      for (const type of ['dragenter', 'dragover']) listen(type, event => this.#onOver(event as DragEvent));
      listen('dragleave', event => this.#onLeave(event as DragEvent));
      listen('drop', event => this.#onDrop(event as DragEvent));
    }
  }

  hostDisconnected(): void {
    this.#stop?.abort();
    clearTimeout(this.#leaveTimer);
    this.#isOver = false;
  }

  #onOver(event: DragEvent): void {
    // Another drop target on the page, such as a folder of a file browser, has taken it.
    if (event.defaultPrevented || !hasFiles(event.dataTransfer)) {
      this.#setOver(false);
      return;
    }
    event.preventDefault();
    const enabled = this.#options.enabled();
    event.dataTransfer.dropEffect = enabled ? 'copy' : 'none';
    clearTimeout(this.#leaveTimer);
    this.#setOver(enabled);
  }

  #onLeave(event: DragEvent): void {
    if (!this.#isOver) return;
    const to = event.relatedTarget;
    if (to instanceof Node && this.#host.contains(to) && !this.#options.wholePage()) return;
    // `relatedTarget` is missing in some browsers while moving between children; the next `dragover` sets it right.
    clearTimeout(this.#leaveTimer);
    this.#leaveTimer = setTimeout(() => this.#setOver(false), 60);
  }

  #onDrop(event: DragEvent): void {
    clearTimeout(this.#leaveTimer);
    this.#setOver(false);
    if (event.defaultPrevented || !hasFiles(event.dataTransfer)) return;
    // Also when switched off: else the browser would leave the page to show the file.
    event.preventDefault();
    if (this.#options.enabled()) this.#options.take(event.dataTransfer, 'drop');
  }

  #setOver(over: boolean): void {
    if (over === this.#isOver) return;
    this.#isOver = over;
    this.#host.requestUpdate();
  }
}

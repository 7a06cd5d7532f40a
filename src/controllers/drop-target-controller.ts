import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** What is dragged: files from outside, or entries of this browser. */
export type DragKind = 'files' | 'entries';

export interface DropTargetOptions {
  /** What a drag carries, or undefined when it is none of ours. */
  readonly kindOf: (event: DragEvent) => DragKind | undefined;
  /** Folder path under the pointer that would take it; undefined: it cannot be dropped here. */
  readonly folderAt: (event: DragEvent, kind: DragKind) => string | undefined;
  /** Called inside the `drop` event. */
  readonly onDrop: (event: DragEvent, kind: DragKind, folder: string) => void;
}

/** Makes the host a place to drop on, with the folder under the pointer as the target. */
export class DropTargetController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: DropTargetOptions;
  #kind: DragKind | undefined;
  #folder: string | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, options: DropTargetOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** Folder that would take the drop at this moment. */
  get folder(): string | undefined {
    return this.#folder;
  }

  get kind(): DragKind | undefined {
    return this.#folder === undefined ? undefined : this.#kind;
  }

  hostConnected(): void {
    this.#host.addEventListener('dragenter', this.#onDragOver);
    this.#host.addEventListener('dragover', this.#onDragOver);
    this.#host.addEventListener('dragleave', this.#onDragLeave);
    this.#host.addEventListener('drop', this.#onDrop);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener('dragenter', this.#onDragOver);
    this.#host.removeEventListener('dragover', this.#onDragOver);
    this.#host.removeEventListener('dragleave', this.#onDragLeave);
    this.#host.removeEventListener('drop', this.#onDrop);
    this.#set(undefined, undefined);
  }

  readonly #onDragOver = (event: DragEvent): void => {
    const kind = this.#options.kindOf(event);
    const folder = kind && this.#options.folderAt(event, kind);
    this.#set(kind, folder);
    if (folder === undefined || !event.dataTransfer) return;
    event.preventDefault();
    const copies = kind === 'files' || event.ctrlKey || event.metaKey;
    event.dataTransfer.dropEffect = copies ? 'copy' : 'move';
  };

  readonly #onDragLeave = (event: DragEvent): void => {
    // Between two of the host's own parts the event does not get here, except without a related target.
    if (event.relatedTarget instanceof Node && this.#host.contains(event.relatedTarget)) return;
    const { left, right, top, bottom } = this.#host.getBoundingClientRect();
    const { clientX, clientY } = event;
    const isInside = clientX > left && clientX < right && clientY > top && clientY < bottom;
    if (event.relatedTarget === null && isInside) return;
    this.#set(undefined, undefined);
  };

  readonly #onDrop = (event: DragEvent): void => {
    const kind = this.#options.kindOf(event);
    const folder = kind && this.#options.folderAt(event, kind);
    this.#set(undefined, undefined);
    if (kind === undefined || folder === undefined) return;
    event.preventDefault();
    this.#options.onDrop(event, kind, folder);
  };

  #set(kind: DragKind | undefined, folder: string | undefined): void {
    if (kind === this.#kind && folder === this.#folder) return;
    this.#kind = kind;
    this.#folder = folder;
    this.#host.requestUpdate();
  }
}

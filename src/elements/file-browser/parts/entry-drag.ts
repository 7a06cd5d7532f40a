import type { ReactiveControllerHost } from 'lit';
import { type DragKind, DropTargetController } from '../../../controllers/drop-target-controller.js';
import { accepts } from '../../../core/actions/transfer.js';
import type { Entry } from '../../../core/entry.js';
import { itemsFromDataTransfer } from '../../../transfer/drop-items.js';

/** Marks drags of entries that began in a file browser. */
const entriesType = 'application/x-file-transfer-elements-entries';

export interface EntryDragOptions {
  readonly folder: () => string;
  readonly canUpload: () => boolean;
  readonly canMove: () => boolean;
  readonly canCopy: () => boolean;
  /** Entries that a drag beginning at this event carries. */
  readonly entriesAt: (event: DragEvent) => readonly Entry[];
  readonly onUpload: (source: unknown, to: string) => void;
  readonly onRelocate: (action: 'move' | 'copy', entries: readonly Entry[], to: string) => void;
}

/** Dragging: files from outside onto the browser or a folder in it, rows onto a folder. Ctrl copies. */
export class EntryDrag {
  readonly #options: EntryDragOptions;
  readonly #target: DropTargetController;
  #dragged: readonly Entry[] = [];

  constructor(host: ReactiveControllerHost & HTMLElement, options: EntryDragOptions) {
    this.#options = options;
    this.#target = new DropTargetController(host, {
      kindOf: event => this.#kindOf(event),
      folderAt: (event, kind) => this.#folderAt(event, kind),
      onDrop: (event, kind, folder) => this.#drop(event, kind, folder),
    });
  }

  /** Folder that would take what is dragged over the browser; undefined: nothing is, or none would. */
  get folder(): string | undefined {
    return this.#target.folder;
  }

  get kind(): DragKind | undefined {
    return this.#target.kind;
  }

  readonly onDragStart = (event: DragEvent): void => {
    this.#dragged = this.#options.entriesAt(event);
    if (!event.dataTransfer || this.#dragged.length === 0) return;
    event.dataTransfer.effectAllowed = 'copyMove';
    // Firefox begins no drag without data. Names stay here: another page has no business with them.
    event.dataTransfer.setData(entriesType, '');
  };

  readonly onDragEnd = (): void => {
    this.#dragged = [];
  };

  #kindOf(event: DragEvent): DragKind | undefined {
    if (this.#dragged.length > 0) return this.#options.canMove() ? 'entries' : undefined;
    return event.dataTransfer?.types.includes('Files') && this.#options.canUpload() ? 'files' : undefined;
  }

  #folderAt(event: DragEvent, kind: DragKind): string | undefined {
    const over = event
      .composedPath()
      .find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset.folder !== undefined);
    const folder = over?.dataset.folder;
    if (kind === 'files') return folder ?? this.#options.folder();
    return folder !== undefined && accepts(folder, this.#dragged) ? folder : undefined;
  }

  #drop(event: DragEvent, kind: DragKind, folder: string): void {
    if (kind === 'files') {
      this.#options.onUpload(itemsFromDataTransfer(event.dataTransfer!), folder);
      return;
    }
    const entries = this.#dragged;
    this.#dragged = [];
    const isCopy = (event.ctrlKey || event.metaKey) && this.#options.canCopy();
    this.#options.onRelocate(isCopy ? 'copy' : 'move', entries, folder);
  }
}

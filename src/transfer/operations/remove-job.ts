import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { withoutNested } from '../../core/jobs/relocation.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import { BaseJob, type LaneWindow } from '../job.js';
import { jobLabel } from '../job-label.js';
import { patiently } from '../patiently.js';
import { asTransferError } from '../transfer-errors.js';
import type { ItemState, TransferResult } from '../types.js';
import { Removal } from './removal.js';
import { everythingBelow, foldersBelow, namesEachFile } from './tree.js';

/** What is to be deleted. Without `kind` a path that ends in `/` is a folder. */
export type RemoveTarget = Pick<Entry, 'path'> & Partial<Pick<Entry, 'kind'>>;

/** Object stores may hold a file whose name ends in `/`: what lies below that name is not part of it. */
const isFileInName = ({ path, kind }: RemoveTarget): boolean => kind === 'file' && path.endsWith('/');

/** A folder that is deleted file by file. */
interface EmptiedFolder {
  readonly path: string;
  /** Items of what is in it and is not gone yet. */
  readonly content: Set<number>;
  /** Those of them that will not go by themselves any more: failed, or cancelled. */
  readonly stuck: Set<number>;
  /** Tells the folder's own item that one of them ended. */
  changed: () => void;
}

/**
 * Deletes files and folders. Where folders are only part of the files' names, what is below a folder is listed first,
 * each file is an item of its own, and the folder itself goes when all of them are gone.
 */
export class RemoveJob extends BaseJob {
  readonly #context: TransferContext;
  readonly #removal: Removal;
  /** Folder that an item is in, or is. A marker with content is in the folder whose path it has. */
  readonly #inFolder = new Map<number, EmptiedFolder>();
  readonly #isFolder = new Map<number, EmptiedFolder>();
  /** Folders whose content could not be listed. */
  readonly #unlisted = new Set<number>();

  constructor(context: TransferContext, targets: readonly RemoveTarget[]) {
    super('remove', jobLabel(targets.map(({ path }) => path)));
    this.#context = context;
    this.#removal = new Removal(context);
    const files = targets.filter(isFileInName).map(({ path }) => path);
    const others = targets.filter(target => !isFileInName(target)).map(({ path }) => path);
    this.#find(files, withoutNested(others)).then(
      () => this.closeItems(),
      error => this.closeItems(asTransferError(error, undefined)),
    );
  }

  override get canPause(): boolean {
    return false;
  }

  async #find(files: readonly string[], paths: readonly string[]): Promise<void> {
    const { adapter } = this.#context;
    if (!adapter.remove) {
      throw new TransferError(`${adapter.label} does not allow deleting.`, {
        kind: 'fatal',
        reason: 'not-supported',
      });
    }
    const folders = paths.filter(path => path.endsWith('/'));
    for (const path of files) {
      // In a folder that goes it is found with the rest.
      if (!folders.some(folder => path.startsWith(folder))) this.addItem(path, undefined);
    }
    for (const path of paths) {
      if (this.stopSignal.aborted) return;
      if (path.endsWith('/') && namesEachFile(adapter)) await this.#findContent(path);
      else this.addItem(path, undefined);
    }
  }

  async #findContent(path: string): Promise<void> {
    const folder: EmptiedFolder = { path, content: new Set(), stuck: new Set(), changed: () => {} };
    try {
      for await (const entry of everythingBelow(this.#context, path, this.stopSignal)) {
        const index = this.addItem(entry.path, undefined);
        folder.content.add(index);
        this.#inFolder.set(index, folder);
      }
    } catch (error) {
      if (this.stopSignal.aborted) return;
      // What could not be listed is not deleted by half: the folder fails, its known files go.
      // Trying again would delete only the marker of a folder whose content nobody has seen.
      this.#unlisted.add(this.addFailed(path, undefined, asTransferError(error, path)));
      return;
    }
    this.#isFolder.set(this.addItem(path, undefined), folder);
  }

  protected override canRetry(index: number): boolean {
    const folder = this.#isFolder.get(index);
    return !this.#unlisted.has(index) && !(folder && this.#keeps(folder));
  }

  protected override laneWindow(): LaneWindow {
    return { most: 4000, refillAt: 3000 };
  }

  protected async runItem(index: number, control: ItemControl): Promise<TransferResult> {
    const path = this.table.path(index);
    const folder = this.#isFolder.get(index);
    if (folder) await this.#emptied(folder, control);
    control.setState('active');
    await patiently(this.#context, control, signal => this.#removal.remove(path, signal));
    this.#context.changed(path);
    return { path, size: 0, checksums: [] };
  }

  protected override onItemEnd(index: number, state: ItemState): void {
    const folder = this.#inFolder.get(index);
    if (!folder) return;
    if (state === 'done') folder.content.delete(index);
    else folder.stuck.add(index);
    folder.changed();
  }

  protected override onRetry(indexes: readonly number[]): void {
    for (const index of indexes) this.#inFolder.get(index)?.stuck.delete(index);
  }

  /** Whether a person took files of it out of the job: then it cannot go either. */
  #keeps({ content }: EmptiedFolder): boolean {
    for (const index of content) if (this.table.state(index) === 'cancelled') return true;
    return false;
  }

  /** Waits until what is in a folder has ended, and removes the markers of empty folders in it. */
  async #emptied(folder: EmptiedFolder, control: ItemControl): Promise<void> {
    const { path, content, stuck } = folder;
    const { signal } = control;
    const isOver = (): boolean => content.size <= stuck.size;
    if (!isOver()) {
      const over = new Promise<void>(resolve => {
        folder.changed = () => {
          if (isOver()) resolve();
        };
      });
      await abortable(over, signal);
    }
    if (content.size > 0) {
      throw new TransferError(
        this.#keeps(folder)
          ? `${path} stays, because not all of its files were to be deleted in the end.`
          : `${path} is not empty yet: ${content.size} of its files could not be deleted. They are in this list; try them again.`,
        { kind: 'fatal', reason: 'incomplete', path },
      );
    }
    for await (const inner of foldersBelow(this.#context, path, signal)) {
      await patiently(this.#context, control, () => this.#removal.remove(inner, signal));
    }
  }
}

import { TransferError } from '../../core/errors.js';
import { lastSegment, withoutNested } from '../../core/jobs/relocation.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import { BaseJob, type LaneWindow } from '../job.js';
import { retrying } from '../retry.js';
import { asTransferError } from '../transfer-errors.js';
import type { TransferResult } from '../types.js';
import { Removal } from './removal.js';
import { everythingBelow, foldersBelow, namesEachFile } from './tree.js';

/**
 * Deletes files and folders. Where folders are only part of the files' names, what is below a folder is listed first,
 * each file is an item of its own, and the folder itself goes when all of them are gone.
 */
export class RemoveJob extends BaseJob {
  readonly #context: TransferContext;
  readonly #removal: Removal;
  /** Folders whose content this job deletes → items of that content that are not gone yet. */
  readonly #content = new Map<string, Set<number>>();
  /** Folders whose content could not be listed. */
  readonly #unlisted = new Set<number>();
  readonly #folderOf: (string | undefined)[] = [];
  readonly #waiting = new Map<string, () => void>();

  constructor(context: TransferContext, paths: readonly string[]) {
    super('remove', labelOf(paths));
    this.#context = context;
    this.#removal = new Removal(context);
    this.#find(withoutNested(paths)).then(
      () => this.closeItems(),
      error => this.closeItems(asTransferError(error, undefined)),
    );
  }

  override get canPause(): boolean {
    return false;
  }

  async #find(paths: readonly string[]): Promise<void> {
    const { adapter } = this.#context;
    if (!adapter.remove) {
      throw new TransferError(`${adapter.label} does not allow deleting.`, {
        kind: 'fatal',
        reason: 'not-supported',
      });
    }
    for (const path of paths) {
      if (!path.endsWith('/') || !namesEachFile(adapter)) {
        this.#folderOf.push(undefined);
        this.addItem(path, undefined);
        continue;
      }
      const content = new Set<number>();
      this.#content.set(path, content);
      try {
        for await (const entry of everythingBelow(this.#context, path, this.stopSignal)) {
          this.#folderOf.push(path);
          content.add(this.addItem(entry.path, undefined));
        }
      } catch (error) {
        if (this.stopSignal.aborted) return;
        // What could not be listed is not deleted by half: the folder fails, its known files go.
        // Trying again would delete only the marker of a folder whose content nobody has seen.
        this.#unlisted.add(this.#folderOf.push(undefined) - 1);
        this.addFailed(path, undefined, asTransferError(error, path));
        continue;
      }
      this.#folderOf.push(undefined);
      this.addItem(path, undefined);
    }
  }

  protected override canRetry(index: number): boolean {
    return !this.#unlisted.has(index) && super.canRetry(index);
  }

  protected override laneWindow(): LaneWindow {
    return { most: 4000, refillAt: 3000 };
  }

  protected async runItem(index: number, control: ItemControl): Promise<TransferResult> {
    const path = this.table.path(index);
    const content = this.#content.get(path);
    if (content) await this.#emptied(path, content, control);
    control.setState('active');
    await retrying(() => this.#removal.remove(path, control.signal), {
      signal: control.signal,
      clock: this.#context.clock,
      connectivity: this.#context.connectivity,
      onWaiting: error => control.setState('waiting', error),
      onResumed: () => control.setState('active'),
    });
    const folder = this.#folderOf[index];
    if (folder !== undefined) this.#content.get(folder)?.delete(index);
    this.#context.changed(path);
    return { path, size: 0, checksums: [], verified: { level: 'none', by: 'storage' } };
  }

  /** Waits until what is in a folder has ended, and removes the markers of empty folders in it. */
  async #emptied(path: string, content: ReadonlySet<number>, control: ItemControl): Promise<void> {
    const { signal } = control;
    const open = (): boolean =>
      [...content].some(index => !['failed', 'cancelled'].includes(this.table.state(index)));
    while (content.size > 0 && open()) {
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => reject(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
        this.#waiting.set(path, () => {
          signal.removeEventListener('abort', stop);
          resolve();
        });
        this.addEventListener('itemchange', () => this.#waiting.get(path)?.(), { once: true });
      });
    }
    if (content.size > 0) {
      throw new TransferError(
        `${path} is not empty yet: ${content.size} of its files could not be deleted. They are in this list; try them again.`,
        { kind: 'fatal', reason: 'incomplete', path },
      );
    }
    for await (const folder of foldersBelow(this.#context, path, signal)) {
      await this.#removal.remove(folder, signal);
    }
  }
}

function labelOf(paths: readonly string[]): string {
  return paths.length === 1 ? lastSegment(paths[0]!) : `${paths.length}`;
}

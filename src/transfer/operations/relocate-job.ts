import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { below, isFolderMoved, type Relocation } from '../../core/jobs/relocation.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import { BaseJob, deferred, type LaneWindow } from '../job.js';
import { jobLabel } from '../job-label.js';
import { isOtherVersion } from '../other-version.js';
import { patiently } from '../patiently.js';
import { asTransferError } from '../transfer-errors.js';
import type { ItemState, TransferResult } from '../types.js';
import { Copies } from './copies.js';
import { Originals } from './originals.js';
import { changedMeanwhile, relocationRefusal, targetTaken, twiceThere } from './relocate-errors.js';
import { RelocateGroup } from './relocate-group.js';
import { Removal } from './removal.js';
import { TakeBack } from './take-back.js';
import { foldersBelow, isNewPlace, namesEachFile, walkBelow } from './tree.js';

export interface RelocateOptions {
  /** Replace what is at the new paths. Default false: such files fail with reason `exists`. */
  readonly replace?: boolean;
}

/** What is known of an item besides its path. */
interface Task {
  readonly relocation: Relocation;
  /** The folder that is moved file by file and that this item is part of, or stands for. */
  readonly group: RelocateGroup | undefined;
  /** A folder, of which only a marker can be made: an empty one, or the one that a group is about. */
  readonly folder: boolean;
}

const atOnce = 6;

/**
 * Moves, renames or copies files and folders within one storage. Where the storage knows folders itself, one call moves
 * a folder with all that is in it, and what a break in the middle leaves is the storage's affair. Where folders are
 * only part of the files' names, a folder's files are items of their own, and moving is copying and deleting: each
 * half is repeated by itself, and nothing of a folder is deleted before all of it is copied. A move that is cancelled
 * before that takes its copies back.
 */
export class RelocateJob extends BaseJob {
  readonly #context: TransferContext;
  readonly #move: boolean;
  readonly #replace: boolean;
  readonly #removal: Removal;
  readonly #copies: Copies;
  readonly #takeBack: TakeBack;
  readonly #tasks: Task[] = [];
  readonly #groups: RelocateGroup[] = [];
  /** Single files that are copied, with what was there then, and those whose original is being deleted. */
  readonly #copiedAlone = new Map<number, Entry | undefined>();
  readonly #clearing = new Set<number>();
  /** New paths that an item of this job goes to. Two at once would not see each other at the storage. */
  readonly #targets = new Set<string>();
  /** Items that cannot succeed in this job, however often they are tried. */
  readonly #refused = new Set<number>();

  constructor(
    context: TransferContext,
    kind: 'move' | 'copy',
    relocations: readonly Relocation[],
    options: RelocateOptions = {},
  ) {
    super(kind, jobLabel(relocations.map(({ to }) => to)));
    this.#context = context;
    this.#move = kind === 'move';
    this.#replace = options.replace === true;
    this.#removal = new Removal(context);
    this.#copies = new Copies(context, this.#replace);
    this.#takeBack = new TakeBack(context, this.#removal);
    this.#find(relocations).then(
      () => this.closeItems(),
      error => this.closeItems(asTransferError(error, undefined)),
    );
  }

  override get canPause(): boolean {
    return false;
  }

  protected override canRetry(index: number): boolean {
    const group = this.#tasks[index]?.group;
    // Of a folder that is not known whole, nothing may be deleted, however often it is tried.
    if (this.#refused.has(index) || group?.broken) return false;
    const needsAll = index === group?.folderItem || (this.#move && !group?.mayDelete);
    return !(group?.hasCancelled && needsAll);
  }

  // ── What there is to do ─────────────────────────────────────────────────────────────────────────────────────────

  async #find(relocations: readonly Relocation[]): Promise<void> {
    const { adapter } = this.#context;
    const able = this.#move ? adapter.move || (adapter.copy && adapter.remove) : adapter.copy;
    if (!able) {
      throw new TransferError(`${adapter.label} does not allow ${this.#move ? 'moving' : 'copying'}.`, {
        kind: 'fatal',
        reason: 'not-supported',
      });
    }
    for (const relocation of relocations) {
      const problem = relocationRefusal(relocation);
      if (problem && relocations.length === 1) throw problem;
      if (problem) {
        this.#addTask({ relocation, group: undefined, folder: false }, problem);
      } else if (isFolderMoved(relocation) && namesEachFile(adapter)) {
        await this.#findContent(relocation);
      } else {
        this.#addTask({ relocation, group: undefined, folder: false });
      }
      if (this.stopSignal.aborted) return;
    }
  }

  /** `refusal`: why it cannot even be begun; trying it again would not change that. */
  #addTask(task: Task, refusal?: TransferError, size?: number): number {
    const index = this.#tasks.push(task) - 1;
    const { from, to } = task.relocation;
    if (!refusal && !task.folder) {
      if (this.#targets.has(to)) refusal = targetTaken(task.relocation);
      else this.#targets.add(to);
    }
    if (!refusal) return this.addItem(from, size);
    this.#refused.add(index);
    return this.addFailed(from, size, refusal);
  }

  async #findContent(relocation: Relocation): Promise<void> {
    const group = new RelocateGroup(
      relocation,
      new Originals(this.#context, relocation.from, this.stopSignal),
      {
        isMove: this.#move,
        isStopped: () => this.stopSignal.aborted,
        wake: index => this.wake(index),
        fail: (index, error) => this.failDeferred(index, error),
      },
    );
    this.#groups.push(group);
    try {
      group.targetWasNew = this.#move && (await isNewPlace(this.#context, relocation.to, this.stopSignal));
      for await (const { entry, empty } of walkBelow(this.#context, relocation.from, this.stopSignal)) {
        const folder = entry.kind === 'folder';
        if (folder && !empty) continue;
        const task: Task = { relocation: below(relocation, entry.path), group, folder };
        if (!folder) group.originals.note(entry);
        // The index is the next one; known beforehand, since the item may begin at once.
        group.content.add(this.#tasks.length);
        this.#addTask(task, undefined, entry.size);
      }
    } catch (error) {
      if (this.stopSignal.aborted) return;
      // The folder item stays unknown, so nothing of this folder is ever deleted.
      const problem = asTransferError(error, relocation.from);
      group.broken = problem;
      this.#addTask({ relocation, group: undefined, folder: true }, problem);
      group.advance();
      return;
    }
    const folderItem = this.#tasks.length;
    group.folderItem = folderItem;
    this.#addTask({ relocation, group, folder: true });
    group.advance();
  }

  protected override laneWindow(): LaneWindow {
    // Deletions share calls, so many may run at once; copies are one request each.
    const deleting = this.#groups.some(group => group.mayDelete);
    return deleting && this.#move ? { most: 2000, refillAt: 1500 } : { most: atOnce };
  }

  // ── Items ───────────────────────────────────────────────────────────────────────────────────────────────────────

  protected async runItem(index: number, control: ItemControl): Promise<TransferResult | typeof deferred> {
    control.setState('active');
    const task = this.#tasks[index]!;
    const { relocation, group } = task;
    if (!group) return this.#relocateAlone(index, relocation, control);
    if (index === group.folderItem) return this.#folderItself(group, control);
    if (!group.copied.has(index)) {
      await this.#copy(index, task, control);
      group.copied.add(index);
    }
    if (!this.#move) return this.#done(group, index, relocation);
    if (!group.mayDelete) return deferred;
    group.wakeRest();
    if (!task.folder && (await group.originals.hasChanged(relocation.from, control.signal))) {
      // Tried again, the new version is copied: the old copy stands in its way, so that is for a person to decide.
      throw changedMeanwhile(relocation);
    }
    await this.#clear(relocation, control);
    return this.#done(group, index, relocation);
  }

  #done(group: RelocateGroup, index: number, relocation: Relocation): TransferResult {
    group.finished.add(index);
    this.#changed(relocation);
    if (group.isEmptied || group.lost.size > 0) queueMicrotask(() => group.advance());
    return this.#result(relocation.to, this.table.size(index));
  }

  async #copy(index: number, { relocation, folder }: Task, control: ItemControl): Promise<void> {
    const { adapter } = this.#context;
    if (!folder) await this.#copies.copy(index, relocation, control);
    else await this.#retry(control, async signal => adapter.createFolder?.(relocation.to, { signal }));
  }

  async #relocateAlone(index: number, relocation: Relocation, control: ItemControl): Promise<TransferResult> {
    const { adapter } = this.#context;
    if (!this.#move) {
      const entry = await this.#copies.copy(index, relocation, control);
      this.#changed(relocation);
      return this.#result(entry.path, entry.size, entry.id);
    }
    // Where a move is a copy and a deletion, each is repeated by itself: after a lost answer to the deletion the copy
    // would find its own result at the new path.
    if (adapter.move && !(adapter.copy && adapter.remove && namesEachFile(adapter))) {
      const entry = await this.#copies.move(relocation, control);
      this.#changed(relocation);
      return this.#result(entry.path, entry.size, entry.id);
    }
    const before = await this.#copyAlone(index, relocation, control);
    const now =
      before && (await this.#retry(control, async signal => adapter.stat?.(relocation.from, { signal })));
    if (before && now && isOtherVersion(before, now)) throw changedMeanwhile(relocation);
    control.signal.throwIfAborted();
    this.#clearing.add(index);
    await this.#clear(relocation, control);
    this.#changed(relocation);
    return this.#result(relocation.to, undefined);
  }

  /** What was there when the copy began, as far as the storage tells. */
  async #copyAlone(index: number, relocation: Relocation, control: ItemControl): Promise<Entry | undefined> {
    const { adapter } = this.#context;
    if (this.#copiedAlone.has(index)) return this.#copiedAlone.get(index);
    const before = await this.#retry(control, async signal => adapter.stat?.(relocation.from, { signal }));
    await this.#copies.copy(index, relocation, control);
    this.#copiedAlone.set(index, before);
    return before;
  }

  /** Deletes the original of a copy. */
  async #clear(relocation: Relocation, control: ItemControl): Promise<void> {
    try {
      await this.#retry(control, () => this.#removal.remove(relocation.from, control.signal));
    } catch (error) {
      throw error instanceof TransferError && error.reason !== 'aborted'
        ? twiceThere(error, relocation)
        : error;
    }
  }

  /** The folder's own marker, and those of folders in it, once its content is where it belongs. */
  async #folderItself(group: RelocateGroup, control: ItemControl): Promise<TransferResult | typeof deferred> {
    if (!group.isEmptied) return deferred;
    const { from, to } = group.relocation;
    const { signal } = control;
    const { adapter } = this.#context;
    if (group.content.size === 0) {
      await this.#retry(control, async () => adapter.createFolder?.(to, { signal }));
    }
    if (this.#move) {
      for await (const folder of foldersBelow(this.#context, from, signal)) {
        await this.#retry(control, () => this.#removal.remove(folder, signal));
      }
      await this.#retry(control, () => this.#removal.remove(from, signal));
    }
    this.#changed(group.relocation);
    return this.#result(to, undefined);
  }

  #retry<T>(control: ItemControl, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return patiently(this.#context, control, call);
  }

  #result(path: string, size: number | undefined, id?: string): TransferResult {
    return {
      path,
      size: size ?? 0,
      checksums: [],
      ...(id === undefined ? {} : { id }),
    };
  }

  #changed({ from, to }: Relocation): void {
    this.#context.changed(to);
    if (this.#move) this.#context.changed(from);
  }

  // ── Cancelled ───────────────────────────────────────────────────────────────────────────────────────────────────

  protected override async discardItem(index: number): Promise<void> {
    if (!this.#move) return;
    const { relocation, group, folder } = this.#tasks[index]!;
    if (!group) {
      if (this.#copies.isOwn(index) && !this.#clearing.has(index)) await this.#takeBack.ownCopy(relocation);
      return;
    }
    // Once originals are being deleted, their copies are what there is.
    if (index === group.folderItem || group.mayDelete) return;
    const wasCopied = group.copied.delete(index);
    if (folder) {
      if (wasCopied && group.targetWasNew) await this.#takeBack.marker(relocation.to);
    } else if (this.#copies.isOwn(index)) {
      await this.#takeBack.ownCopy(relocation, group.relocation.from);
    } else if (group.targetWasNew && !this.#replace) {
      await this.#takeBack.unconfirmed(relocation);
    }
  }

  protected override async beforeEnd(): Promise<void> {
    // What had failed before the rest was cancelled, and what cannot go without the part that was.
    const useless = this.table
      .inState(['failed'])
      .filter(index => this.stopSignal.aborted || this.#tasks[index]!.group?.hasCancelled);
    await Promise.allSettled(useless.map(index => this.discardItem(index)));
  }

  // ── Groups ──────────────────────────────────────────────────────────────────────────────────────────────────────

  protected override onRetry(indexes: readonly number[]): void {
    for (const index of indexes) {
      const group = this.#tasks[index]?.group;
      group?.lost.delete(index);
      group?.originals.forget();
    }
  }

  protected override onDeferred(index: number): void {
    const group = this.#tasks[index]?.group;
    if (!group) return;
    // The last copy may have been made between this item's look and its rest.
    if (this.#move && group.mayDelete && index !== group.folderItem) this.wake(index);
    else group.advance();
  }

  protected override onItemEnd(index: number, state: ItemState): void {
    const group = this.#tasks[index]?.group;
    if (!group || index === group.folderItem || state === 'done') return;
    group.lost.add(index);
    if (state === 'cancelled') group.hasCancelled = true;
    group.advance();
  }
}

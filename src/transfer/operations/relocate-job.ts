import { TransferError } from '../../core/errors.js';
import { below, lastSegment, type Relocation, relocationProblem } from '../../core/jobs/relocation.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import { BaseJob, deferred, type LaneWindow } from '../job.js';
import { retrying } from '../retry.js';
import { asTransferError } from '../transfer-errors.js';
import type { ItemState, TransferResult } from '../types.js';
import { RelocateGroup } from './relocate-group.js';
import { Removal } from './removal.js';
import { foldersBelow, namesEachFile, walkBelow } from './tree.js';

export interface RelocateOptions {
  /** Replace what is at the new paths. Default false: such files fail with reason `exists`. */
  readonly replace?: boolean;
}

/** What is known of an item besides its path. */
interface Task {
  readonly relocation: Relocation;
  readonly group: RelocateGroup | undefined;
  /** A folder without content, or (with `group`) the folder whose content is the group's. */
  readonly folder: boolean;
}

const atOnce = 6;

/**
 * Moves, renames or copies files and folders. Where folders are only part of the files' names, a folder's files are
 * items of their own; moving one copies all of them first and deletes the old ones only then, so that whatever
 * happens in between, nothing is lost.
 */
export class RelocateJob extends BaseJob {
  readonly #context: TransferContext;
  readonly #move: boolean;
  readonly #replace: boolean;
  readonly #removal: Removal;
  readonly #tasks: Task[] = [];
  readonly #groups: RelocateGroup[] = [];
  readonly #copiedAlone = new Set<number>();
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
    super(kind, relocations.length === 1 ? lastSegment(relocations[0]!.to) : `${relocations.length}`);
    this.#context = context;
    this.#move = kind === 'move';
    this.#replace = options.replace === true;
    this.#removal = new Removal(context);
    this.#find(relocations).then(
      () => this.closeItems(),
      error => this.closeItems(asTransferError(error, undefined)),
    );
  }

  override get canPause(): boolean {
    return false;
  }

  protected override canRetry(index: number): boolean {
    return !this.#refused.has(index) && super.canRetry(index);
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
      const problem = this.#problem(relocation);
      if (problem && relocations.length === 1) throw problem;
      if (problem) {
        this.#addTask({ relocation, group: undefined, folder: false }, problem);
      } else if (relocation.from.endsWith('/') && namesEachFile(adapter)) {
        await this.#findContent(relocation);
      } else {
        this.#addTask({ relocation, group: undefined, folder: false });
      }
      if (this.stopSignal.aborted) return;
    }
  }

  #problem(relocation: Relocation): TransferError | undefined {
    switch (relocationProblem(relocation)) {
      case 'into-itself':
        return new TransferError(
          `${relocation.from} cannot be put into itself. Choose a folder outside of it; nothing was changed.`,
          { kind: 'fatal', reason: 'invalid-input', path: relocation.from },
        );
      case 'same-place':
        return new TransferError(`${relocation.from} is there already; nothing was changed.`, {
          kind: 'fatal',
          reason: 'exists',
          path: relocation.from,
        });
      default:
        return undefined;
    }
  }

  #addTask(task: Task, problem?: TransferError, size?: number): number {
    this.#tasks.push(task);
    const { from, to } = task.relocation;
    if (!problem && !task.folder) {
      if (this.#targets.has(to)) {
        this.#refused.add(this.#tasks.length - 1);
        problem = new TransferError(
          `Another file of this selection goes to ${to} already; ${from} stays where it is. Rename one of them first.`,
          { kind: 'fatal', reason: 'exists', path: from },
        );
      } else {
        this.#targets.add(to);
      }
    }
    return problem ? this.addFailed(from, size, problem) : this.addItem(from, size);
  }

  async #findContent(relocation: Relocation): Promise<void> {
    const group = new RelocateGroup(relocation);
    this.#groups.push(group);
    try {
      for await (const { entry, empty } of walkBelow(this.#context, relocation.from, this.stopSignal)) {
        const folder = entry.kind === 'folder';
        if (folder && !empty) continue;
        const task: Task = { relocation: below(relocation, entry.path), group, folder };
        // The index is the next one; known beforehand, since the item may begin at once.
        group.content.add(this.#tasks.length);
        this.#addTask(task, undefined, entry.size);
      }
    } catch (error) {
      if (this.stopSignal.aborted) return;
      // The folder item stays unknown, so nothing of this folder is ever deleted.
      const problem = asTransferError(error, relocation.from);
      group.broken = problem;
      this.#refused.add(this.#tasks.length);
      this.#addTask({ relocation, group: undefined, folder: true }, problem);
      this.#advance(group);
      return;
    }
    const folderItem = this.#tasks.length;
    group.folderItem = folderItem;
    this.#addTask({ relocation, group, folder: true });
    this.#advance(group);
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
      await this.#copy(task, control);
      group.copied.add(index);
    }
    if (!this.#move) return this.#done(group, index, relocation);
    if (!group.mayDelete) return deferred;
    this.#wakeRest(group);
    await this.#retry(control, () => this.#removal.remove(relocation.from, control.signal));
    return this.#done(group, index, relocation);
  }

  #done(group: RelocateGroup, index: number, relocation: Relocation): TransferResult {
    group.finished.add(index);
    this.#changed(relocation);
    if (group.isEmptied || group.lost.size > 0) queueMicrotask(() => this.#advance(group));
    return this.#result(relocation.to, this.table.size(index));
  }

  async #copy({ relocation, folder }: Task, control: ItemControl): Promise<void> {
    const { adapter } = this.#context;
    const { from, to } = relocation;
    await this.#retry(control, async signal => {
      if (folder) await adapter.createFolder?.(to, { signal });
      else if (adapter.copy) await adapter.copy(from, to, { signal, replace: this.#replace });
      else throw new TransferError('This storage cannot copy.', { kind: 'fatal', reason: 'not-supported' });
    });
  }

  async #relocateAlone(
    index: number,
    { from, to }: Relocation,
    control: ItemControl,
  ): Promise<TransferResult> {
    const { adapter } = this.#context;
    const replace = this.#replace;
    if (!this.#move) {
      const entry = await this.#retry(control, signal => adapter.copy!(from, to, { signal, replace }));
      this.#changed({ from, to });
      return this.#result(entry.path, entry.size, entry.id);
    }
    // Where a move is a copy and a deletion, each is repeated by itself: after a lost answer to the deletion the copy
    // would find its own result at the new path.
    if (adapter.move && !(adapter.copy && adapter.remove && namesEachFile(adapter))) {
      const entry = await this.#retry(control, signal => adapter.move!(from, to, { signal, replace }));
      this.#changed({ from, to });
      return this.#result(entry.path, entry.size, entry.id);
    }
    if (!this.#copiedAlone.has(index)) {
      await this.#retry(control, signal => adapter.copy!(from, to, { signal, replace }));
      this.#copiedAlone.add(index);
    }
    await this.#retry(control, () => this.#removal.remove(from, control.signal));
    this.#changed({ from, to });
    return this.#result(to, undefined);
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
    return retrying(() => abortable(call(control.signal), control.signal), {
      signal: control.signal,
      clock: this.#context.clock,
      connectivity: this.#context.connectivity,
      onWaiting: error => control.setState('waiting', error),
      onResumed: () => control.setState('active'),
    });
  }

  #result(path: string, size: number | undefined, id?: string): TransferResult {
    return {
      path,
      size: size ?? 0,
      checksums: [],
      verified: { level: 'none', by: 'storage' },
      ...(id === undefined ? {} : { id }),
    };
  }

  #changed({ from, to }: Relocation): void {
    this.#context.changed(to);
    if (this.#move) this.#context.changed(from);
  }

  // ── Groups ──────────────────────────────────────────────────────────────────────────────────────────────────────

  protected override onRetry(indexes: readonly number[]): void {
    for (const index of indexes) this.#tasks[index]?.group?.lost.delete(index);
  }

  protected override onDeferred(index: number): void {
    const group = this.#tasks[index]?.group;
    if (!group) return;
    // The last copy may have been made between this item's look and its rest.
    if (this.#move && group.mayDelete && index !== group.folderItem) this.wake(index);
    else this.#advance(group);
  }

  protected override onItemEnd(index: number, state: ItemState): void {
    const group = this.#tasks[index]?.group;
    if (!group || index === group.folderItem || state === 'done') return;
    group.lost.add(index);
    this.#advance(group);
  }

  /** All copies are made: what waited for them goes on. */
  #wakeRest(group: RelocateGroup): void {
    if (group.woken) return;
    group.woken = true;
    for (const index of group.content) if (!group.finished.has(index)) this.wake(index);
  }

  /** Wakes what waits for the rest of its folder, or ends it when the rest cannot come. */
  #advance(group: RelocateGroup): void {
    if (group.broken && !group.givingUp) {
      group.givingUp = true;
      for (const index of group.content) {
        if (!group.finished.has(index)) this.failDeferred(index, group.broken);
      }
      group.givingUp = false;
      return;
    }
    if (group.folderItem < 0 || group.givingUp) return;
    if (group.isEmptied) {
      this.wake(group.folderItem);
      return;
    }
    if (this.#move && group.mayDelete) this.#wakeRest(group);
    if (!group.cannotComplete) return;
    const { from } = group.relocation;
    const error = new TransferError(
      this.#move
        ? group.mayDelete
          ? `All of ${from} is copied, but not all of it could be removed from its old place. Try again: only what is left is removed.`
          : `Not all of ${from} could be copied, so nothing of it was removed from its old place. Try again: only what is missing is copied.`
        : `Not all of ${from} could be copied. Try again: only what is missing is copied.`,
      { kind: 'fatal', reason: 'incomplete', path: from },
    );
    group.givingUp = true;
    for (const index of group.content) if (!group.finished.has(index)) this.failDeferred(index, error);
    this.failDeferred(group.folderItem, error);
    group.givingUp = false;
  }
}

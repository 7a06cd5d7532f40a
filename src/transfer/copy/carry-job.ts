import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { Relocation } from '../../core/jobs/relocation.js';
import type { TransferContext } from '../context.js';
import { PutOff } from '../item-run.js';
import { BaseJob, type ItemControl, type Lane, type LaneWindow } from '../job.js';
import { jobLabel } from '../job-label.js';
import { noJournal } from '../journal.js';
import { targetTaken, twiceThere } from '../operations/relocate-errors.js';
import { Removal } from '../operations/removal.js';
import { foldersBelow, isNewPlace, namesEachFile } from '../operations/tree.js';
import { isOtherVersion } from '../other-version.js';
import { patiently } from '../patiently.js';
import { isSameStorage } from '../same-storage.js';
import { asTransferError } from '../transfer-errors.js';
import type { ConflictPolicy, TransferResult } from '../types.js';
import { type Resolution, resolveConflict } from '../upload/conflicts.js';
import { FileRoom } from '../upload/file-room.js';
import { place } from '../upload/intake.js';
import { TargetNames } from '../upload/target-names.js';
import { Turns } from '../upload/turns.js';
import { CarriedFile } from './carried-file.js';
import { type CarryFindings, type CarryTask, findCarryTasks, requireAbilities } from './carry-tasks.js';
import type { CarryOptions } from './options.js';
import { sameAcross } from './same-content.js';

/** Files from this size on are begun beside the small ones. */
const largeFrom = 8 * 1024 * 1024;

/**
 * Copies or moves files and folders through the page: from one storage to another, or within one that can do neither
 * by itself. Each file is proven at its new place. A move deletes each original after that proof, and only if it is still
 * the version that was copied; so at any moment every file is at its old place, its new one, or both.
 */
export class CarryJob extends BaseJob {
  readonly #source: TransferContext;
  readonly #target: TransferContext;
  readonly #move: boolean;
  /** From a storage to itself, also when the page has opened it twice. */
  readonly #isWithin: boolean;
  readonly #options: CarryOptions;
  readonly #policy: ConflictPolicy;
  readonly #names: TargetNames;
  readonly #removal: Removal;
  readonly #tasks: (CarryTask | undefined)[] = [];
  readonly #files = new Map<number, CarriedFile>();
  /** Copies that are proven, and whose original is still to be deleted. */
  readonly #copied = new Map<number, TransferResult>();
  readonly #duplicates = new Set<number>();
  /** Folders to clear away once everything in them is moved. */
  readonly #emptied: string[] = [];
  readonly #questions = new Turns();
  readonly #smallFlow = {};

  constructor(
    kind: 'move' | 'copy',
    source: TransferContext,
    target: TransferContext,
    relocations: readonly Relocation[],
    options: CarryOptions = {},
  ) {
    super(kind, jobLabel(relocations.map(({ to }) => to)) || target.adapter.label);
    this.#source = source;
    this.#isWithin = isSameStorage(source.adapter, target.adapter);
    // The bytes are in no file of the person's, so a later page could not go on with them.
    this.#target = { ...target, journal: noJournal };
    this.#move = kind === 'move';
    this.#options = options;
    this.#policy = options.conflict ?? (options.replace ? 'replace' : 'fail');
    this.#names = new TargetNames(target.adapter);
    this.#removal = new Removal(source);
    this.#find(relocations).then(
      () => this.closeItems(),
      error => this.closeItems(this.stopSignal.aborted ? undefined : asTransferError(error, undefined)),
    );
  }

  override get movesBytes(): boolean {
    return true;
  }

  // ── What there is to do ─────────────────────────────────────────────────────────────────────────────────────────

  async #find(relocations: readonly Relocation[]): Promise<void> {
    const ends = { source: this.#source, target: this.#target, move: this.#move };
    requireAbilities(ends);
    const room = this.#isWithin && this.#move ? undefined : FileRoom.of(this.#target, this.#policy);
    const found: CarryTask[] = [];
    const findings: CarryFindings = {
      add: task => {
        if (!room) return this.#add(task);
        found.push(task);
        if (!task.folder) room.claim(task.relocation.to);
      },
      refuse: (relocation, problem) => this.#refuse(relocation, undefined, problem),
      foundAllOf: folder => void this.#emptied.push(folder),
    };
    await findCarryTasks(ends, relocations, findings, this.stopSignal);
    await room?.check(this.stopSignal);
    for (const task of found) this.#add(task);
  }

  #refuse({ from }: Relocation, size: number | undefined, problem: TransferError): void {
    this.#tasks.push(undefined);
    this.addFailed(from, size, problem);
  }

  #add(task: CarryTask): void {
    const { relocation, entry, folder } = task;
    const { size } = entry;
    const { problem, duplicate } = place(
      folder
        ? { kind: 'folder', path: relocation.to }
        : { file: nothing, path: relocation.to, ...(size === undefined ? {} : { size }) },
      { adapter: this.#target.adapter, into: '', policy: this.#policy, names: this.#names },
    );
    if (problem) {
      const taken = problem.reason === 'exists';
      this.#refuse(relocation, size, taken ? targetTaken(relocation) : problem);
      return;
    }
    if (duplicate) this.#duplicates.add(this.#tasks.length);
    this.#tasks.push(task);
    this.addItem(relocation.from, folder ? 0 : size);
  }

  protected override canRetry(index: number): boolean {
    return this.#tasks[index] !== undefined;
  }

  protected override laneOf(index: number): Lane {
    return (this.table.size(index) ?? 0) >= largeFrom ? 'large' : 'small';
  }

  // ── One item ────────────────────────────────────────────────────────────────────────────────────────────────────

  protected override laneWindow(lane: Lane): LaneWindow {
    // One large file is fetched while another goes up.
    return { most: lane === 'large' ? 2 : 12 };
  }

  protected async runItem(index: number, control: ItemControl): Promise<TransferResult> {
    const { relocation, folder } = this.#tasks[index]!;
    if (folder) return this.#carryFolder(relocation, control);
    const known = this.#copied.get(index);
    if (known) return this.#clear(index, known, control);
    const file = this.#files.get(index) ?? this.#newFile(index);
    this.#files.set(index, file);
    const result = await file.run(control).catch(async (error: unknown) => {
      if (error instanceof PutOff) await this.discardItem(index);
      throw error;
    });
    if (result.skipped !== undefined || !this.#move) {
      this.#files.delete(index);
      if (result.skipped === undefined) this.#target.changed(result.path);
      return result;
    }
    this.#target.changed(result.path);
    this.#copied.set(index, result);
    return this.#clear(index, result, control);
  }

  #newFile(index: number): CarriedFile {
    const { relocation, entry } = this.#tasks[index]!;
    return new CarriedFile(entry, relocation.to, {
      source: this.#source,
      target: this.#target,
      policy: this.#policy,
      options: this.#options,
      flow: this.laneOf(index) === 'large' ? {} : this.#smallFlow,
      settle: (path, again, control) => this.#settle(index, path, again, control),
      setSize: bytes => this.setSize(index, bytes),
    });
  }

  async #settle(index: number, path: string, again: boolean, control: ItemControl): Promise<Resolution> {
    const first = path === this.#tasks[index]!.relocation.to;
    if (this.#policy === 'replace') return { go: path, createOnly: false };
    const resolution = await resolveConflict({
      context: this.#target,
      names: this.#names,
      policy: this.#policy,
      onConflict: this.#options.onConflict,
      path,
      isSame: (existing, signal) => this.#isSame(index, existing, signal),
      control,
      fresh: again,
      duplicate: this.#duplicates.has(index) && first,
      item: () => this.items.at(index)!,
      inTurn: ask => this.#questions.take(ask),
    });
    this.#names.settled(path);
    return resolution;
  }

  /** By what both storages say: no byte is fetched to find out. Without a proof they are not the same. */
  async #isSame(index: number, existing: Entry, signal: AbortSignal): Promise<boolean> {
    const { path } = this.#tasks[index]!.entry;
    const { adapter: source } = this.#source;
    const { adapter: target } = this.#target;
    const [here, there] = await Promise.all([
      source.stat?.(path, { signal }),
      existing.checksums ? existing : target.stat?.(existing.path, { signal }),
    ]);
    return here !== undefined && sameAcross(here, there ?? existing) === true;
  }

  async #carryFolder({ from, to }: Relocation, control: ItemControl): Promise<TransferResult> {
    const { adapter } = this.#target;
    await patiently(this.#target, control, async signal => adapter.createFolder?.(to, { signal }));
    this.#target.changed(to);
    if (this.#move) await patiently(this.#source, control, signal => this.#removeFolder(from, signal));
    return { path: to, size: 0, checksums: [] };
  }

  /** Deletes the original, unless it is no longer what was copied. */
  async #clear(index: number, result: TransferResult, control: ItemControl): Promise<TransferResult> {
    const { relocation } = this.#tasks[index]!;
    const { adapter } = this.#source;
    const { entry } = this.#files.get(index)!;
    control.setState('finishing');
    const now = await patiently(this.#source, control, async signal =>
      adapter.stat?.(entry.path, { signal }),
    );
    if (now && isOtherVersion(entry, now)) {
      throw new TransferError(
        `${entry.path} was changed while it was moved. The version before is at ${result.path}; the new one stays where it is.`,
        { kind: 'fatal', reason: 'changed-remote', path: entry.path },
      );
    }
    try {
      await patiently(this.#source, control, signal => this.#removal.remove(entry.path, signal));
    } catch (error) {
      throw error instanceof TransferError && error.reason !== 'aborted'
        ? twiceThere(error, relocation)
        : error;
    }
    this.#source.changed(entry.path);
    this.#copied.delete(index);
    this.#files.delete(index);
    return result;
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────────────────────────

  protected override async discardItem(index: number): Promise<void> {
    const file = this.#files.get(index);
    this.#files.delete(index);
    // A copy that is proven stays: its original may be half gone already.
    if (!this.#copied.delete(index)) await file?.discard();
  }

  override async release(): Promise<void> {
    await Promise.allSettled(this.table.inState(['failed']).map(index => this.discardItem(index)));
  }

  protected override async beforeEnd(): Promise<void> {
    const { table, stopSignal: signal } = this;
    if (!this.#move || signal.aborted || table.count('done') < table.length) return;
    for (const folder of this.#emptied) {
      for await (const inner of foldersBelow(this.#source, folder, signal)) {
        await this.#removeFolder(inner, signal);
      }
      if (this.#source.adapter.createFolder) await this.#removeFolder(folder, signal);
      this.#source.changed(folder);
    }
  }

  /** Where a folder goes with all that is in it, what came to it since the move began would go too: then it stays. */
  async #removeFolder(path: string, signal: AbortSignal): Promise<void> {
    if (!namesEachFile(this.#source.adapter) && !(await isNewPlace(this.#source, path, signal))) return;
    await this.#removal.remove(path);
  }
}

const nothing = new Blob([]);

import { TransferError } from '../../core/errors.js';
import { toFolderPath } from '../../core/path.js';
import type { TransferContext } from '../context.js';
import { type ItemControl, PutOff } from '../item-run.js';
import { BaseJob, type LaneWindow } from '../job.js';
import { asTransferError } from '../transfer-errors.js';
import type { Conflict, ConflictAnswer, ConflictPolicy, TransferResult } from '../types.js';
import { resolveConflict, takenError } from '../upload/conflicts.js';
import { FileRoom } from '../upload/file-room.js';
import { ImportUpload } from '../upload/import-upload.js';
import { place } from '../upload/intake.js';
import { importedResult, skippedResult } from '../upload/results.js';
import { retryCall } from '../upload/session.js';
import { TargetNames } from '../upload/target-names.js';
import { Turns } from '../upload/turns.js';

/** A file that the storage is to fetch. */
export interface ImportSource {
  /** Where the storage finds it. Whoever runs the storage may see it, with whatever secret it holds. */
  readonly url: string;
  /** Path below `into`, `/`-separated, name included. */
  readonly path: string;
}

export interface ImportOptions {
  /** Folder at the storage; empty: the root. */
  readonly into?: string;
  /** Default `replace`. `skip-same` cannot be told here, and means `replace`. */
  readonly conflict?: ConflictPolicy;
  readonly onConflict?: (conflict: Conflict) => Promise<ConflictAnswer>;
}

/** Files that the storage fetches by itself: none of their bytes passes through the page, so nothing is verified. */
export class ImportJob extends BaseJob {
  readonly #context: TransferContext;
  readonly #options: ImportOptions;
  readonly #policy: ConflictPolicy;
  readonly #names: TargetNames;
  readonly #sources: (ImportSource | undefined)[] = [];
  readonly #paths: string[] = [];
  readonly #duplicates = new Set<number>();
  readonly #running = new Map<number, ImportUpload>();
  readonly #questions = new Turns();

  constructor(context: TransferContext, sources: readonly ImportSource[], options: ImportOptions = {}) {
    super('upload', sources.length === 1 ? sources[0]!.path : options.into || context.adapter.label);
    this.#context = context;
    this.#options = options;
    this.#policy = options.conflict ?? 'replace';
    this.#names = new TargetNames(context.adapter);
    this.#take(sources).then(
      () => this.closeItems(),
      error => this.closeItems(this.stopSignal.aborted ? undefined : asTransferError(error, undefined)),
    );
  }

  override get movesBytes(): boolean {
    return false;
  }

  override get canPause(): boolean {
    return false;
  }

  async #take(sources: readonly ImportSource[]): Promise<void> {
    const { adapter } = this.#context;
    if (!adapter.importFromUrl) {
      throw new TransferError(
        `${adapter.label} fetches nothing by itself. Download the file, and upload it.`,
        {
          kind: 'fatal',
          reason: 'not-supported',
        },
      );
    }
    const into = toFolderPath(this.#options.into ?? '');
    const room = FileRoom.of(this.#context, this.#policy);
    for (const { path } of sources) room?.claim(into + path);
    await room?.check(this.stopSignal);
    for (const source of sources) this.#add(source, into);
  }

  #add(source: ImportSource, into: string): void {
    const placed = place(
      { file: new Blob([]), path: source.path },
      { adapter: this.#context.adapter, into, policy: this.#policy, names: this.#names },
    );
    if (placed.duplicate) this.#duplicates.add(this.#sources.length);
    this.#sources.push(placed.problem ? undefined : source);
    this.#paths.push(placed.path);
    if (placed.problem) this.addFailed(placed.path, undefined, placed.problem);
    else this.addItem(placed.path, undefined);
  }

  protected override canRetry(index: number): boolean {
    return this.#sources[index] !== undefined;
  }

  protected override laneWindow(): LaneWindow {
    return { most: 4 };
  }

  protected async runItem(index: number, control: ItemControl): Promise<TransferResult> {
    const settled = await this.#settle(index, control);
    if (typeof settled !== 'string') return settled;
    const { adapter } = this.#context;
    const { url } = this.#sources[index]!;
    let running = this.#running.get(index);
    if (!running) {
      const plan = await retryCall(this.#context, control, signal =>
        adapter.importFromUrl!(settled, url, { signal }),
      );
      running = new ImportUpload(this.#context, plan);
      this.#running.set(index, running);
    }
    let total = 0;
    const outcome = await running.run(control, bytes => {
      total = bytes;
      this.setSize(index, bytes);
    });
    this.#running.delete(index);
    this.#context.changed(outcome.path);
    return importedResult(outcome, total);
  }

  /** The path to take, or how it ended without one. */
  async #settle(index: number, control: ItemControl): Promise<string | TransferResult> {
    const path = this.#paths[index]!;
    if (this.#running.has(index) || this.#policy === 'replace') return path;
    const resolution = await resolveConflict({
      context: this.#context,
      names: this.#names,
      policy: this.#policy,
      onConflict: this.#options.onConflict,
      path,
      isSame: async () => false,
      control,
      fresh: false,
      duplicate: this.#duplicates.has(index),
      item: () => this.items.at(index)!,
      inTurn: ask => this.#questions.take(ask),
    });
    if ('skip' in resolution) return skippedResult(resolution.existing, resolution.skip);
    if ('cancel' in resolution) throw new PutOff(takenError(path));
    this.#duplicates.delete(index);
    this.#paths[index] = resolution.go;
    if (resolution.go !== path) this.setPath(index, resolution.go);
    return resolution.go;
  }

  protected override async discardItem(index: number): Promise<void> {
    const running = this.#running.get(index);
    this.#running.delete(index);
    await running?.discard();
  }

  override async release(): Promise<void> {
    await Promise.allSettled(this.table.inState(['failed']).map(index => this.discardItem(index)));
  }
}

import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import { type ItemControl, PutOff } from '../item-run.js';
import { isEnd } from '../item-table.js';
import { BaseJob, type Lane, type LaneWindow } from '../job.js';
import { habitsOf } from '../link.js';
import { asTransferError } from '../transfer-errors.js';
import type { ConflictPolicy, TransferResult, UploadInput, UploadOptions, UploadSource } from '../types.js';
import { type Resolution, resolveConflict } from './conflicts.js';
import { intentOf } from './file-intent.js';
import { FileUpload } from './file-upload.js';
import { type FileInput, isExtra, openInput } from './inputs.js';
import { place, takeAll } from './intake.js';
import { retryCall, type UploadSession } from './session.js';
import { TargetNames } from './target-names.js';

/** Files from this size on are begun beside the small ones. */
const largeFrom = 8 * 1024 * 1024;

/** Puts a value on a chain, so that what is chained runs one after another. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => {});
    return mine;
  }
}

/** Files on their way to the storage. */
export class UploadJob extends BaseJob {
  readonly #context: TransferContext;
  readonly #options: UploadOptions;
  readonly #policy: ConflictPolicy;
  readonly #into: string;
  /** By item; undefined: it cannot be stored. */
  readonly #inputs: (UploadInput | undefined)[] = [];
  /** Files that were begun and have not come to a good end. */
  readonly #files = new Map<number, FileUpload>();
  readonly #names: TargetNames;
  readonly #questions = new Turns();
  readonly #smallFlow = {};
  /** Files whose path another file of this job has; they get other names. */
  readonly #duplicates = new Set<number>();
  #origins: readonly string[] = [];

  constructor(context: TransferContext, source: UploadSource, options: UploadOptions = {}) {
    super('upload', options.into || context.adapter.label);
    this.#context = context;
    this.#options = options;
    this.#policy = options.conflict ?? 'replace';
    this.#into = normaliseFolder(options.into);
    this.#names = new TargetNames(context.adapter);
    this.#take(source).then(
      () => this.closeItems(),
      error => this.closeItems(asTransferError(error, undefined)),
    );
  }

  // ── Inputs ──────────────────────────────────────────────────────────────────────────────────────────────────────

  async #take(source: UploadSource): Promise<void> {
    const { adapter } = this.#context;
    if (!adapter.openUpload) {
      throw new TransferError(`${adapter.label} takes no uploads.`, {
        kind: 'fatal',
        reason: 'not-supported',
      });
    }
    await takeAll(source, input => this.#add(input), this.stopSignal);
    if (this.#inputs.length === 1) this.setLabel(this.items.at(0)!.name);
  }

  #add(input: UploadInput): void {
    const { path, size, problem, duplicate } = place(input, {
      adapter: this.#context.adapter,
      into: this.#into,
      policy: this.#policy,
      names: this.#names,
    });
    if (duplicate) this.#duplicates.add(this.#inputs.length);
    this.#inputs.push(problem ? undefined : input);
    if (problem) this.addFailed(path, size, problem);
    else this.addItem(path, size);
  }

  protected override canRetry(index: number): boolean {
    return this.#inputs[index] !== undefined;
  }

  // ── Scheduling ──────────────────────────────────────────────────────────────────────────────────────────────────

  protected override laneOf(index: number): Lane {
    return (this.table.size(index) ?? 0) >= largeFrom ? 'large' : 'small';
  }

  protected override laneWindow(lane: Lane): LaneWindow {
    if (lane === 'large') return { most: 3 };
    const connections =
      this.#origins.length > 0
        ? this.#context.scheduler.capacity(this.#origins)
        : (this.#context.connectionsPerOrigin ?? 6);
    // One round of connections is sending, one is signed, and the next is opened and signed together as a batch.
    return { most: connections * 3, refillAt: connections * 2 };
  }

  // ── One item ────────────────────────────────────────────────────────────────────────────────────────────────────

  protected async runItem(index: number, control: ItemControl): Promise<TransferResult> {
    const input = this.#inputs[index]!;
    if (isExtra(input)) return this.#createFolder(this.table.path(index), control);
    const file = await this.#file(index, input, control);
    try {
      const result = await file.run(control);
      this.#files.delete(index);
      if (result.skipped === undefined) this.#context.changed(result.path);
      return result;
    } catch (error) {
      if (error instanceof PutOff) {
        await this.discardItem(index);
      }
      throw error;
    }
  }

  async #file(index: number, input: FileInput, control: ItemControl): Promise<FileUpload> {
    const known = this.#files.get(index);
    const path = this.table.path(index);
    if (known) {
      const changed = await known.localProblem(path);
      if (!changed) return known;
      // A new version never continues the old one's parts.
      await known.discard();
      this.#files.delete(index);
      throw changed;
    }
    const opened = await abortable(openInput(input), control.signal);
    this.setSize(index, opened.size);
    const session: UploadSession = {
      context: this.#context,
      habits: habitsOf(this.#context.adapter),
      input,
      opened,
      flow: opened.size >= largeFrom ? {} : this.#smallFlow,
      intent: intentOf(path, input, opened, this.#options),
      plan: undefined,
      parts: undefined,
      earlier: undefined,
      began: this.#context.clock.now(),
      mismatches: 0,
      restarts: 0,
      earlierEtag: undefined,
      settled: this.#policy === 'replace',
      touched: false,
    };
    const file = new FileUpload(session, {
      policy: this.#policy,
      verify: this.#options.verify,
      settleConflict: (asked, at) => this.#settleConflict(index, asked, at),
      setSize: bytes => this.setSize(index, bytes),
      origins: origins => {
        this.#origins = origins;
      },
    });
    this.#files.set(index, file);
    return file;
  }

  async #settleConflict(index: number, session: UploadSession, control: ItemControl): Promise<Resolution> {
    const { path } = session.intent;
    const resolution = await resolveConflict({
      context: this.#context,
      names: this.#names,
      policy: this.#policy,
      onConflict: this.#options.onConflict,
      path,
      opened: session.opened,
      control,
      fresh: session.restarts > 0,
      duplicate: this.#duplicates.has(index) && path === this.table.path(index),
      item: () => this.items.at(index)!,
      inTurn: ask => this.#questions.take(ask),
    });
    this.#names.settled(path);
    if ('go' in resolution) {
      if (resolution.go !== path) this.setPath(index, resolution.go);
      const createOnly = resolution.createOnly && this.#context.adapter.capabilities.conditionalCreate;
      session.intent = { ...session.intent, path: resolution.go, createOnly };
    }
    return resolution;
  }

  async #createFolder(path: string, control: ItemControl): Promise<TransferResult> {
    const { adapter } = this.#context;
    if (!adapter.createFolder) {
      throw new TransferError(`${adapter.label} keeps no empty folders, so ${path} was not made.`, {
        kind: 'fatal',
        reason: 'not-supported',
        path,
      });
    }
    const entry = await retryCall(this.#context, control, signal => adapter.createFolder!(path, { signal }));
    this.#context.changed(entry.path);
    return { path: entry.path, id: entry.id, size: 0, checksums: [] };
  }

  // ── Leaving nothing behind ──────────────────────────────────────────────────────────────────────────────────────

  protected override async discardItem(index: number): Promise<void> {
    const file = this.#files.get(index);
    this.#files.delete(index);
    await file?.discard();
  }

  override async release(): Promise<void> {
    const ended = [...this.#files.keys()].filter(index => isEnd(this.table.state(index)));
    await Promise.allSettled(ended.map(index => this.discardItem(index)));
  }
}

function normaliseFolder(into: string | undefined): string {
  const folder = (into ?? '').replace(/^\/+/, '');
  return folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
}

import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';
import type { TransferContext } from '../context.js';
import { type ItemControl, PutOff } from '../item-run.js';
import { isEnd } from '../item-table.js';
import { BaseJob, type Lane, type LaneWindow } from '../job.js';
import { clearStored } from '../superseded.js';
import { asTransferError } from '../transfer-errors.js';
import type { ConflictPolicy, TransferResult, UploadInput, UploadOptions, UploadSource } from '../types.js';
import { expectsFree } from './asked-alike.js';
import { type Resolution, resolveConflict } from './conflicts.js';
import { intentInstead, intentOfEarlier } from './earlier-upload.js';
import { intentOf } from './file-intent.js';
import { FileRoom } from './file-room.js';
import { FileUpload } from './file-upload.js';
import { Heading } from './heading.js';
import { earlierOf, type FileInput, isExtra, openInput } from './inputs.js';
import { place, takeAll, targetPath } from './intake.js';
import { JobInputs } from './job-inputs.js';
import { isSameFile } from './same-file.js';
import { newSession, retryCall, type UploadSession } from './session.js';
import { TargetNames } from './target-names.js';
import { Turns } from './turns.js';

/** Files from this size on are begun beside the small ones. */
const largeFrom = 8 * 1024 * 1024;

/** Files on their way to the storage. */
export class UploadJob extends BaseJob {
  readonly #context: TransferContext;
  readonly #options: UploadOptions;
  readonly #policy: ConflictPolicy;
  readonly #into: string;
  readonly #heading: Heading;
  readonly #inputs: JobInputs;
  /** Files that were begun and have not come to a good end. */
  readonly #files = new Map<number, FileUpload>();
  /** Paths of the uploads that were interrupted when this job stored its first file. */
  #interrupted: Promise<ReadonlySet<string>> | undefined;
  readonly #names: TargetNames;
  readonly #questions = new Turns();
  readonly #smallFlow = {};
  /** Files whose path another file of this job has; they get other names. */
  readonly #duplicates = new Set<number>();
  #origins: readonly string[] = [];
  #lastStop: AbortSignal | undefined;

  constructor(context: TransferContext, source: UploadSource, options: UploadOptions = {}) {
    super('upload', options.into || context.adapter.label);
    this.#context = context;
    this.#options = options;
    this.#policy = options.conflict ?? 'replace';
    this.#into = normaliseFolder(options.into);
    this.#heading = new Heading(this.#into);
    this.#names = new TargetNames(context.adapter);
    this.#inputs = new JobInputs(context);
    this.#disposeNamesWithStop();
    const taken = this.#take(source).finally(() => {
      if (Array.isArray(source)) this.#inputs.offerOthers(source);
    });
    taken.then(
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
    const room = FileRoom.of(this.#context, this.#policy);
    if (room) await this.#takeInto(room, source);
    else await takeAll(source, input => this.#add(input), this.stopSignal);
    this.setLabel(this.#heading.finish() ?? this.label);
  }

  /** Where only so many files fit, all have to be known before the first one begins. */
  async #takeInto(room: FileRoom, source: UploadSource): Promise<void> {
    const inputs: UploadInput[] = [];
    const signal = this.stopSignal;
    const take = (input: UploadInput): void => {
      inputs.push(input);
      if (!isExtra(input)) room.claim(targetPath(input, this.#into));
    };
    await takeAll(source, take, signal);
    if (signal.aborted) return;
    await room.check(signal);
    for (const input of inputs) this.#add(input);
  }

  #add(input: UploadInput): void {
    const { path, size, problem, duplicate } = place(input, {
      adapter: this.#context.adapter,
      into: this.#into,
      policy: this.#policy,
      names: this.#names,
    });
    if (duplicate) this.#duplicates.add(this.#inputs.length);
    const wasBegun = this.#inputs.add(problem ? undefined : input);
    const top = this.#heading.note(path, !isExtra(input) && earlierOf(input) !== undefined);
    if (this.#inputs.length === 1) this.setLabel(top);
    if (problem) this.addFailed(path, size, problem);
    else {
      const index = this.addItem(path, size);
      if (wasBegun) this.table.markBegun(index);
    }
  }

  #disposeNamesWithStop(): void {
    const signal = this.stopSignal;
    if (signal === this.#lastStop) return;
    this.#lastStop = signal;
    signal.addEventListener('abort', () => this.#names.dispose(), { once: true });
  }

  protected override canRetry(index: number): boolean {
    return this.#inputs.canRetry(index, this.table.error(index));
  }

  protected override canSendAgainFrom(index: number): boolean {
    return this.#inputs.at(index) !== undefined;
  }

  protected override onRetry(): void {
    this.#disposeNamesWithStop();
  }

  override sendAgain(index?: number, instead?: FileInput): void {
    if (index !== undefined && instead !== undefined) {
      const state = index < this.table.length ? this.table.state(index) : undefined;
      if (state !== 'failed' && state !== 'cancelled') return;
      this.#inputs.replace(index, instead);
    }
    super.sendAgain(index);
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
    const input = this.#inputs.at(index)!;
    if (isExtra(input)) return this.#createFolder(this.table.path(index), control);
    const file = await this.#file(index, input, control);
    try {
      const result = await file.run(control);
      this.#files.delete(index);
      if (result.skipped === undefined) {
        this.#context.changed(result.path);
        if (!file.wentInParts) void this.#clearInterrupted(result.path);
      }
      return result;
    } catch (error) {
      // The next try is of the new version, and told so once is enough.
      const isChanged =
        error instanceof TransferError && error.reason === 'changed-local' && !earlierOf(input);
      if (error instanceof PutOff || isChanged) await this.discardItem(index);
      throw error;
    }
  }

  async #file(index: number, input: FileInput, control: ItemControl): Promise<FileUpload> {
    let known = this.#files.get(index);
    const path = this.table.path(index);
    if (known && !known.isOf(input)) {
      await known.discard();
      this.#files.delete(index);
      known = undefined;
    }
    if (known) {
      const changed = await known.localProblem(path);
      if (!changed) return known;
      // A new version never continues the old one's parts. One that cannot be read now may be read again.
      if (changed.reason === 'changed-local') {
        await known.discard();
        this.#files.delete(index);
      }
      throw changed;
    }
    const opened = await abortable(openInput(input), control.signal);
    this.setSize(index, opened.size);
    const earlier = earlierOf(input);
    const asked = this.#inputs.askedThen(index);
    const isFree = asked !== undefined && expectsFree(asked.wishes);
    const intent = earlier
      ? { ...intentOfEarlier(earlier), size: opened.size }
      : intentOf(path, input, opened, this.#options);
    this.#inputs.takenUp(index);
    const session = newSession({
      context: this.#context,
      input,
      opened,
      flow: opened.size >= largeFrom ? {} : this.#smallFlow,
      verify: asked ? asked.wishes.verify : this.#options.verify,
      intent: asked && !earlier ? intentInstead(asked, intent) : intent,
      earlier,
      // What an earlier page began, it had settled.
      settled: earlier !== undefined || (this.#policy === 'replace' && !isFree),
      expectsFree: isFree,
    });
    const file = new FileUpload(session, {
      policy: this.#policyFor(isFree),
      find: (path, asking) =>
        retryCall(this.#context, asking, signal => this.#names.find(path, signal, true)),
      settleConflict: (settling, at) => this.#settleConflict(index, settling, at, this.#policyFor(isFree)),
      setSize: bytes => this.setSize(index, bytes),
      origins: origins => {
        this.#origins = origins;
      },
    });
    this.#files.set(index, file);
    return file;
  }

  /** What came to a path that was free for an earlier page is somebody else's, and nobody was asked about it. */
  #policyFor(wasFree: boolean): ConflictPolicy {
    return wasFree ? (this.#options.conflict ?? 'fail') : this.#policy;
  }

  async #settleConflict(
    index: number,
    session: UploadSession,
    control: ItemControl,
    policy: ConflictPolicy,
  ): Promise<Resolution> {
    const { path } = session.intent;
    const settled = resolveConflict({
      context: this.#context,
      names: this.#names,
      policy,
      onConflict: this.#options.onConflict,
      path,
      isSame: (existing, signal) => isSameFile(this.#context, session.opened, existing, signal),
      control,
      fresh: session.restarts > 0,
      duplicate: this.#duplicates.has(index) && path === this.table.path(index),
      item: () => this.items.at(index)!,
      inTurn: ask => this.#questions.take(ask),
    });
    const resolution = await settled.catch(error => {
      // A pause asks again; a refusal was the last look at this path.
      if (!control.signal.aborted) this.#names.settled(path);
      throw error;
    });
    this.#names.settled(path);
    if ('go' in resolution) {
      if (resolution.go !== path) this.setPath(index, resolution.go);
      const createOnly = this.#context.adapter.capabilities.conditionalCreate && resolution.createOnly;
      session.expectsFree = Boolean(resolution.createOnly);
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

  /** An interrupted upload of an older version is of no use any more. */
  async #clearInterrupted(path: string): Promise<void> {
    const { journal, storage } = this.#context;
    // Read once: a job may have a hundred thousand small files.
    this.#interrupted ??= journal
      .kept(storage, { receipts: 'none' })
      .then(kept => new Set(kept.map(upload => upload.path)));
    if ((await this.#interrupted).has(path)) await clearStored(this.#context, path);
  }

  protected override async discardItem(index: number): Promise<void> {
    const file = this.#files.get(index);
    this.#files.delete(index);
    await file?.discard();
    await this.#inputs.discard(index);
  }

  override async release(index?: number): Promise<void> {
    // A file that could not even be opened: its upload is offered again.
    this.#inputs.release(each => (index ?? each) === each && isEnd(this.table.state(each)));
    const asked = index === undefined ? [...this.#files.keys()] : [index];
    const ended = asked.filter(each => this.#files.has(each) && isEnd(this.table.state(each)));
    await Promise.allSettled(ended.map(each => this.discardItem(each)));
  }
}

function normaliseFolder(into: string | undefined): string {
  const folder = (into ?? '').replace(/^\/+/, '');
  return folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
}

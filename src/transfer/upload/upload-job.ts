import type { UploadIntent } from '../../adapters/adapter.js';
import type { EntryMetadata } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { abortable, yieldToEventLoop } from '../clock.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import { BaseJob, type Lane, type LaneWindow } from '../job.js';
import { habitsOf } from '../link.js';
import { asTransferError } from '../transfer-errors.js';
import type { ConflictPolicy, TransferResult, UploadInput, UploadOptions, UploadSource } from '../types.js';
import { type Resolution, resolveConflict, takenError } from './conflicts.js';
import type { Uploaded } from './evidence.js';
import { ImportUpload } from './import-upload.js';
import {
  type FileInput,
  isExtra,
  localProblem,
  metadataOf,
  openInput,
  pathProblem,
  relativePath,
  sizeOf,
} from './inputs.js';
import { PartsUpload } from './parts-upload.js';
import { retryCall, statTarget, type UploadSession } from './session.js';
import { uploadWhole } from './single.js';
import { TargetNames } from './target-names.js';
import { isEnough, MismatchError, verifyUpload } from './verify.js';

/** Files from this size on are begun beside the small ones. */
const largeFrom = 8 * 1024 * 1024;
/** Inputs taken over before the page gets a turn. */
const batch = 4000;
const mostRestarts = 3;

/** Puts a value on a chain, so that what is chained runs one after another. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => {});
    return mine;
  }
}

class CancelledByAnswer extends Error {}

/** Files on their way to the storage. */
export class UploadJob extends BaseJob {
  readonly #context: TransferContext;
  readonly #options: UploadOptions;
  readonly #policy: ConflictPolicy;
  readonly #into: string;
  readonly #inputs: (UploadInput | undefined)[] = [];
  readonly #sessions = new Map<number, UploadSession>();
  readonly #imports = new Map<number, ImportUpload>();
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
    let taken = 0;
    if (Symbol.asyncIterator in source) {
      const iterator = source[Symbol.asyncIterator]();
      try {
        for (;;) {
          const { done, value } = await abortable(Promise.resolve(iterator.next()), this.stopSignal);
          if (done) break;
          this.#add(value);
          // A source that never waits would keep the page from ever getting a turn.
          if (++taken % batch === 0) await yieldToEventLoop();
        }
      } catch (error) {
        void iterator.return?.();
        if (!this.stopSignal.aborted) throw error;
      }
    } else {
      for (const input of source) {
        if (this.stopSignal.aborted) break;
        this.#add(input);
        if (++taken % batch === 0) await yieldToEventLoop();
      }
    }
    if (this.#inputs.length === 1) this.setLabel(this.items.at(0)!.name);
  }

  #add(input: UploadInput): void {
    const path = this.#into + relativePath(input).replace(/^\/+/, '');
    const extra = isExtra(input);
    const folder = extra && input.kind === 'folder';
    const size = extra ? 0 : sizeOf(input);
    const target = folder && !path.endsWith('/') ? `${path}/` : path;
    const problem = extra && input.kind === 'unreadable' ? input.error : this.#refusal(target, size, folder);
    if (!problem && !folder && !this.#names.claim(target)) this.#duplicates.add(this.#inputs.length);
    this.#inputs.push(problem ? undefined : input);
    if (problem) {
      this.addFailed(target, extra ? undefined : size, problem);
      return;
    }
    if (!folder && this.#policy !== 'replace') this.#names.expect(target);
    this.addItem(target, size);
  }

  /** Why an input cannot be stored at all. */
  #refusal(path: string, size: number | undefined, folder: boolean): TransferError | undefined {
    const { capabilities, label } = this.#context.adapter;
    const problem = pathProblem(path);
    if (problem) return new TransferError(problem, { kind: 'fatal', reason: 'invalid-name', path });
    if (!folder && this.#policy !== 'rename' && this.#names.isClaimed(path)) {
      return new TransferError(
        `Another file of this upload has the same path, ${path}. Only the first one is stored: rename one of them.`,
        { kind: 'fatal', reason: 'exists', path },
      );
    }
    const most = capabilities.maxFileSize;
    if (most !== undefined && size !== undefined && size > most) {
      return new TransferError(`${path} is larger than ${label} allows (${most} bytes a file).`, {
        kind: 'fatal',
        reason: 'too-large',
        path,
      });
    }
    return undefined;
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
    const session = await this.#session(index, input, control);
    for (;;) {
      try {
        if (!session.settled) {
          const resolution = await this.#settleConflict(index, session, control);
          if ('skip' in resolution) return this.#skipped(index, resolution);
          if ('cancel' in resolution) throw new CancelledByAnswer();
          session.settled = true;
        }
        const result = await this.#upload(index, session, control);
        this.#sessions.delete(index);
        this.#context.changed(result.path);
        return result;
      } catch (error) {
        control.signal.throwIfAborted();
        if (error instanceof CancelledByAnswer) {
          this.#sessions.delete(index);
          void this.cancel(index);
          throw error;
        }
        if (!(await this.#mayTryAgain(session, error))) {
          session.mismatches = 0;
          session.restarts = 0;
          throw this.#lastWord(session, error);
        }
        control.setState('preparing');
      }
    }
  }

  async #session(index: number, input: FileInput, control: ItemControl): Promise<UploadSession> {
    const known = this.#sessions.get(index);
    const path = this.table.path(index);
    if (known) {
      const changed = await localProblem(input, known.opened, path);
      if (!changed) return known;
      // A new version never continues the old one's parts.
      await known.parts?.discard();
      this.#sessions.delete(index);
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
      intent: this.#intent(path, input, opened),
      plan: undefined,
      parts: undefined,
      began: this.#context.clock.now(),
      mismatches: 0,
      restarts: 0,
      earlierEtag: undefined,
      settled: this.#policy === 'replace',
      touched: false,
    };
    this.#sessions.set(index, session);
    return session;
  }

  #intent(path: string, input: FileInput, opened: UploadSession['opened']): UploadIntent {
    const { metadata: common, checksum = 'auto', partSize } = this.#options;
    const shared = typeof common === 'function' ? common(path) : common;
    const metadata = mergeMetadata(shared, metadataOf(input));
    return {
      path,
      size: opened.size,
      type: opened.type,
      checksum,
      ...(opened.modified === undefined ? {} : { modified: opened.modified }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(partSize === undefined ? {} : { partSize }),
    };
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

  #skipped(index: number, resolution: Extract<Resolution, { skip: string }>): TransferResult {
    this.#sessions.delete(index);
    const { existing, skip } = resolution;
    return {
      path: existing.path,
      id: existing.id,
      size: existing.size ?? 0,
      ...(existing.etag === undefined ? {} : { etag: existing.etag }),
      ...(existing.version === undefined ? {} : { version: existing.version }),
      checksums: existing.checksums ?? [],
      verified: { level: 'none', by: 'page' },
      skipped: skip,
    };
  }

  async #upload(index: number, session: UploadSession, control: ItemControl): Promise<TransferResult> {
    const { adapter } = this.#context;
    // It was stored, and then not proven or not waited for: another try is a whole new upload.
    if (session.parts?.ended) await this.#startOver(session);
    if (!session.plan) {
      session.plan = await retryCall(this.#context, control, signal =>
        adapter.openUpload!(session.intent, { signal }),
      );
      session.began = this.#context.clock.now();
    }
    const { plan } = session;
    if (plan.origins && plan.origins.length > 0) this.#origins = plan.origins;
    let uploaded: Uploaded;
    switch (plan.kind) {
      case 'request':
      case 'form':
        uploaded = await uploadWhole(session, plan, control);
        break;
      case 'parts':
        session.parts ??= new PartsUpload(session, plan);
        uploaded = await session.parts.run(control);
        break;
      case 'import':
        return this.#import(index, session, control);
    }
    return this.#verified(session, uploaded, control);
  }

  async #import(index: number, session: UploadSession, control: ItemControl): Promise<TransferResult> {
    const { plan } = session;
    if (plan?.kind !== 'import') throw new TypeError('No import plan.');
    let work = this.#imports.get(index);
    if (!work) this.#imports.set(index, (work = new ImportUpload(this.#context, plan)));
    const outcome = await work.run(control, bytes => this.setSize(index, bytes));
    this.#imports.delete(index);
    return {
      ...resultOf(outcome, outcome.size ?? this.table.size(index) ?? 0),
      checksums: outcome.checksums ?? [],
      // The bytes never passed through this page: there is nothing to compare.
      verified: { level: 'none', by: 'page' },
    };
  }

  async #verified(session: UploadSession, uploaded: Uploaded, control: ItemControl): Promise<TransferResult> {
    const { intent, opened, habits } = session;
    const { path } = intent;
    control.setState('finishing');
    const verified = await verifyUpload({
      uploaded,
      path: uploaded.outcome.path,
      size: opened.size,
      hashing: intent.checksum !== 'none',
      habits,
      earlierEtag: session.earlierEtag,
      stat: this.#context.adapter.stat
        ? () => retryCall(this.#context, control, signal => statTarget(session, signal))
        : undefined,
    });
    const weakest = this.#options.verify ?? 'size';
    if (!isEnough(verified.verification.level, weakest)) {
      throw new TransferError(
        `${path} was sent, but the storage gives no proof by ${weakest} that it holds the right bytes. It is there; check it, or accept a weaker proof.`,
        { kind: 'fatal', reason: 'incomplete', path },
      );
    }
    const { response, outcome } = uploaded;
    return {
      ...resultOf(
        { ...outcome, ...(verified.etag === undefined ? {} : { etag: verified.etag }) },
        opened.size,
      ),
      ...(verified.version === undefined ? {} : { version: verified.version }),
      checksums: verified.checksums,
      verified: verified.verification,
      ...(response
        ? {
            response: {
              status: response.status,
              headers: response.headers,
              ...(outcome.body === undefined ? {} : { body: outcome.body }),
            },
          }
        : {}),
    };
  }

  /** Whether a failure asks for a new beginning; prepares it. */
  async #mayTryAgain(session: UploadSession, error: unknown): Promise<boolean> {
    if (!(error instanceof TransferError)) return false;
    if (error.reason === 'checksum-mismatch') {
      if (session.mismatches++ > 0) return false;
      await this.#startOver(session);
      if (error instanceof MismatchError) {
        session.earlierEtag = error.etag;
        // What lies at the path now is the damaged copy of this very upload.
        session.intent = { ...session.intent, createOnly: false };
      }
      return true;
    }
    if (error.kind === 'restart') {
      if (session.restarts++ >= mostRestarts) return false;
      await this.#startOver(session);
      return true;
    }
    // Somebody took the path after it was looked at: the policy has to be asked again.
    if (error.reason === 'exists' && session.intent.createOnly && this.#policy !== 'fail') {
      if (session.restarts++ >= mostRestarts) return false;
      await this.#startOver(session);
      session.settled = false;
      return true;
    }
    return false;
  }

  #lastWord(session: UploadSession, error: unknown): unknown {
    const { path } = session.intent;
    if (error instanceof TransferError && error.reason === 'exists') return takenError(path);
    return error;
  }

  async #startOver(session: UploadSession): Promise<void> {
    await session.parts?.discard();
    session.parts = undefined;
    session.plan = undefined;
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
    return {
      path: entry.path,
      id: entry.id,
      size: 0,
      checksums: [],
      verified: { level: 'none', by: 'page' },
    };
  }

  // ── Leaving nothing behind ──────────────────────────────────────────────────────────────────────────────────────

  protected override async discardItem(index: number): Promise<void> {
    const session = this.#sessions.get(index);
    this.#sessions.delete(index);
    const importing = this.#imports.get(index);
    this.#imports.delete(index);
    await importing?.discard();
    if (!session) return;
    await session.parts?.discard();
    const { plan, touched } = session;
    if (!touched || !plan || plan.kind === 'parts' || plan.kind === 'import' || !plan.discard) return;
    await plan.discard({ signal: new AbortController().signal });
  }

  /** Lets go of what failed items keep for another try. Called when nobody can retry them any more. */
  async release(): Promise<void> {
    await Promise.allSettled([...this.#sessions.keys()].map(index => this.discardItem(index)));
  }
}

function normaliseFolder(into: string | undefined): string {
  const folder = (into ?? '').replace(/^\/+/, '');
  return folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
}

function mergeMetadata(
  shared: EntryMetadata | undefined,
  own: EntryMetadata | undefined,
): EntryMetadata | undefined {
  if (!shared || !own) return own ?? shared;
  return {
    ...(shared.headers || own.headers ? { headers: { ...shared.headers, ...own.headers } } : {}),
    ...(shared.custom || own.custom ? { custom: { ...shared.custom, ...own.custom } } : {}),
    ...(shared.tags || own.tags ? { tags: { ...shared.tags, ...own.tags } } : {}),
  };
}

function resultOf(outcome: Uploaded['outcome'], size: number) {
  return {
    path: outcome.path,
    size: outcome.size ?? size,
    ...(outcome.id === undefined ? {} : { id: outcome.id }),
    ...(outcome.etag === undefined ? {} : { etag: outcome.etag }),
    ...(outcome.version === undefined ? {} : { version: outcome.version }),
  };
}

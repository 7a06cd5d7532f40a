import { type Entry, isUnfinished } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import { type ItemControl, PutOff } from '../item-run.js';
import type { KeptUpload } from '../journal.js';
import type { ConflictPolicy, TransferResult } from '../types.js';
import { type Resolution, takenError } from './conflicts.js';
import { changedSinceError, compareWithEarlier, removeEarlier } from './earlier-upload.js';
import type { Uploaded } from './evidence.js';
import { ImportUpload } from './import-upload.js';
import { type FileInput, localProblem } from './inputs.js';
import { clockTolerance } from './lost-answer.js';
import { openPlan } from './open-plan.js';
import { PartsUpload } from './parts-upload.js';
import { importedResult, skippedResult, storedResult } from './results.js';
import { isSameFile } from './same-file.js';
import { finishingControl, retryCall, statTarget, type UploadSession } from './session.js';
import { uploadWhole } from './single.js';
import { isEnough, MismatchError, verifyUpload } from './verify.js';

const mostRestarts = 3;

/** What a file's upload needs of its job. */
export interface FileUploadHost {
  readonly policy: ConflictPolicy;
  /** Settles what is at the path, and moves the item when another name is chosen. */
  settleConflict(session: UploadSession, control: ItemControl): Promise<Resolution>;
  /** What is at a path now; absent where no upload of an earlier page goes on. */
  find?(path: string, control: ItemControl): Promise<Entry | undefined>;
  setSize(bytes: number): void;
  /** Where the bytes will go. */
  origins(origins: readonly string[]): void;
}

/**
 * One file from its first look to its last proof. Lives through pauses and retries of its item: {@link run} goes on
 * where it was left; a failure that asks for a new beginning is begun again here.
 */
export class FileUpload {
  readonly #session: UploadSession;
  readonly #host: FileUploadHost;
  #import: ImportUpload | undefined;
  /** The person knows that the file is another one than an earlier page began to upload. */
  #toldOfChange = false;

  constructor(session: UploadSession, host: FileUploadHost) {
    this.#session = session;
    this.#host = host;
  }

  /** Whether these are its bytes, and not another file chosen in its place. */
  isOf(input: FileInput): boolean {
    return this.#session.input === input;
  }

  /** Why an upload that was left cannot go on: the file is another one by now. */
  async localProblem(path: string): Promise<TransferError | undefined> {
    const { input, opened } = this.#session;
    return localProblem(input, opened, path);
  }

  /** Whether it was sent in parts, which look after the records of their path themselves. */
  get wentInParts(): boolean {
    return this.#session.parts !== undefined;
  }

  async run(control: ItemControl): Promise<TransferResult> {
    const session = this.#session;
    for (;;) {
      try {
        return (await this.#settle(control)) ?? (await this.#upload(control));
      } catch (error) {
        control.signal.throwIfAborted();
        if (error instanceof PutOff) throw error;
        if (!(await this.#mayTryAgain(error))) {
          session.mismatches = 0;
          session.restarts = 0;
          const taken = error instanceof TransferError && error.reason === 'exists';
          throw taken ? takenError(session.intent.path) : error;
        }
        control.setState('preparing');
      }
    }
  }

  /** Asks what becomes of a file that is there already. Resolves to a result where nothing is to be sent. */
  async #settle(control: ItemControl): Promise<TransferResult | undefined> {
    const session = this.#session;
    if (session.settled) return undefined;
    const resolution = await this.#host.settleConflict(session, control);
    if ('skip' in resolution) return skippedResult(resolution.existing, resolution.skip);
    if ('cancel' in resolution) throw new PutOff(takenError(session.intent.path));
    session.settled = true;
    return undefined;
  }

  async #upload(control: ItemControl): Promise<TransferResult> {
    const session = this.#session;
    // It was stored, and then not proven or not waited for: another try is a whole new upload.
    if (session.parts?.ended) await this.#startOver();
    if (!session.plan) {
      if (session.earlier) await this.#checkEarlier(session.earlier, control);
      const skipped = await this.#settle(control);
      if (skipped) return skipped;
      const { earlier } = session;
      const there = earlier && (await this.#cameMeanwhile(earlier, control));
      if (there) return there;
      try {
        session.plan = await openPlan(session, control);
      } catch (error) {
        const stored = earlier && (await this.#storedByEarlier(earlier, error, control));
        if (!stored) throw error;
        return stored;
      }
      session.began = earlier?.started ?? session.context.clock.now();
      if (earlier && !(session.plan.kind === 'parts' && session.plan.state)) {
        // The adapter begins anew: nothing can be done with what was begun.
        session.context.journal.ended(earlier.id, 'aborted');
        session.earlier = undefined;
      }
    }
    const { plan } = session;
    if (plan.origins && plan.origins.length > 0) this.#host.origins(plan.origins);
    if (session.opened.parts.partsOnly && plan.kind !== 'parts')
      throw new TypeError('This content goes in parts only.');
    switch (plan.kind) {
      case 'request':
      case 'form':
        return this.#verified(await uploadWhole(session, plan, control), control);
      case 'parts':
        session.parts ??= new PartsUpload(session, plan);
        return this.#verified(await session.parts.run(control), control);
      case 'import': {
        this.#import ??= new ImportUpload(session.context, plan);
        let total = session.opened.size;
        const outcome = await this.#import.run(control, bytes => {
          total = bytes;
          this.#host.setSize(bytes);
        });
        this.#import = undefined;
        return importedResult(outcome, total);
      }
    }
  }

  /** The page that began it may have completed it, so that the storage knows it no more. */
  async #storedByEarlier(
    earlier: KeptUpload,
    error: unknown,
    control: ItemControl,
  ): Promise<TransferResult | undefined> {
    if (!(error instanceof TransferError) || error.kind !== 'restart') return undefined;
    const { context, opened } = this.#session;
    const entry = await statTarget(this.#session, control.signal).catch(() => undefined);
    // What lay there before that upload is no proof of it.
    const isNewer = entry?.modified !== undefined && entry.modified >= earlier.started - clockTolerance;
    if (!entry || !isNewer || !(await isSameFile(context, opened, entry, control.signal))) return undefined;
    context.journal.ended(earlier.id, 'completed');
    this.#session.earlier = undefined;
    return skippedResult(entry, 'same');
  }

  /**
   * Where the storage itself would replace what came to the path since the upload began, the path is looked at. Resolves
   * to what is there when it is this very file, and rejects with reason `exists` when it is another.
   */
  async #cameMeanwhile(earlier: KeptUpload, control: ItemControl): Promise<TransferResult | undefined> {
    const { context, intent, opened, expectsFree } = this.#session;
    const { conditionalCreate, overwrite } = context.adapter.capabilities;
    if (!expectsFree || conditionalCreate || overwrite === 'new-identity') return undefined;
    const entry = await this.#host.find?.(intent.path, control);
    if (!entry || isUnfinished(entry)) return undefined;
    if (!(await isSameFile(context, opened, entry, control.signal))) throw takenError(intent.path);
    await removeEarlier(context, earlier);
    this.#session.earlier = undefined;
    return skippedResult(entry, 'same');
  }

  /** A file that changed never continues the old one's parts: the person decides, by trying again. */
  async #checkEarlier(earlier: KeptUpload, control: ItemControl): Promise<void> {
    const { opened, context, intent } = this.#session;
    const found = await compareWithEarlier(earlier, opened, context.hasher, {
      signal: control.signal,
    });
    this.#session.onlyNotedParts = found === 'same-parts';
    if (found !== 'other') return;
    if (!this.#toldOfChange) {
      this.#toldOfChange = true;
      throw changedSinceError(intent.path);
    }
    await this.#startOver();
  }

  async #verified(uploaded: Uploaded, control: ItemControl): Promise<TransferResult> {
    const session = this.#session;
    const { context, intent, opened, habits } = session;
    control.setState('finishing');
    const finishing = finishingControl(control, context.clock);
    const verified = await verifyUpload({
      uploaded,
      path: uploaded.outcome.path,
      size: opened.size,
      hashing: intent.checksum !== 'none',
      habits,
      earlierEtag: session.earlierEtag,
      stat: context.adapter.stat
        ? () => retryCall(context, finishing, signal => statTarget(session, signal))
        : undefined,
    });
    const weakest = session.verify ?? (session.plan?.unproven ? 'none' : 'size');
    if (!isEnough(verified.verification.level, weakest)) {
      throw new TransferError(
        `${intent.path} was sent, but the storage gives no proof by ${weakest} that it holds the right bytes. It is there; check it, or accept a weaker proof.`,
        { kind: 'fatal', reason: 'unverified', path: intent.path },
      );
    }
    return storedResult(uploaded, opened.size, verified);
  }

  /** Whether a failure asks for a new beginning; prepares it. */
  async #mayTryAgain(error: unknown): Promise<boolean> {
    const session = this.#session;
    if (!(error instanceof TransferError)) return false;
    if (error.reason === 'checksum-mismatch') {
      if (session.mismatches++ > 0) return false;
      await this.#startOver();
      if (error instanceof MismatchError) {
        session.earlierEtag = error.etag;
        // What lies at the path now is the damaged copy of this very upload.
        session.intent = { ...session.intent, createOnly: false };
        session.expectsFree = false;
        session.settled = true;
      }
      return true;
    }
    if (error.kind === 'restart') {
      if (session.restarts++ >= mostRestarts) return false;
      await this.#startOver();
      return true;
    }
    // Somebody took the path after it was looked at: the policy has to be asked again.
    const wasFree = session.intent.createOnly || session.expectsFree;
    if (error.reason === 'exists' && wasFree && this.#host.policy !== 'fail') {
      if (session.restarts++ >= mostRestarts) return false;
      await this.#startOver();
      session.settled = false;
      return true;
    }
    return false;
  }

  async #startOver(): Promise<void> {
    const session = this.#session;
    const { context, earlier, parts } = session;
    await parts?.discard();
    if (earlier && !parts) await removeEarlier(context, earlier);
    // What was free when an earlier page looked may be taken by now, and what begins anew would replace it.
    if (earlier && session.expectsFree) session.settled = false;
    session.parts = undefined;
    session.plan = undefined;
    session.earlier = undefined;
  }

  /** Leaves nothing of an unfinished upload at the storage. */
  async discard(): Promise<void> {
    const importing = this.#import;
    this.#import = undefined;
    await importing?.discard();
    const { context, earlier, parts, plan, touched } = this.#session;
    await parts?.discard();
    if (earlier && !parts) {
      this.#session.earlier = undefined;
      await removeEarlier(context, earlier);
    }
    if (!touched || !plan || plan.kind === 'parts' || plan.kind === 'import') return;
    await plan.discard?.({ signal: new AbortController().signal });
  }
}

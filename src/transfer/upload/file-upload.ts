import { TransferError } from '../../core/errors.js';
import { type ItemControl, PutOff } from '../item-run.js';
import type { ConflictPolicy, TransferResult, UploadOptions } from '../types.js';
import { type Resolution, takenError } from './conflicts.js';
import type { Uploaded } from './evidence.js';
import { ImportUpload } from './import-upload.js';
import { localProblem } from './inputs.js';
import { openPlan } from './open-plan.js';
import { PartsUpload } from './parts-upload.js';
import { importedResult, skippedResult, storedResult } from './results.js';
import { finishingControl, retryCall, statTarget, type UploadSession } from './session.js';
import { uploadWhole } from './single.js';
import { isEnough, MismatchError, verifyUpload } from './verify.js';

const mostRestarts = 3;

/** What a file's upload needs of its job. */
export interface FileUploadHost {
  readonly policy: ConflictPolicy;
  readonly verify: UploadOptions['verify'];
  /** Settles what is at the path, and moves the item when another name is chosen. */
  settleConflict(session: UploadSession, control: ItemControl): Promise<Resolution>;
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

  constructor(session: UploadSession, host: FileUploadHost) {
    this.#session = session;
    this.#host = host;
  }

  /** Why an upload that was left cannot go on: the file is another one by now. */
  async localProblem(path: string): Promise<TransferError | undefined> {
    const { input, opened } = this.#session;
    return localProblem(input, opened, path);
  }

  async run(control: ItemControl): Promise<TransferResult> {
    const session = this.#session;
    for (;;) {
      try {
        if (!session.settled) {
          const resolution = await this.#host.settleConflict(session, control);
          if ('skip' in resolution) return skippedResult(resolution.existing, resolution.skip);
          if ('cancel' in resolution) throw new PutOff(takenError(session.intent.path));
          session.settled = true;
        }
        return await this.#upload(control);
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

  async #upload(control: ItemControl): Promise<TransferResult> {
    const session = this.#session;
    // It was stored, and then not proven or not waited for: another try is a whole new upload.
    if (session.parts?.ended) await this.#startOver();
    if (!session.plan) {
      session.plan = await openPlan(session, control);
      session.began = session.context.clock.now();
    }
    const { plan } = session;
    if (plan.origins && plan.origins.length > 0) this.#host.origins(plan.origins);
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
    const weakest = this.#host.verify ?? 'size';
    if (!isEnough(verified.verification.level, weakest)) {
      throw new TransferError(
        `${intent.path} was sent, but the storage gives no proof by ${weakest} that it holds the right bytes. It is there; check it, or accept a weaker proof.`,
        { kind: 'fatal', reason: 'incomplete', path: intent.path },
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
      }
      return true;
    }
    if (error.kind === 'restart') {
      if (session.restarts++ >= mostRestarts) return false;
      await this.#startOver();
      return true;
    }
    // Somebody took the path after it was looked at: the policy has to be asked again.
    if (error.reason === 'exists' && session.intent.createOnly && this.#host.policy !== 'fail') {
      if (session.restarts++ >= mostRestarts) return false;
      await this.#startOver();
      session.settled = false;
      return true;
    }
    return false;
  }

  async #startOver(): Promise<void> {
    const session = this.#session;
    await session.parts?.discard();
    session.parts = undefined;
    session.plan = undefined;
    session.earlier = undefined;
  }

  /** Leaves nothing of an unfinished upload at the storage. */
  async discard(): Promise<void> {
    const importing = this.#import;
    this.#import = undefined;
    await importing?.discard();
    const { parts, plan, touched } = this.#session;
    await parts?.discard();
    if (!touched || !plan || plan.kind === 'parts' || plan.kind === 'import') return;
    await plan.discard?.({ signal: new AbortController().signal });
  }
}

import type { PartsPlan, UploadOutcome } from '../../adapters/adapter.js';
import type { Checksum } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import type { ItemControl } from '../item-run.js';
import { retrying } from '../retry.js';
import { asTransferError } from '../transfer-errors.js';
import type { Proof, Uploaded } from './evidence.js';
import { localProblem } from './inputs.js';
import { findStored } from './lost-answer.js';
import { PartDigests } from './part-digests.js';
import { PartLayout } from './part-layout.js';
import { PartSender } from './part-sender.js';
import { PartsAtStorage } from './parts-at-storage.js';
import { PartsCalls } from './parts-calls.js';
import { proofOfParts } from './parts-proof.js';
import { finishingControl, statTarget, type UploadSession } from './session.js';

/**
 * One upload in parts. Lives through pauses and retries of its item: {@link run} goes on where it was left, and
 * {@link discard} leaves nothing behind, also while the upload is still being begun.
 */
export class PartsUpload {
  readonly #session: UploadSession;
  readonly #plan: PartsPlan;
  readonly #layout: PartLayout;
  readonly #calls: PartsCalls;
  readonly #digests: PartDigests;
  readonly #storage: PartsAtStorage;
  readonly #sender: PartSender;
  /** Ends with the upload, not with a pause. */
  readonly #life = new AbortController();

  constructor(session: UploadSession, plan: PartsPlan) {
    this.#session = session;
    this.#plan = plan;
    const calls = new PartsCalls(session, plan);
    const layout = new PartLayout(session, plan, calls.connections);
    const digests = new PartDigests(session, plan, layout, this.#life.signal);
    const storage = new PartsAtStorage(session, plan, layout, calls);
    this.#layout = layout;
    this.#calls = calls;
    this.#digests = digests;
    this.#storage = storage;
    this.#sender = new PartSender({ session, plan, layout, calls, digests, storage });
  }

  /** The storage has put the parts together: there is nothing left to go on with. */
  get ended(): boolean {
    return this.#storage.completed;
  }

  /** Sends what is missing and completes. Rejects with kind `restart` when the storage forgot the upload. */
  async run(control: ItemControl): Promise<Uploaded> {
    const { input, opened, intent } = this.#session;
    if (!this.#storage.hasBegun) this.#sender.readAhead(control.signal);
    await this.#storage.begin(control, this.#life.signal);
    try {
      this.#sender.found(await this.#storage.reconcile(control), control);
      this.#digests.startWhole();
      await this.#sender.sendMissing(control);
    } catch (error) {
      return this.#completedBefore(error, control.signal);
    }
    if (await this.#compareKept(control)) await this.#sender.sendMissing(control);
    const changed = await localProblem(input, opened, intent.path);
    if (changed) throw changed;
    await opened.parts.accept(algorithm => this.#digests.hashWhole(algorithm, control.signal));
    control.setState('finishing');
    return this.#complete(control);
  }

  /**
   * Compares what an earlier page has sent with the file as it is: size, time and beginning are the same, but programs
   * put back the time of what they change. Where the storage compares the whole this reads nothing twice. Resolves to
   * whether a part has to be sent again.
   */
  async #compareKept(control: ItemControl): Promise<boolean> {
    if (this.#storage.unproven.size === 0) return false;
    control.setState('finishing');
    const { signal } = control;
    let isLost = false;
    for (const [number, { algorithm, value, isCertain }] of [...this.#storage.unproven]) {
      const digests = await this.#digests.hash(this.#layout.range(number), [algorithm], signal);
      const isSame = digests.get(algorithm)!.value === value;
      if (!isSame && isCertain) throw otherParts(this.#session.intent.path);
      this.#storage.judged(number, isSame);
      isLost ||= !isSame;
    }
    return isLost;
  }

  #proof(ours: readonly Checksum[], signal: AbortSignal): Proof {
    return proofOfParts({
      plan: this.#plan,
      hasher: this.#session.context.hasher,
      digests: this.#digests,
      ours,
      receipts: () => this.#storage.receipts,
      signal,
    });
  }

  /** The page before this one may have completed the upload that this one took up. */
  async #completedBefore(error: unknown, signal: AbortSignal): Promise<Uploaded> {
    if (!this.#plan.state || !(error instanceof TransferError) || error.kind !== 'restart') throw error;
    const { size } = (await statTarget(this.#session, signal).catch(() => undefined)) ?? {};
    // Looked at first: proving it takes a reading of the whole file.
    if (size !== this.#session.opened.size) throw error;
    const proof = this.#proof(await this.#digests.ofWhole(signal), signal);
    const outcome = await findStored(this.#session, proof, signal);
    if (!outcome) throw error;
    this.#storage.complete();
    return { outcome, response: undefined, proof };
  }

  async #complete(control: ItemControl): Promise<Uploaded> {
    const { requestChecksum, wholeChecksum } = this.#plan;
    const ours = await this.#digests.ofWhole(control.signal);
    const whole = ours.find(each => each.algorithm === wholeChecksum && each.scope === 'full');
    const partChecksums = requestChecksum === undefined ? undefined : this.#digests.known(requestChecksum);
    const finishing = finishingControl(control, this.#session.context.clock);
    const proof = this.#proof(ours, finishing.signal);
    let asked = false;
    let found: UploadOutcome | undefined;
    const once = async (): Promise<UploadOutcome> => {
      // The answer to the first attempt may be all that is missing.
      found = asked ? await findStored(this.#session, proof, finishing.signal) : undefined;
      if (found) return found;
      const { signal } = asked ? finishing : control;
      return this.#calls.withConnection('complete', signal, () => {
        asked = true;
        // Not `signal`: a completion that a person cancels half-way would leave open what became of the file.
        return this.#plan.complete(this.#storage.state, this.#storage.receipts, {
          signal: this.#life.signal,
          ...(whole ? { whole } : {}),
          ...(partChecksums ? { partChecksums } : {}),
        });
      });
    };
    let outcome: UploadOutcome;
    try {
      outcome = await retrying(once, this.#calls.retryOptions(finishing, finishing.signal));
    } catch (error) {
      if (control.signal.aborted && !asked) throw control.signal.reason;
      // The upload is unknown: it was never there any more, or it was completed and nobody heard.
      const { kind, reason } = asTransferError(error, undefined);
      if (kind !== 'restart' && reason !== 'exists') throw error;
      found = await findStored(this.#session, proof, finishing.signal);
      if (!found) throw error;
      outcome = found;
    }
    this.#storage.complete();
    return { outcome, response: found ? undefined : outcome.response, proof };
  }

  /** Leaves nothing of an unfinished upload at the storage. Resolves also when that could not be had. */
  discard(): Promise<void> {
    this.#life.abort(new TransferError('The upload was cancelled.', { kind: 'fatal', reason: 'aborted' }));
    return this.#storage.discard();
  }
}

/** Everything is sent anew: nothing of the old version may meet the new one. */
const otherParts = (path: string): TransferError =>
  new TransferError(`${path} changed since an earlier page began to send it.`, {
    kind: 'restart',
    reason: 'changed-local',
    path,
  });

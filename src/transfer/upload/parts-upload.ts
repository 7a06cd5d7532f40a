import type {
  PartRange,
  PartReceipt,
  PartsPlan,
  ResumeState,
  UploadOutcome,
} from '../../adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import { combineChecksums, compositeChecksum, fromBase64, fromHex, isCombinable } from '../checksum/index.js';
import { abortable } from '../clock.js';
import { deliver } from '../deliver.js';
import type { ItemControl } from '../item-run.js';
import { choosePartSize, countParts } from '../part-size.js';
import { retrying } from '../retry.js';
import type { Lease, RequestPriority } from '../scheduler.js';
import { asTransferError } from '../transfer-errors.js';
import { enforcedBy, hexDigest, looksLikeMd5, type Proof, type Uploaded } from './evidence.js';
import { localProblem } from './inputs.js';
import { findStored } from './lost-answer.js';
import { PartsProgress } from './parts-progress.js';
import type { UploadSession } from './session.js';
import { localFault } from './single.js';

/** Parts that are signed and hashed while all connections are busy. */
const ahead = 2;
const connectionsAtFirst = 6;
const abortAttempts = 4;

type Digests = Map<ChecksumAlgorithm, Checksum>;

/**
 * One upload in parts. Lives through pauses and retries of its item: {@link run} goes on where it was left, and
 * {@link discard} leaves nothing behind, also while the upload is still being begun.
 */
export class PartsUpload {
  readonly #session: UploadSession;
  readonly #plan: PartsPlan;
  readonly #partSize: number;
  readonly #count: number;
  readonly #receipts = new Map<number, PartReceipt>();
  readonly #digests = new Map<number, Digests>();
  readonly #progress: PartsProgress;
  readonly #journalId = `upload-${Math.random().toString(36).slice(2)}`;
  /** Ends with the upload, not with a pause. */
  readonly #life = new AbortController();
  #state: ResumeState | undefined;
  #begun: Promise<void> | undefined;
  #wholeHash: Promise<Checksum> | undefined;
  #origins: readonly string[];
  #knowsParts = false;
  /** The storage has put the parts together: there is nothing left to go on with. */
  ended = false;

  constructor(session: UploadSession, plan: PartsPlan) {
    this.#session = session;
    this.#plan = plan;
    this.#origins = plan.origins ?? [];
    this.#state = plan.state;
    const { context, habits, opened, intent } = session;
    this.#partSize = choosePartSize({
      size: opened.size,
      rules: plan.rules,
      wished: intent.partSize,
      connectionSpeed: habits.connectionSpeed,
      connections: this.#connections,
      bandwidth: context.pacer.bandwidth,
    });
    this.#count = countParts(opened.size, this.#partSize);
    this.#progress = new PartsProgress();
    if (this.#count > plan.rules.maxParts) {
      throw new TransferError(
        `${intent.path} is too large for this storage: it would take ${this.#count} parts, and ${plan.rules.maxParts} are allowed.`,
        { kind: 'fatal', reason: 'too-large', path: intent.path },
      );
    }
  }

  get #connections(): number {
    const { scheduler, connectionsPerOrigin } = this.#session.context;
    if (this.#origins.length === 0) return connectionsPerOrigin ?? connectionsAtFirst;
    return scheduler.capacity(this.#origins);
  }

  /** Sends what is missing and completes. Rejects with kind `restart` when the storage forgot the upload. */
  async run(control: ItemControl): Promise<Uploaded> {
    await this.#begin(control);
    if (this.#plan.state && !this.#knowsParts) await this.#learnParts(control);
    this.#startWholeHash();
    const stored = await this.#sendMissing(control).catch(error =>
      this.#completedBefore(error, control.signal),
    );
    if (stored) return stored;
    const changed = await localProblem(this.#session.input, this.#session.opened, this.#session.intent.path);
    if (changed) throw changed;
    control.setState('finishing');
    return this.#complete(control);
  }

  // ── Begin ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The call to begin is never abandoned: an upload whose id nobody learnt could not be removed. */
  #begin(control: ItemControl): Promise<void> {
    if (this.#state) return Promise.resolve();
    this.#begun ??= this.#beginOnce(control).catch(error => {
      this.#begun = undefined;
      throw error;
    });
    return abortable(this.#begun, control.signal);
  }

  async #beginOnce(control: ItemControl): Promise<void> {
    const { context, opened, intent, input } = this.#session;
    const never = new AbortController().signal;
    const state = await retrying(
      async () => {
        const lease = await this.#controlLease('begin', this.#life.signal);
        try {
          return await this.#plan.begin({ partSize: this.#partSize, count: this.#count }, { signal: never });
        } finally {
          lease?.release();
        }
      },
      this.#retryOptions(control, this.#life.signal),
    );
    this.#state = state;
    context.journal.begun(
      {
        id: this.#journalId,
        adapter: context.adapter.name,
        path: intent.path,
        size: opened.size,
        modified: opened.modified,
        partSize: this.#partSize,
        state,
      },
      input instanceof Blob ? undefined : input.handle,
    );
  }

  async #learnParts(control: ItemControl): Promise<void> {
    const held = (await this.#plan.listParts?.(this.#state!, { signal: control.signal })) ?? [];
    for (const receipt of held) {
      const { number } = receipt;
      if (number < 1 || number > this.#count) continue;
      const { start, end } = this.#range(number);
      // Parts of another size come from another way of cutting: gluing them in would tear the file.
      if (receipt.size === end - start) this.#receipts.set(number, receipt);
    }
    this.#knowsParts = true;
    for (const receipt of this.#receipts.values()) this.#progress.done(receipt.number, receipt.size);
    this.#report(control);
  }

  #retryOptions(control: ItemControl, signal: AbortSignal) {
    const { clock, connectivity } = this.#session.context;
    return {
      signal,
      clock,
      connectivity,
      origin: () => this.#origins[0],
      onWaiting: (error: TransferError) => control.setState('waiting', error),
      onResumed: () => control.setState('preparing'),
    };
  }

  async #controlLease(priority: RequestPriority, signal: AbortSignal): Promise<Lease | undefined> {
    if (this.#origins.length === 0) return undefined;
    return this.#session.context.scheduler.acquire({
      origins: this.#origins,
      priority,
      signal,
      flow: this.#session.flow,
    });
  }

  // ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #range(number: number): PartRange {
    const start = (number - 1) * this.#partSize;
    return { number, start, end: Math.min(this.#session.opened.size, start + this.#partSize) };
  }

  #report(control: ItemControl): void {
    control.setAcknowledged(this.#progress.acknowledged);
    control.setSent(this.#progress.sent);
  }

  async #sendMissing(control: ItemControl): Promise<void> {
    const group = new AbortController();
    const signal = AbortSignal.any([control.signal, group.signal]);
    const sending = new Set<Promise<void>>();
    let next = 1;
    let failure: unknown;
    const fill = (): void => {
      while (failure === undefined && !signal.aborted && sending.size < this.#connections + ahead) {
        while (next <= this.#count && this.#receipts.has(next)) next += 1;
        if (next > this.#count) return;
        const part = this.#range(next++);
        const work: Promise<void> = this.#sendPart(part, control, signal)
          .catch(error => {
            if (failure === undefined) failure = error;
            group.abort(error);
          })
          .finally(() => sending.delete(work));
        sending.add(work);
      }
    };
    for (fill(); sending.size > 0; fill()) await Promise.race(sending);
    control.signal.throwIfAborted();
    if (failure !== undefined) throw failure;
  }

  async #sendPart(part: PartRange, control: ItemControl, signal: AbortSignal): Promise<void> {
    for (let damaged = 0; ; damaged++) {
      try {
        await this.#sendPartOnce(part, control, signal);
        return;
      } catch (error) {
        const mismatch = error instanceof TransferError && error.reason === 'checksum-mismatch';
        if (!mismatch || damaged > 0 || signal.aborted) throw error;
        await this.#checkUnchanged(part, signal);
      }
    }
  }

  /** Reads a part again: other bytes than before mean that the file changed, not that the line is bad. */
  async #checkUnchanged(part: PartRange, signal: AbortSignal): Promise<void> {
    const before = this.#digests.get(part.number);
    if (!before || before.size === 0) return;
    this.#digests.delete(part.number);
    const after = await this.#hashPart(part, [...before.keys()], signal);
    for (const [algorithm, checksum] of before) {
      if (after.get(algorithm)?.value === checksum.value) continue;
      const { path } = this.#session.intent;
      throw new TransferError(
        `${path} changed on disk since its upload began. Nothing of it was stored: choose it again to upload the new version.`,
        { kind: 'fatal', reason: 'changed-local', path },
      );
    }
  }

  async #hashPart(
    part: PartRange,
    algorithms: readonly ChecksumAlgorithm[],
    signal: AbortSignal,
  ): Promise<Digests> {
    const known = this.#digests.get(part.number) ?? new Map();
    const missing = algorithms.filter(algorithm => !known.has(algorithm));
    if (missing.length > 0) {
      const { opened, context } = this.#session;
      const slice = opened.blob.slice(part.start, part.end);
      for (const [name, checksum] of await context.hasher.hash(slice, missing, { signal })) {
        known.set(name, checksum);
      }
    }
    this.#digests.set(part.number, known);
    return known;
  }

  /** Algorithms to compute of every part beside sending it. */
  #besideAlgorithms(): ChecksumAlgorithm[] {
    const { habits, intent } = this.#session;
    const { wholeChecksum, requestChecksum } = this.#plan;
    const algorithms: ChecksumAlgorithm[] = [];
    if (wholeChecksum !== undefined && wholeChecksum !== requestChecksum && isCombinable(wholeChecksum)) {
      algorithms.push(wholeChecksum);
    }
    if (habits.reportsChecksums === false && habits.md5Etags !== false && intent.checksum !== 'none') {
      algorithms.push('md5');
    }
    return algorithms;
  }

  async #sendPartOnce(part: PartRange, control: ItemControl, signal: AbortSignal): Promise<void> {
    const { context, habits, opened, flow } = this.#session;
    const { requestChecksum } = this.#plan;
    const size = part.end - part.start;
    const beside = this.#besideAlgorithms();
    // Both in one reading of the file, when one of them is needed before sending anyway.
    const ready = requestChecksum === undefined ? [] : [requestChecksum, ...beside];
    const digests = ready.length > 0 ? await this.#hashPart(part, ready, signal) : undefined;
    const hashed =
      digests === undefined && beside.length > 0 ? this.#hashPart(part, beside, signal) : undefined;
    hashed?.catch(() => {});
    const checksum = requestChecksum === undefined ? undefined : digests?.get(requestChecksum);
    const delivered = await deliver({
      context,
      signal,
      flow,
      origins: this.#plan.origins ?? [],
      phase: 'part',
      body: () => opened.blob.slice(part.start, part.end),
      size,
      sign: ({ attempt, origin, signal: signing }) =>
        this.#plan.signPart(part, this.#state!, {
          attempt,
          signal: signing,
          ...(origin === undefined ? {} : { origin }),
          ...(checksum ? { checksum } : {}),
        }),
      readError: (answer, about) => this.#plan.readError(answer, about),
      onOrigin: origin => {
        if (this.#origins.length === 0) this.#origins = [origin];
      },
      onSent: bytes => {
        this.#progress.flying(part.number, bytes);
        this.#report(control);
      },
      onSending: () => {
        this.#session.touched = true;
        if (this.#progress.sending(part.number)) control.setState('active');
      },
      onAttemptEnd: () => this.#progress.landed(part.number),
      onWaiting: error => {
        // The item waits only when none of its parts moves.
        if (this.#progress.idle) control.setState('waiting', error);
      },
      onResumed: () => control.setState('active'),
      progressMark: () => this.#progress.acknowledged,
      inspect: async error => (await localFault(this.#session, error)) ?? error,
    });
    const receipt = this.#plan.readPart(part, delivered.response);
    await hashed;
    const mine = this.#digests.get(part.number);
    this.#comparePart(part, receipt, mine);
    this.#receipts.set(part.number, receipt);
    habits.measured(size, delivered.took);
    context.journal.partDone(this.#journalId, receipt);
    this.#progress.done(part.number, size);
    this.#report(control);
  }

  #comparePart(part: PartRange, receipt: PartReceipt, mine: Digests | undefined): void {
    const reported = receipt.checksum;
    const own = reported && mine?.get(reported.algorithm);
    const { path } = this.#session.intent;
    if (reported && own && own.value !== reported.value) {
      throw new TransferError(
        `Part ${part.number} of ${path} arrived damaged: its ${own.algorithm} is ${reported.value} at the storage and ${own.value} here. Nothing of it is shown as stored.`,
        { kind: 'fatal', reason: 'checksum-mismatch', path },
      );
    }
  }

  /** The page before this one may have completed the upload that this one took up. */
  async #completedBefore(error: unknown, signal: AbortSignal): Promise<Uploaded> {
    if (!this.#plan.state || !(error instanceof TransferError) || error.kind !== 'restart') throw error;
    const proof = this.#proof(await this.#ours(signal), signal);
    const outcome = await findStored(this.#session, proof, signal);
    if (!outcome) throw error;
    this.#session.context.journal.ended(this.#journalId, 'completed');
    this.#state = undefined;
    this.ended = true;
    return { outcome, response: undefined, proof };
  }

  // ── Whole ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A whole digest that cannot be combined from parts is computed in one reading of its own, beside sending. */
  #startWholeHash(): void {
    const { wholeChecksum } = this.#plan;
    if (wholeChecksum === undefined || this.#wholeHash) return;
    if (isCombinable(wholeChecksum)) return;
    this.#wholeHash = this.#hashBlob(wholeChecksum);
    this.#wholeHash.catch(() => {});
  }

  async #hashBlob(algorithm: ChecksumAlgorithm): Promise<Checksum> {
    const { context, opened } = this.#session;
    const digests = await context.hasher.hash(opened.blob, [algorithm], { signal: this.#life.signal });
    return digests.get(algorithm)!;
  }

  /** The parts' checksums of one algorithm in order; undefined when one of them was not computed. */
  #partChecksums(algorithm: ChecksumAlgorithm): { checksum: Checksum; size: number }[] | undefined {
    const pieces: { checksum: Checksum; size: number }[] = [];
    for (let number = 1; number <= this.#count; number++) {
      const checksum = this.#digests.get(number)?.get(algorithm);
      const { start, end } = this.#range(number);
      if (!checksum) return undefined;
      pieces.push({ checksum, size: end - start });
    }
    return pieces;
  }

  /** Parts that an earlier page sent were never hashed by this one. */
  async #hashMissing(algorithms: readonly ChecksumAlgorithm[], signal: AbortSignal): Promise<void> {
    for (let number = 1; number <= this.#count; number++) {
      await this.#hashPart(this.#range(number), algorithms, signal);
    }
  }

  async #ours(signal: AbortSignal): Promise<Checksum[]> {
    const { requestChecksum, wholeChecksum } = this.#plan;
    const { hasher } = this.#session.context;
    const ours: Checksum[] = [];
    for (const algorithm of new Set([requestChecksum, wholeChecksum])) {
      if (algorithm === undefined) continue;
      if (algorithm === wholeChecksum && !isCombinable(algorithm)) {
        ours.push(await abortable((this.#wholeHash ??= this.#hashBlob(algorithm)), signal));
      }
      if (algorithm !== requestChecksum && !isCombinable(algorithm)) continue;
      await this.#hashMissing([algorithm], signal);
      const pieces = this.#partChecksums(algorithm)!;
      if (isCombinable(algorithm)) ours.push(combineChecksums(pieces));
      const parts = pieces.map(piece => piece.checksum);
      ours.push(await compositeChecksum(parts, (bytes, names) => hasher.hashBytes(bytes, names)));
    }
    return ours;
  }

  async #compositeMd5(digests: readonly Uint8Array[]): Promise<string> {
    const joined = new Uint8Array(digests.length * 16);
    for (const [index, digest] of digests.entries()) joined.set(digest, index * 16);
    const { hasher } = this.#session.context;
    const md5 = (await hasher.hashBytes(joined, ['md5'])).get('md5')!;
    return `${hexDigest(md5)}-${digests.length}`;
  }

  #proof(ours: readonly Checksum[], signal: AbortSignal): Proof {
    return {
      ours,
      enforced: enforcedBy(this.#plan),
      expectedEtag: async () => {
        await this.#hashMissing(['md5'], signal);
        return this.#compositeMd5(this.#partChecksums('md5')!.map(piece => fromBase64(piece.checksum.value)));
      },
      identityEtag: async () => {
        const etags = this.#orderedReceipts().map(receipt => receipt.etag ?? '');
        if (!etags.every(etag => looksLikeMd5(etag) && etag.length === 32)) return undefined;
        return this.#compositeMd5(etags.map(etag => fromHex(etag)));
      },
      hashWhole: async algorithm => {
        if (!isCombinable(algorithm)) return this.#hashBlob(algorithm);
        await this.#hashMissing([algorithm], signal);
        return combineChecksums(this.#partChecksums(algorithm)!);
      },
    };
  }

  #orderedReceipts(): PartReceipt[] {
    return [...this.#receipts.values()].sort((one, other) => one.number - other.number);
  }

  async #complete(control: ItemControl): Promise<Uploaded> {
    const { signal } = control;
    const { requestChecksum, wholeChecksum } = this.#plan;
    const ours = await this.#ours(signal);
    const whole = ours.find(each => each.algorithm === wholeChecksum && each.scope === 'full');
    const partChecksums =
      requestChecksum === undefined
        ? undefined
        : this.#partChecksums(requestChecksum)?.map(piece => piece.checksum);
    const proof = this.#proof(ours, signal);
    let found = false;
    const once = async (number: number): Promise<UploadOutcome> => {
      // The answer to the first attempt may be all that is missing.
      const stored = number > 1 ? await findStored(this.#session, proof, signal) : undefined;
      if (stored) {
        found = true;
        return stored;
      }
      const lease = await this.#controlLease('complete', signal);
      try {
        // Not `signal`: a completion that a person cancels half-way would leave open what became of the file.
        return await this.#plan.complete(this.#state!, this.#orderedReceipts(), {
          signal: this.#life.signal,
          ...(whole ? { whole } : {}),
          ...(partChecksums ? { partChecksums } : {}),
        });
      } finally {
        lease?.release();
      }
    };
    let outcome: UploadOutcome;
    try {
      outcome = await retrying(once, {
        ...this.#retryOptions(control, signal),
        onResumed: () => control.setState('finishing'),
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // The upload is unknown: it was never there any more, or it was completed and nobody heard.
      const { kind, reason } = asTransferError(error, undefined);
      if (kind !== 'restart' && reason !== 'exists') throw error;
      const stored = await findStored(this.#session, proof, signal);
      if (!stored) throw error;
      found = true;
      outcome = stored;
    }
    this.#session.context.journal.ended(this.#journalId, 'completed');
    this.#state = undefined;
    this.ended = true;
    return { outcome, response: found ? undefined : outcome.response, proof };
  }

  // ── Discard ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Leaves nothing of an unfinished upload at the storage. Resolves also when that could not be had. */
  async discard(): Promise<void> {
    this.#life.abort(new TransferError('The upload was cancelled.', { kind: 'fatal', reason: 'aborted' }));
    await this.#begun?.catch(() => {});
    const state = this.#state;
    if (!state || !this.#plan.abort) return;
    const { clock, connectivity, journal } = this.#session.context;
    const { signal } = new AbortController();
    const gone = await retrying(
      async () => {
        await this.#plan.abort!(state, { signal });
        // A part that was on its way may be stored after the abort; then the upload is still there.
        const left = await this.#plan.listParts?.(state, { signal }).catch(() => []);
        if (left && left.length > 0) {
          throw new TransferError('Parts of a cancelled upload are left; they are removed again.', {
            kind: 'retry',
            reason: 'conflict',
          });
        }
      },
      { signal, clock, connectivity, budget: abortAttempts },
    ).then(
      () => true,
      () => false,
    );
    // What could not be removed stays on record, so that it can be found and removed later.
    if (!gone) return;
    this.#state = undefined;
    journal.ended(this.#journalId, 'aborted');
  }
}

import type { PartRange, PartReceipt, PartsPlan } from '../../adapters/adapter.js';
import type { ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import { isCombinable } from '../checksum/index.js';
import { deliver } from '../deliver.js';
import type { ItemControl } from '../item-run.js';
import { noJournal } from '../journal.js';
import type { PartDigests } from './part-digests.js';
import type { PartLayout } from './part-layout.js';
import type { PartsAtStorage } from './parts-at-storage.js';
import type { PartsCalls } from './parts-calls.js';
import { PartsProgress } from './parts-progress.js';
import type { UploadSession } from './session.js';
import { localFault } from './single.js';

/** Parts that are signed and hashed while all connections are busy. */
const ahead = 2;

export interface PartSenderOptions {
  readonly session: UploadSession;
  readonly plan: PartsPlan;
  readonly layout: PartLayout;
  readonly calls: PartsCalls;
  readonly digests: PartDigests;
  readonly storage: PartsAtStorage;
}

/** Sends the parts that the storage does not have, side by side. */
export class PartSender {
  readonly #options: PartSenderOptions;
  readonly #progress = new PartsProgress();

  constructor(options: PartSenderOptions) {
    this.#options = options;
  }

  /** Parts that were there before count as sent. */
  found(receipts: readonly PartReceipt[], control: ItemControl): void {
    for (const { number, size } of receipts) this.#progress.done(number, size);
    this.#report(control);
  }

  #report(control: ItemControl): void {
    control.setAcknowledged(this.#progress.acknowledged);
    control.setSent(this.#progress.sent);
  }

  /**
   * Reads the first parts while the upload is still being begun, where they cannot be signed without their checksums:
   * else every connection would wait for them afterwards.
   */
  readAhead(signal: AbortSignal): void {
    const { layout, calls, digests } = this.#options;
    const ready = this.#readyAlgorithms();
    if (ready.length === 0) return;
    const most = Math.min(layout.count, calls.connections, this.#atOnce());
    // What cannot be read is told when the part's turn comes.
    for (let number = 1; number <= most; number++) {
      digests.hash(layout.range(number), ready, signal).catch(() => {});
    }
  }

  /** Parts that are worked on side by side. */
  #atOnce(): number {
    const { session, calls, layout } = this.#options;
    const most = calls.connections + ahead;
    return Math.min(most, session.opened.parts.atOnce(layout.partSize));
  }

  /** Resolves once the storage has every part. The first part that fails for good ends the others. */
  async sendMissing(control: ItemControl): Promise<void> {
    const { layout, storage } = this.#options;
    const group = new AbortController();
    const signal = AbortSignal.any([control.signal, group.signal]);
    const sending = new Set<Promise<void>>();
    let next = 1;
    let failure: unknown;
    const fill = (): void => {
      while (failure === undefined && !signal.aborted && sending.size < this.#atOnce()) {
        while (next <= layout.count && storage.has(next)) next += 1;
        if (next > layout.count) return;
        const part = layout.range(next++);
        const work: Promise<void> = this.#send(part, control, signal)
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

  async #send(part: PartRange, control: ItemControl, signal: AbortSignal): Promise<void> {
    for (let damaged = 0; ; damaged++) {
      try {
        await this.#sendOnce(part, control, signal);
        return;
      } catch (error) {
        const mismatch = error instanceof TransferError && error.reason === 'checksum-mismatch';
        if (!mismatch || damaged > 0 || signal.aborted) throw error;
        await this.#options.digests.checkUnchanged(part, signal);
      }
    }
  }

  /** Algorithms to compute of every part beside sending it. */
  #besideAlgorithms(): ChecksumAlgorithm[] {
    const { habits, intent, opened, context } = this.#options.session;
    const { wholeChecksum, requestChecksum } = this.#options.plan;
    const algorithms: ChecksumAlgorithm[] = [];
    if (wholeChecksum !== undefined && wholeChecksum !== requestChecksum && isCombinable(wholeChecksum)) {
      algorithms.push(wholeChecksum);
    }
    // Reading a file that is elsewhere again costs more than computing too much of it.
    const { rereads, alsoHash } = opened.parts;
    const mayNeedMd5 = rereads ? habits.reportsChecksums === false : habits.reportsChecksums !== true;
    if (mayNeedMd5 && habits.md5Etags !== false && intent.checksum !== 'none') algorithms.push('md5');
    algorithms.push(...alsoHash);
    // Who goes on with this file later has to know what of it was sent.
    const isNoted = context.journal !== noJournal && intent.checksum !== 'none';
    if (isNoted && requestChecksum === undefined && algorithms.length === 0) algorithms.push('crc64nvme');
    return [...new Set(algorithms)].filter(algorithm => algorithm !== requestChecksum);
  }

  /** Algorithms to compute before sending; all in one reading of the file, when one of them is needed by then. */
  #readyAlgorithms(): ChecksumAlgorithm[] {
    const { requestChecksum } = this.#options.plan;
    return requestChecksum === undefined ? [] : [requestChecksum, ...this.#besideAlgorithms()];
  }

  async #sendOnce(part: PartRange, control: ItemControl, signal: AbortSignal): Promise<void> {
    const { session, plan, digests, storage, calls } = this.#options;
    const { context, habits, opened, flow } = session;
    const { requestChecksum } = plan;
    const size = part.end - part.start;
    const beside = this.#besideAlgorithms();
    const ready = this.#readyAlgorithms();
    const before = ready.length > 0 ? await digests.hash(part, ready, signal) : undefined;
    const bytes = await opened.parts.part(part, signal);
    const hashed = before === undefined && beside.length > 0 ? digests.hash(part, beside, signal) : undefined;
    hashed?.catch(() => {});
    const checksum = requestChecksum === undefined ? undefined : before?.get(requestChecksum);
    const delivered = await deliver({
      context,
      signal,
      flow,
      origins: plan.origins ?? [],
      phase: 'part',
      body: () => bytes,
      size,
      sign: ({ attempt, origin, signal: signing }) =>
        plan.signPart(part, storage.state, {
          attempt,
          signal: signing,
          ...(origin === undefined ? {} : { origin }),
          ...(checksum ? { checksum } : {}),
        }),
      readError: (answer, about) => plan.readError(answer, about),
      onOrigin: origin => calls.sentTo(origin),
      onSent: bytes => {
        this.#progress.flying(part.number, bytes);
        this.#report(control);
      },
      onSending: () => {
        session.touched = true;
        if (this.#progress.sending(part.number)) control.setState('active');
      },
      onAttemptEnd: () => this.#progress.landed(part.number),
      onWaiting: (error, nextTry) => {
        // The item waits only when none of its parts moves.
        if (this.#progress.idle) control.setState('waiting', error, nextTry);
      },
      onResumed: () => control.setState('active'),
      progressMark: () => this.#progress.acknowledged,
      inspect: async error => (await localFault(session, error)) ?? error,
    });
    const receipt = plan.readPart(part, delivered.response);
    const known = before ?? (await hashed);
    this.#compare(part, receipt);
    storage.took(receipt, checksum ?? known?.values().next().value);
    opened.parts.release(part);
    habits.measured(size, delivered.took);
    this.#progress.done(part.number, size);
    this.#report(control);
  }

  #compare(part: PartRange, { checksum: reported }: PartReceipt): void {
    const { session, digests } = this.#options;
    const own = reported && digests.of(part.number)?.get(reported.algorithm);
    if (!reported || !own || own.value === reported.value) return;
    const { path } = session.intent;
    throw new TransferError(
      `Part ${part.number} of ${path} arrived damaged: its ${own.algorithm} is ${reported.value} at the storage and ${own.value} here. Nothing of it is shown as stored.`,
      { kind: 'fatal', reason: 'checksum-mismatch', path },
    );
  }
}

import type { PartReceipt, PartsPlan, ResumeState } from '../../adapters/adapter.js';
import { TransferError } from '../../core/errors.js';
import { abortable } from '../clock.js';
import type { ItemControl } from '../item-run.js';
import { retrying } from '../retry.js';
import { asTransferError, signingKey } from '../transfer-errors.js';
import type { PartLayout } from './part-layout.js';
import type { PartsCalls } from './parts-calls.js';
import type { UploadSession } from './session.js';
import { UploadRecord } from './upload-record.js';

const abortAttempts = 4;

/** What the storage holds of one upload in parts: from the begin, or the take-over, to its completion or abort. */
export class PartsAtStorage {
  readonly #session: UploadSession;
  readonly #plan: PartsPlan;
  readonly #layout: PartLayout;
  readonly #calls: PartsCalls;
  readonly #record: UploadRecord;
  readonly #receipts = new Map<number, PartReceipt>();
  #state: ResumeState | undefined;
  #begun: Promise<void> | undefined;
  #reconciled: boolean;
  /** The storage has put the parts together: there is nothing left to go on with. */
  completed = false;

  constructor(session: UploadSession, plan: PartsPlan, layout: PartLayout, calls: PartsCalls) {
    this.#session = session;
    this.#plan = plan;
    this.#layout = layout;
    this.#calls = calls;
    this.#record = new UploadRecord(session, session.earlier?.recordId);
    this.#state = plan.state;
    this.#reconciled = plan.state === undefined;
  }

  get hasBegun(): boolean {
    return this.#state !== undefined;
  }

  /** Of an upload that has begun. */
  get state(): ResumeState {
    if (!this.#state) throw new TypeError('The upload has not begun.');
    return this.#state;
  }

  has(number: number): boolean {
    return this.#receipts.has(number);
  }

  /** In order. */
  get receipts(): PartReceipt[] {
    return [...this.#receipts.values()].sort((one, other) => one.number - other.number);
  }

  /** The storage took a part. */
  took(receipt: PartReceipt): void {
    this.#receipts.set(receipt.number, receipt);
    this.#record.partDone(receipt);
  }

  /** Begins the upload, unless it has begun. The call is never abandoned: one whose id nobody learnt would stay. */
  begin(control: ItemControl, life: AbortSignal): Promise<void> {
    if (this.#state) return Promise.resolve();
    this.#begun ??= this.#beginOnce(control, life).catch(error => {
      this.#begun = undefined;
      throw error;
    });
    return abortable(this.#begun, control.signal);
  }

  async #beginOnce(control: ItemControl, life: AbortSignal): Promise<void> {
    const { context } = this.#session;
    const { partSize, count } = this.#layout;
    const never = new AbortController().signal;
    const once = () =>
      this.#calls.withConnection('begin', life, () =>
        this.#plan.begin({ partSize, count }, { signal: never }),
      );
    this.#state = await retrying(once, this.#calls.retryOptions(control, life));
    context.connectivity.prove(signingKey(context.adapter));
    this.#record.begun(this.#state, partSize);
  }

  /** Asks which parts of an earlier page's upload are there, once. Resolves to those that are to be kept. */
  async reconcile(signal: AbortSignal): Promise<readonly PartReceipt[]> {
    if (this.#reconciled) return [];
    const held = (await this.#plan.listParts?.(this.state, { signal })) ?? [];
    const kept = held.filter(receipt => this.#layout.fits(receipt));
    for (const receipt of kept) this.#receipts.set(receipt.number, receipt);
    this.#reconciled = true;
    return kept;
  }

  /** It is an object now. */
  complete(): void {
    this.#record.ended('completed');
    this.#state = undefined;
    this.completed = true;
  }

  /** Leaves nothing of an unfinished upload at the storage. Resolves also when that could not be had. */
  async discard(): Promise<void> {
    await this.#begun?.catch(() => {});
    const state = this.#state;
    if (!state || !this.#plan.abort) return;
    const { clock, connectivity } = this.#session.context;
    const { signal } = new AbortController();
    const gone = await retrying(() => this.#abort(state, signal), {
      signal,
      clock,
      connectivity,
      budget: abortAttempts,
    }).then(
      () => true,
      () => false,
    );
    // What could not be removed stays on record, so that it can be found and removed later.
    if (!gone) return;
    this.#state = undefined;
    this.#record.ended('aborted');
  }

  async #abort(state: ResumeState, signal: AbortSignal): Promise<void> {
    await this.#plan.abort!(state, { signal });
    // A part that was on its way may be stored after the abort; then the upload is still there.
    const left = await this.#plan.listParts?.(state, { signal }).catch(unlessUnanswered);
    if (!left || left.length === 0) return;
    throw new TransferError('Parts of a cancelled upload are left; they are removed again.', {
      kind: 'retry',
      reason: 'conflict',
    });
  }
}

/** A list that is refused speaks of an upload that is gone, or cannot be had at all; one that got lost says nothing. */
function unlessUnanswered(error: unknown): readonly PartReceipt[] {
  const { kind } = asTransferError(error, undefined);
  if (kind === 'retry' || kind === 'wait') throw error;
  return [];
}

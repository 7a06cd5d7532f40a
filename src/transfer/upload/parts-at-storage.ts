import type { PartReceipt, PartsPlan, ResumeState } from '../../adapters/adapter.js';
import type { Checksum } from '../../core/checksum.js';
import { abortable, settledWithin } from '../clock.js';
import type { ItemControl } from '../item-run.js';
import type { KeptPart } from '../journal.js';
import { retrying } from '../retry.js';
import { clearStored, forgetSame } from '../superseded.js';
import { asTransferError, signingKey } from '../transfer-errors.js';
import { abortParts } from './abort-parts.js';
import { evidenceOf, type PartEvidence } from './kept-parts.js';
import type { PartLayout } from './part-layout.js';
import type { PartsCalls } from './parts-calls.js';
import { retryCall, type UploadSession } from './session.js';
import { UploadRecord } from './upload-record.js';

/** How long a cancel waits for the answer to a begin that is still out, in milliseconds. */
const beginWithin = 30_000;

/** What the storage holds of one upload in parts: from the begin, or the take-over, to its completion or abort. */
export class PartsAtStorage {
  readonly #session: UploadSession;
  readonly #plan: PartsPlan;
  readonly #layout: PartLayout;
  readonly #calls: PartsCalls;
  readonly #record: UploadRecord;
  readonly #receipts = new Map<number, PartReceipt>();
  /** Parts of an earlier page that were not compared with the file yet. */
  readonly #unproven = new Map<number, PartEvidence>();
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
    this.#record = new UploadRecord(session, session.earlier?.id);
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

  get unproven(): ReadonlyMap<number, PartEvidence> {
    return this.#unproven;
  }

  /** The bytes of that part are those of the file, or it is to be sent again. */
  judged(number: number, isSame: boolean): void {
    this.#unproven.delete(number);
    if (!isSame) this.#receipts.delete(number);
  }

  /** In order. */
  get receipts(): PartReceipt[] {
    return [...this.#receipts.values()].sort((one, other) => one.number - other.number);
  }

  /** The storage took a part. `own`: checksum of its bytes. */
  took(receipt: PartReceipt, own?: Checksum): void {
    this.#receipts.set(receipt.number, receipt);
    this.#record.partDone(own ? { ...receipt, own } : receipt);
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
    void forgetSame(context, this.#session.intent.path, this.#record.id, this.#state);
  }

  /**
   * Finds out which parts of an earlier page's upload are there, once: the storage says, and where it cannot or may not
   * say, the journal. Resolves to those that are to be kept.
   */
  async reconcile(control: ItemControl): Promise<readonly PartReceipt[]> {
    if (this.#reconciled) return [];
    const { context, earlier, onlyNotedParts, habits } = this.#session;
    const noted = new Map((earlier?.receipts ?? []).map(receipt => [receipt.number, receipt]));
    const list = (signal: AbortSignal) => this.#plan.listParts!(this.state, { signal });
    const held = this.#plan.listParts
      ? await retryCall(context, control, list, signingKey(context.adapter)).catch(error => {
          if (isNotAllowed(error)) return [...noted.values()];
          throw error;
        })
      : [...noted.values()];
    const kept: PartReceipt[] = [];
    for (const receipt of held) {
      const before = noted.get(receipt.number);
      // Without a part it is sent again, which costs time; a part of something else would tear the file.
      const isKnown = before ? agree(before, receipt) : !onlyNotedParts;
      const evidence = evidenceOf(before, receipt, habits.md5Etags);
      if (!isKnown || !evidence || !this.#layout.fits(receipt)) continue;
      this.#unproven.set(receipt.number, evidence);
      const { own: _, ...told } = { ...before, ...receipt };
      kept.push(told);
    }
    for (const receipt of kept) this.#receipts.set(receipt.number, receipt);
    this.#reconciled = true;
    return kept;
  }

  /** It is an object now. */
  complete(): void {
    this.#record.ended('completed');
    const { context, intent } = this.#session;
    void clearStored(context, intent.path, this.#record.id);
    this.#state = undefined;
    this.completed = true;
  }

  /**
   * Leaves nothing of an unfinished upload at the storage. Resolves also when that could not be had. A begin that gets
   * no answer does not hold its job up: should one come later, the upload it began is removed then.
   */
  async discard(): Promise<void> {
    const begun = this.#begun;
    if (!begun || this.#state) return this.#remove();
    const { clock } = this.#session.context;
    if (await settledWithin(clock, begun, beginWithin)) return this.#remove();
    begun.then(
      () => this.#remove(),
      () => {},
    );
  }

  async #remove(): Promise<void> {
    const state = this.#state;
    if (!state) return;
    // What could not be removed stays on record, so that it can be found and removed later.
    if (!(await abortParts(this.#plan, state, this.#session.context))) {
      this.#record.released();
      return;
    }
    this.#state = undefined;
    this.#record.ended('aborted');
  }
}

/** Some pages may write and not list. */
function isNotAllowed(error: unknown): boolean {
  const { reason } = asTransferError(error, undefined);
  return ['signer', 'forbidden', 'unauthorized', 'not-supported'].includes(reason);
}

/** Whether the storage still holds what it took then, by all that both sides know. */
function agree(noted: KeptPart, held: PartReceipt): boolean {
  if (noted.size !== held.size) return false;
  const { etag } = noted;
  const checksum = noted.checksum ?? noted.own;
  if (checksum && held.checksum?.algorithm === checksum.algorithm) {
    return held.checksum.value === checksum.value;
  }
  return !etag || !held.etag || etag === held.etag;
}

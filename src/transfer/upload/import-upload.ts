import type { ImportPlan, ResumeState, UploadOutcome } from '../../adapters/adapter.js';
import { TransferError } from '../../core/errors.js';
import { sleep } from '../clock.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import { retrying } from '../retry.js';
import { signingKey } from '../transfer-errors.js';
import { retryCall } from './session.js';

/** Shortest time between two questions, in milliseconds. */
const leastInterval = 200;

const mayNotAsk = new Set<TransferError['reason']>(['unauthorized', 'forbidden', 'aborted']);

const hasEnded = (error: unknown): boolean =>
  error instanceof TransferError &&
  (error.kind === 'restart' || (error.kind === 'fatal' && !mayNotAsk.has(error.reason)));

/** A file that the storage fetches by itself. */
export class ImportUpload {
  readonly #context: TransferContext;
  readonly #plan: ImportPlan;
  #state: ResumeState | undefined;

  constructor(context: TransferContext, plan: ImportPlan) {
    this.#context = context;
    this.#plan = plan;
  }

  /** Rejects with the signal's reason when stopped; call again to go on, or, after a failure, to begin anew. */
  async run(control: ItemControl, onTotal: (bytes: number) => void): Promise<UploadOutcome> {
    try {
      return await this.#run(control, onTotal);
    } catch (error) {
      // What the storage gave up stays so, however often it is asked. Who may not ask now may later.
      if (hasEnded(error) && !control.signal.aborted) await this.discard();
      throw error;
    }
  }

  async #run(control: ItemControl, onTotal: (bytes: number) => void): Promise<UploadOutcome> {
    this.#state ??= await this.#ask(control, signal => this.#plan.start({ signal }));
    control.setState('active');
    for (;;) {
      const answer = await this.#ask(control, signal => this.#plan.poll(this.#state!, { signal }));
      if ('outcome' in answer) return answer.outcome;
      control.setState('active');
      if (answer.total !== undefined) onTotal(answer.total);
      if (answer.bytes !== undefined) control.setAcknowledged(answer.bytes);
      await sleep(this.#context.clock, Math.max(leastInterval, answer.after), control.signal);
    }
  }

  /** Asks the platform. Once it has answered, an outage is waited for, however long it lasts. */
  #ask<Answer>(control: ItemControl, call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const { adapter, connectivity } = this.#context;
    const key = signingKey(adapter);
    const asked = async (signal: AbortSignal): Promise<Answer> => {
      const answer = await call(signal);
      connectivity.prove(key);
      return answer;
    };
    return retryCall(this.#context, control, asked, key);
  }

  async discard(): Promise<void> {
    const state = this.#state;
    this.#state = undefined;
    if (!state || !this.#plan.abort) return;
    const { signal } = new AbortController();
    const { clock, connectivity } = this.#context;
    await retrying(() => this.#plan.abort!(state, { signal }), {
      signal,
      clock,
      connectivity,
      budget: 4,
    }).catch((error: unknown) => {
      if (!(error instanceof TransferError)) throw error;
    });
  }
}

import type { TransferJob } from '../types.js';
import type { SyncOptions, SyncPlan, SyncStep } from './options.js';
import { type Candidate, type PairedStep, pairUp, planOf } from './plan.js';
import { SyncRun } from './sync-run.js';

const never = new AbortController().signal;

/**
 * Makes one side hold what the other one holds. {@link plan} says what that would take and changes nothing; the plan is
 * plain data for the page to show. {@link run} then does it, or the part of it that the page wants, by ordinary jobs.
 */
export abstract class Sync {
  /** Looks at both sides anew. Rejects with `TransferError`, or with the signal's reason. */
  async plan({ signal = never }: { readonly signal?: AbortSignal } = {}): Promise<SyncPlan> {
    return planOf(await this.look(signal));
  }

  /**
   * Does what the last plan says; makes one first when there is none. `only`: the steps that are wanted, default all.
   * Files that came to the target since the plan are left as they are.
   */
  run({ only = () => true }: { readonly only?: (step: SyncStep) => boolean } = {}): SyncRun {
    return new SyncRun(signal => this.prepare(signal, only));
  }

  protected abstract look(signal: AbortSignal): Promise<SyncStep[]>;
  protected abstract prepare(
    signal: AbortSignal,
    only: (step: SyncStep) => boolean,
  ): Promise<{ transfers: () => TransferJob[]; removals: () => TransferJob[] }>;
}

/** What the directions have in common: sides of two kinds, and the jobs that their steps become. */
export abstract class SyncOf<From, To> extends Sync {
  readonly #options: SyncOptions;
  #steps: PairedStep<From, To>[] | undefined;

  constructor(options: SyncOptions) {
    super();
    this.#options = options;
  }

  protected async look(signal: AbortSignal): Promise<SyncStep[]> {
    const { from, to } = await this.sides(signal);
    this.#steps = await pairUp(
      { from, to, options: this.#options, same: (one, other) => this.same(one.its, other.its, signal) },
      signal,
    );
    return this.#steps.map(({ step }) => step);
  }

  protected async prepare(signal: AbortSignal, only: (step: SyncStep) => boolean) {
    if (!this.#steps) await this.look(signal);
    const wanted = this.#steps!.filter(({ step }) => only(step));
    // A plan serves once: what it says is no longer so.
    this.#steps = undefined;
    const of = (action: SyncStep['action']) => wanted.filter(({ step }) => step.action === action);
    const [create, replace, remove] = [of('create'), of('replace'), of('remove')];
    return {
      transfers: () => [
        ...(create.length > 0 ? [this.transfer(create, false)] : []),
        ...(replace.length > 0 ? [this.transfer(replace, true)] : []),
      ],
      removals: () => {
        const targets = [...(this.keepsReplaced ? replace : []), ...remove].map(({ to }) => to!.its);
        return targets.length > 0 ? [this.clear(targets)] : [];
      },
    };
  }

  /** The target makes a new file beside the one that is replaced, which then has to go. */
  protected get keepsReplaced(): boolean {
    return false;
  }

  protected abstract sides(
    signal: AbortSignal,
  ): Promise<{ from: Map<string, Candidate<From>>; to: Map<string, Candidate<To>> }>;
  protected abstract same(from: From, to: To, signal: AbortSignal): Promise<boolean>;
  protected abstract transfer(steps: readonly PairedStep<From, To>[], replace: boolean): TransferJob;
  protected abstract clear(targets: readonly To[]): TransferJob;
}

import { TransferError } from '../../core/errors.js';
import { asTransferError } from '../transfer-errors.js';
import type { TransferJob } from '../types.js';
import { LeftAloneJob, type LeftFile } from './left-alone.js';
import type { SyncOptions, SyncPlan, SyncStep } from './options.js';
import { type PairedStep, pairUp, planOf, type Sides } from './plan.js';
import { type Prepared, SyncRun } from './sync-run.js';

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
   * Files that came to the target since the plan are left as they are. So are those that changed there, and extra ones
   * that the source has by now: they fail, and a new plan shows what is to be done with them.
   */
  run({ only = () => true }: { readonly only?: (step: SyncStep) => boolean } = {}): SyncRun {
    return new SyncRun(signal => this.prepare(signal, only));
  }

  protected abstract look(signal: AbortSignal): Promise<SyncStep[]>;
  protected abstract prepare(signal: AbortSignal, only: (step: SyncStep) => boolean): Promise<Prepared>;
}

const atSourceNow = (path: string): TransferError =>
  new TransferError(
    `${path} has come to the source since both sides were compared, so it was not removed. Compare them again.`,
    { kind: 'fatal', reason: 'exists', path },
  );

/** What the directions have in common: sides of two kinds, and the jobs that their steps become. */
export abstract class SyncOf<From, To> extends Sync {
  readonly #options: SyncOptions;
  #steps: PairedStep<From, To>[] | undefined;

  constructor(options: SyncOptions) {
    super();
    this.#options = options;
  }

  protected async look(signal: AbortSignal): Promise<SyncStep[]> {
    try {
      const options = this.#options;
      this.#steps = await pairUp(
        {
          ...(await this.sides(signal)),
          options,
          same: (one, other) => this.same(one.its, other.its, signal),
        },
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      throw asTransferError(error, undefined);
    }
    return this.#steps.map(({ step }) => step);
  }

  protected async prepare(signal: AbortSignal, only: (step: SyncStep) => boolean): Promise<Prepared> {
    let isFresh = this.#steps === undefined;
    if (isFresh) await this.look(signal);
    const wanted = this.#steps!.filter(({ step }) => only(step));
    // A plan serves once: what it says is no longer so.
    this.#steps = undefined;
    const of = (action: SyncStep['action']) => wanted.filter(({ step }) => step.action === action);
    const [create, replace, remove] = [of('create'), of('replace'), of('remove')];
    return {
      transfers: async () => {
        const { asPlanned, left } = await this.#lookAgain(isFresh ? [] : replace, signal);
        const replaced = isFresh ? replace : asPlanned;
        // Transferring takes its time: what is deleted afterwards is looked at again.
        isFresh &&= create.length + replaced.length === 0;
        return [
          ...(create.length > 0 ? [this.transfer(create, false)] : []),
          ...(replaced.length > 0 ? [this.transfer(replaced, true)] : []),
          ...this.#leaveAlone(this.kind, left),
        ];
      },
      removals: async () => {
        const { asPlanned, left } = await this.#lookAgain(isFresh ? [] : remove, signal);
        // What was replaced has an identity that nothing else ever gets.
        const going = [...(this.keepsReplaced ? replace : []), ...(isFresh ? remove : asPlanned)];
        return [
          ...(going.length > 0 ? [this.clear(going.map(({ to }) => to!.its))] : []),
          ...this.#leaveAlone('remove', left),
        ];
      },
    };
  }

  /** Which of these steps still are about the files that were compared. */
  async #lookAgain(steps: readonly PairedStep<From, To>[], signal: AbortSignal) {
    const asPlanned: PairedStep<From, To>[] = [];
    const left: LeftFile[] = [];
    if (steps.length === 0) return { asPlanned, left };
    const { from, to, unfinished } = await this.#sidesNow(signal);
    for (const each of steps) {
      const { key, step } = each;
      const now = to.get(key);
      const isWanted = step.action === 'remove' && (from.has(key) || unfinished?.has(key) === true);
      const error = isWanted ? atSourceNow(step.path) : now && this.changed(each.to!.its, now.its);
      if (error) left.push({ path: step.path, error });
      else asPlanned.push(each);
    }
    return { asPlanned, left };
  }

  /** Rejects as {@link look} does; also when nobody wants to know any more, whether or not the sides heard of that. */
  async #sidesNow(signal: AbortSignal): Promise<Sides<From, To>> {
    try {
      return await this.sides(signal);
    } catch (error) {
      throw asTransferError(error, undefined);
    } finally {
      signal.throwIfAborted();
    }
  }

  #leaveAlone(kind: TransferJob['kind'], left: readonly LeftFile[]): TransferJob[] {
    return left.length > 0 ? [this.add(new LeftAloneJob(kind, left))] : [];
  }

  /** The target makes a new file beside the one that is replaced, which then has to go. */
  protected get keepsReplaced(): boolean {
    return false;
  }

  protected abstract readonly kind: TransferJob['kind'];
  /** Puts a job into the list of the storage's manager. */
  protected abstract add(job: TransferJob): TransferJob;
  protected abstract sides(signal: AbortSignal): Promise<Sides<From, To>>;
  /** Why the target's file is no longer the one that was compared; undefined when it is. */
  protected abstract changed(before: To, now: To): TransferError | undefined;
  protected abstract same(from: From, to: To, signal: AbortSignal): Promise<boolean>;
  protected abstract transfer(steps: readonly PairedStep<From, To>[], replace: boolean): TransferJob;
  protected abstract clear(targets: readonly To[]): TransferJob;
}

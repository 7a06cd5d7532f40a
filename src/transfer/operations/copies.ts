import type { Entry } from '../../core/entry.js';
import { TransferError } from '../../core/errors.js';
import type { Relocation } from '../../core/jobs/relocation.js';
import type { TransferContext } from '../context.js';
import type { ItemControl } from '../item-run.js';
import { patiently } from '../patiently.js';

const hasReason = (error: unknown, reason: TransferError['reason']): boolean =>
  error instanceof TransferError && error.reason === reason;

/** Whether two entries are of the same bytes, as far as the storage tells; without any proof they are not. */
export function isSameContent(source: Entry, target: Entry): boolean {
  if (source.size === undefined || source.size !== target.size) return false;
  const full = (source.checksums ?? []).filter(sum => sum.scope === 'full');
  for (const sum of full) {
    const twin = target.checksums?.find(each => each.algorithm === sum.algorithm && each.scope === 'full');
    if (twin) return twin.value === sum.value;
  }
  return source.etag !== undefined && source.etag === target.etag;
}

/**
 * The copies that one job lets the storage make, each of them once: where the answer to a request was lost, the copy
 * that the next attempt finds at the new path is its own.
 */
export class Copies {
  readonly #context: TransferContext;
  readonly #replace: boolean;
  /** Items whose copy the storage has confirmed. */
  readonly #made = new Set<number>();
  /** Items of which a request was begun whose answer is not known. */
  readonly #unsure = new Set<number>();

  constructor(context: TransferContext, replace: boolean) {
    this.#context = context;
    this.#replace = replace;
  }

  /** Whether this job made the copy, and made it where nothing was before. */
  isOwn(index: number): boolean {
    return this.#made.has(index) && !this.#replace;
  }

  copy(index: number, relocation: Relocation, control: ItemControl): Promise<Entry> {
    const { from, to } = relocation;
    const { adapter } = this.#context;
    if (!adapter.copy) {
      throw new TransferError('This storage cannot copy.', { kind: 'fatal', reason: 'not-supported' });
    }
    return patiently(this.#context, control, async signal => {
      const isRepeated = this.#unsure.has(index);
      this.#unsure.add(index);
      try {
        const entry = await adapter.copy!(from, to, { signal, replace: this.#replace });
        this.#unsure.delete(index);
        this.#made.add(index);
        return entry;
      } catch (error) {
        if (!hasReason(error, 'exists')) throw error;
        const earlier = isRepeated ? await this.#earlierCopy(relocation, signal) : undefined;
        // Without a proof it is somebody else's file, as at the first attempt.
        if (!isRepeated) this.#unsure.delete(index);
        if (!earlier) throw error;
        return earlier;
      }
    });
  }

  async #earlierCopy({ from, to }: Relocation, signal: AbortSignal): Promise<Entry | undefined> {
    const { adapter } = this.#context;
    const [source, target] = await Promise.all([
      adapter.stat?.(from, { signal }),
      adapter.stat?.(to, { signal }),
    ]);
    return source && target && isSameContent(source, target) ? target : undefined;
  }

  /**
   * A move in one request. Where its answer was lost, the next attempt finds nothing at the old path: then it counts
   * as made when the new path holds what the old one held.
   */
  async move(relocation: Relocation, control: ItemControl): Promise<Entry> {
    const { from, to } = relocation;
    const { adapter } = this.#context;
    const look = async (path: string, signal: AbortSignal): Promise<Entry | undefined> =>
      path.endsWith('/') ? undefined : adapter.stat?.(path, { signal });
    let attempts = 0;
    let before: Entry | undefined;
    return patiently(this.#context, control, async signal => {
      attempts += 1;
      if (attempts === 1) before = await look(from, signal).catch(() => undefined);
      try {
        return await adapter.move!(from, to, { signal, replace: this.#replace });
      } catch (error) {
        const isPlausible = hasReason(error, 'not-found') || hasReason(error, 'exists');
        if (attempts === 1 || !isPlausible || before?.size === undefined) throw error;
        const [source, target] = await Promise.all([look(from, signal), look(to, signal)]);
        if (source || !target || target.size !== before.size) throw error;
        return target;
      }
    });
  }
}

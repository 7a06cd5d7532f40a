import type { PartRange, PartsPlan } from '../../adapters/adapter.js';
import { TransferError } from '../../core/errors.js';
import { choosePartSize, countParts } from '../part-size.js';
import type { UploadSession } from './session.js';

/** How a file is cut: fixed from the moment its upload begins. */
export class PartLayout {
  readonly partSize: number;
  readonly count: number;
  readonly #size: number;

  /**
   * An upload that goes on stays cut as it was, whatever would be chosen today. `connections`: those that could work on this file.
   *
   * @throws TransferError (`too-large`) when the storage takes fewer parts than it needs.
   */
  constructor(session: UploadSession, plan: PartsPlan, connections: number) {
    const { context, habits, opened, intent, earlier } = session;
    this.#size = opened.size;
    const begunWith = plan.state && plan.rules.partSize === undefined ? earlier?.partSize : undefined;
    this.partSize = choosePartSize({
      size: opened.size,
      rules: begunWith === undefined ? plan.rules : { ...plan.rules, partSize: begunWith },
      wished: intent.partSize,
      connectionSpeed: habits.connectionSpeed,
      connections,
      bandwidth: context.pacer.bandwidth,
    });
    this.count = countParts(opened.size, this.partSize);
    if (this.count <= plan.rules.maxParts) return;
    throw new TransferError(
      `${intent.path} is too large for this storage: it would take ${this.count} parts, and ${plan.rules.maxParts} are allowed.`,
      { kind: 'fatal', reason: 'too-large', path: intent.path },
    );
  }

  /** `number` counts from 1. */
  range(number: number): PartRange {
    const start = (number - 1) * this.partSize;
    return { number, start, end: Math.min(this.#size, start + this.partSize) };
  }

  /** All of them, in order. */
  *ranges(): Generator<PartRange> {
    for (let number = 1; number <= this.count; number++) yield this.range(number);
  }

  sizeOf(number: number): number {
    const { start, end } = this.range(number);
    return end - start;
  }

  /** Whether a part that the storage holds is one of this cut; another one's would tear the file. */
  fits({ number, size }: { readonly number: number; readonly size: number }): boolean {
    return number >= 1 && number <= this.count && size === this.sizeOf(number);
  }
}

import type { ItemList, ItemState } from '../../../transfer/types.js';
import { putOffIn } from '../../parts/put-off.js';

/** Which files of the jobs are shown. */
export type TransferFilter = 'all' | 'active' | 'failed';

const attention: readonly ItemState[] = ['failed', 'needs-answer'];
const moving: readonly ItemState[] = ['preparing', 'active', 'finishing'];
const standing: readonly ItemState[] = ['waiting', 'paused'];
const queued: readonly ItemState[] = ['queued'];
const ended: readonly ItemState[] = ['done', 'skipped', 'cancelled'];

/** `put-off`: cancelled ones that wait for a person; among the ended ones they are left out then. */
const groups: Record<TransferFilter, readonly (readonly ItemState[] | 'put-off')[]> = {
  all: [attention, 'put-off', moving, standing, queued, ended],
  active: [['needs-answer'], moving, standing, queued],
  failed: [attention, 'put-off'],
};

/**
 * The order in which a job's files are shown: what needs a person first, then what moves, stands, waits in the queue,
 * and last what has ended; within each the job's own order.
 */
export class ItemOrder {
  #order: number[] = [];

  get length(): number {
    return this.#order.length;
  }

  update(items: ItemList, filter: TransferFilter): void {
    const order: number[] = [];
    const putOff = filter === 'active' ? [] : putOffIn(items);
    const isPutOff = new Set(putOff);
    for (const group of groups[filter]) {
      const indexes = group === 'put-off' ? putOff : items.inState(group);
      // One by one: there may be too many for the arguments of one call.
      for (const index of indexes) if (group === 'put-off' || !isPutOff.has(index)) order.push(index);
    }
    this.#order = order;
  }

  /** Index of the item in a row. */
  indexAt(row: number): number | undefined {
    return this.#order[row];
  }

  /** Row of an item; -1 when the filter hides it. */
  rowOf(index: number): number {
    return this.#order.indexOf(index);
  }
}

/** Files whose question a person left for later. The engine has them as cancelled ones that say why. */
import type { ItemList, TransferItem, TransferJob } from '../../transfer/types.js';

/** Whether it waits, untouched, for somebody to try it again and answer: neither failed nor given up. */
export const isPutOff = ({ state, error }: Pick<TransferItem, 'state' | 'error'>): boolean =>
  state === 'cancelled' && error !== undefined;

/** Indexes of the files put off, in their order. */
export function putOffIn(items: ItemList): number[] {
  return items.inState(['cancelled']).filter(index => {
    const item = items.at(index);
    return item !== undefined && isPutOff(item);
  });
}

const counted = new WeakMap<TransferJob, { readonly key: string; readonly count: number }>();

/** How many files of a job were put off. Looked up once for each change of the job's numbers: there may be 100,000. */
export function putOffCount(job: TransferJob): number {
  const { files } = job.snapshot;
  if (files.cancelled === 0) return 0;
  const key = Object.values(files).join();
  const known = counted.get(job);
  if (known?.key === key) return known.count;
  const { length: count } = putOffIn(job.items);
  counted.set(job, { key, count });
  return count;
}

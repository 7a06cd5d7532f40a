import type { Adapter } from '../adapters/adapter.js';

/** Whether two adapters speak to one storage, as far as they say: a page may have opened it twice. */
export const isSameStorage = (one: Adapter, other: Adapter): boolean =>
  one === other || (Boolean(one.identity) && one.name === other.name && one.identity === other.identity);

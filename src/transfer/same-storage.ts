import type { Adapter } from '../adapters/adapter.js';
import type { Relocation } from '../core/jobs/relocation.js';
import type { TransferContext } from './context.js';

/** Whether two adapters speak to one storage, as far as they say: a page may have opened it twice. */
export const isSameStorage = (one: Adapter, other: Adapter): boolean =>
  one === other || (Boolean(one.identity) && one.name === other.name && one.identity === other.identity);

/** Whether two adapters show parts of one storage, which may be the same part, or one within the other. */
const isSamePlace = (one: Adapter, other: Adapter): boolean =>
  one.place !== undefined && one.name === other.name && one.place.storage === other.place?.storage;

/**
 * The path by which one adapter knows what another one knows as `path`; undefined where it does not see it. What lies in
 * one storage must never be taken for two things: it would be copied onto itself, and deleted as its own original.
 */
export function pathAt(known: Adapter, path: string, by: Adapter): string | undefined {
  if (isSameStorage(known, by)) return path;
  if (!isSamePlace(known, by)) return undefined;
  const whole = known.place!.root + path;
  const { root } = by.place!;
  return whole.startsWith(root) ? whole.slice(root.length) : undefined;
}

export interface SharedPlace {
  readonly context: TransferContext;
  /** The relocation in the paths of that context. */
  in(relocation: Relocation): Relocation;
}

/**
 * A context whose adapter sees both ends, so that the storage can copy from one to the other by itself: two prefixes of
 * one bucket. Only where both ends have the same access: who may read here and write there need not be allowed both in
 * one request.
 */
export function sharedPlace(source: TransferContext, target: TransferContext): SharedPlace | undefined {
  const { adapter: from } = source;
  const { adapter: to } = target;
  if (!isSamePlace(from, to) || from.place!.access !== to.place!.access) return undefined;
  const [start, end] = [from.place!.root, to.place!.root];
  const root = commonFolder(start, end);
  const adapter = [from, to].find(one => one.place!.root === root) ?? from.place!.at(root);
  const changed = (path: string) => {
    for (const context of [source, target]) {
      const own = pathAt(adapter, path, context.adapter);
      if (own !== undefined) context.changed(own);
    }
  };
  return {
    context: { ...target, adapter, changed },
    in: relocation => ({
      ...relocation,
      from: start.slice(root.length) + relocation.from,
      to: end.slice(root.length) + relocation.to,
    }),
  };
}

function commonFolder(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, one.lastIndexOf('/', length - 1) + 1);
}

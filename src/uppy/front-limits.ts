import type { Restrictions, Uppy } from '@uppy/core';

/** What the page allows. */
export interface FrontLimits {
  /** Bytes. */
  readonly maxSize: number | undefined;
  /** Bytes. */
  readonly minSize: number | undefined;
  /** In all, stored ones and those on their way too. */
  readonly maxFiles: number | undefined;
  /** As in `accept`: `.csv`, `image/*`. Empty: everything. */
  readonly types: readonly string[];
}

type Limited = Pick<Restrictions, 'maxFileSize' | 'minFileSize' | 'maxNumberOfFiles' | 'allowedFileTypes'>;

/** By instance: what was set here last, and what the page had set itself before. */
const known = new WeakMap<Uppy, { readonly set: Limited; readonly own: Limited }>();

/**
 * Puts the page's limits beside the restrictions an Uppy has. What somebody sets in Uppy later is theirs again, and is
 * merged at the next call.
 */
export function mergeLimits(uppy: Uppy, { maxSize, minSize, maxFiles, types }: FrontLimits): void {
  const { maxFileSize, minFileSize, maxNumberOfFiles, allowedFileTypes } = uppy.opts.restrictions;
  const now: Limited = { maxFileSize, minFileSize, maxNumberOfFiles, allowedFileTypes };
  const last = known.get(uppy);
  const own = Object.fromEntries(
    (Object.keys(now) as (keyof Limited)[]).map(key => [
      key,
      last && now[key] === last.set[key] ? last.own[key] : now[key],
    ]),
  ) as Limited;
  const set: Limited = {
    maxFileSize: stricter(Math.min, own.maxFileSize, maxSize),
    minFileSize: stricter(Math.max, own.minFileSize, minSize),
    maxNumberOfFiles: stricter(Math.min, own.maxNumberOfFiles, maxFiles),
    // Both lists have to agree: the page's own one is checked besides.
    allowedFileTypes: own.allowedFileTypes ?? (types.length > 0 ? [...types] : null),
  };
  const same = last && now.allowedFileTypes === last.set.allowedFileTypes && sameTypes(set, last.set);
  if (same) set.allowedFileTypes = last.set.allowedFileTypes;
  known.set(uppy, { set, own });
  const changed = (Object.keys(set) as (keyof Limited)[]).some(key => set[key] !== now[key]);
  if (changed) uppy.setOptions({ restrictions: set });
}

const sameTypes = (a: Limited, b: Limited): boolean =>
  a.allowedFileTypes?.join() === b.allowedFileTypes?.join();

function stricter(
  choose: (a: number, b: number) => number,
  a: number | null,
  b: number | undefined,
): number | null {
  if (a === null || b === undefined) return a ?? b ?? null;
  return choose(a, b);
}

import type { Entry } from '../core/entry.js';

const differs = (one: unknown, other: unknown): boolean =>
  one !== undefined && other !== undefined && one !== other;

/** Listings tell milliseconds where HEAD tells seconds. */
function isOtherTime(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const bothExact = one % 1000 !== 0 && other % 1000 !== 0;
  return bothExact ? one !== other : Math.floor(one / 1000) !== Math.floor(other / 1000);
}

/** Whether something else is there now than there was, by everything both say: in doubt nothing is deleted. */
export function isOtherVersion(before: Partial<Entry>, now: Partial<Entry>): boolean {
  return (
    differs(before.version, now.version) ||
    differs(before.etag, now.etag) ||
    differs(before.size, now.size) ||
    isOtherTime(before.modified, now.modified)
  );
}

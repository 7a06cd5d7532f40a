import type { Entry } from '../core/entry.js';

const differs = (one: unknown, other: unknown): boolean =>
  one !== undefined && other !== undefined && one !== other;

/** Listings tell milliseconds where HEAD tells seconds. */
const seconds = (time: number | undefined): number | undefined =>
  time === undefined ? undefined : Math.floor(time / 1000);

/** Whether something else is there now than there was, by everything both say: in doubt nothing is deleted. */
export function isOtherVersion(before: Partial<Entry>, now: Partial<Entry>): boolean {
  return (
    differs(before.version, now.version) ||
    differs(before.etag, now.etag) ||
    differs(before.size, now.size) ||
    differs(seconds(before.modified), seconds(now.modified))
  );
}

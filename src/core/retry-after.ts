/** Longer than this nobody waits for a storage without asking it again. */
const longest = 10 * 60_000;

/**
 * `Retry-After` in milliseconds from `now`: seconds or an HTTP date, at most ten minutes of it. Undefined when it says
 * nothing.
 */
export function retryAfterOf(value: string | null | undefined, now = Date.now()): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(longest, Number(text) * 1000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(longest, Math.max(0, at - now));
}

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @returns {Counts} */
export const noCounts = () => ({ passed: 0, failed: 0, skipped: 0 });

/**
 * @param {...Counts} list
 * @returns {Counts}
 */
export function addCounts(...list) {
  const sum = noCounts();
  for (const { passed, failed, skipped } of list) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/**
 * On one line, for a list.
 * @param {Counts} counts
 */
export function inOneLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * What people and CI read last: the last line is always `N passed, N failed`, what was skipped stands above it.
 * @param {Counts} counts
 */
export function closingLines({ passed, failed, skipped }) {
  return `${skipped > 0 ? `${skipped} skipped\n` : ''}${passed} passed, ${failed} failed`;
}

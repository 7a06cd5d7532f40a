/** Counts the results of a @web/test-runner run, by browser, for whoever started it. */

function countSuite(suite, counts) {
  for (const test of suite.tests) {
    if (test.skipped) counts.skipped += 1;
    else if (test.passed) counts.passed += 1;
    else counts.failed += 1;
  }
  for (const child of suite.suites) countSuite(child, counts);
}

/**
 * @param {import('@web/test-runner').TestSession} session one file in one browser
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function countSession(session) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (session.testResults) countSuite(session.testResults, counts);
  const ranNothing = counts.passed + counts.failed + counts.skipped === 0;
  // A file that could not be loaded, broke off, or holds no test at all is a failure, not an absence.
  if (counts.failed === 0 && (!session.passed || ranNothing)) counts.failed = 1;
  return counts;
}

/**
 * @param {(byBrowser: Record<string, { passed: number, failed: number, skipped: number }>) => void} done
 * @returns {import('@web/test-runner').Reporter}
 */
export function countingReporter(done) {
  return {
    onTestRunFinished({ sessions }) {
      const byBrowser = {};
      for (const session of sessions) {
        const counts = countSession(session);
        const name = session.browser.name.toLowerCase();
        byBrowser[name] ??= { passed: 0, failed: 0, skipped: 0 };
        const sum = byBrowser[name];
        for (const key of Object.keys(sum)) sum[key] += counts[key];
      }
      done(byBrowser);
    },
  };
}

/** What a @web/test-runner run found, by browser and by file, for whoever started it. */
import { relative } from 'node:path';

/**
 * @typedef {import('./counts.mjs').Counts} Counts
 * @typedef {object} FileResult one file in one browser
 * @property {string} file relative to the repository
 * @property {string} browser
 * @property {Counts} counts
 * @property {string[]} failures a line for each test that failed, and for a file that could not run
 * @property {string[]} skips a line for each test that was skipped, with what its title tells of the reason
 * @property {number} milliseconds what its tests took together
 */

function* testsOf(suite, path = []) {
  for (const test of suite.tests) yield { test, name: [...path, test.name].join(' › ') };
  for (const child of suite.suites) yield* testsOf(child, [...path, child.name]);
}

const firstLine = text => String(text ?? 'failed').split('\n', 1)[0];

/**
 * @param {import('@web/test-runner').TestSession} session
 * @returns {FileResult}
 */
export function readSession(session) {
  const file = relative(process.cwd(), session.testFile);
  const browser = session.browser.name.toLowerCase();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  const skips = [];
  let milliseconds = 0;
  for (const { test, name } of session.testResults ? testsOf(session.testResults) : []) {
    milliseconds += test.duration ?? 0;
    if (test.skipped) {
      counts.skipped += 1;
      skips.push(`${file} [${browser}] ${name}`);
    } else if (test.passed) counts.passed += 1;
    else {
      counts.failed += 1;
      failures.push(`${file} [${browser}] ${name}: ${firstLine(test.error?.message)}`);
    }
  }
  const ranNothing = counts.passed + counts.failed + counts.skipped === 0;
  // A file that could not be loaded, broke off, or holds no test at all is a failure, not an absence.
  if (counts.failed === 0 && (!session.passed || ranNothing)) {
    counts.failed = 1;
    failures.push(
      `${file} [${browser}] ${firstLine(session.errors?.[0]?.message ?? (ranNothing ? 'no test ran' : undefined))}`,
    );
  }
  return { file, browser, counts, failures, skips, milliseconds };
}

/**
 * @param {(results: FileResult[]) => void} done
 * @returns {import('@web/test-runner').Reporter}
 */
export function collectingReporter(done) {
  return {
    onTestRunFinished({ sessions }) {
      done([...sessions].map(readSession));
    },
  };
}

/**
 * Where the time goes, for whoever wants to keep `npm test` short.
 * @param {FileResult[]} results
 * @param {number} [most]
 */
export function slowestFiles(results, most = 8) {
  return [...results]
    .sort((one, other) => other.milliseconds - one.milliseconds)
    .slice(0, most)
    .map(({ file, browser, milliseconds }) => `${(milliseconds / 1000).toFixed(1)} s ${file} [${browser}]`);
}

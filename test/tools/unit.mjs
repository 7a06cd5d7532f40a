/**
 * `npm run test:unit -- [file or glob …] [--browser chromium|firefox] [--contract | --faults | --long | --uppy] [--watch] [--counts FILE]`
 * Runs the browser unit and element tests (without the groups of groups.mjs, or one of those); ends with `N passed, N failed`.
 *
 * A few files that fail are run once more, alone: on a busy machine a browser can lose its focus or its turn.
 * What passes only then is named at the end, so that it is mended and not forgotten.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startTestRunner } from '@web/test-runner';
import { createConfig } from '../web-test-runner.config.mjs';
import { browserNames, ensureBrowser } from './browsers.mjs';
import { addCounts, closingLines } from './counts.mjs';
import { findFiles } from './find-files.mjs';
import { askedGroup, groupOf, groupOptions, kindOf } from './groups.mjs';
import { mostFilesToRepeat, printRemarks } from './remarks.mjs';
import { collectingReporter, slowestFiles } from './wtr-report.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    browser: { type: 'string', multiple: true },
    watch: { type: 'boolean', default: false },
    ...groupOptions,
    counts: { type: 'string' },
  },
});
const unknown = values.browser?.find(name => !browserNames.includes(name));
if (unknown) throw new Error(`--browser knows ${browserNames.join(' and ')}, not "${unknown}".`);

const browsers = values.browser ?? browserNames;
const filesOf = group => findFiles('test', path => kindOf(path) === 'unit' && groupOf(path) === group);
let runner;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void runner?.stop());

/** @returns {Promise<{ allPassed: boolean, results: import('./wtr-report.mjs').FileResult[] }>} */
async function run(files, inBrowsers) {
  let results = [];
  runner = await startTestRunner({
    config: createConfig({
      files,
      browsers: inBrowsers,
      watch: values.watch,
      reporters: [collectingReporter(collected => (results = collected))],
    }),
    readCliArgs: false,
    readFileConfig: false,
    autoExitProcess: values.watch,
  });
  // 'stopped' comes after the reporters have written everything. The runner refuses some configurations by printing why and returning nothing.
  const allPassed = runner ? await new Promise(resolve => runner.on('stopped', resolve)) : false;
  return { allPassed, results };
}

let { allPassed, results } = await run(
  positionals.length > 0 ? positionals : filesOf(askedGroup(values)),
  browsers,
);
const flaky = [];
const failed = results.filter(result => result.failures.length > 0);
if (failed.length > 0 && failed.length <= mostFilesToRepeat) {
  for (const name of new Set(failed.map(result => result.browser))) {
    const files = failed.filter(result => result.browser === name).map(result => result.file);
    process.stdout.write(`Once more in ${name}: ${files.join(', ')}\n`);
    const again = await run(files, [name]);
    results = results.map(result => {
      const second = again.results.find(
        other => other.file === result.file && other.browser === result.browser,
      );
      if (!second || second.failures.length > 0) return result;
      flaky.push(...result.failures);
      return second;
    });
  }
  allPassed = results.every(result => result.failures.length === 0);
}

if (results.length > 8) process.stdout.write(`Slowest:\n  ${slowestFiles(results).join('\n  ')}\n`);
const total = addCounts(...results.map(result => result.counts));
for (const name of browsers) {
  const browser = ensureBrowser(name);
  if (!('skip' in browser)) continue;
  const first = results[0]?.browser;
  const others = addCounts(
    ...results.filter(result => result.browser === first).map(result => result.counts),
  );
  process.stdout.write(`Skipped in ${name}: ${browser.skip}\n`);
  total.skipped += others.passed + others.failed + others.skipped;
}
for (const line of results.flatMap(result => result.skips)) process.stdout.write(`Skipped: ${line}\n`);
const failures = results.flatMap(result => result.failures);
printRemarks({ failures, flaky });
if (!allPassed && total.failed === 0) total.failed = 1;
if (values.counts) writeFileSync(values.counts, JSON.stringify({ ...total, failures, flaky }));
process.stdout.write(`${closingLines(total)}\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

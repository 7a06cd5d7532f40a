/**
 * `npm run test:e2e -- [Playwright's arguments …] [--contract | --long | --uppy] [--counts FILE]`
 * Runs the end-to-end tests against the built demo (`npm run build:demo` first): those of `npm test`, those of one group
 * of groups.mjs, or the specs named; ends with `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { browserEnvironment, ensureBrowsers } from './browsers.mjs';
import { closingLines, noCounts } from './counts.mjs';
import { findFiles } from './find-files.mjs';
import { askedGroup, groupNames, groupOf, kindOf } from './groups.mjs';
import { printRemarks } from './remarks.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const parameters = process.argv.slice(2);
const at = parameters.indexOf('--counts');
const countsFile = at < 0 ? undefined : resolve(parameters.splice(at, 2)[1]);
const asked = {};
for (const name of groupNames) {
  const place = parameters.indexOf(`--${name}`);
  if (place >= 0) asked[name] = Boolean(parameters.splice(place, 1));
}
if (!parameters.some(parameter => parameter.includes('.spec'))) {
  parameters.push(
    ...findFiles('test/e2e', path => kindOf(path) === 'e2e' && groupOf(path) === askedGroup(asked)),
  );
}

const browsers = ensureBrowsers();
const folder = mkdtempSync(join(tmpdir(), 'e2e-'));
const report = join(folder, 'report.json');
const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
const { status } = spawnSync(
  process.execPath,
  [cli, 'test', '--config', 'test/e2e/playwright.config.ts', ...parameters],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...browserEnvironment(browsers),
      E2E_REPORT: report,
      E2E_DATA: join(folder, 'data'),
    },
  },
);
const counts = noCounts();
const failures = [];
const flaky = [];

function* testsOf(suites) {
  for (const suite of suites) {
    for (const spec of suite.specs) for (const test of spec.tests) yield { spec, test };
    yield* testsOf(suite.suites ?? []);
  }
}
const plainFirstLine = text => stripVTControlCharacters(text ?? 'failed').split('\n', 1)[0];

try {
  const { stats, errors, suites } = JSON.parse(readFileSync(report, 'utf8'));
  counts.passed = stats.expected + stats.flaky;
  counts.failed = stats.unexpected + (stats.unexpected === 0 && stats.flaky === 0 ? errors.length : 0);
  counts.skipped = stats.skipped;
  for (const { spec, test } of testsOf(suites)) {
    const error = test.results.find(result => result.error)?.error;
    const line = `${spec.file} [${test.projectName}] ${spec.title}: ${plainFirstLine(error?.message)}`;
    if (test.status === 'flaky') flaky.push(line);
    if (test.status === 'unexpected') failures.push(line);
  }
} catch {
  process.stderr.write(`Playwright wrote no report (exit code ${status}).\n`);
}
if (counts.failed === 0 && (status !== 0 || counts.passed === 0)) counts.failed = 1;
for (const browser of Object.values(browsers)) {
  if (!('skip' in browser)) continue;
  process.stdout.write(`Skipped in ${browser.name}: ${browser.skip}\n`);
  counts.skipped += counts.passed + counts.failed;
}
rmSync(folder, { recursive: true, force: true });
if (countsFile) writeFileSync(countsFile, JSON.stringify({ ...counts, failures, flaky }));
printRemarks({ failures, flaky });
process.stdout.write(`${closingLines(counts)}\n`);
process.exit(counts.failed > 0 ? 1 : 0);

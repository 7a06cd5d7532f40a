/**
 * `npm run test:e2e -- [Playwright's arguments …] [--counts FILE]`
 * Runs the end-to-end tests against the built demo (`npm run build:demo` first); ends with `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browserEnvironment, ensureBrowsers } from './browsers.mjs';
import { closingLine, noCounts } from './counts.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const parameters = process.argv.slice(2);
const at = parameters.indexOf('--counts');
const countsFile = at < 0 ? undefined : resolve(parameters.splice(at, 2)[1]);

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
try {
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8'));
  counts.passed = stats.expected;
  // A flaky test is one that failed: there are no retries to hide behind.
  counts.failed = stats.unexpected + stats.flaky + (stats.unexpected === 0 ? errors.length : 0);
  counts.skipped = stats.skipped;
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
if (countsFile) writeFileSync(countsFile, JSON.stringify(counts));
process.stdout.write(`${closingLine(counts)}\n`);
process.exit(counts.failed > 0 ? 1 : 0);

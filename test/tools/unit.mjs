/**
 * `npm run test:unit -- [file or glob …] [--browser chromium|firefox] [--contract | --faults] [--watch] [--counts FILE]`
 * Runs the browser unit and element tests (without the groups of groups.mjs, or one of those); ends with `N passed, N failed`.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startTestRunner } from '@web/test-runner';
import { createConfig } from '../web-test-runner.config.mjs';
import { browserNames, ensureBrowser } from './browsers.mjs';
import { addCounts, closingLine } from './counts.mjs';
import { findFiles } from './find-files.mjs';
import { askedGroup, groupOf } from './groups.mjs';
import { countingReporter } from './wtr-report.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    browser: { type: 'string', multiple: true },
    watch: { type: 'boolean', default: false },
    contract: { type: 'boolean', default: false },
    faults: { type: 'boolean', default: false },
    counts: { type: 'string' },
  },
});
const unknown = values.browser?.find(name => !browserNames.includes(name));
if (unknown) throw new Error(`--browser knows ${browserNames.join(' and ')}, not "${unknown}".`);

const browsers = values.browser ?? browserNames;
const filesOf = group =>
  findFiles(
    'test',
    path => path.endsWith('.test.ts') && !path.endsWith('.node.test.ts') && groupOf(path) === group,
  );
let byBrowser = {};
const runner = await startTestRunner({
  config: createConfig({
    files: positionals.length > 0 ? positionals : filesOf(askedGroup(values)),
    browsers,
    watch: values.watch,
    reporters: [countingReporter(counts => (byBrowser = counts))],
  }),
  readCliArgs: false,
  readFileConfig: false,
  autoExitProcess: values.watch,
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void runner?.stop());
// 'stopped' comes after the reporters have written everything. The runner refuses some configurations by printing why and returning nothing.
const allPassed = runner ? await new Promise(resolve => runner.on('stopped', resolve)) : false;

const total = addCounts(...Object.values(byBrowser));
for (const name of browsers) {
  const browser = ensureBrowser(name);
  if (!('skip' in browser)) continue;
  const others = Object.values(byBrowser)[0] ?? { passed: 0, failed: 0, skipped: 0 };
  process.stdout.write(`Skipped in ${name}: ${browser.skip}\n`);
  total.skipped += others.passed + others.failed + others.skipped;
}
if (!allPassed && total.failed === 0) total.failed = 1;
if (values.counts) writeFileSync(values.counts, JSON.stringify(total));
process.stdout.write(`${closingLine(total)}\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

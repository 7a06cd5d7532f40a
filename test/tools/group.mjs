/**
 * `npm run test:contract`, `test:long`, `test:uppy`: one group of groups.mjs with every kind of test it has (Node, browsers,
 * end to end on the built demo); ends with `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addCounts, closingLines, noCounts } from './counts.mjs';
import { findFiles } from './find-files.mjs';
import { askedGroup, groupNames, groupOf, kindOf } from './groups.mjs';
import { printRemarks } from './remarks.mjs';

const name = process.argv[2] ?? '';
if (!groupNames.includes(name)) throw new Error(`Say which group: ${groupNames.join(' or ')}.`);
const group = askedGroup({ [name]: true });
const kinds = new Set(findFiles('test', path => groupOf(path) === group).map(kindOf));

const folder = mkdtempSync(join(tmpdir(), 'group-'));
const counts = ['node-tests', 'unit', 'e2e']
  .filter(runner => kinds.has(runner))
  .map(runner => {
    const file = join(folder, `${runner}.json`);
    spawnSync(process.execPath, [`test/tools/${runner}.mjs`, `--${name}`, '--counts', file], {
      stdio: 'inherit',
    });
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      return { ...noCounts(), failed: 1 };
    }
  });
rmSync(folder, { recursive: true, force: true });
const total = addCounts(...counts);
printRemarks({
  failures: counts.flatMap(({ failures = [] }) => failures),
  flaky: counts.flatMap(({ flaky = [] }) => flaky),
});
process.stdout.write(`${closingLines(total)}\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

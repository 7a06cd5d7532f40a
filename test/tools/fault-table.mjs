/**
 * `node test/tools/fault-table.mjs [--reports FILE] [--no-run]` writes the tables of faults in the README from one run of
 * this command: every row of `test/faults` with this engine in both browsers, and the same uploads with @uppy/aws-s3.
 *
 * A file that has passed is not run again: after a failure (it ends with 1 then and writes nothing) the same command
 * with `--reports` and the file it names goes on where it was. `--no-run` only writes what that file has, if it is all.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { browserNames, ensureBrowser } from './browsers.mjs';
import { faultTables } from './fault-tables.mjs';
import { findFiles } from './find-files.mjs';

const { values } = parseArgs({
  options: { reports: { type: 'string' }, 'no-run': { type: 'boolean', default: false } },
});

/** The engine's clock runs so much faster than the world: slower than in other runs, for times that are closer. */
const haste = '10';

const reports = values.reports ?? join(mkdtempSync(join(tmpdir(), 'fault-table-')), 'reports.jsonl');
const absent = browserNames.map(ensureBrowser).find(browser => 'skip' in browser);
if (absent) throw new Error(`The tables are of both browsers. ${absent.skip}`);
/** Places and the proxy itself have no rows. */
const files = findFiles('test/faults', path => path.endsWith('.test.ts') && !/\.node\.|places/.test(path));

/** @returns {import('./fault-tables.mjs').Line[]} */
const lines = () =>
  existsSync(reports)
    ? readFileSync(reports, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line))
    : [];

const hasPassed = file => lines().some(line => line.ran === file && line.passed);

// A file at a time, in both browsers side by side: most of it is waiting.
for (const [index, file] of files.entries()) {
  if (values['no-run'] || hasPassed(file)) continue;
  process.stdout.write(`${index + 1} of ${files.length}: ${file}\n`);
  const began = Date.now();
  const { status } = spawnSync(process.execPath, ['test/tools/unit.mjs', file], {
    stdio: 'inherit',
    env: { ...process.env, FAULTS_REPORT: reports, FAULTS_HASTE: haste },
  });
  const seconds = Math.round((Date.now() - began) / 1000);
  appendFileSync(reports, `${JSON.stringify({ ran: file, passed: status === 0, seconds })}\n`);
}

const missing = files.filter(file => !hasPassed(file));
if (missing.length > 0) {
  process.stdout.write(
    `Nothing was written: ${missing.join(', ')} did not pass.\n` +
      `Again: node test/tools/fault-table.mjs --reports ${reports}\n`,
  );
  process.exit(1);
}

const version = name => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
const section = faultTables(lines(), {
  day: new Date().toISOString().slice(0, 10),
  uppy: `@uppy/core ${version('@uppy/core')} with @uppy/aws-s3 ${version('@uppy/aws-s3')}`,
  haste: Number(haste),
});
const readme = readFileSync('README.md', 'utf8');
const [start, end] = ['<!-- faults:start -->', '<!-- faults:end -->'];
if (!readme.includes(start) || !readme.includes(end)) throw new Error(`README.md has no ${start} … ${end}.`);
writeFileSync(
  'README.md',
  `${readme.slice(0, readme.indexOf(start))}${start}\n\n${section}\n\n${readme.slice(readme.indexOf(end))}`,
);
const minutes = Math.ceil(lines().reduce((sum, { seconds = 0 }) => sum + seconds, 0) / 60);
process.stdout.write(
  `The tables are in README.md; they took ${minutes} minutes; the reports are in ${reports}.\n`,
);

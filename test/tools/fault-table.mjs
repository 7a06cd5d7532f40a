/**
 * `node test/tools/fault-table.mjs [--reports FILE]` writes the fault table of the README: the rows of `test/faults`
 * with this engine beside the same rows with @uppy/aws-s3, both run in Chromium by this command. `--reports` takes what
 * an earlier run left instead of running anything (it is told at the end of each run).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findFiles } from './find-files.mjs';
import { groupOf } from './groups.mjs';

const { values } = parseArgs({ options: { reports: { type: 'string' } } });

/** The tests that report; those of platforms, downloads and Uppy’s other way round have rows of their own. */
const reporting = /^test\/faults\/(?:request|form|parts|reload|uppy)\.test\.ts$/;

function run() {
  const file = join(mkdtempSync(join(tmpdir(), 'fault-table-')), 'reports.jsonl');
  const files = findFiles(
    'test/faults',
    path => path.endsWith('.test.ts') && (reporting.test(path) || groupOf(path) === 'table'),
  );
  // A file at a time: the numbers are of an idle machine.
  for (const path of files) {
    spawnSync(process.execPath, ['test/tools/unit.mjs', path, '--browser', 'chromium'], {
      stdio: 'inherit',
      env: { ...process.env, FAULTS_REPORT: file },
    });
  }
  return file;
}

/** @returns {{ situation: string, who: 'ours' | 'aws-s3', plan: string, result: string }[]} */
const read = file =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));

const planNames = { request: 'one request', form: 'form', parts: 'parts' };

/** What one of both did, plan by plan where that differs. */
function told(reports) {
  const byPlan = new Map(reports.map(({ plan, result }) => [plan, result]));
  if (new Set(byPlan.values()).size === 1) return [...byPlan.values()][0];
  return [...byPlan].map(([plan, result]) => `${planNames[plan]}: ${result}`).join('; ');
}

const sortKey = situation => {
  const [, number, letter = ''] = /^(\d+)(\w?):/.exec(situation) ?? [];
  return `${(number ?? '99').padStart(3, '0')}${letter}`;
};

function table(reports) {
  const situations = [...new Set(reports.map(({ situation }) => situation))];
  const rows = situations
    .map((situation, index) => ({ situation, index, key: sortKey(situation) }))
    .sort((one, other) => one.key.localeCompare(other.key) || one.index - other.index)
    .map(({ situation }) => {
      const of = who => reports.filter(report => report.situation === situation && report.who === who);
      const [ours, theirs] = [of('ours'), of('aws-s3')];
      const text = /^\d+\w?: /.test(situation) ? situation.replace(/^(\d+\w?): /, '') : situation;
      const number = /^(\d+\w?):/.exec(situation)?.[1] ?? '';
      const say = found => (found.length > 0 ? told(found) : '—');
      return `| ${number} | ${text} | ${say(ours)} | ${say(theirs)} |`;
    });
  return ['| | Situation | here | @uppy/aws-s3 |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const file = values.reports ?? run();
const version = name => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
const day = new Date().toISOString().slice(0, 10);
const about = `Chromium, ${day}, @uppy/core ${version('@uppy/core')} with @uppy/aws-s3 ${version('@uppy/aws-s3')}.`;
const readme = readFileSync('README.md', 'utf8');
const [start, end] = ['<!-- faults:start -->', '<!-- faults:end -->'];
if (!readme.includes(start) || !readme.includes(end)) throw new Error(`README.md has no ${start} … ${end}.`);
const section = `${start}\n\n${about}\n\n${table(read(file))}\n\n${end}`;
writeFileSync(
  'README.md',
  readme.slice(0, readme.indexOf(start)) + section + readme.slice(readme.indexOf(end) + end.length),
);
process.stdout.write(`The table is in README.md; the reports are in ${file}.\n`);

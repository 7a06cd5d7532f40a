/**
 * `npm run test:node -- [file …] [--contract] [--counts FILE]`
 * Runs `*.node.test.ts` (all but the contract tests, only those with `--contract`, or the files given) under node:test;
 * ends with `N passed, N failed`. As in the browsers, a few files that fail are run once more, and named.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { addCounts, closingLines } from './counts.mjs';
import { findFiles } from './find-files.mjs';
import { askedGroup, groupOf, groupOptions, kindOf } from './groups.mjs';
import { mostFilesToRepeat, printRemarks } from './remarks.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { counts: { type: 'string' }, ...groupOptions },
});
const countsFile = values.counts ? resolve(values.counts) : undefined;
process.chdir(root);

const files =
  positionals.length > 0
    ? positionals
    : findFiles('test', path => kindOf(path) === 'node-tests' && groupOf(path) === askedGroup(values));
const folder = mkdtempSync(join(tmpdir(), 'node-tests-'));

/** @returns {{ allPassed: boolean, results: Record<string, import('./counts.mjs').Counts & { failures: string[] }> }} */
function run(testFiles) {
  const output = join(folder, 'counts.json');
  rmSync(output, { force: true });
  const { status, signal } = spawnSync(
    process.execPath,
    [
      '--import',
      'tsx',
      '--test',
      '--test-concurrency=2',
      '--test-timeout=600000',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${pathToFileURL(join(root, 'test/tools/node-counts-reporter.mjs'))}`,
      `--test-reporter-destination=${output}`,
      ...testFiles,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  try {
    return { allPassed: status === 0, results: JSON.parse(readFileSync(output, 'utf8')) };
  } catch {
    process.stderr.write(`node --test broke off (${signal ?? status}).\n`);
    return { allPassed: false, results: {} };
  }
}

let { allPassed, results } = run(files);
const flaky = [];
const failed = Object.keys(results).filter(file => results[file].failed > 0);
if (failed.length > 0 && failed.length <= mostFilesToRepeat && failed.every(file => file !== '')) {
  process.stdout.write(`Once more: ${failed.join(', ')}\n`);
  const again = run(failed);
  for (const [file, second] of Object.entries(again.results)) {
    if (second.failed > 0 || !(file in results)) continue;
    flaky.push(...results[file].failures);
    results[file] = second;
  }
  allPassed = Object.values(results).every(result => result.failed === 0);
}
rmSync(folder, { recursive: true, force: true });

const counts = addCounts(...Object.values(results));
if (counts.failed === 0 && (!allPassed || counts.passed === 0)) counts.failed = 1;
const failures = Object.values(results).flatMap(result => result.failures);
if (countsFile) writeFileSync(countsFile, JSON.stringify({ ...counts, failures, flaky }));
printRemarks({ failures, flaky });
process.stdout.write(`${closingLines(counts)}\n`);
process.exit(counts.failed > 0 ? 1 : 0);

/**
 * `npm run test:node -- [file …] [--contract] [--counts FILE]`
 * Runs `*.node.test.ts` (all but the contract tests, only those with `--contract`, or the files given) under node:test;
 * ends with `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { closingLine, noCounts } from './counts.mjs';
import { findFiles } from './find-files.mjs';
import { askedGroup, groupOf } from './groups.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { counts: { type: 'string' }, contract: { type: 'boolean', default: false } },
});
const countsFile = values.counts ? resolve(values.counts) : undefined;
process.chdir(root);

const files =
  positionals.length > 0
    ? positionals
    : findFiles('test', path => path.endsWith('.node.test.ts') && groupOf(path) === askedGroup(values));
const folder = mkdtempSync(join(tmpdir(), 'node-tests-'));
const output = join(folder, 'counts.json');
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
    ...files,
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
let counts = noCounts();
try {
  counts = JSON.parse(readFileSync(output, 'utf8'));
} catch {
  process.stderr.write(`node --test broke off (${signal ?? status}).\n`);
}
rmSync(folder, { recursive: true, force: true });
if (counts.failed === 0 && (status !== 0 || counts.passed === 0)) counts.failed = 1;
if (countsFile) writeFileSync(countsFile, JSON.stringify(counts));
process.stdout.write(`${closingLine(counts)}\n`);
process.exit(counts.failed > 0 ? 1 : 0);

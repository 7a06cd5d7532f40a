/** `npm run test:contract`: the contract suite on every storage, in Node and in browsers; ends with `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addCounts, closingLine, noCounts } from './counts.mjs';

const folder = mkdtempSync(join(tmpdir(), 'contract-'));
const counts = ['node-tests', 'unit'].map(runner => {
  const file = join(folder, `${runner}.json`);
  spawnSync(process.execPath, [`test/tools/${runner}.mjs`, '--contract', '--counts', file], {
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
process.stdout.write(`${closingLine(total)}\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

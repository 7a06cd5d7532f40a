/**
 * `npm test`: everything that has to hold, one step after the other, and a sum at the end.
 * A step that fails does not keep the next ones from running, except where they need its result.
 * The last line is `N passed, N failed`; a static check or a build counts as one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { browserEnvironment, ensureBrowsers } from './browsers.mjs';
import { addCounts, closingLines, inOneLine, noCounts } from './counts.mjs';
import { remarks } from './remarks.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const minutes = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'file-transfer-elements-test-'));
const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
const node = process.execPath;

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} command
 * @property {boolean} [counted] the command writes its own counts to the file named by `--counts`
 * @property {string} [needs] name of the step without whose success this one means nothing
 * @property {number} timeout milliseconds
 */
/** @type {Step[]} */
const steps = [
  {
    name: 'types of the package',
    command: [npx, '--no-install', 'tsc', '-p', 'src', '--noEmit'],
    timeout: 3 * minutes,
  },
  {
    name: 'types of everything',
    command: [npx, '--no-install', 'tsc', '-p', '.', '--noEmit'],
    timeout: 3 * minutes,
  },
  { name: 'format and lint', command: [npx, '--no-install', 'biome', 'ci'], timeout: 3 * minutes },
  {
    name: 'lint of the templates',
    command: [npx, '--no-install', 'oxlint', '--deny-warnings'],
    timeout: 3 * minutes,
  },
  { name: 'build of the package', command: [node, 'test/tools/build.mjs'], timeout: 5 * minutes },
  { name: 'build of the demo', command: [npx, '--no-install', 'vite', 'build'], timeout: 5 * minutes },
  {
    name: 'tests in Node',
    command: [node, 'test/tools/node-tests.mjs'],
    counted: true,
    timeout: 20 * minutes,
  },
  {
    name: 'tests in browsers',
    command: [node, 'test/tools/unit.mjs'],
    counted: true,
    needs: 'browsers',
    timeout: 20 * minutes,
  },
  {
    name: 'end-to-end tests',
    command: [node, 'test/tools/e2e.mjs'],
    counted: true,
    needs: 'build of the demo',
    timeout: 30 * minutes,
  },
];

/** The step that runs now; it is a process group of its own, so that nothing of it stays behind. */
let running;
function signalRunning(signal) {
  if (running?.pid === undefined) return;
  try {
    if (process.platform === 'win32') running.kill(signal);
    else process.kill(-running.pid, signal);
  } catch {
    // It is gone already.
  }
}
/** First politely: the test runners close their browsers then, which are process groups of their own. */
async function endRunning() {
  signalRunning('SIGTERM');
  await delay(10_000, undefined, { ref: false });
  signalRunning('SIGKILL');
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    running?.once('exit', () => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
    if (!running) process.exit(130);
    void endRunning();
  });
}

function run([command, ...parameters], timeout, environment) {
  return new Promise(resolve => {
    running = spawn(command, parameters, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: process.platform !== 'win32',
      shell: process.platform === 'win32' && command.endsWith('.cmd'),
    });
    const deadline = setTimeout(() => {
      process.stdout.write(`Ended after ${timeout / minutes} minutes.\n`);
      void endRunning();
    }, timeout);
    const done = succeeded => {
      clearTimeout(deadline);
      // Whatever a failed step left running goes with it.
      if (!succeeded) signalRunning('SIGKILL');
      running = undefined;
      resolve(succeeded);
    };
    running.once('error', error => {
      process.stdout.write(`${error.message}\n`);
      done(false);
    });
    running.once('exit', code => done(code === 0));
  });
}

function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return noCounts();
  }
}

const verdicts = [];
const closingRemarks = [];
const failedSteps = new Set();
let total = noCounts();
function record(name, counts, started) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (counts.failed > 0) failedSteps.add(name);
  total = addCounts(total, counts);
  verdicts.push(`${counts.failed > 0 ? 'FAILED' : 'ok    '} ${name}: ${inOneLine(counts)} (${seconds} s)`);
  process.stdout.write(`== ${verdicts.at(-1)}\n\n`);
}

let environment = {};
{
  const started = performance.now();
  process.stdout.write('== browsers\n');
  try {
    const browsers = ensureBrowsers();
    environment = browserEnvironment(browsers);
    for (const browser of Object.values(browsers)) {
      process.stdout.write(
        `${browser.name}: ${'skip' in browser ? `skipped. ${browser.skip}` : browser.path}\n`,
      );
    }
  } catch (error) {
    process.stdout.write(`${error.message}\n`);
    record('browsers', { passed: 0, failed: 1, skipped: 0 }, started);
  }
}

for (const [index, step] of steps.entries()) {
  const started = performance.now();
  process.stdout.write(`== ${step.name}\n`);
  if (step.needs && failedSteps.has(step.needs)) {
    process.stdout.write(`Not run: "${step.needs}" failed.\n`);
    record(step.name, { passed: 0, failed: 1, skipped: 0 }, started);
    continue;
  }
  const file = join(folder, `${index}.json`);
  const command = step.counted ? [...step.command, '--counts', file] : step.command;
  const succeeded = await run(command, step.timeout, environment);
  let counts;
  if (step.counted) {
    counts = readCounts(file);
    // Also when no test ran at all: silence is not success.
    if (counts.failed === 0 && (!succeeded || counts.passed === 0)) counts.failed = 1;
  } else {
    counts = { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
  }
  closingRemarks.push(...remarks(counts));
  record(step.name, counts, started);
}

rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${[...verdicts, ...closingRemarks].join('\n')}\n\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
process.stdout.write(`${closingLines(total)}\n`);

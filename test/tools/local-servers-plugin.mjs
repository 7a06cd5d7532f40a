import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./local-servers.ts', import.meta.url));

/**
 * Gives browser tests their servers: the first test that asks for `/__servers.json` starts one Node process
 * (`local-servers.ts`), which lives as long as the test run. Tests use `test/tools/local-store.ts`.
 * @param {string} rootDir
 * @returns {import('@web/test-runner').TestRunnerPlugin}
 */
export function localServersPlugin(rootDir) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  /** @type {Promise<string> | undefined} */
  let ready;

  function start() {
    child = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: rootDir,
      // It ends when its standard input does, so that it never outlives a run that was killed.
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      let output = '';
      child.stdout.setEncoding('utf8');
      child.stdout.on('data', text => {
        output += text;
        const address = /^READY (\S+)$/m.exec(output)?.[1];
        if (address) resolve(address);
      });
      child.once('error', reject);
      child.once('exit', code => reject(new Error(`The local test servers ended with ${code}.`)));
    });
  }

  return {
    name: 'local-servers',
    async serve({ path }) {
      if (path !== '/__servers.json') return undefined;
      ready ??= start();
      const haste = Number(process.env.FAULTS_HASTE) || undefined;
      return { body: JSON.stringify({ control: await ready, haste }), type: 'json' };
    },
    async serverStop() {
      if (!child || child.exitCode !== null) return;
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.stdin.end();
      const deadline = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(deadline);
    },
  };
}

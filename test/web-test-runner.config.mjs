/** Unit and element tests in real browsers. `test/tools/unit.mjs` is the command line in front of it. */
import { fileURLToPath } from 'node:url';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { defaultReporter } from '@web/test-runner';
import { playwrightLauncher } from '@web/test-runner-playwright';
import { browserNames, ensureBrowser } from './tools/browsers.mjs';
import { localServersPlugin } from './tools/local-servers-plugin.mjs';
import { typescriptWorkers } from './tools/ts-worker-middleware.mjs';
import { uppyBundlePlugin } from './tools/uppy-bundle-plugin.mjs';

const rootDir = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {{ files?: string[], browsers?: import('./tools/browsers.mjs').BrowserName[],
 *   reporters?: import('@web/test-runner').Reporter[], watch?: boolean }} [options]
 * @returns {import('@web/test-runner').TestRunnerConfig}
 */
export function createConfig({ files, browsers = browserNames, reporters = [], watch = false } = {}) {
  const usable = browsers.map(ensureBrowser).filter(browser => !('skip' in browser));
  return {
    rootDir,
    files: files ?? ['test/**/*.test.ts', '!test/**/*.node.test.ts'],
    nodeResolve: { exportConditions: ['browser', 'development'] },
    preserveSymlinks: false,
    watch,
    // One page for each core: both browsers side by side, or two pages of one.
    concurrentBrowsers: 2,
    concurrency: usable.length > 1 ? 1 : 2,
    browserStartTimeout: 60_000,
    testsStartTimeout: 60_000,
    // A clock that runs slower than usual, for the table of the faults, makes its files longer.
    testsFinishTimeout: process.env.FAULTS_HASTE ? 900_000 : 600_000,
    testFramework: { config: { ui: 'bdd', timeout: 20_000, retries: 0 } },
    middleware: [typescriptWorkers(rootDir)],
    plugins: [
      localServersPlugin(rootDir),
      uppyBundlePlugin(),
      esbuildPlugin({ ts: true, tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) }),
    ],
    browsers: usable.map(({ name, launchOptions }) =>
      playwrightLauncher({
        product: name,
        launchOptions,
        // Only one Firefox page can have the keyboard at a time.
        ...(name === 'firefox' ? { concurrency: 1 } : {}),
      }),
    ),
    filterBrowserLogs: ({ args }) => !String(args[0]).startsWith('Lit is in dev mode'),
    reporters: [defaultReporter({ reportTestProgress: Boolean(process.stdout.isTTY) }), ...reporters],
  };
}

export default createConfig();

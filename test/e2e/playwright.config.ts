import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'playwright/test';
import { ensureBrowsers } from '../tools/browsers.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = process.env.E2E_DATA ?? join(tmpdir(), `e2e-data-${process.pid}`);
const report = process.env.E2E_REPORT;
/** Where Firefox saves: its WebDriver reports no download of a `blob:` URL, so tests look into the folder. */
const downloads = (process.env.E2E_DOWNLOADS ??= `${data}-downloads`);

/** Playwright puts the group into the environment, in capitals, before it starts the workers. */
const ready = /^READY (?<e2e_url>http\S+)\s/m;

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: join(root, 'test-results'),
  // Two cores; a browser, a server and a hashing worker share them.
  workers: 1,
  fullyParallel: false,
  // What passes only at the second try is named at the end (test/tools/remarks.mjs), so that it is mended and not forgotten.
  retries: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 180_000,
  globalTimeout: 25 * 60_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ...(report ? ([['json', { outputFile: report }]] as const) : [])],
  use: {
    baseURL: process.env.E2E_URL,
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    acceptDownloads: true,
    screenshot: 'only-on-failure',
    trace: 'off',
  },
  projects: Object.values(ensureBrowsers()).flatMap(browser =>
    'skip' in browser
      ? []
      : [
          {
            name: browser.name,
            use: {
              browserName: browser.name,
              launchOptions: { ...browser.launchOptions, downloadsPath: downloads },
            },
          },
        ],
  ),
  webServer: {
    command: `"${process.execPath}" --import tsx demo/server/start.ts --built --port 0 --samples few --data "${data}"`,
    cwd: root,
    wait: { stdout: ready },
    timeout: 120_000,
    stdout: 'ignore',
    stderr: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
  },
});

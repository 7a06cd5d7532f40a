/**
 * `node --import tsx test/bench/compressor.ts [COUNT …]`: so many small pictures (by default 100 and 10,000) through
 * `dropzone.use(Compressor)`, and what one of them costs.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { ensureBrowsers } from '../tools/browsers.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const given = process.argv.slice(2).map(Number);
const counts = given.length > 0 ? given : [100, 10_000];
const found = ensureBrowsers().chromium;
if ('skip' in found) throw new Error(`This needs Chromium: ${found.skip}`);

const vite = await createServer({
  configFile: join(root, 'vite.config.ts'),
  root: join(root, 'test/bench/page'),
  server: { port: 0, host: '127.0.0.1', hmr: false },
  logLevel: 'warn',
});
await vite.listen();
const browser = await chromium.launch(found.launchOptions);
try {
  const page = await browser.newPage();
  page.on('pageerror', error => console.error(error));
  const run = async (count: number) => {
    await page.goto(`${vite.resolvedUrls!.local[0]!}compressor.html`);
    await page.waitForFunction(() => 'run' in globalThis, undefined, { timeout: 60_000 });
    return page.evaluate(
      asked =>
        (
          globalThis as unknown as {
            run(count: number): Promise<{ took: number; done: number; smaller: boolean }>;
          }
        ).run(asked),
      count,
    );
  };
  // Loads and compiles what the others find ready.
  await run(32);
  for (const count of counts) {
    const { took, done, smaller } = await run(count);
    if (done !== count || !smaller)
      throw new Error(`${done} of ${count} pictures came through, smaller: ${smaller}.`);
    console.log(`${count} pictures: ${(took / 1000).toFixed(1)} s, ${(took / count).toFixed(2)} ms each`);
  }
} finally {
  await browser.close();
  await vite.close();
}

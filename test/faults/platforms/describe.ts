import { PlatformPage } from './page.js';
import { downloadRows, type PlatformRow, uploadRows } from './rows.js';
import { type Platform, type Way, ways } from './ways.js';

/**
 * Declares the rows of one platform, for each of its ways.
 *
 * @param plan only the ways with this plan: a file each where there is much, to stay within a test file's time
 */
export function describePlatformFaults(platform: Platform, plan?: Way['plan']): void {
  const own = ways.filter(way => way.platform === platform);
  for (const [index, way] of own.entries()) {
    if (plan !== undefined && way.plan !== plan) continue;
    // What downloads is the same for two ways to upload, unless it differs.
    const known = own.slice(0, index).some(({ download }) => download.operation === way.download.operation);
    const rows: readonly PlatformRow[] = known ? uploadRows : [...uploadRows, ...downloadRows];
    describe(`faults under ${way.title}`, function () {
      this.timeout(120_000);
      for (const { situation, ends, run, ...options } of rows) {
        it(situation, async () => {
          const page = await PlatformPage.open(way, options);
          try {
            await run(page);
            await page.tell(situation, ends);
          } finally {
            await page.close();
          }
        });
      }
    });
  }
}

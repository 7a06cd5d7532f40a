import { downloadRows } from './download-rows.js';
import { Downloads, type Serving } from './downloads.js';

/** Declares the tests of one way to serve files. */
export function describeDownloadFaults(serving: Serving): void {
  describe(`faults under a download: ${serving}`, function () {
    this.timeout(60_000);
    for (const row of downloadRows) {
      if (row.servings && !row.servings.includes(serving)) continue;
      it(row.situation, async () => {
        const downloads = await Downloads.open(serving, row.world);
        try {
          await row.run(downloads);
        } finally {
          await downloads.close();
        }
      });
    }
  });
}

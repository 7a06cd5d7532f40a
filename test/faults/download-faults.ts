import { report } from '../tools/local-store.js';
import { downloadRows } from './download-rows.js';
import { Downloads, type Serving } from './downloads.js';

/** Declares the tests of one way to serve files. */
export function describeDownloadFaults(serving: Serving): void {
  describe(`faults under a download: ${serving}`, function () {
    this.timeout(120_000);
    for (const row of downloadRows) {
      if (row.servings && !row.servings.includes(serving)) continue;
      it(row.situation, async () => {
        const downloads = await Downloads.open(serving, row.world);
        try {
          await row.run(downloads);
          const { situation, ends: result = 'saved', byHand } = row;
          const recovery = byHand ? undefined : await downloads.world.recovery();
          await report({ table: 'downloads', who: 'ours', plan: serving, situation, result, recovery });
        } finally {
          await downloads.close();
        }
      });
    }
  });
}

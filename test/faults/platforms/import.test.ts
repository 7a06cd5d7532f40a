import { importRows } from './import-rows.js';
import { PlatformPage } from './page.js';
import { imports } from './ways.js';

for (const way of imports) {
  describe(`faults under ${way.title}`, function () {
    this.timeout(60_000);
    for (const { situation, run } of importRows) {
      if (situation.startsWith('the question') && way.control.length === 0) continue;
      it(situation, async () => {
        const page = await PlatformPage.open(way);
        try {
          await run(page);
        } finally {
          await page.close();
        }
      });
    }
  });
}

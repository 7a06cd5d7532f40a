import { importRows } from './import-rows.js';
import { PlatformPage } from './page.js';
import { imports } from './ways.js';

for (const way of imports) {
  describe(`faults under ${way.title}`, function () {
    this.timeout(120_000);
    for (const { situation, ends, run, ...options } of importRows) {
      if (situation.startsWith('the question') && way.control.length === 0) continue;
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

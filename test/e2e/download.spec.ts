import { expect, test } from 'playwright/test';
import { Bucket } from './support/bucket.js';
import { sha256OfFile } from './support/files.js';
import { openDemo } from './support/page.js';
import { saveBy } from './support/saved.js';

test('a file comes down byte for byte', async ({ page, browserName, baseURL }) => {
  await openDemo(page, '/form/');
  const saved = await saveBy(page, browserName, () =>
    page.locator('download-button#one').getByRole('button').first().click(),
  );
  expect(saved.name).toBe('reads.bam');
  expect(await sha256OfFile(saved.path)).toBe(await new Bucket(baseURL!).sha256('runs/2026/reads.bam'));
});

/** A page with frames, and one whose policy allows none, so that a link has to do it. */
for (const path of ['/downloads/', '/strict/']) {
  test(`what the browser fetches by itself leaves no signature in the document of ${path}`, async ({
    page,
    browserName,
    baseURL,
  }) => {
    await openDemo(page, path);
    const written = await page.evaluateHandle(() => {
      const texts: string[] = [];
      const see = (node: Node): void => {
        if (!(node instanceof Element)) return;
        texts.push(...[...node.attributes].map(({ value }) => value));
        for (const child of node.children) see(child);
      };
      // Told of each change, also of what is gone again by then.
      new MutationObserver(records => {
        for (const { target, addedNodes } of records) for (const node of [target, ...addedNodes]) see(node);
      }).observe(document, { subtree: true, childList: true, attributes: true });
      return texts;
    });
    const saved = await saveBy(page, browserName, () =>
      page
        .locator('download-button')
        .first()
        .evaluate(async element => {
          const button = element as HTMLElement & {
            path: string;
            to: string;
            download(): Promise<unknown>;
          };
          Object.assign(button, { path: 'runs/2026/reads.bam', to: 'browser' });
          await button.download();
        }),
    );
    expect(saved.name).toBe('reads.bam');
    expect(await sha256OfFile(saved.path)).toBe(await new Bucket(baseURL!).sha256('runs/2026/reads.bam'));
    const values = await written.jsonValue();
    expect(values.length).toBeGreaterThan(0);
    expect(values.join('\n')).not.toMatch(/X-Amz-/i);
    expect(new URL(page.url()).pathname).toBe(path);
  });
}

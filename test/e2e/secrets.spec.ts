import { expect, test } from 'playwright/test';
import { nextTransferEnd, openDemo, openEntry } from './support/page.js';

/** design.md §4, rule 17: a token goes where it was made for and nowhere else, and is written down nowhere. */
test('signatures stay in the requests they were made for', async ({ page, browserName }) => {
  const consoleLines: string[] = [];
  const signatures = new Set<string>();
  const strayed: string[] = [];
  page.on('console', message => consoleLines.push(message.text()));
  page.on('request', request => {
    const url = new URL(request.url());
    const signature = url.searchParams.get('X-Amz-Signature');
    if (signature) {
      signatures.add(signature);
      if (request.headers().authorization) strayed.push(`Authorization sent to ${url.origin}`);
      if (request.headers().cookie) strayed.push(`Cookie sent to ${url.origin}`);
    }
    if (request.headers().referer?.includes('X-Amz-'))
      strayed.push(`Signature in a Referer to ${url.origin}`);
  });
  page.on('response', async response => {
    if (!response.url().endsWith('/api/sign')) return;
    const text = await response.text().catch(() => '');
    for (const [, signature = ''] of text.matchAll(/signature(?:"\s*:\s*"|=)([0-9a-f]{64})/gi)) {
      signatures.add(signature);
    }
  });
  await openDemo(page, `/#e2e-secrets-${browserName}/`);
  const ended = await nextTransferEnd(page);
  const input = page.locator('upload-dropzone input[type=file]').first();
  await input.setInputFiles([
    { name: 'small.txt', mimeType: 'text/plain', buffer: Buffer.from('small') },
    { name: 'parts.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(24 << 20, 7) },
  ]);
  expect(await ended()).toMatchObject({ state: 'done', done: 2 });
  await openEntry(page.locator('file-browser'), 'small.txt');
  await page.waitForTimeout(1_000);

  expect(signatures.size).toBeGreaterThan(4);
  expect(strayed).toEqual([]);
  const written = await page.evaluate(async () => {
    const texts: string[] = [];
    const walk = (root: Document | ShadowRoot) => {
      for (const element of root.querySelectorAll('*')) {
        for (const { value } of element.attributes) texts.push(value);
        if (element.shadowRoot) walk(element.shadowRoot);
      }
      texts.push(root.textContent ?? '');
    };
    walk(document);
    texts.push(JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, location.href);
    for (const { name } of await indexedDB.databases()) {
      if (!name) continue;
      const database = await new Promise<IDBDatabase>((done, fail) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
      });
      for (const storeName of database.objectStoreNames) {
        const all = database.transaction(storeName).objectStore(storeName).getAll();
        await new Promise(done => (all.onsuccess = done));
        texts.push(JSON.stringify(all.result));
      }
      database.close();
    }
    return texts.join('\n');
  });
  for (const signature of signatures) {
    expect(written).not.toContain(signature);
    expect(consoleLines.join('\n')).not.toContain(signature);
  }
  expect(written).not.toMatch(/X-Amz-(?:Signature|Credential|Security-Token)/i);
});

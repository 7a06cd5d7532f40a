import { expect, type Locator, type Page, type Request } from 'playwright/test';

/** Opens a demo page and waits until its elements are there, and its file browser, if it has one, lists the bucket. */
export async function openDemo(page: Page, path = '/'): Promise<void> {
  await page.goto(path);
  await page.waitForFunction(() => customElements.get('file-browser') !== undefined);
  const browser = page.locator('file-browser');
  if (path.startsWith('/form/')) await expect(page.locator('download-button').first()).toBeVisible();
  else await expect(browser.first().getByRole('grid')).toBeVisible();
}

/**
 * Opens an entry of a file browser. By Enter: Firefox's WebDriver sends two single clicks for a double click, and no
 * `dblclick` event, on any element.
 */
export async function openEntry(browser: Locator, name: string): Promise<void> {
  await browser.getByText(name, { exact: true }).first().click();
  await browser.page().keyboard.press('Enter');
}

/** What `transfer-end` said, as plain data. */
export interface EndedTransfer {
  state: string;
  done: number;
  failed: number;
  total: number;
  errors: { path: string; reason: string; message: string }[];
  levels: Record<string, number>;
}

/** Starts to listen for the end of the next transfer of a dropzone; await the result after having dropped. */
export async function nextTransferEnd(page: Page, selector = 'upload-dropzone') {
  const handle = await page.locator(selector).evaluateHandle(element => {
    const ended = new Promise<unknown>(done => {
      element.addEventListener(
        'transfer-end',
        event => {
          const { job } = event as unknown as { job: import('../../../src/transfer/types.js').TransferJob };
          const errors: EndedTransfer['errors'] = [];
          const levels: Record<string, number> = {};
          for (const item of job.items) {
            if (item.error) {
              const { reason, message } = item.error;
              errors.push({ path: item.path, reason, message });
            }
            const level = item.result?.verified?.level;
            if (level) levels[level] = (levels[level] ?? 0) + 1;
          }
          const { state, files } = job.snapshot;
          done({ state, done: files.done, failed: files.failed, total: files.total, errors, levels });
        },
        { once: true },
      );
    });
    return { ended };
  });
  return (): Promise<EndedTransfer> => handle.evaluate(({ ended }) => ended) as Promise<EndedTransfer>;
}

/** Counts requests of a kind that are under way at the same time, as the browser sees them. */
export function watchInFlight(page: Page, matches: (request: Request) => boolean): { most(): number } {
  const running = new Set<Request>();
  let most = 0;
  page.on('request', request => {
    if (!matches(request)) return;
    running.add(request);
    most = Math.max(most, running.size);
  });
  const ended = (request: Request) => void running.delete(request);
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  return { most: () => most };
}

import { rm } from 'node:fs/promises';
import type { CDPSession, LaunchOptions, Page } from 'playwright/test';
import { killBrowser, newProfile, openProfile } from '../e2e/support/killed-browser.js';
import { ensureBrowser } from '../tools/browsers.mjs';

/** A browser with one tab of the harness, which may be ended in every way and comes back with all that is on its disk. */
export class SoakBrowser {
  readonly name: 'chromium' | 'firefox';
  readonly #url: string;
  readonly #profile: string;
  readonly #options: LaunchOptions;
  #page: Page | undefined;
  #session: CDPSession | undefined;

  private constructor(name: 'chromium' | 'firefox', url: string, profile: string, options: LaunchOptions) {
    this.name = name;
    this.#url = url;
    this.#profile = profile;
    this.#options = options;
  }

  static async open(name: 'chromium' | 'firefox', url: string): Promise<SoakBrowser> {
    const found = ensureBrowser(name);
    if ('skip' in found) throw new Error(found.skip);
    const browser = new SoakBrowser(name, url, await newProfile(), found.launchOptions);
    await browser.#start();
    return browser;
  }

  get page(): Page {
    if (!this.#page) throw new Error('There is no tab.');
    return this.#page;
  }

  get profile(): string {
    return this.#profile;
  }

  async #start(): Promise<void> {
    await this.#use(await openProfile(this.name, this.#profile, this.#options, this.#url));
  }

  async #use(page: Page): Promise<void> {
    this.#page = page;
    this.#session = undefined;
    page.on('dialog', dialog => void dialog.accept().catch(() => {}));
    await page.goto(this.#url);
    await page.waitForFunction(() => globalThis.soak !== undefined);
  }

  async #devtools(): Promise<CDPSession | undefined> {
    if (this.name !== 'chromium') return undefined;
    return (this.#session ??= await this.page.context().newCDPSession(this.page));
  }

  // ── Ends of a tab ───────────────────────────────────────────────────────────────────────────────────────────────

  async reload(): Promise<void> {
    await this.#use(this.page);
  }

  async closeTab(): Promise<void> {
    const old = this.page;
    const next = await old.context().newPage();
    await old.close();
    await this.#use(next);
  }

  /** The process behind the tab ends in the middle of a word. */
  async crashTab(): Promise<void> {
    const session = await this.#devtools();
    if (!session) return this.killAll();
    const old = this.page;
    const crashed = old.waitForEvent('crash', { timeout: 10_000 }).catch(() => {});
    session.send('Page.crash').catch(() => {});
    await crashed;
    const next = await old.context().newPage();
    await old.close().catch(() => {});
    await this.#use(next);
  }

  async killAll(): Promise<void> {
    await killBrowser(this.#profile);
    await this.#start();
  }

  // ── What a machine does ─────────────────────────────────────────────────────────────────────────────────────────

  /** False: this browser cannot be made to believe it. */
  async setOffline(offline: boolean): Promise<boolean> {
    return this.page
      .context()
      .setOffline(offline)
      .then(
        () => true,
        () => false,
      );
  }

  /** The tab's timers and answers stand still, as in a laptop that sleeps. Chromium only. */
  async freeze(frozen: boolean): Promise<void> {
    const session = await this.#devtools();
    await session?.send('Page.setWebLifecycleState', { state: frozen ? 'frozen' : 'active' });
  }

  /** Bytes of living objects after a collection. Chromium only. */
  async heap(): Promise<number | undefined> {
    const session = await this.#devtools();
    if (!session) return undefined;
    for (let round = 0; round < 4; round++) {
      await session.send('HeapProfiler.collectGarbage');
      await new Promise(resolve => setTimeout(resolve, 250));
    }
    const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
    return usedSize;
  }

  async secondTab<T>(use: (page: Page) => Promise<T>): Promise<T> {
    const page = await this.page.context().newPage();
    try {
      await page.goto(this.#url);
      await page.waitForFunction(() => globalThis.soak !== undefined);
      return await use(page);
    } finally {
      await page.close();
    }
  }

  async close(): Promise<void> {
    await this.#page
      ?.context()
      .close()
      .catch(() => {});
    await killBrowser(this.#profile);
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/**
 * A browser as a person starts it, with a profile of its own that is thrown away. Not through an automation protocol:
 * those record the bodies of answers, which makes any measure of memory worthless.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserName, ensureBrowsers } from '../tools/browsers.mjs';

const firefoxSettings = (downloads: string): Record<string, string | number | boolean> => ({
  'browser.download.folderList': 2,
  'browser.download.dir': downloads,
  'browser.download.useDownloadDir': true,
  'browser.download.always_ask_before_handling_new_types': false,
  'browser.helperApps.neverAsk.saveToDisk': 'application/octet-stream,application/zip',
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.enabled': false,
  'network.captive-portal-service.enabled': false,
});

const chromiumSettings = (downloads: string): object => ({
  download: { default_directory: downloads, prompt_for_download: false },
  profile: { default_content_setting_values: { automatic_downloads: 1 } },
});

export class LaunchedBrowser implements Disposable {
  readonly name: BrowserName;
  readonly downloads: string;
  readonly profile: string;
  readonly #process: ChildProcess;

  /** @param folder for its profile and its downloads */
  constructor(name: BrowserName, folder: string, url: string) {
    this.name = name;
    const found = ensureBrowsers()[name];
    if ('skip' in found) throw new Error(`${name} is missing: ${found.skip}`);
    this.downloads = mkdtempSync(join(folder, 'downloads-'));
    this.profile = mkdtempSync(join(folder, 'profile-'));
    let parameters: string[];
    if (name === 'firefox') {
      const settings = Object.entries(firefoxSettings(this.downloads));
      const lines = settings.map(
        ([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});`,
      );
      writeFileSync(join(this.profile, 'user.js'), `${lines.join('\n')}\n`);
      parameters = ['--headless', '--no-remote', '--profile', this.profile, url];
    } else {
      mkdirSync(join(this.profile, 'Default'));
      writeFileSync(
        join(this.profile, 'Default', 'Preferences'),
        JSON.stringify(chromiumSettings(this.downloads)),
      );
      parameters = [
        '--headless=new',
        `--user-data-dir=${this.profile}`,
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        url,
      ];
    }
    // A group of its own, so that all of it ends at once.
    this.#process = spawn(found.path, parameters, { detached: true, stdio: 'ignore' });
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Path of the one file of that size below a folder of the profile: content of the browser's own storage. */
  storedFile(size: number): string | undefined {
    for (const entry of readdirSync(this.profile, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      if (statSync(path, { throwIfNoEntry: false })?.size === size) return path;
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    for (const folder of [this.profile, this.downloads]) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    }
  }
}

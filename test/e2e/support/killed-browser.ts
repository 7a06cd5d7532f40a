import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, firefox, type LaunchOptions, type Page } from 'playwright/test';

/** A profile of its own: its path names the processes of its browser, and no others. */
export const newProfile = (): Promise<string> => mkdtemp(join(tmpdir(), 'killed-browser-'));

/** A page of a browser that keeps everything in this profile. */
export async function openProfile(
  browserName: string,
  profile: string,
  launchOptions: LaunchOptions,
  baseURL: string,
): Promise<Page> {
  const kind = browserName === 'firefox' ? firefox : chromium;
  const context = await kind.launchPersistentContext(profile, { ...launchOptions, baseURL });
  context.setDefaultTimeout(30_000);
  return context.pages()[0] ?? context.newPage();
}

async function processesOf(profile: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').some(argument => argument.includes(profile))) found.push(Number(entry));
  }
  return found;
}

/** Ends the browser of a profile as a crash does: no page and no process gets to say anything. */
export async function killBrowser(profile: string): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const processes = await processesOf(profile);
    if (processes.length === 0) return;
    for (const id of processes) {
      try {
        process.kill(id, 'SIGKILL');
      } catch {
        // It ended with the others.
      }
    }
    await sleep(100);
  }
  throw new Error('The browser could not be killed.');
}

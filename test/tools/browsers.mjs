/**
 * Finds (or installs) the browsers that the tests, the benchmark and the screenshots drive.
 *
 * Order: the environment variable, the usual places, Playwright's own download, `playwright install`,
 * apt-get where that is possible, and at last an error that names the variable to set.
 * Chromium is required everywhere. Firefox is required in CI; on a person's own machine its absence is
 * reported as a reason to skip.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { chromium, firefox } from 'playwright';

/** @typedef {'chromium' | 'firefox'} BrowserName */
/** @typedef {{ name: BrowserName, path: string, launchOptions: import('playwright').LaunchOptions }} FoundBrowser */
/** @typedef {{ name: BrowserName, skip: string }} SkippedBrowser */

/** The answer of the first process, handed to its children so that none of them searches or installs again. */
const HANDED_DOWN = 'FILE_TRANSFER_ELEMENTS_BROWSERS';

const kinds = {
  chromium: {
    variable: 'CHROME_PATH',
    type: chromium,
    aptPackage: 'chromium',
    commands: [
      'google-chrome-stable',
      'google-chrome',
      'chromium',
      'chromium-browser',
      'microsoft-edge-stable',
      'microsoft-edge',
    ],
    mac: [
      'Google Chrome.app/Contents/MacOS/Google Chrome',
      'Chromium.app/Contents/MacOS/Chromium',
      'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ],
    windows: [
      'Google\\Chrome\\Application\\chrome.exe',
      'Chromium\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ],
  },
  firefox: {
    variable: 'FIREFOX_PATH',
    type: firefox,
    aptPackage: 'firefox-esr',
    commands: ['firefox-esr', 'firefox'],
    mac: ['Firefox.app/Contents/MacOS/firefox', 'Firefox ESR.app/Contents/MacOS/firefox'],
    windows: ['Mozilla Firefox\\firefox.exe'],
  },
};

/** @type {BrowserName[]} */
export const browserNames = ['chromium', 'firefox'];

export const inContinuousIntegration = /^(1|true)$/i.test(process.env.CI ?? '');

const isRoot = process.getuid?.() === 0;

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Some distributions put a script there that only says "install the snap": ask the file who it is. */
function startsAtAll(path) {
  if (process.platform !== 'linux') return true;
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

function usualPlaces({ commands, mac, windows }) {
  if (process.platform === 'darwin') {
    return ['/Applications', join(homedir(), 'Applications')].flatMap(folder =>
      mac.map(place => join(folder, place)),
    );
  }
  if (process.platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map(name => process.env[name]);
    return folders.filter(Boolean).flatMap(folder => windows.map(place => join(folder, place)));
  }
  const folders = new Set([
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/snap/bin',
  ]);
  return commands.flatMap(command => [...folders].filter(Boolean).map(folder => join(folder, command)));
}

function playwrightsOwn(kind) {
  try {
    const path = kind.type.executablePath();
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Looks for an installed browser; installs nothing.
 * @param {BrowserName} name
 * @returns {string | undefined}
 * @throws when the environment variable names a file that cannot be run: a typing error must not be passed over
 */
export function findBrowser(name) {
  const kind = kinds[name];
  const chosen = process.env[kind.variable];
  if (chosen) {
    if (!isExecutable(chosen)) throw new Error(`${kind.variable} names "${chosen}", which cannot be run.`);
    return chosen;
  }
  return usualPlaces(kind).find(path => isExecutable(path) && startsAtAll(path)) ?? playwrightsOwn(kind);
}

/** Output goes to standard error: standard output belongs to the test results. */
function run(command, ...parameters) {
  const result = spawnSync(command, parameters, {
    stdio: ['ignore', 2, 2],
    timeout: 480_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return result.status === 0;
}

function installBrowser(name) {
  process.stderr.write(`No ${name} found; trying to install it.\n`);
  const manifest = createRequire(import.meta.url).resolve('playwright/package.json');
  run(process.execPath, join(dirname(manifest), 'cli.js'), 'install', name);
  const own = playwrightsOwn(kinds[name]);
  // Playwright's build may lack system libraries on a bare machine; the distribution's package brings its own.
  if (own && startsAtAll(own)) return own;
  if (process.platform === 'linux' && isRoot && existsSync('/usr/bin/apt-get')) {
    run('apt-get', 'update', '-qq');
    run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', kinds[name].aptPackage);
  }
  return findBrowser(name);
}

/** @returns {import('playwright').LaunchOptions} */
function launchOptions(name, path) {
  if (name === 'firefox') {
    // A stock Firefox is driven over WebDriver BiDi (any channel beginning with "moz-"); Playwright's own is not.
    return path === playwrightsOwn(kinds.firefox)
      ? { executablePath: path }
      : { executablePath: path, channel: 'moz-firefox' };
  }
  return {
    executablePath: path,
    args: [
      ...(isRoot || inContinuousIntegration ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  };
}

/**
 * Finds or installs one browser.
 * @param {BrowserName} name
 * @returns {FoundBrowser | SkippedBrowser} `skip` holds the reason, for Firefox outside CI only
 * @throws when a required browser cannot be had; the message says which variable to set
 */
export function ensureBrowser(name) {
  const handedDown = JSON.parse(process.env[HANDED_DOWN] ?? '{}')[name];
  if (handedDown?.skip) return { name, skip: handedDown.skip };
  const path = handedDown?.path ?? findBrowser(name) ?? installBrowser(name);
  if (path) return { name, path, launchOptions: launchOptions(name, path) };
  const reason = `No ${name === 'chromium' ? 'Chrome, Chromium or Edge' : 'Firefox'} was found and none could be installed. Install one, or set ${kinds[name].variable} to its executable.`;
  if (name === 'firefox' && !inContinuousIntegration) return { name, skip: reason };
  throw new Error(reason);
}

/** @returns {Record<BrowserName, FoundBrowser | SkippedBrowser>} */
export function ensureBrowsers() {
  return { chromium: ensureBrowser('chromium'), firefox: ensureBrowser('firefox') };
}

/**
 * The environment for child processes that use the same browsers.
 * @param {Record<BrowserName, FoundBrowser | SkippedBrowser>} browsers
 */
export function browserEnvironment(browsers) {
  const known = Object.values(browsers).map(browser => [
    browser.name,
    'skip' in browser ? { skip: browser.skip } : { path: browser.path },
  ]);
  return { [HANDED_DOWN]: JSON.stringify(Object.fromEntries(known)) };
}

/**
 * `npm run soak`: many files through every adapter in a real browser while everything goes wrong that can, and at the
 * end a look at what arrived. A seed decides what is tried and when; the machine decides what comes of it.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SoakBrowser } from './browser.js';
import { check } from './checks.js';
import { Driver } from './driver.js';
import { resident } from './memory.js';
import { soakOptions } from './options.js';
import { planFiles } from './plan.js';
import { Random } from './random.js';
import { writeReport } from './report.js';
import { openServers } from './servers.js';
import { Troubles } from './trouble.js';

const options = soakOptions(process.argv.slice(2));
const { seed, minutes, files, browser: browserName, verbose } = options;
const began = Date.now();
const elapsed = () => ((Date.now() - began) / 1000).toFixed(0).padStart(5);
const say = (line: string) => {
  if (verbose) console.log(`${elapsed()} ${line}`);
};

/** Stand-ins report what the trouble does to themselves; that is no news here. */
let ownErrors = 0;
if (!verbose) {
  console.error = () => {
    ownErrors += 1;
  };
}

/** Ending well may take so long after the trouble, in milliseconds; whatever is open then hangs. */
const endWithin = 240_000 + minutes * 12_000;

console.log(`Soak: seed ${seed}, ${files} files, ${minutes} minutes, ${browserName}.`);
const planned = planFiles(seed, files);
const servers = await openServers(seed);
const browser = await SoakBrowser.open(browserName, servers.url);
const random = new Random(seed ^ 0xca05);
const troubles = new Troubles(servers, new Random(seed ^ 0xbad));
const driver = new Driver({ planned, browser, random, troubles, say });

/** Whatever happens, this ends. */
const guard = setTimeout(
  () => {
    console.log('The soak did not end in time. Open:', driver.pending);
    console.log('0 passed, 1 failed');
    process.exit(1);
  },
  minutes * 60_000 + endWithin * 2 + 180_000,
);

// ── What memory is like at the beginning: every storage has seen some files, and no trouble. ───────────────────────

for (let job = 0; job < 8; job++) await driver.give(4);
for (const until = Date.now() + 60_000; driver.account.ledger.count('given') > 0 && Date.now() < until; ) {
  await driver.poll();
  await sleep(200);
}
const memoryBefore = { heap: await browser.heap(), resident: await resident(browser.profile) };

// ── Trouble ────────────────────────────────────────────────────────────────────────────────────────────────────────

const length = minutes * 60_000;
const from = Date.now();
const share = () => (Date.now() - from) / length;
const batch = Math.max(4, Math.min(40, Math.round(files / 50)));
let nextOrder = 0;
/** The last part of the run is one life of the page, so that what it keeps has time to show. */
const lastEnd = 0.7;
const ends = Math.max(2, Math.round(minutes / 1.5));
const endTimes = Array.from({ length: ends }, (_, at) => (lastEnd * (at + 0.4 + random.next() * 0.6)) / ends);

const orders = [
  { weight: 5, run: () => driver.order('pause', 'item') },
  { weight: 5, run: () => driver.order('resume', 'item') },
  { weight: 3, run: () => driver.order('pause', 'job') },
  { weight: 5, run: () => driver.order('resume', 'job') },
  { weight: 1.5, run: () => driver.order('cancel', 'item') },
  { weight: 0.25, run: () => driver.order('cancel', 'job') },
  { weight: 2, run: () => driver.order('retry', 'job') },
  { weight: 1, run: () => driver.order('retry', 'item') },
  { weight: 3, run: () => driver.download() },
  { weight: 0.5, run: () => driver.tamper() },
  { weight: 0.5, run: () => driver.secondTab() },
  { weight: 0.5, run: () => offline() },
  { weight: 0.3, run: () => freeze() },
];

async function offline(): Promise<void> {
  const since = Date.now();
  if (!(await browser.setOffline(true))) return;
  await sleep(random.whole(300, 8000));
  await browser.setOffline(false);
  driver.account.count('offline');
  troubles.note('machine: offline', since, Date.now() + 2000);
}

async function freeze(): Promise<void> {
  if (browserName !== 'chromium') return;
  const since = Date.now();
  driver.account.count('tab frozen');
  await browser.freeze(true);
  await sleep(random.whole(500, 8000));
  await browser.freeze(false);
  troubles.note('machine: frozen', since, Date.now() + 5000);
}

/** Strikes whatever the driver is at. */
const striking = (async () => {
  const pauses = new Random(seed ^ 0x7a05e);
  while (share() < 1) {
    say(`trouble: ${await troubles.strike()}`);
    await sleep(pauses.whole(200, 3000));
  }
})();

let lastWord = 0;
while (share() < 1 || driver.account.ledger.count('planned') > 0) {
  const now = Date.now();
  const given = files - driver.account.ledger.count('planned');
  if (given < Math.min(files, files * share() * 1.05) && driver.account.ledger.count('given') < 300)
    await driver.give(batch);
  if (share() < 1) {
    if (now >= nextOrder) {
      await random.weighted(orders).run();
      nextOrder = now + random.whole(100, 1200);
    }
    if (endTimes.length > 0 && share() >= endTimes[0]!) {
      endTimes.shift();
      const how = random.pick(['reload', 'reload', 'closeTab', 'crashTab', 'killAll'] as const);
      say(`end of the page: ${how}`);
      // Something has to be under way to be broken off.
      for (let job = 0; job < 3; job++) await driver.give(batch);
      await sleep(random.whole(0, 3000));
      await driver.end(how);
    }
  } else if (share() > 2) {
    break;
  }
  await driver.poll();
  if (now - lastWord > 20_000) {
    lastWord = now;
    const { ledger } = driver.account;
    const words = (['planned', 'given', 'done', 'failed', 'cancelled'] as const).map(
      state => `${ledger.count(state)} ${state}`,
    );
    console.log(`${elapsed()} s: ${words.join(', ')}; ${driver.pending.length} promises open`);
  }
  await sleep(200);
}

// ── Fair weather: what can end well has to, and what failed is tried once more. ────────────────────────────────────

console.log(`${elapsed()} s: calm`);
await striking;
await troubles.calm();
await driver.resumeAll();

async function untilEnded(): Promise<boolean> {
  const until = Date.now() + endWithin;
  while (Date.now() < until) {
    const { jobs } = await driver.poll();
    if (jobs.every(({ open }) => open === 0) && driver.pending.length === 0) return true;
    await sleep(500);
  }
  return false;
}
let ended = await untilEnded();
const failedBefore = driver.account.ledger.count('failed');
for (const { id } of driver.jobs) await driver.send(id, 'retry');
ended = (await untilEnded()) && ended;
const settledAfter = Date.now();
console.log(
  `${elapsed()} s: ${ended ? 'everything has ended' : 'not everything has ended'}; looking at what arrived`,
);

if (ownErrors > 0) driver.account.count('errors of the stand-ins themselves', ownErrors);
const results = await check({ driver, servers, browser, seed, ended, memoryBefore, troubles });
clearTimeout(guard);
const report = writeReport({
  options,
  driver,
  troubles,
  results,
  began,
  calmSince: settledAfter,
  failedBefore,
});
console.log(report);
if (options.report) await writeFile(options.report, report);
await browser.close();
await servers.close();
const failed = results.filter(({ problems }) => problems.length > 0).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

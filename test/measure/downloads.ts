/**
 * `npm run measure:downloads [-- --only TEXT] [--browser NAME] [--mebibytes N] [--members N] [--files N]`: large
 * downloads into each place, in browsers that no protocol drives; what they take and whether all of it is right, as a
 * table. For Linux, which tells what memory is shared; needs 40 GB of disk and the better part of an hour.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type BrowserName, browserNames } from '../tools/browsers.mjs';
import { casesOf } from './cases.js';
import { mebibyte, World } from './world.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    browser: { type: 'string', multiple: true },
    mebibytes: { type: 'string', default: '4096' },
    members: { type: 'string', default: '70000' },
    files: { type: 'string', default: '5000' },
  },
});
const browsers = (values.browser ?? browserNames) as BrowserName[];
const cases = casesOf({
  large: Number(values.mebibytes) * mebibyte,
  members: Number(values.members),
  files: Number(values.files),
}).filter(({ title }) => values.only?.some(text => title.includes(text)) ?? true);

await using world = await World.make();
const rows: string[] = [];
let passed = 0;
let failed = 0;
for (const { title, run } of cases) {
  const cells: string[] = [];
  for (const browser of browsers) {
    const load = loadavg()[0]!.toFixed(0);
    try {
      cells.push(await run(world, browser));
      passed += 1;
    } catch (error) {
      cells.push(`FAILED: ${(error as Error).message}`);
      failed += 1;
    }
    world.store.faults.reset();
    console.error(`${title} · ${browser} (load ${load}): ${cells.at(-1)}`);
  }
  rows.push(`| ${title} | ${cells.join(' | ')} |`);
}
console.log(
  [`| | ${browsers.join(' | ')} |`, `| --- |${' --- |'.repeat(browsers.length)}`, ...rows].join('\n'),
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

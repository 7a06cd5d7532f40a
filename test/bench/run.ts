/**
 * `npm run bench [-- --rounds N] [--only TEXT] [--write] [--profile]`: our uploads beside their peers, in one Chromium,
 * taking turns; medians and ratios as Markdown. `--write` puts the table into README.md; `--profile` tells instead what
 * the page's thread does in one turn of each contender.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { ensureBrowsers } from '../tools/browsers.mjs';
import type { BenchCall } from './page/main.js';
import { profiled } from './profile.js';

interface Case {
  title: string;
  link: { delay: number; bytesPerSecond: number };
  call: Omit<BenchCall, 'contender' | 'origins'>;
  contenders: string[];
  /** What all others are compared with. */
  base: string;
  /** Fewer rounds for work that takes minutes. */
  rounds?: number;
}

const mebibyte = 1024 * 1024;
const loopback = { delay: 0, bytesPerSecond: 0 };
const large = ['raw', 'uppyS3', 'tus', 'oursNoChecksum', 'oursOneOrigin', 'oursThreeOrigins'];
/** Without checksums each small file costs a look at its size instead, so that is no contender here. */
const small = ['raw', 'uppyS3', 'tus', 'oursOneOrigin'];
const cases: Case[] = [
  {
    title: '256 MiB, loopback',
    link: loopback,
    call: { work: 'large', fileIndex: 0 },
    contenders: large,
    base: 'raw',
  },
  {
    title: '96 MiB, 50 ms a request, 4 MB/s a connection',
    link: { delay: 50, bytesPerSecond: 4_000_000 },
    call: { work: 'large', fileIndex: 1 },
    contenders: large,
    base: 'raw',
  },
  {
    title: '1,000 × 4 KiB, loopback',
    link: loopback,
    call: { work: 'small', count: 1_000, size: 4_096 },
    contenders: small,
    base: 'raw',
  },
  {
    title: '1,000 × 4 KiB, 30 ms a request',
    link: { delay: 30, bytesPerSecond: 0 },
    call: { work: 'small', count: 1_000, size: 4_096 },
    contenders: small,
    base: 'raw',
  },
  {
    title: '10,000 files into the queue',
    link: loopback,
    call: { work: 'enqueue', count: 10_000, size: 16 },
    contenders: ['uppyS3', 'oursOneOrigin'],
    base: 'uppyS3',
    rounds: 1,
  },
  {
    title: '100,000 files into the queue',
    link: loopback,
    call: { work: 'enqueue', count: 100_000, size: 16 },
    contenders: ['oursOneOrigin'],
    base: 'oursOneOrigin',
  },
];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    write: { type: 'boolean' },
    profile: { type: 'boolean' },
  },
});
const rounds = Number(values.rounds);
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));

const sink = fork(fileURLToPath(new URL('./sink-server.ts', import.meta.url)), {
  execArgv: ['--import', 'tsx'],
});
const { ports } = await reply<{ ports: number[] }>(sink);
const origins = ports.map(port => `http://127.0.0.1:${port}`);
const vite = await createServer({
  configFile: join(root, 'vite.config.ts'),
  root: join(root, 'test/bench/page'),
  server: { port: 0, host: '127.0.0.1', hmr: false },
  logLevel: 'warn',
});
await vite.listen();
const found = ensureBrowsers().chromium;
if ('skip' in found) throw new Error(`The benchmark needs Chromium: ${found.skip}`);
const browser = await chromium.launch(found.launchOptions);
const tables: string[] = [];
try {
  const page = await browser.newPage();
  page.on('pageerror', error => console.error(error));
  await page.goto(vite.resolvedUrls!.local[0]!);
  await page.waitForFunction(() => 'bench' in globalThis, undefined, { timeout: 60_000 });
  const names = await page.evaluate(
    () => (globalThis as unknown as { bench: { names: Record<string, string> } }).bench.names,
  );
  const files = [256, 96].map(size => {
    const path = join(folder, `${size}.bin`);
    writeFileSync(path, Buffer.concat(Array.from({ length: size }, () => randomBytes(mebibyte))));
    return path;
  });
  await page.setInputFiles('#large', files);
  const measure = (call: BenchCall) =>
    page.evaluate(
      given =>
        (globalThis as unknown as { bench: { run(call: BenchCall): Promise<number> } }).bench.run(given),
      call,
    );
  for (const one of cases) {
    if (values.only && !one.title.includes(values.only)) continue;
    sink.send({ ...one.link, reset: true });
    await reply(sink);
    if (values.profile) {
      for (const contender of one.contenders) {
        const call = { ...one.call, contender, origins };
        await measure(call);
        console.log(`\n${one.title} · ${names[contender]}\n${await profiled(page, () => measure(call))}`);
      }
      continue;
    }
    const times = new Map<string, number[]>(one.contenders.map(id => [id, []]));
    const turns = one.rounds ?? rounds;
    for (let round = 0; round <= turns; round++) {
      // Each round starts with another contender; round 0 warms up and does not count.
      if (round === 0 && one.rounds === 1) continue;
      for (let turn = 0; turn < one.contenders.length; turn++) {
        const contender = one.contenders[(turn + round) % one.contenders.length]!;
        const time = await measure({ ...one.call, contender, origins });
        if (round > 0 || one.rounds === 1) times.get(contender)!.push(time);
        console.error(`${one.title} · round ${round} · ${names[contender]}: ${Math.round(time)} ms`);
      }
    }
    tables.push(table(one, times, names));
  }
} finally {
  await browser.close();
  await vite.close();
  sink.disconnect();
  rmSync(folder, { recursive: true, force: true });
}
const report = tables.join('\n\n');
console.log(report);
if (values.write) writeReport(report);

function table(one: Case, times: Map<string, number[]>, names: Record<string, string>): string {
  const base = median(times.get(one.base)!);
  const rows = one.contenders.map(id => {
    const own = times.get(id)!;
    const spread = `${seconds(Math.min(...own))}–${seconds(Math.max(...own))}`;
    return `| ${names[id]} | ${seconds(median(own))} | ${spread} | ${(median(own) / base).toFixed(2)} |`;
  });
  return [
    `**${one.title}**`,
    '',
    `| | median s | range s | ratio to ${names[one.base]} |`,
    '| --- | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1);
}

function writeReport(text: string): void {
  const file = resolve(root, 'README.md');
  const [before, , after] = readFileSync(file, 'utf8').split(/<!-- bench:(?:start|end) -->/);
  if (after === undefined)
    throw new Error('README.md has no <!-- bench:start --> … <!-- bench:end --> place.');
  writeFileSync(file, `${before}<!-- bench:start -->\n\n${text}\n\n<!-- bench:end -->${after}`);
}

function reply<T>(child: ChildProcess): Promise<T> {
  return new Promise((done, fail) => {
    child.once('message', message => done(message as T));
    child.once('exit', code => fail(new Error(`The sink ended with code ${code}.`)));
  });
}

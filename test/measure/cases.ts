/** What is measured, and what has to come of it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserName } from '../tools/browsers.mjs';
import { isAddressable, keysOfTree, refusalOf } from './hostile-tree.js';
import type { Outcome, Place } from './page/protocol.js';
import { isSame, mebibyte, type Source, type Visit, type World } from './world.js';

export interface Case {
  readonly title: string;
  /** Resolves to the figures. Throws when something is not as it has to be. */
  run(world: World, browser: BrowserName): Promise<string>;
}

export interface Sizes {
  /** Bytes of the large object. */
  readonly large: number;
  readonly members: number;
  readonly files: number;
}

/** Bytes by which all processes of a browser may grow. */
const mostGrowth = 250 * mebibyte;

const mib = (bytes: number): string => `${Math.round(bytes / mebibyte)} MiB`;
const seconds = (milliseconds: number | undefined): string => `${((milliseconds ?? 0) / 1000).toFixed(1)} s`;

/** Each large object is made once. */
const made = new Map<string, Promise<Source>>();
function sourceOf(world: World, key: string, size: number): Promise<Source> {
  let source = made.get(key);
  if (source === undefined) made.set(key, (source = world.source(key, size)));
  return source;
}

function assertDone(outcome: Outcome | undefined): asserts outcome is Outcome {
  assert.equal(outcome?.state, 'done', outcome?.error ?? 'The page was loaded again.');
}

async function contentIn(place: Place, visit: Visit, size: number): Promise<string | undefined> {
  if (place === 'picked' || place === 'resumable' || place === 'directory')
    return visit.browser.storedFile(size);
  return place === 'drain' ? undefined : visit.saved(size);
}

const intoSink = (title: string, to: Place, size: number, pace?: number): Case => ({
  title,
  async run(world, browser) {
    const source = await sourceOf(world, `object-${size}.bin`, size);
    using visit = await world.open(browser);
    const { key: path } = source;
    const outcome = await visit.do({
      ...{ kind: 'download', store: world.access, paths: [path], to },
      ...(pace === undefined ? {} : { pace }),
    });
    assertDone(outcome);
    const content = await contentIn(to, visit, size);
    const { growth } = visit;
    if (to === 'drain') assert.equal(outcome.crc, source.crc, 'other bytes came');
    else assert.ok(content !== undefined && isSame(content, source.path), 'the file is another one');
    assert.ok(growth < mostGrowth, `all processes of the browser grew by ${mib(growth)}`);
    return `${seconds(outcome.milliseconds)}, +${mib(growth)}, checked by ${outcome.level}`;
  },
});

const reload = (title: string, to: Place, size: number): Case => ({
  title,
  async run(world, browser) {
    const source = await sourceOf(world, `object-${size}.bin`, size);
    using visit = await world.open(browser);
    const command = { kind: 'download', store: world.access, paths: [source.key], to } as const;
    world.forget();
    const before = await visit.do({ ...command, reloadAt: size / 2 });
    assert.equal(before, undefined, 'the page was not loaded again');
    await world.idle();
    const first = world.sent;
    world.forget();
    assertDone(await visit.do(command));
    const second = world.sent;
    const content = await contentIn(to, visit, size);
    assert.ok(content !== undefined && isSame(content, source.path), 'the file is another one');
    const twice = first + second - size;
    // Ranges under way at that moment, and what was not on the disk yet.
    assert.ok(twice < 6 * 32 * mebibyte, `${mib(twice)} were fetched twice`);
    assert.ok(second < size * 0.65, `${mib(second)} were fetched afterwards`);
    return `${mib(first)} before, ${mib(second)} after it: ${mib(twice)} of ranges under way came twice`;
  },
});

const link = { delay: 50, bytesPerSecond: 4_000_000 };
const speed: Case = {
  title: '256 MiB over 50 ms and 4 MB/s per connection',
  async run(world, browser) {
    const source = await sourceOf(world, 'speed.bin', 256 * mebibyte);
    using visit = await world.open(browser);
    const { faults } = world.store;
    Object.assign(faults, link);
    try {
      const one = await visit.do({ kind: 'one-stream', store: world.access, path: source.key });
      assert.equal(one?.bytes, source.size);
      const ours = await visit.do({
        kind: 'download',
        store: world.access,
        paths: [source.key],
        to: 'picked',
      });
      assertDone(ours);
      const factor = one.milliseconds! / ours.milliseconds!;
      assert.ok(factor >= 4, `only ${factor.toFixed(1)} times as fast`);
      return `${seconds(ours.milliseconds)} against ${seconds(one.milliseconds)} over one stream: ${factor.toFixed(1)} times as fast`;
    } finally {
      faults.reset();
    }
  },
};

const tree = (count: number): Case => ({
  title: `tree of ${count} files with hostile names, three times`,
  async run(world, browser) {
    const keys = keysOfTree(count);
    const named = keys.filter(isAddressable);
    for (const key of keys) await world.put(key, `${browser} 0 ${key}`);
    const changed = named.slice(25, 35);
    using visit = await world.open(browser);
    const fetched: number[] = [];
    for (const round of [0, 1, 2]) {
      if (round === 2) {
        for (const key of changed) await world.put(key, `${browser} 2 ${key}`);
      }
      world.forget();
      const outcome = await visit.do({
        ...{ kind: 'download', store: world.access, paths: ['tree/'], to: 'directory' },
      });
      assert.match(outcome?.error ?? '', /Browsers cannot send a path with/);
      const { done, skipped, failed } = outcome!.files!;
      assert.deepEqual([done + skipped, failed], [named.length, count - named.length]);
      fetched.push(world.requests);
    }
    const { tree: found } = (await visit.do({ kind: 'tree' }))!;
    for (const path of Object.keys(found!)) assert.equal(refusalOf(path), undefined, path);
    const expected = named.map(key => `${browser} ${changed.includes(key) ? 2 : 0} ${key}`);
    assert.deepEqual(Object.values(found!).sort(), expected.sort());
    assert.deepEqual(fetched, [named.length, 0, 10]);
    return `fetched ${fetched.join(', then ')} files, each under a safe name of its own; ${count - named.length} that no browser can ask for are told so`;
  },
});

/** Runs the first of `commands` that is installed. */
function runAny(commands: readonly string[], parameters: readonly string[]) {
  for (const command of commands) {
    const ended = spawnSync(command, parameters, { encoding: 'utf8', maxBuffer: 64 * mebibyte });
    if (!ended.error) return ended;
  }
  return undefined;
}

/** What each reader of archives says; a missing one is skipped with that reason. */
function readArchive(path: string): string {
  // Debian has had 7z under either name.
  const readers: [name: string, commands: string[], ...parameters: string[]][] = [
    ['unzip', ['unzip'], '-tq', path],
    ['Python', ['python3'], '-m', 'zipfile', '-t', path],
    ['7z', ['7z', '7zz'], 't', '-bd', path],
  ];
  const said = readers.map(([name, commands, ...parameters]) => {
    const read = runAny(commands, parameters);
    if (read === undefined) return `${name} skipped: not installed`;
    const { status, stdout, stderr } = read;
    assert.equal(status, 0, `${name}: ${(stdout + stderr).slice(-500)}`);
    assert.doesNotMatch(stdout + stderr, /corrupted|bad zipfile|warning/i);
    return name;
  });
  return `read without complaint by ${said.join(', ')}`;
}

const manyMembers = (count: number): Case => ({
  title: `zip of ${count} entries`,
  async run(world, browser) {
    using visit = await world.open(browser);
    const outcome = await visit.do({ kind: 'many-members', count });
    assertDone(outcome);
    assert.equal(outcome.files!.done, count);
    const path = await visit.saved();
    await sleep(1000);
    return `${seconds(outcome.milliseconds)}, +${mib(visit.growth)}, ${readArchive(path)}`;
  },
});

const largeZip = (size: number): Case => ({
  title: `zip of ${mib(size * 1.5)}, interrupted by a reload at half way`,
  async run(world, browser) {
    const sources = [
      await sourceOf(world, `object-${size}.bin`, size),
      await sourceOf(world, 'second.bin', size / 4),
      await sourceOf(world, 'third.bin', size / 4),
    ];
    using visit = await world.open(browser);
    const paths = sources.map(({ key }) => key);
    const command = { kind: 'download', store: world.access, paths, to: 'zip' } as const;
    world.forget();
    await visit.do({ ...command, reloadAt: size * 0.75 });
    await world.idle();
    const first = world.sent;
    world.forget();
    const outcome = await visit.do(command);
    assertDone(outcome);
    const second = world.sent;
    assert.ok(second < size, `${mib(second)} were fetched afterwards`);
    const path = await visit.saved();
    return `${mib(first)} before, ${mib(second)} after it, +${mib(visit.growth)}, ${readArchive(path)}`;
  },
});

const tooLargeForMemory = (size: number): Case => ({
  title: `${mib(size)} into memory`,
  async run(world, browser) {
    const { key } = await sourceOf(world, `object-${size}.bin`, size);
    using visit = await world.open(browser);
    const outcome = await visit.do({ kind: 'download', store: world.access, paths: [key], to: 'memory' });
    assert.equal(outcome?.state, 'incomplete');
    assert.match(outcome.error!, /too large to hold in memory/);
    return `refused, +${mib(visit.growth)}`;
  },
});

export function casesOf({ large, members, files }: Sizes): Case[] {
  const size = mib(large);
  return [
    intoSink(`${size} staged in the browser’s storage, then saved`, 'files', large),
    intoSink(`${size} through the download worker`, 'stream', large),
    intoSink(`${size} into a picked file`, 'picked', large),
    intoSink(`${size} into a picked folder`, 'directory', large),
    intoSink('1024 MiB into a slow stream (16 MiB/s)', 'drain', 1024 * mebibyte, 16 * mebibyte),
    reload(`${size}, page loaded again at half way`, 'files', large),
    intoSink(`${size} staged, then into a picked file`, 'resumable', large),
    reload(`${size} staged, then into a picked file, page loaded again at half way`, 'resumable', large),
    tree(files),
    manyMembers(members),
    largeZip(large),
    speed,
    intoSink(`${size} into a stream of the page’s`, 'drain', large),
    intoSink(`${size} by the browser alone`, 'navigate', large),
    tooLargeForMemory(large),
  ];
}

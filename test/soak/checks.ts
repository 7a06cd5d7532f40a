/** What has to hold at the end, whatever happened. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SoakBrowser } from './browser.js';
import { Content } from './content.js';
import type { Driver } from './driver.js';
import type { FileRecord } from './ledger.js';
import { type Resident, resident } from './memory.js';
import type { Servers } from './servers.js';
import type { Troubles } from './trouble.js';

export interface CheckResult {
  readonly what: string;
  readonly problems: readonly string[];
  readonly note?: string;
}

export interface Memory {
  /** Bytes of living objects of the page; undefined where the browser does not say. */
  readonly heap: number | undefined;
  readonly resident: Resident;
}

interface CheckOptions {
  readonly driver: Driver;
  readonly servers: Servers;
  readonly browser: SoakBrowser;
  readonly seed: number;
  readonly ended: boolean;
  readonly memoryBefore: Memory;
  readonly troubles: Troubles;
}

const MiB = 1024 ** 2;
/** What a page may hold more after thousands of files than after some, in bytes. */
const heapSlack = 12 * MiB;
/** The same for all processes of a browser, whose allocators give back what they like. */
const residentSlack = 400 * MiB;

const nameOf = ({ storage, path }: FileRecord): string => `${storage} ${JSON.stringify(path)}`;

export async function check(options: CheckOptions): Promise<CheckResult[]> {
  const { driver, servers, browser, ended } = options;
  const { ledger } = driver.account;
  const open = driver.jobs.flatMap(({ id, report }) =>
    report && report.open > 0 ? [`${id} (${report.storage}): ${report.open} files, ${report.state}`] : [],
  );
  const states = ledger.files.filter(({ state }) => state === 'planned' || state === 'given');
  const results: CheckResult[] = [
    {
      what: 'every job has ended',
      problems: [
        ...open,
        ...states.map(
          file => `${file.state}: ${nameOf(file)} ${file.last?.state} ${file.last?.message ?? ''}`,
        ),
      ],
    },
    { what: 'no promise hangs', problems: ended ? [] : [...driver.pending] },
    { what: 'nothing happened that never may', problems: [...new Set(driver.account.violations)] },
    await contents(options),
    ...reasons(options),
    downloads(options),
  ];
  await driver.dismissAll();
  // Letting go of what failed asks the storage, too.
  await sleep(3000);
  results.push(await strays(options));
  const rows = await browser.page.evaluate(() => soak.journalRows());
  results.push({ what: 'the journal is empty', problems: rows === 0 ? [] : [`${rows} rows`] });
  const left = await servers.unfinished();
  // UbiOps has no way to end an upload: what was given up is left to the storage's own rules, as its users know. What a
  // repository has begun at the storage behind it is the repository's: the page sees, and answers for, its entries.
  const others = ['platform-ubiops', 'platform-invenio'];
  const endless = left.filter(({ bucket }) => others.includes(bucket));
  results.push({
    what: 'no unfinished upload is at any storage that can end one',
    problems: left.flatMap(({ bucket, key }) => (others.includes(bucket) ? [] : [`${bucket} ${key}`])),
    note: `${endless.length} behind UbiOps and Invenio, which a page cannot end`,
  });
  results.push(await memory(options));
  return results;
}

/** Each file is there with one of the contents it has had, or is said not to be there. */
async function contents({ driver, servers, seed }: CheckOptions): Promise<CheckResult> {
  const content = new Content(seed);
  const hashOf = (file: FileRecord, version: number): string => {
    const hash = createHash('sha256');
    for (const piece of content.pieces({ file: file.file, version, size: file.size })) hash.update(piece);
    return hash.digest('hex');
  };
  const problems: string[] = [];
  let bytes = 0;
  let stayed = 0;
  for (const file of driver.account.ledger.files) {
    const held = await servers.held(file.storage, file.path);
    const versions = Array.from({ length: file.version + 1 }, (_, version) => version);
    const right = held.length > 0 ? versions.map(version => hashOf(file, version)) : [];
    for (const { sha256, size } of held) {
      bytes += size;
      if (!right.includes(sha256)) {
        problems.push(`${nameOf(file)} (${file.state}) is there with wrong bytes: ${size} of ${file.size}`);
      }
    }
    if (file.state === 'done' && held.length === 0)
      problems.push(`${nameOf(file)} is said to be done and is not there`);
    if (file.state === 'cancelled' && held.length > 0 && file.times === 1) stayed += 1;
    if (file.isImpossible && held.length > 0) problems.push(`${nameOf(file)} cannot be there and is`);
  }
  const { ledger } = driver.account;
  const note = `${ledger.count('done')} files stored (${Math.round(bytes / MiB)} MiB hashed), ${ledger.count('failed')} failed, ${ledger.count('cancelled')} cancelled, of which ${stayed} had arrived all the same`;
  return { what: 'every file that is said to be stored has the right SHA-256', problems, note };
}

function reasons({ driver }: CheckOptions): CheckResult[] {
  const untrue = driver.account.failures.filter(({ explained }) => !explained);
  const final = driver.account.ledger.files.filter(
    ({ state, isImpossible, isDubious, last }) =>
      state === 'failed' && !isImpossible && !(isDubious && last?.reason === 'invalid-name'),
  );
  const accepted = driver.account.ledger.files.filter(
    ({ state, isImpossible }) => state === 'done' && isImpossible,
  );
  return [
    {
      what: 'every failure gives a true reason',
      problems: untrue.map(({ file, report }) => `${nameOf(file)}: ${report.reason} (${report.message})`),
      note: `${driver.account.failures.length} failures on the way`,
    },
    {
      what: 'in fair weather one more try stores what had failed',
      problems: [
        ...final.map(file => `${nameOf(file)}: ${file.last?.reason} (${file.last?.message})`),
        ...accepted.map(file => `${nameOf(file)} has an impossible name and is said to be stored`),
      ],
    },
  ];
}

function downloads({ driver, seed }: CheckOptions): CheckResult {
  const content = new Content(seed);
  const problems: string[] = [];
  let done = 0;
  for (const { file, report, explained } of driver.account.downloads) {
    if (report.state === 'failed') {
      if (!explained) problems.push(`${nameOf(file)}: ${report.reason} (${report.message})`);
      continue;
    }
    done += 1;
    const isRight = Array.from({ length: file.version + 1 }, (_, version) => version).some(version => {
      const hash = createHash('sha256');
      for (const piece of content.pieces({ file: file.file, version, size: file.size })) hash.update(piece);
      return hash.digest('hex') === report.sha256;
    });
    if (!isRight) problems.push(`${nameOf(file)} came with wrong bytes`);
  }
  return {
    what: 'every download has the right SHA-256 or a true reason',
    problems,
    note: `${done} downloaded, ${driver.account.downloads.length - done} failed`,
  };
}

interface Span {
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly ended?: number | undefined;
}

/** Milliseconds that an answer may take from a platform to the page. */
const answerTime = 3000;

/**
 * Uploads at a storage of which the browser knows nothing. Only two things may leave one: the answer to its beginning
 * was lost, or the page ended before it could be written down.
 */
async function strays({ driver, browser, servers, troubles }: CheckOptions): Promise<CheckResult> {
  const found = await browser.page.evaluate(() => soak.clearStrays());
  const begun = servers.store.stats.log.filter(({ operation }) => operation === 'CreateMultipartUpload');
  /** A platform that begins the upload at its storage has yet to answer the page. */
  const about = ({ started, ended = started }: Span) => troubles.during(started, ended + answerTime);
  /** Whether the page may not have heard the answer. */
  const isLost = (span: Span): boolean => {
    const { started, ended = started } = span;
    const pageEnded = driver.ends.some(
      time => Math.abs(time - ended) < 5000 || (time > started && time < ended),
    );
    const kinds = [...about(span)];
    return (
      pageEnded ||
      kinds.some(kind => kind.startsWith('network') || kind.includes('lost') || kind.startsWith('machine'))
    );
  };
  // Small files of InvenioRDM are announced there and nowhere else, and what was announced is not in the log: each such
  // stray needs one announcement whose answer may not have come.
  let unheard = servers
    .announcements()
    .filter(
      ({ status, fault, ...span }) => status >= 400 || status === 0 || fault !== undefined || isLost(span),
    ).length;
  const problems = found.flatMap(stray => {
    const path = stray.slice(stray.indexOf(' ') + 1);
    const attempts = begun.filter(({ key }) => key === path || key.endsWith(`/${path}`));
    if (attempts.some(attempt => attempt.status !== 200 || isLost(attempt))) return [];
    if (attempts.length === 0 && stray.startsWith('invenio ') && unheard-- > 0) return [];
    const seen = attempts.map(attempt => `begun amid ${[...about(attempt)].join(', ') || 'no trouble'}`);
    return [`${stray} (${seen.join('; ') || 'never begun'})`];
  });
  return {
    what: 'uploads that nobody knows of have a cause, and can be cleared away',
    problems,
    note: `${found.length} found and cleared away`,
  };
}

async function memory({ browser, memoryBefore }: CheckOptions): Promise<CheckResult> {
  const heap = await browser.heap();
  const now = await resident(browser.profile);
  const before = memoryBefore.resident;
  const inMiB = (bytes: number | undefined) =>
    bytes === undefined ? 'unknown' : `${(bytes / MiB).toFixed(1)} MiB`;
  const note = [
    `objects of the page: ${inMiB(memoryBefore.heap)} at first, ${inMiB(heap)} at the end`,
    `processes of pages: ${inMiB(before.pages)}, ${inMiB(now.pages)}`,
    `all processes: ${inMiB(before.all)}, ${inMiB(now.all)}`,
  ].join('; ');
  const problems: string[] = [];
  if (heap !== undefined && memoryBefore.heap !== undefined && heap > memoryBefore.heap + heapSlack) {
    problems.push('the page holds more than it did');
  }
  if (now.all > 0 && now.pages === 0) problems.push('no process of a page was found');
  if (now.pages > before.pages + residentSlack)
    problems.push('the processes of pages hold more than they did');
  // The main process of a Firefox that is driven by a test keeps growing, also once its last page is gone (measured by
  // going to about:blank): that is told, and not held against the page.
  const isJudgedWhole = heap !== undefined;
  if (isJudgedWhole && now.all > before.all + residentSlack) {
    problems.push('the browser holds more than it did');
  }
  return { what: 'memory is back to where it was', problems, note };
}

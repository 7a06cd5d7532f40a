/** Drives one page through a run: gives it files, disturbs it, ends it, and listens to what it says. */
import { Account } from './account.js';
import { answered } from './answered.js';
import type { SoakBrowser } from './browser.js';
import type { FileRecord } from './ledger.js';
import { type PlannedFile, type StorageName, storageNames } from './plan.js';
import type { ItemReport, JobReport, Order, PageReport } from './protocol.js';
import type { Random } from './random.js';
import type { Troubles } from './trouble.js';

interface KnownJob {
  readonly id: string;
  readonly storage: StorageName;
  /** By index of its items. */
  readonly files: readonly (FileRecord | undefined)[];
  readonly download: FileRecord | undefined;
  readonly began: number;
  report: JobReport | undefined;
  /** Of a download: its end was told. */
  told: boolean;
}

export class Driver {
  readonly account: Account;
  /** When the page was ended without a word, milliseconds since 1970. */
  readonly ends: number[] = [];
  pending: readonly string[] = [];
  journalProblem: string | undefined;
  readonly #browser: SoakBrowser;
  readonly #random: Random;
  readonly #troubles: Troubles;
  #jobs = new Map<string, KnownJob>();
  #lastJob = 0;

  constructor(parts: {
    planned: readonly PlannedFile[];
    browser: SoakBrowser;
    random: Random;
    troubles: Troubles;
    say: (line: string) => void;
  }) {
    this.account = new Account(parts.planned, parts.troubles, parts.say);
    this.#browser = parts.browser;
    this.#random = parts.random;
    this.#troubles = parts.troubles;
  }

  get jobs(): readonly KnownJob[] {
    return [...this.#jobs.values()];
  }

  #job(storage: StorageName, files: readonly (FileRecord | undefined)[], download?: FileRecord): KnownJob {
    const id = `${download ? 'download' : 'job'}-${++this.#lastJob}`;
    const job = { id, storage, files, download, began: Date.now(), report: undefined, told: false };
    this.#jobs.set(id, job);
    return job;
  }

  // ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Begins a job of some files of one storage. */
  async give(most: number): Promise<void> {
    const planned = this.account.ledger.in('planned');
    if (planned.length === 0) return;
    const { storage } = this.#random.pick(planned);
    const batch = planned.filter(file => file.storage === storage).slice(0, this.#random.whole(1, most));
    const job = this.#job(storage, batch);
    for (const [index, file] of batch.entries()) this.#given(file, job, index);
    this.account.count('jobs');
    this.account.count('files given', batch.length);
    const files = batch.map(({ file, path, size, isKept, version }) => ({
      file,
      path,
      size,
      isKept,
      version,
    }));
    await answered(
      'upload',
      this.#browser.page.evaluate(([id, at, list]) => soak.upload(id, at, list), [
        job.id,
        storage,
        files,
      ] as const),
    );
  }

  #given(file: FileRecord, job: KnownJob, index: number): void {
    Object.assign(file, {
      state: 'given',
      job: job.id,
      index,
      times: file.times + 1,
      given: Date.now(),
      cancelled: false,
    });
  }

  async download(): Promise<void> {
    const there = this.account.ledger.files.filter(
      ({ state, storage }) => state === 'done' && storage !== 'deep-lake',
    );
    if (there.length === 0) return;
    const file = this.#random.pick(there);
    const job = this.#job(file.storage, [], file);
    this.account.count('downloads');
    await answered(
      'download',
      this.#browser.page.evaluate(([id, at, path, toDisk]) => soak.download(id, at, path, toDisk), [
        job.id,
        file.storage,
        file.path,
        this.#random.chance(0.5),
      ] as const),
    );
  }

  /** Somebody writes to a file on disk that is being uploaded. */
  async tamper(): Promise<void> {
    const open = this.account.ledger.in('given').filter(({ isKept }) => isKept);
    if (open.length === 0) return;
    const file = this.#random.pick(open);
    file.tampered = true;
    file.version += 1;
    this.#troubles.note('file: changed on disk', Date.now(), Date.now() + 3_600_000);
    this.account.count('files changed on disk');
    await answered(
      'tamper',
      this.#browser.page.evaluate(([name, version, size]) => soak.tamper(name, version, size), [
        file.file,
        file.version,
        file.size,
      ] as const),
    );
  }

  // ── What a person does ──────────────────────────────────────────────────────────────────────────────────────────

  async order(what: Order, scope: 'job' | 'item'): Promise<void> {
    const open = this.jobs.filter(
      ({ report }) => report && (what === 'retry' ? report.failed > 0 : report.open > 0),
    );
    if (open.length === 0) return;
    const job = this.#random.pick(open);
    let index: number | undefined;
    if (scope === 'item') {
      const items = job.files.flatMap((file, at) =>
        file?.state === (what === 'retry' ? 'failed' : 'given') ? [at] : [],
      );
      if (items.length === 0 && !job.download) return;
      index = job.download ? 0 : this.#random.pick(items);
    }
    if (what === 'cancel') {
      for (const [at, file] of job.files.entries()) {
        if (file && (index === undefined || at === index)) file.cancelled = true;
      }
    }
    this.account.count(`${what} of ${scope === 'job' ? 'a job' : 'one file'}`);
    await this.send(job.id, what, index);
  }

  async send(id: string, what: Order, index?: number): Promise<void> {
    await answered(
      what,
      this.#browser.page.evaluate(([job, order, at]) => soak.order(job, order, at), [
        id,
        what,
        index,
      ] as const),
    );
  }

  async resumeAll(): Promise<void> {
    await answered(
      'resume',
      this.#browser.page.evaluate(() => soak.resumeAll()),
    );
  }

  /** Another tab of the same site is opened: nothing that this one works on may be offered there. */
  async secondTab(): Promise<void> {
    this.account.count('second tabs');
    const offered = await answered(
      'second tab',
      this.#browser.secondTab(page => page.evaluate(() => soak.offered())),
    );
    for (const path of offered)
      this.account.violations.push(`offered in another tab while it is under way: ${path}`);
  }

  // ── Ends of the page ────────────────────────────────────────────────────────────────────────────────────────────

  async end(how: 'reload' | 'closeTab' | 'crashTab' | 'killAll'): Promise<void> {
    await this.poll();
    this.ends.push(Date.now());
    this.#troubles.note('machine: tab ended', Date.now() - 1000, Date.now() + 5000);
    this.account.count(`page ended: ${how}`);
    await answered(how, this.#browser[how]());
    this.ends.push(Date.now());
    await this.#takeUp();
  }

  /** What the page before left goes on; the other files are given again. */
  async #takeUp(): Promise<void> {
    this.#jobs = new Map();
    for (const file of this.account.ledger.files) {
      const isRefused = file.state === 'failed' && file.last?.reason === 'invalid-name';
      if (file.state === 'given' || (file.state === 'failed' && !isRefused)) {
        Object.assign(file, { state: 'planned', job: undefined, index: -1, cancelled: false });
      }
    }
    for (const storage of storageNames) {
      const job = this.#job(storage, []);
      const { paths, notResumed } = await answered(
        'resume interrupted',
        this.#browser.page.evaluate(([at, id]) => soak.resumeInterrupted(at, id), [storage, job.id] as const),
      );
      for (const { why } of notResumed) this.account.count(`not resumed: ${why}`);
      if (paths.length === 0) {
        this.#jobs.delete(job.id);
        continue;
      }
      const files = paths.map(path => this.account.ledger.at(storage, path));
      this.#jobs.set(job.id, { ...job, files });
      for (const [index, file] of files.entries()) {
        if (!file) this.account.violations.push(`resumed, and never given: ${storage} ${paths[index]}`);
        else this.#given(file, job, index);
      }
      this.account.count('uploads resumed from the journal', paths.length);
    }
  }

  // ── What the page says ──────────────────────────────────────────────────────────────────────────────────────────

  async poll(): Promise<PageReport> {
    const report = await answered(
      'report',
      this.#browser.page.evaluate(() => soak.report()),
    );
    this.account.violations.push(...report.violations);
    this.pending = report.pending;
    this.journalProblem = report.journalProblem;
    const kept: number[] = [];
    for (const job of report.jobs) {
      const known = this.#jobs.get(job.id);
      if (!known) continue;
      known.report = job;
      for (const item of job.changed) {
        const file = known.files[item.index];
        if (known.download) this.#downloaded(known, known.download, item);
        else if (file?.job === known.id && this.account.moved(file, item) && file.isKept)
          kept.push(file.file);
      }
    }
    if (kept.length > 0) await this.#browser.page.evaluate(files => soak.removeKept(files), kept);
    await this.#clearEnded();
    return report;
  }

  #downloaded(job: KnownJob, file: FileRecord, report: ItemReport): void {
    job.told = ['done', 'skipped', 'failed', 'cancelled'].includes(report.state);
    if (report.state === 'done' || report.state === 'failed')
      this.account.downloaded(file, report, job.began);
  }

  /** Jobs that ended well, or were cancelled, leave the list. Those with failures stay for another try. */
  async #clearEnded(): Promise<void> {
    const ended = this.jobs.filter(
      ({ id, report, download, files, told }) =>
        report &&
        report.open === 0 &&
        (download ? told : report.failed === 0) &&
        // Its last changes may not have been told yet.
        !files.some(file => file?.job === id && file.state === 'given'),
    );
    const ids = ended
      .filter(({ report }) => ['done', 'incomplete', 'cancelled'].includes(report!.state))
      .map(({ id }) => id);
    if (ids.length === 0) return;
    await this.#browser.page.evaluate(list => soak.dismiss(list), ids);
    for (const id of ids) this.#jobs.delete(id);
  }

  /** Everything that is still in the list leaves it. */
  async dismissAll(): Promise<void> {
    await this.#browser.page.evaluate(() => soak.dismiss(soak.jobIds()));
    this.#jobs.clear();
  }
}

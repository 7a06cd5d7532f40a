import { expect } from '@open-wc/testing';
import type { Adapter } from '../../src/adapters/adapter.js';
import { s3 } from '../../src/adapters/s3/index.js';
import { createHasher, type Hasher } from '../../src/transfer/checksum/index.js';
import { Connectivity } from '../../src/transfer/connectivity.js';
import type { JournalPort } from '../../src/transfer/journal.js';
import { TransferManager } from '../../src/transfer/manager.js';
import { Scheduler } from '../../src/transfer/scheduler.js';
import type { ItemState, TransferJob, UploadOptions } from '../../src/transfer/types.js';
import { LocalStore, type LocalStoreOptions } from '../tools/local-store.js';
import type { Place } from './network-rows.js';
import { NumberWatch } from './number-watch.js';
import { QuickClock, usualHaste } from './quick-clock.js';
import { CARRIER, fileOf, type PlanKind, SIZES, sha256 } from './uploads.js';

export type WorldOptions = LocalStoreOptions & {
  /** Most connections. */
  readonly connections?: number;
  /** Milliseconds of the engine in a real one. Default: {@link usualHaste}. */
  readonly haste?: number;
  /** Default: S3 with a signer. */
  readonly adapter?: (store: LocalStore) => Adapter;
};

let hasher: Hasher | undefined;

/** A page with a storage behind a network that the test commands. */
export class World implements Place {
  readonly plan: PlanKind;
  readonly store: LocalStore;
  readonly clock: QuickClock;
  readonly adapter: Adapter;
  readonly manager: TransferManager;
  readonly #connections: number | undefined;
  readonly #network = new EventTarget();
  #online = true;
  readonly #numbers = new NumberWatch();

  private constructor(
    plan: PlanKind,
    store: LocalStore,
    { connections, haste, adapter }: WorldOptions & { readonly haste: number },
  ) {
    this.plan = plan;
    this.store = store;
    this.clock = new QuickClock(haste);
    this.#connections = connections;
    this.adapter = adapter?.(store) ?? s3({ bucketUrl: store.bucketUrl, signRequest: store.sign });
    this.manager = this.newPage();
  }

  /** The transfers of one page of this browser; `manager` is those of the first. */
  newPage(journal?: JournalPort): TransferManager {
    hasher ??= createHasher();
    return new TransferManager({
      adapter: this.adapter,
      clock: this.clock,
      connectivity: new Connectivity(this.clock, { events: this.#network, isOnline: () => this.#online }),
      scheduler: new Scheduler(this.clock),
      hasher,
      ...(journal ? { journal } : {}),
      ...(this.#connections === undefined ? {} : { connectionsPerOrigin: this.#connections }),
    });
  }

  static async open(plan: PlanKind, options: WorldOptions = {}): Promise<World> {
    const { connections: _c, haste = await usualHaste(), adapter: _a, ...store } = options;
    return new World(plan, await LocalStore.open({ proxied: true, ...store }), { ...options, haste });
  }

  /**
   * What it took to go on after the trouble, in milliseconds of the engine; at most: its clock makes everything else
   * appear slower than it is, by the same factor.
   */
  async recovery(): Promise<number | undefined> {
    const real = await this.store.recovery();
    return real === undefined ? undefined : Math.round(real * this.clock.factor);
  }

  sent(): number {
    return this.manager.jobs.reduce((sum, job) => sum + job.snapshot.bytes.sent, 0);
  }

  now(): number {
    return this.clock.now();
  }

  readonly pause = (milliseconds: number): Promise<void> =>
    new Promise(resolve => this.clock.setTimeout(resolve, milliseconds));

  /** What `navigator.onLine` says. */
  set online(value: boolean) {
    this.#online = value;
    if (value) void this.store.noteOver();
    this.#network.dispatchEvent(new Event(value ? 'online' : 'offline'));
  }

  /** The request that carries this plan's bytes. */
  get carrier(): string {
    return CARRIER[this.plan];
  }

  file(name = 'file.bin', size = SIZES[this.plan]): File {
    return fileOf(name, size);
  }

  /**
   * A file that is read several times. Smaller: off the record Chromium keeps all content of blobs in memory, and when
   * that is full, it cannot be read any more.
   */
  fileReadAgain(): File {
    return this.file('file.bin', Math.min(SIZES[this.plan], 30 * 1024 * 1024));
  }

  /** Uploads, and watches that no number of the person's ever falls. */
  upload(files: readonly File[], options?: UploadOptions): TransferJob {
    // Forms have no field for tags: files with tags go up by PUT.
    const metadata = this.plan === 'request' ? { tags: { plan: 'request' } } : undefined;
    return this.watch(this.manager.upload(files, { ...(metadata ? { metadata } : {}), ...options }));
  }

  /** Notes each number of the job's that falls, for {@link expectOrder}. */
  watch<Job extends TransferJob>(job: Job): Job {
    return this.#numbers.watch(job);
  }

  /** The request that carries bytes has begun so many times. */
  async begun(operation = this.carrier): Promise<number> {
    return (await this.store.stats()).counts[operation] ?? 0;
  }

  /** Everything that must hold whatever happened, and that these files are at the store, whole. */
  async expectStored(job: TransferJob, files: readonly File[]): Promise<void> {
    const { state, snapshot } = await job.finished;
    const problems = [...job.items].flatMap(item =>
      item.error ? [`${item.name}: ${item.error.message}`] : [],
    );
    expect(problems.join('\n')).to.equal('');
    expect(state).to.equal('done');
    expect(snapshot.progress).to.equal(1);
    for (const [index, file] of files.entries()) {
      expect(await this.store.sha256(file.name), `SHA-256 of ${file.name}`).to.equal(await sha256(file));
      expect(job.items.at(index)!.result!.size).to.equal(file.size);
    }
    await this.expectOrder();
  }

  /** Nothing stored that was not asked for, no upload left open, no number that fell. */
  async expectOrder(): Promise<void> {
    expect(await this.store.uploads(), 'unfinished uploads').to.deep.equal([]);
    expect(this.#numbers.falls, 'numbers that fell').to.deep.equal([]);
  }

  states(job: TransferJob): ItemState[] {
    return [...job.items].map(item => item.state);
  }

  /** How the jobs stand, for whoever reads of a failure. */
  describe(): string {
    const told = this.manager.jobs.map(({ snapshot: { state, reason, bytes }, items }) => {
      const files = [...items].map(item => `${item.state} ${item.error?.message ?? ''}`.trim());
      return `${state} ${reason?.message ?? ''} ${bytes.sent} of ${bytes.total} bytes sent: ${files.join(', ')}`;
    });
    return `[${told.join('; ')}]`;
  }

  async close(): Promise<void> {
    for (const job of this.manager.jobs) await job.cancel();
    await this.store.close();
  }
}

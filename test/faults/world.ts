import { expect } from '@open-wc/testing';
import { s3 } from '../../src/adapters/s3/index.js';
import { createHasher, type Hasher } from '../../src/transfer/checksum/index.js';
import { Connectivity } from '../../src/transfer/connectivity.js';
import { TransferManager } from '../../src/transfer/manager.js';
import { Scheduler } from '../../src/transfer/scheduler.js';
import type { ItemState, TransferJob, UploadOptions } from '../../src/transfer/types.js';
import { LocalStore, type LocalStoreOptions } from '../tools/local-store.js';
import type { Place } from './network-rows.js';
import { QuickClock } from './quick-clock.js';
import { CARRIER, fileOf, type PlanKind, SIZES, sha256 } from './uploads.js';

/** One of the engine's milliseconds takes this share of a real one. */
const HASTE = 20;

let hasher: Hasher | undefined;

/** A page with a storage behind a network that the test commands. */
export class World implements Place {
  readonly plan: PlanKind;
  readonly store: LocalStore;
  readonly clock = new QuickClock(HASTE);
  readonly manager: TransferManager;
  readonly #network = new EventTarget();
  #online = true;
  readonly #falls: string[] = [];

  private constructor(plan: PlanKind, store: LocalStore, connections: number | undefined) {
    this.plan = plan;
    this.store = store;
    const connectivity = new Connectivity(this.clock, {
      events: this.#network,
      isOnline: () => this.#online,
    });
    hasher ??= createHasher();
    this.manager = new TransferManager({
      adapter: s3({ bucketUrl: store.bucketUrl, signRequest: store.sign }),
      clock: this.clock,
      connectivity,
      scheduler: new Scheduler(this.clock),
      hasher,
      ...(connections === undefined ? {} : { connectionsPerOrigin: connections }),
    });
  }

  static async open(
    plan: PlanKind,
    options: LocalStoreOptions & { connections?: number } = {},
  ): Promise<World> {
    const { connections, ...store } = options;
    return new World(plan, await LocalStore.open({ proxied: true, ...store }), connections);
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
    const job = this.manager.upload(files, { ...(metadata ? { metadata } : {}), ...options });
    let acknowledged = 0;
    let progress = 0;
    const items = new Map<number, number>();
    const look = (): void => {
      const { snapshot } = job;
      if (snapshot.bytes.acknowledged < acknowledged) this.#falls.push('bytes acknowledged');
      if (snapshot.progress < progress) this.#falls.push('progress');
      if (snapshot.progress === 1 && snapshot.endedAt === undefined) this.#falls.push('100 % before the end');
      ({ acknowledged } = snapshot.bytes);
      ({ progress } = snapshot);
      for (const item of job.items) {
        if (item.acknowledged < (items.get(item.index) ?? 0)) this.#falls.push(`${item.name} acknowledged`);
        items.set(item.index, item.acknowledged);
      }
    };
    job.addEventListener('progress', look);
    job.addEventListener('statechange', look);
    return job;
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
    expect(problems).to.deep.equal([]);
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
    expect(this.#falls, 'numbers that fell').to.deep.equal([]);
  }

  states(job: TransferJob): ItemState[] {
    return [...job.items].map(item => item.state);
  }

  async close(): Promise<void> {
    for (const job of this.manager.jobs) await job.cancel();
    await this.store.close();
  }
}

import { expect } from '@open-wc/testing';
import { createHasher, type Hasher } from '../../../src/transfer/checksum/index.js';
import { Connectivity } from '../../../src/transfer/connectivity.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import { Scheduler } from '../../../src/transfer/scheduler.js';
import type { TransferJob } from '../../../src/transfer/types.js';
import { fromBase64 } from '../../contract/base64.js';
import { report } from '../../tools/local-store.js';
import { StandIn } from '../../tools/stand-in.js';
import { NumberWatch } from '../number-watch.js';
import { QuickClock, usualHaste } from '../quick-clock.js';
import { recoveryOf, type TracedRequest } from '../recovery.js';
import { fileOf, sha256, until } from '../uploads.js';
import type { Opened, Spot, Way } from './ways.js';

export type { Spot } from './ways.js';

let hasher: Hasher | undefined;

export interface Trouble {
  readonly skip?: number;
  readonly times?: number;
  readonly status?: number;
  readonly code?: string;
  readonly retryAfter?: number;
  readonly stall?: 'before' | 'request' | 'response' | 'after';
  readonly stallAfterBytes?: number;
  readonly resetAfterBytesIn?: number;
  readonly resetAfterBytesOut?: number;
  readonly loseAnswer?: boolean;
}

export interface PageOptions {
  /** The platform and its storage are reached through networks whose weather the row commands. Default false. */
  readonly proxied?: boolean;
}

/** A page with a platform's adapter, and the platform's stand-in in trouble. */
export class PlatformPage {
  readonly way: Way;
  readonly standIn: StandIn<Record<string, string>>;
  readonly clock: QuickClock;
  readonly manager: TransferManager;
  readonly #opened: Opened;
  readonly #numbers = new NumberWatch();
  token: string;
  #over: number | undefined;
  #fetched = false;

  private constructor(way: Way, standIn: PlatformPage['standIn'], haste: number) {
    this.way = way;
    this.clock = new QuickClock(haste);
    this.standIn = standIn;
    this.token = standIn.info.token ?? standIn.info.apiKey!;
    this.#opened = way.open(standIn.info, () => this.token);
    hasher ??= createHasher();
    this.manager = new TransferManager({
      adapter: this.#opened.adapter,
      clock: this.clock,
      connectivity: new Connectivity(this.clock),
      scheduler: new Scheduler(this.clock),
      hasher,
    });
  }

  static async open(way: Way, { proxied = false }: PageOptions = {}): Promise<PlatformPage> {
    const { quirks = {} } = way;
    const standIn = await StandIn.open<Record<string, string>>(way.platform, { quirks, proxied });
    return new PlatformPage(way, standIn, await usualHaste());
  }

  /** The next requests there meet this. */
  async fail({ at, operation }: Spot, trouble: Trouble): Promise<void> {
    if (at === 'storage') {
      const { stallAfterBytes, ...others } = trouble;
      await this.standIn.call('failStorage', {
        operation,
        ...others,
        ...(stallAfterBytes ? { stallAfterBytes } : {}),
      });
      return;
    }
    const { retryAfter, resetAfterBytesOut, ...others } = trouble;
    await this.standIn.call('failNext', {
      operation,
      ...others,
      ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
      ...(resetAfterBytesOut === undefined ? {} : { cutAfterBytes: resetAfterBytesOut }),
    });
  }

  watch<Job extends TransferJob>(job: Job): Job {
    return this.#numbers.watch(job);
  }

  file(name = 'file.bin', size = this.way.size): File {
    return fileOf(name, size);
  }

  upload(file: File): TransferJob {
    return this.#numbers.watch(this.manager.upload([file]));
  }

  download(name = 'file.bin'): TransferJob {
    return this.#numbers.watch(this.manager.download([name], { to: 'memory' }));
  }

  /** What is stored under the name, in SHA-256; undefined for nothing. */
  async stored(name: string): Promise<string | undefined> {
    const bytes = fromBase64(await this.standIn.call('stored', ...this.#opened.stored(name)));
    return bytes && sha256(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  }

  async expectStored(job: TransferJob, file: File): Promise<void> {
    const { state } = await job.finished;
    expect(job.items.at(0)!.error?.message).to.equal(undefined);
    expect(state).to.equal('done');
    expect(job.snapshot.progress).to.equal(1);
    expect(job.items.at(0)!.result!.size).to.equal(file.size);
    expect(job.items.at(0)!.result!.verified!.level).not.to.equal('none');
    expect(await this.stored(file.name)).to.equal(await sha256(file));
    await this.expectOrder();
  }

  async expectFetched(job: TransferJob, file: File): Promise<void> {
    const { state } = await job.finished;
    const item = job.items.at(0)!;
    expect(item.error?.message).to.equal(undefined);
    expect(state).to.equal('done');
    expect(await sha256(item.result!.blob!)).to.equal(await sha256(file));
    this.#fetched = true;
    await this.expectOrder();
  }

  /** It waits, and says why; where a container is looked at before there are files, it has nothing to say yet. */
  async expectWaiting(job: TransferJob): Promise<void> {
    const looks = (): boolean => job.items.length === 0 && job.snapshot.state === 'preparing';
    await until(() => job.snapshot.state === 'waiting' || looks(), 'a job that waits');
    await new Promise(resolve => setTimeout(resolve, 4_000));
    // It looks now and then whether somebody answers; between two looks it waits.
    await until(() => job.snapshot.state === 'waiting' || looks(), 'a job that still waits');
    if (!looks()) expect(job.snapshot.reason?.message ?? '').not.to.equal('');
  }

  /** All is well again at the API. */
  async reachable(): Promise<void> {
    await this.standIn.call('setFaults', { unreachable: false });
    this.#over = Date.now();
  }

  /** The network swallows everything, in both directions, for so many milliseconds of the engine. */
  async blackHole(milliseconds: number): Promise<void> {
    await this.standIn.call('setWeather', { mode: 'black-hole' });
    await new Promise<void>(resolve => this.clock.setTimeout(resolve, milliseconds));
    await this.standIn.call('setWeather', { mode: 'pass' });
    this.#over = Date.now();
  }

  /** For the table: what became of it, and how long that took, in milliseconds of the engine at most. */
  async tell(situation: string, ends?: string): Promise<void> {
    const real = recoveryOf(await this.standIn.call<TracedRequest[]>('trace'), this.#over);
    const recovery = real === undefined ? undefined : Math.round(real * this.clock.factor);
    const result = ends ?? (this.#fetched ? 'saved' : 'stored');
    await report({ table: 'platforms', who: 'ours', plan: this.way.title, situation, result, recovery });
  }

  /** No number fell, and nothing unfinished is left at the storage. */
  async expectOrder(): Promise<void> {
    expect(this.#numbers.falls, 'numbers that fell').to.deep.equal([]);
    if (this.way.keepsUnfinished) return;
    expect(await this.standIn.call('unfinished'), 'unfinished uploads').to.deep.equal([]);
  }

  async close(): Promise<void> {
    for (const job of this.manager.jobs) await job.cancel();
    await this.standIn.close();
  }
}

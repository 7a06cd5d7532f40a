import { expect } from '@open-wc/testing';
import type { VerificationLevel } from '../../src/core/checksum.js';
import type { DownloadOptions, DownloadTarget, TransferJob } from '../../src/transfer/types.js';
import { temporaryDirectory, tree } from '../transfer/download/support.js';
import { fileOf, MiB, sha256 } from './uploads.js';
import { World, type WorldOptions } from './world.js';

/** How the storage serves a file: range by range, or as one body whatever is asked for. */
export type Serving = 'ranges' | 'one body';

/** Three ranges and a rest. */
export const SIZE = 24 * MiB + 5;

/** A page that downloads a file over a network that the test commands, into a directory. */
export class Downloads {
  readonly serving: Serving;
  readonly world: World;
  readonly directory: Awaited<ReturnType<typeof temporaryDirectory>>;

  private constructor(serving: Serving, world: World, directory: Downloads['directory']) {
    this.serving = serving;
    this.world = world;
    this.directory = directory;
  }

  static async open(serving: Serving, options: WorldOptions = {}): Promise<Downloads> {
    const world = await World.open('request', options);
    await world.store.put('file.bin', fileOf('file.bin', SIZE));
    await world.store.setFaults({ ignoreRange: serving === 'one body' });
    return new Downloads(serving, world, await temporaryDirectory());
  }

  get store(): World['store'] {
    return this.world.store;
  }

  /** The file that is to be written; it holds something already. */
  async place(): Promise<FileSystemFileHandle> {
    const handle = await this.directory.getFileHandle('file.bin', { create: true });
    const writable = await handle.createWritable();
    await writable.write('what was there');
    await writable.close();
    return handle;
  }

  async start(to?: DownloadTarget, options?: DownloadOptions): Promise<TransferJob> {
    return this.world.watch(
      this.world.manager.download(['file.bin'], { to: to ?? (await this.place()), ...options }),
    );
  }

  /** Requests for the bytes that have begun. */
  begun(): Promise<number> {
    return this.world.begun('GetObject');
  }

  /** Bytes of the file that the storage has handed out. */
  async handedOut(): Promise<number> {
    const { log } = await this.store.stats();
    return log
      .filter(({ operation }) => operation === 'GetObject')
      .reduce((sum, { bytesOut }) => sum + bytesOut, 0);
  }

  /** What is in the directory now, by name. */
  files(): Promise<Map<string, File>> {
    return tree(this.directory);
  }

  /** The file is here, byte for byte as the storage holds it, and nothing beside it. */
  async expectSaved(job: TransferJob, level: VerificationLevel = 'checksum'): Promise<void> {
    const { state, snapshot } = await job.finished;
    const item = job.items.at(0)!;
    expect(item.error?.message).to.equal(undefined);
    expect(state).to.equal('done');
    expect(snapshot.progress).to.equal(1);
    const files = await this.files();
    expect([...files.keys()]).to.deep.equal(['file.bin']);
    expect(await sha256(files.get('file.bin')!)).to.equal(await this.store.sha256('file.bin'));
    expect(item.result!.size).to.equal(files.get('file.bin')!.size);
    expect(item.result!.verified!.level).to.equal(level);
    await this.world.expectOrder();
  }

  /** It failed with this reason, in a sentence, and what was in the place is there as before. */
  async expectFailed(job: TransferJob, reason: string): Promise<void> {
    const { state } = await job.finished;
    const { error, result } = job.items.at(0)!;
    expect(state).to.equal('incomplete');
    expect(error!.reason).to.equal(reason);
    expect(error!.message).to.match(/^[A-Zf].*[.!?)]$/);
    expect(result).to.equal(undefined);
    await this.expectUntouched();
    await this.world.expectOrder();
  }

  async expectUntouched(): Promise<void> {
    const files = await this.files();
    expect([...files.keys()]).to.deep.equal(['file.bin']);
    expect(await files.get('file.bin')!.text()).to.equal('what was there');
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.directory[Symbol.asyncDispose]();
  }
}

import { expect } from '@open-wc/testing';
import { storageIdentity } from '../../src/transfer/journal.js';
import { JournalDatabase } from '../../src/transfer/journal-database.js';
import { JournalLocks } from '../../src/transfer/journal-locks.js';
import type { TransferManager } from '../../src/transfer/manager.js';
import { UploadJournal } from '../../src/transfer/upload-journal.js';
import { MiB, until } from './uploads.js';
import type { World } from './world.js';

let last = 0;

/** Pages of one browser that come and go over one storage. */
export class Reloads {
  readonly world: World;
  readonly #name = `faults-${Date.now()}-${++last}`;
  readonly #databases: JournalDatabase[] = [];

  constructor(world: World) {
    this.world = world;
  }

  open(): { manager: TransferManager; journal: UploadJournal } {
    const database = new JournalDatabase(this.#name);
    this.#databases.push(database);
    const journal = new UploadJournal({ database, locks: new JournalLocks('upload') });
    return { manager: this.world.newPage(journal), journal };
  }

  /** A page begins to upload, and is gone in the middle: nothing of it is cleaned up. */
  async leave(file: File, when: () => boolean | Promise<boolean>): Promise<void> {
    const { world } = this;
    const { manager, journal } = this.open();
    const job = manager.upload([file], { partSize: 5 * MiB });
    await until(when, 'some of the upload');
    await world.store.setWeather({ mode: 'refuse', bytesPerSecond: 0 });
    job.pause();
    const storage = storageIdentity(world.adapter)!;
    await until(async () => {
      await journal.flush();
      const kept = await journal.kept(storage);
      for (const { id, firstPart } of kept) if (firstPart) journal.release(id);
      return kept.length > 0 && kept.every(({ firstPart }) => firstPart);
    }, 'the record');
    await world.store.setWeather({ mode: 'pass' });
    await world.store.resetStats();
  }

  /** Whatever is left is taken up in a new page, with the file chosen again, and ends well. */
  async expectResumed(file: File): Promise<void> {
    const { manager } = this.open();
    await this.world.store.noteOver();
    expect(await manager.interrupted()).to.have.length(1);
    const { job } = await manager.resumeInterrupted(undefined, { files: [file] });
    await this.world.expectStored(this.world.watch(job!), [file]);
    expect(await manager.interrupted()).to.deep.equal([]);
  }

  async close(): Promise<void> {
    for (const database of this.#databases) await database.close();
    indexedDB.deleteDatabase(this.#name);
  }
}

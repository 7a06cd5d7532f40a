/** The page is gone in the middle of an upload in parts, and another one goes on. */
import { expect } from '@open-wc/testing';
import { s3 } from '../../src/adapters/s3/index.js';
import { report } from '../tools/local-store.js';
import { Reloads } from './reloads.js';
import { fileOf, MiB } from './uploads.js';
import { World, type WorldOptions } from './world.js';

const signal = new AbortController().signal;

interface Row {
  readonly situation: string;
  /** What becomes of it, for the table. */
  readonly ends: string;
  run(reloads: Reloads, world: World, file: File): Promise<void>;
}

/** Parts that the storage took since the page came back. */
const partsTaken = async (world: World): Promise<number> =>
  (await world.store.stats()).log.filter(
    ({ operation, status }) => operation === 'UploadPart' && status === 200,
  ).length;

const begun = (world: World) => world.begun('CreateMultipartUpload');

/** Gone when so many of the eight parts are stored. */
async function leaveAfter(parts: number, reloads: Reloads, world: World, file: File): Promise<void> {
  await world.store.setFaults({ rules: [{ operation: 'UploadPart', skip: parts, stall: 'before' }] });
  await reloads.leave(file, async () => (await partsTaken(world)) >= parts);
  await world.store.resetFaults();
}

const rows: readonly Row[] = [
  {
    situation: '8: gone on with after a reload, with another part size than before',
    ends: 'stored; finished parts are not sent again',
    async run(reloads, world, file) {
      await leaveAfter(3, reloads, world, file);
      // What is chosen for a file of this size without a wish is 8 MiB.
      await reloads.expectResumed(file);
      expect(await begun(world)).to.equal(0);
      expect(await partsTaken(world)).to.equal(5);
    },
  },
  {
    situation: '9: gone on with after a reload, with more parts stored than one answer of ListParts tells',
    ends: 'stored; finished parts are not sent again',
    async run(reloads, world, file) {
      await leaveAfter(5, reloads, world, file);
      await world.store.setFaults({ partsPerPage: 2 });
      await reloads.expectResumed(file);
      expect(await world.begun('ListParts')).to.be.at.least(3);
      expect(await partsTaken(world)).to.equal(3);
    },
  },
  {
    situation: '10: the upload id of an earlier page is gone',
    ends: 'stored; it begins anew',
    async run(reloads, world, file) {
      await leaveAfter(3, reloads, world, file);
      for (const upload of await world.adapter.listUnfinishedUploads!('', { signal })) {
        await world.adapter.abortUnfinishedUpload!(upload, { signal });
      }
      await reloads.expectResumed(file);
      expect(await begun(world)).to.equal(1);
    },
  },
  {
    situation: '11c: the page is gone while Complete is under way, which the storage carries out',
    ends: 'found stored; nothing is sent again',
    async run(reloads, world, file) {
      await world.store.failNext({ operation: 'CompleteMultipartUpload', stall: 'after' });
      await reloads.leave(file, async () => (await world.store.list()).length > 0);
      await reloads.expectResumed(file);
      expect(await partsTaken(world)).to.equal(0);
    },
  },
  {
    situation: 'two tabs go on with the same upload at the same moment',
    ends: 'one goes on, and stores it once',
    async run(reloads, world, file) {
      await leaveAfter(3, reloads, world, file);
      const tabs = [reloads.open(), reloads.open()];
      const outcomes = await Promise.all(
        tabs.map(({ manager }) => manager.resumeInterrupted(undefined, { files: [file] })),
      );
      const jobs = outcomes.flatMap(({ job }) => (job ? [job] : []));
      expect(jobs).to.have.length(1);
      await world.expectStored(world.watch(jobs[0]!), [file]);
      expect(await partsTaken(world)).to.equal(5);
    },
  },
  {
    situation: 'the file is another one when the page comes back',
    ends: 'fails with words; old and new bytes are never mixed',
    async run(reloads, world, file) {
      await leaveAfter(3, reloads, world, file);
      const { manager } = reloads.open();
      const pieces = ['x', await file.slice(1).arrayBuffer()];
      const changed = new File(pieces, file.name, { lastModified: file.lastModified + 5_000 });
      expect(changed.size).to.equal(file.size);
      const { job } = await manager.resumeInterrupted(undefined, { files: [changed] });
      if (job) {
        await job.finished;
        expect(job.items.at(0)!.error!.reason).to.equal('changed-local');
        job.retryFailed();
        expect((await job.finished).state).to.equal('done');
        await world.expectStored(world.watch(job), [changed]);
      } else {
        expect(await world.store.list()).to.deep.equal([]);
        await manager.discardInterrupted();
        await world.expectOrder();
      }
    },
  },
];

const options: WorldOptions = {
  // None of these rows waits for the engine to lose patience, which a busy machine would see too early.
  haste: 4,
  adapter: store => s3({ bucketUrl: store.bucketUrl, signRequest: store.sign, partsFrom: 5 * MiB }),
};

describe('faults under an upload whose page is gone', function () {
  this.timeout(120_000);
  for (const { situation, ends, run } of rows) {
    it(situation, async () => {
      const world = await World.open('parts', options);
      const reloads = new Reloads(world);
      try {
        await run(reloads, world, fileOf('file.bin', 40 * MiB));
        // None of the engine's waits is in it, so the time is the real one.
        const recovery = await world.store.recovery();
        await report({ table: 'uploads', who: 'ours', plan: 'parts', situation, result: ends, recovery });
      } finally {
        await world.close();
        await reloads.close();
      }
    });
  }
});

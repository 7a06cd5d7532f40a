/** What the page or the machine does in the middle of an upload of ours, and what must hold then. */
import { expect } from '@open-wc/testing';
import type { LocalStoreOptions } from '../tools/local-store.js';
import { MiB, type PlanKind, until } from './uploads.js';
import type { World } from './world.js';

export interface PageRow {
  readonly situation: string;
  /** What becomes of it, in few words. Default: stored. */
  readonly ends?: string;
  /** A person ends the trouble, so how long it lasts is not the engine's. Default false. */
  readonly byHand?: boolean;
  /** Default: all. */
  readonly plans?: readonly PlanKind[];
  readonly store?: LocalStoreOptions & { readonly connections?: number };
  run(world: World): Promise<void>;
}

/** What arrived is another file, as far as the storage says: both values are told, and nothing is left unfinished. */
async function expectMismatch(world: World): Promise<void> {
  const job = world.upload([world.fileReadAgain()]);
  expect((await job.finished).state).to.equal('incomplete');
  const { reason, message } = job.items.at(0)!.error!;
  expect(reason).to.equal('checksum-mismatch');
  const [, there, here] = /is ([\w+/=-]{8,}) at the storage and ([\w+/=-]{8,}) here/.exec(message) ?? [];
  expect(there, message).to.be.a('string').and.not.equal(here);
  await job.cancel();
  await world.store.resetFaults();
  await world.expectOrder();
}

export const pageRows: readonly PageRow[] = [
  {
    situation: '5: nobody is reached for longer than any retry lasts, though the browser says online',
    ends: 'waits, and is stored',
    async run(world) {
      const first = world.file('first.bin', 1000);
      await world.expectStored(world.upload([first]), [first]);
      const file = world.file();
      await world.store.setWeather({ bytesPerSecond: 8 * MiB });
      const job = world.upload([file]);
      await until(async () => (await world.begun()) > (world.plan === 'parts' ? 0 : 1), 'bytes on their way');
      await world.store.setWeather({ mode: 'refuse', bytesPerSecond: 0 });
      await until(() => job.snapshot.state === 'waiting', 'a job that says it waits');
      await world.pause(180_000);
      expect(job.snapshot.files.failed).to.equal(0);
      await world.store.setWeather({ mode: 'pass' });
      await world.expectStored(job, [file]);
    },
  },
  {
    situation: '6: offline while bytes are on their way, and back',
    ends: 'waits, says so, and is stored',
    async run(world) {
      await world.store.setWeather({ bytesPerSecond: 8 * MiB });
      const file = world.file();
      const job = world.upload([file]);
      await until(async () => (await world.begun()) > 0, 'bytes on their way');
      world.online = false;
      await world.store.setWeather({ mode: 'refuse', bytesPerSecond: 0 });
      await until(() => job.snapshot.state === 'waiting', 'a job that waits');
      expect(job.snapshot.reason!.message).to.match(/no connection/i);
      await new Promise(resolve => setTimeout(resolve, 500));
      expect(job.snapshot.state).to.equal('waiting');
      await world.store.setWeather({ mode: 'pass' });
      world.online = true;
      await world.expectStored(job, [file]);
    },
  },
  {
    situation: '13: with all connections taken, paused files let the others go',
    ends: 'the others go on',
    store: { connections: 2 },
    async run(world) {
      await world.store.setWeather({ bytesPerSecond: 2 * MiB });
      const files = ['a', 'b', 'c', 'd'].map(name =>
        world.file(`${name}.bin`, world.plan === 'parts' ? 16 * MiB : 6 * MiB),
      );
      const job = world.upload(files);
      await until(async () => (await world.begun()) >= 2, 'two requests');
      job.pause(0);
      job.pause(1);
      await world.store.setWeather({ bytesPerSecond: 0 });
      await until(
        () =>
          world
            .states(job)
            .slice(2)
            .every(state => state === 'done'),
        'the other files',
      );
      expect(world.states(job).slice(0, 2)).to.deep.equal(['paused', 'paused']);
      job.resume(0);
      job.resume(1);
      await world.expectStored(job, files);
    },
  },
  {
    situation: '14: a file that is queued is paused, and stays where it is',
    ends: 'it stays',
    store: { connections: 1 },
    async run(world) {
      await world.store.setWeather({ bytesPerSecond: 4 * MiB });
      const files = [world.file('first.bin', 2 * MiB), world.file('second.bin', MiB)];
      const job = world.upload(files);
      await until(() => job.items.length === 2, 'both files');
      job.pause(1);
      await until(() => world.states(job)[0] === 'done', 'the first file');
      await new Promise(resolve => setTimeout(resolve, 200));
      expect(world.states(job)[1]).to.equal('paused');
      expect((await world.store.list()).map(object => object.key)).to.deep.equal(['first.bin']);
      job.resume(1);
      await world.expectStored(job, files);
    },
  },
  {
    situation: '15: paused and gone on in the middle, no number falls and no part goes twice',
    async run(world) {
      await world.store.setWeather({ bytesPerSecond: 4 * MiB });
      const file = world.file();
      const job = world.upload([file]);
      await until(() => job.snapshot.bytes.sent > MiB, 'a MiB sent');
      const acknowledgedParts = async (): Promise<number> =>
        (await world.store.stats()).log.filter(
          entry => entry.operation === 'UploadPart' && entry.status === 200,
        ).length;
      job.pause();
      await until(() => job.snapshot.state === 'paused', 'the pause');
      await world.store.setWeather({ bytesPerSecond: 0 });
      job.resume();
      await world.expectStored(job, [file]);
      if (world.plan === 'parts') expect(await acknowledgedParts()).to.be.at.most(18);
    },
  },
  {
    situation: '17: cancelled while the upload is being begun',
    ends: 'nothing is left',
    plans: ['parts'],
    async run(world) {
      await world.store.setFaults({
        rules: [{ operation: 'CreateMultipartUpload', stall: 'after', stallFor: 400 }],
      });
      const job = world.upload([world.file()]);
      await until(async () => (await world.begun('CreateMultipartUpload')) > 0, 'the begin');
      await job.cancel();
      await new Promise(resolve => setTimeout(resolve, 600));
      expect((await job.finished).state).to.equal('cancelled');
      expect(await world.store.list()).to.deep.equal([]);
      await world.expectOrder();
    },
  },
  {
    situation: '17b: cancelled in the middle',
    ends: 'nothing is left',
    async run(world) {
      await world.store.setWeather({ bytesPerSecond: 4 * MiB });
      const job = world.upload([world.file()]);
      await until(() => job.snapshot.bytes.sent > MiB, 'a MiB sent');
      await job.cancel();
      expect((await job.finished).state).to.equal('cancelled');
      await new Promise(resolve => setTimeout(resolve, 300));
      expect(await world.store.list()).to.deep.equal([]);
      await world.expectOrder();
    },
  },
  {
    situation: '19: a file that failed keeps no later one waiting, and can be tried again',
    ends: 'the good one is stored at once',
    byHand: true,
    async run(world) {
      const operation = ['PutObject', 'PostObject', 'UploadPart'];
      await world.store.setFaults({ rules: [{ operation, status: 400, code: 'InvalidRequest' }] });
      const bad = world.file('bad.bin');
      const failing = world.upload([bad]);
      expect((await failing.finished).state).to.equal('incomplete');
      await world.store.resetFaults();
      const good = world.file('good.bin');
      expect((await world.upload([good]).finished).state).to.equal('done');
      expect((await world.store.list()).map(object => object.key)).to.deep.equal(['good.bin']);
      failing.retryFailed();
      await until(() => failing.snapshot.state === 'done', 'the second try');
      await world.expectStored(failing, [bad]);
    },
  },
  {
    situation: '20: all but the last answer are there: that is not 100 %',
    async run(world) {
      const operation = world.plan === 'parts' ? 'CompleteMultipartUpload' : world.carrier;
      await world.store.failNext({ operation, stall: 'after', stallFor: 600 });
      const file = world.file();
      const job = world.upload([file]);
      await until(() => job.snapshot.bytes.sent === file.size, 'all bytes sent');
      expect(job.snapshot.progress).to.be.below(1);
      await world.expectStored(job, [file]);
    },
  },
  {
    situation: 'the storage reports another checksum than ours: the file is not called good',
    ends: 'fails with both values',
    async run(world) {
      await world.store.setFaults({ wrongChecksum: true });
      await expectMismatch(world);
    },
  },
  {
    situation: 'the storage reports another checksum of the whole: sent once more, and not called good',
    ends: 'fails with both values',
    plans: ['parts'],
    async run(world) {
      const operation = ['CompleteMultipartUpload', 'HeadObject'];
      await world.store.setFaults({ rules: [{ operation, wrongChecksum: true }] });
      await expectMismatch(world);
      expect(await world.begun('CompleteMultipartUpload')).to.equal(2);
    },
  },
  {
    situation: 'the store is full, and has room again',
    ends: 'fails with words; tried again: stored',
    byHand: true,
    async run(world) {
      await world.store.setFaults({ storeFull: true });
      const file = world.fileReadAgain();
      const job = world.upload([file]);
      expect((await job.finished).state).to.equal('incomplete');
      expect(job.items.at(0)!.error!.reason).to.equal('storage-full');
      await world.store.setFaults({ storeFull: false });
      job.retryFailed();
      await until(() => job.snapshot.state === 'done', 'the second try');
      await world.expectStored(job, [file]);
    },
  },
  {
    situation:
      'the clock of whoever signs is wrong: fresh URLs are refused as expired, until it is set right',
    ends: 'fails with words; tried again: stored',
    byHand: true,
    async run(world) {
      await world.store.setFaults({ expireEarly: 10 ** 9 });
      const file = world.fileReadAgain();
      const job = world.upload([file]);
      expect((await job.finished).state).to.equal('incomplete');
      expect(job.items.at(0)!.error!.reason).to.equal('expired');
      expect(job.items.at(0)!.error!.message).to.match(/clock of whoever signs/);
      expect(await world.store.list()).to.deep.equal([]);
      await world.store.setFaults({ expireEarly: 0 });
      job.retryFailed();
      await until(() => job.snapshot.state === 'done', 'the second try');
      await world.expectStored(job, [file]);
    },
  },
  {
    situation: 'the machine sleeps for an hour in the middle',
    async run(world) {
      await world.store.setWeather({ bytesPerSecond: 8 * MiB });
      const file = world.file();
      const job = world.upload([file]);
      await until(() => job.snapshot.bytes.sent > MiB, 'a MiB sent');
      world.clock.jump(3_600_000);
      await world.store.setWeather({ bytesPerSecond: 0 });
      await world.store.resetConnections();
      await world.expectStored(job, [file]);
    },
  },
  {
    situation: 'the tab is in the background, where timers fire once a minute, and connections break',
    async run(world) {
      await world.store.setWeather({ bytesPerSecond: 8 * MiB });
      const file = world.file();
      const job = world.upload([file]);
      await until(() => job.snapshot.bytes.sent > MiB, 'a MiB sent');
      world.clock.least = 60_000;
      await world.store.resetConnections();
      await world.store.failNext({ operation: world.carrier, status: 503 });
      await world.store.setWeather({ bytesPerSecond: 0 });
      await world.expectStored(job, [file]);
    },
  },
  {
    situation: 'the file is changed on disk in the middle: it fails with words, and nothing half is stored',
    ends: 'fails with words',
    byHand: true,
    async run(world) {
      await world.store.setWeather({ bytesPerSecond: 4 * MiB });
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle('changed.bin', { create: true });
      const write = async (blob: Blob): Promise<void> => {
        const writable = await handle.createWritable();
        await writable.write(blob);
        await writable.close();
      };
      await write(world.file('changed.bin'));
      const file = await handle.getFile();
      const job = world.upload([file]);
      await until(() => job.snapshot.bytes.sent > MiB, 'a MiB sent');
      await write(new Blob(['shorter']));
      await world.store.resetConnections();
      await world.store.setWeather({ bytesPerSecond: 0 });
      const { state } = await job.finished;
      if (state === 'done') {
        // The browser had read it all before.
        expect((await world.store.list())[0]!.size).to.equal(file.size);
      } else {
        expect(job.items.at(0)!.error!.reason).to.equal('unreadable');
        expect(await world.store.list()).to.deep.equal([]);
      }
      await job.cancel();
      await world.manager.dismiss(job);
      await until(async () => (await world.store.uploads()).length === 0, 'nothing left behind');
      await root.removeEntry('changed.bin');
    },
  },
];

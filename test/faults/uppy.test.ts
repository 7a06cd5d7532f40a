/** The rows of trouble that @uppy/aws-s3 6.3.1 fails, under a real Uppy with our uploader. */
import { expect } from '@open-wc/testing';
import { report } from '../tools/local-store.js';
import { add, type Heard, until as untilTrue, uppyOn } from '../uppy/support.js';
import { networkRows } from './network-rows.js';
import { MiB, type PlanKind, sha256 } from './uploads.js';
import { World } from './world.js';

type Rig = ReturnType<typeof rigOf>;

function rigOf(world: World) {
  // Forms have no field for tags: files with tags go up by PUT.
  const metadata = world.plan === 'request' ? { metadata: () => ({ tags: { plan: 'request' } }) } : {};
  const rig = uppyOn(world.manager, metadata);
  const early: string[] = [];
  rig.uppy.on('upload-progress', file => {
    if (rig.uppy.getFile(file!.id).progress.percentage === 100) early.push(file!.name);
  });
  return { ...rig, early, world };
}

/** Everything that must hold when an upload ends well. */
async function expectWell({ uppy, heard, early, world }: Rig, files: readonly File[]): Promise<void> {
  expect([...heard.errors].map(([name, { error }]) => `${name}: ${error.message}`)).to.deep.equal([]);
  expect(heard.fallen, 'numbers that fell').to.deep.equal([]);
  expect(early, '100 % before the file was stored').to.deep.equal([]);
  for (const file of files) {
    expect(await world.store.sha256(file.name), file.name).to.equal(await sha256(file));
    const shown = uppy.getFiles().find(({ name }) => name === file.name)!;
    expect(shown.progress).to.include({ uploadComplete: true, percentage: 100 });
    expect(shown.response!.body!.verified!.level).to.equal('checksum');
  }
  expect(await world.store.uploads(), 'unfinished uploads').to.deep.equal([]);
}

const successes = (heard: Heard): string[] =>
  heard.lines.filter(line => line.startsWith('success ')).map(line => line.slice(8));

/** The rows of the table that concern an uploader of Uppy's. */
const wanted = /^(?:1|4|5|7|11|12|16): /;

for (const plan of ['request', 'parts'] satisfies PlanKind[]) {
  describe(`faults under Uppy: ${plan}`, function () {
    this.timeout(60_000);

    async function inWorld(
      test: (rig: Rig) => Promise<void>,
      options?: Parameters<typeof World.open>[1],
    ): Promise<void> {
      const world = await World.open(plan, options);
      const rig = rigOf(world);
      try {
        await test(rig);
      } finally {
        rig.uppy.destroy();
        await world.close();
      }
    }

    for (const row of networkRows) {
      if (!wanted.test(row.situation) || (row.plans && !row.plans.includes(plan))) continue;
      it(row.situation, () =>
        inWorld(async rig => {
          const { uppy, world } = rig;
          await row.before?.(world);
          const file = world.file();
          add(uppy, file, file.name);
          const finished = uppy.upload();
          await row.during?.(world);
          const result = await finished;
          await expectWell(rig, [file]);
          expect(result!.successful!.length).to.equal(1);
          expect(await row.after?.(world)).to.equal(undefined);
        }),
      );
    }

    it('6: offline while bytes are on their way, and back', () =>
      inWorld(async rig => {
        const { uppy, heard, world } = rig;
        await world.store.setWeather({ bytesPerSecond: 8 * MiB });
        const file = world.file();
        const id = add(uppy, file, file.name);
        const stalled: string[] = [];
        uppy.on('upload-stalled', ({ message }) => stalled.push(message));
        const finished = uppy.upload();
        await untilTrue(async () => (await world.begun()) > 0, 'bytes on their way');
        world.online = false;
        await world.store.setWeather({ mode: 'refuse', bytesPerSecond: 0 });
        await untilTrue(() => stalled.length > 0, 'a word about it');
        expect(stalled[0]).to.match(/no connection/i);
        expect(uppy.getFile(id).error ?? null).to.equal(null);
        expect(heard.errors.size).to.equal(0);
        await world.store.setWeather({ mode: 'pass' });
        world.online = true;
        await finished;
        await expectWell(rig, [file]);
      }));

    it('13: with all connections taken, paused files let the others go', () =>
      inWorld(
        async rig => {
          const { uppy, heard, world } = rig;
          await world.store.setWeather({ bytesPerSecond: 2 * MiB });
          const size = plan === 'parts' ? 16 * MiB : 6 * MiB;
          const files = ['a', 'b', 'c', 'd'].map(name => world.file(`${name}.bin`, size));
          const ids = files.map(file => add(uppy, file, file.name));
          const finished = uppy.upload();
          await untilTrue(async () => (await world.begun()) >= 2, 'two requests');
          uppy.pauseResume(ids[0]!);
          uppy.pauseResume(ids[1]!);
          await world.store.setWeather({ bytesPerSecond: 0 });
          await untilTrue(() => successes(heard).length === 2, 'the other files');
          expect(successes(heard).sort()).to.deep.equal(['c.bin', 'd.bin']);
          expect(uppy.getFile(ids[0]!)).to.include({ isPaused: true });
          uppy.resumeAll();
          await finished;
          await expectWell(rig, files);
        },
        { connections: 2 },
      ));

    it('14: a file that is queued is paused, and stays where it is', () =>
      inWorld(
        async rig => {
          const { uppy, heard, world } = rig;
          await world.store.setWeather({ bytesPerSecond: 4 * MiB });
          const files = [world.file('first.bin', 2 * MiB), world.file('second.bin', MiB)];
          const ids = files.map(file => add(uppy, file, file.name));
          const finished = uppy.upload();
          uppy.pauseResume(ids[1]!);
          await untilTrue(() => successes(heard).includes('first.bin'), 'the first file');
          await new Promise(resolve => setTimeout(resolve, 200));
          expect((await world.store.list()).map(object => object.key)).to.deep.equal(['first.bin']);
          uppy.pauseResume(ids[1]!);
          await finished;
          await expectWell(rig, files);
        },
        { connections: 1 },
      ));

    if (plan === 'parts') {
      it('17: removed while the upload is being begun', () =>
        inWorld(async ({ uppy, heard, world }) => {
          await world.store.setFaults({
            rules: [{ operation: 'CreateMultipartUpload', stall: 'after', stallFor: 400 }],
          });
          const file = world.file();
          const id = add(uppy, file, file.name);
          const finished = uppy.upload();
          await untilTrue(async () => (await world.begun('CreateMultipartUpload')) > 0, 'the begin');
          uppy.removeFile(id);
          await finished;
          await world.manager.jobs[0]!.finished;
          await new Promise(resolve => setTimeout(resolve, 600));
          expect(await world.store.uploads()).to.deep.equal([]);
          expect(await world.store.list()).to.deep.equal([]);
          expect(heard.errors.size).to.equal(0);
        }));
    }

    it('18: the uploader is removed in the middle: Uppy’s promise settles, nothing stays behind', () =>
      inWorld(async ({ uppy, heard, world }) => {
        await world.store.setWeather({ bytesPerSecond: 4 * MiB });
        const file = world.file();
        add(uppy, file, file.name);
        const finished = uppy.upload();
        await untilTrue(() => world.sent() > MiB, 'a MiB sent');
        uppy.removePlugin(uppy.getPlugin('TransferUploader')!);
        expect((await finished)!.failed!.length).to.equal(1);
        expect(heard.errors.size).to.equal(1);
        await untilTrue(async () => (await world.store.uploads()).length === 0, 'the abort');
        expect(await world.store.list()).to.deep.equal([]);
        const situation = '18: the uploader is removed in the middle';
        const result = 'the promise settles, nothing is left';
        await report({ table: 'uploads', who: 'ours', plan, situation, result });
      }));

    it('19: a file that failed keeps no later one waiting', () =>
      inWorld(async rig => {
        const { uppy, heard, world } = rig;
        const operation = ['PutObject', 'UploadPart'];
        await world.store.setFaults({ rules: [{ operation, status: 400, code: 'InvalidRequest' }] });
        const bad = world.file('bad.bin');
        const id = add(uppy, bad, bad.name);
        await uppy.upload();
        expect(heard.errors.get('bad.bin')!.status).to.equal(400);
        expect(heard.errors.get('bad.bin')!.body).to.include({ serverCode: 'InvalidRequest' });
        await world.store.resetFaults();
        const good = world.file('good.bin', 1000);
        add(uppy, good, good.name);
        const both = uppy.upload();
        uppy.pauseResume(id);
        await untilTrue(() => successes(heard).includes('good.bin'), 'the good file');
        uppy.pauseResume(id);
        await both;
        expect(successes(heard).sort()).to.deep.equal(['bad.bin', 'good.bin']);
        expect(await world.store.sha256('bad.bin')).to.equal(await sha256(bad));
        expect(await world.store.uploads()).to.deep.equal([]);
      }));
  });
}

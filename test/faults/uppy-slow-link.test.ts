/** What Uppy is told on a link that is slower than the buffers before it are large. */
import { expect } from '@open-wc/testing';
import { add, uppyOn } from '../uppy/support.js';
import { MiB, type PlanKind, sha256 } from './uploads.js';
import { World } from './world.js';

for (const plan of ['request', 'parts'] satisfies PlanKind[]) {
  describe(`a slow link under Uppy: ${plan}`, function () {
    this.timeout(90_000);

    it('shows no percentage that runs far ahead of the link', async () => {
      const world = await World.open(plan, { connections: 1 });
      // Forms have no field for tags: files with tags go up by PUT.
      const metadata = plan === 'request' ? { metadata: () => ({ tags: { plan } }) } : {};
      const { uppy, heard } = uppyOn(world.manager, metadata);
      try {
        await world.store.setWeather({ bytesPerSecond: 4 * MiB });
        const file = world.file('file.bin', plan === 'parts' ? 24 * MiB : 12 * MiB);
        const id = add(uppy, file, file.name);
        const steps: { shown: number; carried: number }[] = [];
        let isOver = false;
        const watching = (async () => {
          while (!isOver) {
            const shown = uppy.getFile(id).progress.percentage ?? 0;
            const carried = ((await world.store.bytesUp()) / file.size) * 100;
            if (!isOver) steps.push({ shown, carried });
            await new Promise(resolve => setTimeout(resolve, 50));
          }
        })();
        const result = await uppy.upload();
        isOver = true;
        await watching;
        expect(result!.successful!.length).to.equal(1);
        const said = steps.map(({ shown, carried }) => `${shown}/${Math.round(carried)}`).join(' ');
        for (const { shown, carried } of steps) expect(shown, said).to.be.at.most(carried + 25);
        // Never a bar that stands until the end, even where buffers swallow all of it at once.
        const late = steps.findLast(({ carried }) => carried >= 70 && carried < 100);
        expect(late?.shown ?? 0, said).to.be.at.least(10);
        if (plan === 'parts') expect(heard.bytes.get(file.name)!.length).to.be.at.least(2);
        expect(heard.fallen).to.deep.equal([]);
        expect(await world.store.sha256(file.name)).to.equal(await sha256(file));
      } finally {
        uppy.destroy();
        await world.close();
      }
    });
  });
}

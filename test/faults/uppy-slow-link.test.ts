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
        const nearly: Promise<number>[] = [];
        uppy.on('upload-progress', () => {
          const { percentage } = uppy.getFile(id).progress;
          if (nearly.length === 0 && (percentage ?? 0) >= 90) nearly.push(world.store.bytesUp());
        });
        const result = await uppy.upload();
        expect(result!.successful!.length).to.equal(1);
        for (const bytes of await Promise.all(nearly)) expect(bytes).to.be.at.least(file.size * 0.7);
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

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferManager } from '../../src/transfer/manager.js';
import type { TransferJob } from '../../src/transfer/types.js';

/** What a job is about is found only after the page's own step, in which it may be cancelled. */
describe('a job that is cancelled in the step that began it', () => {
  const begin: Record<string, (manager: TransferManager, other: TransferManager) => TransferJob> = {
    upload: manager => manager.upload([new File(['new'], 'new.txt')]),
    'upload of a source': manager =>
      manager.upload(
        (async function* () {
          yield { file: new File(['new'], 'new.txt'), path: 'new.txt' };
        })(),
      ),
    'download of a file': manager => manager.download(['a.txt'], { to: 'memory' }),
    'download of a folder': manager => manager.download(['folder/'], { to: 'memory' }),
    deletion: manager => manager.remove(['a.txt', 'folder/']),
    move: manager => manager.move(['a.txt', 'folder/'], 'elsewhere/'),
    'copy to another storage': (manager, to) => manager.copy(['a.txt', 'folder/'], '', { to }),
  };
  for (const [what, start] of Object.entries(begin)) {
    for (const steps of [0, 1, 3]) {
      it(`${what}: ends, and every item with it (${steps} microtasks later)`, {
        timeout: 20_000,
      }, async () => {
        const manager = new TransferManager({ adapter: memory() });
        const other = new TransferManager({ adapter: memory() });
        const files = [new File(['abc'], 'a.txt')];
        await manager.upload(files).finished;
        await manager.upload(files, { into: 'folder/' }).finished;
        const job = start(manager, other);
        for (let step = 0; step < steps; step += 1) await undefined;
        await job.cancel();
        const { state } = await job.finished;
        assert.equal(state, 'cancelled');
        for (const item of job.items) assert.equal(item.state, 'cancelled');
      });
    }
  }
});

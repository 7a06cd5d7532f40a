import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memory } from '../../../src/adapters/memory/index.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import type { DownloadTarget } from '../../../src/transfer/types.js';

describe('a download to something that is no target', () => {
  for (const to of [{}, 'somewhere', 7] as unknown as DownloadTarget[]) {
    it(`ends at once and says so: ${JSON.stringify(to)}`, { timeout: 10_000 }, async () => {
      const manager = new TransferManager({ adapter: memory({ files: { 'a.txt': 'A' } }) });
      const job = manager.download(['a.txt'], { to });
      await assert.rejects(job.finished, { name: 'TransferError', reason: 'invalid-input' });
      assert.equal(job.isRetryable(), false);
      await job.cancel();
    });
  }
});

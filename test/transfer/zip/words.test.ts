import { expect } from '@open-wc/testing';
import { memory } from '../../../src/adapters/memory/index.js';
import { TransferError } from '../../../src/core/errors.js';
import type { DownloadTarget } from '../../../src/transfer/types.js';
import { temporaryDirectory } from '../download/support.js';
import { managerOf } from '../harness.js';

describe('the words about a zip that lacks a file', () => {
  async function without(to: DownloadTarget) {
    const { manager } = managerOf(
      memory({
        files: { 'run/a.txt': 'A', 'run/b.txt': 'B' },
        failures: ({ operation, path }) =>
          operation === 'resolveDownload' && path === 'run/b.txt'
            ? new TransferError('The storage takes a rest.', { kind: 'restart', reason: 'server' })
            : undefined,
      }),
    );
    const job = manager.download(['run/'], { to });
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.snapshot.reason).to.have.property('reason', 'archive-incomplete');
    return job;
  }

  it('promise no second try where what came went out of the page', async () => {
    const job = await without(new WritableStream());
    expect(job.isRetryable()).to.equal(false);
    expect(job.snapshot.reason!.message).to.contain('begin the download anew').and.not.to.contain('again');
  });

  it('say what a second try costs where there is one', async () => {
    await using directory = await temporaryDirectory();
    const job = await without(await directory.getFileHandle('x.zip', { create: true }));
    expect(job.isRetryable()).to.equal(true);
    expect(job.snapshot.reason!.message).to.contain('can be tried again');
    await job.release?.();
  });
});

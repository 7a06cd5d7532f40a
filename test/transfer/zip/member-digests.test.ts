import { expect } from '@open-wc/testing';
import type { Checksum, ChecksumAlgorithm } from '../../../src/core/checksum.js';
import { createHasher } from '../../../src/transfer/checksum/index.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { FakeRanges } from '../download/fake-ranges.js';
import { contextFor, patterned, temporaryDirectory } from '../download/support.js';

const content = patterned(20 * 1024 * 1024, 3);

describe('a zip member of which the storage tells a digest that needs the bytes in order', () => {
  for (const algorithm of ['md5', 'sha256'] satisfies ChecksumAlgorithm[]) {
    for (const isRight of [true, false]) {
      it(`is ${isRight ? 'proven' : 'never called good'} by its ${algorithm}`, async function () {
        this.timeout(30_000);
        const hasher = createHasher();
        const right = (await hasher.hashBytes(content, [algorithm])).get(algorithm)!;
        hasher.close();
        const wrong: Checksum = {
          ...right,
          value: btoa(atob(right.value).replace(/^./, first => (first === 'x' ? 'y' : 'x'))),
        };
        using storage = new FakeRanges(() => content);
        storage.said = [isRight ? right : wrong];
        await using directory = await temporaryDirectory();
        const to = await directory.getFileHandle('all.zip', { create: true });
        // Two of them make a zip.
        const wanted = ['one.bin', 'two.bin'].map(as => ({ path: 'f.bin', as }));
        const job = startDownload(contextFor(storage.adapter), wanted, { to });
        const { state } = await job.finished;
        const [item] = job.items;
        if (isRight) {
          expect(state).to.equal('done');
          expect(item!.result!.verified).to.deep.equal({ level: 'checksum', by: 'page', algorithm });
        } else {
          expect(state).to.equal('incomplete');
          expect(item!.error!.reason).to.equal('checksum-mismatch');
          // The archive waits for another try.
          await job.release!();
        }
      });
    }
  }
});

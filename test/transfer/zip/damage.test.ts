import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { StagingSink } from '../../../src/transfer/sinks/staging.js';
import type { TransferJob } from '../../../src/transfer/types.js';
import { FakeRanges } from '../download/fake-ranges.js';
import {
  contextFor,
  downloadsOnly,
  hurriedClock,
  patterned,
  temporaryDirectory,
} from '../download/support.js';

const mebibyte = 1024 * 1024;
const listed = 500;

/** Two files, of which the first has another size than its listing says, as one that is just being written. */
function changing(content: string): Adapter {
  const entry = (name: string) => ({
    ...{ id: `d/${name}`, path: `d/${name}`, name, kind: 'file' as const },
    size: listed,
    modified: 0,
  });
  return {
    name: 'changing',
    label: 'Changing',
    capabilities: downloadsOnly,
    list: async () => ({ entries: [entry('a'), entry('b')] }),
    resolveDownload: async ({ path }) => ({
      kind: 'blob',
      blob: new Blob([path === 'd/a' ? content : 'b'.repeat(listed)]),
    }),
  };
}

const full = () => new DOMException('The disk is full.', 'QuotaExceededError');

describe('a zip', function () {
  this.timeout(60_000);

  for (const length of [listed - 1, listed + 1, 4 * listed]) {
    it(`with a file of ${length} bytes where ${listed} were listed is never called done`, async () => {
      await using directory = await temporaryDirectory();
      const to = await directory.getFileHandle('x.zip', { create: true });
      const job = startDownload(contextFor(changing('a'.repeat(length))), ['d/'], { to });
      expect((await job.finished).state).to.equal('incomplete');
      expect(job.items.at(0)!.error!.reason).to.equal('changed-remote');
      expect((await to.getFile()).size).to.equal(0);
      await job.release?.();
    });
  }

  describe('whose disk is full for a moment', () => {
    const { write } = StagingSink.prototype;
    const { createObjectURL } = URL;
    const { click } = HTMLAnchorElement.prototype;
    const saved: Blob[] = [];
    before(() => {
      HTMLAnchorElement.prototype.click = () => {};
      URL.createObjectURL = blob => {
        saved.push(blob as Blob);
        return createObjectURL.call(URL, blob);
      };
    });
    afterEach(() => {
      StagingSink.prototype.write = write;
    });
    after(() => {
      URL.createObjectURL = createObjectURL;
      HTMLAnchorElement.prototype.click = click;
    });

    it('has all of its headers after another try', async () => {
      using storage = new FakeRanges(() => patterned(40 * mebibyte, 3));
      let failures = 0;
      StagingSink.prototype.write = function (position, bytes) {
        const isSecondHeader = bytes.length < 100 && position > 0 && failures === 0;
        if (!isSecondHeader) return write.call(this, position, bytes);
        failures += 1;
        return Promise.reject(full());
      };
      const wanted = ['one.bin', 'two.bin'].map(as => ({ path: 'f.bin', as }));
      const job = startDownload(contextFor(storage.adapter, hurriedClock), wanted, { to: 'zip' });
      expect((await job.finished).state).to.equal('incomplete');
      expect(failures).to.equal(1);
      job.retryFailed();
      expect((await job.finished).state).to.equal('done');
      const bytes = new DataView(await saved.at(-1)!.arrayBuffer());
      const end = bytes.byteLength - 22;
      let entry = bytes.getUint32(end + 16, true);
      for (let member = 0; member < 2; member += 1) {
        expect(bytes.getUint32(bytes.getUint32(entry + 42, true), true)).to.equal(0x04034b50);
        entry += 46 + bytes.getUint16(entry + 28, true) + bytes.getUint16(entry + 30, true);
      }
    });
  });

  it('in a picked file offers no second try once the browser has broken its stream off', async () => {
    using storage = new FakeRanges(() => patterned(3 * mebibyte, 3));
    await using directory = await temporaryDirectory();
    const to = await directory.getFileHandle('x.zip', { create: true });
    const real = to.createWritable.bind(to);
    to.createWritable = async options => {
      const writable = await real(options);
      const write = writable.write.bind(writable);
      let writes = 0;
      writable.write = async content => {
        if (++writes !== 4) return write(content);
        // The real stream takes nothing any more after this.
        await write({ type: 'write', position: 0 } as WriteParams).catch(() => {});
        throw full();
      };
      return writable;
    };
    const wanted = ['one.bin', 'two.bin'].map(as => ({ path: 'f.bin', as }));
    const job: TransferJob = startDownload(contextFor(storage.adapter, hurriedClock), wanted, { to });
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.isRetryable()).to.equal(false);
    expect(job.snapshot.reason!.message).to.contain('begin the download anew');
    // Nothing of it is left, and begun anew it is had.
    const other = await directory.getFileHandle('x.zip', { create: true });
    expect((await other.getFile()).size).to.equal(0);
    const anew = startDownload(contextFor(storage.adapter), wanted, { to: other });
    expect((await anew.finished).state).to.equal('done');
  });
});

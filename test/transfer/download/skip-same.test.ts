import { expect } from '@open-wc/testing';
import type { Checksum } from '../../../src/core/checksum.js';
import type { Entry } from '../../../src/core/entry.js';
import type { TransferContext } from '../../../src/transfer/context.js';
import { startDownload } from '../../../src/transfer/download/download-job.js';
import { FakeRanges } from './fake-ranges.js';
import { contextFor, temporaryDirectory } from './support.js';

/** So that the next file is of another millisecond. */
const moment = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 20));

/** A storage that tells no checksum of the whole and no time: only the validator says which version it has. */
describe('skip-same where a storage tells nothing but a validator', () => {
  const content = (version: number) => new TextEncoder().encode(`version ${version}`);
  let storage: FakeRanges;
  /** A storage of its own each time, so that nothing is known of an earlier one. */
  let context: TransferContext;
  beforeEach(() => {
    storage = new FakeRanges(content);
    context = { ...contextFor(storage.adapter), storage: `test ${crypto.randomUUID()}` };
  });
  afterEach(() => storage[Symbol.dispose]());

  async function run(directory: FileSystemDirectoryHandle, own = context, paths = ['f.bin']) {
    const before = storage.requests;
    const job = startDownload(own, paths, { to: directory, conflict: 'skip-same' });
    expect((await job.finished).state).to.equal('done');
    const local = await (await directory.getFileHandle('f.bin')).getFile();
    return { fetched: storage.requests - before, text: await local.text() };
  }

  async function overwrite(directory: FileSystemDirectoryHandle, text: string): Promise<void> {
    await moment();
    const writable = await (await directory.getFileHandle('f.bin')).createWritable();
    await writable.write(text);
    await writable.close();
  }

  it('fetches nothing again of the version that came', async () => {
    await using directory = await temporaryDirectory();
    expect(await run(directory)).to.deep.equal({ fetched: 1, text: 'version 1' });
    expect(await run(directory)).to.deep.equal({ fetched: 0, text: 'version 1' });
  });

  it('fetches another version of the same size', async () => {
    await using directory = await temporaryDirectory();
    await run(directory);
    storage.version = 2;
    expect(await run(directory)).to.deep.equal({ fetched: 1, text: 'version 2' });
    expect(await run(directory)).to.deep.equal({ fetched: 0, text: 'version 2' });
  });

  it('fetches what was changed on this disk, although it has the same size', async () => {
    await using directory = await temporaryDirectory();
    await run(directory);
    await overwrite(directory, 'my notes!');
    expect(await run(directory)).to.deep.equal({ fetched: 1, text: 'version 1' });
  });

  it('knows the file in each of two folders', async () => {
    await using one = await temporaryDirectory();
    await using other = await temporaryDirectory();
    await run(one);
    await moment();
    await run(other);
    expect((await run(one)).fetched + (await run(other)).fetched).to.equal(0);
  });

  it('takes no other storage’s file for it, nor one that nobody has noted', async () => {
    await using directory = await temporaryDirectory();
    await run(directory);
    const elsewhere = { ...context, storage: `${context.storage} too` };
    expect((await run(directory, elsewhere)).fetched).to.equal(1);
  });

  /** The same storage, which tells more, or less, of its file. */
  const telling = (
    listed: Partial<Entry>,
    known: Partial<Entry> = listed,
    own = context,
  ): TransferContext => {
    const { adapter } = own;
    const changed = (entry: Entry, facts: Partial<Entry>): Entry => ({ ...entry, ...facts });
    return {
      ...own,
      adapter: {
        ...adapter,
        list: async (path, options) => {
          const { entries } = await adapter.list(path, options);
          return { entries: entries.map(entry => changed(entry, listed)) };
        },
        stat: async (path, options) => changed((await adapter.stat!(path, options))!, known),
      },
    };
  };
  const elsewhere = (own: TransferContext): TransferContext => ({ ...own, storage: crypto.randomUUID() });

  it('takes an edited file for another one, although it is newer than the storage’s', async () => {
    await using directory = await temporaryDirectory();
    const dated = telling({ modified: Date.now() - 3_600_000 });
    await run(directory, dated);
    await overwrite(directory, 'my notes!');
    expect(await run(directory, dated)).to.deep.equal({ fetched: 1, text: 'version 1' });
  });

  it('fetches what nothing shows to be the same, whatever the dates', async () => {
    await using directory = await temporaryDirectory();
    await run(directory);
    const dated = telling({ modified: Date.now() - 3_600_000 });
    expect((await run(directory, elsewhere(dated))).fetched).to.equal(1);
  });

  it('asks for a checksum that the listing does not tell', async () => {
    await using directory = await temporaryDirectory();
    await run(directory);
    const told = async (checksum: Partial<Checksum> = {}): Promise<number> => {
      const digest = (await context.hasher.hashBytes(content(1), ['crc64nvme'])).get('crc64nvme')!;
      const checksums: Checksum[] = [{ ...digest, ...checksum }];
      return (await run(directory, elsewhere(telling({}, { checksums })), [''])).fetched;
    };
    expect(await told()).to.equal(0);
    expect(await told({ value: 'AAAAAAAAAAA=' }), 'of other bytes').to.equal(1);
    expect(await told({ scope: 'composite', parts: 2 }), 'of parts').to.equal(1);
  });

  it('knows the version by the time of its change at a storage that tells no validator', async () => {
    await using directory = await temporaryDirectory();
    const at = (modified: number): TransferContext =>
      telling({ etag: undefined, modified } as unknown as Partial<Entry>);
    expect((await run(directory, at(1000))).fetched).to.equal(1);
    expect((await run(directory, at(1000))).fetched).to.equal(0);
    expect((await run(directory, at(2000))).fetched).to.equal(1);
    await overwrite(directory, 'my notes!');
    expect(await run(directory, at(2000))).to.deep.equal({ fetched: 1, text: 'version 1' });
  });

  it('fetches again where the browser keeps nothing', async () => {
    await using directory = await temporaryDirectory();
    const { get } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.get = () => {
      throw new DOMException('Not here.', 'InvalidStateError');
    };
    try {
      expect((await run(directory)).fetched).to.equal(1);
      expect((await run(directory)).fetched).to.equal(1);
    } finally {
      IDBObjectStore.prototype.get = get;
    }
  });
});

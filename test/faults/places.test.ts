import { expect } from '@open-wc/testing';
import { createCrc } from '../../src/transfer/checksum/crc.js';
import { fullChecksum } from '../../src/transfer/checksum/index.js';
import { startDownload } from '../../src/transfer/download/download-job.js';
import { stagingFolder } from '../../src/transfer/sinks/staged-files.js';
import type { DownloadTarget, TransferJob } from '../../src/transfer/types.js';
import { FakeRanges } from '../transfer/download/fake-ranges.js';
import {
  bytesOf,
  contextFor,
  firstDifference,
  hurriedClock,
  patterned,
  temporaryDirectory,
  tree,
} from '../transfer/download/support.js';
import { FakeDownloadWorker } from '../transfer/sinks/fake-download-worker.js';

const mebibyte = 1024 * 1024;

/** Places for a file, and what is in them afterwards: undefined when nothing was handed over. */
interface Place {
  readonly to: DownloadTarget;
  /** What was written cannot be written again: a file that has changed cannot begin anew. */
  readonly onlyForward?: boolean;
  content(job: TransferJob): Promise<Blob | undefined>;
  /** What is left that nobody was given. */
  leftovers(): Promise<readonly string[]>;
  /** What a full disk is told as. Default: `quota`. */
  readonly fullDisk?: string;
}

const nothing = async (): Promise<string[]> => [];

async function staged(): Promise<string[]> {
  const names: string[] = [];
  if (saved === undefined) for await (const name of (await stagingFolder()).keys()) names.push(name);
  return names;
}

/** The only file of an archive that stores it as it is. */
async function onlyMember(archive: Blob): Promise<Blob> {
  const header = new DataView(await archive.slice(0, 30).arrayBuffer());
  const end = new DataView(await archive.slice(-22).arrayBuffer());
  const begins = 30 + header.getUint16(26, true) + header.getUint16(28, true);
  // Up to the directory, without the descriptor of 16 bytes, or of 24 in the large form.
  const upToDescriptor = archive.slice(begins, end.getUint32(16, true));
  const tail = new DataView(await upToDescriptor.slice(-24).arrayBuffer());
  return upToDescriptor.slice(0, upToDescriptor.size - (tail.getUint32(0, true) === 0x08074b50 ? 24 : 16));
}

async function inFolder(directory: FileSystemDirectoryHandle): Promise<Blob | undefined> {
  const file = (await tree(directory)).get('f.bin');
  return file?.size ? file : undefined;
}

const places: Record<string, (directory: FileSystemDirectoryHandle) => Promise<Place>> = {
  memory: async () => ({
    to: 'memory',
    content: async job => job.items.at(0)?.result?.blob,
    leftovers: nothing,
  }),
  'a picked file': async directory => ({
    to: await directory.getFileHandle('f.bin', { create: true }),
    content: () => inFolder(directory),
    // The person has made it, be it empty.
    leftovers: async () => [...(await tree(directory)).keys()].filter(name => name !== 'f.bin'),
  }),
  'a picked folder': async directory => ({
    to: directory,
    content: () => inFolder(directory),
    leftovers: async () => [...(await tree(directory)).keys()].filter(name => name !== 'f.bin'),
  }),
  'the browser’s storage': async () => ({
    to: 'files',
    content: async () => saved,
    leftovers: staged,
  }),
  'a zip': async () => {
    let ended: TransferJob | undefined;
    return {
      to: 'zip',
      content: async job => {
        ended = job;
        return saved && onlyMember(saved);
      },
      async leftovers() {
        // What of it is right is kept for another try, until nobody can try again.
        await ended!.cancel();
        await (ended as unknown as { release(): Promise<void> }).release();
        return staged();
      },
    };
  },
  'the download worker': async () => {
    using worker = await FakeDownloadWorker.register(take);
    const { listed } = worker;
    return {
      to: 'stream',
      onlyForward: true,
      // The browser says no more than that it takes nothing more.
      fullDisk: 'aborted',
      content: async () => {
        const whole = listed.find(({ state }) => state === 'whole');
        return whole && new Blob(whole.pieces);
      },
      async leftovers() {
        // What the page tells comes along a port.
        await new Promise(resolve => setTimeout(resolve, 200));
        return listed.filter(({ state }) => state === 'under way').map(({ name }) => name);
      },
    };
  },
  'a stream': async () => {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let ended = false;
    const to = new WritableStream<Uint8Array<ArrayBuffer>>({
      write(piece) {
        take(piece.length);
        pieces.push(piece.slice());
      },
      close: () => void (ended = true),
    });
    return {
      to: to as WritableStream<Uint8Array>,
      onlyForward: true,
      content: async () => (ended ? new Blob(pieces) : undefined),
      leftovers: nothing,
    };
  },
};

let saved: Blob | undefined;
/** Bytes that still fit on the disk. */
let room = Number.POSITIVE_INFINITY;

function take(bytes: number): void {
  room -= bytes;
  if (room < 0) throw new DOMException('The disk is full.', 'QuotaExceededError');
}

/** A disk that is full after so many bytes, until it is disposed of. */
function fullAfter(bytes: number): Disposable {
  const { Worker } = globalThis;
  const { write } = FileSystemWritableFileStream.prototype;
  room = bytes;
  // What is staged is then written by the page, where it can be seen.
  globalThis.Worker = class {
    constructor() {
      throw new DOMException('blocked', 'SecurityError');
    }
  } as unknown as typeof globalThis.Worker;
  FileSystemWritableFileStream.prototype.write = async function (this: FileSystemWritableFileStream, chunk) {
    const { data } = chunk as { data?: BufferSource };
    take(data?.byteLength ?? 0);
    return write.call(this, chunk);
  };
  return {
    [Symbol.dispose]() {
      room = Number.POSITIVE_INFINITY;
      globalThis.Worker = Worker;
      FileSystemWritableFileStream.prototype.write = write;
    },
  };
}

describe('every place for a download', function () {
  this.timeout(90_000);
  const { click } = HTMLAnchorElement.prototype;
  const { createObjectURL } = URL;
  const large = [1, 2].map(version => patterned(65 * mebibyte, version));
  const ordinary = large.map(bytes => bytes.subarray(0, 26 * mebibyte));
  const crc32cOf = (bytes: Uint8Array) => {
    const crc = createCrc('crc32c');
    crc.update(bytes);
    return fullChecksum('crc32c', crc.digest());
  };
  before(() => {
    HTMLAnchorElement.prototype.click = () => {};
    URL.createObjectURL = blob => createObjectURL.call(URL, (saved = blob as Blob));
  });
  after(() => {
    HTMLAnchorElement.prototype.click = click;
    URL.createObjectURL = createObjectURL;
  });
  afterEach(async () => {
    saved = undefined;
    const folder = await stagingFolder();
    for await (const name of folder.keys()) await folder.removeEntry(name).catch(() => {});
  });

  async function run(name: string, storage: FakeRanges) {
    await using directory = await temporaryDirectory();
    const place = await places[name]!(directory);
    const job = startDownload(contextFor(storage.adapter, hurriedClock), ['f.bin'], { to: place.to });
    const { state } = await job.finished;
    const blob = await place.content(job);
    const bytes = blob && (await bytesOf(blob));
    const item = job.items.at(0)!;
    return { place, state, item, bytes, leftovers: await place.leftovers() };
  }
  type Run = Awaited<ReturnType<typeof run>>;

  function expectWhole({ state, item, bytes }: Run, wanted: Uint8Array): void {
    expect(item.error).to.equal(undefined);
    expect(state).to.equal('done');
    expect(firstDifference(bytes!, wanted)).to.equal(-1);
  }

  function expectNothing({ state, item, bytes, leftovers }: Run, reason: string): void {
    expect(state).to.equal('incomplete');
    expect(item.error).to.have.property('reason', reason);
    expect(bytes).to.equal(undefined);
    expect(leftovers).to.deep.equal([]);
  }

  for (const name of Object.keys(places)) {
    // Only what is large goes through the browser's own storage.
    const versions = name === 'the browser’s storage' || name === 'a zip' ? large : ordinary;
    const content = (version: number) => versions[version - 1]!;
    describe(`(${name})`, () => {
      it('holds one version of a file that changes on the way, or none', async () => {
        using storage = new FakeRanges(content);
        storage.trouble = ({ number }) => {
          if (number === 4) storage.version = 2;
          return undefined;
        };
        const came = await run(name, storage);
        if (came.place.onlyForward) expectNothing(came, 'changed-remote');
        else expectWhole(came, content(2));
      });

      for (const quietly of [false, true]) {
        it(`holds all of a file whose connections break ${quietly ? 'as if that were all' : 'off'}`, async () => {
          using storage = new FakeRanges(content);
          storage.trouble = ({ number }) =>
            number % 2 === 0 ? { breaksAt: 3 * mebibyte + number, quietly } : undefined;
          expectWhole(await run(name, storage), content(1));
        });
      }

      it('holds nothing of a file whose checksum is another one, and says what is proven of one that is right', async () => {
        using storage = new FakeRanges(content);
        storage.said = [crc32cOf(content(2))];
        expectNothing(await run(name, storage), 'checksum-mismatch');
        storage.said = [crc32cOf(content(1))];
        const right = await run(name, storage);
        expectWhole(right, content(1));
        expect(right.item.result!.verified).to.include({ level: 'checksum', algorithm: 'crc32c' });
      });

      it('holds all of a file whose address expires on the way, signed once more', async () => {
        using storage = new FakeRanges(content);
        let until = 3;
        storage.trouble = ({ number }) => {
          if (storage.signatures > 1) until = Number.POSITIVE_INFINITY;
          return number > until ? { expired: true } : undefined;
        };
        expectWhole(await run(name, storage), content(1));
        expect(storage.signatures).to.be.within(2, 3);
      });

      if (name !== 'memory') {
        it('says that the disk is full, and keeps nothing', async () => {
          using storage = new FakeRanges(content);
          using _full = fullAfter(20 * mebibyte);
          const came = await run(name, storage);
          expectNothing(came, came.place.fullDisk ?? 'quota');
        });
      }
    });
  }
});

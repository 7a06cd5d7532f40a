import { expect } from '@open-wc/testing';
import { saveBlob } from '../../../src/transfer/sinks/browser-save.js';
import { sinkForBrowser, smallEnoughForMemory } from '../../../src/transfer/sinks/choose.js';
import { DirectoryTarget } from '../../../src/transfer/sinks/directory.js';
import { FileHandleSink } from '../../../src/transfer/sinks/file-handle.js';
import { MemorySink } from '../../../src/transfer/sinks/memory.js';
import { MemoryRoom } from '../../../src/transfer/sinks/memory-room.js';
import { PickedFile } from '../../../src/transfer/sinks/picked-file.js';
import type { Sink } from '../../../src/transfer/sinks/sink.js';
import { canStage, sweepStaged } from '../../../src/transfer/sinks/staged-files.js';
import { recordsOf } from '../../../src/transfer/sinks/staged-journal.js';
import { StagingSink } from '../../../src/transfer/sinks/staging.js';
import { StreamSink } from '../../../src/transfer/sinks/stream.js';
import { resize, type SyncAccessHandle, writeAll } from '../../../src/transfer/sinks/sync-access.js';
import { until } from '../download/other-page.js';
import { temporaryDirectory, tree } from '../download/support.js';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Writes "one two three" from back to front. */
async function writeBackwards(sink: Sink): Promise<void> {
  await sink.open(13);
  await sink.write(8, bytes('three'));
  await sink.write(4, bytes('two '));
  await sink.write(0, bytes('one '));
}

const stagedFolder = 'file-transfer-elements.staged';

async function staged(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(stagedFolder, { create: true });
  // The names alone: a file may be removed while this looks.
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

const unasked = {
  isSame: async () => false,
  ask: async () => {
    throw new Error('Nobody was to be asked.');
  },
};

describe('sinks', () => {
  describe('for a picked file', () => {
    it('write at positions and show nothing before they are closed', async () => {
      await using directory = await temporaryDirectory();
      const handle = await directory.getFileHandle('x', { create: true });
      const sink = new FileHandleSink(new PickedFile(handle));
      await writeBackwards(sink);
      expect((await handle.getFile()).size).to.equal(0);
      await sink.close();
      expect(await (await handle.getFile()).text()).to.equal('one two three');
      expect(await sink.deliver()).to.equal('x');
    });

    it('leave what was there when the download is given up before its first byte', async () => {
      await using directory = await temporaryDirectory();
      for (const text of ['what was there', '']) {
        const handle = await directory.getFileHandle(text === '' ? 'new' : 'x', { create: true });
        const before = await handle.createWritable();
        await before.write(text);
        await before.close();
        let removed = 0;
        const remove = async () => void removed++;
        await new FileHandleSink(new PickedFile(handle, { remove })).abort();
        expect(removed).to.equal(text === '' ? 1 : 0);
        expect(await (await handle.getFile()).text()).to.equal(text);
      }
    });

    it('leave what was there when the download is given up', async () => {
      await using directory = await temporaryDirectory();
      const handle = await directory.getFileHandle('x', { create: true });
      const before = await handle.createWritable();
      await before.write('what was there');
      await before.close();
      const sink = new FileHandleSink(new PickedFile(handle));
      await writeBackwards(sink);
      await sink.abort();
      expect(await (await handle.getFile()).text()).to.equal('what was there');
    });

    it('start over with another size', async () => {
      await using directory = await temporaryDirectory();
      const handle = await directory.getFileHandle('x', { create: true });
      const sink = new FileHandleSink(new PickedFile(handle));
      await writeBackwards(sink);
      await sink.open(2);
      await sink.write(0, bytes('ok'));
      await sink.close();
      expect(await (await handle.getFile()).text()).to.equal('ok');
    });
  });

  describe('for a picked directory', () => {
    it('make folders as needed, also many at once', async () => {
      await using directory = await temporaryDirectory();
      const target = new DirectoryTarget(directory);
      const paths = ['a/b/1', 'a/b/2', 'a/c/3', '4'];
      await Promise.all(
        paths.map(async path => {
          const placement = await target.place(path.split('/'), 'replace', unasked);
          if (!('file' in placement)) throw new Error('no place');
          const sink = new FileHandleSink(placement.file);
          await sink.open(path.length);
          await sink.write(0, bytes(path));
          await sink.close();
        }),
      );
      const files = await tree(directory);
      expect([...files.keys()].sort()).to.deep.equal([...paths].sort());
      expect(await files.get('a/b/2')!.text()).to.equal('a/b/2');
    });

    it('give each of many files of one name a place of its own', async () => {
      await using directory = await temporaryDirectory();
      const target = new DirectoryTarget(directory);
      const placements = await Promise.all(
        Array.from({ length: 8 }, () => target.place(['reads.tar.gz'], 'rename', unasked)),
      );
      const names = placements.map(placement => ('name' in placement ? placement.name : ''));
      expect(new Set(names).size).to.equal(8);
      expect(names).to.include('reads (8).tar.gz');
    });

    it('give a file that was begun the empty one of its name, and no other file of this download', async () => {
      await using directory = await temporaryDirectory();
      await directory.getFileHandle('x', { create: true });
      const target = new DirectoryTarget(directory);
      const names = [];
      for (let count = 0; count < 2; count += 1) {
        const place = await target.place(['x'], 'rename', unasked, true, true);
        names.push('name' in place ? place.name : '');
      }
      expect(names).to.deep.equal(['x', 'x (2)']);
    });

    it('number the longest name there can be without making it longer', async () => {
      await using directory = await temporaryDirectory();
      const target = new DirectoryTarget(directory);
      const wanted = `${'x'.repeat(244)}.bin`;
      const places = [];
      for (let count = 0; count < 2; count += 1) places.push(await target.place([wanted], 'rename', unasked));
      const [one, other] = places.map(place => ('name' in place ? place.name : ''));
      expect(one).to.equal(wanted);
      expect(other).to.match(/^x+ \(2\)\.bin$/);
      expect(other!.length).to.equal(wanted.length);
    });

    it('say that a name is refused, which no other try will change', async () => {
      const refusing = {
        // As Chromium says it of a folder of the disk.
        getFileHandle: () => Promise.reject(new TypeError('Failed to execute: Name is not allowed.')),
      } as unknown as FileSystemDirectoryHandle;
      const refused = new DirectoryTarget(refusing).place(['odd~'], 'replace', unasked);
      const error = await refused.catch((reason: unknown) => reason);
      expect(error).to.include({ name: 'TransferError', kind: 'fatal', reason: 'invalid-name' });
      expect((error as Error).message)
        .to.include('\u201codd~\u201d')
        .and.not.to.include('try');
    });

    it('say in words what is in the way', async () => {
      await using directory = await temporaryDirectory();
      await directory.getDirectoryHandle('taken', { create: true });
      const target = new DirectoryTarget(directory);
      const error = await target.place(['taken'], 'replace', unasked).catch((reason: unknown) => reason);
      expect(error).to.include({ name: 'TransferError', reason: 'exists' });
    });

    it('remove a new file when it is given up, and keep an old one', async () => {
      await using directory = await temporaryDirectory();
      const old = await (await directory.getFileHandle('old', { create: true })).createWritable();
      await old.write('old');
      await old.close();
      const target = new DirectoryTarget(directory);
      for (const name of ['old', 'new']) {
        const placement = await target.place([name], 'replace', unasked);
        if (!('file' in placement)) throw new Error('no place');
        const sink = new FileHandleSink(placement.file);
        await writeBackwards(sink);
        await sink.abort();
      }
      const files = await tree(directory);
      expect([...files.keys()]).to.deep.equal(['old']);
      expect(await files.get('old')!.text()).to.equal('old');
    });
  });

  describe('for the browser’s list', () => {
    it('keep what is being saved for a minute', () => {
      const { setTimeout: wait } = globalThis;
      const { revokeObjectURL } = URL;
      const { click } = HTMLAnchorElement.prototype;
      const waits: { after: number; run: () => void }[] = [];
      const revoked: string[] = [];
      let released = 0;
      globalThis.setTimeout = ((run: () => void, after: number) =>
        waits.push({ run, after })) as unknown as typeof setTimeout;
      URL.revokeObjectURL = url => void revoked.push(url);
      HTMLAnchorElement.prototype.click = () => {};
      try {
        saveBlob(new Blob(['abc']), 'a.txt', () => {
          released += 1;
        });
        expect([revoked.length, released, waits.length]).to.deep.equal([0, 0, 1]);
        expect(waits[0]!.after).to.be.at.least(60_000);
        waits[0]!.run();
        expect([revoked.length, released]).to.deep.equal([1, 1]);
      } finally {
        globalThis.setTimeout = wait;
        URL.revokeObjectURL = revokeObjectURL;
        HTMLAnchorElement.prototype.click = click;
      }
    });
  });

  describe('for staging', () => {
    it('write in a worker, hand over the file, and remove it afterwards', async () => {
      let handed: { file: File; name: string; release: () => void } | undefined;
      const sink = new StagingSink('result.bin', {
        save: (file, name, release) => {
          handed = { file, name, release };
        },
      });
      await writeBackwards(sink);
      const content = await sink.close();
      expect(handed).to.equal(undefined);
      expect(await content.text()).to.equal('one two three');
      await sink.deliver();
      expect(handed!.name).to.equal('result.bin');
      expect(await handed!.file.text()).to.equal('one two three');
      expect(await staged()).to.have.length(1);
      handed!.release();
      for (let count = 0; (await staged()).length > 0 && count < 500; count += 1) {
        await new Promise(resolve => setTimeout(resolve, 20));
      }
      expect(await staged()).to.deep.equal([]);
    });

    it('do not fit when the browser has promised too much, which shows before anything is fetched', async () => {
      const { estimate } = navigator.storage;
      navigator.storage.estimate = async () => ({ quota: 2 ** 50, usage: 0 });
      try {
        expect(await sinkForBrowser('x', 2 ** 44, '')).to.equal(undefined);
      } finally {
        navigator.storage.estimate = estimate;
      }
      expect(await staged()).to.deep.equal([]);
    });

    it('take a full disk for what it is, also where the browser does not say so', () => {
      let size = 0;
      const access: SyncAccessHandle = {
        // As Chromium answers off the record.
        write: (bytes, { at }) => (at >= 4 ? 4_294_967_288 : Math.min(bytes.length, 4)),
        truncate: wanted => void (size = wanted > 100 ? size : wanted),
        getSize: () => size,
        flush: () => {},
        close: () => {},
      };
      writeAll(access, bytes('1234'), 0);
      expect(() => writeAll(access, bytes('12345'), 0))
        .to.throw()
        .with.property('name', 'QuotaExceededError');
      resize(access, 100);
      expect(() => resize(access, 101))
        .to.throw()
        .with.property('name', 'QuotaExceededError');
    });

    it('give buffers back to be filled again', async () => {
      const sink = new StagingSink('x', { save: () => {} });
      await sink.open(3);
      const piece = bytes('abc');
      const spare = await sink.write(0, piece);
      expect(spare!.byteLength).to.equal(3);
      expect(piece.length).to.equal(0, 'the worker has it');
      await sink.abort();
    });

    it('go on without a worker', async () => {
      const { Worker } = globalThis;
      globalThis.Worker = class {
        constructor() {
          throw new DOMException('blocked', 'SecurityError');
        }
      } as unknown as typeof globalThis.Worker;
      try {
        const sink = new StagingSink('x', { save: () => {} });
        await writeBackwards(sink);
        expect(await (await sink.close()).text()).to.equal('one two three');
        await sink.abort();
      } finally {
        globalThis.Worker = Worker;
      }
    });

    it('remove what was given up, and start over after having been closed', async () => {
      const sink = new StagingSink('x', { save: () => {} });
      await writeBackwards(sink);
      await sink.close();
      await sink.open(2);
      await sink.write(0, bytes('ok'));
      expect(await (await sink.close()).text()).to.equal('ok');
      await sink.abort();
      expect(await staged()).to.deep.equal([]);
    });

    it('sweep what nobody uses, and only that', async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(stagedFolder, { create: true });
      await folder.getFileHandle('orphan', { create: true });
      const sink = new StagingSink('x', { save: () => {} });
      await sink.open(1);
      expect(await sweepStaged(60_000)).to.equal(0, 'too young');
      expect(await sweepStaged(-1)).to.equal(1);
      expect(await staged())
        .to.have.length(1)
        .and.not.to.include('orphan');
      await sink.close();
      expect(await sweepStaged(-1)).to.equal(0, 'whole, and not handed over yet');
      expect(await staged()).to.have.length(1);
      await sink.abort();
    });

    describe('note what is there for another page', () => {
      const content = { size: 13, etag: 'e', stretches: [{ start: 0, size: 13, checksums: [] }] };
      const { postMessage } = Worker.prototype;
      let origin: { readonly storage: string; readonly path: string };
      let sink: StagingSink;
      beforeEach(async () => {
        origin = { storage: 'sinks', path: crypto.randomUUID() };
        sink = new StagingSink('x', { origin });
        await writeBackwards(sink);
      });
      afterEach(async () => {
        Worker.prototype.postMessage = postMessage;
        await sink.abort();
      });

      it('only once it is on the disk', async () => {
        const held: (() => void)[] = [];
        Worker.prototype.postMessage = function (this: Worker, ...given: [{ kind?: string }, never]) {
          const send = (): void => postMessage.apply(this, given);
          if (given[0].kind === 'flush') held.push(send);
          else send();
        };
        sink.keep(content);
        expect(await recordsOf(origin)).to.deep.equal([]);
        for (const send of held) send();
        await until(async () => (await recordsOf(origin))[0]);
      });

      it('no longer when it begins anew', async () => {
        sink.keep(content);
        await until(async () => (await recordsOf(origin))[0]);
        await sink.open(13);
        expect(await recordsOf(origin)).to.deep.equal([]);
      });
    });

    it('know that some sizes never fit', async () => {
      expect(await canStage(1000)).to.equal(true);
      expect(await canStage(Number.MAX_SAFE_INTEGER)).to.equal(false);
    });
  });

  describe('in memory', () => {
    it('join what came in any order, with its type', async () => {
      const sink = new MemorySink('text/x-test');
      await writeBackwards(sink);
      const blob = await sink.close();
      expect(await blob.text()).to.equal('one two three');
      expect(blob.type).to.equal('text/x-test');
    });

    /** Of a file that goes over several blocks. */
    const content = Uint8Array.from({ length: 2_500_001 }, (_, index) => (index * 31) ^ (index >> 8));

    async function expectContent(blob: Blob): Promise<void> {
      expect(blob.size).to.equal(content.length);
      expect(indexedDB.cmp(await blob.arrayBuffer(), content.buffer)).to.equal(0);
    }

    for (const size of [content.length, undefined]) {
      it(`hold what is written again in other pieces, of ${size ?? 'unknown'} bytes`, async () => {
        const sink = new MemorySink('');
        await sink.open(size);
        const writes: Promise<unknown>[] = [];
        const wrong = new Uint8Array(content.length).fill(7);
        for (const [piece, from] of [
          [700_000, wrong],
          [64 * 1024, content],
        ] as const) {
          for (let at = 0; at < content.length; at += piece) {
            writes.push(sink.write(at, from.slice(at, at + piece)));
          }
          await Promise.all(writes);
        }
        await expectContent(await sink.close());
      });
    }

    it('make few blobs of many writes', async () => {
      const { Blob: Real } = globalThis;
      let made = 0;
      globalThis.Blob = class extends Real {
        constructor(...parameters: ConstructorParameters<typeof Blob>) {
          super(...parameters);
          made += 1;
        }
      };
      try {
        const sink = new MemorySink('');
        await sink.open(content.length);
        for (let at = 0; at < content.length; at += 500) await sink.write(at, content.slice(at, at + 500));
        await expectContent(await sink.close());
      } finally {
        globalThis.Blob = Real;
      }
      expect(made).to.be.at.most(4);
    });

    it('refuse what is too large, known beforehand or not', async () => {
      const refused = (reason: unknown) => reason;
      const sink = new MemorySink('', { room: new MemoryRoom(5) });
      expect(await sink.open(6).catch(refused)).to.have.property('reason', 'too-large');
      await sink.open(undefined);
      await sink.write(0, bytes('abc'));
      expect(await sink.write(3, bytes('def')).catch(refused)).to.have.property('reason', 'too-large');
    });
  });

  describe('for a stream', () => {
    it('put pieces into order and wait for the stream', async () => {
      const written: string[] = [];
      let ended = false;
      const stream = new WritableStream<Uint8Array>({
        write: chunk => void written.push(new TextDecoder().decode(chunk)),
        close: () => void (ended = true),
      });
      const sink = new StreamSink(stream);
      await writeBackwards(sink);
      expect(written).to.deep.equal(['one ', 'two ', 'three']);
      await sink.close();
      expect(ended).to.equal(true);
    });

    it('tell the stream when the download is given up', async () => {
      let reason: unknown;
      const stream = new WritableStream<Uint8Array>({ abort: why => void (reason = why) });
      const sink = new StreamSink(stream);
      await sink.abort();
      expect(reason).to.have.property('name', 'AbortError');
    });
  });

  describe('for the browser’s download list', () => {
    /** What a click on a download link was given. */
    async function downloadOf(action: () => Promise<unknown>): Promise<{ name: string; text: string }> {
      const { click } = HTMLAnchorElement.prototype;
      let clicked: HTMLAnchorElement | undefined;
      HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
        clicked = this;
      };
      try {
        await action();
        return { name: clicked!.download, text: await (await fetch(clicked!.href)).text() };
      } finally {
        HTMLAnchorElement.prototype.click = click;
      }
    }

    it('are in memory for small files and staged for large ones', async () => {
      expect(await sinkForBrowser('a', 10, '')).to.be.instanceOf(MemorySink);
      expect(await sinkForBrowser('a', smallEnoughForMemory + 1, '')).to.be.instanceOf(StagingSink);
      expect(await sinkForBrowser('a', undefined, '')).to.be.instanceOf(StagingSink);
      expect(await sinkForBrowser('a', Number.MAX_SAFE_INTEGER, '')).to.equal(undefined);
    });

    for (const [kind, make] of [
      ['memory', () => sinkForBrowser('name.txt', 13, 'text/plain')],
      ['staging', async () => new StagingSink('name.txt')],
    ] as const) {
      it(`save under the name, from ${kind}`, async () => {
        const sink = (await make())!;
        await writeBackwards(sink);
        await sink.close();
        const download = await downloadOf(() => sink.deliver());
        expect(download).to.deep.equal({ name: 'name.txt', text: 'one two three' });
        await sink.abort();
      });
    }
  });
});

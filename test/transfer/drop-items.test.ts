import { expect } from '@open-wc/testing';
import {
  itemsFromClipboard,
  itemsFromDataTransfer,
  itemsFromFiles,
  itemsFromHandles,
} from '../../src/transfer/drop-items.js';
import type { UploadFile, UploadInput } from '../../src/transfer/types.js';

async function collect(inputs: AsyncIterable<UploadInput>): Promise<UploadInput[]> {
  const all: UploadInput[] = [];
  for await (const input of inputs) all.push(input);
  return all;
}

const summary = (inputs: UploadInput[]): string[] =>
  inputs.map(input => ('kind' in input ? `${input.kind} ${input.path}` : (input as UploadFile).path));

/** Stand-ins for what `webkitGetAsEntry` gives, with Chromium's hundred entries a call. */
function fakeFile(name: string, content = name): FileSystemEntry {
  return {
    name,
    isFile: true,
    isDirectory: false,
    file: (resolve: (file: File) => void) => resolve(new File([content], name)),
  } as unknown as FileSystemEntry;
}

function broken(name: string): FileSystemEntry {
  return {
    name,
    isFile: true,
    isDirectory: false,
    file: (_: unknown, reject: (error: Error) => void) => reject(new DOMException('gone', 'NotFoundError')),
  } as unknown as FileSystemEntry;
}

function fakeFolder(name: string, children: () => FileSystemEntry[]): FileSystemEntry {
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader() {
      const rest = children();
      return { readEntries: (resolve: (batch: FileSystemEntry[]) => void) => resolve(rest.splice(0, 100)) };
    },
  } as unknown as FileSystemEntry;
}

function dropOf(
  ...entries: { entry?: FileSystemEntry; handle?: FileSystemHandle | Error; file?: File }[]
): DataTransfer & { over: boolean } {
  const state = { over: false };
  const now = <Value>(value: Value): Value | null => (state.over ? null : value);
  const items = entries.map(({ entry, handle, file }) => ({
    kind: 'file',
    webkitGetAsEntry: () => now(entry ?? null),
    getAsFile: () => now(file ?? null),
    ...(handle === undefined
      ? {}
      : {
          getAsFileSystemHandle: async () => (handle instanceof Error ? Promise.reject(handle) : now(handle)),
        }),
  }));
  return Object.assign(state, { items, files: [] }) as unknown as DataTransfer & { over: boolean };
}

describe('dropped files and folders', () => {
  it('come complete, in a stable order, with empty folders and unreadable files', async () => {
    const many = () =>
      Array.from({ length: 250 }, (_, index) => fakeFile(`f${String(index).padStart(3, '0')}`));
    const drop = dropOf(
      {
        entry: fakeFolder('top', () => [
          broken('b'),
          fakeFolder('z', many),
          fakeFolder('a', () => []),
          fakeFile('c'),
        ]),
      },
      { entry: fakeFile('single.txt') },
    );
    const stream = itemsFromDataTransfer(drop);
    drop.over = true;
    const found = await collect(stream);
    expect(summary(found)).to.deep.equal([
      'unreadable top/b',
      'top/c',
      'folder top/a/',
      ...Array.from({ length: 250 }, (_, index) => `top/z/f${String(index).padStart(3, '0')}`),
      'single.txt',
    ]);
    expect(found[0]).to.have.nested.property('error.reason', 'unreadable');
    expect(found[1]).to.include({ size: 1 });
  });

  it('that link back into themselves end, and are named', async () => {
    const loop = (): FileSystemEntry =>
      fakeFolder('loop', () => [fakeFile('data'), loop(), fakeFile('more')]);
    const found = await collect(itemsFromDataTransfer(dropOf({ entry: loop() })));
    expect(found.length).to.be.lessThan(100);
    expect(summary(found).slice(0, 2)).to.deep.equal(['loop/data', 'loop/more']);
    expect(summary(found).filter(line => line.startsWith('unreadable'))).to.have.length(1);
  });

  it('stop being read when the signal says so', async () => {
    const stop = new AbortController();
    const endless = fakeFolder('endless', () =>
      Array.from({ length: 500 }, (_, index) => fakeFile(`${index}`)),
    );
    const seen: UploadInput[] = [];
    const reason = new Error('enough');
    const reading = (async () => {
      for await (const input of itemsFromDataTransfer(dropOf({ entry: endless }), { signal: stop.signal })) {
        seen.push(input);
        if (seen.length === 3) stop.abort(reason);
      }
    })();
    expect(await reading.catch((error: unknown) => error)).to.equal(reason);
    expect(seen).to.have.length(3);
  });
});

describe('handles', () => {
  let root: FileSystemDirectoryHandle;
  beforeEach(async () => {
    const top = await navigator.storage.getDirectory();
    root = await top.getDirectoryHandle(`drop-items-${Math.random()}`, { create: true });
    const sub = await root.getDirectoryHandle('sub', { create: true });
    await root.getDirectoryHandle('empty', { create: true });
    for (const [folder, name] of [
      [root, 'b.txt'],
      [root, 'a.txt'],
      [sub, 'c.txt'],
    ] as const) {
      const file = await folder.getFileHandle(name, { create: true });
      const writable = await file.createWritable();
      await writable.write(name);
      await writable.close();
    }
  });
  afterEach(async () => {
    await (await navigator.storage.getDirectory()).removeEntry(root.name, { recursive: true });
  });

  it('of a folder give its tree, each file with its own handle', async () => {
    const found = await collect(itemsFromHandles([root]));
    expect(summary(found)).to.deep.equal([
      `${root.name}/a.txt`,
      `${root.name}/b.txt`,
      `folder ${root.name}/empty/`,
      `${root.name}/sub/c.txt`,
    ]);
    const first = found[0] as UploadFile;
    expect(await (await first.handle!.getFile()).text()).to.equal('a.txt');
    expect(first.size).to.equal(5);
  });

  it('are preferred in a drop; a refused one falls back to the entry', async () => {
    const found = await collect(
      itemsFromDataTransfer(
        dropOf(
          { handle: await root.getFileHandle('a.txt'), entry: fakeFile('not this one') },
          { handle: new DOMException('no', 'NotAllowedError'), entry: fakeFile('entry.txt') },
          { file: new File(['x'], 'plain.txt') },
        ),
      ),
    );
    expect(summary(found)).to.deep.equal(['a.txt', 'entry.txt', 'plain.txt']);
    expect((found[0] as UploadFile).handle).to.have.property('kind', 'file');
  });
});

describe('chosen and pasted files', () => {
  it('keep the path below the chosen folder', async () => {
    const inFolder = new File(['1'], 'x.txt');
    Object.defineProperty(inFolder, 'webkitRelativePath', { value: 'folder/deep/x.txt' });
    expect(summary(await collect(itemsFromFiles([inFolder, new File(['2'], 'y.txt')])))).to.deep.equal([
      'folder/deep/x.txt',
      'y.txt',
    ]);
  });

  it('give a pasted picture a name of its own, and leave real files alone', async () => {
    const picture = new File(['p'], 'image.png', { type: 'image/png' });
    const old = new File(['o'], 'image.png', { type: 'image/png', lastModified: 1_000_000 });
    const found = summary(await collect(itemsFromClipboard(dropOf({ file: picture }, { file: old }))));
    expect(found[0]).to.match(/^Pasted image \d{4}-\d\d-\d\d at \d\d\.\d\d\.\d\d\.png$/);
    expect(found[1]).to.equal('image.png');
  });
});

import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { memory } from '../../../src/adapters/memory/index.js';
import { opfs } from '../../../src/adapters/opfs/index.js';
import type { TransferError } from '../../../src/core/errors.js';
import { managerFor } from '../../../src/transfer/backends.js';
import { TransferManager } from '../../../src/transfer/manager.js';

type Listable = FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };
const { signal } = new AbortController();

async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (folder as Listable).keys()) names.push(name);
  return names.sort();
}

const listed = async (adapter: Adapter, path = '', recursive = false) =>
  (await adapter.list(path, { signal, recursive })).entries.map(entry => entry.path);

const refused = async (promise: Promise<unknown>): Promise<TransferError> =>
  promise.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: unknown) => error as TransferError,
  );

/** A file that can be read up to a byte, and not beyond until `open` is called. */
class HeldFile extends File {
  readonly #gate = Promise.withResolvers<void>();
  open = () => this.#gate.resolve();
  override slice(start = 0, end = this.size, type?: string): Blob {
    const piece = super.slice(start, end, type);
    if (end <= 2 ** 20) return piece;
    const gate = this.#gate.promise;
    piece.arrayBuffer = () => gate.then(() => Blob.prototype.arrayBuffer.call(piece));
    return piece;
  }
}

describe('the browser’s own storage', () => {
  let root: FileSystemDirectoryHandle;
  let name: string;
  let folder: FileSystemDirectoryHandle;
  let adapter: Adapter;

  beforeEach(async () => {
    root = await navigator.storage.getDirectory();
    name = `opfs ${crypto.randomUUID()}`;
    folder = await root.getDirectoryHandle(name, { create: true });
    adapter = opfs({ folder: name });
  });

  afterEach(async () => {
    await root.removeEntry(name, { recursive: true });
  });

  const unfinished = async () =>
    namesIn(await folder.getDirectoryHandle('file-transfer-elements.unfinished', { create: true }));

  it('takes and gives files as a job, proven by what was read back', async () => {
    const manager = new TransferManager({ adapter });
    const bytes = new Uint8Array(3_000_000).map((_, index) => index % 251);
    const up = manager.upload([new File([bytes], 'reads.bam')], { into: 'runs/' });
    expect((await up.finished).state).to.equal('done');
    expect(up.items.at(0)!.result!.verified!.level).to.equal('checksum');
    const down = manager.download(['runs/reads.bam'], { to: 'memory' });
    expect((await down.finished).state).to.equal('done');
    expect(await unfinished()).to.deep.equal([]);
  });

  it('copies to and from other storages', async () => {
    const source = memory({ files: { 'a/1.txt': 'one', 'a/b/2.txt': 'two' } });
    await managerFor(source).copy(['a/'], 'kept/', { to: managerFor(adapter) }).finished;
    expect(await listed(adapter, 'kept/a/')).to.deep.equal(['kept/a/1.txt', 'kept/a/b/']);
    const back = memory();
    await managerFor(adapter).copy(['kept/'], '', { to: managerFor(back) }).finished;
    expect(await listed(back, '', true)).to.deep.equal(['kept/a/1.txt', 'kept/a/b/2.txt']);
  });

  it('takes many files into a folder that is not there yet, and a folder synchronised to one', async () => {
    const manager = new TransferManager({ adapter });
    const files = ['a', 'b', 'c', 'd', 'e', 'f'].map(each => new File([each], each));
    expect((await manager.upload(files, { into: 'new/' }).finished).state).to.equal('done');
    const source = managerFor(memory({ files: { 'x/1': 'one', 'x/2': 'two' } }));
    const sync = source.sync('x/', { manager, path: 'mirror/' });
    expect((await sync.run().finished).state).to.equal('done');
    expect(await listed(adapter, 'mirror/')).to.deep.equal(['mirror/1', 'mirror/2']);
  });

  it('shows no file before it is whole, and keeps the old one until then', async () => {
    const manager = new TransferManager({ adapter });
    await manager.upload([new File(['the old one'], 'big.bin')]).finished;
    const held = new HeldFile([new Uint8Array(2 ** 21)], 'big.bin');
    const other = new HeldFile([new Uint8Array(2 ** 21)], 'new.bin');
    const job = manager.upload([held, other], { conflict: 'replace' });
    while ((await unfinished()).length < 2) await new Promise(resolve => setTimeout(resolve, 5));
    expect(await listed(adapter)).to.deep.equal(['big.bin']);
    expect((await adapter.stat!('big.bin', { signal }))!.size).to.equal(11);
    other.open();
    await job.cancel(0);
    held.open();
    await job.finished;
    expect((await adapter.stat!('big.bin', { signal }))!.size).to.equal(11);
    expect((await adapter.stat!('new.bin', { signal }))!.size).to.equal(2 ** 21);
    expect(await unfinished()).to.deep.equal([]);
  });

  it('clears away what a page that has gone left unfinished, after a day', async () => {
    const left = await folder.getDirectoryHandle('file-transfer-elements.unfinished', { create: true });
    await left.getFileHandle('left over', { create: true });
    const store = (on: Adapter, file: string) =>
      new TransferManager({ adapter: on }).upload([new File(['x'], file)]).finished;
    await store(adapter, 'a');
    expect(await namesIn(left)).to.deep.equal(['left over']);
    const { now } = Date;
    Date.now = () => now() + 25 * 60 * 60 * 1000;
    try {
      await store(opfs({ folder: name }), 'b');
    } finally {
      Date.now = now;
    }
    expect(await namesIn(left)).to.deep.equal([]);
  });

  it('hides what the kit keeps there for itself, and gives those names to nobody', async () => {
    await folder.getDirectoryHandle('file-transfer-elements.staged', { create: true });
    await folder.getFileHandle('file-transfer-elements.note', { create: true });
    expect(await listed(adapter)).to.deep.equal([]);
    expect(await adapter.stat!('file-transfer-elements.note', { signal })).to.equal(undefined);
    expect(await adapter.stat!('file-transfer-elements.staged/', { signal })).to.equal(undefined);
    await adapter.remove!(['file-transfer-elements.note', 'file-transfer-elements.staged/'], { signal });
    expect(await namesIn(folder)).to.have.length(2);
    const error = await refused(adapter.createFolder!('file-transfer-elements.mine', { signal }));
    expect(error.reason).to.equal('invalid-name');
  });

  it('moves, copies and deletes folders with all that is in them, empty ones too', async () => {
    const manager = new TransferManager({ adapter });
    await manager.upload([new File(['1'], '1.txt')], { into: 'from/' }).finished;
    await manager.upload([new File(['2'], '2.txt')], { into: 'from/deep/' }).finished;
    await adapter.createFolder!('from/empty/', { signal });
    expect((await manager.copy(['from/'], 'copy/').finished).state).to.equal('done');
    expect((await manager.move(['from/'], 'to/in/').finished).state).to.equal('done');
    expect(await listed(adapter)).to.deep.equal(['copy/', 'to/']);
    expect(await listed(adapter, 'to/in/from/')).to.deep.equal([
      'to/in/from/1.txt',
      'to/in/from/deep/',
      'to/in/from/empty/',
    ]);
    expect(await listed(adapter, 'copy/from/deep/')).to.deep.equal(['copy/from/deep/2.txt']);
    expect((await manager.remove(['copy/']).finished).state).to.equal('done');
    expect(await listed(adapter)).to.deep.equal(['to/']);
  });

  it('loses no file that comes to a folder while it is moved', async () => {
    const manager = new TransferManager({ adapter });
    const named = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => new File(['x'], `${from + index}.txt`));
    await manager.upload(named(0, 20), { into: 'from/' }).finished;
    const moving = manager.move(['from/'], 'to/');
    const coming = manager.upload(named(100, 15), { into: 'from/' });
    await Promise.all([moving.finished, coming.finished]);
    const stored = [...coming.items].filter(({ state }) => state === 'done').length;
    expect(stored).to.equal(15);
    const left = [...(await listed(adapter, 'from/')), ...(await listed(adapter, 'to/from/'))];
    expect(left.filter(path => path.endsWith('.txt'))).to.have.length(35);
  });

  it('leaves no beginning of a copy that was stopped', async () => {
    const manager = new TransferManager({ adapter });
    await manager.upload([new File([new Uint8Array(20_000_000)], 'big.bin')]).finished;
    const stop = new AbortController();
    const copying = refused(adapter.copy!('big.bin', 'copy.bin', { signal: stop.signal }));
    while ((await unfinished()).length === 0) await new Promise(resolve => setTimeout(resolve, 0));
    stop.abort();
    const error = await copying.catch(() => undefined);
    const whole = (await adapter.stat!('copy.bin', { signal }))?.size;
    expect([error?.reason, whole]).to.be.deep.oneOf([
      ['aborted', undefined],
      [undefined, 20_000_000],
    ]);
    expect(await unfinished()).to.deep.equal([]);
  });

  it('knows one place under two names, and never takes a file for its own copy', async () => {
    await new TransferManager({ adapter }).upload([new File(['kept'], 'a.txt')]).finished;
    const whole = opfs();
    const views: [Adapter, string, Adapter, string][] = [
      [whole, `${name}/`, adapter, ''],
      [adapter, '', opfs({ folder: `${name}/` }), ''],
      [opfs({ directory: folder }), '', opfs({ directory: folder }), ''],
    ];
    for (const [from, at, to, into] of views) {
      const job = new TransferManager({ adapter: from }).move([`${at}a.txt`], into, {
        to: new TransferManager({ adapter: to }),
        conflict: 'replace',
      });
      await job.finished.catch(() => {});
      expect((await adapter.stat!('a.txt', { signal }))?.size).to.equal(4);
    }
  });

  it('lists a folder also while files go from it', async () => {
    const manager = new TransferManager({ adapter });
    const files = Array.from({ length: 60 }, (_, index) => new File(['x'], `${index}`));
    await manager.upload(files, { into: 'many/' }).finished;
    const job = manager.remove(['many/']);
    let rounds = 0;
    while (job.snapshot.state !== 'done' && rounds++ < 200) await listed(adapter, 'many/');
    expect((await job.finished).state).to.equal('done');
  });

  it('says in words that a folder is in the way, or a file', async () => {
    const manager = new TransferManager({ adapter });
    await adapter.createFolder!('reads', { signal });
    const job = manager.upload([new File(['x'], 'reads')], { conflict: 'replace' });
    await job.finished;
    expect(job.items.at(0)!.error).to.include({ kind: 'fatal', reason: 'exists' });
    await manager.upload([new File(['x'], 'file')]).finished;
    expect((await refused(adapter.createFolder!('file', { signal }))).reason).to.equal('exists');
    // Neither the path of a file nor that of a folder removes the other kind.
    await adapter.remove!(['reads', 'file/'], { signal });
    expect(await listed(adapter)).to.deep.equal(['file', 'reads/']);
  });

  for (const path of ['a/../b', './a', 'a//b', '..', 'back\\slash']) {
    it(`refuses ${path} before a byte is written`, async () => {
      const intent = { path, size: 1, type: '', checksum: 'none' } as const;
      expect((await refused(adapter.openUpload!(intent, { signal }))).reason).to.equal('invalid-name');
      expect(await adapter.stat!(path, { signal })).to.equal(undefined);
    });
  }

  it('serves any directory a page has, and leaves no folder of its own there', async () => {
    const picked = opfs({ directory: folder });
    expect(picked.label).to.equal(name);
    expect(picked.identity).to.equal(null);
    await new TransferManager({ adapter: picked }).upload([new File(['x'], 'a.txt')]).finished;
    expect(await namesIn(folder)).to.deep.equal(['a.txt']);
  });

  it('asks for the directory again after it was refused', async () => {
    let refusals = 1;
    const later = opfs({
      directory: async () => {
        if (refusals-- > 0) throw new DOMException('no', 'NotAllowedError');
        return folder;
      },
    });
    expect((await refused(later.health!({ signal }))).reason).to.equal('forbidden');
    await later.health!({ signal });
  });
});

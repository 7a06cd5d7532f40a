/** Copies and moves through the page: between two storages, and within one that can do neither by itself. */
import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { type MemoryOptions, memory } from '../../../src/adapters/memory/index.js';
import { TransferError } from '../../../src/core/errors.js';
import type { TransferManager } from '../../../src/transfer/manager.js';
import { bigFile, managerOf, states, until } from '../harness.js';

const signal = new AbortController().signal;

async function tree(adapter: Adapter): Promise<string[]> {
  const { entries } = await adapter.list('', { signal, recursive: true });
  return entries.map(entry => entry.path).sort();
}

async function text(adapter: Adapter, path: string): Promise<string> {
  const source = await adapter.resolveDownload!({ path, id: path }, { signal });
  if (source.kind !== 'blob') throw new Error('not of memory');
  return source.blob.text();
}

const refused = (message = 'No.') => new TransferError(message, { kind: 'fatal', reason: 'forbidden' });

function two(from: MemoryOptions, to: MemoryOptions = {}) {
  const source = memory({ label: 'Here', ...from });
  const target = memory({ label: 'There', ...to });
  return { source, target, here: managerOf(source).manager, there: managerOf(target).manager };
}

const run = {
  'run/a.txt': {
    content: 'A',
    metadata: { custom: { owner: 'Jo' }, tags: { stage: 'raw' } },
    type: 'text/x-a',
  },
  'run/deep/b #1 ü.txt': 'BB',
  'run/deep/empty.txt': '',
  'other.txt': 'other',
};

describe('copying between two storages', () => {
  it('carries a folder with its metadata, proves each file, and tells the other listing', async () => {
    const { source, target, here, there } = two({ files: run });
    const stale = new Set<string>();
    there.addEventListener('storagechange', event => {
      for (const folder of event.folders) stale.add(folder);
    });
    const job = here.copy(['run/'], 'kept/', { to: there });
    const { state, snapshot } = await job.finished;
    expect(state).to.equal('done');
    expect([snapshot.movesBytes, snapshot.bytes.done, snapshot.files.done]).to.deep.equal([true, 3, 3]);
    expect(await tree(target)).to.deep.equal([
      'kept/run/a.txt',
      'kept/run/deep/b #1 ü.txt',
      'kept/run/deep/empty.txt',
    ]);
    expect(await text(target, 'kept/run/deep/b #1 ü.txt')).to.equal('BB');
    const metadata = await target.readMetadata!('kept/run/a.txt', { signal });
    expect([metadata.custom, metadata.tags]).to.deep.equal([{ owner: 'Jo' }, { stage: 'raw' }]);
    expect(metadata.headers!['content-type']).to.equal('text/x-a');
    expect([...job.items].map(item => item.result!.verified!.level)).to.deep.equal(
      Array.from({ length: 3 }, () => 'checksum'),
    );
    expect(await tree(source)).to.have.length(4);
    await until(() => stale.has('kept/run/deep/'), 'the other storage’s listing to be stale');
  });

  it('copies the whole container, and files alone', async () => {
    const { target, here, there } = two({ files: run });
    await here.copy([''], '', { to: there }).finished;
    await here.copy(['other.txt'], 'x/', { to: there }).finished;
    expect(await tree(target)).to.deep.equal([...Object.keys(run), 'x/other.txt'].sort());
  });

  it('leaves metadata behind when asked to, and fails a file whose metadata cannot be read', async () => {
    const failures: MemoryOptions['failures'] = ({ operation }) =>
      operation === 'readMetadata' ? refused() : undefined;
    const { target, here, there } = two({ files: run, failures });
    const job = here.copy(['run/a.txt'], '', { to: there });
    expect((await job.finished).state).to.equal('incomplete');
    expect(await tree(target)).to.deep.equal([]);
    const again = here.copy(['run/a.txt'], '', { to: there, metadata: 'drop' });
    expect((await again.finished).state).to.equal('done');
    const metadata = await target.readMetadata!('a.txt', { signal });
    expect([metadata.custom, metadata.headers!['content-type']]).to.deep.equal([{}, 'text/x-a']);
  });

  it('follows the conflict policy: fail, skip, skip-same, rename, replace, ask', async () => {
    const result = async (options: Parameters<TransferManager['copy']>[2], there = 'old') => {
      const made = two({ files: { 'a.txt': 'new' } }, { files: { 'a.txt': there } });
      const job = made.here.copy(['a.txt'], '', { to: made.there, ...options });
      await job.finished;
      const contents = await Promise.all((await tree(made.target)).map(path => text(made.target, path)));
      return [states(job)[0], ...contents];
    };
    expect(await result({})).to.deep.equal(['failed', 'old']);
    expect(await result({ conflict: 'skip' })).to.deep.equal(['skipped', 'old']);
    expect(await result({ conflict: 'skip-same' })).to.deep.equal(['done', 'new']);
    expect(await result({ conflict: 'rename' })).to.deep.equal(['done', 'new', 'old']);
    expect(await result({ conflict: 'replace' })).to.deep.equal(['done', 'new']);
    expect(await result({ replace: true })).to.deep.equal(['done', 'new']);
    expect(await result({ conflict: 'ask', onConflict: async () => 'skip' })).to.deep.equal([
      'skipped',
      'old',
    ]);
    expect(await result({ conflict: 'ask', onConflict: async () => 'cancel' })).to.deep.equal([
      'cancelled',
      'old',
    ]);
  });

  it('fetches nothing of a file that both storages say is the same', async () => {
    const made = two({});
    // What was uploaded has a checksum.
    await made.here.upload([new File(['same'], 'a.txt')]).finished;
    await made.here.copy(['a.txt'], '', { to: made.there }).finished;
    let fetched = 0;
    const resolve = made.source.resolveDownload!;
    made.source.resolveDownload = (...all) => {
      fetched += 1;
      return resolve.apply(made.source, all);
    };
    const job = made.here.copy(['a.txt'], '', { to: made.there, conflict: 'skip-same' });
    await job.finished;
    expect([states(job)[0], job.items.at(0)!.result!.skipped, fetched]).to.deep.equal(['skipped', 'same', 0]);
  });

  it('does not fetch again what failed to go up', async () => {
    let refuse = true;
    const failures: MemoryOptions['failures'] = ({ operation }) =>
      refuse && operation === 'send' ? refused() : undefined;
    const { source, target, here, there } = two({ files: { 'a.txt': 'A' } }, { failures });
    let fetched = 0;
    const resolve = source.resolveDownload!;
    source.resolveDownload = (...all) => {
      fetched += 1;
      return resolve.apply(source, all);
    };
    const job = here.copy(['a.txt'], '', { to: there });
    expect((await job.finished).state).to.equal('incomplete');
    refuse = false;
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect([await text(target, 'a.txt'), fetched]).to.deep.equal(['A', 1]);
  });

  it('pauses, goes on, and leaves nothing at either side when it is cancelled', async () => {
    const { target, here, there } = two(
      { files: { 'big.bin': bigFile('big.bin', 12 * 1024 ** 2), 'b.txt': 'B' } },
      { latency: 10, partsFrom: 6 * 1024 ** 2 },
    );
    const job = here.copy(['big.bin', 'b.txt'], '', { to: there });
    await until(() => job.items.at(0)!.state === 'active', 'bytes');
    job.pause();
    await until(() => job.snapshot.state === 'paused', 'the pause');
    expect(job.items.at(0)!.state).to.equal('paused');
    job.resume();
    expect((await job.finished).state).to.equal('done');
    expect((await target.stat!('big.bin', { signal }))!.size).to.equal(12 * 1024 ** 2);

    const second = here.copy(['big.bin'], 'again/', { to: there });
    await until(() => second.items.at(0)?.state === 'active', 'bytes');
    await second.cancel();
    expect((await second.finished).state).to.equal('cancelled');
    expect(await tree(target)).to.deep.equal(['b.txt', 'big.bin']);
    expect(await target.listUnfinishedUploads!('', { signal })).to.deep.equal([]);
  });

  it('refuses names that lead elsewhere, and says what it cannot do before it begins', async () => {
    const { target, here, there } = two({ files: { 'run/../../x': 'x', 'run/fine': 'f' } });
    const job = here.copy(['run/'], '', { to: there });
    await job.finished;
    expect(await tree(target)).to.deep.equal(['run/fine']);
    expect(states(job).sort()).to.deep.equal(['done', 'failed']);
    expect(job.isRetryable()).to.equal(false);

    const { openUpload: _none, ...readonly } = target;
    const closed = here.copy(['run/fine'], '', { to: managerOf(readonly as Adapter).manager });
    const error = (await closed.finished.catch((reason: unknown) => reason)) as TransferError;
    expect([error.reason, error.message]).to.deep.equal(['not-supported', 'There takes no uploads.']);
  });
});

describe('files that are too large for memory', () => {
  const size = 64 * 1024 ** 2 + 12_345;

  async function staged(): Promise<string[]> {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('file-transfer-elements.staged', { create: true });
    const names: string[] = [];
    for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys())
      names.push(name);
    return names;
  }

  it('go by way of the browser’s own storage, of which nothing is left in the end', async function () {
    this.timeout(60_000);
    const before = await staged();
    const { target, here, there } = two({ files: { 'big.bin': bigFile('big.bin', size) } });
    let during: string[] = [];
    const open = target.openUpload!;
    target.openUpload = async (...all) => {
      during = await staged();
      return open.apply(target, all);
    };
    const job = here.copy(['big.bin'], '', { to: there });
    expect((await job.finished).state).to.equal('done');
    expect(job.items.at(0)!.result!.verified!.level).to.equal('checksum');
    expect((await target.stat!('big.bin', { signal }))!.size).to.equal(size);
    expect(during.length).to.equal(before.length + 1);
    for (let looks = 0; looks < 1000 && (await staged()).length > before.length; looks += 1) {
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    expect(await staged()).to.deep.equal(before);
  });

  it('leave nothing there when they are cancelled on their way up', async function () {
    this.timeout(60_000);
    const before = await staged();
    const { target, here, there } = two(
      { files: { 'big.bin': bigFile('big.bin', size) } },
      { latency: call => (call.operation === 'sendPart' ? 60_000 : 0) },
    );
    const job = here.copy(['big.bin'], '', { to: there });
    for (
      let looks = 0;
      looks < 1000 && (await target.listUnfinishedUploads!('', { signal })).length === 0;
    ) {
      looks += 1;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    await job.cancel();
    expect((await job.finished).state).to.equal('cancelled');
    expect(await target.listUnfinishedUploads!('', { signal })).to.deep.equal([]);
    for (let looks = 0; looks < 1000 && (await staged()).length > before.length; looks += 1) {
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    expect(await staged()).to.deep.equal(before);
  });
});

describe('moving between two storages', () => {
  it('deletes each original once its copy is proven, and the folders that are left', async () => {
    const { source, target, here, there } = two({ files: { ...run, 'run/hollow/': '' } });
    await source.createFolder!('run/hollow/', { signal });
    const job = here.move(['run/'], '', { to: there });
    expect((await job.finished).state).to.equal('done');
    expect(await tree(source)).to.deep.equal(['other.txt']);
    expect((await source.list('', { signal })).entries.map(({ path }) => path)).to.deep.equal(['other.txt']);
    expect(await text(target, 'run/a.txt')).to.equal('A');
    expect((await target.list('run/', { signal })).entries.map(({ path }) => path).sort()).to.deep.equal([
      'run/a.txt',
      'run/deep/',
      'run/hollow/',
    ]);
  });

  it('keeps the original when the copy fails, and when it changes meanwhile', async () => {
    const failures: MemoryOptions['failures'] = ({ operation, path }) =>
      operation === 'send' && path === 'a.txt' ? refused() : undefined;
    const { source, target, here, there } = two({ files: { 'a.txt': 'A', 'b.txt': 'B' } }, { failures });
    const remove = source.remove!;
    const deleted: string[] = [];
    source.remove = (paths, options) => {
      deleted.push(...paths);
      return remove.call(source, paths, options);
    };
    const stat = source.stat!;
    source.stat = async (path, options) => {
      const entry = await stat.call(source, path, options);
      return entry && path === 'b.txt' && (await target.stat!('b.txt', { signal }))
        ? { ...entry, etag: 'new' }
        : entry;
    };
    const job = here.move(['a.txt', 'b.txt'], '', { to: there });
    await job.finished;
    expect(states(job)).to.deep.equal(['failed', 'failed']);
    expect(job.items.at(1)!.error!.reason).to.equal('changed-remote');
    expect(deleted).to.deep.equal([]);
    expect(await tree(source)).to.deep.equal(['a.txt', 'b.txt']);
    expect(await tree(target)).to.deep.equal(['b.txt']);
  });

  it('keeps a folder that somebody put something into meanwhile, where a folder goes with its content', async () => {
    const { source, target, here, there } = two({ files: { 'run/deep/a.txt': 'A' }, folders: 'native' });
    const remove = source.remove!;
    let came = false;
    source.remove = async (paths, options) => {
      const results = await remove.call(source, paths, options);
      if (!came) {
        came = true;
        await managerOf(source).manager.upload([{ path: 'run/deep/new.txt', file: new Blob(['new']) }])
          .finished;
      }
      return results;
    };
    const job = here.move(['run/'], '', { to: there });
    expect((await job.finished).state).to.equal('done');
    expect(await tree(source)).to.deep.equal(['run/deep/new.txt']);
    expect(await tree(target)).to.deep.equal(['run/deep/a.txt']);
  });

  it('repeats only the deletion when that failed', async () => {
    let refuse = true;
    const failures: MemoryOptions['failures'] = ({ operation }) =>
      refuse && operation === 'remove' ? refused() : undefined;
    const { source, target, here, there } = two({ files: { 'a.txt': 'A' }, failures });
    const job = here.move(['a.txt'], '', { to: there });
    await job.finished;
    expect(job.items.at(0)!.error!.message).to.include('it is there twice');
    refuse = false;
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect([await tree(source), await tree(target)]).to.deep.equal([[], ['a.txt']]);
  });
});

describe('relocating where the storage cannot', () => {
  const unable = (files: MemoryOptions['files']): Adapter => {
    const { move: _move, copy: _copy, ...rest } = memory({ files: files! });
    return rest as Adapter;
  };

  it('is refused without consent, and goes through the page with it', async () => {
    const adapter = unable({ 'a/x.txt': 'X', 'a/y.txt': 'Y' });
    const { manager } = managerOf(adapter);
    const error = (await manager
      .rename('a/x.txt', 'z.txt')
      .finished.catch((e: unknown) => e)) as TransferError;
    expect(error.reason).to.equal('not-supported');
    const renamed = manager.rename('a/x.txt', 'z.txt', { throughPage: true });
    expect((await renamed.finished).state).to.equal('done');
    expect([renamed.movesBytes, await tree(adapter)]).to.deep.equal([true, ['a/y.txt', 'a/z.txt']]);
    await manager.move(['a/'], 'b/', { throughPage: true }).finished;
    expect(await tree(adapter)).to.deep.equal(['b/a/y.txt', 'b/a/z.txt']);
    await manager.copy(['b/a/z.txt'], '', { throughPage: true }).finished;
    expect(await tree(adapter)).to.deep.equal(['b/a/y.txt', 'b/a/z.txt', 'z.txt']);
    const taken = manager.rename('b/a/z.txt', 'y.txt', { throughPage: true });
    expect((await taken.finished).state).to.equal('incomplete');
    expect(await text(adapter, 'b/a/y.txt')).to.equal('Y');
  });

  it('asks the storage itself where it can', async () => {
    const adapter = memory({ files: { 'a.txt': 'A' } });
    const { manager } = managerOf(adapter);
    const job = manager.rename('a.txt', 'b.txt', { throughPage: true });
    await job.finished;
    expect(job.movesBytes).to.equal(false);
  });

  it('is refused where files are known by ids that others refer to', async () => {
    const adapter = unable({ 'a.txt': 'A' });
    const fixed = {
      ...adapter,
      capabilities: { ...adapter.capabilities, overwrite: 'new-identity' as const },
    };
    const job = managerOf(fixed).manager.rename('a.txt', 'b.txt', { throughPage: true });
    const error = (await job.finished.catch((e: unknown) => e)) as TransferError;
    expect(error.reason).to.equal('not-supported');
    expect(error.message).to.include('ids that never change');
  });
});

import { expect } from '@open-wc/testing';
import { BasePlugin } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import type { Adapter, RequestPlan } from '../../src/adapters/adapter.js';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import { TransferUploader } from '../../src/uppy/index.js';
import { bigFile, textFile } from '../transfer/harness.js';
import { add, bodyOf, Heard, newUppy, quickManager, until, uppyOn } from './support.js';

const MiB = 1024 ** 2;
const { signal } = new AbortController();

async function contents(adapter: Adapter): Promise<Record<string, number>> {
  const { entries } = await adapter.list('', { signal, recursive: true });
  return Object.fromEntries(entries.map(entry => [entry.path, entry.size ?? -1]));
}

const unfinished = async (adapter: Adapter): Promise<string[]> =>
  (await adapter.listUnfinishedUploads!('', { signal })).map(upload => upload.path);

const refusal = (path: string): TransferError =>
  new TransferError('The storage refused this file.', {
    kind: 'fatal',
    reason: 'forbidden',
    status: 403,
    serverCode: 'AccessDenied',
    requestId: '7F2A',
    path,
  });

describe('TransferUploader', () => {
  it('uploads, and tells what the storage said', async () => {
    const { uppy, heard, manager } = uppyOn(quickManager());
    const id = add(uppy, new Blob(['hello'], { type: 'text/plain' }), 'hello.txt');
    const result = await uppy.upload();
    expect(result!.successful!.map(file => file.name)).to.deep.equal(['hello.txt']);
    expect(heard.lines).to.deep.equal(['start hello.txt', 'success hello.txt']);
    const body = bodyOf(uppy, id)!;
    expect(body.path).to.equal('hello.txt');
    expect(body.key).to.equal('hello.txt');
    expect(body.etag).to.be.a('string');
    expect(body.verified!.level).to.equal('checksum');
    expect(body.headers).to.be.an('object');
    expect(uppy.getFile(id).response!.status).to.equal(200);
    expect(uppy.getFile(id).progress).to.include({ uploadComplete: true, percentage: 100 });
    expect(await contents(manager.adapter)).to.deep.equal({ 'hello.txt': 5 });
    uppy.destroy();
  });

  it('keeps dropped folders, edited names and the allowed fields of meta', async () => {
    const { uppy, manager } = uppyOn(quickManager(), {
      into: 'in/',
      allowedMetaFields: ['project', 'count'],
    });
    const meta = { relativePath: '/run 1/raw.txt', project: 'ü', count: 3, secret: 'x', empty: null };
    const id = uppy.addFile({ name: 'raw.txt', type: 'text/csv', data: new Blob(['x']), meta });
    uppy.setFileMeta(id, { name: 'renamed.txt' });
    await uppy.upload();
    const entry = await manager.adapter.stat!('in/run 1/renamed.txt', { signal });
    expect(entry!.type).to.equal('text/csv');
    const stored = await manager.adapter.readMetadata!(entry!.path, { signal });
    expect(stored.custom).to.deep.equal({ project: 'ü', count: '3' });
    uppy.destroy();
  });

  it('keeps all fields of meta but its own three by default, and takes the page’s word instead', async () => {
    const { uppy, manager } = uppyOn(quickManager());
    add(uppy, new Blob(['x']), 'a.txt', { project: 'p', list: [1, 2] });
    await uppy.upload();
    const all = await manager.adapter.readMetadata!('a.txt', { signal });
    expect(all.custom).to.deep.equal({ project: 'p', list: '[1,2]' });
    uppy.destroy();
    const other = uppyOn(quickManager(), {
      path: file => `by-page/${file.name}`,
      metadata: () => ({ tags: { keep: 'yes' } }),
    });
    add(other.uppy, new Blob(['x']), 'b.txt', { project: 'p' });
    await other.uppy.upload();
    const own = await other.manager.adapter.readMetadata!('by-page/b.txt', { signal });
    expect(own.tags).to.deep.equal({ keep: 'yes' });
    expect(own.custom ?? {}).to.deep.equal({});
    other.uppy.destroy();
  });

  it('tells a failure with status and reason, and tries it again', async () => {
    let refuse = true;
    const adapter = memory({
      failures: ({ operation, path }) =>
        operation === 'openUpload' && path === 'bad.txt' && refuse ? refusal(path) : undefined,
    });
    const { uppy, heard } = uppyOn(quickManager(adapter));
    add(uppy, new Blob(['good']), 'good.txt');
    const bad = add(uppy, new Blob(['bad']), 'bad.txt');
    await uppy.upload();
    expect(heard.results).to.deep.equal([{ successful: ['good.txt'], failed: ['bad.txt'] }]);
    const { error, status, body } = heard.errors.get('bad.txt')!;
    expect(error).to.be.instanceOf(TransferError);
    expect(status).to.equal(403);
    expect(body).to.include({ reason: 'forbidden', serverCode: 'AccessDenied', requestId: '7F2A' });
    expect(uppy.getFile(bad).error).to.contain('refused');
    refuse = false;
    await uppy.retryUpload(bad);
    expect(uppy.getFile(bad)).to.include({ error: null });
    expect(uppy.getFile(bad).progress.uploadComplete).to.equal(true);
    expect(await contents(adapter)).to.deep.equal({ 'good.txt': 4, 'bad.txt': 3 });
    uppy.destroy();
  });

  it('goes on with what is stored when a file in parts is tried again', async () => {
    let refuse = true;
    let sent = 0;
    const adapter = memory({
      // The other three have arrived by then, also on a busy machine.
      latency: ({ part }) => (part === 3 ? 4000 : 30),
      failures: ({ operation, path, part }) => {
        if (operation !== 'sendPart') return undefined;
        if (part === 3 && refuse) return refusal(path);
        sent += 1;
        return undefined;
      },
    });
    const { uppy, heard } = uppyOn(quickManager(adapter, 1), { partSize: 5 * MiB });
    const id = add(uppy, bigFile('big.bin', 20 * MiB), 'big.bin');
    await uppy.upload();
    expect(uppy.getFile(id).error).to.be.a('string');
    const before = sent;
    expect(before).to.be.at.least(1);
    refuse = false;
    const told = heard.bytes.get('big.bin')!.at(-1)!;
    await uppy.retryAll();
    expect(uppy.getFile(id).progress.uploadComplete).to.equal(true);
    expect(sent, 'each part went once').to.equal(4);
    expect(heard.bytes.get('big.bin')!.every((bytes, at, all) => at === 0 || bytes >= all[at - 1]!)).to.equal(
      true,
    );
    expect(told).to.be.greaterThan(0);
    expect(await contents(adapter)).to.deep.equal({ 'big.bin': 20 * MiB });
    uppy.destroy();
  });

  it('sends another version of a failed file from its beginning', async () => {
    let refuse = true;
    const adapter = memory({
      failures: ({ operation, path, part }) =>
        operation === 'sendPart' && part === 3 && refuse ? refusal(path) : undefined,
    });
    const { uppy } = uppyOn(quickManager(adapter), { partSize: 5 * MiB });
    const id = add(uppy, bigFile('big.bin', 20 * MiB), 'big.bin');
    await uppy.upload();
    refuse = false;
    uppy.setFileState(id, { data: textFile('big.bin', 'shorter') });
    await uppy.retryUpload(id);
    expect(await contents(adapter)).to.deep.equal({ 'big.bin': 7 });
    await until(async () => (await unfinished(adapter)).length === 0, 'nothing left of the first version');
    uppy.destroy();
  });

  it('removes what a failed file left when it is removed', async () => {
    const adapter = memory({
      failures: ({ operation, path, part }) =>
        operation === 'sendPart' && part === 3 ? refusal(path) : undefined,
    });
    const { uppy, manager } = uppyOn(quickManager(adapter));
    const id = add(uppy, bigFile('big.bin', 20 * MiB), 'big.bin');
    await uppy.upload();
    uppy.removeFile(id);
    await until(async () => (await unfinished(adapter)).length === 0, 'the abort');
    expect(manager.jobs.length, 'a shared manager keeps its list').to.equal(1);
    uppy.destroy();
  });

  it('never reaches 100 % before the file is stored, and never goes back', async () => {
    const adapter = memory({ latency: ({ operation }) => (operation === 'complete' ? 60 : 5) });
    const { uppy, heard } = uppyOn(quickManager(adapter, 1));
    add(uppy, bigFile('a.bin', 17 * MiB), 'a.bin');
    add(uppy, bigFile('b.bin', 3 * MiB), 'b.bin');
    let early = 0;
    uppy.on('upload-progress', file => {
      if (uppy.getFile(file!.id).progress.percentage === 100) early += 1;
    });
    await uppy.upload();
    expect(early).to.equal(0);
    expect(heard.fallen).to.deep.equal([]);
    expect(heard.bytes.get('a.bin')!.length).to.be.at.least(1);
    expect(uppy.getFiles().map(file => file.progress.percentage)).to.deep.equal([100, 100]);
    uppy.destroy();
  });

  it('pauses and resumes one file and all, queued ones too', async () => {
    const adapter = memory({ latency: 5 });
    const { uppy, manager } = uppyOn(quickManager(adapter, 1), { partSize: 5 * MiB });
    const [first, second] = ['first.bin', 'second.bin'].map(name => add(uppy, bigFile(name, 17 * MiB), name));
    const finished = uppy.upload();
    // Before the engine has an item of it.
    uppy.pauseResume(second!);
    await until(() => uppy.getFile(first!).progress.uploadComplete === true, 'the first file');
    expect(await contents(adapter)).to.deep.equal({ 'first.bin': 17 * MiB });
    expect(manager.jobs[0]!.items.at(1)!.state).to.equal('paused');
    expect(uppy.getFile(second!).isPaused).to.equal(true);
    uppy.resumeAll();
    uppy.pauseAll();
    expect(manager.jobs[0]!.items.at(1)!.state).to.equal('paused');
    uppy.pauseResume(second!);
    await finished;
    expect(await contents(adapter)).to.deep.equal({ 'first.bin': 17 * MiB, 'second.bin': 17 * MiB });
    uppy.destroy();
  });

  it('shows in Uppy what somebody else does to its job', async () => {
    const adapter = memory({ latency: 5 });
    const { uppy, heard, manager } = uppyOn(quickManager(adapter, 1), { partSize: 5 * MiB });
    const kept = add(uppy, bigFile('kept.bin', 17 * MiB), 'kept.bin');
    const gone = add(uppy, bigFile('gone.bin', 17 * MiB), 'gone.bin');
    const finished = uppy.upload();
    await until(() => manager.jobs[0]?.items.at(0)?.state === 'active', 'bytes');
    manager.jobs[0]!.pause();
    await until(() => uppy.getFile(kept).isPaused === true, 'the pause in Uppy');
    await manager.jobs[0]!.cancel(1);
    manager.jobs[0]!.resume();
    await finished;
    expect(uppy.getFile(kept).isPaused).to.equal(false);
    expect(uppy.getFile(gone)).to.equal(undefined);
    expect(heard.lines).to.include('removed gone.bin');
    expect(await contents(adapter)).to.deep.equal({ 'kept.bin': 17 * MiB });
    uppy.destroy();
  });

  it('keeps the error of a failed file when all are resumed', async () => {
    const adapter = memory({ failures: ({ path }) => (path === 'bad.txt' ? refusal(path) : undefined) });
    const { uppy } = uppyOn(quickManager(adapter));
    const bad = add(uppy, new Blob(['bad']), 'bad.txt');
    await uppy.upload();
    uppy.resumeAll();
    expect(uppy.getFile(bad).error).to.contain('refused');
    uppy.destroy();
  });

  for (const [how, act] of [
    ['removed', (uppy: ReturnType<typeof newUppy>) => uppy.removeFiles(uppy.getFiles().map(file => file.id))],
    ['cancelled', (uppy: ReturnType<typeof newUppy>) => uppy.cancelAll()],
    ['cleared', (uppy: ReturnType<typeof newUppy>) => uppy.clear()],
    ['in an Uppy that is destroyed', (uppy: ReturnType<typeof newUppy>) => uppy.destroy()],
  ] as const) {
    it(`leaves nothing of files that are ${how} at any moment, and settles`, async () => {
      for (const moment of ['at once', 'preparing', 'active', 'finishing'] as const) {
        const adapter = memory({ latency: ({ operation }) => (operation === 'complete' ? 400 : 4) });
        const { uppy, heard, manager } = uppyOn(quickManager(adapter, 1), { partSize: 5 * MiB });
        add(uppy, bigFile('a.bin', 17 * MiB), 'a.bin');
        add(uppy, textFile('b.txt'), 'b.txt');
        const finished = uppy.upload();
        await until(
          () => moment === 'at once' || manager.jobs[0]?.items.at(0)?.state === moment,
          `a file that is ${moment}`,
        );
        act(uppy);
        await finished;
        await manager.jobs[0]?.finished;
        await until(async () => (await unfinished(adapter)).length === 0, 'the abort');
        expect(heard.errors.size, moment).to.equal(0);
        // What was complete already, or being completed, is stored for good.
        const stored = Object.keys(await contents(adapter));
        if (moment !== 'finishing') expect(stored, moment).not.to.include('a.bin');
        uppy.destroy();
      }
    });
  }

  it('settles and says so when it is taken out of Uppy in the middle', async () => {
    const adapter = memory({ latency: 5 });
    const { uppy, heard, manager } = uppyOn(quickManager(adapter, 1), { partSize: 5 * MiB });
    const id = add(uppy, bigFile('a.bin', 17 * MiB), 'a.bin');
    const finished = uppy.upload();
    await until(() => manager.jobs[0]?.items.at(0)?.state === 'active', 'bytes');
    uppy.removePlugin(uppy.getPlugin('TransferUploader')!);
    const result = await finished;
    expect(result!.failed!.map(file => file.name)).to.deep.equal(['a.bin']);
    expect(heard.errors.get('a.bin')!.body).to.include({ reason: 'aborted' });
    expect(uppy.getFile(id).error).to.be.a('string');
    expect(uppy.getState().capabilities.resumableUploads).to.equal(false);
    await manager.jobs[0]!.finished;
    expect(await contents(adapter)).to.deep.equal({});
    expect(await unfinished(adapter)).to.deep.equal([]);
    // Another one can take over.
    uppy.use(TransferUploader, { manager });
    await uppy.retryAll();
    expect(await contents(adapter)).to.deep.equal({ 'a.bin': 17 * MiB });
    uppy.destroy();
  });

  it('does not keep a new file waiting for a failed one', async () => {
    let open!: () => void;
    const opened = new Promise<void>(resolve => {
      open = resolve;
    });
    let tries = 0;
    const base = memory();
    const adapter: Adapter = {
      ...base,
      async openUpload(intent, options) {
        if (intent.path === 'bad.txt') {
          tries += 1;
          if (tries > 1) await opened;
          throw refusal(intent.path);
        }
        return base.openUpload!(intent, options);
      },
    };
    const { uppy, heard } = uppyOn(quickManager(adapter));
    add(uppy, new Blob(['bad']), 'bad.txt');
    await uppy.upload();
    add(uppy, new Blob(['good']), 'good.txt');
    const both = uppy.upload();
    await until(() => heard.lines.includes('success good.txt'), 'the good file');
    expect(heard.lines.filter(line => line === 'error bad.txt').length).to.equal(1);
    open();
    const result = await both;
    expect(result!.successful!.map(file => file.name)).to.deep.equal(['good.txt']);
    expect(result!.failed!.map(file => file.name)).to.deep.equal(['bad.txt']);
    expect(tries).to.equal(2);
    uppy.removePlugin(uppy.getPlugin('TransferUploader')!);
    expect(Object.hasOwn(uppy, 'upload')).to.equal(false);
    uppy.destroy();
  });

  it('says that uploads are resumable where the storage takes parts, and only there', () => {
    const { uppy } = uppyOn(quickManager());
    expect(uppy.getState().capabilities.resumableUploads).to.equal(true);
    const whole: Adapter = {
      ...memory(),
      capabilities: { ...memory().capabilities, uploadPlans: ['request'] },
    };
    const plugin = uppy.getPlugin('TransferUploader')!;
    plugin.setOptions({ adapter: whole });
    expect(uppy.getState().capabilities.resumableUploads).to.equal(false);
    expect(plugin.manager.adapter).to.equal(whole);
    uppy.destroy();
  });

  it('tells a storage that takes no uploads as a failure of each file', async () => {
    const { openUpload: _, ...readonly } = memory();
    const { uppy, heard } = uppyOn(quickManager(readonly));
    add(uppy, new Blob(['a']), 'a.txt');
    add(uppy, new Blob(['b']), 'b.txt');
    await uppy.upload();
    expect([...heard.errors.keys()]).to.deep.equal(['a.txt', 'b.txt']);
    expect(heard.errors.get('a.txt')!.body).to.include({ reason: 'not-supported' });
    uppy.destroy();
  });

  it('fails a file whose data is gone, or for which the page’s own function throws', async () => {
    const { uppy, heard } = uppyOn(quickManager(), {
      path: file => {
        if (file.name === 'odd.txt') throw new Error('no place');
        return file.name;
      },
    });
    const ghost = add(uppy, new Blob(['a']), 'ghost.txt');
    add(uppy, new Blob(['b']), 'odd.txt');
    add(uppy, new Blob(['c']), 'good.txt');
    uppy.setFileState(ghost, { data: undefined } as never);
    const result = await uppy.upload();
    expect(heard.errors.get('ghost.txt')!.body).to.include({ reason: 'unreadable' });
    expect(heard.errors.get('odd.txt')!.body).to.include({ reason: 'invalid-input' });
    expect(result!.successful!.map(file => file.name)).to.deep.equal(['good.txt']);
    uppy.destroy();
  });

  it('keeps its own list of jobs short, and a failed file’s as long as it may be tried again', async () => {
    const adapter = memory({ failures: ({ path }) => (path === 'bad.txt' ? refusal(path) : undefined) });
    const uppy = newUppy().use(TransferUploader, { adapter });
    const { manager } = uppy.getPlugin('TransferUploader')!;
    add(uppy, new Blob(['a']), 'a.txt');
    await uppy.upload();
    await until(() => manager.jobs.length === 0, 'an empty list');
    const bad = add(uppy, new Blob(['b']), 'bad.txt');
    await uppy.upload();
    expect(manager.jobs.length).to.equal(1);
    uppy.removeFile(bad);
    await until(() => manager.jobs.length === 0, 'an empty list again');
    uppy.destroy();
  });

  it('tells that a file was refused also when it was paused before', async () => {
    // Where room is asked for first, files are taken later.
    const adapter = memory();
    Object.assign(adapter.capabilities, { maxFiles: 10 });
    const { uppy, heard } = uppyOn(quickManager(adapter));
    const first = add(uppy, new Blob(['a']), 'same.txt');
    const second = add(uppy, new Blob(['bb']), 'other.txt');
    uppy.setFileMeta(second, { name: 'same.txt' });
    // As soon as the engine has a job, and before it has taken the files.
    uppy.on('upload-start', () => queueMicrotask(() => uppy.pauseResume(second)));
    const result = await uppy.upload();
    expect(result!.successful!.map(({ id }) => id)).to.deep.equal([first]);
    expect(result!.failed!.map(({ id }) => id)).to.deep.equal([second]);
    expect(heard.lines.filter(line => line.startsWith('error'))).to.deep.equal(['error same.txt']);
    uppy.destroy();
  });

  it('refuses to be made without a storage', () => {
    expect(() => newUppy().use(TransferUploader, {} as never)).to.throw(TypeError, /adapter/);
  });

  it('is the only uploader of its Uppy, whatever the ids and the order', async () => {
    const adapter = memory();
    const { uppy, heard } = uppyOn(quickManager(adapter));
    const manager = quickManager();
    expect(() => uppy.use(TransferUploader, { manager })).to.throw(TypeError, /“TransferUploader” already/);
    expect(() => uppy.use(TransferUploader, { manager, id: 'Second' })).to.throw(TypeError, /“Second” would/);
    class Other<M extends Meta, B extends Body> extends BasePlugin<object, M, B> {
      override id = 'Other';
      override type = 'uploader';
    }
    expect(() => uppy.use(Other)).to.throw(TypeError, /“Other” would/);
    expect(uppy.getPlugin('Second') ?? uppy.getPlugin('Other')).to.equal(undefined);
    add(uppy, new Blob(['a']), 'a.txt');
    await uppy.upload();
    expect(heard.lines).to.deep.equal(['start a.txt', 'success a.txt']);
    expect(await contents(adapter)).to.deep.equal({ 'a.txt': 1 });
    uppy.removePlugin(uppy.getPlugin('TransferUploader')!);
    uppy.use(TransferUploader, { manager, id: 'Second' });
    add(uppy, new Blob(['b']), 'b.txt');
    await uppy.upload();
    expect(await contents(manager.adapter)).to.deep.equal({ 'b.txt': 1 });
    uppy.destroy();
    const late = newUppy().use(Other);
    expect(() => late.use(TransferUploader, { manager })).to.throw(TypeError, /“Other” already/);
    late.destroy();
  });

  it('tells a skipped file as stored, with the reason', async () => {
    const adapter = memory({ files: { 'same.txt': 'same' } });
    const { uppy } = uppyOn(quickManager(adapter), { conflict: 'skip' });
    const id = add(uppy, new Blob(['same']), 'same.txt');
    await uppy.upload();
    expect(bodyOf(uppy, id)).to.include({ skipped: 'exists' });
    uppy.destroy();
  });

  it('says where a file is, under the names of @uppy/aws-s3', async () => {
    const adapter = memory();
    const open = adapter.openUpload!.bind(adapter);
    adapter.openUpload = async (intent, options) => {
      const plan = (await open(intent, options)) as RequestPlan;
      const location = `https://lab.test/${intent.path}`;
      return {
        ...plan,
        finish: async (...given) => ({ ...(await plan.finish(...given)), location, body: { Bucket: 'lab' } }),
      };
    };
    const { uppy } = uppyOn(quickManager(adapter));
    const id = add(uppy, new Blob(['a']), 'a.txt');
    await uppy.upload();
    expect(bodyOf(uppy, id)).to.include({ location: 'https://lab.test/a.txt', key: 'a.txt' });
    expect(bodyOf(uppy, id)!.body).to.deep.equal({ Bucket: 'lab' });
    expect(uppy.getFile(id).uploadURL).to.equal('https://lab.test/a.txt');
    uppy.destroy();
  });

  it('answers as the page wants it', async () => {
    const uppy = newUppy();
    const heard = new Heard(uppy);
    uppy.use(TransferUploader, {
      manager: quickManager(),
      uploadURL: result => `https://files.example/${result.path}`,
    });
    const id = add(uppy, new Blob(['a']), 'a.txt');
    await uppy.upload();
    expect(heard.lines).to.include('success a.txt');
    expect(uppy.getFile(id).uploadURL).to.equal('https://files.example/a.txt');
    uppy.destroy();
  });

  it('tells that a file is stored also when a function of the page throws', async () => {
    const uppy = newUppy();
    const heard = new Heard(uppy);
    uppy.use(TransferUploader, {
      manager: quickManager(),
      responseBody: () => {
        throw new Error('a mistake of the page');
      },
    });
    const id = add(uppy, new Blob(['a']), 'a.txt');
    await uppy.upload();
    expect(heard.lines).to.include('success a.txt');
    expect(uppy.getFile(id).progress.uploadComplete).to.equal(true);
    uppy.destroy();
  });
});

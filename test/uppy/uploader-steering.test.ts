import { expect } from '@open-wc/testing';
import type { Adapter } from '../../src/adapters/adapter.js';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferUploader } from '../../src/uppy/index.js';
import { bigFile, textFile } from '../transfer/harness.js';
import { add, bodyOf, newUppy, quickManager, until, uppyOn } from './support.js';

const MiB = 1024 ** 2;
const { signal } = new AbortController();

/** Companion's side of Uppy, which says nothing of a file before it is let. */
function elsewhere(uppy: ReturnType<typeof newUppy>) {
  let end!: () => void;
  const ended = new Promise<void>(resolve => {
    end = resolve;
  });
  let asked = 0;
  const uploadRemoteFile = () => {
    asked += 1;
    return ended;
  };
  uppy.registerRequestClient('cloud', { uploadRemoteFile });
  const id = uppy.addFile({
    name: 'far.txt',
    data: { size: 5 },
    isRemote: true,
    remote: { companionUrl: 'http://127.0.0.1:1', requestClientId: 'cloud', url: 'http://127.0.0.1:1/get' },
  } as never);
  return { id, end, asked: () => asked };
}

describe('TransferUploader, steered', () => {
  it('lets a local file go on while a remote one is under way, and keeps that from looking paused', async () => {
    const adapter = memory({ latency: 5 });
    const { uppy } = uppyOn(quickManager(adapter, 1), { partSize: 5 * MiB });
    const near = add(uppy, bigFile('near.bin', 17 * MiB), 'near.bin');
    const far = elsewhere(uppy);
    const finished = uppy.upload();
    await until(() => uppy.getFile(near).progress.uploadStarted !== null, 'the beginning');
    expect(uppy.pauseResume(near)).to.equal(true);
    expect(uppy.pauseResume(far.id)).to.equal(true);
    await until(() => uppy.getFile(far.id).isPaused === false, 'the remote file to look as it is');
    uppy.pauseAll();
    await until(() => uppy.getFile(far.id).isPaused === false, 'the same after a pause of all');
    expect(uppy.getFile(near).isPaused).to.equal(true);
    expect(uppy.pauseResume(near)).to.equal(false);
    await until(() => uppy.getFile(near).progress.uploadComplete === true, 'the local file');
    expect(uppy.getState().capabilities.resumableUploads, 'with the remote file alone').to.equal(false);
    far.end();
    await finished;
    expect(uppy.getState().capabilities.resumableUploads).to.equal(true);
    uppy.destroy();
  });

  it('asks Companion once for a remote file that is tried again on its way, and settles when taken out', async () => {
    const { uppy } = uppyOn(quickManager(memory(), 1));
    const far = elsewhere(uppy);
    const all = [uppy.upload(), uppy.retryUpload(far.id), uppy.retryUpload(far.id)];
    await until(() => far.asked() > 0, 'Companion to be asked');
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(far.asked()).to.equal(1);
    uppy.removePlugin(uppy.getPlugin('TransferUploader')!);
    far.end();
    await Promise.all(all.map(promise => promise?.catch(() => {})));
    uppy.destroy();
  });

  it('ends a promise with its file, also when that is tried again on its way', async () => {
    const adapter = memory({ latency: 20 });
    const { uppy, manager } = uppyOn(quickManager(adapter, 1), { partSize: 5 * MiB });
    const id = add(uppy, bigFile('a.bin', 17 * MiB), 'a.bin');
    const complete = (): boolean => uppy.getFile(id)?.progress.uploadComplete === true;
    const first = uppy.upload().then(complete);
    const early = uppy.retryUpload(id).then(complete);
    await until(() => manager.jobs[0]?.items.at(0)?.state === 'active', 'bytes');
    const late = uppy.retryUpload(id).then(complete);
    expect(await Promise.all([first, early, late])).to.deep.equal([true, true, true]);
    expect(manager.jobs.length).to.equal(1);
    uppy.destroy();
  });

  it('ends it with what came in the place of its file', async () => {
    const adapter = memory({ latency: 20 });
    const { uppy, manager } = uppyOn(quickManager(adapter, 1), { partSize: 5 * MiB });
    const id = add(uppy, bigFile('a.bin', 17 * MiB), 'a.bin');
    const complete = (): boolean => uppy.getFile(id)?.progress.uploadComplete === true;
    const first = uppy.upload().then(complete);
    await until(() => manager.jobs[0]?.items.at(0)?.state === 'active', 'bytes');
    uppy.setFileState(id, { data: textFile('a.bin', 'another') });
    const second = uppy.retryUpload(id).then(complete);
    expect(await Promise.all([first, second])).to.deep.equal([true, true]);
    const { entries } = await adapter.list('', { signal });
    expect(entries.map(({ size }) => size)).to.deep.equal([7]);
    uppy.destroy();
  });

  it('settles all of them when it is destroyed', async () => {
    const adapter = memory({ latency: 50 });
    const { uppy } = uppyOn(quickManager(adapter, 1), { partSize: 5 * MiB });
    const id = add(uppy, bigFile('a.bin', 17 * MiB), 'a.bin');
    const all = [uppy.upload(), uppy.retryUpload(id), uppy.retryUpload(id)];
    uppy.destroy();
    await Promise.all(all);
  });

  it('keeps its manager where only the folder changes', () => {
    const uppy = newUppy().use(TransferUploader, { adapter: memory() });
    const plugin = uppy.getPlugin('TransferUploader')!;
    const { manager } = plugin;
    plugin.setOptions({ into: 'other/' });
    expect(plugin.manager).to.equal(manager);
    plugin.setOptions({ connectionsPerOrigin: 3 });
    expect(plugin.manager).not.to.equal(manager);
    uppy.destroy();
  });

  it('stores a file without the fields whose names the storage cannot take, and says so', async () => {
    const base = memory();
    const capabilities = { ...base.capabilities, metadataNames: /^[a-z-]+$/ };
    const adapter: Adapter = { ...base, capabilities };
    const { uppy, heard } = uppyOn(quickManager(adapter as never));
    const warned: string[] = [];
    uppy.opts.logger.warn = (...told: unknown[]) => warned.push(told.join(' '));
    const meta = { project: 'p', 'my field': 'x', Größe: 'L' };
    const id = add(uppy, new Blob(['a']), 'a.txt', meta);
    add(uppy, new Blob(['b']), 'b.txt', meta);
    await uppy.upload();
    expect(heard.errors.size).to.equal(0);
    expect(bodyOf(uppy, id)!.metaLeftOut).to.deep.equal(['my field', 'Größe']);
    expect((await base.readMetadata!('a.txt', { signal })).custom).to.deep.equal({ project: 'p' });
    const about = (field: string): string[] => warned.filter(line => line.includes(field));
    expect(about('my field').length).to.equal(1);
    expect(about('Größe').length).to.equal(1);
    uppy.destroy();
  });
});

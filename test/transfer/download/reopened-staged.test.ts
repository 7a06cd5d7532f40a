import { expect } from '@open-wc/testing';
import { removeStaged, stagingFolder } from '../../../src/transfer/sinks/staged-files.js';
import { recordsOf, remember } from '../../../src/transfer/sinks/staged-journal.js';
import { StagingSink } from '../../../src/transfer/sinks/staging.js';
import { staged } from './staged-support.js';

const size = 1024 * 1024;

/** A worker that holds a file open, as the one of a page that is gone does for a moment after the page's locks. */
async function held(handle: FileSystemFileHandle): Promise<() => Promise<void>> {
  const script = `let access;
    addEventListener('message', async ({ data }) => {
      if (data === undefined) access.close();
      else access = await data.createSyncAccessHandle();
      postMessage(undefined);
    });`;
  const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
  const tell = (message: FileSystemFileHandle | undefined): Promise<unknown> => {
    const told = new Promise(resolve => worker.addEventListener('message', resolve, { once: true }));
    worker.postMessage(message);
    return told;
  };
  await tell(handle);
  return async () => {
    await tell(undefined);
    worker.terminate();
  };
}

describe('what an earlier page has staged', function () {
  this.timeout(30_000);
  const origin = { storage: 'reopened', path: 'f.bin' };
  let id: string;
  let handle: FileSystemFileHandle;
  let sink: StagingSink;

  beforeEach(async () => {
    id = crypto.randomUUID();
    handle = await (await stagingFolder()).getFileHandle(id, { create: true });
    const writable = await handle.createWritable();
    await writable.truncate(size);
    await writable.close();
    const stretches = [{ start: 0, size: size / 2, checksums: [] }];
    await remember({ ...origin, id, size, etag: 'v1', stretches, written: Date.now() });
    sink = new StagingSink('f.bin', { origin });
  });
  afterEach(async () => {
    await sink.abort();
    await removeStaged(id).catch(() => {});
  });

  it('is gone on with once its worker lets go of it', async () => {
    const letGo = await held(handle);
    const taking = sink.takeOver(size, 'v1');
    await new Promise(resolve => setTimeout(resolve, 500));
    await letGo();
    expect((await taking)?.stretches).to.have.length(1);
  });

  it('stays for another try when its worker does not let go of it', async () => {
    const letGo = await held(handle);
    try {
      expect(await sink.takeOver(size, 'v1')).to.equal(undefined);
      expect(await recordsOf(origin)).to.have.length(1);
      expect(await staged()).to.include(id);
    } finally {
      await letGo();
    }
    expect(await sink.takeOver(size, 'v1')).not.to.equal(undefined);
  });

  it('goes when it is not what the note says', async () => {
    const writable = await handle.createWritable();
    await writable.truncate(1);
    await writable.close();
    expect(await sink.takeOver(size, 'v1')).to.equal(undefined);
    expect(await recordsOf(origin)).to.deep.equal([]);
    expect(await staged()).not.to.include(id);
  });

  it('is forgotten when the browser has removed it', async () => {
    await (await stagingFolder()).removeEntry(id);
    expect(await sink.takeOver(size, 'v1')).to.equal(undefined);
    expect(await recordsOf(origin)).to.deep.equal([]);
  });
});

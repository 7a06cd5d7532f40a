import { expect } from '@open-wc/testing';
import { memory } from '../../../src/adapters/memory/index.js';
import type { TransferError } from '../../../src/core/errors.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import { bytesOf, firstDifference, patterned } from './support.js';

const mebibyte = 1024 * 1024;

async function managerWith(files: Record<string, BlobPart>): Promise<TransferManager> {
  const manager = new TransferManager({ adapter: memory() });
  const list = Object.entries(files).map(([name, content]) => new File([content], name));
  expect((await manager.upload(list).finished).state).to.equal('done');
  return manager;
}

const refusalOf = (promise: Promise<unknown>): Promise<TransferError> =>
  promise.then(
    value => expect.fail(`It came: ${String(value)}`),
    (error: TransferError) => error,
  );

describe('files in memory', function () {
  this.timeout(60_000);

  describe('read', () => {
    it('gives the content in each form, and leaves no job behind', async () => {
      const content = patterned(3 * mebibyte + 1);
      const manager = await managerWith({ 'a.bin': content, 'a.json': '\ufeff{"größe":[1,2]}' });
      const { length } = manager.jobs;
      expect(firstDifference(await bytesOf(await manager.read('a.bin', 'blob')), content)).to.equal(-1);
      const buffer = await manager.read({ path: 'a.bin' }, 'array-buffer');
      expect(firstDifference(new Uint8Array(buffer), content)).to.equal(-1);
      expect(await manager.read('a.json', 'text')).to.equal('{"größe":[1,2]}');
      expect(await manager.read('a.json', 'json')).to.eql({ größe: [1, 2] });
      expect(manager.jobs.length).to.equal(length);
    });

    it('says what is wrong: no such file, no JSON, a folder, too large, an unknown form', async () => {
      const manager = await managerWith({ 'a.txt': 'abc' });
      expect((await refusalOf(manager.read('b.txt', 'text'))).reason).to.equal('not-found');
      const noJson = await refusalOf(manager.read('a.txt', 'json'));
      expect([noJson.name, noJson.reason, noJson.path]).to.eql(['TransferError', 'unreadable', 'a.txt']);
      expect((await refusalOf(manager.read('a/', 'text'))).reason).to.equal('invalid-input');
      const tooLarge = await refusalOf(manager.read('a.txt', 'text', { maxInMemory: 2 }));
      expect(tooLarge.reason).to.equal('too-large');
      expect(tooLarge.message).to.match(/more than 2 bytes/);
      expect((await refusalOf(manager.read('a.txt', 'xml' as 'text'))).reason).to.equal('invalid-input');
    });

    it('ends with its signal', async () => {
      const manager = await managerWith({ 'a.bin': patterned(20 * mebibyte) });
      const stop = new AbortController();
      const reading = refusalOf(manager.read('a.bin', 'blob', { signal: stop.signal }));
      stop.abort(new Error('enough'));
      expect((await reading).message).to.equal('enough');
      expect((await refusalOf(manager.read('a.bin', 'blob', { signal: stop.signal }))).message).to.equal(
        'enough',
      );
    });
  });

  it('take no more together than the page allows: one file too many fails, the others are whole', async () => {
    const manager = await managerWith({
      a: patterned(mebibyte),
      b: patterned(mebibyte),
      c: patterned(mebibyte),
    });
    const job = manager.download(['a', 'b', 'c'], { to: 'memory', maxInMemory: 2 * mebibyte });
    const { done, failed } = (await job.finished).snapshot.files;
    expect([done, failed]).to.eql([2, 1]);
    const { error } = [...job.items].find(item => item.error !== undefined)!;
    expect(error!.reason).to.equal('too-large');
    expect(error!.message).to.match(/^The files together are too large.*2 MiB/);
  });
});

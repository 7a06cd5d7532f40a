/** The engine with a repository: what is built above the contract, in a page, over HTTP. */
import { expect } from '@open-wc/testing';
import { type InvenioAdapter, type InvenioOptions, invenio } from '../../../src/adapters/invenio/index.js';
import type { TransferError } from '../../../src/core/errors.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import type { TransferJob } from '../../../src/transfer/types.js';
import { fromBase64 } from '../../contract/base64.js';
import { content } from '../../contract/transfer.js';
import { StandIn } from '../../tools/stand-in.js';

interface Info {
  baseUrl: string;
  token: string;
  record: string;
}

const { signal } = new AbortController();

async function repository(quirks: object = {}, options: Partial<InvenioOptions> = {}) {
  const standIn = await StandIn.open<Info>('invenio', { quirks });
  const { baseUrl, token, record } = standIn.info;
  const open = (more: Partial<InvenioOptions> = {}): InvenioAdapter =>
    invenio({ baseUrl, record, getToken: () => token, ...options, ...more });
  const adapter = open();
  return {
    standIn,
    adapter,
    open,
    manager: new TransferManager({ adapter }),
    stored: async (path: string, id = record) => {
      const bytes = fromBase64(await standIn.call('stored', id, path));
      return bytes && new TextDecoder().decode(bytes);
    },
  };
}

/** The items of a job that has ended. */
const ended = async (job: TransferJob) => [...(await job.finished).items];
const fileOf = (blob: Blob | string, name: string) => new File([blob], name);

for (const storage of ['local', 'local+range', 's3']) {
  describe(`the engine with a repository, ${storage} storage`, function () {
    this.timeout(60_000);

    it('uploads in one request and in parts, downloads, and compares MD5', async () => {
      const { manager, standIn, adapter } = await repository({ storage, md5DelayPolls: 0 });
      const small = fileOf('one', 'small.txt');
      const large = fileOf(content(12_000_000, 7), 'large.bin');
      const [one, parts] = await ended(manager.upload([small, large], { into: 'runs/' }));
      expect(one?.error ?? parts?.error).to.equal(undefined);
      expect(one?.result?.verified).to.deep.equal({ level: 'checksum', by: 'page', algorithm: 'md5' });
      // Right after its commit a file in parts has the storage's MD5 of their MD5s, if anything.
      expect(parts?.result?.verified?.level).to.equal(storage === 's3' ? 'etag' : 'checksum');
      const entry = await adapter.stat!('runs/large.bin', { signal });
      expect([entry?.size, entry?.status]).to.deep.equal([12_000_000, 'completed']);
      const [down] = await ended(manager.download(['runs/large.bin'], { to: 'memory' }));
      expect(down?.error).to.equal(undefined);
      expect(down?.result?.verified).to.deep.include({ level: 'checksum', algorithm: 'md5' });
      await standIn.close();
    });
  });
}

describe('the engine with a repository', function () {
  this.timeout(60_000);

  it('leaves equal files alone and replaces changed ones, as a sync does', async () => {
    const { manager, standIn, stored } = await repository();
    await manager.upload([fileOf('one', 'a.txt'), fileOf('two', 'b.txt')]).finished;
    const files = [fileOf('one', 'a.txt'), fileOf('new', 'b.txt')];
    const again = await ended(manager.upload(files, { conflict: 'skip-same' }));
    expect(again.map(({ result }) => result?.skipped)).to.deep.equal(['same', undefined]);
    expect(await stored('b.txt')).to.equal('new');
    await standIn.close();
  });

  it('goes on when answers are lost and servers stumble', async () => {
    const { manager, standIn, stored } = await repository();
    for (const rule of [
      { operation: 'announce', loseAnswer: true },
      { operation: 'send', status: 503 },
      { operation: 'commit', loseAnswer: true },
    ]) {
      await standIn.call('failNext', rule);
    }
    const [result] = await ended(manager.upload([fileOf('one', 'a.txt')], { conflict: 'fail' }));
    expect(result?.error).to.equal(undefined);
    expect(await stored('a.txt')).to.equal('one');
    await standIn.close();
  });

  it('takes a file whole where parts are not known', async () => {
    const { manager, standIn, adapter } = await repository({ transfers: ['L'] });
    const [result] = await ended(manager.upload([fileOf(content(12_000_000, 3), 'large.bin')]));
    expect(result?.error).to.equal(undefined);
    expect((await adapter.stat!('large.bin', { signal }))?.size).to.equal(12_000_000);
    await standIn.close();
  });

  it('leaves no unfinished entry of a cancelled upload', async () => {
    const { manager, standIn, adapter } = await repository();
    await standIn.call('failNext', { operation: 'part', delay: 60_000, times: 20 });
    const job = manager.upload([fileOf(content(12_000_000, 3), 'large.bin')]);
    for (let looks = 0; looks < 200; looks += 1) {
      if ((await adapter.list('', { signal })).entries.length > 0) break;
    }
    await job.cancel();
    for (let looks = 0; looks < 200; looks += 1) {
      if ((await adapter.list('', { signal })).entries.length === 0) break;
    }
    expect((await adapter.list('', { signal })).entries).to.deep.equal([]);
    await standIn.close();
  });

  it('tells before anything is sent that a record has no room for all files of a job', async () => {
    const { manager, standIn, adapter } = await repository({ maxFiles: 3 }, { maxFiles: 3 });
    const error = await manager
      .upload(['a', 'b', 'c', 'd'].map(name => fileOf(name, `${name}.txt`)))
      .finished.then(() => undefined)
      .catch((reason: unknown) => reason as TransferError);
    expect(error?.reason).to.equal('too-many');
    expect((await adapter.list('', { signal })).entries).to.deep.equal([]);
    await ended(manager.upload([fileOf('one', 'a.txt'), fileOf('two', 'b.txt')]));
    // What is there already is replaced and needs no room; one new file fits, two do not.
    const fits = await ended(manager.upload([fileOf('new', 'a.txt'), fileOf('three', 'c.txt')]));
    expect(fits.map(({ state }) => state)).to.deep.equal(['done', 'done']);
    const full = manager.upload([fileOf('new', 'a.txt'), fileOf('four', 'd.txt')]);
    const told = (await full.finished.catch((reason: unknown) => reason)) as TransferError;
    expect(told.message).to.include('3 are there, and 1 would be added');
    const { entries } = await adapter.list('', { signal });
    expect(entries.map(({ path }) => path)).to.deep.equal(['a.txt', 'b.txt', 'c.txt']);
    await standIn.close();
  });

  it('does not take an upload that was begun and never finished for a file', async () => {
    const { manager, standIn, adapter } = await repository();
    const begin = async (path: string) => {
      const plan = await adapter.openUpload!({ path, size: 5, type: '', checksum: 'auto' }, { signal });
      if (plan.kind !== 'request') throw new Error(plan.kind);
      await plan.sign({ signal, attempt: 1 });
      expect((await adapter.stat!(path, { signal }))?.status).to.equal('pending');
    };
    for (const conflict of ['skip', 'skip-same', 'rename', 'ask'] as const) {
      const path = `${conflict}.txt`;
      await begin(path);
      const [item] = await ended(manager.upload([fileOf('hello', path)], { conflict }));
      expect([conflict, item!.state, item!.result?.path]).to.deep.equal([conflict, 'done', path]);
    }
    await begin('fail.txt');
    const [item] = await ended(manager.upload([fileOf('hello', 'fail.txt')], { conflict: 'fail' }));
    expect([item!.state, item!.error?.reason]).to.deep.equal(['failed', 'conflict']);
    expect(item!.error?.message).to.include('has not ended');
    expect((await adapter.stat!('fail.txt', { signal }))?.status).to.equal('pending');
    await standIn.close();
  });
});

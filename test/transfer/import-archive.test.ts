/** What some platforms do by themselves, as jobs: fetching a URL, and packing a folder. */
import { expect } from '@open-wc/testing';
import { deepOrigin } from '../../src/adapters/deep-origin/index.js';
import { invenio } from '../../src/adapters/invenio/index.js';
import { memory } from '../../src/adapters/memory/index.js';
import type { TransferError } from '../../src/core/errors.js';
import { TransferManager } from '../../src/transfer/index.js';
import { remote } from '../contract/invenio-contract.js';
import { StandIn } from '../tools/stand-in.js';
import { managerOf, states } from './harness.js';

const signal = new AbortController().signal;
type Info = Record<string, string>;

async function origin() {
  const standIn = await StandIn.open<Info>('deep-origin');
  const { baseUrl, orgKey, token } = standIn.info;
  const adapter = deepOrigin({ baseUrl: baseUrl!, orgKey: orgKey!, getToken: () => token! });
  return { standIn, adapter, manager: new TransferManager({ adapter }) };
}

const url = 'https://data.example.org/reads?secret=1';

describe('fetching by the storage', () => {
  it('is a job like an upload, whose bytes do not pass through the page', async () => {
    const { standIn, adapter, manager } = await origin();
    await standIn.call('setSource', url, 'the reads');
    const stale: string[] = [];
    manager.addEventListener('storagechange', event => stale.push(...event.folders));
    const job = manager.importFromUrl([{ url, path: 'ü reads.txt' }], { into: 'in' });
    const { state, snapshot } = await job.finished;
    expect([state, snapshot.movesBytes, job.label]).to.deep.equal(['done', false, 'ü reads.txt']);
    expect((await adapter.stat!('in/ü reads.txt', { signal }))?.size).to.equal(9);
    const again = manager.importFromUrl([{ url, path: 'ü reads.txt' }], { into: 'in/', conflict: 'fail' });
    await again.finished;
    expect(again.items.at(0)!.error!.reason).to.equal('exists');
    const renamed = manager.importFromUrl([{ url, path: 'ü reads.txt' }], {
      into: 'in/',
      conflict: 'rename',
    });
    await renamed.finished;
    expect(renamed.items.at(0)!.result!.path).to.equal('in/ü reads (2).txt');
    await standIn.close();
  });

  it('waits for a repository that takes its time, and fails one file of several', async () => {
    const standIn = await StandIn.open<Info>('invenio', { quirks: remote });
    const { baseUrl, record, token } = standIn.info;
    const adapter = invenio({
      baseUrl: baseUrl!,
      record: record!,
      getToken: () => token!,
      pollInterval: 10,
    });
    const { manager } = managerOf(adapter);
    await standIn.call('setSource', url, 'the reads');
    const job = manager.importFromUrl([
      { url, path: 'a.txt' },
      { url: 'https://nowhere.example/?secret=1', path: 'b.txt' },
    ]);
    await job.finished;
    expect(states(job)).to.deep.equal(['done', 'failed']);
    expect(JSON.stringify(job.items.at(1)!.error)).not.to.include('secret');
    expect((await adapter.stat!('a.txt', { signal }))?.status).to.equal('completed');
    await standIn.close();
  });

  it('has the storage begin anew when one that had failed is tried again', async () => {
    const standIn = await StandIn.open<Info>('invenio', { quirks: remote });
    const { baseUrl, record, token } = standIn.info;
    const adapter = invenio({ baseUrl: baseUrl!, record: record!, getToken: () => token!, pollInterval: 10 });
    const { manager } = managerOf(adapter);
    const late = new URL('late.bam', url).href;
    const job = manager.importFromUrl([{ url: late, path: 'a.txt' }]);
    await job.finished;
    expect(states(job)).to.deep.equal(['failed']);
    // Nothing of it blocks the name.
    expect(await adapter.stat!('a.txt', { signal })).to.equal(undefined);
    await standIn.call('setSource', late, 'the reads');
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect((await adapter.stat!('a.txt', { signal }))?.status).to.equal('completed');
    await standIn.close();
  });

  it('says so where the storage fetches nothing', async () => {
    const job = managerOf(memory()).manager.importFromUrl([{ url, path: 'a' }]);
    const error = (await job.finished.catch((reason: unknown) => reason)) as TransferError;
    expect(error.reason).to.equal('not-supported');
  });
});

describe('packing by the platform', () => {
  it('downloads a folder as the one ZIP it makes', async () => {
    const { standIn, manager } = await origin();
    await manager.upload([
      { path: 'run/ä.txt', file: new Blob(['first']) },
      { path: 'run/deep/b.txt', file: new Blob(['second']) },
    ]).finished;
    const job = manager.download('run/', { to: 'memory', archive: 'platform' });
    expect((await job.finished).state).to.equal('done');
    const text = await job.items.at(0)!.result!.blob!.text();
    expect([job.items.length, text.startsWith('PK')]).to.deep.equal([1, true]);
    for (const piece of ['run/ä.txt', 'first', 'run/deep/b.txt', 'second']) expect(text).to.include(piece);
    const root = await navigator.storage.getDirectory();
    const to = await root.getDirectoryHandle(`packed-${Math.random()}`, { create: true });
    expect((await manager.download('run/', { to, archive: 'platform' }).finished).state).to.equal('done');
    expect(await (await (await to.getFileHandle('run.zip')).getFile()).text()).to.equal(text);
    await standIn.close();
  });

  it('says so where the platform packs nothing', async () => {
    const { manager } = managerOf(memory({ files: { 'a/b': 'b' } }));
    const job = manager.download('a/', { to: 'memory', archive: 'platform' });
    const error = (await job.finished.catch((reason: unknown) => reason)) as TransferError;
    expect(error.reason).to.equal('not-supported');
  });
});

/** A folder on its way through all platforms, each copied from the one before, in a page and across origins. */
import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { deepLake } from '../../../src/adapters/deep-lake/index.js';
import { deepOrigin } from '../../../src/adapters/deep-origin/index.js';
import { invenio } from '../../../src/adapters/invenio/index.js';
import { memory } from '../../../src/adapters/memory/index.js';
import { smartsBio } from '../../../src/adapters/smarts-bio/index.js';
import { ubiops } from '../../../src/adapters/ubiops/index.js';
import { TransferManager } from '../../../src/transfer/index.js';
import { fromBase64 } from '../../contract/base64.js';
import { StandIn } from '../../tools/stand-in.js';
import { bigFile } from '../harness.js';

const signal = new AbortController().signal;
type Info = Record<string, string>;

const large = 11 * 1024 ** 2;
const files: Record<string, File> = {
  'run/ä #1%.txt': new File(['hostile name'], 'x'),
  'run/deep/empty.txt': new File([], 'x'),
  'run/deep/large.bin': bigFile('x', large),
};

async function digest(bytes: ArrayBuffer): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join();
}

describe('copying from platform to platform', () => {
  const open: StandIn<Info>[] = [];

  async function standIn(platform: string, options: object = {}): Promise<StandIn<Info>> {
    const made = await StandIn.open<Info>(platform, options);
    open.push(made);
    return made;
  }

  after(async () => {
    await Promise.all(open.map(each => each.close()));
  });

  async function platforms(): Promise<Record<string, Adapter>> {
    const origin = (await standIn('deep-origin')).info;
    const bucket = (await standIn('ubiops')).info;
    const record = (await standIn('invenio', { quirks: { storage: 's3' } })).info;
    const workspace = (await standIn('smarts-bio')).info;
    return {
      'Deep Origin': deepOrigin({
        baseUrl: origin.baseUrl!,
        orgKey: origin.orgKey!,
        getToken: () => origin.token!,
      }),
      UbiOps: ubiops({
        baseUrl: bucket.baseUrl!,
        project: bucket.project!,
        bucket: 'default',
        getToken: () => bucket.token!,
      }),
      InvenioRDM: invenio({
        baseUrl: record.baseUrl!,
        record: record.record!,
        getToken: () => record.token!,
      }),
      'smarts.bio': smartsBio({
        baseUrl: workspace.baseUrl!,
        workspaceId: workspace.workspaceId!,
        getToken: () => workspace.apiKey!,
      }),
      'a page’s memory': memory(),
    };
  }

  it('brings every byte, name and folder through all of them', async function () {
    this.timeout(120_000);
    let last = new TransferManager({ adapter: memory() });
    await last.upload(Object.entries(files).map(([path, file]) => ({ path, file }))).finished;
    for (const [name, adapter] of Object.entries(await platforms())) {
      const next = new TransferManager({ adapter });
      const job = last.copy(['run/'], '', { to: next });
      const { state } = await job.finished;
      const problems = [...job.items].map(item => item.error?.message).filter(Boolean);
      expect([name, state, problems]).to.deep.equal([name, 'done', []]);
      const { entries } = await adapter.list('', { signal, recursive: true });
      expect(entries.map(({ path }) => path).sort(), name).to.deep.equal(Object.keys(files).sort());
      last = next;
    }
    const { blob } = await last.adapter.resolveDownload!(
      { path: 'run/deep/large.bin', id: '' },
      { signal },
    ).then(source => source as { blob: Blob });
    const [came, went] = await Promise.all([blob.arrayBuffer(), files['run/deep/large.bin']!.arrayBuffer()]);
    expect(came.byteLength).to.equal(large);
    expect(await digest(came)).to.equal(await digest(went));
  });

  it('gives files of Deep Lake their names back, and takes names to it', async function () {
    this.timeout(60_000);
    const server = await standIn('deep-lake');
    const { baseUrl, workspace, orgId, token } = server.info;
    const lake = new TransferManager({
      adapter: deepLake({ baseUrl: baseUrl!, workspace: workspace!, orgId: orgId!, getToken: () => token! }),
    });
    const from = new TransferManager({ adapter: memory({ files: { 'run/a.txt': 'A' } }) });
    const job = from.copy(['run/'], '', { to: lake });
    await job.finished;
    const { id } = job.items.at(0)!.result!;
    expect(new TextDecoder().decode(fromBase64(await server.call('stored', id)))).to.equal('A');
    const back = new TransferManager({ adapter: memory() });
    expect((await lake.copy([''], 'back/', { to: back }).finished).state).to.equal('done');
    expect(await back.adapter.stat!('back/a.txt', { signal })).to.include({ size: 1 });
  });

  it('renames and moves on UbiOps and in a draft, where neither is a call, with consent', async function () {
    this.timeout(60_000);
    const { UbiOps, InvenioRDM } = await platforms();
    for (const adapter of [UbiOps!, InvenioRDM!]) {
      const manager = new TransferManager({ adapter });
      await manager.upload([{ path: 'a/x.txt', file: new Blob(['X']) }]).finished;
      const job = manager.rename('a/x.txt', 'ü y.txt', { throughPage: true });
      expect((await job.finished).state).to.equal('done');
      expect((await manager.move(['a/'], 'b/', { throughPage: true }).finished).state).to.equal('done');
      const { entries } = await adapter.list('', { signal, recursive: true });
      expect(entries.map(({ path, size }) => [path, size])).to.deep.equal([['b/a/ü y.txt', 1]]);
    }
  });

  it('copies between records of one repository', async function () {
    this.timeout(60_000);
    const { InvenioRDM: first } = await platforms();
    const { id } = await first!.containers!.create!(
      { title: 'Second', creators: 'Doe, Jo', resourceType: 'dataset', publicationDate: '2026' },
      { signal },
    );
    const second = first!.containers!.open(id);
    const [here, there] = [first!, second].map(adapter => new TransferManager({ adapter }));
    await here!.upload([{ path: 'a/ü.txt', file: new Blob(['A']), metadata: { custom: { owner: 'Jo' } } }])
      .finished;
    const job = here!.copy(['a/'], '', { to: there! });
    expect((await job.finished).state).to.equal('done');
    expect(job.items.at(0)!.result!.verified!.level).to.equal('checksum');
    expect((await second.readMetadata!('a/ü.txt', { signal })).custom).to.deep.include({ owner: 'Jo' });
    const again = here!.copy(['a/'], '', { to: there!, conflict: 'skip-same' });
    await again.finished;
    expect(again.items.at(0)!.result!.skipped).to.equal('same');
  });
});

/** A real page and the real engine. */
import { expect } from '@open-wc/testing';
import { deepLake } from '../../../src/adapters/deep-lake/index.js';
import { conflictChoices } from '../../../src/controllers/conflict-controller.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import type { UploadOptions } from '../../../src/transfer/types.js';
import { bytesOf, content, sameBytes } from '../../contract/transfer.js';
import { StandIn } from '../../tools/stand-in.js';

interface Info {
  readonly baseUrl: string;
  readonly workspace: string;
  readonly orgId: string;
  readonly token: string;
}

describe('deep-lake with the engine', () => {
  let standIn: StandIn<Info>;
  before(async () => {
    standIn = await StandIn.open<Info>('deep-lake');
  });
  after(() => standIn.close());
  const connect = () => {
    const { baseUrl, workspace, orgId, token } = standIn.info;
    return deepLake({ baseUrl, workspace, orgId, getToken: () => token });
  };

  it('hands the UUID to the page, once, also when the answer is lost', async function () {
    this.timeout(60_000);
    const adapter = connect();
    const manager = new TransferManager({ adapter });
    // Small ones go by fetch, large ones by XMLHttpRequest.
    for (const size of [5_000, 400_000]) {
      // A broken connection would be no test: browsers then repeat the request by themselves, unseen by the page.
      await standIn.call('setQuirks', { gatewayTimeouts: 1 });
      const name = `lost ${size} ü.bin`;
      const blob = content(size, size);
      const job = manager.upload([{ file: blob, path: name }]);
      const { state, items } = await job.finished;
      const { result, error } = items.at(0)!;
      expect([state, error?.message]).to.deep.equal(['done', undefined]);
      const records = (await standIn.call('records')) as { id: string; filename: string }[];
      const stored = records.filter(({ filename }) => filename === name);
      expect(stored.map(({ id }) => id)).to.deep.equal([result?.id]);
      expect(result?.verified?.level).to.equal('size');

      const { signal } = new AbortController();
      const entry = (await adapter.list('', { signal })).entries.find(({ id }) => id === result?.id)!;
      const download = await manager.download([entry], { to: 'memory' }).finished;
      const read = download.items.at(0)!;
      expect([download.state, read.name]).to.deep.equal(['done', name]);
      expect(sameBytes(await bytesOf(read.result!.blob!), await bytesOf(blob))).to.equal(true);
      await adapter.query('CREATE TABLE IF NOT EXISTS "lab"."reads" (file_id UUID)', [], { signal });
      await adapter.linkToTable({ table: 'reads', fileId: entry.id, values: { title: name } }, { signal });
    }
    const rows = (await standIn.call('rows', 'reads')) as { title: string }[];
    expect(rows.map(({ title }) => title)).to.deep.equal(['lost 5000 ü.bin', 'lost 400000 ü.bin']);
  });

  it('deletes everything, files of one name too', async function () {
    this.timeout(60_000);
    const adapter = connect();
    const manager = new TransferManager({ adapter });
    for (let round = 0; round < 2; round += 1) {
      const files = [1, 2, 3, 4, 5].map(number => ({ file: content(10, round), path: `same ${number}.txt` }));
      expect((await manager.upload(files, { conflict: 'skip-same' }).finished).state).to.equal('done');
    }
    const { signal } = new AbortController();
    const { entries } = await adapter.list('', { signal });
    expect(entries.filter(({ name }) => name.startsWith('same')).length).to.equal(10);
    expect((await manager.remove(entries).finished).state).to.equal('done');
    expect(await standIn.call('records')).to.deep.equal([]);
  });

  it('takes a file of the same name for a conflict, though it would take nobody’s place', async () => {
    const adapter = connect();
    const manager = new TransferManager({ adapter });
    const send = async (options: UploadOptions) => {
      const job = manager.upload([{ file: content(10, 1), path: 'named.txt' }], options);
      await job.finished;
      const { state, path } = job.items.at(0)!;
      return [state, path];
    };
    await send({});
    const asked: number[] = [];
    const onConflict: UploadOptions['onConflict'] = async ({ existing }) => {
      asked.push(existing.size ?? -1);
      return 'skip';
    };
    expect(await send({ conflict: 'ask', onConflict })).to.deep.equal(['skipped', 'named.txt']);
    expect(asked).to.deep.equal([10]);
    expect(await send({ conflict: 'skip' })).to.deep.equal(['skipped', 'named.txt']);
    expect(await send({ conflict: 'fail' })).to.deep.equal(['failed', 'named.txt']);
    expect(await send({ conflict: 'rename' })).to.deep.equal(['done', 'named (2).txt']);
    expect(conflictChoices(adapter)).to.deep.equal(['rename', 'skip']);
    const { signal } = new AbortController();
    const { entries } = await adapter.list('', { signal });
    await manager.remove(entries.filter(({ name }) => name.startsWith('named'))).finished;
  });
});

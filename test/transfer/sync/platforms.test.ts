/** A directory and each kind of platform, there and back, across origins. */
import { expect } from '@open-wc/testing';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { deepLake } from '../../../src/adapters/deep-lake/index.js';
import { deepOrigin } from '../../../src/adapters/deep-origin/index.js';
import { invenio } from '../../../src/adapters/invenio/index.js';
import { smartsBio } from '../../../src/adapters/smarts-bio/index.js';
import { ubiops } from '../../../src/adapters/ubiops/index.js';
import { TransferManager } from '../../../src/transfer/index.js';
import { StandIn } from '../../tools/stand-in.js';

const signal = new AbortController().signal;
type Info = Record<string, string>;

const adapters: Record<string, (info: Info) => Adapter> = {
  'deep-origin': info =>
    deepOrigin({ baseUrl: info.baseUrl!, orgKey: info.orgKey!, getToken: () => info.token! }),
  ubiops: info =>
    ubiops({
      baseUrl: info.baseUrl!,
      project: info.project!,
      bucket: 'default',
      getToken: () => info.token!,
    }),
  invenio: info => invenio({ baseUrl: info.baseUrl!, record: info.record!, getToken: () => info.token! }),
  'smarts-bio': info =>
    smartsBio({ baseUrl: info.baseUrl!, workspaceId: info.workspaceId!, getToken: () => info.apiKey! }),
  'deep-lake': info =>
    deepLake({
      baseUrl: info.baseUrl!,
      workspace: info.workspace!,
      orgId: info.orgId!,
      getToken: () => info.token!,
    }),
};

async function directory(files: Record<string, string>): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getDirectoryHandle(`platforms-${Math.random()}`, { create: true });
  for (const [name, text] of Object.entries(files)) await write(handle, name, text);
  return handle;
}

async function write(folder: FileSystemDirectoryHandle, name: string, text: string): Promise<void> {
  const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
  await stream.write(text);
  await stream.close();
}

async function read(folder: FileSystemDirectoryHandle, name: string): Promise<string> {
  return (await (await folder.getFileHandle(name)).getFile()).text();
}

describe('synchronising a directory with', () => {
  for (const [platform, open] of Object.entries(adapters)) {
    it(`${platform}: up, changed, cleaned, and down again`, async function () {
      this.timeout(60_000);
      const standIn = await StandIn.open<Info>(platform);
      try {
        const adapter = open(standIn.info);
        const manager = new TransferManager({ adapter });
        const names = async (): Promise<string[]> =>
          (await adapter.list('', { signal, recursive: true })).entries.map(({ name }) => name).sort();
        const here = await directory({ 'ä 1.txt': 'one', 'two.txt': 'two', 'temp_3.txt': 'three' });
        const up = manager.sync(here, '', { remove: ({ path }) => path.startsWith('temp_') });
        expect((await up.run().finished).state).to.equal('done');
        expect(await names()).to.deep.equal(['temp_3.txt', 'two.txt', 'ä 1.txt']);

        await write(here, 'two.txt', 'changed');
        await here.removeEntry('temp_3.txt');
        const plan = await up.plan();
        expect([plan.create, plan.replace, plan.remove]).to.deep.equal([
          0,
          // Without a digest at the storage nobody can tell that a file of equal size is the same.
          plan.steps.filter(({ why }) => why === 'content').length + 1,
          1,
        ]);
        expect((await up.run().finished).state).to.equal('done');
        expect(await names()).to.deep.equal(['two.txt', 'ä 1.txt']);

        const there = await directory({ 'old.txt': 'old' });
        expect((await manager.sync('', there, { remove: true }).run().finished).state).to.equal('done');
        expect([await read(there, 'ä 1.txt'), await read(there, 'two.txt')]).to.deep.equal([
          'one',
          'changed',
        ]);
        const again = await manager.sync('', there, { remove: true, compare: 'size' }).plan();
        expect(again.steps.map(({ action }) => action)).to.deep.equal(['skip', 'skip']);
      } finally {
        await standIn.close();
      }
    });
  }
});

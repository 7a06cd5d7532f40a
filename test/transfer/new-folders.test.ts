import { expect } from '@open-wc/testing';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferManager } from '../../src/transfer/manager.js';

const file = (path: string) => ({ path, file: new File(['content'], path.split('/').at(-1)!) });

async function staleAfter(manager: TransferManager, paths: readonly string[]): Promise<string[]> {
  const stale: string[] = [];
  const listening = new AbortController();
  manager.addEventListener('storagechange', event => stale.push(...event.folders), listening);
  await manager.upload(paths.map(file)).finished;
  await new Promise(resolve => setTimeout(resolve, 300));
  listening.abort();
  return stale.sort();
}

describe('the first file below a folder', () => {
  it('makes the folders above stale, in which the new one is a row', async () => {
    const manager = new TransferManager({ adapter: memory() });
    expect(await staleAfter(manager, ['survey/day 1/a.txt', 'survey/day 1/b.txt'])).to.deep.equal([
      '',
      'survey/',
      'survey/day 1/',
    ]);
    // Another job may find them deleted in between.
    expect(await staleAfter(manager, ['survey/day 1/c.txt'])).to.deep.equal(['', 'survey/', 'survey/day 1/']);
  });
});

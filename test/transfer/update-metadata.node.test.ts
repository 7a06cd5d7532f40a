/** Changing the metadata of many files at once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Adapter } from '../../src/adapters/adapter.js';
import { deepOrigin } from '../../src/adapters/deep-origin/index.js';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferManager } from '../../src/transfer/manager.js';

const { signal } = new AbortController();
const file = {
  content: 'x',
  type: 'text/x',
  metadata: { custom: { owner: 'Jo', run: '1' }, tags: { a: 'b' } },
};

describe('updateMetadata', () => {
  it('sets what is named, takes away what is empty, and leaves the rest', async () => {
    const adapter = memory({ files: { 'r/1': file, 'r/2': file, 'r/3': file } });
    const manager = new TransferManager({ adapter });
    const paths = ['r/1', 'r/2', 'r/never'];
    const results = await manager.updateMetadata(paths, { custom: { run: '2', owner: '', by: 'ü' } });
    assert.deepEqual(
      results.map(({ path, error }) => [path, error?.reason]),
      [
        ['r/1', undefined],
        ['r/2', undefined],
        ['r/never', 'not-found'],
      ],
    );
    const { custom, tags, headers } = await adapter.readMetadata!('r/2', { signal });
    assert.deepEqual([custom, tags], [{ run: '2', by: 'ü' }, { a: 'b' }]);
    assert.equal(headers!['content-type'], 'text/x');
    assert.deepEqual((await adapter.readMetadata!('r/3', { signal })).custom, { owner: 'Jo', run: '1' });
  });

  it('asks a function for each file, which may leave one alone', async () => {
    const adapter = memory({ files: { 'r/1': file, 'r/2': file } });
    const manager = new TransferManager({ adapter });
    await manager.updateMetadata([{ path: 'r/1' }, { path: 'r/2' }], (path, { custom }) =>
      path === 'r/1' ? { custom: { run: `${Number(custom!.run) + 1}` } } : undefined,
    );
    assert.equal((await adapter.readMetadata!('r/1', { signal })).custom!.run, '2');
    assert.equal((await adapter.readMetadata!('r/2', { signal })).custom!.run, '1');
  });

  it('takes nothing away where it cannot be read, and says so before anything is changed', async () => {
    const { readMetadata: _none, ...adapter } = memory({ files: { 'r/1': file } });
    const written: unknown[] = [];
    const { writeMetadata } = adapter;
    const blind = {
      ...adapter,
      writeMetadata: (...all: Parameters<NonNullable<typeof writeMetadata>>) => {
        written.push(all[1]);
        return writeMetadata!(...all);
      },
    };
    const manager = new TransferManager({ adapter: blind as Adapter });
    const refused = { reason: 'not-supported', message: /values can be set/ };
    await assert.rejects(manager.updateMetadata(['r/1'], { custom: { owner: '' } }), refused);
    await assert.rejects(manager.updateMetadata(['r/1'], { tags: { a: '' } }), refused);
    await assert.rejects(
      manager.updateMetadata(['r/1'], () => ({ custom: { run: '2' } })),
      refused,
    );
    assert.deepEqual(written, []);
    const results = await manager.updateMetadata(['r/1'], { custom: { run: '2' } });
    assert.deepEqual([results, written], [[{ path: 'r/1' }], [{ custom: { run: '2' } }]]);
  });

  it('says so where there is no metadata', async () => {
    const adapter = deepOrigin({ orgKey: 'o', getToken: () => 't', baseUrl: 'https://storage.invalid' });
    await assert.rejects(new TransferManager({ adapter }).updateMetadata(['a'], {}), {
      reason: 'not-supported',
    });
  });
});

/** Two parts of one bucket: the storage copies between them by itself, and nothing is copied onto itself. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createS3Store } from '../../../demo/server/store/index.js';
import { s3 } from '../../../src/adapters/s3/index.js';
import type { TransferError } from '../../../src/core/errors.js';
import { Connectivity } from '../../../src/transfer/connectivity.js';
import { TransferManager } from '../../../src/transfer/manager.js';
import type { StorageChangeEvent } from '../../../src/transfer/types.js';
import { FastClock } from '../fast-clock.js';

const keys = { accessKeyId: 'ONEBUCKETACCESSKEY01', secretAccessKey: 'one-bucket-secret-of-nobody-000001' };
const { signal } = new AbortController();
const sameAccess = async () => keys;

describe('two prefixes of one bucket', () => {
  let directory: string;
  let store: Awaited<ReturnType<typeof createS3Store>>;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'one-bucket-'));
    store = await createS3Store({ directory, region: 'us-east-1', credentials: [keys], buckets: ['lab'] });
  });
  after(async () => {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });

  const open = (prefix: string, getCredentials = sameAccess) => {
    const adapter = s3({ bucketUrl: store.url('lab', 'path'), prefix, getCredentials });
    const clock = new FastClock();
    const manager = new TransferManager({ adapter, clock, connectivity: new Connectivity(clock) });
    return { adapter, manager };
  };
  const all = async (): Promise<string[]> =>
    (await open('').adapter.list('', { signal, recursive: true })).entries.map(({ path }) => path).sort();
  const reason = (finished: Promise<unknown>) =>
    finished.then(
      () => 'done',
      (error: TransferError) => error.reason,
    );

  beforeEach(async () => {
    const { adapter, manager } = open('');
    await adapter.remove!(await all(), { signal });
    for (const path of ['x/a.txt', 'x/deep/b ü.txt', 'y/own.txt']) {
      await manager.upload([{ file: new Blob([path]), path }]).finished;
    }
    store.stats.reset();
  });

  for (const [from, to] of [
    ['x/', 'y/'],
    ['', 'y/'],
    ['x/', ''],
    ['x/deep/', 'x/dee/'],
  ] as const) {
    it(`copies from “${from}” to “${to}” without a byte through the page`, async () => {
      const source = open(from).manager;
      const target = open(to).manager;
      const path = 'x/deep/b ü.txt'.slice(from.length);
      const stale = new Promise<readonly string[]>(resolve => {
        target.addEventListener('storagechange', event => resolve((event as StorageChangeEvent).folders), {
          once: true,
        });
      });
      const job = source.copy([path], 'new/', { to: target });
      const { state, items } = await job.finished;
      assert.equal(state, 'done', items.at(0)?.error?.message);
      assert.ok((await all()).includes(`${to}new/b ü.txt`));
      assert.equal(store.stats.counts.CopyObject, 1);
      // Whoever shows the target sees that something came.
      assert.ok((await stale).includes('new/'));
      assert.deepEqual([store.stats.counts.GetObject, store.stats.counts.PutObject], [undefined, undefined]);
    });
  }

  it('moves a folder, and clears away what is left of it', async () => {
    const job = open('x/').manager.move([''], 'all/', { to: open('y/').manager });
    assert.equal((await job.finished).state, 'done');
    assert.deepEqual(await all(), ['y/all/a.txt', 'y/all/deep/b ü.txt', 'y/own.txt']);
    assert.equal(store.stats.counts.GetObject, undefined);
  });

  it('answers conflicts as it would between storages', async () => {
    const [source, target] = [open('x/').manager, open('y/').manager];
    await source.copy(['a.txt'], '', { to: target }).finished;
    const again = source.copy(['a.txt'], '', { to: target });
    await again.finished;
    assert.equal(again.items.at(0)?.error?.reason, 'exists');
    assert.equal(
      (await source.copy(['a.txt'], '', { to: target, conflict: 'replace' }).finished).state,
      'done',
    );
    assert.equal(store.stats.counts.GetObject, undefined);
    // A free name is found by the page only.
    await source.copy(['a.txt'], '', { to: target, conflict: 'rename' }).finished;
    assert.equal((await all()).filter(path => path.startsWith('y/a')).length, 2);
  });

  it('makes one hold what the other holds, by copies of the storage', async () => {
    const sync = open('x/').manager.sync('', { manager: open('y/').manager, path: 'twin/' });
    assert.equal((await sync.plan()).create, 2);
    assert.equal((await sync.run().finished).state, 'done');
    assert.deepEqual(
      (await all()).filter(path => path.startsWith('y/twin/')),
      ['y/twin/a.txt', 'y/twin/deep/b ü.txt'],
    );
    assert.equal(store.stats.counts.GetObject, undefined);
  });

  for (const access of ['the same', 'another'] as const) {
    it(`moves nothing onto itself or into itself with ${access} access`, async () => {
      const before = await all();
      const whole = open('').manager;
      const part = open('x/', access === 'another' ? async () => keys : sameAccess).manager;
      for (const conflict of ['replace', 'skip-same', 'rename'] as const) {
        assert.equal(await reason(whole.move(['x/a.txt'], '', { to: part, conflict }).finished), 'exists');
        assert.equal(await reason(part.move(['a.txt'], 'x/', { to: whole, conflict }).finished), 'exists');
        assert.equal(await reason(part.move(['deep/'], 'x/', { to: whole, conflict }).finished), 'exists');
      }
      assert.equal(await reason(whole.copy(['x/'], 'new/', { to: part }).finished), 'invalid-input');
      assert.throws(() => whole.sync('x/deep/', { manager: part, path: '' }), { reason: 'invalid-input' });
      assert.throws(() => part.sync('deep/', { manager: whole, path: 'x/' }), { reason: 'invalid-input' });
      assert.deepEqual(await all(), before);
    });
  }

  it('goes through the page where each end has an access of its own', async () => {
    const job = open('x/').manager.copy(['a.txt'], '', { to: open('y/', async () => keys).manager });
    assert.equal((await job.finished).state, 'done');
    assert.ok((await all()).includes('y/a.txt'));
    assert.equal(store.stats.counts.CopyObject, undefined);
  });
});

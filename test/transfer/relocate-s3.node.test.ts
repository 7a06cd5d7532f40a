/** Moves on S3, where a move is a copy and a deletion, while the storage loses answers and refuses requests. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AwsClient } from 'aws4fetch';
import { createS3Store } from '../../demo/server/store/index.js';
import { s3 } from '../../src/adapters/s3/index.js';
import { Connectivity } from '../../src/transfer/connectivity.js';
import { TransferManager } from '../../src/transfer/manager.js';
import { FastClock } from './fast-clock.js';

const keys = { accessKeyId: 'RELOCATEACCESSKEY001', secretAccessKey: 'relocate-secret-of-nobody-00000001' };
const region = 'us-east-1';
const { signal } = new AbortController();

describe('moves on S3', () => {
  let directory: string;
  let store: Awaited<ReturnType<typeof createS3Store>>;
  let base: string;
  const client = new AwsClient({ ...keys, service: 's3', region });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relocate-s3-'));
    store = await createS3Store({ directory, region, credentials: [keys], buckets: ['lab'] });
    base = store.url('lab', 'path');
  });

  after(async () => {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });

  const setting = () => {
    const adapter = s3({ bucketUrl: base, getCredentials: async () => keys });
    const clock = new FastClock();
    const manager = new TransferManager({ adapter, clock, connectivity: new Connectivity(clock) });
    const stored = async (): Promise<string[]> => {
      const { entries } = await adapter.list('', { signal, recursive: true });
      return entries.map(entry => entry.path).sort();
    };
    return { adapter, manager, stored };
  };

  beforeEach(async () => {
    store.faults.reset();
    const { adapter, stored } = setting();
    const old = await stored();
    if (old.length > 0) await adapter.remove!(old, { signal });
    for (const name of ['a/1', 'a/2', 'a/deep/3', 'keep']) {
      const answer = await client.fetch(`${base}/${name}`, { method: 'PUT', body: name });
      assert.equal(answer.status, 200);
    }
  });

  it('survive lost answers to copies and deletions', async () => {
    const { manager, stored } = setting();
    store.faults.failNext({ operation: 'CopyObject', loseAnswer: true, times: 2 });
    store.faults.failNext({ operation: ['DeleteObjects', 'DeleteObject'], loseAnswer: true });
    const result = await manager.rename('a/', 'z').finished;
    assert.equal(result.state, 'done', result.snapshot.reason?.message);
    assert.deepEqual(await stored(), ['keep', 'z/1', 'z/2', 'z/deep/3']);
  });

  it('of one file repeat only what is missing', async () => {
    const { manager, stored } = setting();
    let copies = 0;
    store.faults.failNext({
      match({ operation }) {
        if (operation === 'CopyObject') copies += 1;
        return false;
      },
    });
    store.faults.failNext({ operation: 'DeleteObject', status: 503, times: 6 });
    const result = await manager.move(['a/1'], 'z/').finished;
    assert.equal(result.state, 'done', result.snapshot.reason?.message);
    assert.deepEqual(await stored(), ['a/2', 'a/deep/3', 'keep', 'z/1']);
    assert.equal(copies, 1);
  });

  it('take their copies back when they are cancelled', async () => {
    const { manager, stored } = setting();
    store.faults.failNext({ operation: 'CopyObject', key: 'z/deep/3', stall: 'after', times: 99 });
    const before = await stored();
    const job = manager.rename('a/', 'z');
    for (let turn = 0; turn < 400; turn++) {
      if ((await stored()).filter(path => path.startsWith('z/')).length === 3) break;
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    assert.equal((await stored()).length, before.length + 3);
    await job.cancel();
    assert.deepEqual(await stored(), before);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { presignLoader } from '../../../src/adapters/s3/presign-loader.js';
import { TransferError } from '../../../src/core/errors.js';

describe('what signs in the page', () => {
  it('is loaded when the storage is set up, not at the first signature', async () => {
    let loads = 0;
    const load = presignLoader(() => {
      loads += 1;
      return import('../../../src/adapters/s3/presign.js');
    });
    assert.equal(loads, 1);
    assert.equal(typeof (await load('a')).presign, 'function');
    assert.equal(loads, 1);
  });

  it('is asked for again when it could not be loaded, and says so in words', async () => {
    let loads = 0;
    const load = presignLoader(async () => {
      loads += 1;
      if (loads < 3)
        throw new TypeError('Failed to fetch dynamically imported module: https://site.example/x.js');
      return import('../../../src/adapters/s3/presign.js');
    });
    await assert.rejects(load('a.bin'), (error: unknown) => {
      assert.ok(error instanceof TransferError);
      assert.deepEqual([error.kind, error.reason, error.path], ['retry', 'network', 'a.bin']);
      assert.doesNotMatch(error.message, /site\.example/);
      return true;
    });
    assert.equal(typeof (await load('a.bin')).presign, 'function');
  });
});

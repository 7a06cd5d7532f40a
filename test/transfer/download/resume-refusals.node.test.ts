import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Adapter } from '../../../src/adapters/adapter.js';
import type { TransferContext } from '../../../src/transfer/context.js';
import { InterruptedDownloads } from '../../../src/transfer/download/interrupted-downloads.js';
import {
  type KeptDownload,
  type LastingTarget,
  noDownloadJournal,
} from '../../../src/transfer/download/kept-downloads.js';
import type { TransferJob } from '../../../src/transfer/types.js';

const kept = (id: string, to: LastingTarget, started: number): KeptDownload => ({
  ...{ id, to, started, updated: Date.now(), storage: 'fake', label: 'f.bin', asked: ['f.bin'], options: {} },
  ...{ total: undefined, finished: { files: 0, bytes: 0 } },
});

test('a file that cannot be asked for permission is told as gone, and no other download waits for it', async () => {
  const moved = {
    kind: 'file',
    name: 'moved.bin',
    queryPermission: () => Promise.reject(new DOMException('Gone.', 'NotFoundError')),
  } as unknown as FileSystemFileHandle;
  const rows = [kept('moved', moved, 1), kept('other', 'files', 2)];
  const context = {
    adapter: { name: 'fake', label: 'Fake' } as Adapter,
    downloads: { ...noDownloadJournal, kept: async () => rows },
  } as unknown as TransferContext;
  const begun: string[] = [];
  const interrupted = new InterruptedDownloads(context, (_asked, _options, { id }) => {
    begun.push(id);
    return {} as TransferJob;
  });
  const { jobs, notResumed } = await interrupted.resume(undefined);
  assert.deepEqual(begun, ['other']);
  assert.equal(jobs.length, 1);
  assert.deepEqual(
    notResumed.map(({ download, why }) => [download.id, why]),
    [['moved', 'place-gone']],
  );
});

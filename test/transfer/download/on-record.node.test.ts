/** What a download tells the journal of itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Adapter } from '../../../src/adapters/adapter.js';
import type { Entry } from '../../../src/core/entry.js';
import type { TransferContext } from '../../../src/transfer/context.js';
import { JobRecord } from '../../../src/transfer/download/job-record.js';
import {
  type DownloadExtent,
  type DownloadRecord,
  noDownloadJournal,
} from '../../../src/transfer/download/kept-downloads.js';
import type { Wanted } from '../../../src/transfer/download/wanted.js';
import type { TransferSnapshot } from '../../../src/transfer/types.js';

function recorded(paths: readonly Wanted[]) {
  const files: string[] = [];
  let told: { record: DownloadRecord; extent: () => DownloadExtent } | undefined;
  const downloads = {
    ...noDownloadJournal,
    begun: (record: DownloadRecord, extent: () => DownloadExtent) => {
      told = { record, extent };
    },
    fileDone: (_id: string, file: string) => void files.push(file),
  };
  const context = { adapter: { name: 'fake', label: 'Fake' } as Adapter, downloads } as TransferContext;
  const snapshot = () => ({ bytes: {}, files: {} }) as TransferSnapshot;
  const job = JobRecord.of(context, { paths, options: {}, earlier: undefined, snapshot })!;
  return { job, files, record: told!.record, finished: () => told!.extent().finished };
}

const version: Entry = {
  id: 'a',
  path: 'a',
  name: 'a',
  kind: 'file',
  size: 1,
  etag: 'e',
  version: '7',
  checksums: [{ algorithm: 'md5', value: 'm', scope: 'full' }],
};
const entry: Entry = { ...version, extra: { link: 'https://x.test/a?token=SECRET' } };

test('of a version all that never changes is on record, and nothing that the platform says beside', () => {
  const { record } = recorded([entry, { path: 'a', as: 'b', entry }]);
  assert.deepEqual(record.asked, [
    { path: 'a', id: 'a', as: 'a', entry: version },
    { path: 'a', as: 'b', entry: version },
  ]);
});

test('a file that ends twice, since it was cancelled as it ended, counts once', () => {
  const { job, files, finished } = recorded(['a']);
  const file = { entry: { path: 'a', id: 'a' }, relative: 'a' };
  job.done(0, file, 10);
  job.done(0, file, 30);
  assert.deepEqual(finished(), { files: 1, bytes: 30 });
  assert.equal(files.length, 1);
});

test('a file that was asked for twice counts twice', () => {
  const { job, finished } = recorded(['a', 'a']);
  const file = { entry: { path: 'a', id: 'a' }, relative: 'a' };
  job.done(0, file, 10);
  job.done(1, file, 10);
  assert.deepEqual(finished(), { files: 2, bytes: 20 });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransferContext } from '../../src/transfer/context.js';
import { InterruptedUploads } from '../../src/transfer/interrupted.js';
import { type KeptUpload, noJournal } from '../../src/transfer/journal.js';
import type { JournalDatabase } from '../../src/transfer/journal-database.js';
import { JournalLocks } from '../../src/transfer/journal-locks.js';
import { UploadJournal } from '../../src/transfer/upload-journal.js';

const upload: KeptUpload = {
  id: 'upload',
  storage: 'storage',
  path: 'file.bin',
  size: 10,
  modified: 1,
  partSize: 5,
  state: {} as KeptUpload['state'],
  started: Date.now(),
  updated: Date.now(),
  wishes: { type: '', checksum: 'auto' },
  firstPart: undefined,
  receipts: [],
  handle: undefined,
};

/** What another tab reads of a journal, one look after the other. */
async function offered(...looks: (readonly KeptUpload[])[]): Promise<string[]> {
  const journal = { ...noJournal, kept: async () => looks.shift() ?? [] };
  const context = { journal, storage: 'storage' } as unknown as TransferContext;
  const uploads = await new InterruptedUploads(context, () => assert.fail()).list();
  return uploads.filter(({ isElsewhere }) => !isElsewhere).map(({ path }) => path);
}

test('an upload that was left is offered', async () => {
  assert.deepEqual(await offered([upload], [upload]), ['file.bin']);
});

test('an upload that ends between the look at the records and the one at their owners is not', async () => {
  assert.deepEqual(await offered([upload], []), []);
});

test('a file that cannot be asked for permission is told as gone', async () => {
  const handle = {
    kind: 'file',
    name: 'moved.bin',
    queryPermission: () => Promise.reject(new DOMException('Gone.', 'NotFoundError')),
  } as unknown as FileSystemFileHandle;
  const journal = { ...noJournal, kept: async () => [{ ...upload, handle }] };
  const context = { journal, storage: 'storage' } as unknown as TransferContext;
  const { job, notResumed } = await new InterruptedUploads(context, () => assert.fail()).resume(
    undefined,
    {},
  );
  assert.equal(job, undefined);
  assert.deepEqual(
    notResumed.map(({ why }) => why),
    ['file-gone'],
  );
});

test('an upload is owned before it is on record', async () => {
  const events: string[] = [];
  const locks = {
    request: async (_name: string, _options: LockOptions, hold: (lock: Lock) => unknown) => {
      await new Promise(resolve => setTimeout(resolve, 20));
      events.push('owned');
      return hold({} as Lock);
    },
  } as unknown as LockManager;
  const database = { write: async () => void events.push('on record') } as unknown as JournalDatabase;
  const journal = new UploadJournal({ database, locks: new JournalLocks('upload', locks) });
  const { updated: _u, firstPart: _f, receipts: _r, handle: _h, ...record } = upload;
  journal.begun(record, undefined);
  await journal.flush();
  assert.deepEqual(events, ['owned', 'on record']);
});

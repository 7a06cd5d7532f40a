import { expect } from '@open-wc/testing';
import { DownloadDatabase } from '../../../src/transfer/download/download-database.js';
import { DownloadJournal } from '../../../src/transfer/download/download-journal.js';
import { JournalLocks } from '../../../src/transfer/journal-locks.js';
import { until } from './other-page.js';

describe('a journal of downloads whose database fails for a while', function () {
  this.timeout(30_000);

  it('forgets what has ended, and lets go of it, though nothing else is told', async () => {
    const database = new DownloadDatabase(`failing ${crypto.randomUUID()}`);
    const { write } = database;
    const journal = new DownloadJournal({ database });
    const id = crypto.randomUUID();
    const record = {
      id,
      storage: 'fake',
      to: 'files' as const,
      label: 'f.bin',
      asked: ['f.bin'],
      options: {},
    };
    const extent = { total: undefined, finished: { files: 0, bytes: 0 } };
    journal.begun({ ...record, started: Date.now() }, () => extent);
    await journal.flush();
    expect(await database.read('fake')).to.have.length(1);
    let failures = 2;
    database.write = changes => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error('not now')) : write.call(database, changes);
    };
    journal.ended(id);
    await until(async () => ((await database.read('fake')).length === 0 ? true : undefined));
    const other = new JournalLocks('download');
    await until(async () => ((await other.claim(id)) ? true : undefined));
    await other.release(id);
    await database.close();
  });
});

import { expect } from '@open-wc/testing';
import { TransferError } from '../../src/core/errors.js';
import type { ConflictAnswer, UploadFile, UploadInput } from '../../src/transfer/types.js';
import { FakeStorage, failure } from './fake-storage.js';
import { bigFile, gate, managerOf, states, textFile, until } from './harness.js';

const manyFiles = (count: number): File[] =>
  Array.from({ length: count }, (_, index) => textFile(`file-${String(index).padStart(5, '0')}.txt`));

describe('upload of files', () => {
  it('stores what a list holds, says how it was checked, and tells which folders are stale', async () => {
    const storage = new FakeStorage({ requestChecksum: 'crc32c', reports: 'crc32c' });
    const { manager } = managerOf(storage.adapter);
    const stale = new Set<string>();
    manager.addEventListener('storagechange', event => {
      for (const folder of event.folders) stale.add(folder);
    });
    const files: UploadFile[] = manyFiles(300).map(file => ({ file, path: `a/${file.name}` }));
    const job = manager.upload(files, { into: 'runs' });
    const { state, snapshot } = await job.finished;
    expect(state).to.equal('done');
    expect(snapshot.files).to.include({ total: 300, done: 300, queued: 0, active: 0 });
    expect(storage.objects.size).to.equal(300);
    expect(storage.text('runs/a/file-00007.txt')).to.equal('file-00007.txt');
    expect(job.items.at(299)!.result!.verified).to.deep.equal({
      level: 'checksum',
      by: 'storage',
      algorithm: 'crc32c',
    });
    await until(() => stale.has('runs/a/'));
  });

  it('takes an async source and begins before it has ended', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    const more = gate();
    async function* source(): AsyncGenerator<UploadInput> {
      yield textFile('first.txt');
      await more.promise;
      yield textFile('second.txt');
    }
    const job = manager.upload(source());
    await until(() => storage.objects.has('first.txt'));
    expect(job.snapshot.bytes.totalIsFinal).to.equal(false);
    more.open();
    expect((await job.finished).snapshot.files.done).to.equal(2);
  });

  it('rejects only when nothing could be started', async () => {
    const storage = new FakeStorage();
    const { openUpload: _none, ...without } = storage.adapter;
    const { manager } = managerOf(without);
    const error = await manager.upload([textFile('a')]).finished.catch(each => each);
    expect(error).to.be.instanceOf(TransferError);
    expect(error.reason).to.equal('not-supported');
  });

  it('shows unreadable entries as failed, makes empty folders, and goes on with the rest', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    const unreadable: UploadFile = {
      path: 'gone.txt',
      size: 3,
      file: () => Promise.reject(new DOMException('x', 'NotReadableError')),
    };
    const job = manager.upload([
      textFile('a.txt'),
      { kind: 'folder', path: 'empty' },
      { kind: 'unreadable', path: 'locked.txt', error: failure('fatal', 'unreadable') },
      unreadable,
      { file: textFile('x'), path: '../../etc/passwd' },
      new File([], 'nothing'),
    ]);
    expect((await job.finished).state).to.equal('incomplete');
    expect(states(job)).to.deep.equal(['done', 'done', 'failed', 'failed', 'failed', 'done']);
    expect(job.items.at(3)!.error!.reason).to.equal('unreadable');
    expect(job.items.at(4)!.error!.reason).to.equal('invalid-name');
    expect([...storage.folders]).to.deep.equal(['empty/']);
    expect(storage.objects.get('nothing')!.bytes).to.have.length(0);
  });

  it('never lets two files of one upload overwrite each other', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([textFile('same.txt', 'one'), textFile('same.txt', 'two')]);
    await job.finished;
    expect(states(job)).to.deep.equal(['done', 'failed']);
    expect(storage.text('same.txt')).to.equal('one');
    const renamed = manager.upload([textFile('b.txt', 'one'), textFile('b.txt', 'two')], {
      conflict: 'rename',
    });
    await renamed.finished;
    expect(storage.text('b.txt')).to.equal('one');
    expect(storage.text('b (2).txt')).to.equal('two');
  });

  it('lets a large file begin beside ten thousand small ones', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([...manyFiles(3000), bigFile('large.bin', 9 * 1024 ** 2)]);
    await until(() => storage.objects.has('large.bin'));
    expect(storage.objects.size).to.be.lessThan(2500);
    await job.cancel();
  });

  it('keeps the small ones moving while large ones are under way', async () => {
    const storage = new FakeStorage();
    storage.before = call =>
      call.path.startsWith('large') && call.operation === 'send' ? new Promise(() => {}) : undefined;
    const { manager } = managerOf(storage.adapter, { connectionsPerOrigin: 6 });
    const large = Array.from({ length: 12 }, (_, index) => bigFile(`large-${index}`, 8 * 1024 ** 2));
    const job = manager.upload([...large, ...manyFiles(50)]);
    await until(() => job.snapshot.files.done === 50);
    await job.cancel();
  });

  it('retries what failed, and only that', async () => {
    const storage = new FakeStorage();
    let broken = true;
    storage.before = call =>
      broken && call.operation === 'send' && call.path === 'file-00003.txt'
        ? failure('fatal', 'forbidden')
        : undefined;
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload(manyFiles(10));
    const first = await job.finished;
    expect(first.state).to.equal('incomplete');
    expect(job.snapshot.progress).to.be.lessThan(1);
    expect(job.snapshot.reason!.reason).to.equal('forbidden');
    broken = false;
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(storage.count('send')).to.equal(11);
    expect(job.snapshot.progress).to.equal(1);
  });

  it('does not begin what was paused or cancelled in the queue', async () => {
    const storage = new FakeStorage();
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload(manyFiles(200));
    await until(() => job.items.length === 200);
    job.pause(199);
    void job.cancel(198);
    await until(() => job.snapshot.files.done === 198);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(storage.objects.has('file-00199.txt')).to.equal(false);
    expect(job.snapshot.state).to.equal('paused');
    job.resume(199);
    expect((await job.finished).snapshot.files).to.include({ done: 199, cancelled: 1 });
    expect(storage.objects.has('file-00198.txt')).to.equal(false);
  });

  it('pauses and resumes the whole', async () => {
    const storage = new FakeStorage();
    const { manager, scheduler } = managerOf(storage.adapter);
    const job = manager.upload(manyFiles(500));
    await until(() => storage.objects.size > 20);
    manager.pauseAll();
    expect(job.snapshot.state).to.equal('paused');
    await until(() => scheduler.inspect('local:').active === 0);
    const then = storage.count('send');
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(storage.count('send')).to.equal(then);
    manager.resumeAll();
    expect((await job.finished).snapshot.files.done).to.equal(500);
  });

  it('removes what a cancelled request may have left', async () => {
    const storage = new FakeStorage();
    const hold = gate();
    storage.after = async call => {
      if (call.operation === 'send') await hold.promise;
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([textFile('a.txt')]);
    await until(() => storage.objects.has('a.txt'));
    const cancelled = job.cancel();
    hold.open();
    await cancelled;
    expect(storage.objects.size).to.equal(0);
  });

  it('fails a file that arrives damaged twice, and stores one that does once', async () => {
    const storage = new FakeStorage({ requestChecksum: 'crc64nvme' });
    storage.damage = (bytes, call) => {
      if (call.path === 'twice' || (call.path === 'once' && call.count === 1)) bytes[0]! ^= 1;
      return bytes;
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([textFile('once'), textFile('twice'), textFile('never')]);
    await job.finished;
    expect(states(job)).to.deep.equal(['done', 'failed', 'done']);
    expect(job.items.at(1)!.error!.reason).to.equal('checksum-mismatch');
    expect(storage.text('once')).to.equal('once');
  });

  it('tells both values when the storage reports another checksum', async () => {
    const storage = new FakeStorage({ requestChecksum: 'md5', reports: 'crc32' });
    const { manager } = managerOf(storage.adapter);
    storage.after = call => {
      const stored = storage.objects.get(call.path);
      if (call.operation === 'send' && stored) {
        storage.objects.set(call.path, {
          ...stored,
          checksums: [{ algorithm: 'crc32', value: 'AAAAAA==', scope: 'full' }],
        });
      }
    };
    const job = manager.upload([textFile('a.txt')]);
    await job.finished;
    const { error } = job.items.at(0)!;
    expect(error!.reason).to.equal('checksum-mismatch');
    expect(error!.message).to.match(/AAAAAA==.*[A-Za-z0-9+/]{6}==/);
  });

  it('asks the storage for the size when its answer says nothing', async () => {
    const storage = new FakeStorage({ reports: 'none', etags: 'none' });
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([textFile('a.txt')]);
    expect((await job.finished).state).to.equal('done');
    expect(job.items.at(0)!.result!.verified?.level).to.equal('size');
    const blind = new FakeStorage({ reports: 'none', etags: 'none', stat: false });
    const unproven = managerOf(blind.adapter).manager.upload([textFile('a.txt')]);
    expect((await unproven.finished).state).to.equal('incomplete');
  });

  it('notices a truncated object by its size', async () => {
    const storage = new FakeStorage({ reports: 'none', etags: 'none' });
    storage.damage = bytes => bytes.slice(1);
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([textFile('a.txt')]);
    expect((await job.finished).state).to.equal('incomplete');
    expect(job.items.at(0)!.error!.message).to.contain('size');
  });

  it('notices that the file changed when its connection breaks', async () => {
    const storage = new FakeStorage({ plan: 'parts', partSize: 4 });
    let modified = 1;
    const file = (): File => new File(['0123456789'], 'a.txt', { lastModified: modified });
    const handle = { getFile: async () => file() } as FileSystemFileHandle;
    storage.before = call => {
      if (call.operation !== 'part' || call.part !== 2 || call.count !== 1) return undefined;
      modified = 2;
      return failure('retry', 'network');
    };
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload([
      { file: async () => handle.getFile(), path: 'a.txt', size: 10, handle },
      textFile('b.txt'),
    ]);
    await job.finished;
    expect(states(job)).to.deep.equal(['failed', 'done']);
    expect(job.items.at(0)!.error).to.include({ reason: 'changed-local', kind: 'fatal' });
    expect(storage.objects.has('a.txt')).to.equal(false);
    expect(storage.uploads.size).to.equal(0);
    // Told once: the next try is the new version's.
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(storage.text('a.txt')).to.equal('0123456789');
  });
});

describe('conflicts', () => {
  async function setting(options: ConstructorParameters<typeof FakeStorage>[0] = {}) {
    const storage = new FakeStorage(options);
    await storage.put('in/a.txt', 'old');
    await storage.put('in/b.txt', 'b.txt');
    return { storage, ...managerOf(storage.adapter) };
  }
  const files = (): File[] => [textFile('a.txt', 'new'), textFile('b.txt'), textFile('c.txt')];

  it('skips what is there', async () => {
    const { storage, manager } = await setting();
    const job = manager.upload(files(), { into: 'in/', conflict: 'skip' });
    expect((await job.finished).state).to.equal('done');
    expect(states(job)).to.deep.equal(['skipped', 'skipped', 'done']);
    expect(job.items.at(0)!.result!.skipped).to.equal('exists');
    expect(job.snapshot.progress).to.equal(1);
    expect(storage.text('in/a.txt')).to.equal('old');
  });

  it('skips the same and replaces what differs', async () => {
    for (const reports of ['crc64nvme', 'none'] as const) {
      const { storage, manager } = await setting({ reports });
      const job = manager.upload([...files(), textFile('d.txt', 'xyz')], {
        into: 'in/',
        conflict: 'skip-same',
      });
      await job.finished;
      expect(states(job)).to.deep.equal(['done', 'skipped', 'done', 'done']);
      expect(job.items.at(1)!.result!.skipped).to.equal('same');
      expect(storage.text('in/a.txt')).to.equal('new');
    }
  });

  it('does not take equal sizes for equal files', async () => {
    const { storage, manager } = await setting({ etags: 'none', reports: 'none' });
    const job = manager.upload([textFile('a.txt', 'abc')], { into: 'in/', conflict: 'skip-same' });
    await job.finished;
    expect(storage.text('in/a.txt')).to.equal('abc');
  });

  it('finds free names, before the whole ending', async () => {
    const { storage, manager } = await setting();
    await storage.put('in/a (2).txt', 'also there');
    await storage.put('in/x.tar.gz', 'x');
    const job = manager.upload([...files(), textFile('x.tar.gz')], { into: 'in/', conflict: 'rename' });
    await job.finished;
    expect(storage.text('in/a (3).txt')).to.equal('new');
    expect(storage.text('in/a.txt')).to.equal('old');
    expect(storage.text('in/x (2).tar.gz')).to.equal('x.tar.gz');
    expect(job.items.at(0)!.path).to.equal('in/a (3).txt');
  });

  it('fails what is taken and leaves it as it was', async () => {
    const { storage, manager } = await setting();
    const job = manager.upload(files(), { into: 'in/', conflict: 'fail' });
    expect((await job.finished).state).to.equal('incomplete');
    expect(states(job)).to.deep.equal(['failed', 'failed', 'done']);
    expect(job.items.at(0)!.error!.reason).to.equal('exists');
    expect(storage.text('in/a.txt')).to.equal('old');
  });

  it('asks one question at a time while the rest goes on', async () => {
    const { storage, manager } = await setting();
    const answers: ((answer: ConflictAnswer) => void)[] = [];
    const job = manager.upload(files(), {
      into: 'in/',
      conflict: 'ask',
      onConflict: () => new Promise(resolve => answers.push(resolve)),
    });
    await until(() => answers.length === 1 && job.items.at(2)!.state === 'done');
    expect(states(job)).to.deep.equal(['needs-answer', 'needs-answer', 'done']);
    answers[0]!('replace');
    await until(() => answers.length === 2);
    answers[1]!('cancel');
    await job.finished;
    expect(states(job)).to.deep.equal(['done', 'cancelled', 'done']);
    expect(storage.text('in/a.txt')).to.equal('new');
    const unasked = manager.upload(files(), { into: 'in/', conflict: 'ask' });
    await unasked.finished;
    expect(states(unasked)).to.deep.equal(['failed', 'failed', 'failed']);
  });

  it('lists a folder instead of asking for each of thousands of files', async () => {
    const { storage, manager } = await setting();
    const job = manager.upload(manyFiles(2000), { into: 'in/', conflict: 'skip' });
    await job.finished;
    expect(storage.count('stat')).to.equal(0);
    expect(storage.count('list')).to.be.at.most(3);
    const few = managerOf(storage.adapter).manager.upload([textFile('z')], { into: 'in/', conflict: 'skip' });
    await few.finished;
    expect(storage.count('stat')).to.equal(1);
  });

  it('has the storage refuse a path that somebody takes in between', async () => {
    const { storage, manager } = await setting({ conditionalCreate: true });
    storage.before = call => {
      if (call.operation === 'send' && call.path === 'in/c.txt' && call.count === 1)
        void storage.put('in/c.txt', 'theirs');
      return new Promise(resolve => setTimeout(resolve, 5));
    };
    const job = manager.upload(files(), { into: 'in/', conflict: 'rename' });
    expect((await job.finished).state).to.equal('done');
    expect(storage.text('in/c.txt')).to.equal('theirs');
    expect(storage.text('in/c (2).txt')).to.equal('c.txt');
  });

  it('recognises its own file when the answer to creating it was lost', async () => {
    const { storage, manager } = await setting({ conditionalCreate: true });
    storage.after = call =>
      call.operation === 'send' && call.path === 'in/c.txt' && call.count === 1
        ? failure('retry', 'network')
        : undefined;
    const job = manager.upload(files(), { into: 'in/', conflict: 'skip' });
    await job.finished;
    expect(states(job)).to.deep.equal(['skipped', 'skipped', 'done']);
    expect(storage.text('in/c.txt')).to.equal('c.txt');
  });

  it('looks again for names that were taken when the files are tried again', async () => {
    const storage = new FakeStorage();
    const files = ['a', 'b', 'c', 'd', 'e'].map(name => textFile(name));
    for (const { name } of files) await storage.put(name, 'somebody else’s');
    const { manager } = managerOf(storage.adapter);
    const job = manager.upload(files, { conflict: 'fail' });
    expect((await job.finished).state).to.equal('incomplete');
    storage.objects.clear();
    job.retryFailed();
    expect((await job.finished).state).to.equal('done');
    expect(storage.text('a')).to.equal('a');
  });
});

import { expect } from '@open-wc/testing';
import { memory } from '../../../src/adapters/memory/index.js';
import { JobRecord } from '../../../src/transfer/download/job-record.js';
import { type DownloadRecord, noDownloadJournal } from '../../../src/transfer/download/kept-downloads.js';
import type {
  Conflict,
  ConflictAnswer,
  DownloadOptions,
  TransferSnapshot,
} from '../../../src/transfer/types.js';
import { managerOf, states, until } from '../harness.js';
import { contextFor, temporaryDirectory, tree } from './support.js';

const remote = { 'run/a.txt': 'remote a', 'run/b.txt': 'remote b', 'run/c.txt': 'remote c' };

async function write(directory: FileSystemDirectoryHandle, name: string, text: string): Promise<void> {
  const folder = await directory.getDirectoryHandle('run', { create: true });
  const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
  await writable.write(text);
  await writable.close();
}

async function texts(directory: FileSystemDirectoryHandle): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [path, file] of await tree(directory)) found[path] = await file.text();
  return found;
}

describe('a download into a folder with files, under “ask”', () => {
  async function setting(directory: FileSystemDirectoryHandle) {
    const modified = Date.now() - 3_600_000;
    const files = Object.fromEntries(
      Object.entries(remote).map(([path, content]) => [path, { content, modified }]),
    );
    const { manager } = managerOf(memory({ files }));
    const run = (options: DownloadOptions = {}) =>
      manager.download(['run/'], { to: directory, conflict: 'ask', ...options });
    return { run, modified };
  }

  it('leaves what is the same, and asks about one file at a time while the rest comes', async () => {
    await using directory = await temporaryDirectory();
    const { run, modified } = await setting(directory);
    await write(directory, 'a.txt', 'my own notes');
    await write(directory, 'b.txt', 'my own notes, too');
    const asked: Conflict[] = [];
    const answers: ((answer: ConflictAnswer) => void)[] = [];
    const job = run({
      onConflict: conflict => {
        asked.push(conflict);
        return new Promise(resolve => answers.push(resolve));
      },
    });
    await until(() => answers.length === 1 && job.items.at(2)?.state === 'done', 'the rest');
    expect(states(job)).to.deep.equal(['needs-answer', 'needs-answer', 'done']);
    expect(asked[0]!.item.path).to.equal('run/a.txt');
    expect(asked[0]!.modified).to.equal(modified);
    expect(asked[0]!.existing.size).to.equal(12);
    answers[0]!('rename');
    await until(() => answers.length === 2, 'the second question');
    answers[1]!('skip');
    expect((await job.finished).state).to.equal('done');
    expect(states(job)).to.deep.equal(['done', 'skipped', 'done']);
    expect(job.items.at(0)!.result!.savedAs).to.equal('a (2).txt');
    expect(await texts(directory)).to.deep.equal({
      'run/a.txt': 'my own notes',
      'run/a (2).txt': 'remote a',
      'run/b.txt': 'my own notes, too',
      'run/c.txt': 'remote c',
    });
    const again = run({ onConflict: async () => 'replace' });
    await again.finished;
    expect(states(again)).to.deep.equal(['done', 'done', 'skipped']);
    expect((await texts(directory))['run/a.txt']).to.equal('remote a');
  });

  it('puts off what is not answered, also over a pause, and asks again when it is tried again', async () => {
    await using directory = await temporaryDirectory();
    const { run } = await setting(directory);
    await write(directory, 'a.txt', 'my own notes');
    const answers: ((answer: ConflictAnswer) => void)[] = [];
    const job = run({ onConflict: () => new Promise(resolve => answers.push(resolve)) });
    await until(() => answers.length === 1, 'the question');
    job.pause(0);
    await until(() => job.items.at(0)!.state === 'paused', 'the pause');
    answers[0]!('replace');
    job.resume(0);
    await until(() => answers.length === 2, 'the question again');
    await until(
      () =>
        states(job)
          .slice(1)
          .every(state => state === 'done'),
      'the rest',
    );
    expect((await texts(directory))['run/a.txt']).to.equal('my own notes');
    answers[1]!('cancel');
    await job.finished;
    expect(states(job)).to.deep.equal(['cancelled', 'done', 'done']);
    expect(job.items.at(0)!.error!.reason).to.equal('exists');
    job.sendAgain(0);
    await until(() => answers.length === 3, 'the question once more');
    answers[2]!('replace');
    await until(() => job.items.at(0)!.state === 'done', 'the file');
    expect((await texts(directory))['run/a.txt']).to.equal('remote a');
  });

  it('keeps both where nobody can be asked', async () => {
    await using directory = await temporaryDirectory();
    const { run } = await setting(directory);
    await write(directory, 'a.txt', 'my own notes');
    expect((await run().finished).state).to.equal('done');
    expect(await texts(directory)).to.include({ 'run/a.txt': 'my own notes', 'run/a (2).txt': 'remote a' });
  });

  it('is noted without the function that asks, which no other page has', async () => {
    await using to = await temporaryDirectory();
    const adapter = { ...memory({}), identity: `test ${crypto.randomUUID()}` };
    const noted: DownloadRecord[] = [];
    const downloads = { ...noDownloadJournal, begun: (record: DownloadRecord) => void noted.push(record) };
    const options: DownloadOptions = { to, conflict: 'ask', onConflict: async () => 'skip' };
    const about = { paths: ['run/'], options, earlier: undefined, snapshot: () => ({}) as TransferSnapshot };
    JobRecord.of({ ...contextFor(adapter), downloads }, about);
    expect(structuredClone(noted[0]!.options)).to.deep.equal({ conflict: 'ask' });
  });

  it('takes an empty file for one that a closed tab has left', async () => {
    await using directory = await temporaryDirectory();
    const { run } = await setting(directory);
    await write(directory, 'a.txt', '');
    expect((await run().finished).state).to.equal('done');
    expect(await texts(directory)).to.deep.equal(remote);
  });
});

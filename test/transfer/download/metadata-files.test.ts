/** Saving what a storage knows of each file beside it. */
import { expect } from '@open-wc/testing';
import { type MemoryOptions, memory } from '../../../src/adapters/memory/index.js';
import { TransferError } from '../../../src/core/errors.js';
import type { TransferJob } from '../../../src/transfer/types.js';
import { managerOf, states } from '../harness.js';
import { tree } from './support.js';

const files: MemoryOptions['files'] = {
  'run/a.txt': {
    content: 'A',
    type: 'text/x-a',
    modified: Date.UTC(2026, 0, 2),
    metadata: { custom: { owner: 'Jo' }, tags: { stage: 'raw' } },
  },
  'run/deep/b.txt': 'BB',
};

async function directory(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(`metadata-${Math.random()}`, { create: true });
}

async function json(folder: FileSystemDirectoryHandle, ...place: string[]): Promise<Record<string, unknown>> {
  let at = folder;
  for (const segment of place.slice(0, -1)) at = await at.getDirectoryHandle(segment);
  return JSON.parse(await (await (await at.getFileHandle(place.at(-1)!)).getFile()).text()) as never;
}

let chunks: Uint8Array<ArrayBuffer>[];

function archive(): WritableStream<Uint8Array> {
  chunks = [];
  return new WritableStream<Uint8Array>({ write: chunk => void chunks.push(chunk.slice()) });
}

/** Names in the directory of the archive that {@link archive} took. */
async function membersOf(job: TransferJob): Promise<string[]> {
  expect((await job.finished).state).to.equal('done');
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
  const view = new DataView(bytes.buffer);
  const names: string[] = [];
  for (let at = 0; at + 46 <= bytes.length; at += 1) {
    if (view.getUint32(at) !== 0x504b0102) continue;
    names.push(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + view.getUint16(at + 28, true))));
  }
  return names;
}

describe('downloads with metadata', () => {
  it('writes a JSON file beside each file of a container', async () => {
    const { manager } = managerOf(memory({ files }));
    const to = await directory();
    const job = manager.download([''], { to, metadata: true });
    const { state, snapshot } = await job.finished;
    expect([state, snapshot.files.done]).to.deep.equal(['done', 4]);
    const about = await json(to, 'run', 'a.txt.metadata.json');
    expect(about).to.deep.include({ path: 'run/a.txt', size: 1, modified: '2026-01-02T00:00:00.000Z' });
    expect(about.metadata).to.deep.include({ custom: { owner: 'Jo' }, tags: { stage: 'raw' } });
    expect(await json(to, 'run', 'deep', 'b.txt.metadata.json')).to.deep.include({
      path: 'run/deep/b.txt',
      size: 2,
    });
  });

  it('does so for one file by its path, and in a zip', async () => {
    const { manager } = managerOf(memory({ files }));
    const to = await directory();
    await manager.download('run/a.txt', { to, metadata: true }).finished;
    expect((await json(to, 'a.txt.metadata.json')).size).to.equal(1);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const stream = new WritableStream<Uint8Array>({
      write: chunk => void chunks.push(chunk.slice()),
    });
    const job = manager.download('run/a.txt', { to: stream, metadata: true });
    expect((await job.finished).state).to.equal('done');
    const text = await new Blob(chunks).text();
    expect(text.startsWith('PK')).to.equal(true);
    expect(text).to.include('a.txt.metadata.json').and.to.include('"owner": "Jo"');
  });

  it('keeps a file of the storage that has the name of a JSON file', async () => {
    const taken: MemoryOptions['files'] = { 'run/a.txt': 'A', 'run/a.txt.metadata.json': 'mine' };
    const { manager } = managerOf(memory({ files: taken }));
    const to = await directory();
    const { state, snapshot } = await manager.download(['run/'], { to, metadata: true }).finished;
    expect([state, snapshot.files.done]).to.deep.equal(['done', 4]);
    const found = await tree(to);
    expect([...found.keys()].sort()).to.deep.equal([
      'run/a.txt',
      'run/a.txt (2).metadata.json',
      'run/a.txt.metadata.json',
      'run/a.txt.metadata.json.metadata.json',
    ]);
    expect(await found.get('run/a.txt.metadata.json')!.text()).to.equal('mine');
    expect(await json(to, 'run', 'a.txt (2).metadata.json')).to.have.property('path', 'run/a.txt');
    expect(await membersOf(manager.download(['run/'], { to: archive(), metadata: true }))).to.deep.equal([
      'run/a.txt',
      'run/a.txt.metadata.json',
      'run/a.txt (2).metadata.json',
      'run/a.txt.metadata.json.metadata.json',
    ]);
  });

  it('gives what is asked for twice two members of a zip, each with a name of its own', async () => {
    const { manager } = managerOf(memory({ files }));
    const job = manager.download(['run/a.txt', 'run/a.txt', 'run/deep/b.txt'], { to: archive() });
    expect(await membersOf(job)).to.deep.equal(['a.txt', 'a (2).txt', 'b.txt']);
  });

  it('fails the JSON file alone when the metadata cannot be read', async () => {
    const failures: MemoryOptions['failures'] = ({ operation }) =>
      operation === 'readMetadata'
        ? new TransferError('No.', { kind: 'fatal', reason: 'forbidden' })
        : undefined;
    const { manager } = managerOf(memory({ files, failures }));
    const job = manager.download('run/a.txt', { to: await directory(), metadata: true });
    await job.finished;
    expect(states(job)).to.deep.equal(['done', 'failed']);
  });
});

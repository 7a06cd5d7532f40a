/** Saving what a storage knows of each file beside it. */
import { expect } from '@open-wc/testing';
import { type MemoryOptions, memory } from '../../../src/adapters/memory/index.js';
import { TransferError } from '../../../src/core/errors.js';
import { managerOf, states } from '../harness.js';

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

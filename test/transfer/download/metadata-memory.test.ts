/** What the storage knows of each file, as a file of its own: thousands must not pile up in memory. */
import { expect } from '@open-wc/testing';
import { memory } from '../../../src/adapters/memory/index.js';
import { described } from '../../../src/transfer/download/wanted.js';
import { collected } from '../collected.js';
import { managerOf } from '../harness.js';
import { temporaryDirectory } from './support.js';

const names = Array.from({ length: 50 }, (_, index) => `${index}.txt`);
const files = Object.fromEntries(names.map(name => [name, 'text']));
const isMetadata = (options?: BlobPropertyBag): boolean => options?.type === 'application/json';

describe('metadata files', function () {
  this.timeout(120_000);
  const { Blob } = globalThis;
  let made: WeakRef<Blob>[];
  beforeEach(() => {
    made = [];
    globalThis.Blob = class extends Blob {
      constructor(parts?: BlobPart[], options?: BlobPropertyBag) {
        super(parts, options);
        if (isMetadata(options)) made.push(new WeakRef(this));
      }
    };
  });
  afterEach(() => {
    globalThis.Blob = Blob;
  });

  it('are held by nobody once they are saved, though their job is still listed', async () => {
    await using to = await temporaryDirectory();
    const job = managerOf(memory({ files })).manager.download([''], { to, metadata: true });
    expect((await job.finished).state).to.equal('done');
    expect(made.length).to.be.at.least(names.length);
    expect(await collected(made), 'blobs that are still held').to.equal(0);
    expect(job.items.length).to.equal(2 * names.length);
  });

  it('are written again when they are wanted once more', async () => {
    const entry = { id: 'a.json', path: 'a.json', size: 3 };
    const file = { entry, relative: 'a.json', write: async () => 'now' };
    const found = await described(memory({ files }), file, new AbortController().signal);
    expect(found.content).to.equal('now');
  });

  it('become Blobs only when their turn comes in a zip', async () => {
    let atFirst: number | undefined;
    const to = new WritableStream<Uint8Array>({ write: () => void (atFirst ??= made.length) });
    const job = managerOf(memory({ files })).manager.download([''], { to, metadata: true });
    expect((await job.finished).state).to.equal('done');
    expect(atFirst).to.be.below(names.length / 2);
    expect(made.length).to.be.at.least(names.length);
  });
});

import { expect } from '@open-wc/testing';
import { memory } from '../../src/adapters/memory/index.js';
import { storageIdentity } from '../../src/transfer/journal.js';
import { JournalDatabase } from '../../src/transfer/journal-database.js';
import { UploadJournal } from '../../src/transfer/upload-journal.js';
import { begunBefore } from '../../src/uppy/begun-before.js';
import { bigFile } from '../transfer/harness.js';
import { add, quickManager, until, uppyOn } from './support.js';

const MiB = 1024 ** 2;
const { signal } = new AbortController();
type Options = NonNullable<Parameters<typeof uppyOn>[1]>;

/** A storage, and an earlier page that ended when two of the four parts of a file were stored. */
class Interrupted {
  readonly file = bigFile('big.bin', 20 * MiB);
  /** Parts sent by the page that comes after. */
  readonly sent: number[] = [];
  readonly adapter = memory({
    latency: ({ part }) => (this.#hold && (part ?? 0) > 2 ? 1e9 : 0),
    failures: ({ operation, part }) => {
      if (operation === 'sendPart') this.sent.push(part!);
      return undefined;
    },
  });
  readonly #name = `uppy-test-${Date.now()}-${Math.random()}`;
  readonly #databases: JournalDatabase[] = [];
  readonly #pages: ReturnType<typeof uppyOn>[] = [];
  #hold = true;

  get lastDatabase(): JournalDatabase {
    return this.#databases.at(-1)!;
  }

  #journal(): UploadJournal {
    this.#databases.push(new JournalDatabase(this.#name));
    return new UploadJournal({ database: this.lastDatabase });
  }

  async crash(options: Options = {}, meta = {}): Promise<void> {
    const journal = this.#journal();
    const page = uppyOn(quickManager(this.adapter, 1, journal), {
      into: 'runs',
      partSize: 5 * MiB,
      ...options,
    });
    this.#pages.push(page);
    const id = add(page.uppy, this.file, 'big.bin', meta);
    void page.uppy.upload();
    await until(() => (page.manager.jobs[0]?.items.at(0)?.acknowledged ?? 0) >= 10 * MiB, 'two parts');
    page.uppy.pauseResume(id);
    await journal.flush();
    const storage = storageIdentity(this.adapter) ?? this.adapter.name;
    await until(async () => (await journal.kept(storage))[0]?.firstPart !== undefined, 'the record');
    for (const upload of await journal.kept(storage)) journal.release(upload.id);
    this.#hold = false;
    this.sent.length = 0;
  }

  async next(options: Options = {}) {
    const page = uppyOn(quickManager(this.adapter, 1, this.#journal()), { into: 'runs', ...options });
    this.#pages.push(page);
    // Locks are let go of a moment later.
    await until(async () => (await page.manager.interrupted())[0]?.isElsewhere === false, 'the upload');
    return page;
  }

  again(bytes: BlobPart = this.file): File {
    return new File([bytes], 'big.bin', { lastModified: this.file.lastModified });
  }

  async contents(): Promise<Record<string, number>> {
    const { entries } = await this.adapter.list('', { signal, recursive: true });
    return Object.fromEntries(entries.map(entry => [entry.path, entry.size ?? -1]));
  }

  async close(): Promise<void> {
    for (const { uppy } of this.#pages) uppy.destroy();
    for (const database of this.#databases) await database.close();
    indexedDB.deleteDatabase(this.#name);
  }
}

describe('TransferUploader and what an earlier page left unfinished', () => {
  let left: Interrupted;

  beforeEach(() => {
    left = new Interrupted();
  });

  afterEach(() => left.close());

  it('goes on with a file when it is added again', async () => {
    await left.crash();
    const { uppy } = await left.next();
    add(uppy, left.again(), 'big.bin');
    const result = await uppy.upload();
    expect(result!.failed).to.deep.equal([]);
    expect(left.sent.sort()).to.deep.equal([3, 4]);
    expect(await left.contents()).to.deep.equal({ 'runs/big.bin': 20 * MiB });
  });

  it('begins anew when it is asked for with other metadata, and leaves nothing of the old one', async () => {
    await left.crash({}, { sample: '17' });
    const { uppy, manager } = await left.next();
    add(uppy, left.again(), 'big.bin', { sample: '18' });
    const result = await uppy.upload();
    expect(result!.failed).to.deep.equal([]);
    const { custom } = await left.adapter.readMetadata!('runs/big.bin', { signal });
    expect(custom?.sample).to.equal('18');
    const unfinished = async () => left.adapter.listUnfinishedUploads!('', { signal });
    await until(async () => (await unfinished()).length === 0, 'the old parts to be removed');
    expect(await manager.interrupted()).to.deep.equal([]);
  });

  it('just uploads another version of the same name and size', async () => {
    await left.crash();
    const { uppy } = await left.next();
    const bytes = new Uint8Array(await left.file.arrayBuffer());
    bytes[3] = 255 - bytes[3]!;
    add(uppy, left.again(bytes), 'big.bin');
    const result = await uppy.upload();
    expect(result!.failed).to.deep.equal([]);
    expect(left.sent.length).to.be.at.least(3);
  });

  it('gives a file another name when one came to its path meanwhile, where it is to', async () => {
    await left.crash({ conflict: 'rename' });
    const { uppy } = await left.next({ conflict: 'rename' });
    await uppyOn(quickManager(left.adapter)).manager.upload([new File(['theirs'], 'runs/big.bin')]).finished;
    add(uppy, left.again(), 'big.bin');
    const result = await uppy.upload();
    expect(result!.failed).to.deep.equal([]);
    const contents = await left.contents();
    expect(contents['runs/big.bin']).to.equal('theirs'.length);
    expect(Object.values(contents).sort()).to.deep.equal([20 * MiB, 'theirs'.length].sort());
  });

  it('uploads the files beside it at once, and all of them where the records cannot be read', async function () {
    this.timeout(10_000);
    await left.crash();
    const { uppy, heard } = await left.next();
    left.lastDatabase.read = () => new Promise(() => {});
    add(uppy, left.again(), 'big.bin');
    add(uppy, new Blob(['small']), 'small.txt');
    const result = await uppy.upload();
    expect(result!.failed).to.deep.equal([]);
    expect(heard.lines).to.include('success small.txt').and.to.include('success big.bin');
  });
});

describe('looking for what was begun before', () => {
  /** How often anything of the files is read, and what was found. */
  async function look(count: number): Promise<{ reads: number; found: number; asked: number }> {
    let reads = 0;
    let asked = 0;
    const counted = <T extends object>(target: T): T =>
      new Proxy(target, {
        get(from, key) {
          reads += 1;
          return Reflect.get(from, key);
        },
      });
    const file = new Blob();
    const files = new Map(
      Array.from({ length: count }, (_, index) => [
        `id-${index}`,
        counted({ file, path: `deep/file-${index}.bin`, size: 6 * MiB }),
      ]),
    );
    const left = Array.from({ length: count }, (_, index) =>
      counted({ path: `runs/deep/file-${index * 2}.bin`, size: 6 * MiB, isElsewhere: false }),
    );
    const manager = {
      adapter: { capabilities: { uploadPlans: ['parts'] } },
      interrupted: async () => {
        asked += 1;
        return left;
      },
    };
    const found = await begunBefore(manager as never, 'runs', files as never);
    return { reads, found: found.size, asked };
  }

  it('costs the same for each file, whether there are a hundred or a hundred thousand', async () => {
    const few = await look(100);
    const many = await look(100_000);
    expect([few.found, many.found]).to.deep.equal([50, 50_000]);
    expect([few.asked, many.asked]).to.deep.equal([1, 1]);
    expect(many.reads / 100_000).to.be.at.most((few.reads / 100) * 1.01);
  });
});

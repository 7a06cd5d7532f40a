import { expect } from '@open-wc/testing';
import { BasePlugin, type Uppy } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import type { UploadFile, UploadInput } from '../../src/transfer/types.js';
import type { Why } from '../../src/uppy/admitted.js';
import { UppyFront } from '../../src/uppy/front.js';
import { TransferUploader } from '../../src/uppy/index.js';
import { textFile } from '../transfer/harness.js';
import { quickManager, until } from './support.js';

const { signal } = new AbortController();

interface Work {
  /** Files of which the plugin has seen each how often. */
  readonly seen: Map<string, number>;
  most: number;
}

/** A preprocessing plugin: makes the text upper case, and calls the file `.up`. */
class Upper<M extends Meta, B extends Body> extends BasePlugin<{ work: Work; id?: string }, M, B> {
  constructor(uppy: Uppy<M, B>, opts: { work: Work }) {
    super(uppy, opts);
    this.id = 'Upper';
    this.type = 'modifier';
  }

  override install(): void {
    this.uppy.addPreProcessor(this.#prepare);
  }

  readonly #prepare = async (ids: string[]): Promise<void> => {
    const { work } = this.opts;
    work.most = Math.max(work.most, this.uppy.getFiles().length);
    for (const id of ids) {
      const file = this.uppy.getFile(id);
      this.uppy.emit('preprocess-progress', file, { mode: 'indeterminate' });
      const path = String(file.meta.relativePath);
      work.seen.set(path, (work.seen.get(path) ?? 0) + 1);
      if (file.name.startsWith('plain')) continue;
      if (file.name.startsWith('taken')) {
        this.uppy.removeFile(id);
        continue;
      }
      const text = (await (file.data as Blob).text()).toUpperCase();
      const name = file.name.replace(/\.\w+$/, '.up');
      const meta = { ...file.meta, name, shouted: 'yes' };
      this.uppy.setFileState(id, { data: new Blob([text]), type: 'text/up', name, meta } as never);
    }
    for (const id of ids) this.uppy.emit('preprocess-complete', this.uppy.getFile(id));
  };
}

const wordsOf = (why: Why): string => (typeof why === 'string' ? why : why.words);

function rig() {
  const taken: UploadInput[] = [];
  const said: string[] = [];
  const given = { files: 0, bytes: 0 };
  const taking: { uploadMetadata: boolean; metadataNames?: RegExp } = { uploadMetadata: true };
  const front = new UppyFront({
    take: async files => {
      taken.push(...files);
      return { job: manager.upload(files), files };
    },
    say: text => said.push(text),
    refuse: refusals => said.push(...refusals.map(({ name, why }) => `${name}: ${wordsOf(why)}`)),
    storedElsewhere: name => said.push(`stored ${name}`),
    off: () => undefined,
    given: () => given,
    taken: () => taking,
  });
  const work: Work = { seen: new Map(), most: 0 };
  const adapter = memory();
  const manager = quickManager(adapter);
  async function upload(files: readonly UploadInput[]) {
    const { source, follow } = front.through(files);
    const job = manager.upload(source);
    follow(job);
    return job;
  }
  return { front, work, adapter, manager, upload, taken, said, given, taking };
}

async function names(adapter: ReturnType<typeof memory>): Promise<string[]> {
  const found: string[] = [];
  let token: string | undefined;
  do {
    const page = await adapter.list('', { signal, recursive: true, ...(token ? { token } : {}) });
    found.push(...page.entries.map(entry => entry.path));
    token = page.next;
  } while (token);
  return found;
}

describe('Uppy in front of our transfers', () => {
  it('uploads what a plugin made of each file, and what it left alone as it came', async () => {
    const { front, work, adapter, upload } = rig();
    front.use(Upper, { work });
    const plain = textFile('plain.txt');
    const lazy: UploadFile = { file: async () => new Blob(['lazy']), path: 'deep/lazy.txt', size: 4 };
    const job = await upload([textFile('a.txt', 'abc'), plain, lazy, { kind: 'folder', path: 'empty/' }]);
    const { state } = await job.finished;
    expect(state).to.equal('done');
    expect((await names(adapter)).sort()).to.deep.equal(['a.up', 'deep/lazy.up', 'empty/', 'plain.txt']);
    const source = await adapter.resolveDownload!({ path: 'a.up', id: 'a.up' }, { signal });
    expect(source.kind === 'blob' && (await source.blob.text())).to.equal('ABC');
    expect((await adapter.stat!('a.up', { signal }))!.type).to.equal('text/up');
    const { custom } = await adapter.readMetadata!('a.up', { signal });
    expect(custom).to.deep.equal({ shouted: 'yes' });
    expect(front.uppy.getFiles()).to.deep.equal([]);
  });

  it('names a file that a plugin takes out, and loses none of those beside it', async () => {
    const { front, work, adapter, upload } = rig();
    front.use(Upper, { work });
    const job = await upload([textFile('a.txt'), textFile('taken.txt'), textFile('b.txt')]);
    await job.finished;
    expect((await names(adapter)).sort()).to.deep.equal(['a.up', 'b.up']);
    expect(job.items.at(1)!.error!.message).to.match(/taken\.txt was not uploaded: A plugin/);
  });

  it('fails the files of a plugin that throws, in its words', async () => {
    const { front, upload } = rig();
    front.uppy.addPreProcessor(() => Promise.reject(new Error('No compressor here.')));
    const job = await upload([textFile('a.txt'), textFile('b.txt')]);
    expect((await job.finished).state).to.equal('incomplete');
    expect([...job.items].map(item => item.error!.message)).to.deep.equal([
      'a.txt was not uploaded: No compressor here.',
      'b.txt was not uploaded: No compressor here.',
    ]);
    expect(front.uppy.getFiles()).to.deep.equal([]);
    expect(front.uppy.getState().currentUploads).to.deep.equal({});
  });

  it('tells equal files in two folders apart', async () => {
    const { front, work, adapter, upload } = rig();
    front.use(Upper, { work });
    const file = textFile('same.txt');
    await (
      await upload([
        { file, path: 'A/same.txt' },
        { file, path: 'a/same.txt' },
      ])
    ).finished;
    expect((await names(adapter)).sort()).to.deep.equal(['A/same.up', 'a/same.up']);
  });

  it('costs the same for each file, whether there are a hundred or ten thousand', async function () {
    this.timeout(240_000);
    const costs: number[] = [];
    for (const count of [100, 1_000, 10_000]) {
      const { front, work, adapter, upload } = rig();
      front.use(Upper, { work });
      // What makes Uppy slow: each change of state copies the files it holds.
      let copied = 0;
      front.uppy.on('state-update', (_before, after, patch) => {
        if (patch?.files) copied += Object.keys(after.files).length;
      });
      const files = Array.from({ length: count }, (_, index) => textFile(`file-${index}.txt`));
      const { state } = await (await upload(files)).finished;
      expect(state).to.equal('done');
      expect(work.most).to.be.at.most(16);
      expect(work.seen.size).to.equal(count);
      expect([...work.seen.values()].every(times => times === 1)).to.equal(true);
      expect((await names(adapter)).length).to.equal(count);
      costs.push(copied / count);
    }
    expect(costs[2]).to.be.at.most(costs[0]! * 1.2);
  });

  it('prepares no more than a little ahead of the upload, and nothing after a cancel', async () => {
    const { front, work, upload } = rig();
    front.use(Upper, { work });
    const files = Array.from({ length: 600 }, (_, index) => textFile(`file-${index}.txt`));
    const job = await upload(files);
    job.pause();
    await until(() => work.seen.size >= 96, 'the first files');
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(work.seen.size).to.be.at.most(160);
    await job.cancel();
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(work.seen.size).to.be.at.most(176);
    expect(front.uppy.getFiles()).to.deep.equal([]);
  });

  it('hands over what a source adds, prepared, and keeps it out of other uploads', async () => {
    const { front, work, taken, upload } = rig();
    front.use(Upper, { work });
    front.uppy.addFile({ name: 'camera.txt', data: new Blob(['click']), source: 'Webcam' });
    await (await upload([textFile('dropped.txt')])).finished;
    await until(() => taken.length > 0, 'the picture');
    expect(taken.length).to.equal(1);
    const [input] = taken as [UploadFile];
    expect(input.path).to.equal('camera.up');
    expect(input.type).to.equal('text/up');
    expect(await (input.file as Blob).text()).to.equal('CLICK');
    expect(front.uppy.getFiles()).to.deep.equal([]);
    expect([...work.seen.values()].every(times => times === 1)).to.equal(true);
  });

  it('waits for the button where Uppy shows one', async () => {
    const { front, taken } = rig();
    class StatusBar<M extends Meta, B extends Body> extends BasePlugin<object, M, B> {
      override id = 'StatusBar';
      override type = 'progressindicator';
    }
    front.use(StatusBar);
    front.uppy.addFile({ name: 'camera.txt', data: new Blob(['click']) });
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(taken).to.deep.equal([]);
    await front.uppy.upload();
    expect(taken.length).to.equal(1);
  });

  it('merges limits: the stricter one of two, and what is set in Uppy later', () => {
    const { front } = rig();
    front.uppy.setOptions({ restrictions: { maxFileSize: 100, allowedFileTypes: ['.csv'] } });
    front.limit({ maxSize: 500, minSize: 5, maxFiles: 7, types: ['.csv', '.txt'] });
    expect(front.uppy.opts.restrictions).to.include({
      maxFileSize: 100,
      minFileSize: 5,
      maxNumberOfFiles: 7,
    });
    expect(front.uppy.opts.restrictions.allowedFileTypes).to.deep.equal(['.csv']);
    front.limit({ maxSize: 50, minSize: undefined, maxFiles: undefined, types: [] });
    expect(front.uppy.opts.restrictions).to.include({
      maxFileSize: 50,
      minFileSize: null,
      maxNumberOfFiles: null,
    });
    front.limit({ maxSize: 500, minSize: undefined, maxFiles: undefined, types: [] });
    expect(front.uppy.opts.restrictions.maxFileSize).to.equal(100);
    front.uppy.setOptions({ restrictions: { maxFileSize: 70 } });
    front.limit({ maxSize: 500, minSize: undefined, maxFiles: undefined, types: [] });
    expect(front.uppy.opts.restrictions.maxFileSize).to.equal(70);
    expect(front.refusal({ name: 'a.csv', type: '', size: 10 })).to.equal(undefined);
    expect(front.refusal({ name: 'a.csv', type: '', size: 80 })).to.match(/exceeds/);
    expect(front.refusal({ name: 'a.exe', type: '', size: 10 })).to.match(/csv/);
  });

  it('tells of what plugins added once it is stored, of nothing else, and runs no post-processor', async () => {
    const { front, work, upload, adapter } = rig();
    front.use(Upper, { work });
    const heard: string[] = [];
    let after = 0;
    front.uppy.on('upload', (_id, files) => heard.push(`upload ${files.length}`));
    front.uppy.on('upload-start', () => heard.push('upload-start'));
    front.uppy.on('upload-success', (_file, { body }) => heard.push(`upload-success ${body?.path}`));
    const nameOf = ({ name }: { name: string }): string => name;
    front.uppy.on('complete', ({ successful, failed }) => {
      heard.push(`complete ${successful?.map(nameOf)} ${failed?.map(nameOf)}`);
    });
    front.uppy.addPostProcessor(async () => {
      after += 1;
    });
    await (await upload(Array.from({ length: 20 }, (_, index) => textFile(`f${index}.txt`)))).finished;
    expect(heard).to.deep.equal(['upload 16', 'upload 4']);
    heard.length = 0;
    front.uppy.addFile({ name: 'camera.txt', data: new Blob(['click']), source: 'Webcam' });
    await until(() => heard.some(line => line.startsWith('complete')), 'the picture');
    expect(await names(adapter)).to.include('camera.up');
    const told = ['upload 1', 'upload-start', 'upload-success camera.up', 'complete camera.up '];
    expect(heard).to.deep.equal(told);
    expect(front.uppy.getFiles()).to.deep.equal([]);
    expect(after).to.equal(0);
  });

  it('tells which files of plugins failed, and why, and looks ready again', async () => {
    const { front, adapter } = rig();
    const plan = adapter.openUpload!.bind(adapter);
    adapter.openUpload = (intent, options) =>
      intent.path === 'no.txt'
        ? Promise.reject(new TransferError('No room.', { kind: 'fatal', reason: 'quota' }))
        : plan(intent, options);
    const errors: string[] = [];
    front.uppy.on('upload-error', (file, error) => errors.push(`${file?.name}: ${error.message}`));
    class StatusBar<M extends Meta, B extends Body> extends BasePlugin<object, M, B> {
      override id = 'StatusBar';
      override type = 'progressindicator';
    }
    front.use(StatusBar);
    front.uppy.addFiles([
      { name: 'no.txt', data: new Blob(['a']) },
      { name: 'yes.txt', data: new Blob(['b']) },
    ]);
    const result = await front.uppy.upload();
    expect(result?.successful?.map(file => file.response?.body?.path)).to.deep.equal(['yes.txt']);
    expect(result?.failed?.map(({ name, error }) => `${name}: ${error}`)).to.deep.equal(['no.txt: No room.']);
    expect(errors).to.deep.equal(['no.txt: No room.']);
    expect(front.uppy.getState().error).to.equal(null);
    expect(front.uppy.getFiles()).to.deep.equal([]);
  });

  it('leaves out fields whose names the storage cannot take', async () => {
    const { front, work, adapter, upload, taking } = rig();
    taking.metadataNames = /^[a-z]+$/;
    front.use(Upper, { work });
    front.uppy.setMeta({ 'my field': 'x', project: 'p' });
    await (await upload([textFile('a.txt')])).finished;
    const { custom } = await adapter.readMetadata!('a.up', { signal });
    expect(custom).to.deep.equal({ project: 'p', shouted: 'yes' });
  });

  it('lets files pass untouched where plugins only add some', async () => {
    const { front, work, upload } = rig();
    class Source<M extends Meta, B extends Body> extends BasePlugin<object, M, B> {
      override id = 'Source';
      override type = 'acquirer';
    }
    front.use(Source);
    let added = 0;
    front.uppy.on('file-added', () => {
      added += 1;
    });
    const files = [textFile('a.txt'), textFile('b.txt')];
    const { source } = front.through(files);
    expect(source).to.equal(files);
    await (await upload(files)).finished;
    expect(added).to.equal(0);
    front.use(Upper, { work });
    expect(front.through(files).source).not.to.equal(files);
    front.uppy.removePlugin(front.uppy.getPlugin('Upper')!);
  });

  it('takes no uploader', () => {
    const { front } = rig();
    expect(() => front.use(TransferUploader, { adapter: memory() })).to.throw(TypeError, /uploads by itself/);
    expect(front.uppy.getPlugin('TransferUploader')).to.equal(undefined);
  });
});

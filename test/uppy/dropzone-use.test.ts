import { expect } from '@open-wc/testing';
import Compressor from '@uppy/compressor';
import { BasePlugin, type Uppy } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import '../../src/elements/upload-dropzone/upload-dropzone.define.js';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import type { FilesRejectedEvent } from '../../src/elements/upload-dropzone/upload-dropzone.events.js';
import type { UploadDropzoneElement } from '../../src/elements/upload-dropzone/upload-dropzone.js';
import { TransferManager } from '../../src/transfer/manager.js';
import type { UploadFile, UploadInput } from '../../src/transfer/types.js';
import { textFile } from '../transfer/harness.js';
import { until } from './support.js';

const { signal } = new AbortController();

async function picture(name: string, type = 'image/png'): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = 400;
  canvas.height = 400;
  const context = canvas.getContext('2d')!;
  const pixels = context.createImageData(400, 400);
  crypto.getRandomValues(new Uint8Array(pixels.data.buffer, 0, 65_536));
  pixels.data.fill(200, 65_536);
  context.putImageData(pixels, 0, 0);
  const blob = await new Promise<Blob>(resolve => canvas.toBlob(found => resolve(found!), type));
  return new File([blob], name, { type });
}

/** A source of files, as Webcam is. */
class Camera<M extends Meta, B extends Body> extends BasePlugin<object, M, B> {
  constructor(uppy: Uppy<M, B>, opts?: object) {
    super(uppy, opts);
    this.id = 'Camera';
    this.type = 'acquirer';
  }

  shoot(name: string, content: string): void {
    this.uppy.addFile({ source: this.id, name, data: new Blob([content], { type: 'text/plain' }) });
  }
}

describe('upload-dropzone with plugins of Uppy', () => {
  let dropzone: UploadDropzoneElement;
  let adapter: ReturnType<typeof memory>;

  const stored = async (): Promise<Map<string, number>> => {
    const { entries } = await adapter.list('', { signal, recursive: true });
    return new Map(entries.map(entry => [entry.path, entry.size ?? 0]));
  };
  const uppy = (): Uppy => dropzone.uppy as Uppy;

  beforeEach(() => {
    adapter = memory();
    dropzone = document.createElement('upload-dropzone');
    dropzone.manager = new TransferManager({ adapter });
    document.body.append(dropzone);
  });
  afterEach(() => dropzone.remove());

  it('has no Uppy before the first plugin', () => {
    expect(dropzone.uppy).to.equal(undefined);
  });

  it('compresses pictures on their way, and leaves other files alone', async () => {
    await dropzone.use(Compressor, { quality: 0.3, convertTypes: ['image/png'], convertSize: 0 });
    expect(uppy().getPlugin('Compressor')).to.be.an('object');
    const image = await picture('scan.png');
    const job = await dropzone.add([image, textFile('notes.txt', 'notes')]);
    expect((await job!.finished).state).to.equal('done');
    const files = await stored();
    expect([...files.keys()].sort()).to.deep.equal(['notes.txt', 'scan.jpg']);
    expect(files.get('scan.jpg')).to.be.lessThan(image.size);
    expect((await adapter.stat!('scan.jpg', { signal }))!.type).to.equal('image/jpeg');
    expect(dropzone.value).to.have.members(['notes.txt', 'scan.jpg']);
  });

  it('uploads what a source adds, by its own rules too', async () => {
    dropzone.path = 'shots/';
    dropzone.maxSize = 10;
    await dropzone.use(Camera);
    const camera = uppy().getPlugin<Camera<Meta, Record<string, never>>>('Camera')!;
    expect(uppy().opts.restrictions.maxFileSize).to.equal(10);
    camera.shoot('one.txt', 'one');
    await until(() => dropzone.value.length === 1, 'the first shot');
    expect([...(await stored())]).to.deep.equal([['shots/one.txt', 3]]);
    expect(() => camera.shoot('large.txt', 'more than ten bytes')).to.throw(/exceeds/);
  });

  it('refuses dropped files by Uppy’s restrictions too, in its words', async () => {
    dropzone.maxFiles = 5;
    await dropzone.use(Camera);
    uppy().setOptions({ restrictions: { allowedFileTypes: ['.txt'], maxNumberOfFiles: 2 } });
    const rejected: FilesRejectedEvent[] = [];
    dropzone.addEventListener('files-rejected', event => rejected.push(event));
    const job = await dropzone.add([
      textFile('a.exe'),
      textFile('b.txt'),
      textFile('c.txt'),
      textFile('d.txt'),
    ]);
    await job!.finished;
    expect([...(await stored()).keys()]).to.deep.equal(['b.txt', 'c.txt']);
    expect(rejected[0]!.rejections.map(({ name, reason }) => [name, reason])).to.deep.equal([
      ['a.exe', 'plugin'],
      ['d.txt', 'too-many'],
    ]);
    expect(rejected[0]!.rejections[0]!.message).to.match(/^a\.exe: .*\.txt/);
  });

  it('takes ten thousand small files through the compressor at the cost of a hundred each', async function () {
    this.timeout(240_000);
    await dropzone.use(Compressor);
    let copied = 0;
    let most = 0;
    uppy().on('state-update', (_before, { files }, patch) => {
      if (!patch?.files) return;
      const held = Object.keys(files).length;
      copied += held;
      most = Math.max(most, held);
    });
    const costs: number[] = [];
    for (const count of [100, 10_000]) {
      copied = 0;
      const files = Array.from({ length: count }, (_, index) => textFile(`${count}-${index}.txt`));
      const job = await dropzone.add(files);
      const { state, snapshot } = await job!.finished;
      expect(state).to.equal('done');
      expect(snapshot.files.done).to.equal(count);
      costs.push(copied / count);
    }
    expect(most).to.be.at.most(16);
    expect(costs[1]).to.be.at.most(costs[0]! * 1.2);
  });

  describe('tells of what plugins added', () => {
    let heard: string[];
    const shoot = (...names: string[]): void =>
      uppy().addFiles(names.map(name => ({ name, data: new Blob([name]) })));

    beforeEach(async () => {
      heard = [];
      await dropzone.use(Camera);
      const nameOf = ({ name }: { name: string }): string => name;
      uppy().on('upload-success', (file, { body }) => heard.push(`success ${file?.name} ${body?.path}`));
      uppy().on('upload-error', file => heard.push(`error ${file?.name}`));
      uppy().on('complete', ({ successful, failed }) => {
        heard.push(`complete ${successful?.map(nameOf)} ${failed?.map(nameOf)}`);
      });
    });

    const complete = (): Promise<void> =>
      until(() => heard.some(line => line.startsWith('complete')), 'the end');
    const replace = (change: (files: readonly UploadInput[]) => UploadInput[]): void =>
      dropzone.addEventListener('before-upload', event => {
        event.files = change(event.files);
      });
    const moved = (input: UploadInput): UploadInput => {
      const { file, path } = input as UploadFile;
      return { file, path: `moved/${path}` };
    };

    it('that is stored, also where the page put others in its place', async () => {
      replace(files => files.map(moved));
      shoot('a.txt', 'b.txt');
      await complete();
      expect([...(await stored()).keys()].sort()).to.deep.equal(['moved/a.txt', 'moved/b.txt']);
      expect(heard).to.deep.equal([
        'success a.txt moved/a.txt',
        'success b.txt moved/b.txt',
        'complete a.txt,b.txt ',
      ]);
    });

    it('that it is not, where the page left it out', async () => {
      replace(files => files.slice(1).map(moved));
      shoot('a.txt', 'b.txt');
      await complete();
      expect(heard).to.deep.equal(['error a.txt', 'success b.txt moved/b.txt', 'complete b.txt a.txt']);
    });

    it('that one archive of all of it is stored', async () => {
      replace(() => [{ file: new Blob(['both']), path: 'all.zip' }]);
      shoot('a.txt', 'b.txt');
      await complete();
      expect(heard.slice(0, 2)).to.deep.equal(['success a.txt all.zip', 'success b.txt all.zip']);
    });

    it('that it is stored in the end, when it is tried again from the list', async () => {
      const open = adapter.openUpload!.bind(adapter);
      const refuse = (): Promise<never> =>
        Promise.reject(new TransferError('No room.', { kind: 'fatal', reason: 'quota' }));
      adapter.openUpload = refuse;
      shoot('a.txt');
      await complete();
      const [job] = dropzone.jobs;
      job!.retryFailed();
      await until(() => heard.length === 3, 'the second failure');
      adapter.openUpload = open;
      job!.retryFailed();
      await until(() => heard.length === 4, 'the success');
      expect(heard).to.deep.equal(['error a.txt', 'complete  a.txt', 'error a.txt', 'success a.txt a.txt']);
    });
  });

  it('refuses in words what plugins add while it is switched off', async () => {
    const refused: string[] = [];
    dropzone.addEventListener('files-rejected', ({ rejections }: FilesRejectedEvent) => {
      refused.push(...rejections.map(({ message }) => message));
    });
    await dropzone.use(Camera);
    uppy().addFile({ name: 'before.txt', data: new Blob(['1']) });
    dropzone.disabled = true;
    expect(() => uppy().addFile({ name: 'off.txt', data: new Blob(['1']) })).to.throw('switched off');
    await until(() => refused.length === 2, 'both');
    expect(refused.sort()).to.deep.equal([
      'before.txt: Uploading is switched off here.',
      'off.txt: Uploading is switched off here.',
    ]);
    await dropzone.updateComplete;
    expect(dropzone.shadowRoot!.textContent).to.contain('off.txt: Uploading is switched off here.');
    expect([...(await stored()).keys()]).to.deep.equal([]);
    dropzone.disabled = false;
    await dropzone.updateComplete;
    uppy().addFile({ name: 'on.txt', data: new Blob(['1']) });
    await until(() => dropzone.value.includes('on.txt'), 'the one after');
  });

  it('cancels the passage with the upload', async () => {
    let passed = 0;
    await dropzone.use(Camera);
    uppy().addPreProcessor(async ids => {
      passed += ids.length;
      await new Promise(resolve => setTimeout(resolve, 10));
    });
    void dropzone.add(Array.from({ length: 300 }, (_, index) => textFile(`file-${index}.txt`)));
    await until(() => passed > 0, 'the first files');
    dropzone.clear();
    await new Promise(resolve => setTimeout(resolve, 100));
    const then = passed;
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(passed).to.equal(then);
    expect(uppy().getFiles()).to.deep.equal([]);
  });
});

import { expect } from '@open-wc/testing';
import { BasePlugin, type Uppy, type UppyFile } from '@uppy/core';
import type { Body, Meta } from '@uppy/core/utils';
import '../../src/elements/upload-dropzone/upload-dropzone.define.js';
import { memory } from '../../src/adapters/memory/index.js';
import type { UploadDropzoneElement } from '../../src/elements/upload-dropzone/upload-dropzone.js';
import { TransferManager } from '../../src/transfer/manager.js';
import { textFile } from '../transfer/harness.js';
import { until } from './support.js';

const { signal } = new AbortController();
type Dropped = UppyFile<Meta, Record<string, never>>;

/** A plugin that looks at files and adds some, so that all go through Uppy. */
class Plugin<M extends Meta, B extends Body> extends BasePlugin<object, M, B> {
  override id = 'Plugin';
  override type = 'modifier';
}

describe('upload-dropzone and the restrictions of its Uppy', () => {
  let dropzone: UploadDropzoneElement;
  let adapter: ReturnType<typeof memory>;
  let refused: string[];

  const stored = async (): Promise<string[]> => {
    const { entries } = await adapter.list('', { signal, recursive: true });
    return entries.map(entry => entry.path).sort();
  };
  const uppy = (): Uppy => dropzone.uppy as Uppy;
  const add = async (...files: File[]): Promise<void> => {
    const job = await dropzone.add(files);
    await job?.finished;
  };

  beforeEach(async () => {
    adapter = memory();
    refused = [];
    dropzone = document.createElement('upload-dropzone');
    dropzone.manager = new TransferManager({ adapter });
    dropzone.addEventListener('files-rejected', event =>
      refused.push(...event.rejections.map(({ message }) => message)),
    );
    document.body.append(dropzone);
    await dropzone.use(Plugin);
  });
  afterEach(() => dropzone.remove());

  it('counts the bytes of all files, stored ones too', async () => {
    uppy().setOptions({ restrictions: { maxTotalFileSize: 50 } });
    await add(
      textFile('a.txt', 'x'.repeat(20)),
      textFile('b.txt', 'x'.repeat(20)),
      textFile('c.txt', 'x'.repeat(20)),
    );
    expect(await stored()).to.deep.equal(['a.txt', 'b.txt']);
    expect(refused.length).to.equal(1);
    expect(refused[0]).to.match(/^c\.txt: .*50 B/);
    await add(textFile('d.txt', 'x'.repeat(11)), textFile('e.txt', 'x'.repeat(10)));
    expect(await stored()).to.deep.equal(['a.txt', 'b.txt', 'e.txt']);
    await dropzone.updateComplete;
    expect(dropzone.shadowRoot!.querySelector('[part=rejections]')!.textContent).to.contain('d.txt');
  });

  it('counts them over more files than Uppy holds, and those that plugins add', async () => {
    uppy().setOptions({ restrictions: { maxTotalFileSize: 300 } });
    await add(...Array.from({ length: 40 }, (_, index) => textFile(`f${index}.txt`, 'x'.repeat(10))));
    expect((await stored()).length).to.equal(30);
    expect(refused.length).to.equal(10);
    uppy().addFile({ name: 'shot.txt', data: new Blob(['more']), source: 'Camera' });
    await until(() => refused.some(message => message.startsWith('shot.txt')), 'the refusal');
    expect((await stored()).length).to.equal(30);
  });

  it('asks for the fewest files of a selection, together with what is there', async () => {
    uppy().setOptions({ restrictions: { minNumberOfFiles: 3 } });
    await add(textFile('a.txt'), textFile('b.txt'));
    expect(await stored()).to.deep.equal([]);
    expect(refused.length).to.equal(2);
    expect(refused[0]).to.match(/^a\.txt: .*at least.*3/);
    await add(textFile('a.txt'), textFile('b.txt'), textFile('c.txt'));
    await add(textFile('d.txt'));
    expect(await stored()).to.deep.equal(['a.txt', 'b.txt', 'c.txt', 'd.txt']);
    uppy().addFile({ name: 'shot.txt', data: new Blob(['click']), source: 'Camera' });
    await until(() => dropzone.value.includes('shot.txt'), 'the picture');
  });

  it('refuses files without a required field of meta, and tells the page as Uppy does', async () => {
    uppy().setOptions({ restrictions: { requiredMetaFields: ['project', 'sample'] } });
    const told: (string[] | undefined)[] = [];
    uppy().on('restriction-failed', file => told.push(file?.missingRequiredMetaFields));
    await add(textFile('a.txt'));
    expect(await stored()).to.deep.equal([]);
    expect(refused).to.deep.equal(['a.txt: Missing required meta fields in a.txt (project, sample)']);
    expect(told).to.deep.equal([['project', 'sample']]);
    uppy().setMeta({ project: 'p' });
    const metadata = { custom: { sample: '7' } };
    const job = await dropzone.add([
      { file: new Blob(['x']), path: 'b.txt', metadata },
      { file: async () => new Blob(['y']), path: 'c.txt' },
    ]);
    await job!.finished;
    expect(await stored()).to.deep.equal(['b.txt']);
    expect((await adapter.readMetadata!('b.txt', { signal })).custom).to.deep.equal({
      project: 'p',
      sample: '7',
    });
    expect(refused.at(-1)).to.match(/c\.txt \(sample\)$/);
  });

  it('asks onBeforeUpload once about all files of a selection, and does what it says', async () => {
    const asked: number[] = [];
    let allow = false;
    uppy().setOptions({
      onBeforeUpload: (files: Record<string, Dropped>) => {
        asked.push(Object.keys(files).length);
        if (!allow) {
          uppy().info('Choose a project first.', 'error');
          return false;
        }
        const kept = Object.entries(files).filter(([, { name }]) => name !== 'f7.txt');
        return Object.fromEntries(
          kept.map(([id, file]) => [
            id,
            { ...file, meta: { ...file.meta, name: `p-${file.name}`, project: 'p' } },
          ]),
        );
      },
    });
    const files = Array.from({ length: 40 }, (_, index) => textFile(`f${index}.txt`));
    await add(...files);
    expect(await stored()).to.deep.equal([]);
    expect(refused.length).to.equal(40);
    expect(refused[0]).to.equal('f0.txt: Choose a project first.');
    allow = true;
    await add(...files);
    const paths = await stored();
    expect(paths.length).to.equal(39);
    expect(paths.every(path => path.startsWith('p-f'))).to.equal(true);
    expect((await adapter.readMetadata!('p-f0.txt', { signal })).custom).to.deep.equal({ project: 'p' });
    expect(refused.at(-1)).to.match(/^f7\.txt: /);
    expect(asked).to.deep.equal([40, 40]);
  });

  it('asks onBeforeFileAdded once of each file, and renames as it says', async () => {
    const seen: string[] = [];
    uppy().setOptions({
      onBeforeFileAdded: (file: Dropped) => {
        seen.push(file.name);
        return file.name === 'no.txt' ? false : { ...file, name: `new-${file.name}` };
      },
    });
    await add(textFile('a.txt'), textFile('no.txt'));
    expect(await stored()).to.deep.equal(['new-a.txt']);
    expect(seen).to.deep.equal(['a.txt', 'no.txt']);
    expect(refused).to.deep.equal(['no.txt: This page does not let it be uploaded.']);
  });

  it('keeps dropped files out of what onBeforeUpload says of those that plugins added', async () => {
    let go!: () => void;
    const held = new Promise<void>(resolve => {
      go = resolve;
    });
    uppy().addPreProcessor(ids =>
      ids.some(id => uppy().getFile(id)?.name === 'slow.txt') ? held : Promise.resolve(),
    );
    const slow = dropzone.add([textFile('slow.txt')]);
    await until(() => uppy().getFiles().length > 0, 'a file in Uppy');
    const asked: string[][] = [];
    uppy().setOptions({
      onBeforeUpload: (files: Record<string, Dropped>) => {
        asked.push(Object.values(files).map(({ name }) => name));
        return files;
      },
    });
    uppy().addFile({ name: 'shot.txt', data: new Blob(['click']), source: 'Camera' });
    await until(() => dropzone.value.includes('shot.txt'), 'the picture');
    expect(asked).to.deep.equal([['shot.txt']]);
    go();
    await (await slow)!.finished;
    expect(await stored()).to.deep.equal(['shot.txt', 'slow.txt']);
  });
});

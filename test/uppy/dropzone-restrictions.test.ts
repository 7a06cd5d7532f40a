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
    const shot = { name: 'shot.txt', data: new Blob(['more']), source: 'Camera' };
    expect(() => uppy().addFile(shot)).to.throw(/300 B/);
    expect(refused.at(-1)).to.match(/^shot\.txt: .*300 B/);
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
    expect(refused).to.deep.equal(['no.txt: this page does not let it be uploaded.']);
  });

  it('counts files of plugins with dropped ones, and tells at the drop zone what Uppy refuses', async () => {
    dropzone.maxFiles = 3;
    await dropzone.updateComplete;
    expect(uppy().opts.restrictions.maxNumberOfFiles).to.equal(3);
    await add(textFile('a.txt'), textFile('b.txt'));
    uppy().addFile({ name: 'one.txt', data: new Blob(['1']), source: 'Camera' });
    await until(() => dropzone.value.includes('one.txt'), 'the picture');
    const two = { name: 'two.txt', data: new Blob(['2']), source: 'Camera' };
    expect(() => uppy().addFile(two)).to.throw(/only upload 3 files/);
    expect(refused).to.deep.equal(['two.txt: You can only upload 3 files']);
    await add(textFile('c.txt'));
    expect(await stored()).to.deep.equal(['a.txt', 'b.txt', 'one.txt']);
    expect(refused.length).to.equal(2);
  });

  it('counts files that wait in Uppy’s own interface', async () => {
    class Button<M extends Meta, B extends Body> extends BasePlugin<object, M, B> {
      override id = 'StatusBar';
      override type = 'progressindicator';
    }
    await dropzone.use(Button);
    uppy().setOptions({ restrictions: { maxNumberOfFiles: 2, minNumberOfFiles: 2 } });
    uppy().addFile({ name: 'shot.txt', data: new Blob(['click']), source: 'Camera' });
    await add(textFile('a.txt'), textFile('b.txt'));
    expect(await stored()).to.deep.equal(['a.txt']);
    expect(refused.length).to.equal(1);
    const result = await uppy().upload();
    expect(result?.successful?.map(({ name }) => name)).to.deep.equal(['shot.txt']);
    expect(await stored()).to.deep.equal(['a.txt', 'shot.txt']);
    dropzone.clear();
    uppy().setOptions({ restrictions: { maxNumberOfFiles: 2, minNumberOfFiles: null } });
    await add(textFile('c.txt'), textFile('d.txt'));
    expect((await stored()).length).to.equal(4);
  });

  it('counts the bytes of files that plugins add', async () => {
    uppy().setOptions({ restrictions: { maxTotalFileSize: 20 } });
    await add(textFile('a.txt', 'x'.repeat(15)));
    const shot = (name: string, size: number) => ({ name, data: new Blob(['x'.repeat(size)]) });
    uppy().addFiles([shot('one.txt', 4), shot('two.txt', 2), shot('three.txt', 1)]);
    await until(() => dropzone.value.length === 3, 'the pictures');
    expect(await stored()).to.deep.equal(['a.txt', 'one.txt', 'three.txt']);
    expect(refused.length).to.equal(1);
    expect(refused[0]).to.match(/^two\.txt: .*20 B/);
  });

  it('holds files of other sites to the types of both, and counts those that Companion stored', async () => {
    dropzone.accept = '.txt';
    dropzone.maxFiles = 1;
    await dropzone.updateComplete;
    uppy().setOptions({ restrictions: { allowedFileTypes: ['.txt', '.csv'] } });
    const remote = {
      companionUrl: 'https://companion.test',
      url: 'https://companion.test/url/get',
      body: {},
    };
    const far = (name: string) => ({
      name,
      source: 'Url',
      isRemote: true,
      data: { size: 5 },
      remote: { ...remote, requestClientId: 'Far' },
    });
    const client = {
      uploadRemoteFile: async (file: Dropped) => {
        uppy().emit('upload-success', file, { status: 200, body: {} });
      },
    };
    uppy().registerRequestClient('Far', client as never);
    expect(() => uppy().addFile(far('table.csv') as never)).to.throw(/only upload: \.txt/);
    expect(refused.at(-1)).to.match(/^table\.csv: /);
    const told: string[][] = [];
    uppy().on('complete', ({ successful }) => told.push((successful ?? []).map(({ name }) => name)));
    uppy().addFile(far('far.txt') as never);
    await until(() => told.length > 0, 'the end');
    expect(told).to.deep.equal([['far.txt']]);
    await add(textFile('near.txt'));
    expect(await stored()).to.deep.equal([]);
    expect(refused.at(-1)).to.match(/^near\.txt: only 1 file can be given here, and it was given before/);
  });

  it('sends what waited for a fewest number once the others have come', async () => {
    uppy().setOptions({ restrictions: { minNumberOfFiles: 3 } });
    uppy().addFile({ name: 'shot.txt', data: new Blob(['click']), source: 'Camera' });
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(await stored()).to.deep.equal([]);
    await add(textFile('a.txt'), textFile('b.txt'));
    await until(() => dropzone.value.includes('shot.txt'), 'the picture');
    expect(await stored()).to.deep.equal(['a.txt', 'b.txt', 'shot.txt']);
  });

  describe('when a function of the page’s breaks', () => {
    let errors: unknown[];
    const heard = (event: ErrorEvent): void => {
      event.preventDefault();
      errors.push(event.error);
    };
    // The test runner takes an uncaught error for a failed test.
    let before: OnErrorEventHandler;
    beforeEach(() => {
      errors = [];
      before = window.onerror;
      window.onerror = null;
      window.addEventListener('error', heard);
    });
    afterEach(() => {
      window.removeEventListener('error', heard);
      window.onerror = before;
    });
    const messages = (): string[] => errors.map(error => (error as Error).message);

    it('says so at the drop zone and to the developer, for onBeforeUpload', async () => {
      uppy().setOptions({
        onBeforeUpload: () => {
          throw new Error('no such project');
        },
      });
      await add(textFile('a.txt'));
      expect(await stored()).to.deep.equal([]);
      expect(messages()).to.deep.equal(['no such project']);
      expect(refused.length).to.equal(1);
      expect(refused[0]).to.match(/^a\.txt: this page’s own check of it broke off/);
    });

    it('refuses only the file that onBeforeFileAdded breaks at', async () => {
      uppy().setOptions({
        onBeforeFileAdded: (file: Dropped) => {
          if (file.name === 'bad.txt') throw new Error('bad name');
          return true;
        },
      });
      await add(textFile('a.txt'), textFile('bad.txt'));
      expect(await stored()).to.deep.equal(['a.txt']);
      expect(messages()).to.deep.equal(['bad name']);
      expect(refused).to.have.length(1);
      expect(refused[0]).to.match(/^bad\.txt: .*own check/);
    });

    it('says so too for files that plugins add', async () => {
      let breaks = true;
      uppy().setOptions({
        onBeforeFileAdded: (file: Dropped) => {
          if (file.name === 'bad.txt') throw new Error('bad name');
          return true;
        },
        onBeforeUpload: () => {
          if (breaks) throw new Error('no such project');
          return true;
        },
      });
      uppy().addFiles([
        { name: 'bad.txt', data: new Blob(['x']) },
        { name: 'good.txt', data: new Blob(['y']) },
      ]);
      await until(() => refused.length === 2, 'both refusals');
      expect(refused[0]).to.match(/^bad\.txt: .*own check/);
      expect(refused[1]).to.match(/^good\.txt: .*own check/);
      expect(messages()).to.deep.equal(['bad name', 'no such project']);
      expect(dropzone.shadowRoot!.textContent).not.to.contain('returned false');
      breaks = false;
      await uppy().upload();
      expect(await stored()).to.deep.equal(['good.txt']);
    });

    it('does not take a promise for an answer', async () => {
      uppy().setOptions({ onBeforeUpload: (async () => true) as never });
      await add(textFile('a.txt'));
      expect(await stored()).to.deep.equal([]);
      expect(messages()).to.deep.equal([
        'onBeforeUpload answered with a promise. Uppy needs its answer at once.',
      ]);
      expect(refused[0]).to.match(/own check/);
    });

    it('does so too for a listener of restriction-failed', async () => {
      uppy().setOptions({ restrictions: { requiredMetaFields: ['project'] } });
      uppy().on('restriction-failed', () => {
        throw new Error('listener');
      });
      await add(textFile('a.txt'));
      expect(messages()).to.deep.equal(['listener']);
      expect(refused[0]).to.match(/^a\.txt: .*own check/);
    });

    it('tells the developer of a list of files that throws', async () => {
      async function* files() {
        yield textFile('a.txt');
        throw new Error('the page’s list');
      }
      expect(await dropzone.add(files())).to.equal(undefined);
      expect(messages()).to.deep.equal(['the page’s list']);
    });
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

import { expect, fixture, html } from '@open-wc/testing';
import { memory } from '../../src/adapters/memory/index.js';
import { ConflictController } from '../../src/controllers/conflict-controller.js';
import type { Entry } from '../../src/core/entry.js';
import { TransferError } from '../../src/core/errors.js';
import { DownloadButtonElement } from '../../src/elements/download-button/download-button.js';
import { operationsOf } from '../../src/elements/file-browser/parts/operations.js';
import { TransferListElement } from '../../src/elements/transfer-list/transfer-list.js';
import { noJournal } from '../../src/transfer/journal.js';
import { TransferManager } from '../../src/transfer/manager.js';
import { navigationFacts } from '../../src/transfer/sinks/choose.js';
import type { ConflictPolicy, TransferJob } from '../../src/transfer/types.js';
import { temporaryDirectory } from '../transfer/download/support.js';
import { FakeManager, forbidden, offline } from './fakes.js';
import { until } from './until.js';

DownloadButtonElement.define();
TransferListElement.define();

const count = 4;
const textOf = (element: Element) => element.shadowRoot!.textContent!.replace(/[\s\u00A0]+/g, ' ').trim();
const find = <E extends HTMLElement>(element: Element, selector: string) =>
  element.shadowRoot!.querySelector<E>(selector)!;
const isAsked = (element: Element) => find(element, '.conflict').matches(':popover-open');
const statesOf = (job: TransferJob | undefined) => [...(job?.items ?? [])].map(({ state }) => state);

/** A storage with a folder, whose files are counted as they are fetched. */
function storage() {
  const files = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `run/${index}.txt`,
      { content: `remote ${index}`, modified: Date.now() - 3_600_000 },
    ]),
  );
  const adapter = memory({ files });
  const fetched: string[] = [];
  const { resolveDownload } = adapter;
  Object.assign(adapter, {
    resolveDownload: (...args: Parameters<NonNullable<typeof resolveDownload>>) => {
      fetched.push(args[0].path);
      return resolveDownload!(...args);
    },
  });
  return { manager: new TransferManager({ adapter, journal: noJournal }), fetched };
}

async function localFile(directory: FileSystemDirectoryHandle, name: string) {
  return (await directory.getDirectoryHandle('run')).getFileHandle(name);
}

async function edit(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  const writable = await (await localFile(directory, name)).createWritable();
  await writable.write('my own notes');
  await writable.close();
}

const read = async (directory: FileSystemDirectoryHandle, name: string) =>
  (await (await localFile(directory, name)).getFile()).text();

type PickerName = 'showDirectoryPicker' | 'showSaveFilePicker';

/** The pickers of Chromium would open a window that nobody closes. */
function withPicker(name: PickerName, picker: () => Promise<unknown>): Disposable {
  const before = Object.getOwnPropertyDescriptor(window, name);
  Object.defineProperty(window, name, { value: picker, configurable: true, writable: true });
  return {
    [Symbol.dispose]() {
      if (before) Object.defineProperty(window, name, before);
      else Reflect.deleteProperty(window, name);
    },
  };
}

describe('downloading into a folder that has the files already', () => {
  const make = (manager: TransferManager, conflict: ConflictPolicy = 'ask') =>
    fixture<DownloadButtonElement>(
      html`<download-button .manager=${manager} path="run/" conflict=${conflict} no-size></download-button>`,
    );

  it('fetches nothing again of what is the same, and says so', async () => {
    await using directory = await temporaryDirectory();
    using _ = withPicker('showDirectoryPicker', async () => directory);
    const { manager, fetched } = storage();
    const list = await fixture<TransferListElement>(
      html`<transfer-list .manager=${manager}></transfer-list>`,
    );
    const button = await make(manager);
    await (await button.download())!.finished;
    expect(fetched.length).to.equal(count);
    fetched.length = 0;
    const again = await button.download();
    expect((await again!.finished).state).to.equal('done');
    expect(fetched).to.deep.equal([]);
    await until(() => textOf(button).includes(`${count} were there already`), 'the words at the button');
    const shown = () =>
      [...list.shadowRoot!.querySelectorAll('transfer-list-job')].map(textOf).join() + textOf(list);
    await until(() => shown().includes(`${count} were there already`), 'the words in the list');
    expect(isAsked(button)).to.equal(false);
  });

  it('asks about what was changed there, once for all, and overwrites nothing by itself', async () => {
    await using directory = await temporaryDirectory();
    using _ = withPicker('showDirectoryPicker', async () => directory);
    const { manager } = storage();
    const button = await make(manager);
    await (await button.download())!.finished;
    await edit(directory, '1.txt');
    await edit(directory, '2.txt');
    const again = (await button.download())!;
    await until(() => isAsked(button), 'the question');
    expect(textOf(button)).to.contain('another one than that at the storage');
    await until(() => textOf(button).includes('Needs your answer'), 'the word at the button');
    await expect(button).to.be.accessible();
    await until(() => again.items.inState(['needs-answer']).length === 2, 'both questions');
    find<HTMLInputElement>(button, '.conflict [name=rest]').click();
    find(button, '[data-answer=rename]').click();
    await again.finished;
    expect(isAsked(button)).to.equal(false);
    expect(statesOf(again)).to.deep.equal(['skipped', 'done', 'done', 'skipped']);
    for (const index of [1, 2]) {
      expect(await read(directory, `${index}.txt`)).to.equal('my own notes');
      expect(await read(directory, `${index} (2).txt`)).to.equal(`remote ${index}`);
    }
    await until(() => textOf(button).includes('Saved · 2 were there already'), 'the words at the button');
  });

  it('asks nobody where the page has chosen', async () => {
    await using directory = await temporaryDirectory();
    using _ = withPicker('showDirectoryPicker', async () => directory);
    const { manager, fetched } = storage();
    await (await (await make(manager)).download())!.finished;
    await edit(directory, '1.txt');
    fetched.length = 0;
    await (await (await make(manager, 'skip')).download())!.finished;
    expect(fetched).to.deep.equal([]);
    expect(await read(directory, '1.txt')).to.equal('my own notes');
    await (await (await make(manager, 'skip-same')).download())!.finished;
    expect(fetched).to.deep.equal(['run/1.txt']);
    expect(await read(directory, '1.txt')).to.equal('remote 1');
  });

  it('asks about metadata files only where they differ', async () => {
    await using directory = await temporaryDirectory();
    using _ = withPicker('showDirectoryPicker', async () => directory);
    const { manager } = storage();
    const button = await make(manager);
    button.metadata = true;
    await (await button.download())!.finished;
    const again = await button.download();
    expect((await again!.finished).state).to.equal('done');
    expect(new Set(statesOf(again))).to.deep.equal(new Set(['skipped']));
  });

  it('is the same in a file browser', async () => {
    await using directory = await temporaryDirectory();
    using _ = withPicker('showDirectoryPicker', async () => directory);
    const { manager, fetched } = storage();
    // Shows the question as a file browser does.
    const host = await make(manager);
    const conflicts = new ConflictController(host);
    const folder = { path: 'run/', id: 'run/', name: 'run', kind: 'folder' } as Entry;
    const download = async () =>
      (await operationsOf(manager, conflicts).download([folder])) as unknown as TransferJob;
    await (await download()).finished;
    await edit(directory, '3.txt');
    fetched.length = 0;
    const again = await download();
    await until(() => conflicts.question !== undefined, 'the question');
    expect(conflicts.question!.kind).to.equal('download');
    expect(conflicts.question!.choices).to.deep.equal(['rename', 'replace', 'skip']);
    conflicts.answer('skip', false);
    await again.finished;
    expect(fetched).to.deep.equal([]);
    expect(await read(directory, '3.txt')).to.equal('my own notes');
  });
});

describe('leaving a page that downloads', () => {
  /** Whether the browser would ask before the page is left. */
  const asks = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }));

  async function downloading() {
    const manager = new FakeManager();
    const button = await fixture<DownloadButtonElement>(
      html`<download-button .manager=${manager.asManager} path="a.bin" no-size></download-button>`,
    );
    await button.download();
    return { button, job: manager.downloads[0]!.job };
  }

  it('is asked about while a button’s files come, also when the button has gone', async () => {
    expect(asks()).to.equal(false);
    const { button, job } = await downloading();
    expect(asks()).to.equal(true);
    button.remove();
    expect(asks()).to.equal(true);
    job.set(0, 'done').end();
    expect(asks()).to.equal(false);
  });

  it('is asked about while a file browser’s files come', async () => {
    const manager = new FakeManager();
    const host = await fixture<DownloadButtonElement>(html`<download-button></download-button>`);
    const file = { path: 'a.bin', id: 'a.bin', name: 'a.bin', kind: 'file' } as Entry;
    await operationsOf(manager.asManager, new ConflictController(host)).download([file]);
    expect(asks()).to.equal(true);
    manager.downloads[0]!.job.set(0, 'done').end();
    expect(asks()).to.equal(false);
  });

  it('is not asked about for what the browser saves by itself', async () => {
    const { job } = await downloading();
    job.facts = navigationFacts;
    expect(asks()).to.equal(false);
    job.set(0, 'done').end();
  });
});

describe('saving over a file that the person picks', () => {
  async function pickedFor(stat: (path: string) => Promise<unknown>) {
    const manager = new FakeManager();
    Object.assign(manager.adapter, { stat });
    let picked = 0;
    using _ = withPicker('showSaveFilePicker', async () => {
      picked += 1;
      return { kind: 'file', name: 'a.bin' };
    });
    const button = await fixture<DownloadButtonElement>(
      html`<download-button .manager=${manager.asManager} path="a.bin" to="file" no-size></download-button>`,
    );
    await button.download();
    await button.updateComplete;
    return { picked, started: manager.downloads.length, button };
  }

  it('opens no picker, which would empty it, for what is gone or refused', async () => {
    const gone = await pickedFor(async () => undefined);
    expect([gone.picked, gone.started]).to.deep.equal([0, 0]);
    expect(gone.button.matches(':state(error)')).to.equal(true);
    const refused = await pickedFor(async () => {
      throw forbidden;
    });
    expect([refused.picked, refused.started]).to.deep.equal([0, 0]);
    expect(textOf(refused.button)).to.contain('refused');
  });

  it('opens it for what is there, and where nobody knows', async () => {
    const there = await pickedFor(async () => ({ size: 1 }));
    expect([there.picked, there.started]).to.deep.equal([1, 1]);
    const unknown = await pickedFor(async () => {
      throw offline;
    });
    expect([unknown.picked, unknown.started]).to.deep.equal([1, 1]);
    const broken = await pickedFor(async () => {
      throw new TransferError('Try again.', { kind: 'retry', reason: 'server' });
    });
    expect(broken.picked).to.equal(1);
  });
});

describe('a button for a folder', () => {
  async function shown(pages: number) {
    const manager = new FakeManager();
    let asked = 0;
    const list = async () => {
      asked += 1;
      const entries = Array.from({ length: 10 }, (_, index) => ({
        path: `run/${asked}-${index}`,
        kind: 'file',
        size: 1024,
      }));
      return { entries, ...(asked < pages ? { next: `page ${asked + 1}` } : {}) };
    };
    Object.assign(manager.adapter, { list, capabilities: { overwrite: 'replace', recursiveList: true } });
    const button = await fixture<DownloadButtonElement>(
      html`<download-button .manager=${manager.asManager} path="run/"></download-button>`,
    );
    const size = () => find(button, '[part=size]')?.textContent?.replaceAll('\u00A0', ' ') ?? '';
    await until(() => size() !== '', 'the numbers');
    return { text: size(), asked: () => asked };
  }

  it('says how many files there are, and how large they are', async () => {
    expect((await shown(2)).text).to.equal('20 files · 20 KiB');
  });

  it('says that there are more, rather than list them all', async () => {
    const { text, asked } = await shown(100);
    expect(text).to.equal('more than 30 files · more than 30 KiB');
    expect(asked()).to.equal(3);
  });
});

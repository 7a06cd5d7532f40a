import { aTimeout, expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { UnfinishedUpload } from '../../src/adapters/adapter.js';
import { TransferError } from '../../src/core/errors.js';
import type { ResumePromptElement } from '../../src/elements/resume-prompt/resume-prompt.js';
import { TransferListElement } from '../../src/elements/transfer-list/transfer-list.js';
import { UploadDropzoneElement } from '../../src/elements/upload-dropzone/upload-dropzone.js';
import type { InterruptedUpload, NotResumed, ResumeOptions } from '../../src/transfer/interrupted.js';
import { FakeJob, FakeManager } from './fakes.js';
import { until } from './until.js';

TransferListElement.define();
UploadDropzoneElement.define();

const mebibyte = 1024 ** 2;
const plain = (text: string | null | undefined) => (text ?? '').replace(/[\s\u00A0]+/g, ' ').trim();

const upload = (name: string, more: Partial<InterruptedUpload> = {}): InterruptedUpload => ({
  id: name,
  path: `runs/${name}`,
  name,
  size: 100 * mebibyte,
  stored: 25 * mebibyte,
  started: 1_700_000_000_000,
  updated: 1_700_000_100_000,
  expires: 1_900_000_000_000,
  needsFile: false,
  isElsewhere: false,
  ...more,
});

/** A manager with uploads of an earlier page. */
class LeftManager extends FakeManager {
  readonly resumed: { ids: string[]; files: readonly unknown[] }[] = [];
  readonly discarded: string[][] = [];
  refuses: NotResumed['why'] | undefined;
  unknown: File[] = [];

  constructor(left: readonly InterruptedUpload[]) {
    super();
    this.left = left;
  }

  async resumeInterrupted(uploads: readonly InterruptedUpload[], { files = [] }: ResumeOptions = {}) {
    const given = [...files];
    this.resumed.push({ ids: uploads.map(({ id }) => id), files: given });
    const why = (each: InterruptedUpload) =>
      this.refuses ?? (each.needsFile && given.length === 0 ? 'needs-file' : undefined);
    const going = uploads.filter(each => !why(each) && this.unknown.length === 0);
    const notResumed = uploads.filter(each => !going.includes(each));
    this.#without(going);
    const job = new FakeJob('upload', 'big.bin', [['runs/big.bin', 100]]);
    return {
      job: going.length > 0 ? this.add(job) : undefined,
      notResumed: notResumed.map(each => ({ upload: each, why: why(each) ?? 'needs-file' })),
      unknownFiles: this.unknown,
    };
  }

  async discardInterrupted(uploads: readonly InterruptedUpload[]) {
    this.discarded.push(uploads.map(({ id }) => id));
    if (this.refuses) return uploads;
    this.#without(uploads);
    return [];
  }

  #without(gone: readonly InterruptedUpload[]): void {
    this.left = this.left.filter(({ id }) => !gone.some(each => each.id === id));
    this.dispatchEvent(new Event('interruptedchange'));
  }
}

async function settle(element: ResumePromptElement) {
  await aTimeout(0);
  await element.updateComplete;
  await aTimeout(20);
  await element.updateComplete;
}

async function make(manager: LeftManager, locale?: string) {
  const element = await fixture<ResumePromptElement>(
    html`<resume-prompt .manager=${manager.asManager} .locale=${locale}></resume-prompt>`,
  );
  await settle(element);
  return element;
}

const root = (element: Element) => element.shadowRoot!;
const button = (element: Element, action: string) =>
  root(element).querySelector<HTMLButtonElement>(`[data-action=${action}]`)!;
const text = (element: Element) => plain(root(element).textContent);

describe('<resume-prompt>', () => {
  it('says nothing while nothing was interrupted', async () => {
    const element = await make(new LeftManager([]));
    expect(text(element)).to.equal('');
    expect(element.offsetHeight).to.equal(0);
  });

  it('says how many uploads were interrupted and how much of them is stored', async () => {
    const element = await make(
      new LeftManager(['a.bin', 'b.bin', 'c.bin', 'd.bin'].map(name => upload(name))),
    );
    expect(text(element)).to.contain('4 uploads were interrupted');
    expect(text(element)).to.contain('100 MiB of 400 MiB are stored already');
    expect(root(element).querySelectorAll('li')).to.have.length(3);
    button(element, 'show-all').click();
    await element.updateComplete;
    expect(root(element).querySelectorAll('li')).to.have.length(4);
    await expect(element).to.be.accessible();
  });

  it('goes on with all of them by one key press, and is gone', async () => {
    const manager = new LeftManager([upload('a.bin'), upload('b.bin')]);
    const element = await make(manager);
    let gone: boolean | undefined;
    let resumed: unknown;
    element.addEventListener(
      'prompt-gone',
      event => (gone = (event as Event & { hadFocus: boolean }).hadFocus),
    );
    element.addEventListener('resumed', event => (resumed = (event as Event & { job: unknown }).job));
    button(element, 'resume').focus();
    await sendKeys({ press: 'Enter' });
    await settle(element);
    expect(manager.resumed).to.deep.equal([{ ids: ['a.bin', 'b.bin'], files: [] }]);
    expect(resumed).to.equal(manager.jobs[0]);
    expect(gone).to.equal(true);
    expect(text(element)).to.equal('');
  });

  it('asks for files that the browser could not keep, and takes those that are chosen', async () => {
    const manager = new LeftManager([upload('a.bin', { needsFile: true })]);
    const element = await make(manager);
    const before = Object.getOwnPropertyDescriptor(window, 'showOpenFilePicker');
    const file = new File(['x'], 'a.bin');
    Object.defineProperty(window, 'showOpenFilePicker', {
      configurable: true,
      value: async () => [{ kind: 'file', name: 'a.bin', getFile: async () => file }],
    });
    try {
      expect(plain(button(element, 'resume').textContent)).to.equal('Choose the file and resume');
      button(element, 'resume').click();
      await settle(element);
      await aTimeout(20);
    } finally {
      delete (window as { showOpenFilePicker?: unknown }).showOpenFilePicker;
      if (before) Object.defineProperty(window, 'showOpenFilePicker', before);
    }
    expect(manager.resumed).to.have.length(1);
    expect(manager.resumed[0]!.files[0]).to.include({ file, path: 'a.bin' });
    expect(text(element)).to.equal('');
  });

  it('says which chosen file is none of them', async () => {
    const manager = new LeftManager([upload('a.bin', { needsFile: true })]);
    manager.unknown = [new File(['x'], 'wrong.bin')];
    const element = await make(manager);
    const input = root(element).querySelector<HTMLInputElement>('#files')!;
    const transfer = new DataTransfer();
    transfer.items.add(manager.unknown[0]!);
    input.files = transfer.files;
    input.dispatchEvent(new Event('change'));
    await settle(element);
    expect(text(element)).to.contain('wrong.bin is none of the interrupted files');
    expect(text(element)).to.contain('1 upload was interrupted');
    await expect(element).to.be.accessible();
  });

  for (const [why, sentence] of [
    ['no-permission', 'not allowed to read'],
    ['elsewhere', 'Another tab has gone on'],
    ['file-gone', 'moved or removed'],
  ] as const) {
    it(`says why an upload did not go on: ${why}`, async () => {
      const manager = new LeftManager([upload('a.bin')]);
      manager.refuses = why;
      const element = await make(manager);
      Object.defineProperty(window, 'showOpenFilePicker', {
        configurable: true,
        value: () => Promise.reject(new DOMException('', 'AbortError')),
      });
      button(element, 'resume').click();
      await settle(element);
      delete (window as { showOpenFilePicker?: unknown }).showOpenFilePicker;
      expect(text(element)).to.contain(sentence);
    });
  }

  it('discards all of them, or a single one', async () => {
    const manager = new LeftManager([upload('a.bin'), upload('b.bin'), upload('c.bin')]);
    const element = await make(manager);
    const rowButton = (row: number) =>
      root(element).querySelector<HTMLButtonElement>(`li:nth-child(${row}) button`)!;
    rowButton(2).focus();
    rowButton(2).click();
    await settle(element);
    expect(manager.discarded).to.deep.equal([['b.bin']]);
    expect(text(element)).to.contain('2 uploads were interrupted');
    expect(rowButton(2).matches(':focus')).to.equal(true);
    button(element, 'discard').click();
    await settle(element);
    expect(manager.discarded[1]).to.deep.equal(['a.bin', 'c.bin']);
    expect(text(element)).to.equal('');
  });

  it('says that the storage could not remove what is there', async () => {
    const manager = new LeftManager([upload('a.bin')]);
    manager.refuses = 'needs-file';
    const element = await make(manager);
    button(element, 'discard').click();
    await settle(element);
    expect(text(element)).to.contain('kept on record');
  });

  it('shows what runs in another tab, with nothing to press', async () => {
    const element = await make(new LeftManager([upload('a.bin', { isElsewhere: true })]));
    expect(text(element)).to.contain('1 upload runs in another tab');
    expect(root(element).querySelectorAll('button')).to.have.length(0);
    await expect(element).to.be.accessible();
  });

  it('says while something goes up that the browser keeps nothing', async () => {
    const manager = new LeftManager([]);
    const element = await make(manager);
    manager.journalProblem = new TransferError('…', { kind: 'fatal', reason: 'quota' });
    manager.dispatchEvent(new Event('interruptedchange'));
    await settle(element);
    expect(text(element)).to.equal('');
    const job = manager.add(new FakeJob('upload', 'big.bin', [['big.bin', 100]]));
    job.set(0, 'active');
    manager.dispatchEvent(new Event('interruptedchange'));
    await settle(element);
    expect(text(element)).to.contain('Keep this page open').and.to.contain('disk is full');
    await expect(element).to.be.accessible();
    job.set(0, 'done').end();
    manager.dispatchEvent(Object.assign(new Event('jobend'), { job }));
    await settle(element);
    expect(text(element)).to.equal('');
  });

  it('speaks German', async () => {
    const element = await make(new LeftManager([upload('a.bin'), upload('b.bin')]), 'de');
    await until(() => text(element).includes('Uploads wurden'), 'the German words');
    expect(text(element)).to.contain('2 Uploads wurden unterbrochen');
    expect(plain(button(element, 'resume').textContent)).to.equal('Fortsetzen');
  });
});

describe('<transfer-list clean-up>', () => {
  const day = 24 * 60 * 60 * 1000;

  async function withStrays(
    strays: UnfinishedUpload[],
    remove = async (gone: readonly UnfinishedUpload[]) => {
      for (const each of gone) strays.splice(strays.indexOf(each), 1);
    },
  ) {
    const manager = Object.assign(new FakeManager(), {
      strayUploads: async () => [...strays],
      abortStrayUploads: remove,
    });
    const list = await fixture<TransferListElement>(
      html`<transfer-list .manager=${manager.asManager} clean-up></transfer-list>`,
    );
    const prompt = root(list).querySelector('stray-prompt')!;
    await aTimeout(30);
    await prompt.updateComplete;
    return prompt;
  }
  const stray = (name: string, age: number | undefined): UnfinishedUpload => ({
    path: `runs/${name}`,
    state: { uploadId: name },
    ...(age === undefined ? {} : { started: Date.now() - age }),
  });

  it('offers to remove old uploads that nobody goes on with, and leaves young ones alone', async () => {
    const strays = [stray('old.bin', 3 * day), stray('young.bin', day / 2), stray('unknown.bin', undefined)];
    const prompt = await withStrays(strays);
    expect(text(prompt)).to.contain('1 unfinished upload lies at the storage').and.to.contain('old.bin');
    expect(text(prompt)).not.to.contain('young.bin').and.not.to.contain('unknown.bin');
    await expect(prompt).to.be.accessible();
    button(prompt, 'remove').click();
    await aTimeout(30);
    await prompt.updateComplete;
    expect(strays.map(({ path }) => path)).to.deep.equal(['runs/young.bin', 'runs/unknown.bin']);
    expect(text(prompt)).to.equal('');
  });

  it('leaves the keyboard in the list when the button that was pressed goes', async () => {
    const prompt = await withStrays([stray('old.bin', 3 * day)]);
    button(prompt, 'remove').focus();
    button(prompt, 'remove').click();
    await aTimeout(30);
    await prompt.updateComplete;
    expect(document.activeElement?.localName).to.equal('transfer-list');
  });

  it('says why they could not be removed', async () => {
    const prompt = await withStrays([stray('old.bin', 3 * day)], async () => {
      throw new TransferError('The storage does not allow this.', { kind: 'fatal', reason: 'forbidden' });
    });
    button(prompt, 'remove').click();
    await aTimeout(30);
    await prompt.updateComplete;
    expect(text(prompt)).to.contain('The storage does not allow this.').and.to.contain('old.bin');
  });

  it('asks nothing of the storage without the attribute', async () => {
    const list = await fixture<TransferListElement>(
      html`<transfer-list .manager=${new FakeManager().asManager}></transfer-list>`,
    );
    expect(root(list).querySelector('stray-prompt')).to.equal(null);
  });
});

describe('interrupted uploads in the elements', () => {
  const inner = (element: Element) => root(element).querySelector<ResumePromptElement>('resume-prompt');

  it('are offered by a transfer list, which keeps the focus when they go on', async () => {
    const manager = new LeftManager([upload('a.bin')]);
    const list = await fixture<TransferListElement>(
      html`<transfer-list .manager=${manager.asManager}></transfer-list>`,
    );
    await settle(inner(list)!);
    button(inner(list)!, 'resume').focus();
    button(inner(list)!, 'resume').click();
    await settle(inner(list)!);
    await list.updateComplete;
    await aTimeout(50);
    expect(root(list).querySelector('transfer-list-job')).not.to.equal(null);
    expect(document.activeElement).to.equal(list);
  });

  it('are offered by a drop zone if they go to its folder, and count in its value', async () => {
    const manager = new LeftManager([upload('a.bin'), upload('b.bin', { path: 'other/b.bin' })]);
    const zone = await fixture<UploadDropzoneElement>(
      html`<upload-dropzone .manager=${manager.asManager} path="runs/"></upload-dropzone>`,
    );
    await settle(inner(zone)!);
    expect(text(inner(zone)!)).to.contain('1 upload was interrupted');
    button(inner(zone)!, 'resume').click();
    await settle(inner(zone)!);
    expect(manager.resumed).to.deep.equal([{ ids: ['a.bin'], files: [] }]);
    expect(zone.jobs).to.have.length(1);
  });

  it('are left to the transfer list by a drop zone without a list', async () => {
    const manager = new LeftManager([upload('a.bin')]);
    const zone = await fixture<UploadDropzoneElement>(
      html`<upload-dropzone .manager=${manager.asManager} no-list></upload-dropzone>`,
    );
    expect(inner(zone)).to.equal(null);
  });
});

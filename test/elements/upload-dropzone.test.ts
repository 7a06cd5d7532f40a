import { aTimeout, expect, fixture, html, oneEvent } from '@open-wc/testing';
import { sendKeys, sendMouse } from '@web/test-runner-commands';
import { memory } from '../../src/adapters/memory/index.js';
import type { KitElement } from '../../src/elements/kit-element.js';
import type { TransferEndEvent } from '../../src/elements/transfer-events.js';
import { TransferListElement } from '../../src/elements/transfer-list/transfer-list.js';
import type {
  BeforeUploadEvent,
  FilesRejectedEvent,
} from '../../src/elements/upload-dropzone/upload-dropzone.events.js';
import { UploadDropzoneElement } from '../../src/elements/upload-dropzone/upload-dropzone.js';
import { managerFor } from '../../src/transfer/backends.js';
import type { ConflictAnswer } from '../../src/transfer/types.js';
import { FakeManager, forbidden } from './fakes.js';
import { until } from './until.js';

UploadDropzoneElement.define();
TransferListElement.define();

const file = (name: string, size = 4, type = '') => new File([new Uint8Array(size)], name, { type });
const find = <E extends HTMLElement>(element: Element, selector: string) =>
  element.shadowRoot!.querySelector<E>(selector);
const findAll = (element: Element, selector: string) => [
  ...element.shadowRoot!.querySelectorAll<HTMLElement>(selector),
];
const centreOf = (element: Element): [number, number] => {
  const box = element.getBoundingClientRect();
  return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
};
const plain = (text: string | null | undefined) => (text ?? '').replace(/[\s\u00A0]+/g, ' ').trim();
const textOf = (element: Element) => plain(element.shadowRoot!.textContent);

async function make(properties: Partial<UploadDropzoneElement> = {}, manager = new FakeManager()) {
  const element = await fixture<UploadDropzoneElement>(html`<upload-dropzone></upload-dropzone>`);
  Object.assign(element, { manager: manager.asManager, path: 'in/', ...properties });
  await element.updateComplete;
  return { element, manager };
}

function dropOn(target: EventTarget, files: readonly File[], type = 'drop') {
  const transfer = new DataTransfer();
  for (const each of files) transfer.items.add(each);
  const event = new DragEvent(type, {
    dataTransfer: transfer,
    bubbles: true,
    composed: true,
    cancelable: true,
  });
  target.dispatchEvent(event);
  return event;
}

describe('<upload-dropzone> takes files', () => {
  it('that are dropped', async () => {
    const { element, manager } = await make();
    const over = dropOn(element, [file('a.txt')], 'dragover');
    expect(over.defaultPrevented).to.equal(true);
    await element.updateComplete;
    expect(element.matches(':state(dragover)')).to.equal(true);
    expect(textOf(element)).to.contain('Let go to upload to in/');
    await expect(element).to.be.accessible();
    const started = oneEvent(element, 'transfer-start');
    expect(dropOn(element, [file('a.txt'), file('b.txt')]).defaultPrevented).to.equal(true);
    await started;
    expect(element.matches(':state(dragover)')).to.equal(false);
    expect(manager.uploads[0]!.options.into).to.equal('in/');
    expect(manager.uploads[0]!.job.items.length).to.equal(2);
  });

  it('and leaves drags of text alone', async () => {
    const { element } = await make();
    const transfer = new DataTransfer();
    transfer.setData('text/plain', 'words');
    const event = new DragEvent('dragover', { dataTransfer: transfer, bubbles: true, cancelable: true });
    element.dispatchEvent(event);
    expect(event.defaultPrevented).to.equal(false);
  });

  it('anywhere on the page, when asked to', async () => {
    const { element, manager } = await make({ wholePage: true });
    dropOn(document.body, [file('a.txt')], 'dragover');
    await element.updateComplete;
    expect(find(element, '.page-cover')!.matches(':popover-open')).to.equal(true);
    dropOn(document.body, [file('a.txt')]);
    await until(() => manager.uploads.length === 1);
    await element.updateComplete;
    expect(find(element, '.page-cover')!.matches(':popover-open')).to.equal(false);
    element.wholePage = false;
    await element.updateComplete;
    expect(dropOn(document.body, [file('b.txt')]).defaultPrevented).to.equal(false);
  });

  it('that are pasted while it has the focus, wherever the browser sends the event', async () => {
    const { element, manager } = await make();
    const paste = (target: EventTarget, name: string): boolean => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(file(name));
      // Firefox does not let a script give files to a made-up ClipboardEvent.
      const event = new Event('paste', { bubbles: true, composed: true, cancelable: true });
      Object.defineProperty(event, 'clipboardData', { value: clipboardData });
      target.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(paste(document.body, 'foreign.txt'), 'without the focus').to.equal(false);
    expect(paste(element, 'on-it.txt')).to.equal(true);
    element.focus();
    // Firefox sends it to where the text selection is.
    expect(paste(document.body, 'at-body.txt')).to.equal(true);
    element.blur();
    element.wholePage = true;
    expect(paste(document.body, 'anywhere.txt')).to.equal(true);
    await until(() => manager.uploads.length === 3);
  });

  it('that are chosen, with their handles where the browser gives them', async () => {
    const { element, manager } = await make({ directory: true });
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle('picked.txt', { create: true });
    const folder = await root.getDirectoryHandle('picked-folder', { create: true });
    await folder.getFileHandle('inner.txt', { create: true });
    const stubs = { showOpenFilePicker: async () => [handle], showDirectoryPicker: async () => folder };
    const before = Object.keys(stubs).map(
      name => [name, Object.getOwnPropertyDescriptor(window, name)] as const,
    );
    for (const [name, value] of Object.entries(stubs))
      Object.defineProperty(window, name, { value, configurable: true });
    try {
      find(element, '[data-action=choose-files]')!.click();
      await until(() => manager.uploads.length === 1);
      expect((manager.uploads[0]!.files[0] as { handle?: unknown }).handle === handle).to.equal(true);
      find(element, '[data-action=choose-folder]')!.click();
      await until(() => manager.uploads.length === 2);
      expect((manager.uploads[1]!.files[0] as { path: string }).path).to.equal('picked-folder/inner.txt');
    } finally {
      for (const [name, descriptor] of before) {
        if (descriptor) Object.defineProperty(window, name, descriptor);
        else delete (window as unknown as Record<string, unknown>)[name];
      }
    }
  });

  it('through its inputs, the same one twice', async () => {
    const { element, manager } = await make();
    const input = find<HTMLInputElement>(element, 'input[type=file]')!;
    for (const count of [1, 2]) {
      const transfer = new DataTransfer();
      transfer.items.add(file('a.txt'));
      input.files = transfer.files;
      input.dispatchEvent(new Event('change'));
      await until(() => manager.uploads.length === count);
    }
  });

  it('not while it is switched off, without letting the page be left', async () => {
    const { element, manager } = await make({ disabled: true });
    expect(dropOn(element, [file('a.txt')]).defaultPrevented).to.equal(true);
    await aTimeout(50);
    expect(manager.uploads.length).to.equal(0);
    expect(element.matches(':state(disabled)')).to.equal(true);
    await expect(element).to.be.accessible();
  });

  it('not from a storage that takes none', async () => {
    const { element } = await make({}, new FakeManager({ without: ['openUpload'] }));
    expect(textOf(element)).to.contain('This storage takes no uploads.');
    expect(find<HTMLButtonElement>(element, '[data-action=choose-files]')!.disabled).to.equal(true);
  });
});

describe('<upload-dropzone> refuses', () => {
  const cases: [
    name: string,
    properties: Partial<UploadDropzoneElement>,
    file: File,
    reason: string,
    words: string,
  ][] = [
    ['a wrong type', { accept: '.csv,image/*' }, file('a.exe'), 'type', 'Allowed: .csv and images'],
    [
      'too large a file',
      { maxSize: '1 kB' },
      file('a.bin', 2048),
      'too-large',
      '2 KiB, more than the 1,000 B',
    ],
    [
      'too large a file where the page writes decimal units',
      { maxSize: '1 kB', units: 'si' },
      file('a.bin', 2000),
      'too-large',
      '2 kB, more than the 1 kB',
    ],
    [
      'a file that is one byte too large',
      { maxSize: '10 KiB' },
      file('a.bin', 10_241),
      'too-large',
      '10,241 bytes, more than the 10,240 bytes',
    ],
    ['too small a file', { minSize: '1KiB' }, file('a.bin', 512), 'too-small', '512 B, less than the 1 KiB'],
    ['an empty file', { minSize: 1 }, file('a.bin', 0), 'too-small', 'empty'],
  ];
  for (const [name, properties, bad, reason, words] of cases)
    it(`${name}, and says what is allowed`, async () => {
      const { element, manager } = await make(properties);
      const rejected = oneEvent(element, 'files-rejected') as Promise<Event> as Promise<FilesRejectedEvent>;
      await element.add([bad]);
      const [rejection] = (await rejected).rejections;
      expect(rejection!.reason).to.equal(reason);
      expect(plain(rejection!.message)).to.contain(words);
      expect(textOf(element)).to.contain('1 file was not taken');
      expect(manager.uploads.length).to.equal(0);
      expect(element.matches(':state(error)')).to.equal(true);
      await expect(element).to.be.accessible();
    });

  it('what is one too many, and takes the others', async () => {
    const { element, manager } = await make({ maxFiles: 2 });
    await element.add([file('a'), file('b'), file('c')]);
    expect(manager.uploads[0]!.files.length).to.equal(2);
    expect(textOf(element)).to.contain('c: only 2 files can be given here.');
    // The two on their way count, also for the next drop.
    await element.add([file('d')]);
    expect(manager.uploads.length).to.equal(1);
  });

  it('what is one too many over several drops, whichever comes first, and says what came before', async () => {
    const manager = new FakeManager();
    const { element } = await make({ maxFiles: 2 }, manager);
    await Promise.all([element.add([file('a')]), element.add([file('b')]), element.add([file('c')])]);
    expect(manager.uploads.length).to.equal(2);
    await element.add([file('d')]);
    expect(textOf(element)).to.contain('d: only 2 files can be given here; 2 of them were given before.');
    expect(manager.uploads.length).to.equal(2);
    element.clear();
    expect(await element.add([file('e')])).not.to.equal(undefined);
  });

  it('what is one too many while the page still thinks about the first', async () => {
    const { element, manager } = await make({ maxFiles: 1 });
    let allow: (isAllowed: boolean) => void = () => {};
    element.addEventListener('before-upload', event =>
      (event as BeforeUploadEvent).waitUntil(new Promise<boolean>(resolve => (allow = resolve))),
    );
    const first = element.add([file('a')]);
    await aTimeout(20);
    expect(await element.add([file('b')])).to.equal(undefined);
    allow(false);
    expect(await first).to.equal(undefined);
    // What the page forbade takes up no room.
    const third = element.add([file('c')]);
    await aTimeout(20);
    allow(true);
    expect(await third).not.to.equal(undefined);
    expect(manager.uploads.length).to.equal(1);
  });

  it('folders unless told to take them', async () => {
    const { element, manager } = await make();
    await element.add([
      { file: file('a.txt'), path: 'folder/a.txt' },
      { kind: 'folder', path: 'empty/' },
    ]);
    expect(manager.uploads.length).to.equal(0);
    expect(textOf(element)).to.contain('folders are not taken here');
    element.directory = true;
    await element.add([
      { file: file('a.txt'), path: 'folder/a.txt' },
      { kind: 'folder', path: 'empty/' },
    ]);
    expect(manager.uploads[0]!.files.length).to.equal(2);
  });

  it('many in a short list that can be opened', async () => {
    const { element } = await make({ accept: '.csv' });
    await element.add(Array.from({ length: 40 }, (_, index) => file(`${index}.exe`)));
    expect(element.shadowRoot!.querySelectorAll('.rejections li').length).to.equal(5);
    find(element, '[data-action=show-rejections]')!.click();
    await element.updateComplete;
    expect(element.shadowRoot!.querySelectorAll('.rejections li').length).to.equal(40);
    await expect(element).to.be.accessible();
  });

  it('a size attribute that cannot be read, aloud to whoever built the page', async () => {
    const warnings: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => warnings.push(text);
    try {
      const { element, manager } = await make({ maxSize: 'huge' });
      await element.add([file('a')]);
      expect(manager.uploads.length).to.equal(1);
    } finally {
      console.warn = warn;
    }
    expect(warnings.filter(text => text.includes('huge')).length).to.equal(1);
  });
});

describe('<upload-dropzone> uploads', () => {
  it('only what the page lets through', async () => {
    const { element, manager } = await make();
    element.addEventListener('before-upload', event => event.preventDefault(), { once: true });
    expect(await element.add([file('a')])).to.equal(undefined);
    element.addEventListener(
      'before-upload',
      event => {
        (event as BeforeUploadEvent).files = [file('renamed')];
        (event as BeforeUploadEvent).waitUntil(aTimeout(10));
      },
      { once: true },
    );
    await element.add([file('a')]);
    expect(manager.uploads.length).to.equal(1);
    expect((manager.uploads[0]!.files[0] as File).name).to.equal('renamed');
  });

  it('with progress for each file and all, and controls', async () => {
    const { element, manager } = await make();
    await element.add([file('a.bin', 1000), file('b.bin', 1000)]);
    const { job } = manager.uploads[0]!;
    let progress = 0;
    element.addEventListener('transfer-progress', () => progress++);
    job.set(0, 'done').set(1, 'active', { bytes: 500 }).tell('progress', 'itemchange', 'statechange');
    await aTimeout(300);
    expect(progress).to.equal(1);
    expect(element.matches(':state(uploading)')).to.equal(true);
    const inner = find(element, 'transfer-list-job')!;
    expect(plain(inner.shadowRoot!.textContent)).to.contain('1 of 2 files');
    expect(inner.shadowRoot!.querySelectorAll('progress').length).to.equal(2);
    await expect(element).to.be.accessible();
    for (const action of ['pause', 'resume', 'cancel']) {
      inner.shadowRoot!.querySelector<HTMLElement>(`.actions [data-action=${action}]`)!.click();
      await aTimeout(50);
    }
    expect(job.calls).to.deep.equal(['pause all', 'resume all', 'cancel all']);
    expect(element.matches(':state(uploading)')).to.equal(false);
  });

  it('and says the end of each try', async () => {
    const { element, manager } = await make();
    const states: string[] = [];
    element.addEventListener('transfer-end', event => states.push(event.result.state));
    await element.add([file('a'), file('b')]);
    const { job } = manager.uploads[0]!;
    job.set(0, 'done').set(1, 'failed', { error: forbidden }).end();
    job.retryFailed();
    job.set(1, 'done').end();
    expect(states).to.deep.equal(['incomplete', 'done']);
  });

  it('nothing when there was nothing, and says so', async () => {
    const { element, manager } = await make();
    await element.add([]);
    expect(manager.uploads.length).to.equal(0);
    expect(textOf(element)).to.contain('Nothing to upload was in there.');
    await expect(element).to.be.accessible();
  });

  it('nothing of what is still being read, when it is cleared, however many drops that are', async () => {
    const { element, manager } = await make({ directory: true });
    let given = 0;
    async function* slow(folder: string) {
      for (let index = 0; index < 20; index++) {
        await aTimeout(10);
        given++;
        yield { file: file(`${index}`), path: `${folder}/${index}` };
      }
    }
    const both = [element.add(slow('one')), element.add(slow('two'))];
    await until(() => given > 4);
    expect(element.matches(':state(reading)')).to.equal(true);
    element.clear();
    expect(await Promise.all(both)).to.deep.equal([undefined, undefined]);
    expect(manager.uploads.length).to.equal(0);
    await element.updateComplete;
    expect(element.matches(':state(reading)')).to.equal(false);
  });

  it('what a stream gives, and can be stopped while reading', async () => {
    const { element, manager } = await make({ directory: true });
    let given = 0;
    const endless = async function* () {
      for (;;) {
        await aTimeout(5);
        yield file(`${given++}.txt`);
      }
    };
    const adding = element.add(endless());
    await until(() => /\d+ files so far/.test(textOf(element)));
    expect(element.matches(':state(reading)')).to.equal(true);
    await expect(element).to.be.accessible();
    find(element, '[data-action=stop-reading]')!.click();
    expect(await adding).to.equal(undefined);
    expect(manager.uploads.length).to.equal(0);
  });
});

describe('<upload-dropzone no-list>', () => {
  it('says in one line how all uploads go, and leaves their list to others', async () => {
    const { element, manager } = await make({ noList: true });
    expect(element.hasAttribute('no-list')).to.equal(false);
    await element.add([file('a.txt'), file('b.txt'), file('c.txt')]);
    const { job } = manager.uploads[0]!;
    await element.updateComplete;
    expect(find(element, 'transfer-list-job')).to.equal(null);
    expect(textOf(element)).to.contain('0 of 3 files');
    expect(find(element, '.summary progress')).not.to.equal(null);
    await expect(element).to.be.accessible();
    job.set(0, 'done').set(1, 'failed', { error: forbidden }).set(2, 'done').end();
    await element.updateComplete;
    expect(textOf(element)).to.contain('Not complete');
    expect(textOf(element)).to.contain('2 of 3 files');
    expect(textOf(element)).to.contain('1 failed');
    await expect(element).to.be.accessible();
    find(element, '.summary [data-action=retry]')!.click();
    expect(job.calls).to.include('retry all');
    job.set(1, 'done').end();
    await element.updateComplete;
    expect(textOf(element)).to.contain('Done');
    find(element, '[data-action=clear-ended]')!.click();
    await element.updateComplete;
    expect(find(element, '.summary')).to.equal(null);
    expect(element.value).to.have.length(3);
  });

  it('by itself while a transfer list on the page shows the same storage', async () => {
    const { element, manager } = await make();
    await element.add([file('a.txt'), file('b.txt')]);
    await element.updateComplete;
    const isBrief = () => find(element, 'transfer-list-job') === null && find(element, '.summary') !== null;
    const hasPrompt = () => find(element, 'resume-prompt') !== null;
    expect([isBrief(), hasPrompt()]).to.deep.equal([false, true]);
    const other = new FakeManager();
    const list = await fixture<TransferListElement>(
      html`<transfer-list .manager=${other.asManager}></transfer-list>`,
    );
    await element.updateComplete;
    expect(isBrief(), 'beside a list of another storage').to.equal(false);
    list.manager = manager.asManager;
    await list.updateComplete;
    await element.updateComplete;
    expect([isBrief(), hasPrompt()]).to.deep.equal([true, false]);
    list.remove();
    await element.updateComplete;
    expect([isBrief(), hasPrompt()]).to.deep.equal([false, true]);
  });

  it('and offers what was cancelled again', async () => {
    const { element, manager } = await make({ noList: true });
    await element.add([file('a.txt'), file('b.txt')]);
    const { job } = manager.uploads[0]!;
    await job.cancel();
    await element.updateComplete;
    find(element, '.summary [data-action=again]')!.click();
    expect(job.calls).to.deep.equal(['cancel all', 'again all']);
  });

  it('as an attribute', async () => {
    const element = await fixture<UploadDropzoneElement>(html`<upload-dropzone no-list></upload-dropzone>`);
    expect(element.noList).to.equal(true);
  });
});

describe('<upload-dropzone> asks about names that are taken', () => {
  async function ask() {
    const { element, manager } = await make();
    await element.add([file('a.txt'), file('b.txt'), file('c.txt')]);
    const { job, options } = manager.uploads[0]!;
    const question = (index: number) =>
      options.onConflict!({ item: job.items.at(index)!, existing: { size: 5000, modified: 1.6e12 } });
    return { element, manager, question };
  }
  const answer = (element: Element, name: ConflictAnswer) => find(element, `[data-answer=${name}]`)!.click();

  it('one after the other, sizes and dates beside each other', async () => {
    const { element, question } = await ask();
    const first = question(0);
    const second = question(1);
    await element.updateComplete;
    expect(find(element, '.conflict')!.matches(':popover-open')).to.equal(true);
    expect(textOf(element)).to.contain('“a.txt” is already there');
    expect(textOf(element)).to.contain('4.88 KiB');
    await expect(element).to.be.accessible();
    answer(element, 'replace');
    expect(await first).to.equal('replace');
    await element.updateComplete;
    expect(textOf(element)).to.contain('“b.txt” is already there');
    answer(element, 'rename');
    expect(await second).to.equal('rename');
    await element.updateComplete;
    expect(find(element, '.conflict')!.matches(':popover-open')).to.equal(false);
  });

  it('once for the rest, if so wished, but not for the next upload', async () => {
    const { element, manager, question } = await ask();
    const answers = [question(0), question(1)];
    await element.updateComplete;
    find<HTMLInputElement>(element, '[name=rest]')!.checked = true;
    answer(element, 'skip');
    answers.push(question(2));
    expect(await Promise.all(answers)).to.deep.equal(['skip', 'skip', 'skip']);
    await element.add([file('a.txt')]);
    const { job, options } = manager.uploads[1]!;
    let settled = false;
    void options.onConflict!({ item: job.items.at(0)!, existing: {} }).then(() => (settled = true));
    await element.updateComplete;
    expect(find(element, '.conflict')!.matches(':popover-open')).to.equal(true);
    expect(settled).to.equal(false);
    // The tick of the last question must not answer this one.
    expect(find<HTMLInputElement>(element, '[name=rest]')!.checked).to.equal(false);
  });

  it('says how many more wait, and offers only what the storage can do', async () => {
    const manager = new FakeManager();
    Object.assign(manager.adapter, { capabilities: { overwrite: 'new-identity' } });
    const { element } = await make({}, manager);
    await element.add([file('a.txt'), file('b.txt'), file('c.txt')]);
    const { job, options } = manager.uploads[0]!;
    for (const index of [0, 1, 2]) job.set(index, 'needs-answer');
    void options.onConflict!({ item: job.items.at(0)!, existing: {} });
    await element.updateComplete;
    expect(textOf(element)).to.contain('Do the same for 2 more, and all that follow');
    expect(findAll(element, '[data-answer]').map(button => button.dataset.answer)).to.deep.equal([
      'rename',
      'skip',
      'cancel',
      'cancel-all',
    ]);
  });

  it('without locking the page: the list says whose answer is missing, and leads to the question', async () => {
    const { element, manager } = await make();
    const list = await fixture<TransferListElement>(
      html`<transfer-list .manager=${manager.asManager}></transfer-list>`,
    );
    await element.add([file('a.txt')]);
    const { job, options } = manager.uploads[0]!;
    job.set(0, 'needs-answer').tell('itemchange', 'statechange');
    const answered = options.onConflict!({ item: job.items.at(0)!, existing: {} });
    await element.updateComplete;
    await list.updateComplete;
    const line = list.shadowRoot!.querySelector('transfer-list-job')!;
    await (line as KitElement).updateComplete;
    expect(textOf(line)).to.contain('Needs your answer');
    expect(textOf(line)).not.to.contain('Waiting');
    (document.activeElement as HTMLElement | null)?.blur();
    await sendMouse({ type: 'click', position: centreOf(find(line, '[data-action=answer]')!) });
    expect(find(element, '.conflict')!.contains(element.shadowRoot!.activeElement)).to.equal(true);
    await expect(list).to.be.accessible();
    await sendKeys({ press: 'Enter' });
    expect(await answered).to.equal('rename');
  });

  it('lets go of the question when the file is cancelled elsewhere', async () => {
    const { element, manager, question } = await ask();
    const { job } = manager.uploads[0]!;
    job.set(0, 'needs-answer');
    const first = question(0);
    await element.updateComplete;
    job.set(0, 'cancelled').tell('itemchange');
    expect(await first).to.equal('cancel');
    await element.updateComplete;
    expect(find(element, '.conflict')!.matches(':popover-open')).to.equal(false);
  });

  it('and gives the focus back to where it took it from', async () => {
    const { element, question } = await ask();
    const choose = find(element, '.choose button')!;
    choose.focus();
    const first = question(0);
    await element.updateComplete;
    expect(find(element, '.conflict')!.contains(element.shadowRoot!.activeElement)).to.equal(true);
    await sendKeys({ press: 'Enter' });
    await first;
    await element.updateComplete;
    expect(element.shadowRoot!.activeElement === choose).to.equal(true);
  });

  it('leaves the focus with a person who is typing', async () => {
    const { element, question } = await ask();
    const field = document.createElement('input');
    element.after(field);
    field.focus();
    void question(0);
    await element.updateComplete;
    expect(find(element, '.conflict')!.matches(':popover-open')).to.equal(true);
    expect(document.activeElement).to.equal(field);
    field.remove();
  });

  it('by keys: the first choice loses nothing, Escape puts the file off', async () => {
    const { element, question } = await ask();
    const first = question(0);
    await element.updateComplete;
    await sendKeys({ press: 'Enter' });
    expect(await first).to.equal('rename');
    const second = question(1);
    await element.updateComplete;
    await sendKeys({ press: 'Escape' });
    expect(await second).to.equal('cancel');
  });

  it('no more, once a person wants out: Escape, or "not now" for all, is for the rest of the upload', async () => {
    const { element, manager, question } = await ask();
    const [first, second] = [question(0), question(1)];
    await element.updateComplete;
    await sendKeys({ press: 'Escape' });
    expect(await Promise.all([first, second, question(2)])).to.deep.equal(['cancel', 'cancel', 'cancel']);
    await element.add([file('a.txt'), file('b.txt'), file('c.txt')]);
    const { job, options } = manager.uploads[1]!;
    const again = (index: number) => options.onConflict!({ item: job.items.at(index)!, existing: {} });
    const third = again(0);
    await element.updateComplete;
    // One alone needs no second button.
    expect(find(element, '[data-answer=cancel-all]') === null).to.equal(true);
    answer(element, 'cancel');
    expect(await third).to.equal('cancel');
    const fourth = again(1);
    await element.updateComplete;
    find(element, '[data-answer=cancel-all]')!.click();
    expect(await Promise.all([fourth, again(2)])).to.deep.equal(['cancel', 'cancel']);
  });

  it('no longer once it has left the page, also when the question comes later', async () => {
    const { element, question } = await ask();
    element.remove();
    expect(await question(0)).to.equal('cancel');
    await element.updateComplete;
  });

  it('and answers for the person when it leaves the page', async () => {
    const { element, question } = await ask();
    const first = question(0);
    element.remove();
    expect(await first).to.equal('cancel');
  });
});

describe('<upload-dropzone> in a form', () => {
  async function makeForm(manager = new FakeManager()) {
    const form = await fixture<HTMLFormElement>(
      html`<form><fieldset><upload-dropzone name="files" required></upload-dropzone></fieldset></form>`,
    );
    const element = form.querySelector('upload-dropzone')!;
    Object.assign(element, { manager: manager.asManager, path: 'in/' });
    await element.updateComplete;
    return { form, element, manager };
  }

  it('is invalid while required and empty, while uploading, and with failures; then gives the stored paths', async () => {
    const { form, element, manager } = await makeForm();
    expect(form.checkValidity()).to.equal(false);
    expect(element.validity.valueMissing).to.equal(true);
    await element.add([file('a.txt'), file('b.txt')]);
    const { job } = manager.uploads[0]!;
    await element.updateComplete;
    expect(element.validationMessage).to.contain('Wait');
    let changes = 0;
    element.addEventListener('change', () => changes++);
    job.set(0, 'done').set(1, 'failed', { error: forbidden }).end();
    await element.updateComplete;
    expect(form.checkValidity()).to.equal(false);
    expect(new FormData(form).getAll('files')).to.deep.equal(['in/a.txt']);
    job.retryFailed();
    job.set(1, 'done').end();
    await element.updateComplete;
    expect(form.checkValidity()).to.equal(true);
    expect(new FormData(form).getAll('files')).to.deep.equal(['in/a.txt', 'in/b.txt']);
    expect(element.value).to.deep.equal(['in/a.txt', 'in/b.txt']);
    expect(changes).to.equal(2);
  });

  it('keeps its value when an upload is taken off the list, and loses it on reset', async () => {
    const { form, element, manager } = await makeForm();
    await element.add([file('a.txt')]);
    manager.uploads[0]!.job.set(0, 'done').end();
    await element.updateComplete;
    await aTimeout(50);
    find(element, 'transfer-list-job')!
      .shadowRoot!.querySelector<HTMLElement>('[data-action=dismiss]')!
      .click();
    await element.updateComplete;
    expect(new FormData(form).getAll('files')).to.deep.equal(['in/a.txt']);
    form.reset();
    await element.updateComplete;
    expect(new FormData(form).getAll('files')).to.deep.equal([]);
    expect(form.checkValidity()).to.equal(false);
  });

  it('is switched off by its fieldset, and points at its button when invalid', async () => {
    const { form, element } = await makeForm();
    form.querySelector('fieldset')!.disabled = true;
    await element.updateComplete;
    expect(element.matches(':state(disabled)')).to.equal(true);
    form.querySelector('fieldset')!.disabled = false;
    await element.updateComplete;
    form.requestSubmit();
    expect(document.activeElement === element).to.equal(true);
  });
});

describe('<upload-dropzone for="…">', () => {
  it('follows a browser that comes later, in its folder and its storage', async () => {
    const manager = new FakeManager();
    const box = await fixture<HTMLElement>(
      html`<div><upload-dropzone for="late-browser"></upload-dropzone></div>`,
    );
    const element = box.querySelector('upload-dropzone')!;
    const browser = Object.assign(document.createElement('div'), {
      id: 'late-browser',
      path: 'one/',
      manager,
    });
    box.append(browser);
    await until(() => element.targetPath === 'one/');
    await element.updateComplete;
    browser.path = 'two/';
    browser.dispatchEvent(new Event('path-change'));
    await element.updateComplete;
    expect(textOf(element)).to.contain('Goes to two/');
    await element.add([file('a')]);
    expect(manager.uploads[0]!.options.into).to.equal('two/');
  });

  it('is off while the browser shows no container, because the one it showed was deleted', async () => {
    const browser = Object.assign(document.createElement('div'), {
      id: 'emptied-browser',
      path: '',
      manager: new FakeManager(),
    });
    const box = await fixture<HTMLElement>(
      html`<div>${browser}<upload-dropzone for="emptied-browser"></upload-dropzone></div>`,
    );
    const element = box.querySelector('upload-dropzone')!;
    const button = () => find(element, '[data-action=choose-files]')!;
    const show = async (id: string | undefined): Promise<void> => {
      browser.dispatchEvent(Object.assign(new Event('container-change'), { id }));
      await element.updateComplete;
    };
    await until(() => !button().matches(':disabled'));
    await show(undefined);
    expect(button().matches(':disabled')).to.equal(true);
    await show('another');
    expect(button().matches(':disabled')).to.equal(false);
  });

  it('refreshes a browser that works on a manager of its own', async () => {
    const { element, manager } = await make({ htmlFor: 'own-browser' });
    let refreshed = 0;
    const browser = Object.assign(document.createElement('div'), {
      id: 'own-browser',
      refresh: () => refreshed++,
    });
    element.parentElement!.append(browser);
    element.requestUpdate();
    await element.updateComplete;
    await element.add([file('a')]);
    manager.uploads[0]!.job.set(0, 'done').end();
    expect(refreshed).to.equal(1);
  });
});

describe('<upload-dropzone> with the engine', () => {
  it('stores bytes, skips what is the same, and asks through the dialogue', async () => {
    const adapter = memory({ files: { 'in/taken.txt': 'old' } });
    const element = await fixture<UploadDropzoneElement>(
      html`<upload-dropzone .adapter=${adapter} path="in/" directory></upload-dropzone>`,
    );
    const ended = oneEvent(element, 'transfer-end') as Promise<Event> as Promise<TransferEndEvent>;
    const job = await element.add([new File(['hello'], 'new.txt'), new File(['newer'], 'taken.txt')]);
    await until(() => find(element, '.conflict')!.matches(':popover-open'));
    expect(textOf(element)).to.contain('“taken.txt” is already there');
    find(element, '[data-answer=rename]')!.click();
    expect((await ended).result.state).to.equal('done');
    expect([...job!.items].map(item => item.state)).to.deep.equal(['done', 'done']);
    const signal = new AbortController().signal;
    const names = (await adapter.list('in/', { signal })).entries.map(entry => entry.name).sort();
    expect(names.length).to.equal(3);
    expect(names).to.include.members(['new.txt', 'taken.txt']);
    await element.updateComplete;
    expect(element.value.length).to.equal(2);
    expect(managerFor(adapter).jobs.includes(job!)).to.equal(true);
  });
});

describe('<upload-dropzone> with the engine, when nobody decides', () => {
  it('a file that was put off is no failure, says why, and is asked about again', async () => {
    const adapter = memory({ files: { 'in/a.txt': 'old', 'in/b.txt': 'old' } });
    const element = await fixture<UploadDropzoneElement>(
      html`<upload-dropzone .adapter=${adapter} path="in/"></upload-dropzone>`,
    );
    const ended = oneEvent(element, 'transfer-end') as Promise<Event> as Promise<TransferEndEvent>;
    const job = await element.add([new File(['new'], 'a.txt')]);
    const isOpen = () => find(element, '.conflict')!.matches(':popover-open');
    await until(isOpen);
    await sendKeys({ press: 'Escape' });
    await ended;
    expect([...job!.items].map(item => item.state)).to.deep.equal(['cancelled']);
    const line = find<KitElement>(element, 'transfer-list-job')!;
    await element.updateComplete;
    await line.updateComplete;
    expect(textOf(line)).to.contain('Put off: the name is taken. What is there was left as it is.');
    expect(find(line, '.danger')).to.equal(null);
    expect(find(line, '.success')).to.equal(null);
    await expect(element).to.be.accessible();
    find(line, '[data-action=retry]')!.click();
    await until(isOpen);
    find(element, '[data-answer=replace]')!.click();
    await until(() => job!.snapshot.state === 'done');
    const { signal } = new AbortController();
    const source = await adapter.resolveDownload!({ path: 'in/a.txt', id: 'in/a.txt' }, { signal });
    expect(source.kind === 'blob' && (await source.blob.text())).to.equal('new');
  });

  it('one "not now" for all, then one answer for all of them', async () => {
    const adapter = memory({ files: { 'a.txt': 'old', 'b.txt': 'old', 'c.txt': 'old' } });
    const element = await fixture<UploadDropzoneElement>(
      html`<upload-dropzone .adapter=${adapter}></upload-dropzone>`,
    );
    const job = (await element.add(['a.txt', 'b.txt', 'c.txt'].map(name => new File(['new'], name))))!;
    const isOpen = () => find(element, '.conflict')!.matches(':popover-open');
    const answerAll = async (answer: ConflictAnswer) => {
      await until(isOpen);
      find<HTMLInputElement>(element, '[name=rest]')!.checked = true;
      find(element, `[data-answer=${answer}]`)!.click();
    };
    await answerAll('cancel');
    await until(() => job.snapshot.state === 'incomplete');
    expect(job.snapshot.files.cancelled).to.equal(3);
    expect(job.isRetryable()).to.equal(true);
    job.retryFailed();
    await answerAll('replace');
    await until(() => job.snapshot.state === 'done');
    expect(job.snapshot.files.done).to.equal(3);
  });
});

describe('<upload-dropzone> out of the page', () => {
  it('knows that its upload has ended meanwhile', async () => {
    const adapter = memory({ latency: ({ operation }) => (operation === 'send' ? 100 : 0) });
    const element = await fixture<UploadDropzoneElement>(
      html`<upload-dropzone .adapter=${adapter} name="f"></upload-dropzone>`,
    );
    const job = (await element.add([file('a')]))!;
    await element.updateComplete;
    const place = element.parentElement!;
    element.remove();
    await job.finished;
    await aTimeout(50);
    place.append(element);
    await until(() => !element.matches(':state(uploading)'));
    expect(element.checkValidity()).to.equal(true);
    const line = find<KitElement>(element, 'transfer-list-job')!;
    await line.updateComplete;
    expect(find(line, 'progress') === null).to.equal(true);
  });

  it('lets its upload end: what would have been a question is put off', async () => {
    const adapter = memory({ files: { a: 'old' }, latency: 30 });
    const element = await fixture<UploadDropzoneElement>(
      html`<upload-dropzone .adapter=${adapter}></upload-dropzone>`,
    );
    const job = (await element.add([file('a')]))!;
    element.remove();
    expect((await job.finished).snapshot.files.cancelled).to.equal(1);
  });
});

describe('<upload-dropzone> with very many files', () => {
  it('takes 20,000 in reasonable steps and does not list them for every frame', async () => {
    const { element, manager } = await make({ name: 'files' });
    const files = Array.from({ length: 20_000 }, (_, index) => ({
      file: file(`${index}`),
      path: `${index}.bin`,
      size: 4,
    }));
    await element.add(files);
    const { job } = manager.uploads[0]!;
    let looked = 0;
    const at = job.items.at.bind(job.items);
    job.items.at = index => {
      looked++;
      return at(index);
    };
    for (let index = 0; index < 20_000; index++) job.set(index, index < 10_000 ? 'done' : 'active');
    job.tell('itemchange', 'progress');
    await aTimeout(300);
    expect(looked).to.be.lessThan(200);
    const inner = find(element, 'transfer-list-job')!;
    expect(inner.shadowRoot!.querySelectorAll('[part=item]').length).to.be.lessThan(30);
    for (let index = 10_000; index < 20_000; index++) job.set(index, 'done');
    job.end();
    await element.updateComplete;
    expect(element.value.length).to.equal(20_000);
  });
});

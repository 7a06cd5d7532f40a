import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import type { FileBrowserElement } from '../../src/elements/file-browser/file-browser.js';
import { managerFor } from '../../src/transfer/backends.js';
import {
  button,
  close,
  enterGrid,
  find,
  findAll,
  focusedName,
  open,
  rowNamed,
  selectedNames,
  settled,
  shownNames,
  until,
} from './file-browser-support.js';

const signal = new AbortController().signal;
const dialog = (element: FileBrowserElement) => find<HTMLDialogElement>(element, 'dialog')!;

async function stored(element: FileBrowserElement, folder = ''): Promise<string[]> {
  const { entries } = await element.adapter!.list(folder, { signal });
  return entries.map(entry => entry.name).sort();
}

async function focusRow(element: FileBrowserElement, name: string): Promise<void> {
  await enterGrid(element);
  rowNamed(element, name).focus();
  await settled(element);
}

async function press(element: FileBrowserElement, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await sendKeys({ press: key });
    await settled(element);
  }
}

describe('file-browser: rename', () => {
  afterEach(close);

  it('edits the name in its row, keeps the extension out of the selection, and stores it', async () => {
    const element = await open();
    const done: string[] = [];
    element.addEventListener('action-done', event => done.push(event.action));
    await focusRow(element, 'b.txt');
    await press(element, 'F2');
    const input = find<HTMLInputElement>(element, '.name-input')!;
    expect(element.shadowRoot!.activeElement === input).to.equal(true);
    expect(input.value.slice(input.selectionStart!, input.selectionEnd!)).to.equal('b');
    await sendKeys({ type: 'zz top' });
    await press(element, 'Enter');
    await until(() => done.includes('rename'), 'the rename ends');
    await settled(element);
    expect(await stored(element))
      .to.include('zz top.txt')
      .and.not.include('b.txt');
    expect(shownNames(element).at(-1)).to.equal('zz top.txt');
    expect(focusedName(element)).to.equal('zz top.txt');
  });

  it('refuses names that cannot be, says why, and lets go with Escape', async () => {
    const element = await open();
    await focusRow(element, 'b.txt');
    await press(element, 'F2');
    await sendKeys({ type: 'a' });
    await press(element, 'Enter');
    expect(find(element, '.name-problem')!.textContent).to.contain('“a.txt” is here already');
    expect(find(element, '.name-input')!.getAttribute('aria-invalid')).to.equal('true');
    await press(element, 'Escape');
    expect(find(element, '.name-input')).to.equal(null);
    expect(focusedName(element)).to.equal('b.txt');
    expect(await stored(element)).to.include('b.txt');
  });

  it('shows the old name again when the storage refuses, and why', async () => {
    const element = await open({
      options: {
        folders: 'native',
        failures: ({ operation }) =>
          operation === 'move' || operation === 'copy'
            ? new TransferError('The storage does not allow this.', { kind: 'fatal', reason: 'forbidden' })
            : undefined,
      },
    });
    let failed: unknown;
    element.addEventListener('error', event => (failed = event));
    await focusRow(element, 'b.txt');
    await press(element, 'F2');
    await sendKeys({ type: 'new' });
    await press(element, 'Enter');
    await until(() => find(element, '.notice'), 'the refusal is said');
    await settled(element);
    expect(find(element, '.notice')!.textContent).to.contain('The storage does not allow this.');
    expect(shownNames(element)).to.include('b.txt').and.not.include('new.txt');
    expect((failed as { action: string }).action).to.equal('rename');
  });

  it('renames a folder with everything in it', async () => {
    const element = await open();
    await focusRow(element, 'docs');
    await press(element, 'F2');
    await sendKeys({ type: 'papers' });
    await press(element, 'Enter');
    let names: string[] = [];
    await until(async () => {
      names = await stored(element, 'papers/');
      return names.length === 2;
    }, 'both are there');
    expect(names).to.deep.equal(['deep', 'inner.txt']);
    expect(await stored(element)).to.not.include('docs');
  });
});

describe('file-browser: delete', () => {
  afterEach(close);

  it('asks, says how much goes, deletes, and hands the focus to the neighbour', async () => {
    const element = await open();
    await focusRow(element, 'a.txt');
    await press(element, 'Space', 'Shift+ArrowDown', 'Delete');
    expect(dialog(element).open).to.be.true;
    expect(dialog(element).textContent)
      .to.contain('Delete 2 items?')
      .and.contain('2 files are deleted for good.');
    expect((element.shadowRoot!.activeElement as HTMLElement).textContent!.trim()).to.equal('Cancel');
    findAll(element, 'dialog button').at(-1)!.click();
    await until(() => !shownNames(element).includes('a.txt'), 'the rows go');
    await until(() => focusedName(element) === 'reads 2.fastq', 'the neighbour has the focus');
    await until(() => element.selectedEntries.length === 0, 'nothing is selected any more');
    let left: string[] = [];
    await until(async () => {
      left = await stored(element);
      return left.length === 4;
    }, 'they are gone');
    expect(left).to.deep.equal(['docs', 'reads 10.fastq', 'reads 2.fastq', 'zebra']);
  });

  it('does nothing when the person thinks better of it', async () => {
    const element = await open();
    await focusRow(element, 'a.txt');
    await press(element, 'Delete', 'Escape');
    expect(dialog(element).open).to.be.false;
    expect(focusedName(element)).to.equal('a.txt');
    expect(await stored(element)).to.include('a.txt');
  });

  it('says that a folder goes with everything in it, and removes all of that', async () => {
    const element = await open();
    await focusRow(element, 'docs');
    await press(element, 'Delete');
    expect(dialog(element).textContent).to.contain('The folder and everything in it is deleted for good.');
    findAll(element, 'dialog button').at(-1)!.click();
    await until(() => !shownNames(element).includes('docs'), 'the folder goes');
    expect(await stored(element, 'docs/')).to.be.empty;
    expect(await stored(element, 'docs/deep/')).to.be.empty;
  });

  it('says no more what went wrong once it is tried again in the list of transfers', async () => {
    let isRefused = true;
    const element = await open({
      options: {
        failures: ({ operation }) =>
          operation === 'remove' && isRefused
            ? new TransferError('Not allowed.', { kind: 'fatal', reason: 'forbidden' })
            : undefined,
      },
    });
    await focusRow(element, 'b.txt');
    await press(element, 'Delete');
    await until(() => dialog(element).open, 'the question');
    findAll(element, 'dialog button').at(-1)!.click();
    await until(() => find(element, '.notice'), 'the refusal is said');
    isRefused = false;
    const job = managerFor(element.adapter!).jobs.at(-1)!;
    job.retryFailed();
    await job.finished;
    await until(() => job.snapshot.state === 'done', 'the second try');
    await until(() => !find(element, '.notice'), 'the refusal is gone');
    await until(() => !shownNames(element).includes('b.txt'), 'the row is gone');
  });

  it('brings back what the storage refused to delete', async () => {
    const files = { 'a.txt': 'a', 'b.txt': 'b' };
    const real = memory({ files });
    const element = await open({
      adapter: {
        ...real,
        remove: async (paths, options) => {
          const allowed = paths.filter(path => path !== 'a.txt');
          const results = await real.remove!(allowed, options);
          const error = new TransferError('Locked.', { kind: 'fatal', reason: 'forbidden' });
          return [...results, ...paths.filter(path => path === 'a.txt').map(path => ({ path, error }))];
        },
      },
    });
    await enterGrid(element);
    await press(element, 'Control+a', 'Delete');
    findAll(element, 'dialog button').at(-1)!.click();
    await until(() => find(element, '.notice'), 'the failure is said');
    await until(() => shownNames(element).join() === 'a.txt', 'the refused one is back');
    expect(find(element, '.notice')!.textContent).to.contain('Locked.');
  });
});

describe('file-browser: what a deletion takes away', () => {
  afterEach(close);

  it('counts the files in the folders too', async () => {
    const element = await open({
      files: { 'docs/deep/leaf.txt': '12345', 'docs/one.txt': '123', 'a.txt': '12', 'b.txt': 'b' },
    });
    element.selectPaths(['docs/', 'a.txt']);
    await settled(element);
    button(element, 'Delete').click();
    await until(
      () => dialog(element).querySelector('[role="status"]')?.textContent === 'In all 3 files, 10 B.',
      'the files are counted',
    );
    expect(dialog(element).textContent).to.contain('1 file and 1 folder');
  });

  it('stops counting after a few pages and says that there are more', async () => {
    let pages = 0;
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`docs/${index}.txt`, 'x']));
    const store = memory({ files, label: 'lab' });
    const element = await open({
      adapter: {
        ...store,
        list: (path, options) => {
          if (options.recursive) pages++;
          return store.list(path, { ...options, limit: 4 });
        },
      },
    });
    element.selectPaths(['docs/']);
    await settled(element);
    button(element, 'Delete').click();
    await until(
      () => dialog(element).querySelector('[role="status"]')?.textContent === 'In all more than 20 files.',
      'it has counted enough',
    );
    expect(pages).to.equal(5);
  });
});

describe('file-browser: new folder, move, copy, link', () => {
  afterEach(close);

  it('makes a folder, after checking the name', async () => {
    const element = await open();
    element.selectPaths(['a.txt']);
    button(element, 'New folder').click();
    await settled(element);
    await sendKeys({ type: 'docs' });
    await press(element, 'Enter');
    expect(dialog(element).open).to.be.true;
    expect(dialog(element).textContent).to.contain('“docs” is here already');
    await sendKeys({ type: ' two' });
    await press(element, 'Enter');
    await until(() => shownNames(element).includes('docs two'), 'the folder is shown');
    await settled(element);
    expect(dialog(element).open).to.be.false;
    let names: string[] = [];
    await until(async () => {
      names = await stored(element);
      return names.includes('docs two');
    }, 'it is stored');
    expect(find(element, '.grid [tabindex="0"]')!.getAttribute('aria-label')).to.contain('docs two');
    expect(element.selectedEntries, 'what the next key acts on').to.be.empty;
  });

  it('keeps a typed name when the storage refuses', async () => {
    let refuses = true;
    const element = await open({
      files: { 'a.txt': 'a' },
      options: {
        failures: ({ operation }) =>
          refuses && ['createFolder', 'move', 'copy'].includes(operation)
            ? new TransferError('The storage refused this.', { kind: 'fatal', reason: 'forbidden' })
            : undefined,
      },
    });
    button(element, 'New folder').click();
    await settled(element);
    await sendKeys({ type: 'a long name' });
    await press(element, 'Enter');
    await until(() => find(element, '.notice'), 'the refusal');
    const again = () =>
      [...find(element, '.notice')!.querySelectorAll('button')].find(
        each => each.textContent === 'Try again',
      )!;
    again().focus();
    await press(element, 'Enter');
    await until(() => dialog(element).open, 'the question');
    expect(find<HTMLInputElement>(element, 'dialog input')!.value).to.equal('a long name');
    refuses = false;
    await press(element, 'Enter');
    await until(() => shownNames(element).includes('a long name'), 'the folder is shown');
    expect(find(element, '.notice')).to.equal(null);
    expect(element.shadowRoot!.activeElement, 'focus').to.not.equal(null);
    button(element, 'New folder').click();
    await settled(element);
    expect(find<HTMLInputElement>(element, 'dialog input')!.value, 'the next time').to.equal('');
    await press(element, 'Escape');

    refuses = true;
    await focusRow(element, 'a.txt');
    await press(element, 'F2');
    expect(find(element, '.name-input'), 'the field').to.not.equal(null);
    await sendKeys({ type: 'renamed' });
    await press(element, 'Enter');
    await until(() => find(element, '.notice'), 'the refusal');
    refuses = false;
    again().click();
    await until(() => shownNames(element).includes('renamed.txt'), 'the new name');
  });

  it('walks through the folders to one to move to, by keys alone', async () => {
    const element = await open();
    element.selectPaths(['a.txt', 'zebra/']);
    await settled(element);
    button(element, 'Move to').click();
    const choices = () => findAll(element, '.folder-choice').map(choice => choice.textContent!.trim());
    await until(() => choices().length === 2, 'the folders are listed');
    expect(choices()).to.deep.equal(['docs', 'zebra']);
    expect(findAll(element, '.folder-choice')[1]!.getAttribute('aria-disabled')).to.equal('true');
    await press(element, 'Tab', 'ArrowDown', 'Enter');
    expect(
      find<HTMLInputElement>(element, 'dialog input')!.value,
      'a folder does not go into itself',
    ).to.equal('');
    await press(element, 'Home', 'ArrowRight');
    await until(() => choices().join() === 'Up to lab,deep', 'the folder is gone into');
    await settled(element);
    expect((element.shadowRoot!.activeElement as HTMLElement).dataset.path).to.equal('');
    expect(find<HTMLInputElement>(element, 'dialog input')!.value).to.equal('docs/');
    await press(element, 'ArrowDown', 'Enter');
    await until(() => choices().join() === 'Up to docs', 'the innermost folder');
    await press(element, 'Backspace');
    await until(() => choices().join() === 'Up to lab,deep', 'back up');
    await settled(element);
    expect((element.shadowRoot!.activeElement as HTMLElement).dataset.path).to.equal('docs/deep/');
    await press(element, 'Tab', 'Tab', 'Enter');
    await until(() => !dialog(element).open, 'the question is answered');
    await until(async () => (await stored(element, 'docs/')).includes('a.txt'), 'the file is there');
    expect(await stored(element, 'docs/')).to.include('zebra');
  });

  it('follows a typed path with the list of folders', async () => {
    const element = await open({
      files: { 'docs/deep/leaf.txt': 'l', 'docs/den/leaf.txt': 'l', 'a.txt': 'a' },
    });
    element.selectPaths(['a.txt']);
    await settled(element);
    button(element, 'Copy to').click();
    await settled(element);
    const choices = () =>
      findAll(element, '.folder-choice:not(.up)').map(choice => choice.textContent!.trim());
    await sendKeys({ type: 'docs/de' });
    await until(() => choices().join() === 'deep,den', 'both begin so');
    await sendKeys({ type: 'n' });
    await until(() => choices().join() === 'den', 'one begins so');
    await sendKeys({ type: 'x/new/' });
    await until(
      () => find(element, '.folder-note')!.textContent!.includes('not there yet'),
      'it says that it is new',
    );
    await press(element, 'Enter');
    await until(
      async () => (await stored(element, 'docs/denx/new/')).includes('a.txt'),
      'it is copied there',
    );
  });

  it('moves to a typed folder, and refuses a folder into itself', async () => {
    const element = await open();
    element.selectPaths(['a.txt', 'docs/']);
    await settled(element);
    button(element, 'Move to').click();
    await settled(element);
    await sendKeys({ type: 'docs/deep' });
    await press(element, 'Enter');
    expect(dialog(element).textContent).to.contain('A folder cannot go into itself.');
    find<HTMLInputElement>(element, 'dialog input')!.select();
    await sendKeys({ type: 'zebra' });
    await press(element, 'Enter');
    await until(
      () => !shownNames(element).includes('docs') && !shownNames(element).includes('a.txt'),
      'they go',
    );
    let names: string[] = [];
    await until(async () => {
      names = await stored(element, 'zebra/');
      return names.length === 3;
    }, 'they are there');
    expect(names).to.deep.equal(['a.txt', 'docs', 'stripes.txt']);
  });

  it('copies to a folder and keeps the original', async () => {
    const element = await open();
    await element.act(
      'copy',
      element.entries.filter(entry => entry.name === 'a.txt'),
      { to: 'zebra/' },
    );
    expect(await stored(element, 'zebra/')).to.include('a.txt');
    expect(await stored(element)).to.include('a.txt');
  });

  it('asks how long a link works, and keeps it out of the page', async () => {
    const asked: number[] = [];
    const element = await open({
      adapter: {
        ...memory({ files: { 'a.txt': 'a' } }),
        capabilities: { ...memory().capabilities, maxLinkSeconds: 86_400 },
        signedLink: async (_, { seconds }) => {
          asked.push(seconds);
          // The signer allows a quarter of an hour, whatever is asked.
          const allowed = Math.min(seconds, asked.length > 1 ? 900 : Infinity);
          return {
            url: 'https://storage.test/a.txt?X-Amz-Signature=secret',
            expiresAt: Date.now() + allowed * 1000,
          };
        },
      },
    });
    let copied = '';
    const original = navigator.clipboard.write;
    navigator.clipboard.write = async ([item]) => {
      copied = await (await item!.getType('text/plain')).text();
    };
    try {
      await focusRow(element, 'a.txt');
      await press(element, 'Space');
      button(element, 'Copy link').click();
      await settled(element);
      const select = find<HTMLSelectElement>(element, 'dialog select')!;
      expect([...select.options].map(option => option.textContent)).to.deep.equal(['1 hour', '1 day']);
      select.value = '86400';
      select.dispatchEvent(new Event('change'));
      findAll(element, 'dialog button').at(-1)!.click();
      await until(() => dialog(element).textContent!.includes('Copied.'), 'it is copied');
      expect(asked).to.deep.equal([86_400]);
      expect(copied).to.contain('X-Amz-Signature');
      expect(element.shadowRoot!.innerHTML).to.not.contain('Signature');
      expect(dialog(element).textContent).to.match(/It works until /);
      findAll(element, 'dialog button').at(-1)!.click();
      await settled(element);
      await until(
        () => dialog(element).textContent!.includes('only until'),
        'it says that it works for less',
      );
    } finally {
      navigator.clipboard.write = original;
    }
  });

  it('offers what the storage and the entry allow, and gives the reason', async () => {
    const { remove: _remove, move: _move, ...rest } = memory({ files: { 'a.txt': 'a', 'b.txt': 'b' } });
    const real = rest;
    const element = await open({
      adapter: {
        ...real,
        async list(path, options) {
          const page = await real.list(path, options);
          return {
            ...page,
            entries: page.entries.map(entry =>
              entry.name === 'a.txt'
                ? { ...entry, refuses: { resolveDownload: 'It is being archived.' } }
                : entry,
            ),
          };
        },
      },
    });
    expect(findAll(element, '[data-action]').map(action => action.dataset.action)).to.not.include.members([
      'remove',
      'move',
    ]);
    element.selectPaths(['a.txt']);
    await settled(element);
    const download = find(element, '[data-action="download"]')!;
    expect(download.getAttribute('aria-disabled')).to.equal('true');
    expect(download.title).to.contain('It is being archived.');
    element.selectPaths(['b.txt']);
    await settled(element);
    expect(find(element, '[data-action="download"]')!.hasAttribute('aria-disabled')).to.be.false;
    element.readonly = true;
    await settled(element);
    expect(find(element, '[data-action="new-folder"]')).to.equal(null);
  });
});

describe('file-browser: before-action', () => {
  afterEach(close);

  it('lets a page veto by preventDefault, by a promise of false, and by one that rejects', async () => {
    const element = await open();
    const vetoes = [
      (event: Event) => event.preventDefault(),
      (event: Event) =>
        (event as unknown as { waitUntil(p: Promise<unknown>): void }).waitUntil(Promise.resolve(false)),
      (event: Event) =>
        (event as unknown as { detail: { waitUntil(p: Promise<unknown>): void } }).detail.waitUntil(
          Promise.reject(new Error('no')),
        ),
    ];
    for (const veto of vetoes) {
      element.addEventListener('before-action', veto, { once: true });
      const [entry] = element.entries.filter(({ name }) => name === 'a.txt');
      expect(await element.act('remove', [entry!], { confirmed: true })).to.be.false;
      expect(await stored(element)).to.include('a.txt');
    }
  });

  it('lets a page confirm and answer in its own way, without the built-in questions', async () => {
    const element = await open();
    const actions: string[] = [];
    element.addEventListener('before-action', event => {
      actions.push(event.action);
      if (event.action === 'remove') event.waitUntil(Promise.resolve(true));
      if (event.action === 'rename') event.waitUntil(Promise.resolve({ name: 'theirs.txt' }));
    });
    await focusRow(element, 'a.txt');
    await press(element, 'Delete');
    await until(() => !shownNames(element).includes('a.txt'), 'it goes without a question');
    expect(dialog(element).open).to.be.false;
    await focusRow(element, 'b.txt');
    await press(element, 'F2');
    await until(() => shownNames(element).includes('theirs.txt'), 'it has the page’s name');
    expect(actions).to.deep.equal(['remove', 'rename']);
  });
});

describe('file-browser: upload and drag', () => {
  afterEach(close);

  const carrying = (...files: File[]) => {
    const data = new DataTransfer();
    for (const file of files) data.items.add(file);
    return data;
  };
  const drag = (type: string, target: Element, dataTransfer: DataTransfer) =>
    target.dispatchEvent(
      new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }),
    );

  it('stores dropped files in the open folder and shows them', async () => {
    const element = await open();
    const data = carrying(new File(['hello'], 'dropped.txt'));
    expect(drag('dragover', find(element, '.body')!, data)).to.be.false;
    await settled(element);
    expect(element.matches(':state(dragover)')).to.be.true;
    expect(find(element, '.drop-hint')!.textContent).to.contain('Let go to upload to lab');
    drag('drop', find(element, '.body')!, data);
    await until(() => shownNames(element).includes('dropped.txt'), 'the file is shown');
    await settled(element);
    expect(element.matches(':state(dragover)')).to.be.false;
    expect(await stored(element)).to.include('dropped.txt');
  });

  it('asks before the page is left while they are being stored', async () => {
    const element = await open({ options: { latency: ({ operation }) => (operation === 'send' ? 150 : 0) } });
    const leave = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }));
    expect(leave()).to.equal(false);
    void element.act('upload', [], { source: [new File(['x'], 'slow.txt')], to: '' });
    await until(leave, 'the question');
    await until(() => !leave(), 'its end');
    await until(() => shownNames(element).includes('slow.txt'), 'the file');
  });

  it('stores what is dropped on a folder row in that folder', async () => {
    const element = await open();
    const data = carrying(new File(['hello'], 'dropped.txt'));
    drag('dragover', rowNamed(element, 'docs'), data);
    await settled(element);
    expect(rowNamed(element, 'docs').classList.contains('drop')).to.be.true;
    drag('drop', rowNamed(element, 'docs'), data);
    let names: string[] = [];
    await until(async () => {
      names = await stored(element, 'docs/');
      return names.includes('dropped.txt');
    }, 'it is stored');
    expect(await stored(element)).to.not.include('dropped.txt');
  });

  it('takes nothing where nothing may change', async () => {
    const element = await open({ properties: { readonly: true } });
    expect(drag('dragover', find(element, '.body')!, carrying(new File(['x'], 'x')))).to.be.true;
    expect(element.matches(':state(dragover)')).to.be.false;
  });

  it('moves dragged rows onto a folder row, not onto itself', async () => {
    const element = await open();
    element.selectPaths(['a.txt', 'docs/']);
    await settled(element);
    const data = new DataTransfer();
    drag('dragstart', rowNamed(element, 'a.txt'), data);
    expect(drag('dragover', rowNamed(element, 'docs'), data)).to.be.true;
    expect(drag('dragover', rowNamed(element, 'zebra'), data)).to.be.false;
    drag('drop', rowNamed(element, 'zebra'), data);
    drag('dragend', rowNamed(element, 'a.txt'), data);
    let names: string[] = [];
    await until(async () => {
      names = await stored(element, 'zebra/');
      return names.length === 3;
    }, 'they are there');
    expect(names).to.deep.equal(['a.txt', 'docs', 'stripes.txt']);
  });
});

describe('file-browser: with its storage', () => {
  afterEach(close);

  it('follows changes made through the same manager, and keeps focus and selection', async () => {
    const element = await open();
    await focusRow(element, 'b.txt');
    await press(element, 'Space');
    const job = managerFor(element.adapter!).upload([new File(['x'], 'aa first.txt')], { into: '' });
    await job.finished;
    await until(() => shownNames(element).includes('aa first.txt'), 'the new file is shown');
    await settled(element);
    expect(focusedName(element)).to.equal('b.txt');
    expect(selectedNames(element)).to.deep.equal(['b.txt']);
  });

  it('lets go of everything when it leaves the page, and works again when it comes back', async () => {
    const element = await open();
    const manager = managerFor(element.adapter!);
    const counts = { storage: 0, window: 0 };
    const watch = (target: EventTarget, key: 'storage' | 'window') => {
      const { addEventListener, removeEventListener } = target;
      target.addEventListener = (...p: Parameters<typeof addEventListener>) => {
        counts[key]++;
        addEventListener.apply(target, p);
      };
      target.removeEventListener = (...p: Parameters<typeof removeEventListener>) => {
        counts[key]--;
        removeEventListener.apply(target, p);
      };
      return () => Object.assign(target, { addEventListener, removeEventListener });
    };
    const place = element.parentElement!;
    element.remove();
    const restore = [watch(manager, 'storage'), watch(window, 'window')];
    try {
      place.append(element);
      await settled(element);
      expect(counts.storage).to.equal(1);
      expect(counts.window).to.be.greaterThan(0);
      element.remove();
      expect(counts).to.deep.equal({ storage: 0, window: 0 });
    } finally {
      for (const undo of restore) undo();
    }
    place.append(element);
    await settled(element);
    expect(shownNames(element)).to.have.length(6);
    await managerFor(element.adapter!).createFolder('afterwards/');
    await until(() => shownNames(element).includes('afterwards'), 'it listens again');
  });
});

describe('file-browser: conflicts and downloads', () => {
  afterEach(close);

  const dropOn = (element: FileBrowserElement, ...files: File[]) => {
    const dataTransfer = new DataTransfer();
    for (const file of files) dataTransfer.items.add(file);
    const options = { dataTransfer, bubbles: true, composed: true, cancelable: true };
    find(element, '.body')!.dispatchEvent(new DragEvent('drop', options));
  };

  it('asks before it replaces, and takes one answer for the rest', async () => {
    const element = await open();
    dropOn(element, new File(['new a'], 'a.txt'), new File(['new b'], 'b.txt'));
    await until(() => find(element, '.conflict')!.matches(':popover-open'), 'the question');
    expect(find(element, '.conflict')!.textContent).to.contain('is already there');
    find<HTMLInputElement>(element, '.conflict [name=rest]')!.click();
    find(element, '[data-answer=rename]')!.click();
    let names: string[] = [];
    await until(async () => {
      names = await stored(element);
      return names.length === 8;
    }, 'both are kept twice');
    expect(find(element, '.conflict')!.matches(':popover-open')).to.be.false;
    const source = await element.adapter!.resolveDownload!({ path: 'a.txt', id: 'a.txt' }, { signal });
    expect(source.kind === 'blob' && (await source.blob.text())).to.equal('a');
  });

  it('asks about each file by itself when no answer is for the rest', async () => {
    const element = await open();
    dropOn(element, new File(['new a'], 'a.txt'), new File(['new b'], 'b.txt'));
    const asked: string[] = [];
    for (const answer of ['rename', 'replace']) {
      const heading = () => find(element, '.conflict:popover-open h2')?.textContent ?? '';
      await until(() => heading() !== '' && heading() !== asked.at(-1), 'the next question');
      asked.push(heading());
      await settled(element);
      find(element, `[data-answer=${answer}]`)!.click();
    }
    await until(async () => (await stored(element)).length === 7, 'the first is kept twice');
    const textOf = async (path: string) => {
      const source = await element.adapter!.resolveDownload!({ path, id: path }, { signal });
      return source.kind === 'blob' ? source.blob.text() : '';
    };
    await until(async () => (await textOf('b.txt')) === 'new b', 'the second is replaced');
    expect(await textOf('a.txt')).to.equal('a');
  });

  it('leaves what is there when the question is closed', async () => {
    const element = await open();
    dropOn(element, new File(['new a'], 'a.txt'));
    await until(() => find(element, '.conflict')!.matches(':popover-open'), 'the question');
    await press(element, 'Escape');
    await new Promise(resolve => setTimeout(resolve, 100));
    const source = await element.adapter!.resolveDownload!({ path: 'a.txt', id: 'a.txt' }, { signal });
    expect(source.kind === 'blob' && (await source.blob.text())).to.equal('a');
  });

  it('takes pasted files while it has the focus, wherever the browser sends the event', async () => {
    const element = await open();
    const paste = (target: EventTarget, name: string) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File(['pasted'], name));
      const event = new Event('paste', { bubbles: true, composed: true, cancelable: true });
      // Firefox makes no clipboard events with files in them.
      Object.defineProperty(event, 'clipboardData', { value: clipboardData });
      target.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(paste(document.body, 'foreign.txt'), 'without the focus').to.equal(false);
    await focusRow(element, 'a.txt');
    // As Firefox does, whose text selection is not in the rows.
    expect(paste(document.body, 'at-body.txt')).to.equal(true);
    expect(paste(rowNamed(element, 'a.txt'), 'at-row.txt')).to.equal(true);
    await until(
      () => ['at-body.txt', 'at-row.txt'].every(name => shownNames(element).includes(name)),
      'both are stored',
    );
    button(element, 'New folder').click();
    await settled(element);
    expect(paste(document.body, 'into-a-field.txt'), 'while a question is open').to.equal(false);
    await press(element, 'Escape');
  });

  it('saves one file by the browser, more into a directory or a zip, and nothing if no directory is chosen', async () => {
    const element = await open();
    const manager = managerFor(element.adapter!);
    const asked: unknown[] = [];
    const real = manager.download;
    manager.download = ((paths: unknown, options: { to: unknown }) => {
      asked.push([paths, options.to]);
      return Object.assign(new EventTarget(), {
        finished: new Promise(() => {}),
        snapshot: { state: 'done' },
        items: { inState: () => [] },
      });
    }) as unknown as typeof real;
    const scope = globalThis as unknown as { showDirectoryPicker: unknown };
    const picker = scope.showDirectoryPicker;
    try {
      const [docs] = element.entries;
      const file = element.entries.find(({ name }) => name === 'a.txt')!;
      await element.act('download', [file]);
      scope.showDirectoryPicker = undefined;
      await element.act('download', [docs!, file]);
      const handle = { kind: 'directory' };
      scope.showDirectoryPicker = async () => handle;
      await element.act('download', [docs!]);
      scope.showDirectoryPicker = async () => {
        throw new DOMException('', 'AbortError');
      };
      expect(await element.act('download', [docs!])).to.be.false;
      expect(asked).to.deep.equal([
        [['a.txt'], 'files'],
        [['docs/', 'a.txt'], 'zip'],
        [['docs/'], handle],
      ]);
      expect(find(element, '.notice')).to.equal(null);
    } finally {
      manager.download = real;
      scope.showDirectoryPicker = picker;
    }
  });

  it('has a text for every action in every language', async () => {
    const { browserActions } = await import('../../src/core/actions/registry.js');
    const { browser: english } = await import('../../src/i18n/en/browser.js');
    const { browser: german } = await import('../../src/i18n/de/browser.js');
    for (const { label } of browserActions) {
      expect(english).to.have.property(label);
      expect(german).to.have.property(label);
    }
  });
});

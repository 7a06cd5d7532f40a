import { aTimeout, expect, fixture, html, oneEvent } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { memory } from '../../src/adapters/memory/index.js';
import type { BeforeDownloadEvent } from '../../src/elements/download-button/download-button.events.js';
import { DownloadButtonElement } from '../../src/elements/download-button/download-button.js';
import type { TransferEndEvent } from '../../src/elements/transfer-events.js';
import { managerFor, registerBackend } from '../../src/transfer/backends.js';
import { ItemTable } from '../../src/transfer/item-table.js';
import { navigationFacts } from '../../src/transfer/sinks/choose.js';
import type { SinkFacts } from '../../src/transfer/sinks/sink.js';
import { streamFacts } from '../../src/transfer/sinks/stream.js';
import { type FakeJob, FakeManager, forbidden } from './fakes.js';
import { until } from './until.js';

DownloadButtonElement.define();

const part = <E extends HTMLElement>(element: Element, name: string) =>
  element.shadowRoot!.querySelector<E>(`[part="${name}"]`);
const textOf = (element: Element) => element.shadowRoot!.textContent!.replace(/[\s\u00A0]+/g, ' ').trim();

async function make(manager: FakeManager, path = 'runs/reads.bam') {
  return fixture<DownloadButtonElement>(
    html`<download-button .manager=${manager.asManager} path=${path}>Download reads</download-button>`,
  );
}

/** A click on a link that saves would be a real download: Firefox opens a panel for it that takes the keys of tests. */
function preventSaving(): () => void {
  const stop = new AbortController();
  const prevent = (event: Event) => {
    const [link] = event.composedPath();
    if (link instanceof HTMLAnchorElement && link.download) event.preventDefault();
  };
  document.addEventListener('click', prevent, { signal: stop.signal, capture: true });
  return () => stop.abort();
}

/** The pickers of Chromium would open a window that nobody closes. */
function withPicker(
  picker: (() => Promise<unknown>) | undefined,
  name: 'showDirectoryPicker' | 'showSaveFilePicker' = 'showDirectoryPicker',
): () => void {
  const before = Object.getOwnPropertyDescriptor(window, name);
  Object.defineProperty(window, name, { value: picker, configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(window, name, before);
    else Reflect.deleteProperty(window, name);
  };
}

describe('<download-button>', () => {
  it('shows the size, asked for once', async () => {
    const manager = new FakeManager({ entries: { 'runs/reads.bam': { size: 1536 } } });
    let asked = 0;
    const { stat } = manager.adapter;
    Object.assign(manager.adapter, {
      stat: (...args: Parameters<NonNullable<typeof stat>>) => {
        asked++;
        return stat!(...args);
      },
    });
    const element = await make(manager);
    await until(() => part(element, 'size')?.textContent?.replaceAll('\u00A0', ' ') === '1.5 KiB');
    element.requestUpdate();
    await element.updateComplete;
    expect(asked).to.equal(1);
    await expect(element).to.be.accessible();
  });

  it('finds a file that the page has stored meanwhile', async () => {
    const entries: Record<string, { size: number }> = {};
    const manager = new FakeManager({ entries });
    const element = await make(manager);
    await until(() => textOf(element).includes('no file “reads.bam” here'));
    entries['runs/reads.bam'] = { size: 1536 };
    manager.dispatchEvent(Object.assign(new Event('storagechange'), { folders: ['other/'] }));
    manager.dispatchEvent(Object.assign(new Event('storagechange'), { folders: ['', 'runs/'] }));
    await until(() => part(element, 'size')?.textContent?.replaceAll('\u00A0', ' ') === '1.5 KiB');
    expect(textOf(element)).not.to.include('no file');
  });

  it('does not ask for the size with no-size', async () => {
    const manager = new FakeManager();
    let asked = 0;
    Object.assign(manager.adapter, { stat: async () => void asked++ });
    const element = await make(manager);
    element.noSize = true;
    element.path = 'other.bin';
    await aTimeout(100);
    expect(asked).to.be.lessThan(2);
    expect(part(element, 'size') === null).to.equal(true);
  });

  it('starts by a key, shows how far it is, pauses, resumes, ends', async () => {
    const manager = new FakeManager();
    const element = await make(manager);
    const started = oneEvent(element, 'transfer-start');
    element.focus();
    await sendKeys({ press: 'Enter' });
    await started;
    const { job, paths, options } = manager.downloads[0]!;
    expect(paths).to.deep.equal(['runs/reads.bam']);
    expect(options.to).to.equal('files');
    job.set(0, 'active', { bytes: 450 }).tell('statechange', 'progress');
    await element.updateComplete;
    expect(element.matches(':state(active)')).to.equal(true);
    expect(part(element, 'size')!.textContent).to.contain('45');
    expect(part<HTMLProgressElement>(element, 'progress')!.value).to.be.closeTo(0.45, 0.001);
    await expect(element).to.be.accessible();
    // The main button keeps the focus, and pressing it again starts nothing.
    expect(element.shadowRoot!.activeElement === part(element, 'button')).to.equal(true);
    await sendKeys({ press: 'Enter' });
    expect(manager.downloads.length).to.equal(1);

    await sendKeys({ press: 'Tab' });
    await sendKeys({ press: 'Space' });
    expect(job.calls).to.deep.equal(['pause all']);
    await element.updateComplete;
    expect(element.matches(':state(paused)')).to.equal(true);
    await expect(element).to.be.accessible();
    await sendKeys({ press: 'Space' });
    expect(job.calls).to.deep.equal(['pause all', 'resume all']);

    const ended = oneEvent(element, 'transfer-end') as Promise<Event> as Promise<TransferEndEvent>;
    job.set(0, 'done').end();
    expect((await ended).result.state).to.equal('done');
    await element.updateComplete;
    expect(element.matches(':state(done)')).to.equal(true);
    expect(textOf(element)).to.contain('Saved');
    await expect(element).to.be.accessible();
  });

  it('cancels, and the focus stays in the element', async () => {
    const manager = new FakeManager();
    const element = await make(manager);
    await element.download();
    const { job } = manager.downloads[0]!;
    job.set(0, 'active').tell('statechange');
    await element.updateComplete;
    part(element, 'cancel')!.focus();
    await sendKeys({ press: 'Enter' });
    await until(() => job.calls.includes('cancel all'));
    await element.updateComplete;
    expect(element.matches(':state(idle)')).to.equal(true);
    expect(element.shadowRoot!.activeElement === part(element, 'button')).to.equal(true);
  });

  it('shows that the file is being completed, offers no pause then, and a cancel that came too late is none', async () => {
    const manager = new FakeManager();
    const element = await make(manager);
    await element.download();
    const { job } = manager.downloads[0]!;
    job.set(0, 'active', { bytes: 1000 }).tell('statechange');
    await element.updateComplete;
    part(element, 'pause')!.focus();
    job.set(0, 'finishing').tell('itemchange');
    await until(() => part(element, 'size')!.textContent === 'Finishing');
    expect(part(element, 'pause')).to.equal(null);
    expect(element.shadowRoot!.activeElement === part(element, 'button')).to.equal(true);
    await expect(element).to.be.accessible();
    job.cancel = async () => void job.set(0, 'done').end();
    part(element, 'cancel')!.click();
    await element.updateComplete;
    expect(element.matches(':state(done)')).to.equal(true);
    expect(part(element, 'size')!.textContent).to.equal('Saved');
  });

  for (const [level, words, german] of [
    ['none', 'Saved, not checked', 'Gespeichert, nicht geprüft'],
    ['size', 'Saved', 'Gespeichert'],
  ] as const) {
    it(`says of a file with the proof “${level}”: ${words}`, async () => {
      const manager = new FakeManager();
      const element = await make(manager);
      await element.download();
      const { job } = manager.downloads[0]!;
      const items = new ItemTable();
      const index = items.add('runs/reads.bam', 1536);
      items.setState(index, 'done');
      items.setResult(index, {
        path: 'runs/reads.bam',
        size: 1536,
        checksums: [],
        verified: { level, by: 'page' },
      });
      Object.assign(job, { items });
      job.end();
      await element.updateComplete;
      expect(part(element, 'size')!.textContent).to.equal(words);
      element.locale = 'de';
      await until(() => part(element, 'size')!.textContent === german);
    });
  }

  it('does not call an empty folder saved', async () => {
    const manager = new FakeManager();
    const element = await make(manager, 'empty/');
    await element.download('zip');
    const { job } = manager.downloads[0]!;
    Object.assign(job, { items: new ItemTable() });
    job.end();
    await element.updateComplete;
    expect(part(element, 'size')!.textContent).to.equal('Empty, nothing saved');
    expect(element.shadowRoot!.querySelector('.success')).to.equal(null);
    await expect(element).to.be.accessible();
    element.locale = 'de';
    await until(() => part(element, 'size')!.textContent === 'Leer, nichts gespeichert');
  });

  for (const focused of ['pause', 'cancel'])
    it(`keeps the focus when the download ends while its ${focused} button has it`, async () => {
      const manager = new FakeManager();
      const element = await make(manager);
      await element.download();
      const { job } = manager.downloads[0]!;
      job.set(0, 'active').tell('statechange');
      await element.updateComplete;
      part(element, focused)!.focus();
      job.set(0, 'done').end();
      await element.updateComplete;
      expect(element.shadowRoot!.activeElement === part(element, 'button')).to.equal(true);
    });

  it('keeps its label in a narrow place while it runs', async () => {
    const manager = new FakeManager();
    const box = await fixture<HTMLElement>(html`<div style="width: 288px"></div>`);
    const element = document.createElement('download-button');
    Object.assign(element, { manager: manager.asManager, paths: ['a', 'b', 'c'], to: 'zip' });
    element.textContent = 'Save all';
    box.append(element);
    await element.download();
    const { job } = manager.downloads[0]!;
    job.set(0, 'done').set(1, 'active', { bytes: 300 }).tell('statechange');
    await element.updateComplete;
    const { scrollWidth, clientWidth } = part(element, 'label')!;
    expect(clientWidth).to.be.greaterThan(0);
    expect(clientWidth).to.be.at.least(scrollWidth);
    // What does not fit is the end of the numbers.
    expect(part(element, 'size')!.clientWidth).to.be.greaterThan(clientWidth);
    expect(element.getBoundingClientRect().right).to.be.at.most(box.getBoundingClientRect().right + 1);
  });

  it('says what went wrong, with the storage’s words one click away, and tries again', async () => {
    const manager = new FakeManager();
    const element = await make(manager);
    await element.download();
    const { job } = manager.downloads[0]!;
    job.set(0, 'failed', { error: forbidden }).end();
    await element.updateComplete;
    expect(element.matches(':state(error)')).to.equal(true);
    expect(part(element, 'message')!.textContent).to.contain(forbidden.message);
    expect(element.shadowRoot!.querySelector('details')!.textContent).to.contain('7F2AC41D9B');
    // An English sentence keeps its full stop at its end, whatever the page's direction.
    const sentence = element.shadowRoot!.querySelector('#message bdi')!;
    expect([sentence.textContent, (sentence as HTMLElement).dir]).to.deep.equal([forbidden.message, 'ltr']);
    await expect(element).to.be.accessible();
    let ends = 0;
    element.addEventListener('transfer-end', () => ends++);
    part(element, 'button')!.click();
    expect(job.calls).to.deep.equal(['retry all']);
    job.set(0, 'done').end();
    expect(ends).to.equal(1);
  });

  it('shows a job that could not be started', async () => {
    const manager = new FakeManager();
    const element = await make(manager);
    await element.download();
    manager.downloads[0]!.job.rejectFinished(forbidden);
    await until(() => element.matches(':state(error)'));
    expect(part(element, 'message')!.textContent).to.contain(forbidden.message);
  });

  it('can be vetoed, at once or after asking somebody', async () => {
    const manager = new FakeManager();
    const element = await make(manager);
    element.addEventListener('before-download', event => event.preventDefault(), { once: true });
    expect(await element.download()).to.equal(undefined);
    element.addEventListener('before-download', event => event.waitUntil(Promise.resolve(false)), {
      once: true,
    });
    expect(await element.download()).to.equal(undefined);
    let paths: readonly string[] = [];
    element.addEventListener(
      'before-download',
      event => {
        paths = (event as BeforeDownloadEvent).paths;
        (event as BeforeDownloadEvent).waitUntil(aTimeout(10));
      },
      { once: true },
    );
    expect(await element.download()).not.to.equal(undefined);
    expect(paths).to.deep.equal(['runs/reads.bam']);
    expect(manager.downloads.length).to.equal(1);
  });

  it('asks for a folder for a folder; a zip where there is no picker; nothing when the person says no', async () => {
    const manager = new FakeManager();
    const element = await make(manager, 'runs/');
    const root = await navigator.storage.getDirectory();
    let restore = withPicker(async () => root);
    try {
      const job = await element.download();
      expect(manager.downloads[0]!.options.to).to.equal(root);
      await job!.cancel();
      restore();
      restore = withPicker(undefined);
      const zip = await element.download();
      expect(manager.downloads[1]!.options.to).to.equal('zip');
      await zip!.cancel();
      restore();
      restore = withPicker(async () => {
        throw new DOMException('', 'AbortError');
      });
      expect(await element.download()).to.equal(undefined);
      expect(manager.downloads.length).to.equal(2);
    } finally {
      restore();
    }
  });

  it('offers where to save to, where several places make sense', async () => {
    const manager = new FakeManager();
    const element = await make(manager, 'runs/');
    const root = await navigator.storage.getDirectory();
    let asked = 0;
    const restore = withPicker(async () => {
      asked++;
      return root;
    });
    try {
      element.requestUpdate();
      await element.updateComplete;
      part<HTMLButtonElement>(element, 'menu-button')!.focus();
      await sendKeys({ press: 'Enter' });
      await until(() => part(element, 'menu')!.matches(':popover-open'));
      const items = [...element.shadowRoot!.querySelectorAll<HTMLElement>('[role=menuitem]')];
      const labels = items.map(item => item.textContent!.trim());
      expect(labels).to.deep.equal(['Save to a folder…', 'Save as one zip']);
      await expect(element).to.be.accessible();
      await sendKeys({ press: 'ArrowDown' });
      await sendKeys({ press: 'Enter' });
      await until(() => manager.downloads.length === 1);
      expect(manager.downloads[0]!.options.to).to.equal('zip');
      expect(asked).to.equal(0);
      await element.updateComplete;
      expect(part(element, 'menu-button'), 'not while it runs').to.equal(null);
      expect(element.shadowRoot!.activeElement === part(element, 'button')).to.equal(true);
      await element.currentJob!.cancel();
      element.noMenu = true;
      await element.updateComplete;
      expect(part(element, 'menu-button')).to.equal(null);
    } finally {
      restore();
    }
  });

  for (const to of ['files', 'stream', 'browser', 'zip'] as const) {
    it(`asks nobody where to save to with to=${to}`, async () => {
      const manager = new FakeManager();
      const element = await make(manager, 'runs/reads.bam');
      element.to = to;
      const job = await element.download();
      expect(manager.downloads.map(({ options }) => options.to)).to.deep.equal([to]);
      await job!.cancel();
    });
  }

  it('saves what the storage knows beside each file, when asked, and never into one picked file', async () => {
    const manager = new FakeManager();
    const element = await fixture<DownloadButtonElement>(
      html`<download-button .manager=${manager.asManager} path="runs/reads.bam" metadata></download-button>`,
    );
    expect(element.metadata).to.equal(true);
    const restore = withPicker(async () => expect.fail('The person was asked.'), 'showSaveFilePicker');
    try {
      for (const to of ['auto', 'file'] as const) {
        await (await element.download(to))!.cancel();
        const { options } = manager.downloads.at(-1)!;
        expect(options).to.include({ to: 'files', metadata: true });
      }
      element.requestUpdate();
      await element.updateComplete;
      expect(part(element, 'menu-button'), 'a choice').to.equal(null);
      element.metadata = false;
      await element.updateComplete;
      expect(part(element, 'menu-button'), 'no choice').not.to.equal(null);
      await (await element.download('files'))!.cancel();
      expect(manager.downloads.at(-1)!.options).not.to.have.property('metadata');
    } finally {
      restore();
    }
  });

  it('lets what goes to picked places survive the page, when asked', async () => {
    const manager = new FakeManager();
    const element = await fixture<DownloadButtonElement>(
      html`<download-button .manager=${manager.asManager} path="runs/reads.bam" resumable></download-button>`,
    );
    expect(element.resumable).to.equal(true);
    const handle = { kind: 'file', name: 'reads.bam' };
    const restore = withPicker(async () => handle, 'showSaveFilePicker');
    try {
      await (await element.download('file'))!.cancel();
      expect(manager.downloads.at(-1)!.options).to.deep.equal({ to: handle, resumable: true });
      element.resumable = false;
      await (await element.download('file'))!.cancel();
      expect(manager.downloads.at(-1)!.options).to.deep.equal({ to: handle });
    } finally {
      restore();
    }
  });

  describe('says in words what the place of the bytes means', () => {
    const large = 100 * 1024 ** 2;
    const place = (element: Element) => part(element, 'place')?.textContent;

    async function running(facts: SinkFacts, size = large) {
      const manager = new FakeManager({ entries: { 'runs/reads.bam': { size } } });
      const element = await make(manager);
      const job = (await element.download('files')) as unknown as FakeJob;
      Object.assign(job, { facts });
      job.items.setSize(0, size);
      job.set(0, 'active', { bytes: size / 4 }).tell('progress', 'statechange');
      await element.updateComplete;
      return { element, job };
    }

    it('of a reload and the disk', async () => {
      const { element, job } = await running({
        ...streamFacts,
        seekable: true,
        survivesReload: true,
        copiesTwice: true,
      });
      expect(place(element)).to.match(/Goes on where it was .* after a reload\..*twice its size/);
      await expect(element).to.be.accessible();
      job.set(0, 'done').end();
      await element.updateComplete;
      expect(place(element)).to.equal(undefined);
      expect(textOf(element)).to.include('Saved');
    });

    it('of the tab', async () => {
      const { element } = await running(streamFacts);
      expect(place(element)).to.equal('Keep this tab open until it is saved.');
    });

    it('not of what is here at once', async () => {
      const { element } = await running(streamFacts, 5000);
      expect(place(element)).to.equal(undefined);
    });

    it('of the browser, which saves by itself: nobody claims that it has', async () => {
      const { element, job } = await running(navigationFacts, 5000);
      const said: string[] = [];
      Object.assign(element, { ariaNotify: (text: string) => said.push(text) });
      job.set(0, 'done').end();
      await element.updateComplete;
      expect(place(element)).to.match(/The browser saves it by itself/);
      expect(part(element, 'size')!.textContent).to.equal('Handed to the browser');
      expect(element.shadowRoot!.querySelector('.success')).to.equal(null);
      await until(() => said.join(' ').includes('The browser saves runs/reads.bam by itself.'));
      expect(said.join(' ')).not.to.include('done');
      await expect(element).to.be.accessible();
    });
  });

  it('fetches what is selected in a file browser', async () => {
    const manager = new FakeManager();
    const browser = Object.assign(document.createElement('div'), {
      id: 'files-here',
      path: 'runs/',
      manager: manager.asManager,
      selectedEntries: [] as { path: string }[],
      isEverythingSelected: false,
    });
    document.body.append(browser);
    try {
      const element = await fixture<DownloadButtonElement>(
        html`<download-button for="files-here" no-menu>Get them</download-button>`,
      );
      expect(part(element, 'button')!.title).to.equal('Nothing is selected.');
      browser.selectedEntries = [{ path: 'runs/a.bam' }, { path: 'runs/b/' }];
      browser.dispatchEvent(new Event('selection-change'));
      await element.updateComplete;
      expect(textOf(element)).to.contain('2 files');
      const job = await element.download('zip');
      expect(manager.downloads[0]!.paths).to.deep.equal(['runs/a.bam', 'runs/b/']);
      // Whoever selects something else meanwhile does not change what this one is about.
      browser.selectedEntries = [];
      browser.dispatchEvent(new Event('selection-change'));
      await element.updateComplete;
      expect(part(element, 'cancel')!.title).to.contain('2 files');
      await job!.cancel();
      await element.updateComplete;
      expect(part(element, 'button')!.title).to.equal('Nothing is selected.');
      browser.isEverythingSelected = true;
      browser.dispatchEvent(new Event('selection-change'));
      await element.updateComplete;
      await element.download('zip');
      expect(manager.downloads[1]!.paths).to.deep.equal(['runs/']);
    } finally {
      browser.remove();
    }
  });

  it('shows how large the selection is without asking, and fetches the versions that are shown', async () => {
    // Whoever asked would be told that neither is there.
    const manager = new FakeManager({ entries: {} });
    const entry = (name: string, size: number) => ({
      ...{
        id: `id of ${name}`,
        path: `runs/${name}`,
        name,
        kind: 'file' as const,
        size,
        version: `v-${name}`,
      },
    });
    const browser = Object.assign(document.createElement('div'), {
      id: 'files-there',
      path: 'runs/',
      manager: manager.asManager,
      selectedEntries: [entry('a.bam', 1024), entry('b.bam', 512)],
    });
    document.body.append(browser);
    try {
      const element = await fixture<DownloadButtonElement>(
        html`<download-button for="files-there" no-menu>Get them</download-button>`,
      );
      expect(part(element, 'size')!.textContent!.replaceAll('\u00A0', ' ')).to.contain('1.5 KiB');
      expect(part(element, 'button')!.getAttribute('title')).to.equal(null);
      await element.download('zip');
      expect(manager.downloads[0]!.paths).to.deep.equal(browser.selectedEntries);
    } finally {
      browser.remove();
    }
  });

  it('takes several paths from an attribute, one a line', async () => {
    const manager = new FakeManager();
    const element = await make(manager);
    element.setAttribute('paths', ' a b.txt\nc,d.txt ');
    element.setAttribute('to', 'zip');
    await element.download();
    expect(manager.downloads[0]!.paths).to.deep.equal(['a b.txt', 'c,d.txt']);
    expect(manager.downloads[0]!.options.to).to.equal('zip');
  });

  it('says that a file is gone before anybody presses', async () => {
    const element = await make(new FakeManager({ entries: {} }));
    await until(() => textOf(element).includes('no file “reads.bam” here'));
    expect(part(element, 'button')!.getAttribute('aria-disabled')).to.equal('true');
    await expect(element).to.be.accessible();
  });

  it('waits for a backend that is registered later, and saves its bytes', async () => {
    const element = await fixture<DownloadButtonElement>(
      html`<download-button backend="download-button-test" path="notes/a.txt"></download-button>`,
    );
    expect(part(element, 'button')!.getAttribute('title')).to.contain('download-button-test');
    registerBackend('download-button-test', memory({ files: { 'notes/a.txt': 'hello' } }));
    await until(() => textOf(element).includes('5 B'));
    const letSave = preventSaving();
    const ended = oneEvent(element, 'transfer-end') as Promise<Event> as Promise<TransferEndEvent>;
    part(element, 'button')!.click();
    const { result } = await ended;
    letSave();
    expect(result.state).to.equal('done');
    expect([...result.items][0]!.result!.size).to.equal(5);
  });

  it('begins anew when its failed job was dismissed in a list', async () => {
    let isBroken = true;
    const adapter = memory({
      files: { a: 'a' },
      failures: ({ operation }) => (isBroken && operation === 'resolveDownload' ? forbidden : undefined),
    });
    const element = await fixture<DownloadButtonElement>(
      html`<download-button .adapter=${adapter} path="a"></download-button>`,
    );
    await element.download();
    await until(() => element.currentJob?.snapshot.state === 'incomplete');
    const manager = managerFor(adapter);
    manager.dismiss(element.currentJob!);
    await until(() => !element.currentJob!.isRetryable());
    isBroken = false;
    const letSave = preventSaving();
    part(element, 'button')!.click();
    await until(() => element.currentJob?.snapshot.state === 'done');
    letSave();
  });

  it('shows how its download ended while it was out of the page', async () => {
    const adapter = memory({
      files: { a: 'a' },
      latency: ({ operation }) => (operation === 'resolveDownload' ? 100 : 0),
    });
    const element = await fixture<DownloadButtonElement>(
      html`<download-button .adapter=${adapter} path="a"></download-button>`,
    );
    const letSave = preventSaving();
    const job = (await element.download())!;
    await element.updateComplete;
    const place = element.parentElement!;
    element.remove();
    await job.finished;
    await aTimeout(50);
    place.append(element);
    await until(() => element.matches(':state(done)'));
    letSave();
  });
});

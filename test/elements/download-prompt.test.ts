import { aTimeout, expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { DownloadPromptElement } from '../../src/elements/resume-prompt/download-prompt.js';
import { TransferListElement } from '../../src/elements/transfer-list/transfer-list.js';
import type {
  InterruptedDownload,
  NotResumedDownload,
} from '../../src/transfer/download/interrupted-downloads.js';
import { FakeJob, FakeManager } from './fakes.js';
import { until } from './until.js';

TransferListElement.define();

const mebibyte = 1024 ** 2;
const plain = (text: string | null | undefined) => (text ?? '').replace(/[\s\u00A0]+/g, ' ').trim();

const download = (label: string, more: Partial<InterruptedDownload> = {}): InterruptedDownload => ({
  id: label,
  label,
  place: 'browser',
  placeName: undefined,
  total: { files: 1, bytes: 100 * mebibyte },
  finished: { files: 0, bytes: 0 },
  fetched: 25 * mebibyte,
  started: 1_700_000_000_000,
  updated: 1_700_000_100_000,
  expires: 1_900_000_000_000,
  isElsewhere: false,
  ...more,
});

const intoFolder = (label: string, placeName = 'Photos', more: Partial<InterruptedDownload> = {}) =>
  download(label, {
    place: 'folder',
    placeName,
    total: { files: 8, bytes: 100 * mebibyte },
    finished: { files: 3, bytes: 25 * mebibyte },
    ...more,
  });

/** A manager with downloads of an earlier page. */
class LeftManager extends FakeManager {
  readonly resumed: string[][] = [];
  readonly discarded: string[][] = [];
  refuses: NotResumedDownload['why'] | undefined;
  breaks: Error | undefined;

  constructor(left: readonly InterruptedDownload[]) {
    super();
    this.leftDownloads = left;
  }

  async resumeInterruptedDownloads(downloads: readonly InterruptedDownload[]) {
    this.resumed.push(downloads.map(({ id }) => id));
    if (this.breaks) throw this.breaks;
    await aTimeout(0);
    const why = this.refuses;
    if (why === 'elsewhere') this.#without(downloads);
    if (why) return { jobs: [], notResumed: downloads.map(each => ({ download: each, why })) };
    this.#without(downloads);
    const jobs = downloads.map(({ label }) => this.add(new FakeJob('download', label, [[label, 100]])));
    return { jobs, notResumed: [] };
  }

  async discardInterruptedDownloads(downloads: readonly InterruptedDownload[]) {
    this.discarded.push(downloads.map(({ id }) => id));
    this.#without(downloads);
    return [];
  }

  #without(gone: readonly InterruptedDownload[]): void {
    this.leave(this.leftDownloads.filter(({ id }) => !gone.some(each => each.id === id)));
  }

  leave(left: readonly InterruptedDownload[]): void {
    this.leftDownloads = left;
    this.dispatchEvent(new Event('interruptedchange'));
  }
}

const root = (element: Element) => element.shadowRoot!;
const button = (element: Element, action: string) =>
  root(element).querySelector<HTMLButtonElement>(`[data-action=${action}]`)!;
const text = (element: Element) => plain(root(element).textContent);
const rows = (element: Element) =>
  [...root(element).querySelectorAll('li')].map(row => plain(row.textContent));
const rowButton = (element: Element, name: string) =>
  root(element).querySelector<HTMLButtonElement>(`li button[aria-label$="${name}"]`)!;

/** Not compared with `equal`: an element is long in a message. */
const hasFocus = (element: Element) => (element.getRootNode() as ShadowRoot).activeElement === element;

async function settle(element: DownloadPromptElement) {
  await aTimeout(0);
  await element.updateComplete;
  await aTimeout(20);
  await element.updateComplete;
}

async function make(manager: LeftManager, locale?: string) {
  const element = await fixture<DownloadPromptElement>(
    html`<download-prompt .manager=${manager.asManager} .locale=${locale}></download-prompt>`,
  );
  await settle(element);
  return element;
}

/** What screen readers are told from now on. */
function listen(element: Element): () => string {
  const said: string[] = [];
  Object.assign(element, { ariaNotify: (words: string) => said.push(words) });
  return () => plain(said.join(' '));
}

describe('<download-prompt>', () => {
  it('says nothing while nothing was interrupted, or another tab is at work on it', async () => {
    const manager = new LeftManager([]);
    const element = await make(manager);
    expect(text(element)).to.equal('');
    expect(element.offsetHeight).to.equal(0);
    manager.leave([download('reads.bam', { isElsewhere: true })]);
    await settle(element);
    expect(text(element)).to.equal('');
    manager.leave([download('reads.bam')]);
    await settle(element);
    expect(text(element)).to.contain('1 download was interrupted');
  });

  it('says nothing of the manager it had before, however late that answers', async () => {
    const former = new LeftManager([]);
    const late = Promise.withResolvers<readonly InterruptedDownload[]>();
    former.interruptedDownloads = () => late.promise;
    const element = await make(former);
    element.manager = new LeftManager([]).asManager;
    await settle(element);
    late.resolve([download('reads.bam')]);
    await settle(element);
    expect(text(element)).to.equal('');
  });

  it('says how many, where each goes, and what is not fetched again', async () => {
    const element = await make(
      new LeftManager([
        download('reads.bam'),
        download('runs + 2', { place: 'zip', total: undefined }),
        intoFolder('2026'),
        download('x.bin', { place: 'file', placeName: 'mine.bin', fetched: 0 }),
      ]),
    );
    expect(text(element)).to.contain('4 downloads were interrupted');
    expect(text(element)).to.contain('75 MiB are here already and are not fetched again.');
    expect(rows(element)).to.have.length(3);
    button(element, 'show-all').click();
    await settle(element);
    expect(rows(element)).to.deep.equal([
      'reads.bam to the browser’s downloads25 MiB of 100 MiB are here',
      'runs + 2 as a ZIP25 MiB are here',
      '2026 into the folder Photos3 of 8 files are there',
      'x.bin into the file mine.binbegins anew',
    ]);
    expect(root(element).activeElement?.localName).to.equal('ul');
    await expect(element).to.be.accessible();
  });

  it('says it once for a single one, and that it begins anew where nothing is kept', async () => {
    const manager = new LeftManager([download('reads.bam')]);
    const element = await make(manager);
    expect(text(element)).to.contain('25 MiB of 100 MiB are here already and are not fetched again.');
    expect(rows(element)).to.deep.equal(['reads.bam to the browser’s downloads']);
    expect(root(element).querySelectorAll('li button')).to.have.length(0);
    manager.leave([download('x.bin', { place: 'file', placeName: 'x.bin', fetched: 0, total: undefined })]);
    await settle(element);
    expect(text(element)).to.contain('Nothing of it is here yet: it begins anew.');
  });

  it('goes on with all of them within one key press, says so, and is gone', async () => {
    const manager = new LeftManager([download('a.bin'), intoFolder('b')]);
    const element = await make(manager);
    const said = listen(element);
    let gone: boolean | undefined;
    element.addEventListener('prompt-gone', event => {
      gone = (event as Event & { hadFocus: boolean }).hadFocus;
    });
    button(element, 'resume').focus();
    await sendKeys({ press: 'Enter' });
    await until(() => said().includes('2 downloads go on.'), 'the announcement');
    expect(manager.resumed).to.deep.equal([['a.bin', 'b']]);
    expect(gone).to.equal(true);
    expect(text(element)).to.equal('');
  });

  it('asks the manager before the click is over, and only once', async () => {
    const manager = new LeftManager([intoFolder('a')]);
    const element = await make(manager);
    button(element, 'resume').click();
    // Only so long may the browser be asked for its permission.
    expect(manager.resumed).to.have.length(1);
    button(element, 'resume').click();
    button(element, 'discard').click();
    expect(manager.resumed).to.have.length(1);
    expect(manager.discarded).to.have.length(0);
    await settle(element);
  });

  for (const [why, place, words] of [
    ['no-permission', 'folder', 'not allowed to write there. Resume again'],
    ['place-gone', 'folder', 'The folder Photos was moved or removed. Download again into another one'],
    ['place-gone', 'file', 'The file Photos was moved or removed.'],
  ] as const) {
    it(`says why it did not go on, and keeps the keyboard: ${why}, a ${place}`, async () => {
      const manager = new LeftManager([
        intoFolder('a', 'Photos', { place }),
        intoFolder('b', 'Photos', { place }),
      ]);
      manager.refuses = why;
      const element = await make(manager);
      const said = listen(element);
      button(element, 'resume').focus();
      await sendKeys({ press: 'Enter' });
      await until(() => said().includes(words), 'the announcement');
      expect(text(element)).to.contain(words).and.to.contain('2 downloads were interrupted');
      expect(hasFocus(button(element, 'resume'))).to.equal(true);
      expect(button(element, 'resume').getAttribute('aria-disabled')).to.equal('false');
      await expect(element).to.be.accessible();
    });
  }

  it('names every folder that is gone', async () => {
    const manager = new LeftManager([intoFolder('a', 'Photos'), intoFolder('b', 'Films')]);
    manager.refuses = 'place-gone';
    const element = await make(manager);
    button(element, 'resume').click();
    await settle(element);
    expect(text(element)).to.contain('The folders Photos and Films were moved or removed.');
  });

  it('says that another tab was quicker', async () => {
    const manager = new LeftManager([download('a.bin')]);
    manager.refuses = 'elsewhere';
    const element = await make(manager);
    const said = listen(element);
    button(element, 'resume').click();
    await until(() => said().includes('Another tab has gone on'), 'the announcement');
    expect(text(element)).to.equal('');
    // Of the next one it is not true.
    manager.leave([download('b.bin')]);
    await settle(element);
    expect(text(element)).to.contain('1 download').and.not.to.contain('Another tab');
  });

  it('stays usable when it could not be gone on with at all', async () => {
    const manager = new LeftManager([download('a.bin')]);
    manager.breaks = new Error('broken');
    const element = await make(manager);
    button(element, 'resume').click();
    await settle(element);
    expect(root(element).querySelectorAll('.note')).to.have.length(1);
    expect(button(element, 'resume').getAttribute('aria-disabled')).to.equal('false');
  });

  it('discards single ones, and the keyboard goes on to the next', async () => {
    const manager = new LeftManager([download('a.bin'), download('b.bin'), intoFolder('c')]);
    const element = await make(manager);
    const said = listen(element);
    rowButton(element, 'b.bin').focus();
    await sendKeys({ press: 'Enter' });
    await settle(element);
    expect(manager.discarded).to.deep.equal([['b.bin']]);
    expect(text(element)).to.contain('2 downloads were interrupted');
    expect(hasFocus(rowButton(element, ' c'))).to.equal(true);
    await sendKeys({ press: 'Enter' });
    await until(() => said().includes('Files that were whole stay in their folder.'), 'the announcement');
    expect(manager.discarded[1]).to.deep.equal(['c']);
    // A single one has no button of its own.
    expect(hasFocus(button(element, 'resume'))).to.equal(true);
    button(element, 'discard').click();
    await settle(element);
    expect(manager.discarded[2]).to.deep.equal(['a.bin']);
    expect(text(element)).to.equal('');
  });

  it('shows names for what they are', async () => {
    const element = await make(new LeftManager([intoFolder('a\u202Egpj.exe', 'b\u202Etxt')]));
    expect(root(element).textContent).not.to.contain('\u202E');
    expect(root(element).querySelector('.pieces bdi bdi')?.textContent).to.equal('b\uFFFDtxt');
  });

  it('fits into 320 px, long names included', async () => {
    const long = 'sample_000123_of_a_very_long_run_with_many_words_R1_001.fastq.gz';
    const element = await make(new LeftManager([intoFolder(long, long.repeat(2)), download(long + long)]));
    element.style.inlineSize = '288px';
    await settle(element);
    for (const each of root(element).querySelectorAll('.box *')) {
      expect(each.getBoundingClientRect().right).to.be.at.most(element.getBoundingClientRect().right);
    }
  });

  it('speaks German', async () => {
    const element = await make(
      new LeftManager([intoFolder('a'), download('b.bin', { place: 'zip', fetched: 0 })]),
      'de',
    );
    await until(() => text(element).includes('Downloads wurden'), 'the German words');
    expect(text(element)).to.contain('2 Downloads wurden unterbrochen');
    expect(text(element)).to.contain('25 MiB von 200 MiB sind schon hier');
    expect(rows(element)).to.deep.equal([
      'a in den Ordner Photos3 von 8 Dateien sind dort',
      'b.bin als ZIPbeginnt von vorn',
    ]);
    expect(plain(button(element, 'resume').textContent)).to.equal('Fortsetzen');
  });
});

describe('interrupted downloads in a transfer list', () => {
  /** A storage may be slow to give a job, or to tell that nothing is left. */
  class EarlyManager extends LeftManager {
    override async resumeInterruptedDownloads(downloads: readonly InterruptedDownload[]) {
      this.leave([]);
      await aTimeout(30);
      return super.resumeInterruptedDownloads(downloads);
    }
  }

  for (const [first, Manager] of [
    ['their jobs come', LeftManager],
    ['the offer goes', EarlyManager],
  ] as const) {
    it(`go on as jobs of it, and the keyboard stays there, when ${first} first`, async () => {
      const manager = new Manager([download('a.bin')]);
      const list = await fixture<TransferListElement>(
        html`<transfer-list .manager=${manager.asManager}></transfer-list>`,
      );
      const prompt = root(list).querySelector('download-prompt')!;
      const said = listen(prompt);
      await settle(prompt);
      expect(text(prompt)).to.contain('1 download was interrupted');
      await expect(list).to.be.accessible();
      button(prompt, 'resume').focus();
      await sendKeys({ press: 'Enter' });
      await until(() => said().includes('1 download goes on.'), 'the announcement');
      expect(root(list).querySelectorAll('transfer-list-job')).to.have.length(1);
      expect(document.activeElement?.localName).to.equal('transfer-list');
      expect(root(list).activeElement?.localName).to.equal('input');
    });
  }
});

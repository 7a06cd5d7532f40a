import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import {
  button,
  close,
  defaultFiles,
  enterGrid,
  find,
  findAll,
  focusedName,
  open,
  rowElements,
  rowNamed,
  settled,
  shownNames,
  statusText,
  until,
} from './file-browser-support.js';

describe('file-browser: what it shows', () => {
  afterEach(close);

  it('lists folders first and names in natural order', async () => {
    const element = await open();
    expect(shownNames(element)).to.deep.equal([
      'docs',
      'zebra',
      'a.txt',
      'b.txt',
      'reads 2.fastq',
      'reads 10.fastq',
    ]);
    expect(statusText(element)).to.equal('6 items');
  });

  it('sorts by a column and says so to assistive technology', async () => {
    const element = await open();
    button(element, 'Size').click();
    await settled(element);
    expect(shownNames(element)).to.deep.equal([
      'docs',
      'zebra',
      'a.txt',
      'b.txt',
      'reads 2.fastq',
      'reads 10.fastq',
    ]);
    button(element, 'Size').click();
    await settled(element);
    expect(shownNames(element).slice(2)).to.deep.equal(['reads 2.fastq', 'reads 10.fastq', 'b.txt', 'a.txt']);
    const header = button(element, 'Size').closest('[role="columnheader"]')!;
    expect(header.getAttribute('aria-sort')).to.equal('descending');
    expect(findAll(element, '[aria-sort="ascending"]')).to.be.empty;
  });

  it('filters what is loaded and says of how many', async () => {
    const element = await open();
    const input = find<HTMLInputElement>(element, '.filter-input')!;
    input.focus();
    await sendKeys({ type: 'reads' });
    await settled(element);
    expect(shownNames(element)).to.deep.equal(['reads 2.fastq', 'reads 10.fastq']);
    expect(statusText(element)).to.equal('2 of 6 items match');
    await sendKeys({ type: 'zzz' });
    await settled(element);
    expect(find(element, '.panel')!.textContent).to.contain('Nothing here matches “readszzz”');
    await sendKeys({ press: 'Escape' });
    await settled(element);
    expect(shownNames(element)).to.have.length(6);
    expect(focusedName(element)).to.equal('docs');
  });

  it('opens the folder that `path` names, and goes on when a page sets another', async () => {
    const element = await open({ properties: { path: 'docs' } });
    expect(shownNames(element)).to.deep.equal(['deep', 'inner.txt']);
    element.path = 'zebra/';
    await until(() => shownNames(element)[0] === 'stripes.txt', 'the other folder is shown');
    element.setAttribute('path', 'docs/deep/');
    await until(() => shownNames(element)[0] === 'leaf.txt', 'the attribute works too');
  });

  it('shows columns by the room there is, and counts all of them for assistive technology', async () => {
    const wide = await open({ width: 900 });
    expect(findAll(wide, '[role="columnheader"]').map(cell => cell.textContent!.trim())).to.deep.equal([
      'Name',
      'Size',
      'Modified',
      'Type',
    ]);
    const narrow = await open({ width: 320 });
    await until(() => findAll(narrow, '[role="columnheader"]').length < 3, 'columns give way');
    expect(find(narrow, '.grid')!.getAttribute('aria-colcount')).to.equal('4');
    expect(find(narrow, '.grid')!.scrollWidth).to.be.at.most(320);
    expect(narrow.scrollWidth).to.be.at.most(320);
  });

  it('says size and date under the name where no column has room', async () => {
    const files = { 'reads.bam': 'x'.repeat(2048), 'docs/inner.txt': '' };
    const element = await open({ width: 320, files });
    await until(() => findAll(element, '[role="columnheader"]').length === 1, 'columns give way');
    const row = rowNamed(element, 'reads.bam');
    expect(row.querySelector('.under-name')!.textContent).to.match(/^2\sKiB · now$/);
    expect(row.getAttribute('aria-label')).to.match(/^reads\.bam, 2\sKiB, now$/);
    expect(rowNamed(element, 'docs').querySelector('.under-name')).to.equal(null);
    const { top, bottom } = row.getBoundingClientRect();
    for (const line of row.querySelectorAll('.name, .under-name')) {
      const box = line.getBoundingClientRect();
      expect(box.top >= top && box.bottom <= bottom, 'lies in its row').to.equal(true);
    }
    element.density = 'compact';
    await until(() => !rowNamed(element, 'reads.bam').querySelector('.under-name'), 'low rows have one line');
    element.density = 'normal';
    element.parentElement!.style.width = '900px';
    await until(() => findAll(element, '[role="columnheader"]').length === 4, 'columns have room');
    expect(rowNamed(element, 'reads.bam').querySelector('.under-name')).to.equal(null);
  });

  it('takes columns of the page’s own', async () => {
    const element = await open({
      properties: {
        columns: [
          'size',
          {
            id: 'length',
            label: 'Length',
            text: entry => `${entry.name.length}`,
            compare: (a, b) => a.name.length - b.name.length,
          },
        ],
      },
    });
    expect(rowNamed(element, 'a.txt').textContent).to.contain('5');
    button(element, 'Length').click();
    button(element, 'Length').click();
    await settled(element);
    expect(shownNames(element)[2]).to.equal('reads 10.fastq');
  });

  it('keeps long names readable at their end and whole in the accessible name', async () => {
    const name = `${'very long '.repeat(20)}plate 7 field 0042.ome.tif`;
    const element = await open({ files: { [name]: 'x' } });
    const [row] = rowElements(element);
    expect(row!.getAttribute('aria-label')).to.contain(name);
    const end = row!.querySelector<HTMLElement>('.name-end')!;
    expect(end.textContent).to.match(/\.ome\.tif$|\.tif$/);
    expect(end.getBoundingClientRect().right).to.be.at.most(row!.getBoundingClientRect().right);
  });
});

describe('file-browser: states', () => {
  afterEach(close);

  it('shows the shape of rows while the first page is on its way', async () => {
    let answer = () => {};
    const gate = new Promise<void>(resolve => (answer = resolve));
    const real = memory({ files: { 'a.txt': 'a' } });
    const element = document.createElement('file-browser');
    element.adapter = {
      ...real,
      list: async (path, options) => {
        await gate;
        return real.list(path, options);
      },
    };
    document.body.append(element);
    await settled(element);
    expect(element.matches(':state(loading)')).to.be.true;
    expect(findAll(element, '.skeleton .row').length).to.be.greaterThan(2);
    expect(find(element, '.grid')!.getAttribute('aria-busy')).to.equal('true');
    expect(find(element, '.grid')!.getAttribute('aria-rowcount')).to.equal('-1');
    answer();
    await until(() => rowElements(element).length === 1, 'the row arrives');
    await settled(element);
    expect(element.matches(':state(loading)')).to.be.false;
    expect(find(element, '.skeleton')).to.equal(null);
    expect(find(element, '.grid')!.getAttribute('aria-busy')).to.equal('false');
    element.remove();
  });

  it('says what can be done in an empty folder', async () => {
    const element = await open({ files: {} });
    expect(element.matches(':state(empty)')).to.be.true;
    expect(find(element, '.panel')!.textContent).to.contain('Drop files or folders here');
    element.readonly = true;
    await settled(element);
    expect(find(element, '.panel')!.textContent).to.contain('Nothing has been stored here yet');
  });

  it('explains a failure, shows what the server said, and repeats on request', async () => {
    let fails = true;
    const element = await open({
      options: {
        failures: ({ operation }) =>
          fails && operation === 'list'
            ? new TransferError('The storage refused this page’s request. Ask whoever runs it.', {
                kind: 'fatal',
                reason: 'forbidden',
                status: 403,
                serverCode: 'AccessDenied',
                requestId: '7F2A',
              })
            : undefined,
      },
    });
    expect(element.matches(':state(error)')).to.be.true;
    const panel = find(element, '[role="alert"]')!;
    expect(panel.textContent).to.contain('The storage refused this page’s request.');
    expect(panel.textContent).to.contain('AccessDenied').and.to.contain('7F2A');
    fails = false;
    button(element, 'Try again').click();
    await until(() => rowElements(element).length === 6, 'the folder is shown');
    expect(element.matches(':state(error)')).to.be.false;
  });

  it('keeps what is loaded when the next page fails', async () => {
    let fails = false;
    const element = await open({
      files: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}`, 'x'])),
      options: {
        pageSize: 20,
        failures: ({ operation }) =>
          fails && operation === 'list'
            ? new TransferError('Gone.', { kind: 'fatal', reason: 'server' })
            : undefined,
      },
    });
    fails = true;
    let reported: unknown;
    element.addEventListener('error', event => (reported = (event as unknown as { error: Error }).error));
    const loaded = element.entries.length;
    button(element, 'Load the rest').click();
    await until(() => find(element, '.notice'), 'the failure is said');
    expect(element.entries.length).to.equal(loaded);
    expect(find(element, '.notice')!.textContent).to.contain('What is shown stays.');
    expect(reported).to.be.instanceOf(TransferError);
    fails = false;
    button(element, 'Try again').click();
    await until(() => element.entries.length === 60, 'the rest is loaded');
    await settled(element);
    expect(find(element, '.notice')).to.equal(null);
  });

  it('says which backend is missing and starts when it is registered', async () => {
    const { registerBackend } = await import('../../src/transfer/backends.js');
    const element = document.createElement('file-browser');
    element.setAttribute('backend', 'later');
    document.body.append(element);
    await settled(element);
    expect(find(element, '.panel')!.textContent).to.contain('later');
    registerBackend('later', memory({ files: { 'x.txt': 'x' } }));
    await until(() => rowElements(element).length === 1, 'the folder is shown');
    element.remove();
  });

  it('lets a page replace the empty and error states by slots', async () => {
    const element = await open({ files: {} });
    const own = document.createElement('p');
    own.slot = 'empty';
    own.textContent = 'Our own words';
    element.append(own);
    await settled(element);
    expect(find<HTMLSlotElement>(element, 'slot[name="empty"]')!.assignedElements()).to.deep.equal([own]);
    expect(own.getBoundingClientRect().height).to.be.greaterThan(0);
  });
});

describe('file-browser: going about', () => {
  afterEach(close);

  it('opens folders and comes back to the one it left, and tells the page', async () => {
    const element = await open();
    const paths: string[] = [];
    element.addEventListener('path-change', event => paths.push(event.path, event.detail.path));
    await enterGrid(element);
    await sendKeys({ press: 'ArrowDown' });
    await sendKeys({ press: 'Enter' });
    await until(() => shownNames(element)[0] === 'stripes.txt', 'the folder opens');
    await settled(element);
    expect(focusedName(element)).to.equal('stripes.txt');
    await sendKeys({ press: 'Backspace' });
    await until(() => shownNames(element).length === 6, 'up again');
    await settled(element);
    expect(focusedName(element)).to.equal('zebra');
    expect(paths).to.deep.equal(['zebra/', 'zebra/', '', '']);
  });

  it('tells the page that the selection stays behind when another folder is entered, once', async () => {
    const element = await open();
    const seen: string[] = [];
    element.addEventListener('selection-change', event =>
      seen.push(event.entries.map(entry => entry.name).join() || 'none'),
    );
    rowNamed(element, 'zebra').click();
    await settled(element);
    rowNamed(element, 'zebra').dispatchEvent(new MouseEvent('dblclick', { bubbles: true, composed: true }));
    await until(() => shownNames(element)[0] === 'stripes.txt', 'the folder opens');
    await settled(element);
    expect(seen).to.deep.equal(['zebra', 'none']);
    element.path = '';
    await until(() => shownNames(element).length === 6, 'up again');
    await settled(element);
    expect(seen).to.deep.equal(['zebra', 'none']);
  });

  it('hands the focus to the rows at the top, where there is no further up', async () => {
    const element = await open({ properties: { path: 'docs/deep/' } });
    const up = button(element, 'Up one folder');
    up.focus();
    await sendKeys({ press: 'Enter' });
    await until(() => shownNames(element).length === 2, 'one up');
    await settled(element);
    expect(element.shadowRoot!.activeElement === up).to.equal(true);
    await sendKeys({ press: 'Enter' });
    await until(() => shownNames(element).length === 6, 'at the top');
    await settled(element);
    expect(focusedName(element)).to.equal('docs');
  });

  it('does not open what the page forbids, and leaves files to the page', async () => {
    const element = await open();
    const seen: string[] = [];
    element.addEventListener('entry-open', event => {
      seen.push(event.entry.path);
      event.preventDefault();
    });
    rowNamed(element, 'docs').dispatchEvent(new MouseEvent('dblclick', { bubbles: true, composed: true }));
    rowNamed(element, 'a.txt').dispatchEvent(new MouseEvent('dblclick', { bubbles: true, composed: true }));
    await settled(element);
    expect(seen).to.deep.equal(['docs/', 'a.txt']);
    expect(element.path).to.equal('');
  });

  it('goes to a typed path', async () => {
    const element = await open();
    await enterGrid(element);
    await sendKeys({ press: 'Control+l' });
    await settled(element);
    const input = find<HTMLInputElement>(element, '.path-input')!;
    expect(element.shadowRoot!.activeElement === input).to.equal(true);
    await sendKeys({ type: '/docs/deep' });
    await sendKeys({ press: 'Enter' });
    await until(() => shownNames(element)[0] === 'leaf.txt', 'the typed folder is shown');
    expect(element.path).to.equal('docs/deep/');
    await settled(element);
    expect(focusedName(element)).to.equal('leaf.txt');
  });

  it('has breadcrumbs that go to every folder above', async () => {
    const element = await open({ properties: { path: 'docs/deep/' } });
    const crumbs = findAll(element, '.crumb').map(crumb => crumb.textContent!.trim());
    expect(crumbs).to.deep.equal(['lab', 'docs', 'deep']);
    expect(find(element, '[aria-current="page"]')!.textContent!.trim()).to.equal('deep');
    findAll(element, '.crumb')[1]!.click();
    await until(() => shownNames(element)[0] === 'deep', 'up one');
    expect(element.path).to.equal('docs/');
  });
});

describe('file-browser: names', () => {
  afterEach(close);
  const long = `${'a rather long name '.repeat(8)}0001.fastq.gz`;
  const middle = 'archive of everything in 2019.tar.gz';

  it('are one piece of text while they fit, and cut in the middle when they do not', async () => {
    const element = await open({ files: { [long]: '1', [middle]: '2' }, width: 900 });
    expect(rowNamed(element, middle).querySelector('.name')!.childElementCount).to.equal(0);
    const name = rowNamed(element, long).querySelector<HTMLElement>('.name')!;
    const [start, end] = [...name.children] as HTMLElement[];
    expect(end!.textContent).to.contain('.fastq.gz');
    expect(start!.scrollWidth).to.be.greaterThan(start!.clientWidth);
    const cell = rowNamed(element, middle).querySelector<HTMLElement>('.name')!;
    expect(cell.scrollWidth, 'what is in one piece is not cut').to.be.at.most(cell.clientWidth);
  });

  it('are taken apart as soon as the column gets too narrow', async () => {
    const element = await open({ files: { [middle]: '2' }, width: 900 });
    element.parentElement!.style.width = '300px';
    await until(() => rowNamed(element, middle).querySelector('.name-end'), 'its end stays in view');
  });
});

describe('file-browser: a folder that is not there', () => {
  afterEach(close);

  it('says so instead of calling it empty, and takes the first file', async () => {
    const element = await open({ properties: { path: 'no/such/' } });
    expect(find(element, '[part="empty"]')!.textContent).to.contain('Nothing is stored under “no/such/”');
    expect(find(element, '[part="empty"]')!.textContent).to.not.contain('This folder is empty');
    await element.act('upload', [], { source: [new File(['x'], 'first.txt')], to: 'no/such/' });
    await until(() => shownNames(element).includes('first.txt'), 'the first file makes the folder');
  });

  it('does not say so any more while it is being filled, however long reading it again takes', async () => {
    const real = memory({ files: defaultFiles });
    let isSlow = false;
    let goOn = () => {};
    const wait = new Promise<void>(resolve => (goOn = resolve));
    const list: typeof real.list = async (path, options) => {
      if (isSlow) await wait;
      return real.list(path, options);
    };
    const element = await open({ adapter: { ...real, list }, properties: { path: 'no/such/' } });
    expect(find(element, '[part="empty"]')!.textContent).to.contain('Nothing is stored under');
    isSlow = true;
    void element.act('upload', [], { source: [new File(['x'], 'first.txt')], to: 'no/such/' });
    await until(() => find(element, '[part="skeleton"]'), 'it is no longer called missing');
    expect(find(element, '[part="empty"]') === null).to.equal(true);
    goOn();
    await until(() => shownNames(element).includes('first.txt'), 'the first file');
  });

  it('calls a folder empty that is there', async () => {
    const element = await open();
    await element.act('new-folder', [], { name: 'hollow' });
    element.path = 'hollow/';
    await until(() => find(element, '[part="empty"]'), 'the folder is shown');
    expect(find(element, '[part="empty"]')!.textContent).to.contain('This folder is empty');
  });

  it('calls a folder empty where the storage cannot say, and an empty storage always', async () => {
    const silent = { ...memory({ label: 'lab' }), stat: () => Promise.reject(new Error('no answer')) };
    const element = await open({ adapter: silent, properties: { path: 'no/such/' } });
    expect(find(element, '[part="empty"]')!.textContent).to.contain('This folder is empty');
    const other = await open({ files: {} });
    expect(find(other, '[part="empty"]')!.textContent).to.contain('This folder is empty');
  });
});

import { expect } from '@open-wc/testing';
import { sendKeys, sendMouse } from '@web/test-runner-commands';
import {
  button,
  close,
  enterGrid,
  find,
  findAll,
  focusedName,
  nameOfRow,
  open,
  rowElements,
  rowNamed,
  selectedNames,
  settled,
  statusText,
  until,
} from './file-browser-support.js';

const letters = Object.fromEntries([...'abcdefgh'].map(letter => [`${letter}.txt`, letter]));

async function press(element: Awaited<ReturnType<typeof open>>, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await sendKeys({ press: key });
    await settled(element);
  }
}

async function click(element: HTMLElement, button: 'left' | 'right' = 'left'): Promise<void> {
  const { left, top, height } = element.getBoundingClientRect();
  await sendMouse({
    type: 'click',
    button,
    position: [Math.round(left + 120), Math.round(top + height / 2)],
  });
}

describe('file-browser: keyboard', () => {
  afterEach(close);

  it('is one tab stop in the grid', async () => {
    const element = await open({ files: letters });
    expect(findAll(element, '.grid [tabindex="0"]')).to.have.length(1);
    // Without something behind it, Tab would go to the browser's own controls.
    element.after(document.createElement('input'));
    await enterGrid(element);
    await press(element, 'ArrowDown', 'ArrowRight');
    expect(findAll(element, '.grid [tabindex="0"]')).to.have.length(1);
    await sendKeys({ press: 'Tab' });
    expect(element.shadowRoot!.activeElement?.closest('.grid') ?? null).to.equal(null);
    await sendKeys({ press: 'Shift+Tab' });
    expect(element.shadowRoot!.activeElement?.closest('.grid')).to.equal(find(element, '.grid'));
  });

  it('comes into the list by focus(), on the row that had it last', async () => {
    const element = await open({ files: letters });
    element.focus();
    await press(element, 'ArrowDown', 'ArrowDown');
    const before = focusedName(element);
    const field = document.createElement('input');
    element.after(field);
    field.focus();
    element.focus();
    expect(document.activeElement).to.equal(element);
    expect(focusedName(element)).to.equal(before);
    expect(before).to.equal('c.txt');
    field.remove();
  });

  it('stays with rows when a folder is entered and left', async () => {
    const element = await open({
      files: { 'sub/one.txt': '1', 'sub/two.txt': '2', 'z.txt': 'z' },
      options: { latency: 60 },
    });
    await enterGrid(element);
    await press(element, 'Enter');
    await until(() => rowElements(element).some(row => nameOfRow(row) === 'one.txt'), 'the folder is shown');
    await settled(element);
    expect(element.shadowRoot!.activeElement?.getAttribute('role')).to.equal('row');
    await press(element, 'End');
    expect(focusedName(element)).to.equal('two.txt');
    await press(element, 'Backspace');
    await until(() => rowElements(element).some(row => nameOfRow(row) === 'z.txt'), 'the parent is shown');
    await settled(element);
    expect(element.shadowRoot!.activeElement?.getAttribute('role')).to.equal('row');
    await press(element, 'End');
    expect(focusedName(element)).to.equal('z.txt');
  });

  it('goes on at the folder that was just made, from the button as from the grid', async () => {
    const element = await open({ files: letters, options: { latency: 30 } });
    const make = async (name: string) => {
      await until(
        () => element.shadowRoot!.querySelector<HTMLDialogElement>('.question')!.open,
        'the question',
      );
      await sendKeys({ type: name });
      await sendKeys({ press: 'Enter' });
      await until(() => focusedName(element) === name, `the focus is on ${name}`);
    };
    button(element, 'New folder').focus();
    await sendKeys({ press: 'Enter' });
    await make('nested');
    expect(element.shadowRoot!.activeElement?.getAttribute('role')).to.equal('row');
    await press(element, 'F7');
    await make('another');
    await press(element, 'ArrowDown');
    expect(focusedName(element)).to.equal('nested');
  });

  it('moves by rows, pages and ends, and into cells and the header', async () => {
    const element = await open({ files: letters });
    await enterGrid(element);
    await press(element, 'ArrowDown', 'ArrowDown');
    expect(focusedName(element)).to.equal('c.txt');
    await press(element, 'End');
    expect(focusedName(element)).to.equal('h.txt');
    await press(element, 'Home');
    expect(focusedName(element)).to.equal('a.txt');
    await press(element, 'PageDown');
    expect(focusedName(element)).to.not.equal('a.txt');
    await press(element, 'Control+Home', 'ArrowRight');
    expect(element.shadowRoot!.activeElement!.getAttribute('role')).to.equal('gridcell');
    await press(element, 'ArrowRight');
    expect(element.shadowRoot!.activeElement!.getAttribute('aria-colindex')).to.equal('2');
    await press(element, 'ArrowLeft', 'ArrowLeft');
    expect(element.shadowRoot!.activeElement!.getAttribute('role')).to.equal('row');
    await press(element, 'ArrowUp', 'ArrowRight');
    expect(element.shadowRoot!.activeElement!.textContent!.trim()).to.equal('Size');
    await press(element, 'Enter');
    // Firefox under remote control delivers the click of Enter after the key.
    await until(
      () => findAll(element, '[aria-sort="ascending"]')[0]?.textContent?.includes('Size'),
      'it sorts by size',
    );
    await press(element, 'ArrowDown');
    expect(focusedName(element)).to.equal('a.txt');
  });

  it('mirrors left and right where the page reads from the right', async () => {
    const element = await open({ files: letters });
    element.dir = 'rtl';
    await enterGrid(element);
    await press(element, 'ArrowLeft');
    expect(element.shadowRoot!.activeElement!.getAttribute('role')).to.equal('gridcell');
    await press(element, 'ArrowRight');
    expect(element.shadowRoot!.activeElement!.getAttribute('role')).to.equal('row');
  });

  it('selects with Space, extends with Shift, takes all with Ctrl+A and lets go with Escape', async () => {
    const element = await open({ files: letters });
    const events: number[] = [];
    element.addEventListener('selection-change', event => events.push(event.entries.length));
    await enterGrid(element);
    await press(element, 'ArrowDown', 'Space', 'Shift+ArrowDown', 'Shift+ArrowDown');
    expect(selectedNames(element)).to.deep.equal(['b.txt', 'c.txt', 'd.txt']);
    await press(element, 'Shift+ArrowUp');
    expect(selectedNames(element)).to.deep.equal(['b.txt', 'c.txt']);
    expect(rowNamed(element, 'b.txt').getAttribute('aria-selected')).to.equal('true');
    expect(rowNamed(element, 'a.txt').getAttribute('aria-selected')).to.equal('false');
    await press(element, 'Shift+End');
    expect(selectedNames(element)).to.have.length(7);
    await press(element, 'Control+a');
    expect(selectedNames(element)).to.have.length(8);
    await press(element, 'Escape');
    expect(selectedNames(element)).to.be.empty;
    expect(events).to.deep.equal([1, 2, 3, 2, 7, 8, 0]);
  });

  it('goes to a typed name, and to the next one with the same letter', async () => {
    const element = await open({
      files: { 'alpha.txt': '', 'beta.txt': '', 'bravo 1.txt': '', 'bravo 2.txt': '', 'zulu.txt': '' },
    });
    await enterGrid(element);
    await sendKeys({ type: 'br' });
    await settled(element);
    expect(focusedName(element)).to.equal('bravo 1.txt');
    await new Promise(resolve => setTimeout(resolve, 1100));
    await press(element, 'b');
    expect(focusedName(element)).to.equal('bravo 2.txt');
    await press(element, 'b');
    expect(focusedName(element)).to.equal('beta.txt');
    await new Promise(resolve => setTimeout(resolve, 1100));
    await sendKeys({ type: 'bravo 2' });
    await settled(element);
    expect(focusedName(element)).to.equal('bravo 2.txt');
    expect(selectedNames(element)).to.be.empty;
  });

  it('opens the menu with Shift+F10, moves in it, and gives the focus back', async () => {
    const element = await open({ files: letters });
    await enterGrid(element);
    await press(element, 'ArrowDown', 'Shift+F10');
    const menu = find(element, '.menu')!;
    expect(menu.matches(':popover-open')).to.be.true;
    expect(element.shadowRoot!.activeElement!.textContent).to.contain('Open');
    await press(element, 'ArrowUp');
    expect(element.shadowRoot!.activeElement!.textContent).to.contain('Delete');
    await press(element, 'Escape');
    expect(menu.matches(':popover-open')).to.be.false;
    expect(focusedName(element)).to.equal('b.txt');
  });

  it('selects as told by `select`', async () => {
    const single = await open({ files: letters, properties: { select: 'single' } });
    await enterGrid(single);
    await press(single, 'Space', 'ArrowDown', 'Space');
    expect(selectedNames(single)).to.deep.equal(['b.txt']);
    expect(find(single, '.grid')!.hasAttribute('aria-multiselectable')).to.be.false;
    close();
    const none = await open({ files: letters, properties: { select: 'none' } });
    await enterGrid(none);
    await press(none, 'Space', 'Control+a');
    expect(selectedNames(none)).to.be.empty;
    expect(rowElements(none)[0]!.hasAttribute('aria-selected')).to.be.false;
  });

  it('leaves shortcuts alone while a text field has the focus', async () => {
    const element = await open({ files: letters });
    await enterGrid(element);
    await press(element, 'Space');
    find<HTMLInputElement>(element, '.filter-input')!.focus();
    await press(element, 'Delete', 'F2');
    expect(find<HTMLDialogElement>(element, 'dialog')!.open).to.be.false;
    expect(find(element, '.name-input')).to.equal(null);
  });
});

describe('file-browser: mouse', () => {
  afterEach(close);

  it('selects one with a click, ranges with Shift, single ones with Ctrl and the boxes', async () => {
    const element = await open({ files: letters });
    await click(rowNamed(element, 'b.txt'));
    await settled(element);
    expect(selectedNames(element)).to.deep.equal(['b.txt']);
    expect(focusedName(element)).to.equal('b.txt');
    await sendKeys({ down: 'Shift' });
    await click(rowNamed(element, 'd.txt'));
    await sendKeys({ up: 'Shift' });
    await settled(element);
    expect(selectedNames(element)).to.deep.equal(['b.txt', 'c.txt', 'd.txt']);
    await sendKeys({ down: 'Control' });
    await click(rowNamed(element, 'c.txt'));
    await sendKeys({ up: 'Control' });
    await settled(element);
    expect(selectedNames(element)).to.deep.equal(['b.txt', 'd.txt']);
    rowNamed(element, 'f.txt').querySelector<HTMLElement>('[data-check]')!.click();
    await settled(element);
    expect(selectedNames(element)).to.deep.equal(['b.txt', 'd.txt', 'f.txt']);
    expect(statusText(element)).to.contain('3 selected, 3 B');
    await click(rowNamed(element, 'a.txt'));
    await settled(element);
    expect(selectedNames(element)).to.deep.equal(['a.txt']);
  });

  it('opens with a double click', async () => {
    const element = await open();
    rowNamed(element, 'docs').dispatchEvent(new MouseEvent('dblclick', { bubbles: true, composed: true }));
    await until(() => element.path === 'docs/', 'the folder opens');
  });

  it('takes the row under the pointer for the menu, or the selection it is part of', async () => {
    const element = await open({ files: letters });
    await click(rowNamed(element, 'b.txt'));
    await click(rowNamed(element, 'd.txt'), 'right');
    await settled(element);
    expect(selectedNames(element)).to.deep.equal(['d.txt']);
    expect(find(element, '.menu')!.getAttribute('aria-label')).to.equal('Actions for d.txt');
    await sendKeys({ press: 'Escape' });
    await settled(element);
    element.selectPaths(['a.txt', 'b.txt']);
    await settled(element);
    await click(rowNamed(element, 'b.txt'), 'right');
    await settled(element);
    expect(selectedNames(element)).to.deep.equal(['a.txt', 'b.txt']);
    expect(
      findAll(element, '.menu-item')
        .map(item => item.textContent!.trim())
        .join(),
    ).to.not.contain('Rename');
    await sendKeys({ press: 'Escape' });
  });

  it('keeps the menu of a right click when the button is let go', async () => {
    const element = await open({ files: letters });
    const box = rowNamed(element, 'b.txt').getBoundingClientRect();
    await sendMouse({
      type: 'move',
      position: [Math.round(box.x + 120), Math.round(box.y + box.height / 2)],
    });
    await sendMouse({ type: 'down', button: 'right' });
    await new Promise(resolve => setTimeout(resolve, 100));
    await sendMouse({ type: 'up', button: 'right' });
    const menu = element.shadowRoot!.querySelector('.menu')!;
    await until(() => menu.matches(':popover-open'), 'the menu');
    await new Promise(resolve => setTimeout(resolve, 150));
    expect(menu.matches(':popover-open')).to.equal(true);
    await sendKeys({ press: 'Escape' });
  });

  it('opens with a tap where a finger taps, and selects by the box', async () => {
    const element = await open();
    const tap = (target: HTMLElement) =>
      target.dispatchEvent(
        new PointerEvent('click', { bubbles: true, composed: true, pointerType: 'touch' }),
      );
    tap(rowNamed(element, 'a.txt').querySelector<HTMLElement>('[data-check]')!);
    await settled(element);
    expect(selectedNames(element)).to.deep.equal(['a.txt']);
    tap(rowNamed(element, 'b.txt'));
    await settled(element);
    expect(selectedNames(element)).to.deep.equal(['a.txt', 'b.txt']);
    find<HTMLElement>(element, '.status .link-button')!.click();
    await settled(element);
    tap(rowNamed(element, 'docs'));
    await until(() => element.path === 'docs/', 'the tap opens');
    expect(nameOfRow(rowElements(element)[0] ?? document.body)).to.be.a('string');
  });
});

import { expect } from '@open-wc/testing';
import { sendKeys, sendMouse } from '@web/test-runner-commands';
import {
  button,
  close,
  enterGrid,
  find,
  focusedName,
  largeFolder,
  nameOfRow,
  open,
  rowElements,
  settled,
  statusText,
  until,
} from './file-browser-support.js';

const million = 1_000_000;
const nameAt = (index: number) => `object-${String(index).padStart(7, '0')}.dat`;

/** Rows that a person can see wholly, top to bottom. */
function visibleNames(element: HTMLElement & { shadowRoot: ShadowRoot | null }): string[] {
  const grid = element.shadowRoot!.querySelector('.grid')!.getBoundingClientRect();
  const head = element.shadowRoot!.querySelector('.head')!.getBoundingClientRect();
  return [...element.shadowRoot!.querySelectorAll('.block [role="row"]:not(.outside)')]
    .filter(row => {
      const { top, bottom } = row.getBoundingClientRect();
      return top >= head.bottom - 1 && bottom <= grid.bottom + 1;
    })
    .map(nameOfRow);
}

describe('file-browser: a million rows', function () {
  this.timeout(60_000);
  let element: Awaited<ReturnType<typeof open>>;

  before(async () => {
    element = await open({ adapter: largeFolder(million, million).adapter });
  });
  after(close);

  it('keeps fewer than fifty of them in the page', () => {
    expect(element.entries.length).to.equal(million);
    expect(rowElements(element).length).to.be.greaterThan(5).and.lessThan(50);
    expect(find(element, '.grid')!.getAttribute('aria-rowcount')).to.equal(String(million + 1));
  });

  it('shows exactly the last row at the lower end of the scroll bar, and the first at the upper', async () => {
    const grid = find(element, '.grid')!;
    grid.scrollTop = grid.scrollHeight;
    await until(() => visibleNames(element).at(-1) === nameAt(million - 1), 'the last row is in view');
    const last = rowElements(element).at(-1)!;
    expect(last.getAttribute('aria-rowindex')).to.equal(String(million + 1));
    expect(
      Math.abs(last.getBoundingClientRect().bottom - grid.getBoundingClientRect().bottom),
    ).to.be.lessThan(2);
    grid.scrollTop = 0;
    await until(() => visibleNames(element)[0] === nameAt(0), 'the first row is in view');
  });

  it('shows rows in the middle where they belong', async () => {
    const grid = find(element, '.grid')!;
    grid.scrollTop = (grid.scrollHeight - grid.clientHeight) / 2;
    await until(
      () => visibleNames(element).some(name => Math.abs(Number(name.slice(7, 14)) - million / 2) < 20),
      'the middle',
    );
    const names = visibleNames(element);
    for (let index = 1; index < names.length; index++)
      expect(Number(names[index]!.slice(7, 14))).to.equal(Number(names[index - 1]!.slice(7, 14)) + 1);
  });

  it('moves by single rows with keys and by little with the wheel, far beyond the browser’s ceiling', async () => {
    await enterGrid(element);
    await sendKeys({ press: 'End' });
    await settled(element);
    expect(focusedName(element)).to.equal(nameAt(million - 1));
    await sendKeys({ press: 'ArrowUp' });
    await settled(element);
    expect(focusedName(element)).to.equal(nameAt(million - 2));
    const grid = find(element, '.grid')!;
    const before = Number(visibleNames(element)[0]!.slice(7, 14));
    const { left, top, width, height } = grid.getBoundingClientRect();
    await sendMouse({ type: 'move', position: [Math.round(left + width / 2), Math.round(top + height / 2)] });
    grid.dispatchEvent(new WheelEvent('wheel', { deltaY: -72, bubbles: true, cancelable: true }));
    await settled(element);
    expect(Number(visibleNames(element)[0]!.slice(7, 14))).to.equal(before - 2);
  });

  it('keeps the focused row in the page while it is far out of view', async () => {
    await enterGrid(element);
    await sendKeys({ press: 'Home' });
    await settled(element);
    const focused = element.shadowRoot!.activeElement;
    const grid = find(element, '.grid')!;
    grid.scrollTop = grid.scrollHeight / 2;
    await until(() => !visibleNames(element).includes(nameAt(0)), 'the first row is out of view');
    await settled(element);
    expect(element.shadowRoot!.activeElement === focused).to.equal(true);
    expect(focusedName(element)).to.equal(nameAt(0));
    await sendKeys({ press: 'ArrowDown' });
    await settled(element);
    expect(focusedName(element)).to.equal(nameAt(1));
    expect(visibleNames(element)).to.include(nameAt(1));
  });

  it('selects all of them and all but one', async () => {
    await enterGrid(element);
    await sendKeys({ press: 'Control+a' });
    await settled(element);
    expect(element.selectedEntries.length).to.equal(million);
    await sendKeys({ press: 'Space' });
    await settled(element);
    expect(element.selectedEntries.length).to.equal(million - 1);
    await sendKeys({ press: 'Escape' });
    await settled(element);
  });
});

describe('file-browser: a folder that is not all loaded', () => {
  afterEach(close);

  it('says that order and count are about the loaded part, and assistive technology gets −1', async () => {
    const { adapter } = largeFolder(3000, 500);
    const element = await open({ adapter });
    expect(element.matches(':state(partial)')).to.be.true;
    expect(find(element, '.grid')!.getAttribute('aria-rowcount')).to.equal('-1');
    expect(statusText(element)).to.contain('Sorted among the 500 loaded').and.contain('more to come');
  });

  it('loads the next page when the end comes near, and not before', async () => {
    const { adapter, calls } = largeFolder(3000, 500);
    const element = await open({ adapter });
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(calls()).to.equal(1);
    const grid = find(element, '.grid')!;
    grid.scrollTop = grid.scrollHeight;
    await until(() => element.entries.length >= 1000, 'the second page');
    expect(calls()).to.be.lessThan(4);
  });

  it('loads the rest on request, can be stopped, and then says what it is about', async () => {
    const { adapter } = largeFolder(5000, 100);
    const { promise: stopped, resolve: go } = Promise.withResolvers<void>();
    let pages = 0;
    const slow = {
      ...adapter,
      list: async (...parameters: Parameters<typeof adapter.list>) => {
        // Held until it was stopped: else a fast storage would be through before anybody could.
        if (++pages > 5) await stopped;
        return adapter.list(...parameters);
      },
    };
    const element = await open({ adapter: slow });
    button(element, 'Load the rest').click();
    await until(() => statusText(element).includes('Loading the rest') && pages > 5, 'it says that it loads');
    button(element, 'Stop').click();
    go();
    await until(() => statusText(element).includes('Sorted among'), 'it stops');
    expect(element.entries.length).to.be.lessThan(5000);
    button(element, 'Load the rest').click();
    await until(() => statusText(element) === '5,000 items', 'everything is loaded');
    expect(element.matches(':state(partial)')).to.be.false;
    expect(find(element, '.grid')!.getAttribute('aria-rowcount')).to.equal('5001');
  });

  it('selects everything including what is not loaded, and loads it before acting', async () => {
    const { adapter } = largeFolder(1200, 500);
    const removed: string[] = [];
    const element = await open({
      adapter: {
        ...adapter,
        remove: async paths => {
          removed.push(...paths);
          return paths.map(path => ({ path }));
        },
      },
    });
    await enterGrid(element);
    await sendKeys({ press: 'Control+a' });
    await settled(element);
    expect(element.isEverythingSelected).to.be.true;
    expect(statusText(element)).to.contain('Everything in this folder is selected');
    await sendKeys({ press: 'Space' });
    await settled(element);
    expect(statusText(element)).to.contain('Everything in this folder but 1 is selected');
    await sendKeys({ press: 'Delete' });
    await until(() => find<HTMLDialogElement>(element, 'dialog')!.open, 'the question');
    expect(find(element, 'dialog')!.textContent).to.contain('1,199 files are deleted for good');
  });

  it('keeps the rows in view where they are when earlier ones arrive', async () => {
    const names = [
      ...Array.from({ length: 200 }, (_, i) => `m${String(i).padStart(3, '0')}`),
      ...Array.from({ length: 200 }, (_, i) => `a${String(i).padStart(3, '0')}`),
    ];
    const { adapter } = largeFolder(0, 1);
    const element = await open({
      adapter: {
        ...adapter,
        async list(_, { token }) {
          const from = Number(token ?? 0);
          const entries = names
            .slice(from, from + 200)
            .map(name => ({ id: name, path: name, name, kind: 'file' as const }));
          return from === 0 ? { entries, next: '200' } : { entries };
        },
      },
    });
    const grid = find(element, '.grid')!;
    grid.scrollTop = 100 * 36;
    await settled(element);
    const before = visibleNames(element)[0]!;
    expect(before.startsWith('m1')).to.be.true;
    button(element, 'Load the rest').click();
    await until(() => element.entries.length === 400, 'the rest');
    await settled(element);
    expect(element.entries[0]!.name).to.equal('a000');
    expect(visibleNames(element)[0]).to.equal(before);
  });
});

describe('file-browser: the end of a folder that is not all loaded', () => {
  afterEach(close);

  /** Pages come when `go` is called, so that a test sees the time in between. */
  function gated(count: number, pageSize: number, total?: number) {
    const { adapter, calls } = largeFolder(count, pageSize);
    let open: () => void = () => {};
    let gate: Promise<void> = Promise.resolve();
    return {
      calls,
      hold: () => {
        gate = new Promise(resolve => (open = resolve));
      },
      go: () => open(),
      adapter: {
        ...adapter,
        list: async (...parameters: Parameters<typeof adapter.list>) => {
          await gate;
          const page = await adapter.list(...parameters);
          return total === undefined ? page : { ...page, total };
        },
      },
    };
  }

  it('counts the rows the storage knows of, also those not loaded', async () => {
    const { adapter } = gated(3000, 500, 3000);
    const element = await open({ adapter });
    expect(element.entries.length).to.equal(500);
    expect(find(element, '.grid')!.getAttribute('aria-rowcount')).to.equal('3001');
  });

  it('goes to the last loaded row, and on to the real last one when that has arrived', async () => {
    const storage = gated(3000, 500, 3000);
    const element = await open({ adapter: storage.adapter });
    await enterGrid(element);
    storage.hold();
    await sendKeys({ press: 'End' });
    await settled(element);
    expect(focusedName(element)).to.equal(nameAt(499));
    storage.go();
    await until(() => focusedName(element) === nameAt(2999), 'the last row has the focus');
    expect(visibleNames(element).at(-1)).to.equal(nameAt(2999));
  });

  it('stays where the person has gone meanwhile, and loads no further', async () => {
    const storage = gated(6000, 500);
    const element = await open({ adapter: storage.adapter });
    await enterGrid(element);
    storage.hold();
    await sendKeys({ press: 'End' });
    await settled(element);
    await sendKeys({ press: 'Home' });
    storage.go();
    await settled(element);
    await new Promise(resolve => setTimeout(resolve, 150));
    expect(focusedName(element)).to.equal(nameAt(0));
    expect(element.entries.length).to.be.lessThan(6000);
    expect(find(element, '.grid')!.getAttribute('aria-rowcount')).to.equal('-1');
  });
});

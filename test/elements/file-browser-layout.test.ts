import { expect } from '@open-wc/testing';
import type { FileBrowserElement } from '../../src/elements/file-browser/file-browser.js';
import { close, find, largeFolder, open } from './file-browser-support.js';

const frame = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));

/** Updates of the element from now on. */
function updates(element: FileBrowserElement): () => number {
  let count = 0;
  const original = element.updated;
  element.updated = function (this: FileBrowserElement) {
    count++;
    original.call(this);
  };
  return () => count;
}

describe('file-browser: layout comes to rest', function () {
  this.timeout(60_000);
  const loops: string[] = [];
  const note = (event: ErrorEvent) => {
    if (event.message.includes('ResizeObserver')) loops.push(event.message);
  };
  before(() => window.addEventListener('error', note));
  after(() => window.removeEventListener('error', note));
  afterEach(close);

  for (const kind of ['a few rows', 'more rows than fit', 'containers'] as const) {
    it(`at every width, with ${kind}`, async () => {
      const { adapter } = kind === 'more rows than fit' ? largeFolder(300, 300) : { adapter: undefined };
      const element = await open({ ...(adapter ? { adapter } : {}), width: 1000 });
      if (kind === 'containers') {
        const { adapter: plain } = element;
        element.adapter = {
          ...plain!,
          containers: {
            word: 'bucket',
            current: 'one',
            list: async () => ({ containers: [] }),
            open: () => plain!,
            read: async () => ({ id: 'one', name: 'A bucket with a rather long name', status: 'draft' }),
            remove: async () => {},
          },
          publish: async () => ({ id: 'one', name: 'One' }),
        };
        element.path = 'docs/deep/';
      }
      const place = element.parentElement!;
      const count = updates(element);
      const restless: number[] = [];
      for (let width = 1000; width >= 200; width -= kind === 'a few rows' ? 3.5 : 7) {
        place.style.width = `${width}px`;
        for (let turn = 0; turn < 3; turn++) await frame();
        const before = count();
        await frame();
        if (count() !== before) restless.push(width);
      }
      expect(restless).to.deep.equal([]);
      expect(loops).to.deep.equal([]);
      expect(find(element, '.grid')!.getBoundingClientRect().height).to.be.greaterThan(100);
    });
  }
});

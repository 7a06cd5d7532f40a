import { expect } from '@open-wc/testing';
import 'axe-core/axe.min.js';
import { sendKeys } from '@web/test-runner-commands';
import type { AxeResults, ElementContext, RunOptions } from 'axe-core';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import type { FileBrowserElement } from '../../src/elements/file-browser/file-browser.js';
import {
  button,
  close,
  enterGrid,
  find,
  open,
  rowNamed,
  type Setup,
  settled,
  until,
} from './file-browser-support.js';

declare const axe: { run(context: ElementContext, options: RunOptions): Promise<AxeResults> };

/** Findings as `rule: element`, so that a failure says what to mend. */
async function findings(element: HTMLElement): Promise<string[]> {
  // Colours have to be final: a transition in the middle has a contrast of its own.
  await new Promise(resolve => setTimeout(resolve, 200));
  const { violations } = await axe.run(element, {
    resultTypes: ['violations'],
    // Landmarks and headings are the page's affair.
    rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(node => `${id}: ${node.html} ${node.failureSummary ?? ''}`),
  );
}

const press = async (element: FileBrowserElement, key: string) => {
  await sendKeys({ press: key });
  await settled(element);
};

const forbidden = () =>
  new TransferError('The storage refused this.', {
    kind: 'fatal',
    reason: 'forbidden',
    status: 403,
    serverCode: 'AccessDenied',
  });

const scenes: Record<string, { setup?: Setup; act?: (element: FileBrowserElement) => Promise<void> | void }> =
  {
    'a folder': {},
    'a deep folder': { setup: { properties: { path: 'docs/deep/' } } },
    'an empty folder': { setup: { files: {} } },
    'an error': {
      setup: { options: { failures: ({ operation }) => (operation === 'list' ? forbidden() : undefined) } },
    },
    'a partly loaded folder': {
      setup: {
        files: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}`, 'x'])),
        options: { pageSize: 30 },
      },
    },
    'no match': {
      act: async element => {
        const input = find<HTMLInputElement>(element, '.filter-input')!;
        input.value = 'nothing';
        input.dispatchEvent(new Event('input'));
        await settled(element);
      },
    },
    'a selection': {
      act: async element => {
        element.selectPaths(['a.txt', 'docs/']);
        await settled(element);
      },
    },
    'the focus in a cell': {
      act: async element => {
        await enterGrid(element);
        await press(element, 'ArrowRight');
      },
    },
    'a name being typed that cannot be': {
      act: async element => {
        await enterGrid(element);
        await press(element, 'F2');
        await sendKeys({ type: '/' });
        await press(element, 'Enter');
      },
    },
    'a path being typed': {
      act: async element => {
        await enterGrid(element);
        await press(element, 'Control+l');
      },
    },
    'the question before deleting': {
      act: async element => {
        await enterGrid(element);
        await press(element, 'Delete');
      },
    },
    'the question for a new folder': {
      act: async element => {
        button(element, 'New folder').click();
        await settled(element);
        await press(element, 'Enter');
      },
    },
    'the link dialog': {
      act: async element => {
        element.selectPaths(['a.txt']);
        await settled(element);
        button(element, 'Copy link').click();
        await settled(element);
      },
    },
    'the menu': {
      act: async element => {
        await enterGrid(element);
        await press(element, 'Shift+F10');
      },
    },
    'a failed action': {
      setup: {
        options: { failures: ({ operation }) => (operation === 'createFolder' ? forbidden() : undefined) },
      },
      act: async element => {
        await element.act('new-folder', [], { name: 'x' });
        await settled(element);
      },
    },
    'files dragged over a row': {
      act: async element => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['x'], 'x'));
        rowNamed(element, 'docs').dispatchEvent(
          new DragEvent('dragover', { dataTransfer, bubbles: true, composed: true, cancelable: true }),
        );
        await settled(element);
      },
    },
    'a narrow place': { setup: { width: 320 } },
  };

describe('file-browser: axe', function () {
  this.timeout(60_000);
  afterEach(() => {
    close();
    document.documentElement.style.removeProperty('color-scheme');
    document.documentElement.style.removeProperty('background');
  });

  for (const scheme of ['light', 'dark']) {
    for (const [name, { setup, act }] of Object.entries(scenes)) {
      it(`finds nothing in ${name}, ${scheme}`, async () => {
        document.documentElement.lang = 'en';
        document.documentElement.style.colorScheme = scheme;
        document.documentElement.style.background = 'Canvas';
        const element = await open(setup);
        await act?.(element);
        expect(await findings(element)).to.deep.equal([]);
      });
    }
  }

  it('finds nothing while the first page is on its way', async () => {
    const element = document.createElement('file-browser');
    element.adapter = { ...memory(), list: () => new Promise(() => {}) };
    document.body.append(element);
    try {
      await settled(element);
      await until(() => element.matches(':state(loading)'), 'it is loading');
      expect(await findings(element)).to.deep.equal([]);
    } finally {
      element.remove();
    }
  });
});

import { fixtureCleanup } from '@open-wc/testing';
import type { Adapter } from '../../src/adapters/adapter.js';
import { type MemoryOptions, memory } from '../../src/adapters/memory/index.js';
import type { Entry } from '../../src/core/entry.js';
import '../../src/elements/file-browser/file-browser.define.js';
import type { FileBrowserElement } from '../../src/elements/file-browser/file-browser.js';
import { until } from './until.js';

export interface Setup {
  readonly files?: MemoryOptions['files'];
  readonly options?: Omit<MemoryOptions, 'files'>;
  readonly adapter?: Adapter;
  readonly properties?: Partial<FileBrowserElement>;
  /** Width of the place in pixels. Default 800. */
  readonly width?: number;
}

export { until };

export const defaultFiles = {
  'b.txt': 'bb',
  'a.txt': 'a',
  'reads 10.fastq': 'ten',
  'reads 2.fastq': 'two',
  'docs/inner.txt': 'inner',
  'docs/deep/leaf.txt': 'leaf',
  'zebra/stripes.txt': 'stripes',
};

/** A browser in the page; resolves when its first page has arrived or failed. */
export async function open(setup: Setup = {}): Promise<FileBrowserElement> {
  const place = document.createElement('div');
  place.style.width = `${setup.width ?? 800}px`;
  const element = document.createElement('file-browser');
  element.style.height = '420px';
  element.locale = 'en';
  element.density = 'normal';
  Object.assign(element, setup.properties);
  element.adapter =
    setup.adapter ?? memory({ files: setup.files ?? defaultFiles, label: 'lab', ...setup.options });
  place.append(element);
  document.body.append(place);
  opened.push(place);
  await element.updateComplete;
  await until(() => !element.matches(':state(loading)'), 'the first page arrives');
  await settled(element);
  return element;
}

const opened: HTMLElement[] = [];

export function close(): void {
  for (const place of opened.splice(0)) place.remove();
  fixtureCleanup();
}

/** Waits for the update and for the observers that follow it. */
export async function settled(element: FileBrowserElement): Promise<void> {
  await element.updateComplete;
  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
  await element.updateComplete;
}

export const find = <E extends HTMLElement = HTMLElement>(
  element: FileBrowserElement,
  selector: string,
): E | null => element.shadowRoot!.querySelector<E>(selector);

export const findAll = (element: FileBrowserElement, selector: string): HTMLElement[] => [
  ...element.shadowRoot!.querySelectorAll<HTMLElement>(selector),
];

/** Rows in the page, in the order of the document, without the header. */
export const rowElements = (element: FileBrowserElement): HTMLElement[] =>
  findAll(element, '.block [role="row"]');

export const nameOfRow = (row: Element): string => row.querySelector('.name')?.textContent ?? '';

/** Names as a person sees them. */
export const shownNames = (element: FileBrowserElement): string[] => rowElements(element).map(nameOfRow);

export function rowNamed(element: FileBrowserElement, name: string): HTMLElement {
  const row = rowElements(element).find(candidate => nameOfRow(candidate) === name);
  if (!row) throw new Error(`There is no row “${name}”; there are ${shownNames(element).join(', ')}.`);
  return row;
}

/** Name in the row that has the focus. */
export const focusedName = (element: FileBrowserElement): string | undefined => {
  const row = element.shadowRoot!.activeElement?.closest('[data-index]');
  return row ? nameOfRow(row) : undefined;
};

export const selectedNames = (element: FileBrowserElement): string[] =>
  element.selectedEntries.map(entry => entry.name).sort();

export const button = (element: FileBrowserElement, label: string): HTMLButtonElement => {
  const found = findAll(element, 'button').find(candidate =>
    (candidate.getAttribute('aria-label') ?? candidate.textContent)?.trim().startsWith(label),
  );
  if (!found) throw new Error(`There is no button “${label}”.`);
  return found as HTMLButtonElement;
};

/** Gives the focus to the grid, as Tab would. */
export async function enterGrid(element: FileBrowserElement): Promise<void> {
  find(element, '.grid [tabindex="0"]')!.focus();
  await settled(element);
}

/** Status line as text. */
export const statusText = (element: FileBrowserElement): string =>
  find(element, '.status')!.textContent!.replace(/\s+/g, ' ').trim();

/** An adapter whose folder holds `count` files and comes in pages. `calls` counts the pages read. */
export function largeFolder(count: number, pageSize: number): { adapter: Adapter; calls: () => number } {
  let calls = 0;
  const entries: Entry[] = Array.from({ length: count }, (_, index) => {
    const name = `object-${String(index).padStart(7, '0')}.dat`;
    return { id: name, path: name, name, kind: 'file', size: index };
  });
  const adapter: Adapter = {
    ...memory({ label: 'large' }),
    async list(_, { token, signal }) {
      signal.throwIfAborted();
      calls++;
      const from = Number(token ?? 0);
      const page = entries.slice(from, from + pageSize);
      return from + pageSize < count ? { entries: page, next: String(from + pageSize) } : { entries: page };
    },
  };
  return { adapter, calls: () => calls };
}

/** What a person is told who chooses more files than a container holds. */
import { expect, fixture, html } from '@open-wc/testing';
import type { Adapter } from '../../src/adapters/adapter.js';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferListElement } from '../../src/elements/transfer-list/transfer-list.js';
import { UploadDropzoneElement } from '../../src/elements/upload-dropzone/upload-dropzone.js';
import { managerFor } from '../../src/transfer/backends.js';
import { until } from './until.js';

UploadDropzoneElement.define();
TransferListElement.define();

const deepText = (root: Node): string =>
  [...root.childNodes]
    .map(node => {
      const shadow = node instanceof Element ? node.shadowRoot : null;
      if (node instanceof HTMLStyleElement) return '';
      return node.nodeType === Node.TEXT_NODE
        ? node.textContent
        : `${shadow ? deepText(shadow) : ''}${deepText(node)}`;
    })
    .join('');

describe('a container that holds only so many files', () => {
  it('is said to be full before anything is sent, at the drop zone and in a list', async () => {
    const plain = memory({ files: { there: 'x' }, label: 'Draft 7' });
    const adapter: Adapter = { ...plain, capabilities: { ...plain.capabilities, maxFiles: 2 } };
    const zone = await fixture<UploadDropzoneElement>(
      html`<upload-dropzone .adapter=${adapter}></upload-dropzone>`,
    );
    const list = await fixture<TransferListElement>(
      html`<transfer-list .manager=${managerFor(adapter)}></transfer-list>`,
    );
    const transfer = new DataTransfer();
    for (const name of ['a', 'b']) transfer.items.add(new File([name], name));
    const init = { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true };
    zone.dispatchEvent(new DragEvent('drop', init));
    const said = 'Draft 7 holds at most 2 files: 1 are there, and 2 would be added. Nothing was sent.';
    const told = (element: Element): boolean =>
      deepText(element.shadowRoot!).replace(/\s+/g, ' ').includes(said);
    await until(() => told(zone) && told(list), 'both say so');
    const { entries } = await adapter.list('', { signal: new AbortController().signal });
    expect(entries.map(({ path }) => path)).to.deep.equal(['there']);
  });
});

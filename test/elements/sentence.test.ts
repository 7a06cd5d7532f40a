import { expect, fixture, html } from '@open-wc/testing';
import { LocalizeController } from '../../src/controllers/localize-controller.js';
import { KitElement } from '../../src/elements/kit-element.js';
import { sentence, told } from '../../src/elements/parts/sentence.js';
import { UploadDropzoneElement } from '../../src/elements/upload-dropzone/upload-dropzone.js';
import { registerLanguage } from '../../src/i18n/index.js';
import { FakeManager } from './fakes.js';

UploadDropzoneElement.define();

class SentenceElement extends KitElement {
  readonly words = new LocalizeController(this);

  protected override render() {
    return html`<p>${sentence(this.words, 'upload.dropNowInto', { folder: 'شيفرة/runs (2)/' })}</p>
      <p>${told(this.words, 'Stop.')}</p>`;
  }
}
customElements.define('test-sentence', SentenceElement);

describe('sentences on a right-to-left page', () => {
  it('keep their own direction, and names keep to themselves', async () => {
    const element = await fixture<SentenceElement>(html`<test-sentence dir="rtl" lang="en"></test-sentence>`);
    await element.updateComplete;
    const [first, second] = [...element.renderRoot.querySelectorAll('p')];
    expect(first!.textContent).to.equal('Let go to upload to شيفرة/runs (2)/');
    expect(getComputedStyle(first!.querySelector('bdi')!).direction).to.equal('ltr');
    expect(first!.querySelector('bdi bdi')!.textContent).to.equal('شيفرة/runs (2)/');
    // The full stop of an English sentence stands right of its words.
    const range = document.createRange();
    const [text] = [...second!.querySelector('bdi')!.childNodes].filter(node => node.textContent === 'Stop.');
    const left = (from: number) => {
      range.setStart(text!, from);
      range.setEnd(text!, from + 1);
      return range.getBoundingClientRect().left;
    };
    expect(left(4)).to.be.greaterThan(left(0));
  });

  it('have the direction of a language that the page brings along', async () => {
    registerLanguage('ar', { upload: { dropNowInto: 'أفلت للرفع إلى {folder}' } });
    const element = await fixture<SentenceElement>(html`<test-sentence lang="ar"></test-sentence>`);
    await element.updateComplete;
    expect(getComputedStyle(element.renderRoot.querySelector('p bdi')!).direction).to.equal('rtl');
  });

  it('are used where a path stands in them', async () => {
    const element = await fixture<UploadDropzoneElement>(html`<upload-dropzone dir="rtl"></upload-dropzone>`);
    element.manager = new FakeManager().asManager;
    element.path = 'names/';
    await element.updateComplete;
    const transfer = new DataTransfer();
    transfer.items.add(new File(['a'], 'a.txt'));
    element.dispatchEvent(
      new DragEvent('dragover', { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true }),
    );
    await element.updateComplete;
    expect(element.renderRoot.querySelector('.prompt bdi bdi')!.textContent).to.equal('names/');
  });
});

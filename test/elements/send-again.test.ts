import { aTimeout, expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import type { TransferJobElement } from '../../src/elements/transfer-list/parts/transfer-job.js';
import { TransferListElement } from '../../src/elements/transfer-list/transfer-list.js';
import { UploadDropzoneElement } from '../../src/elements/upload-dropzone/upload-dropzone.js';
import { withoutFrames } from '../transfer/harness.js';
import { FakeJob, FakeManager, forbidden } from './fakes.js';
import { until } from './until.js';

TransferListElement.define();
UploadDropzoneElement.define();

const plain = (text: string | null | undefined) => (text ?? '').replace(/[\s\u00A0]+/g, ' ').trim();
const files = (...names: string[]) => names.map(name => [`in/${name}`, 4000] as const);
const changed = new TransferError('in/reads.bam changed on disk since its upload began. Choose it again.', {
  kind: 'fatal',
  reason: 'changed-local',
  path: 'in/reads.bam',
});

async function show(job: FakeJob) {
  const manager = new FakeManager();
  manager.add(job);
  const list = await fixture<TransferListElement>(
    html`<transfer-list .manager=${manager.asManager}></transfer-list>`,
  );
  await aTimeout(60);
  const element = list.shadowRoot!.querySelector<TransferJobElement>('transfer-list-job')!;
  const find = <E extends HTMLElement = HTMLElement>(selector: string) =>
    element.shadowRoot!.querySelector<E>(selector);
  return { list, element, find };
}

describe('a cancelled upload', () => {
  it('is offered again, in words, and keeps the focus', async () => {
    const job = new FakeJob('upload', 'plate 7', files('a', 'b', 'c'));
    job.set(0, 'done');
    await job.cancel();
    const { list, element, find } = await show(job);
    const button = find('[data-action=again]')!;
    expect(plain(button.textContent)).to.equal('Upload 2 cancelled files');
    await expect(list).to.be.accessible();
    button.focus();
    await sendKeys({ press: 'Enter' });
    expect(job.calls).to.include('again all');
    await element.updateComplete;
    expect(find('[data-action=again]')).to.equal(null);
    expect(element.shadowRoot!.activeElement, 'focus').to.not.equal(null);
    expect(document.activeElement).to.equal(list);
  });

  it('is offered whole when nothing of it was stored', async () => {
    const job = new FakeJob('upload', 'a', files('a'));
    await job.cancel();
    const { find } = await show(job);
    expect(plain(find('[data-action=again]')!.textContent)).to.equal('Upload again');
    expect(find('[data-action=again]')!.getAttribute('aria-label')).to.equal('Upload again: a');
  });

  it('is not offered where nothing can be had again', async () => {
    const job = new FakeJob('download', 'a', files('a', 'b'));
    job.canSendAgain = () => false;
    await job.cancel();
    const { find } = await show(job);
    expect(find('[data-action=again]')).to.equal(null);
  });

  it('is offered for one file of it', async () => {
    const job = new FakeJob('upload', 'plate 7', files('a', 'b'));
    job.set(0, 'cancelled').set(1, 'active', { bytes: 5 }).tell('itemchange');
    const { find } = await show(job);
    find('#item-0 [data-action=again]')!.click();
    expect(job.calls).to.deep.equal(['again 0']);
    job.set(0, 'cancelled').tell('itemchange');
    find('[role=grid]')!.focus();
    await sendKeys({ press: 'Home' });
    const order = [...Array(2).keys()];
    for (const _ of order) {
      await sendKeys({ press: 'r' });
      await sendKeys({ press: 'ArrowDown' });
    }
    expect(job.calls).to.deep.equal(['again 0', 'again 0']);
  });

  it('ends well in the drop zone it began in', async () => {
    const element = await fixture<UploadDropzoneElement>(html`<upload-dropzone></upload-dropzone>`);
    let held = true;
    element.adapter = memory({ latency: ({ operation }) => (held && operation === 'send' ? 60_000 : 0) });
    await element.updateComplete;
    const ends: string[] = [];
    element.addEventListener('transfer-end', event => ends.push(event.result.state));
    const job = (await element.add([new File(['a'], 'a.txt')]))!;
    await until(() => job.items.at(0)?.state === 'active');
    await withoutFrames(async () => {
      await job.cancel();
      held = false;
      const inner = element.shadowRoot!.querySelector<TransferJobElement>('transfer-list-job')!;
      await inner.updateComplete;
      inner.shadowRoot!.querySelector<HTMLElement>('[data-action=again]')!.click();
      await job.finished;
    });
    expect(ends).to.deep.equal(['cancelled', 'done']);
    expect(element.value).to.deep.equal(['a.txt']);
  });
});

describe('a file that changed or went away', () => {
  it('is asked for again instead of being tried in vain', async () => {
    const job = new FakeJob('upload', 'plate 7', files('reads.bam', 'other'));
    job.set(0, 'failed', { error: changed }).set(1, 'failed', { error: forbidden }).end();
    const { list, find } = await show(job);
    const actions = (row: string) =>
      [...find(row)!.querySelectorAll<HTMLElement>('button')].map(button => button.dataset.action);
    expect(actions('#item-0')).to.deep.equal(['choose', 'details']);
    expect(actions('#item-1')).to.deep.equal(['retry', 'details']);
    await expect(list).to.be.accessible();

    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle('new.bam', { create: true });
    const original = Object.getOwnPropertyDescriptor(window, 'showOpenFilePicker');
    Object.defineProperty(window, 'showOpenFilePicker', { configurable: true, value: async () => [handle] });
    try {
      find('#item-0 [data-action=choose]')!.click();
      await until(() => job.calls.length > 0);
    } finally {
      if (original) Object.defineProperty(window, 'showOpenFilePicker', original);
      else Reflect.deleteProperty(window, 'showOpenFilePicker');
    }
    expect(job.calls).to.deep.equal(['again 0 new.bam']);
  });

  it('is asked for by an input where the browser has no picker, also when it was the only file', async () => {
    const job = new FakeJob('upload', 'reads.bam', files('reads.bam'));
    job.set(0, 'failed', { error: changed }).end();
    const { find } = await show(job);
    expect(find('.actions [data-action=retry]')).to.equal(null);
    const original = Object.getOwnPropertyDescriptor(window, 'showOpenFilePicker');
    Object.defineProperty(window, 'showOpenFilePicker', { configurable: true, value: undefined });
    const { click } = HTMLInputElement.prototype;
    HTMLInputElement.prototype.click = function () {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['new'], 'new.bam'));
      this.files = transfer.files;
      this.dispatchEvent(new Event('change'));
    };
    try {
      find('.actions [data-action=choose]')!.click();
      await until(() => job.calls.length > 0);
    } finally {
      HTMLInputElement.prototype.click = click;
      if (original) Object.defineProperty(window, 'showOpenFilePicker', original);
      else Reflect.deleteProperty(window, 'showOpenFilePicker');
    }
    expect(job.calls).to.deep.equal(['again 0 new.bam']);
  });
});

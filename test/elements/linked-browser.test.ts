import { expect } from '@open-wc/testing';
import type { Adapter } from '../../src/adapters/adapter.js';
import { memory } from '../../src/adapters/memory/index.js';
import '../../src/elements/download-button/download-button.define.js';
import type { DownloadButtonElement } from '../../src/elements/download-button/download-button.js';
import '../../src/elements/file-browser/file-browser.define.js';
import type { FileBrowserElement } from '../../src/elements/file-browser/file-browser.js';
import '../../src/elements/upload-dropzone/upload-dropzone.define.js';
import type { UploadDropzoneElement } from '../../src/elements/upload-dropzone/upload-dropzone.js';
import { registerBackend } from '../../src/transfer/backends.js';
import { TransferManager } from '../../src/transfer/manager.js';
import { until } from './until.js';

interface Linked {
  readonly browser: FileBrowserElement;
  readonly dropzone: UploadDropzoneElement;
  readonly download: DownloadButtonElement;
}

const places: HTMLElement[] = [];
let count = 0;

/** All three in the page and shown, without a storage. */
async function show(): Promise<Linked> {
  const id = `linked-${++count}`;
  const browser = Object.assign(document.createElement('file-browser'), { id, locale: 'en' });
  const dropzone = Object.assign(document.createElement('upload-dropzone'), { htmlFor: id, locale: 'en' });
  const download = Object.assign(document.createElement('download-button'), {
    htmlFor: id,
    path: 'a.txt',
    locale: 'en',
  });
  const place = document.createElement('div');
  place.append(dropzone, download, browser);
  document.body.append(place);
  places.push(place);
  await until(
    () => dropzone.shadowRoot?.textContent?.includes('Not connected to a storage yet.'),
    'it says so',
  );
  expect(chooseButton(dropzone).disabled).to.equal(true);
  expect(mainButton(download).ariaDisabled).to.equal('true');
  return { browser, dropzone, download };
}

const chooseButton = (dropzone: UploadDropzoneElement) =>
  [...dropzone.shadowRoot!.querySelectorAll('button')].find(one => one.textContent!.includes('Choose'))!;
const mainButton = (download: DownloadButtonElement) =>
  download.shadowRoot!.querySelector<HTMLButtonElement>('button.main')!;

async function expectUsable({ dropzone, download }: Linked): Promise<void> {
  await until(() => !chooseButton(dropzone).disabled, 'files can be chosen');
  expect(dropzone.shadowRoot!.textContent).not.to.include('Not connected');
  await until(() => mainButton(download).ariaDisabled === null, 'the file can be downloaded');
}

const storage = () => memory({ files: { 'a.txt': 'a' }, label: 'lab' });

describe('elements that are linked to a file browser', () => {
  afterEach(() => {
    for (const place of places.splice(0)) place.remove();
  });

  const ways: Readonly<Record<string, (browser: FileBrowserElement) => void>> = {
    adapter: browser => {
      browser.adapter = storage();
    },
    manager: browser => {
      browser.manager = new TransferManager({ adapter: storage() });
    },
    'registered backend': browser => {
      registerBackend(`linked-to-${count}`, storage());
      browser.setAttribute('backend', `linked-to-${count}`);
    },
    'backend that is registered later': browser => {
      const name = `linked-to-${count}`;
      browser.backend = name;
      void browser.updateComplete.then(() => registerBackend(name, storage()));
    },
  };
  for (const [way, give] of Object.entries(ways)) {
    it(`can be used as soon as the browser is given its ${way}`, async () => {
      const linked = await show();
      give(linked.browser);
      await expectUsable(linked);
    });
  }

  it('say that nothing can be uploaded when the browser is given a storage that only reads', async () => {
    const linked = await show();
    linked.browser.adapter = storage();
    await expectUsable(linked);
    const { openUpload: _, ...readable } = storage() as Adapter;
    linked.browser.adapter = readable;
    await until(() => chooseButton(linked.dropzone).disabled, 'files cannot be chosen');
    expect(mainButton(linked.download).ariaDisabled).to.equal(null);
  });

  it('do not follow a browser that they are no longer linked to', async () => {
    const linked = await show();
    linked.dropzone.htmlFor = undefined;
    await linked.dropzone.updateComplete;
    let updates = 0;
    linked.dropzone.addController({ hostUpdate: () => updates++ });
    linked.browser.adapter = storage();
    await linked.browser.updateComplete;
    await linked.dropzone.updateComplete;
    expect(updates).to.equal(0);
    expect(chooseButton(linked.dropzone).disabled).to.equal(true);
  });
});

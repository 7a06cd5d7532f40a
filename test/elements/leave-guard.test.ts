import { expect, fixture, html } from '@open-wc/testing';
import { UploadDropzoneElement } from '../../src/elements/upload-dropzone/upload-dropzone.js';
import { FakeManager, forbidden } from './fakes.js';

UploadDropzoneElement.define();

/** Whether the browser would ask before the page is left. */
const asks = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }));

async function uploading() {
  const element = await fixture<UploadDropzoneElement>(html`<upload-dropzone></upload-dropzone>`);
  const manager = new FakeManager();
  element.manager = manager.asManager;
  await element.updateComplete;
  await element.add([new File(['a'], 'a.txt')]);
  return { element, job: manager.uploads[0]!.job };
}

describe('leaving a page that uploads', () => {
  it('is asked about while files go up, and while failed ones are tried again', async () => {
    expect(asks()).to.equal(false);
    const { job } = await uploading();
    expect(asks()).to.equal(true);
    job.set(0, 'failed', { error: forbidden }).end();
    expect(asks()).to.equal(false);
    job.retryFailed();
    expect(asks()).to.equal(true);
    job.set(0, 'done').end();
    expect(asks()).to.equal(false);
  });

  it('is asked about also when the element that began the upload has gone', async () => {
    const { element, job } = await uploading();
    element.remove();
    expect(asks()).to.equal(true);
    job.set(0, 'done').end();
    expect(asks()).to.equal(false);
  });

  it('is asked about as long as one of several uploads runs', async () => {
    const first = await uploading();
    const second = await uploading();
    first.job.set(0, 'done').end();
    expect(asks()).to.equal(true);
    second.job.set(0, 'done').end();
    expect(asks()).to.equal(false);
  });

  it('is not asked about when nothing could be started', async () => {
    const { job } = await uploading();
    job.rejectFinished(forbidden);
    await Promise.resolve();
    expect(asks()).to.equal(false);
  });
});

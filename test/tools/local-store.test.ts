import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { LocalStore } from './local-store.js';

describe('LocalStore', () => {
  let store: LocalStore;
  before(async () => {
    store = await LocalStore.open();
  });
  after(() => store.close());

  it('takes a signed upload and shows what it holds', async () => {
    const signed = await store.sign<{ url: string }>({
      operation: 'PutObject',
      method: 'PUT',
      key: 'a b/ü.txt',
    });
    const response = await fetch(signed.url, { method: 'PUT', body: 'hello' });
    expect(response.status).to.equal(200);
    expect(response.headers.get('etag')).to.equal('"5d41402abc4b2a76b9719d911017c592"');
    expect(new TextDecoder().decode(await store.read('a b/ü.txt'))).to.equal('hello');
    expect((await store.list('a b/')).map(object => object.size)).to.deep.equal([5]);
    expect((await store.stats()).counts).to.include({ PutObject: 1 });
  });

  it('refuses what is not signed', async () => {
    expect((await fetch(`${store.bucketUrl}/x`, { method: 'PUT', body: 'x' })).status).to.equal(403);
  });

  it('misbehaves on demand', async () => {
    await store.put('x.txt', 'hello', 'text/plain');
    const { url } = await store.sign<{ url: string }>({
      operation: 'GetObject',
      method: 'GET',
      key: 'x.txt',
    });
    await store.failNext({ status: 503, times: 1 });
    expect((await fetch(url)).status).to.equal(503);
    expect(await (await fetch(url)).text()).to.equal('hello');
  });

  it('is one of many', async () => {
    const other = await LocalStore.open({ minPartSize: 1 });
    expect(other.endpoint).not.to.equal(store.endpoint);
    expect(await other.list()).to.deep.equal([]);
    await other.close();
    await fetch(other.endpoint).then(
      () => expect.fail('the closed store answers'),
      () => undefined,
    );
  });
});

describe('the keyboard of the tests', () => {
  it('sends trusted keys, with modifiers', async () => {
    const input = document.createElement('input');
    document.body.append(input);
    input.focus();
    const seen: string[] = [];
    input.addEventListener('keydown', event => {
      if (event.isTrusted) seen.push(`${event.shiftKey ? 'Shift+' : ''}${event.key}`);
    });
    await sendKeys({ type: 'ab' });
    await sendKeys({ press: 'ArrowLeft' });
    await sendKeys({ down: 'Shift' });
    await sendKeys({ press: 'End' });
    await sendKeys({ up: 'Shift' });
    expect(seen).to.deep.equal(['a', 'b', 'ArrowLeft', 'Shift+Shift', 'Shift+End']);
    expect(input.value.slice(input.selectionStart ?? 0, input.selectionEnd ?? 0)).to.equal('b');
    input.remove();
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deepOriginDemo } from '../../demo/platforms/deep-origin.js';
import { invenioDemo } from '../../demo/platforms/invenio.js';
import type { DemoPlatform } from '../../demo/platforms/platform.js';
import { ubiopsDemo } from '../../demo/platforms/ubiops.js';
import {
  addressFrom,
  jsonObjectFrom,
  Mistake,
  nameAt,
  wordsOf,
  wordsOfConnecting,
} from '../../demo/platforms/words.js';
import { TransferError } from '../../src/core/errors.js';

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}

describe('the words of the platforms’ demo', () => {
  it('say what to write where an address or JSON is wanted', () => {
    for (const text of ['nonsense', 'http://', 'javascript:alert(1)', 'file:///etc/hosts'])
      assert.match(wordsOf(thrownBy(() => addressFrom(text))), /no address.*https:\/\//, text);
    assert.equal(addressFrom('https://example.org/a').href, 'https://example.org/a');
    for (const text of ['{wrong', '', '[1]', '"a"', 'null', '7'])
      assert.match(wordsOf(thrownBy(() => jsonObjectFrom(text))), /no JSON object/, text);
    assert.deepEqual(jsonObjectFrom('{"a": [1]}'), { a: [1] });
  });

  it('name a file by its address, also where that is not written correctly', () => {
    assert.equal(nameAt(new URL('https://example.org/x/a%20b.txt?c'), 'fetched'), 'a b.txt');
    assert.equal(nameAt(new URL('https://example.org/x/100%.txt'), 'fetched'), '100%.txt');
    assert.equal(nameAt(new URL('https://example.org/'), 'fetched'), 'fetched');
  });

  it('are the ones meant for the person, and never JavaScript’s', t => {
    const logged = t.mock.method(console, 'error', () => {});
    const told = new TransferError('The token is not allowed to.', { kind: 'fatal', reason: 'forbidden' });
    assert.equal(wordsOf(told), 'The token is not allowed to.');
    assert.equal(wordsOf(new Mistake('Write a name.')), 'Write a name.');
    assert.equal(wordsOf(new DOMException('The user aborted a request.', 'AbortError')), '');
    assert.match(wordsOf(new DOMException('Write permission denied.', 'NotAllowedError')), /did not let/);
    assert.equal(logged.mock.callCount(), 0);
    for (const error of [
      thrownBy(() => new URL('x')),
      thrownBy(() => JSON.parse('{')),
      'thrown',
      undefined,
    ]) {
      const words = wordsOf(error);
      assert.match(words, /console/);
      assert.ok(!(error instanceof Error && words.includes(error.message)));
    }
    assert.equal(logged.mock.callCount(), 4);
  });

  it('call what cannot be connected as the form does', () => {
    const refused = (platform: DemoPlatform, values: Record<string, string>) =>
      wordsOfConnecting(
        thrownBy(() => platform.connect(values)),
        platform.fields,
      );
    assert.match(refused(invenioDemo as DemoPlatform, { baseUrl: 'x' }), /^“Address of the repository” must/);
    assert.match(refused(deepOriginDemo as DemoPlatform, { orgKey: '' }), /^“Organisation” must/);
    assert.equal(refused(ubiopsDemo as DemoPlatform, { project: '' }), 'Name the project.');
    const project = { project: 'p', baseUrl: 'x' };
    assert.match(refused(ubiopsDemo as DemoPlatform, project), /^“Address of the API” must/);
  });
});

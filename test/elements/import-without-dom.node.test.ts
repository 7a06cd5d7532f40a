import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

const modules = [
  '../../src/elements/kit-element.js',
  '../../src/elements/upload-dropzone/upload-dropzone.js',
  '../../src/elements/upload-dropzone/upload-dropzone.define.js',
  '../../src/elements/download-button/download-button.js',
  '../../src/elements/download-button/download-button.define.js',
  '../../src/elements/transfer-list/transfer-list.js',
  '../../src/elements/transfer-list/transfer-list.define.js',
];

describe('elements on a server', () => {
  it('has no DOM here', () => assert.equal(typeof globalThis.HTMLElement, 'undefined'));
  for (const module of modules)
    it(`imports ${module.split('/').at(-1)}`, async () => {
      const exports = await import(module);
      assert.ok(exports);
      for (const value of Object.values(exports)) {
        const define = (value as { define?: () => void }).define;
        if (typeof define === 'function') assert.doesNotThrow(() => define.call(value));
      }
    });
});

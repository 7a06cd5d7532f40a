import { FileBrowserElement } from './file-browser.js';

FileBrowserElement.define();

declare global {
  interface HTMLElementTagNameMap {
    'file-browser': FileBrowserElement;
  }
}

/**
 * Types of the elements in Vue's templates. One line makes them known:
 * `import type {} from 'file-transfer-elements/vue';`. Nothing runs. The compiler has to be told that these tags are
 * custom elements (`compilerOptions.isCustomElement`), as for every custom element.
 */
import type { EmitFn, HTMLAttributes, PublicProps } from 'vue';
import type { ElementEvents } from './element-events.js';
import type { DownloadButtonElement } from './elements/download-button/download-button.js';
import type { FileBrowserElement } from './elements/file-browser/file-browser.js';
import type { TransferListElement } from './elements/transfer-list/transfer-list.js';
import type { UploadDropzoneElement } from './elements/upload-dropzone/upload-dropzone.js';

/** An element as templates check it; `$props` and `$emit` exist for the checker only. */
export type VueElement<E extends HTMLElement, Event extends keyof HTMLElementEventMap> = new () => E & {
  $props: HTMLAttributes & Partial<Omit<E, keyof HTMLElement>> & PublicProps;
  $emit: EmitFn<{ [Name in Event]: (event: HTMLElementEventMap[Name]) => void }>;
};

declare module 'vue' {
  interface GlobalComponents {
    'file-browser': VueElement<FileBrowserElement, ElementEvents['file-browser']>;
    'upload-dropzone': VueElement<UploadDropzoneElement, ElementEvents['upload-dropzone']>;
    'download-button': VueElement<DownloadButtonElement, ElementEvents['download-button']>;
    'transfer-list': VueElement<TransferListElement, ElementEvents['transfer-list']>;
  }
}

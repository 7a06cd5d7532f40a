/**
 * Types of the elements in JSX, for React 19, which hands properties and events to custom elements without wrappers.
 * One line makes them known: `import type {} from 'file-transfer-elements/react';`. Nothing runs.
 */
import type { HTMLAttributes, ReactNode, RefAttributes } from 'react';
import type { ElementEvents } from './element-events.js';
import type { DownloadButtonElement } from './elements/download-button/download-button.js';
import type { FileBrowserElement } from './elements/file-browser/file-browser.js';
import type { TransferListElement } from './elements/transfer-list/transfer-list.js';
import type { UploadDropzoneElement } from './elements/upload-dropzone/upload-dropzone.js';

/** Properties by their names, `on…` before the names of the events, and what every element takes. */
export type ElementProps<E extends HTMLElement, Event extends keyof HTMLElementEventMap = never> = Omit<
  HTMLAttributes<E>,
  keyof E
> &
  RefAttributes<E> &
  Partial<Omit<E, 'children' | 'style'>> & { children?: ReactNode } & {
    [Name in Event as `on${Name}`]?: (event: HTMLElementEventMap[Name]) => void;
  };

/** On custom elements React writes this attribute as it is named; the property is `htmlFor`. */
interface For {
  /** Id of the `<file-browser>` it belongs to. */
  for?: string;
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'file-browser': ElementProps<FileBrowserElement, ElementEvents['file-browser']>;
      'upload-dropzone': ElementProps<UploadDropzoneElement, ElementEvents['upload-dropzone']> & For;
      'download-button': ElementProps<DownloadButtonElement, ElementEvents['download-button']> & For;
      'transfer-list': ElementProps<TransferListElement, ElementEvents['transfer-list']>;
    }
  }
}

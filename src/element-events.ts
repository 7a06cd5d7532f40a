// Where `HTMLElementEventMap` learns of them: a page may take types of React or Vue alone.
export type {} from './elements/download-button/download-button.events.js';
export type {} from './elements/file-browser/file-browser.events.js';
export type {} from './elements/transfer-events.js';
export type {} from './elements/transfer-list/transfer-list.events.js';
export type {} from './elements/upload-dropzone/upload-dropzone.events.js';

/** Names of the events that pages listen to, by tag; what they carry is in `HTMLElementEventMap`. */
export interface ElementEvents {
  'file-browser':
    | 'path-change'
    | 'container-change'
    | 'selection-change'
    | 'entry-open'
    | 'before-action'
    | 'action-done';
  'upload-dropzone':
    | 'files-accepted'
    | 'files-rejected'
    | 'before-upload'
    | 'transfer-start'
    | 'transfer-progress'
    | 'transfer-end';
  'download-button': 'before-download' | 'transfer-start' | 'transfer-progress' | 'transfer-end';
  'transfer-list': 'filter-change';
}

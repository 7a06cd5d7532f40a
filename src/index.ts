/**
 * Everything but concrete storages: the elements' classes, the engine and the types. Registers nothing and works
 * without a DOM; `file-transfer-elements/define` registers the tags.
 */
export type { Container, ContainerField, ContainerInput, Containers } from './adapters/adapter.js';
export * from './elements/download-button/download-button.events.js';
export { DownloadButtonElement } from './elements/download-button/download-button.js';
export * from './elements/file-browser/file-browser.events.js';
export { FileBrowserElement } from './elements/file-browser/file-browser.js';
export { TransferEndEvent, TransferProgressEvent, TransferStartEvent } from './elements/transfer-events.js';
export * from './elements/transfer-list/transfer-list.events.js';
export { TransferListElement } from './elements/transfer-list/transfer-list.js';
export * from './elements/upload-dropzone/upload-dropzone.events.js';
export { UploadDropzoneElement } from './elements/upload-dropzone/upload-dropzone.js';
export { type PartialLanguage, registerLanguage } from './i18n/index.js';
export * from './transfer/index.js';

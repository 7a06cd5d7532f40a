/** Uppy and this kit together: `file-transfer-elements/uppy`. Needs `@uppy/core` 6.3. */
import type { Uppy } from '@uppy/core';

export type { TransferUploaderOptions } from './options.js';
export type { TransferBody, TransferErrorBody } from './response.js';
export { TransferUploader, TransferUploader as default } from './transfer-uploader.js';

declare module '../core/uppy-types.js' {
  interface UppyTypes {
    uppy: Uppy;
  }
}

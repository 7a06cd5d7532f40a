import { UploadDropzoneElement } from './upload-dropzone.js';

UploadDropzoneElement.define();
